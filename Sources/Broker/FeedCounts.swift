import Foundation

/// What a broker's messages came to. May be read and written from any thread.
public final class FeedCounts: @unchecked Sendable {
  /// The numbers at one moment.
  public struct Numbers: Sendable, Equatable {
    /// Messages that the broker gave, and of those the ones that somebody had been given before.
    public var delivered = 0
    public var redelivered = 0
    /// Results that the broker took, and of those the ones that it had already.
    public var published = 0
    public var duplicates = 0
    /// Messages that went to the dead-letter subject.
    public var dead = 0
    /// Messages that waited in the feed when last looked at.
    public var waiting = 0
  }

  private let lock = NSLock()
  private var numbers = Numbers()

  public init() {}

  /// The numbers so far.
  public var soFar: Numbers { lock.withLock { numbers } }

  func note(delivered: Int, redelivered: Int, waiting: Int) {
    lock.withLock {
      numbers.delivered += delivered
      numbers.redelivered += redelivered
      numbers.waiting = waiting
    }
  }

  func note(published: Int, duplicates: Int) {
    lock.withLock {
      numbers.published += published
      numbers.duplicates += duplicates
    }
  }

  func note(dead: Int) { lock.withLock { numbers.dead += dead } }
}
