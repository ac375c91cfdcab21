/// One line of a lexicon file: a word or a multiword pattern with its class.
public struct LexiconEntry: Sendable, Equatable {
  /// How the forms of a lemma are made.
  public enum Inflection: Sendable, Equatable {
    case invariable
    /// Noun; the plural ending, or nil where there is no plural.
    case noun(plural: String?)
    case verb
    case adjective
    /// A multiword pattern.
    case pattern
  }

  /// The word in its dictionary form, or the pattern; a separable verb as `op|zouten`.
  public var lemma: String
  /// Name of the class, from classes.tsv.
  public var className: String
  /// Letters of the categories of abuse that the entry speaks for: i x s d t m c p.
  public var categories: String
  /// 0 (no abuse by itself) to 3 (nearly always abuse).
  public var strength: Int
  public var inflection: Inflection
  /// Forms and spellings that do not follow from the inflection.
  public var extraForms: [String]
  /// A clean sentence in which the entry is not abuse; empty where it is never innocent.
  public var counterExample: String
  /// Where the entry stands, for messages.
  public var file: String
  public var line: Int
}

/// What is wrong with a lexicon file, with its place and the cure.
public struct LexiconError: Error, CustomStringConvertible, Sendable, Equatable {
  public let file: String
  public let line: Int
  public let message: String

  public init(file: String, line: Int, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  public var description: String { "\(file):\(line): \(message)" }
}
