public import Messages
public import Weerbaar

/// A message with what the classifier says of it; nothing where it was not asked.
public struct AssessedMessage: Sendable {
  public var message: Message
  public var assessment: Assessment?
  /// The number of the message in the order of reading, from 0.
  public var number: Int

  public init(message: Message, assessment: Assessment?, number: Int) {
    self.message = message
    self.assessment = assessment
    self.number = number
  }

  /// Whether the message counts as abuse.
  public var isFlagged: Bool { assessment?.abusive == true }
  /// The level, `none` where the message was not assessed.
  public var level: Level { assessment?.level ?? .none }
}
