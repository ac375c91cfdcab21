public import Messages

/// What a study of messages is asked to do.
public struct MessageStudyOptions: Sendable {
  /// Files of scored messages, `-` for standard input.
  public var inputs: [String]
  public var roster: String
  /// CSV with `date`, `label` and optionally `person`, an id of the roster.
  public var events: String?
  /// CSV with labels, as `research sample agreement` writes it.
  public var labels: String?
  /// Group columns of the roster to compare by.
  public var compare: [String]
  /// Group columns of the roster to control for; function and party, where there are such, if nil.
  public var controls: [String]?
  /// The level that a group's others are compared with; the one with most messages unless named.
  public var references: [String: String] = [:]
  /// Draws of the bootstrap.
  public var draws = 1000
  public var seed: UInt64 = 1
  /// The probability that intervals are made for.
  public var level = 0.95
  public var language = MessageLanguage.nl
  /// Whether persons of the roster are named instead of given pseudonyms.
  public var showsNames = false
  /// Groups of fewer persons are withheld, unless persons are named.
  public var minimumPersons = 5
  /// Words are shown from this many abusive messages and this many senders on.
  public var wordMessages = 20
  public var wordSenders = 5
  /// Days before and after an event that are compared.
  public var eventDays = 7
  /// How many times the usual share a burst's share is.
  public var burstScale = 2.0
  /// The program's version, for the manifest.
  public var version: String

  public init(inputs: [String], roster: String, compare: [String], version: String) {
    self.inputs = inputs
    self.roster = roster
    self.compare = compare
    self.version = version
  }
}
