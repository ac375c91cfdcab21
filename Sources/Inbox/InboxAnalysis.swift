internal import Foundation
public import Messages
internal import Synchronization
public import Weerbaar

/// Takes messages in the order of reading, assesses those that came in, and counts. Keeps in memory only what a summary
/// and a report show.
public final class InboxAnalysis {
  public struct Options: Sendable {
    /// Assess outgoing messages too.
    public var includesOutgoing = false
    public var jobs = 2
    /// Most flagged messages kept with their context.
    public var kept = 5000
    /// Most senders counted by name.
    public var senders = 200_000
    /// Sets an assessment right by what is known of the message besides its text.
    public var adjust: (@Sendable (Message, Assessment) -> Assessment)?

    public init() {}
  }

  private let options: Options
  private let workers: [any TextAssessor]
  private var batch: [Message] = []
  private let batchSize = 2048
  private var deduplicator = Deduplicator()
  private var result = InboxResult()
  private var number = 0
  private var senders: [String: Sender] = [:]
  private var unlisted = Set<UInt64>()
  private var flagged: [FlaggedMessage] = []
  private let sink: (AssessedMessage) throws -> Void

  // Messages before and after a flagged one.
  private struct Thread {
    var before: [AssessedMessage] = []
    var open: [(index: Int, left: Int)] = []
    var touched = 0
  }

  private let contextLength = 3
  private var threads: [String: Thread] = [:]

  /// - Parameters:
  ///   - makeAssessor: gives one assessor for each thread.
  ///   - sink: receives every message in the order of reading, with its assessment.
  public init(
    options: Options = Options(), makeAssessor: () throws -> any TextAssessor,
    sink: @escaping (AssessedMessage) throws -> Void = { _ in }
  ) throws {
    self.options = options
    var made: [any TextAssessor] = []
    for _ in 0..<max(1, options.jobs) { made.append(try makeAssessor()) }
    workers = made
    self.sink = sink
  }

  /// Takes a message.
  public func add(_ message: Message) throws {
    try deduplicator.add(message) { message in
      batch.append(message)
      if batch.count >= batchSize { try flush() }
    }
  }

  /// Ends the input and gives the result.
  public func finish() throws -> InboxResult {
    try deduplicator.finish { message in
      batch.append(message)
      if batch.count >= batchSize { try flush() }
    }
    try flush()
    result.duplicates = deduplicator.duplicates
    result.senders = senders.values.sorted(by: InboxAnalysis.isWorse)
    result.senderCount = senders.count + unlisted.count
    flagged.sort(by: InboxAnalysis.isWorse)
    for index in flagged.indices {
      flagged[index].context.sort { ($0.message.time ?? "", $0.number) < ($1.message.time ?? "", $1.number) }
    }
    if flagged.count > options.kept { flagged.removeLast(flagged.count - options.kept) }
    result.worst = flagged
    return result
  }

  private static func isWorse(_ left: Sender, _ right: Sender) -> Bool {
    for level in Level.allCases.reversed() where level != .none {
      if left.levels[level.rawValue] != right.levels[level.rawValue] {
        return left.levels[level.rawValue] > right.levels[level.rawValue]
      }
    }
    if left.messages != right.messages { return left.messages > right.messages }
    return (left.platform.rawValue, left.shown) < (right.platform.rawValue, right.shown)
  }

  private static func isWorse(_ left: FlaggedMessage, _ right: FlaggedMessage) -> Bool {
    if left.assessment.level != right.assessment.level { return left.assessment.level > right.assessment.level }
    if left.assessment.severity != right.assessment.severity {
      return left.assessment.severity > right.assessment.severity
    }
    let scores = (left.assessment.score ?? 0, right.assessment.score ?? 0)
    return scores.0 != scores.1 ? scores.0 > scores.1 : left.number < right.number
  }

  // MARK: Assessing

  private func isAssessed(_ message: Message) -> Bool {
    (options.includesOutgoing || message.direction != .outgoing) && message.text.contains { !$0.isWhitespace }
  }

  /// A place for results that several threads fill, each its own part.
  private struct Slots: @unchecked Sendable {
    let workers: [any TextAssessor]
    let texts: [String?]
    let results: UnsafeMutableBufferPointer<Assessment?>
  }

