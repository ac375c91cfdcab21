/// A piece of text with its place in the original.
public struct Token: Sendable, Equatable, BitwiseCopyable {
  /// What kind of thing a token is.
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case word, number, mention, hashtag, url, email, emoji, emoticon, symbol
    /// Private data by its form: a telephone number, a number plate, a postcode.
    case phone, plate, postcode
  }

  /// What stood out in how the token was written.
  public struct Flags: OptionSet, Sendable, BitwiseCopyable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The first letter is a capital.
    public static let capitalised = Flags(rawValue: 1)
    /// Two or more letters, all capitals.
    public static let allCapitals = Flags(rawValue: 2)
    /// Latin and look-alike letters of another script are mixed, or letters have invisible characters between them.
    public static let mixedScript = Flags(rawValue: 4)
    /// White space stands before the token.
    public static let spaceBefore = Flags(rawValue: 8)
    /// A line break stands before the token.
    public static let lineBefore = Flags(rawValue: 16)
    /// ASCII letters alone between white space, or closing punctuation behind such a word: nothing can be hidden there
    /// but by repeating letters.
    static let plain = Flags(rawValue: 32)
    /// A plain word with a letter three times or more in a row.
    static let repeats = Flags(rawValue: 64)
  }

  public var kind: Kind
  public var flags: Flags
  /// Number of the sentence, from 0.
  public var sentence: UInt32
  /// Place in the original, in Unicode scalars, end exclusive.
  public var start: UInt32
  public var end: UInt32
  /// Place of the folded form in ``TextAnalyzer/folded``, in UTF-8 bytes.
  public var foldedStart: UInt32
  public var foldedEnd: UInt32
}

/// Another way to read one or more tokens, with a disguise undone. It stands beside the tokens, never instead of them.
public struct Reading: Sendable, Equatable, BitwiseCopyable {
  /// How the reading was found.
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// Letters repeated three times or more, reduced.
    case elongation
    /// Digits and symbols read as letters.
    case substitution
    /// Wildcards inside a word; the form holds `*` where letters are hidden.
    case wildcard
    /// Letters set apart by spaces, dots or hyphens, joined.
    case spaced
    /// The words of a hashtag.
    case hashtag
  }

  public var kind: Kind
  /// The tokens that are read anew: first and last, inclusive.
  public var firstToken: UInt32
  public var lastToken: UInt32
  /// Place of the form in ``TextAnalyzer/folded``, in UTF-8 bytes.
  public var foldedStart: UInt32
  public var foldedEnd: UInt32
}
