public import Messages
public import Weerbaar

/// A message for the casebook: its full original, what the classifier said, and the messages around it.
public struct CaseEvidence: Sendable {
  public var message: Message
  public var assessment: Assessment
  /// Messages of the same conversation, in their order.
  public var before: [Message]
  public var after: [Message]

  public init(message: Message, assessment: Assessment, before: [Message] = [], after: [Message] = []) {
    self.message = message
    self.assessment = assessment
    self.before = before
    self.after = after
  }
}

/// CaseEvidence as it is kept, and hashed, in the casebook.
struct StoredEvidence: Codable {
  var message: Message
  /// The line as it came in, where it came in as a line of JSON.
  var original: String?
  var assessment: StoredAssessment
  var before: [Message]
  var after: [Message]

  init(_ evidence: CaseEvidence) {
    message = evidence.message
    original = evidence.message.original
    assessment = StoredAssessment(evidence.assessment)
    before = evidence.before
    after = evidence.after
  }

  var evidence: CaseEvidence {
    var message = message
    message.original = original
    return CaseEvidence(message: message, assessment: assessment.assessment, before: before, after: after)
  }
}

/// An assessment as it is kept.
struct StoredAssessment: Codable {
  struct Piece: Codable {
    var category: Category
    var start: Int
    var end: Int
    var text: String
    var weight: Double
  }

  var abusive: Bool
  var score: Double?
  var severity: Int
  var level: Level
  var categories: [String: Double]
  var target: Target
  var language: String
  var evidence: [Piece]
  var model: String

  init(_ assessment: Assessment) {
    abusive = assessment.abusive
    score = assessment.score
    severity = assessment.severity
    level = assessment.level
    categories = Dictionary(
      uniqueKeysWithValues: Category.allCases.map { ($0.rawValue, assessment.categories[$0]) })
    target = assessment.target
    language = assessment.language
    evidence = assessment.evidence.map {
      Piece(category: $0.category, start: $0.start, end: $0.end, text: $0.text, weight: $0.weight)
    }
    model = assessment.model
  }

  var assessment: Assessment {
    var scores = CategoryScores()
    for category in Category.allCases { scores[category] = categories[category.rawValue] ?? 0 }
    return Assessment(
      abusive: abusive, score: score, severity: severity, level: level, categories: scores, target: target,
      language: language,
      evidence: evidence.map {
        Weerbaar.Evidence(category: $0.category, start: $0.start, end: $0.end, text: $0.text, weight: $0.weight)
      }, model: model)
  }
}

/// Gathers messages as they are read and hands them on in runs, each message with those around it in its conversation.
///
/// A run is handed on when enough messages behind it are known, so that everything about its messages is final. Memory
/// holds one run, what lies behind it, and the last messages of recent conversations.
public struct ConversationWindow {
  private let size: Int
  private let lookahead: Int
  private let length: Int
  private var buffer: [Message] = []
  private var threads: [String: [Message]] = [:]
  private var order: [String] = []

  /// - Parameters:
  ///   - size: messages in a run.
  ///   - lookahead: messages behind a run in which its conversations are followed.
  ///   - length: messages before and after that belong to a message.
  public init(size: Int, lookahead: Int = 256, length: Int) {
    self.size = max(1, size)
    self.lookahead = lookahead
    self.length = length
  }

  /// Takes a message; `body` gets a run when one is full.
  public mutating func add(_ message: Message, _ body: (Run) throws -> Void) rethrows {
    buffer.append(message)
    if buffer.count >= size + lookahead { try hand(size, body) }
  }

  /// Ends the input; `body` gets what is left.
  public mutating func finish(_ body: (Run) throws -> Void) rethrows {
    while !buffer.isEmpty { try hand(min(size, buffer.count), body) }
  }

  /// Messages one after another.
  public struct Run {
    public let messages: ArraySlice<Message>
    fileprivate let buffer: [Message]
    fileprivate let threads: [String: [Message]]
    fileprivate let length: Int

    /// Where the messages of each conversation lie in the buffer, in order.
    fileprivate let places: [String: [Int]]

    /// Whether the messages around one tell that the export stands newest first.
    private func isNewestFirst(_ evidence: CaseEvidence) -> Bool {
      func moment(_ message: Message?) -> Int? { message?.time.flatMap(Moment.seconds) }
      guard let own = moment(evidence.message) else { return false }
      let earlier = moment(evidence.before.last)
      let later = moment(evidence.after.first)
      return (earlier ?? own) >= own && (later ?? own) <= own && (earlier ?? own) > (later ?? own)
    }

    /// The evidence for a message of the run. O(log messages).
    /// - Parameter index: an index of `messages`.
    public func evidence(at index: Int, _ assessment: Assessment) -> CaseEvidence {
      var evidence = CaseEvidence(message: buffer[index], assessment: assessment)
      guard length > 0, let key = ConversationWindow.key(buffer[index]), let own = places[key] else { return evidence }
      var low = 0
      var high = own.count
      while low < high {
        let middle = (low + high) / 2
        if own[middle] < index { low = middle + 1 } else { high = middle }
      }
      evidence.before = own[max(0, low - length)..<low].map { buffer[$0] }
      if evidence.before.count < length, let known = threads[key] {
        evidence.before.insert(contentsOf: known.suffix(length - evidence.before.count), at: 0)
      }
      evidence.after = own[min(own.count, low + 1)..<min(own.count, low + 1 + length)].map { buffer[$0] }
      if isNewestFirst(evidence) {
        (evidence.before, evidence.after) = (evidence.after.reversed(), evidence.before.reversed())
      }
      return evidence
    }
  }

  /// Messages without a conversation have none around them.
  fileprivate static func key(_ message: Message) -> String? {
    message.conversation.map { "\(message.platform?.rawValue ?? "")\u{0}\($0)" }
  }

  private mutating func hand(_ count: Int, _ body: (Run) throws -> Void) rethrows {
    var places: [String: [Int]] = [:]
    if length > 0 {
      for index in buffer.indices {
        if let key = ConversationWindow.key(buffer[index]) { places[key, default: []].append(index) }
      }
    }
    try body(Run(messages: buffer[..<count], buffer: buffer, threads: threads, length: length, places: places))
    for (key, own) in places {
      let behind = own.prefix { $0 < count }.suffix(length)
      guard !behind.isEmpty else { continue }
      if threads[key] == nil { order.append(key) }
      threads[key] = Array((threads[key, default: []] + behind.map { buffer[$0] }).suffix(length))
    }
    if order.count > 4096 {
      for key in order.prefix(2048) { threads[key] = nil }
      order.removeFirst(2048)
    }
    buffer.removeFirst(count)
  }
}