  private func flush() throws {
    guard !batch.isEmpty else { return }
    let messages = batch
    batch.removeAll(keepingCapacity: true)
    let results = UnsafeMutableBufferPointer<Assessment?>.allocate(capacity: messages.count)
    results.initialize(repeating: nil)
    defer {
      results.deinitialize()
      results.deallocate()
    }
    let slots = Slots(workers: workers, texts: messages.map { isAssessed($0) ? $0.text : nil }, results: results)
    // A worker takes every n-th small run, so that long texts spread.
    DispatchQueue.concurrentPerform(iterations: workers.count) { worker in
      var start = worker * 32
      while start < slots.texts.count {
        for index in start..<min(start + 32, slots.texts.count) {
          if let text = slots.texts[index] { slots.results[index] = slots.workers[worker].assess(text) }
        }
        start += slots.workers.count * 32
      }
    }
    for (index, message) in messages.enumerated() {
      try count(message, results[index].map { options.adjust?(message, $0) ?? $0 })
    }
  }

  // MARK: Counting

  private func count(_ message: Message, _ assessment: Assessment?) throws {
    defer { number += 1 }
    result.messages += 1
    result.platforms[message.platform ?? .other, default: 0] += 1
    if message.direction == .outgoing { result.outgoing += 1 }
    if message.direction == nil { result.unknownDirection += 1 }
    if let time = message.time {
      if result.first.map({ time < $0 }) ?? true { result.first = time }
      if result.last.map({ time > $0 }) ?? true { result.last = time }
    }
    if let assessment {
      result.assessed += 1
      result.model = assessment.model
      if assessment.abstained { result.abstained += 1 }
      result.levels[assessment.level.rawValue] += 1
      if assessment.abusive {
        result.flagged += 1
        for category in Category.allCases where assessment.categories[category] >= 0.5 {
          result.categories[category.index] += 1
        }
      }
    }
    if let day = message.time?.prefix(10), assessment != nil {
      var counts = result.days[String(day)] ?? DayCount()
      counts.messages += 1
      if let assessment, assessment.abusive {
        counts.flagged += 1
        counts.levels[assessment.level.rawValue] += 1
      }
      result.days[String(day)] = counts
    }
    countSender(message, assessment)
    keep(message, assessment)
    try sink(AssessedMessage(message: message, assessment: assessment, number: number))
  }

  private func countSender(_ message: Message, _ assessment: Assessment?) {
    guard message.direction != .outgoing || options.includesOutgoing else { return }
    let party = message.author ?? Party(name: "onbekende afzender")
    let platform = message.platform ?? .other
    let key = "\(platform.rawValue)\u{0}\(party.handle ?? party.id ?? party.name ?? "")"
    guard senders[key] != nil || senders.count < options.senders || assessment?.abusive == true else {
      if unlisted.count < 5_000_000 {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        unlisted.insert(hash)
      }
      return
    }
    var sender = senders[key] ?? Sender(party: party, platform: platform)
    sender.messages += 1
    if sender.party.name == nil { sender.party.name = party.name }
    if let time = message.time {
      if sender.first.map({ time < $0 }) ?? true { sender.first = time }
      if sender.last.map({ time > $0 }) ?? true { sender.last = time }
    }
    if let assessment {
      sender.levels[assessment.level.rawValue] += 1
      if assessment.abusive {
        sender.flagged += 1
        for category in Category.allCases where assessment.categories[category] >= 0.5 {
          sender.categories[category.index] += 1
        }
      }
    }
    senders[key] = sender
  }

  /// Keeps flagged messages, and the messages around them.
  private func keep(_ message: Message, _ assessment: Assessment?) {
    let key = "\(message.platform?.rawValue ?? "")\u{0}\(message.conversation ?? message.source?.file ?? "")"
    var thread = threads[key] ?? Thread()
    let assessed = AssessedMessage(message: message, assessment: assessment, number: number)
    thread.touched = number
    for slot in thread.open.indices {
      flagged[thread.open[slot].index].context.append(assessed)
      thread.open[slot].left -= 1
    }
    thread.open.removeAll { $0.left <= 0 }
    if let assessment, assessment.abusive {
      if flagged.count >= max(1, options.kept) * 2 {
        // Shrinking moves the kept messages; what was open is closed then.
        shrink()
        thread.open = []
      }
      flagged.append(FlaggedMessage(message: message, assessment: assessment, number: number, context: thread.before))
      thread.open.append((flagged.count - 1, contextLength))
    }
    thread.before.append(assessed)
    if thread.before.count > contextLength { thread.before.removeFirst() }
    threads[key] = thread
    if threads.count > 4096 {
      let oldest = threads.sorted { $0.value.touched < $1.value.touched }.prefix(2048).map(\.key)
      for key in oldest { threads[key] = nil }
    }
  }

  /// Drops the mildest of too many flagged messages.
  private func shrink() {
    flagged.sort(by: InboxAnalysis.isWorse)
    flagged.removeLast(flagged.count - options.kept)
    for key in threads.keys { threads[key]?.open = [] }
  }
}
