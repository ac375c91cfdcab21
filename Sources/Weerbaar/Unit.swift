internal import AbuseLexicon
internal import DutchText

/// One word as the features see it: what stands there, what it means, and in which scope.
struct Unit: BitwiseCopyable {
  struct Flags: OptionSet, BitwiseCopyable {
    let rawValue: UInt16
    /// Written so as to hide it.
    static let disguised = Flags(rawValue: 1)
    /// Between quotation marks, or after a colon that follows a verb of saying.
    static let quoted = Flags(rawValue: 2)
    /// Shortly after a negation.
    static let negated = Flags(rawValue: 4)
    /// Part of an idiom or literal use that takes the sting out.
    static let cancelled = Flags(rawValue: 8)
    static let capitalised = Flags(rawValue: 16)
    static let allCapitals = Flags(rawValue: 32)
    /// Letters whose n-grams are worth reading.
    static let spelled = Flags(rawValue: 64)
    static let exclaimed = Flags(rawValue: 128)
    static let asked = Flags(rawValue: 256)
    static let comma = Flags(rawValue: 512)
  }

  var kind: Token.Kind
  var flags: Flags
  var sentence: UInt32
  var firstToken: UInt32
  var lastToken: UInt32
  /// The form in the analyzer's folded text.
  var foldedStart: UInt32
  var foldedEnd: UInt32
  var word: UInt64
  var lemma: UInt64
  var classes: ClassSet
  var modifiers: ClassSet
  /// The class that speaks for the unit in sequences; numbers above 255 are shapes of unknown words.
  var symbol: UInt16
  /// The same with its scope: an abuse word that is negated, quoted or part of an idiom is another symbol.
  var scopedSymbol: UInt16 = 0
  /// The superclass of the first class that has one; shapes of unknown words are above 120; 0 is none.
  var superclass: UInt8
  var categories: UInt8
  var strength: UInt8
  var source: WordMatch.Source
  var patterns: UInt32
  /// Whether the sums of ``WordRecord`` hold for the unit: of its spelling, and of its meaning outside any scope.
  var isSpellingKnown = false
  var isMeaningKnown = false
}

/// The superclasses of units without a class.
enum ShapeSuperclass {
  static let unknown: UInt8 = 121
  static let name: UInt8 = 122
  static let number: UInt8 = 123
  static let mention: UInt8 = 124
  static let emoji: UInt8 = 125
  static let privateData: UInt8 = 126
}

/// The symbols of units without a class.
enum ShapeSymbol {
  static let unknown: UInt16 = 256
  static let number: UInt16 = 257
  static let mention: UInt16 = 258
  static let url: UInt16 = 259
  static let hashtag: UInt16 = 260
  static let emoji: UInt16 = 261
  static let phone: UInt16 = 262
  static let plate: UInt16 = 263
  static let postcode: UInt16 = 264
  static let name: UInt16 = 265
  static let infinitive: UInt16 = 266
  static let noun: UInt16 = 267
  static let diminutive: UInt16 = 268
  static let adjective: UInt16 = 269
  static let foreign: UInt16 = 270
  static let email: UInt16 = 271
  static let year: UInt16 = 272
  static let start: UInt16 = 300
  static let end: UInt16 = 301
}
