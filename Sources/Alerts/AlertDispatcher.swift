public import Foundation

/// What became of alerts.
public struct AlertCounts: Sendable, Equatable {
  /// Handed over, delivered, and given up after the last try.
  public var submitted = 0
  public var delivered = 0
  public var failed = 0
  /// Not taken, because too many were waiting already.
  public var dropped = 0

  public init() {}
}

/// How alerts are sent.
public struct AlertRules: Sendable {
  /// Most alerts a minute; more wait their turn.
  public var perMinute = 60
  /// Most alerts that wait; what comes on top is counted and dropped, so that a feed is never held up.
  public var capacity = 1000
  /// How often an alert is tried.
  public var tries = 5
  /// Seconds before the second try; each later one waits twice as long as the one before.
  public var firstDelay: TimeInterval = 1
  /// Seconds that ``AlertDispatcher/finish()`` waits for alerts that are still on their way.
  public var patience: TimeInterval = 30

  public init() {}
}

/// Sends alerts one after another on a thread of its own: taking one never waits.
///
/// An alert that fails is tried again with growing pauses; the same failure of the channel holds up those behind it, so
/// that order is kept and a broken receiver is not flooded.
///
/// ```swift
/// let alerts = AlertDispatcher(channel: .named("https://example.org/hook", secret: "…"))
/// alerts.submit(Data(line))
/// let counts = alerts.finish()
/// ```
public final class AlertDispatcher: @unchecked Sendable {
  private let channel: any AlertChannel
  private let rules: AlertRules
  private let report: @Sendable (String) -> Void
  private let condition = NSCondition()
  // All of these are touched under the condition's lock only.
  private var waiting: [Data] = []
  private var counts = AlertCounts()
  private var isClosed = false
  private var hasEnded = false
  /// When the last alerts were begun, for the rate.
  private var begun: [TimeInterval] = []

  /// - Parameter report: told of each alert that was given up, and of the first that was dropped.
  public init(
    channel: any AlertChannel, rules: AlertRules = AlertRules(), report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.channel = channel
    self.rules = rules
    self.report = report
    let thread = Thread { [self] in run() }
    thread.start()
  }

  /// Takes an alert, a JSON object, to be sent. Never waits.
  ///
  /// - Returns: whether it was taken.
  @discardableResult
  public func submit(_ body: Data) -> Bool {
    condition.lock()
    counts.submitted += 1
    let isTaken = waiting.count < rules.capacity && !isClosed
    if isTaken { waiting.append(body) } else { counts.dropped += 1 }
    let isFirst = counts.dropped == 1 && !isTaken
    condition.broadcast()
    condition.unlock()
    if isFirst { report("alerts come faster than they can be sent; some are left out") }
    return isTaken
  }

  /// What became of the alerts so far.
  public var soFar: AlertCounts { condition.withLock { counts } }

  /// Takes no more, waits for those on their way as long as the rules allow, and tells what became of all. Those that
  /// were not sent by then count as failed.
  public func finish() -> AlertCounts {
    let deadline = Date(timeIntervalSinceNow: rules.patience)
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    condition.broadcast()
    while !hasEnded, condition.wait(until: deadline) {}
    counts.failed = counts.submitted - counts.delivered - counts.dropped
    waiting.removeAll()
    return counts
  }

  private func now() -> TimeInterval { ProcessInfo.processInfo.systemUptime }

  private func run() {
    while let body = next() { send(body) }
    condition.lock()
    hasEnded = true
    condition.broadcast()
    condition.unlock()
  }

  /// The next alert, when the rate allows it; nil where none will come.
  private func next() -> Data? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if waiting.isEmpty {
        if isClosed { return nil }
        condition.wait()
        continue
      }
      let time = now()
      begun.removeAll { $0 <= time - 60 }
      if begun.count < rules.perMinute {
        begun.append(time)
        return waiting.removeFirst()
      }
      _ = condition.wait(until: Date(timeIntervalSinceNow: max(0.01, begun[0] + 60 - time)))
    }
  }

  private func send(_ body: Data) {
    var delay = rules.firstDelay
    for number in 1...max(1, rules.tries) {
      do {
        try channel.deliver(body)
        condition.withLock { counts.delivered += 1 }
        return
      } catch {
        guard error.mayPass, number < rules.tries else {
          condition.withLock { counts.failed += 1 }
          return report("an alert was not sent: \(error.reason)")
        }
      }
      Thread.sleep(forTimeInterval: delay)
      delay *= 2
    }
  }
}
