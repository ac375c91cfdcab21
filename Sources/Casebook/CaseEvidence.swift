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

    /// The evidence for a message of the run.
    /// - Parameter index: an index of `messages`.
    public func evidence(at index: Int, _ assessment: Assessment) -> CaseEvidence {
      let message = buffer[index]
      let key = ConversationWindow.key(message)
      var before: [Message] = []
      var place = index - 1
      while place >= 0, before.count < length {
        if ConversationWindow.key(buffer[place]) == key { before.insert(buffer[place], at: 0) }
        place -= 1
      }
      if before.count < length, let known = threads[key] {
        before.insert(contentsOf: known.suffix(length - before.count), at: 0)
      }
      var after: [Message] = []
      place = index + 1
      while place < buffer.count, after.count < length, place < index + 512 {
        if ConversationWindow.key(buffer[place]) == key { after.append(buffer[place]) }
        place += 1
      }
      return CaseEvidence(message: message, assessment: assessment, before: before, after: after)
    }
  }

  /// Messages without a conversation have none around them.
  fileprivate static func key(_ message: Message) -> String {
    guard let conversation = message.conversation else {
      return "\u{1}\(message.id ?? message.text.prefix(20).description)"
    }
    return "\(message.platform?.rawValue ?? "")\u{0}\(conversation)"
  }

  private mutating func hand(_ count: Int, _ body: (Run) throws -> Void) rethrows {
    try body(Run(messages: buffer[..<count], buffer: buffer, threads: threads, length: length))
    for message in buffer[..<count] where length > 0 && message.conversation != nil {
      let key = ConversationWindow.key(message)
      if threads[key] == nil { order.append(key) }
      threads[key, default: []].append(message)
      if let known = threads[key], known.count > length { threads[key] = Array(known.suffix(length)) }
    }
    if order.count > 4096 {
      for key in order.prefix(2048) { threads[key] = nil }
      order.removeFirst(2048)
    }
    buffer.removeFirst(count)
  }
}
