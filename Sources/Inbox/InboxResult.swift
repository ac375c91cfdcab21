public import Messages
public import Weerbaar

/// A person or account that wrote, and what she wrote.
public struct Sender: Sendable {
  public var party: Party
  public var platform: Message.Platform
  public var messages = 0
  public var flagged = 0
  /// Messages of each level, from `none` to `urgent`.
  public var levels = [Int](repeating: 0, count: Level.allCases.count)
  /// Messages of each category.
  public var categories = [Int](repeating: 0, count: Category.allCases.count)
  public var first: String?
  public var last: String?

  /// The highest level of her messages.
  public var worst: Level { Level(rawValue: levels.lastIndex { $0 > 0 } ?? 0) ?? .none }
  /// The name to show.
  public var shown: String { party.name ?? party.handle ?? party.id ?? "onbekend" }
}

/// A flagged message with the messages around it.
public struct FlaggedMessage: Sendable {
  public var message: Message
  public var assessment: Assessment
  public var number: Int
  /// Messages of the same conversation before and after it, in the order of time.
  public var context: [AssessedMessage]
}

/// One day.
public struct DayCount: Sendable, Equatable {
  public var messages = 0
  public var flagged = 0
  public var levels = [Int](repeating: 0, count: Level.allCases.count)
}

/// What an inbox holds.
public struct InboxResult: Sendable {
  /// Messages read, without duplicates.
  public var messages = 0
  public var assessed = 0
  /// Outgoing messages that were read for context only.
  public var outgoing = 0
  /// Messages whose direction the export does not tell; they are assessed as if they came in.
  public var unknownDirection = 0
  public var duplicates = 0
  /// Messages that the classifier left alone because of their language.
  public var abstained = 0
  public var flagged = 0
  public var levels = [Int](repeating: 0, count: Level.allCases.count)
  public var categories = [Int](repeating: 0, count: Category.allCases.count)
  public var platforms: [Message.Platform: Int] = [:]
  public var first: String?
  public var last: String?
  public var days: [String: DayCount] = [:]
  /// Those who wrote, worst first.
  public var senders: [Sender] = []
  /// Number of people who wrote, also where they are too many to be listed.
  public var senderCount = 0
  /// Flagged messages, worst first; at most as many as are kept.
  public var worst: [FlaggedMessage] = []
  public var model = ""

  /// Who wrote three or more flagged messages.
  public var repeatOffenders: [Sender] { senders.filter { $0.flagged >= 3 } }

  /// The days with the most flagged messages.
  public func busiestDays(_ count: Int) -> [(day: String, count: DayCount)] {
    days.filter { $0.value.flagged > 0 }.map { ($0.key, $0.value) }
      .sorted { ($1.1.flagged, $0.0) < ($0.1.flagged, $1.0) }.prefix(count).map { $0 }
  }

  public init() {}
}
