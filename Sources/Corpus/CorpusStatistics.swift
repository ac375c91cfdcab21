import Weerbaar

/// Counts over a corpus, and the balance between clean and abusive messages.
public struct CorpusStatistics: Sendable {
  /// One side of a balance: abusive or clean.
  public struct Side: Sendable, Codable, Equatable {
    public var messages = 0
    /// Words a message: first decile, median, last decile.
    public var words: [Int] = []
    /// Share that begins with a capital, that ends with punctuation, that holds a digit.
    public var startsWithCapital = 0.0
    public var endsWithPunctuation = 0.0
    public var holdsDigit = 0.0
    /// Share that names a day, a month, a year or a date.
    public var holdsDate = 0.0
  }

  public var messages = 0
  public var pairs = 0
  public var batches = 0
  public var writers = 0
  /// Clean messages that are no everyday text: those that look like abuse or stand in a pair.
  public var hardNegatives = 0
  /// Clean texts of everyday kinds.
  public var ordinary = 0
  public var abusive = Side()
  public var clean = Side()
  public var severities: [Int] = [0, 0, 0, 0, 0]
  public var categories: [String: Int] = [:]
  public var targets: [String: Int] = [:]
  /// Messages by kind, channel and register: abusive and clean.
  public var kinds: [String: [Int]] = [:]
  public var channels: [String: [Int]] = [:]
  public var registers: [String: [Int]] = [:]
  /// The plan: how many messages there are in each cell. Rows are the categories, and "clean" for what has none; columns are
  /// channels, classes of length, and the ten commonest registers and topics.
  public var coverage: [Dimension: [String: [String: Int]]] = [:]
  /// Messages by topic: abusive ones and hard negatives. Everyday text has topics of its own.
  public var topics: [String: [Int]] = [:]

  /// What the plan crosses with the categories.
  public enum Dimension: String, Sendable, CaseIterable {
    case channel, length, register, topic
  }

  /// Kinds of clean text that are written to look like abuse.
  public static let hardKinds: Set<String> = [
    "policy", "swear", "idiom", "quote", "report", "condemn", "literal", "homonym", "names", "self", "banter",
    "official",
    "object", "negation", "satire", "support", "identity", "reclaimed", "objection", "question", "praise", "farming",
    "medicine", "history", "sport", "invite", "love", "name", "animal", "compound", "disguise",
  ]

  /// Counts. O(total length).
  public init(_ corpus: [LabelledMessage]) {
    messages = corpus.count
    pairs = Dictionary(grouping: corpus.filter { $0.pair != nil }) { $0.pair }.count
    batches = Set(corpus.map(\.batch)).count
    writers = Set(corpus.map(\.writer)).count
    abusive = Self.side(corpus.filter(\.abusive))
    clean = Self.side(corpus.filter { !$0.abusive })
    for message in corpus {
      let side = message.abusive ? 0 : 1
      severities[message.severity] += 1
      targets[message.target.rawValue, default: 0] += 1
      kinds[message.kind, default: [0, 0]][side] += 1
      channels[message.channel, default: [0, 0]][side] += 1
      registers[message.register, default: [0, 0]][side] += 1
      let isHard = message.pair != nil || Self.hardKinds.contains(message.kind)
      if message.abusive || isHard { topics[message.topic ?? "", default: [0, 0]][side] += 1 }
      for category in message.categories { categories[category.rawValue, default: 0] += 1 }
      if !message.abusive {
        if isHard { hardNegatives += 1 } else { ordinary += 1 }
      }
    }
    cross(corpus)
  }

  /// Fills the cells of the plan.
  private mutating func cross(_ corpus: [LabelledMessage]) {
    func commonest(_ counts: [String: [Int]]) -> Set<String> {
      Set(counts.sorted { ($1.value.reduce(0, +), $0.key) < ($0.value.reduce(0, +), $1.key) }.prefix(10).map(\.key))
    }
    let registerNames = commonest(registers)
    let topicNames = commonest(topics)
    for message in corpus {
      let rows = message.categories.isEmpty ? ["clean"] : message.categories.map(\.rawValue)
      for row in rows {
        coverage[.channel, default: [:]][row, default: [:]][message.channel, default: 0] += 1
        coverage[.length, default: [:]][row, default: [:]][LengthClass(message.text).words, default: 0] += 1
        let register = registerNames.contains(message.register) ? message.register : "other"
        coverage[.register, default: [:]][row, default: [:]][register, default: 0] += 1
        let topic = message.topic.flatMap { topicNames.contains($0) ? $0 : nil } ?? "other"
        coverage[.topic, default: [:]][row, default: [:]][topic, default: 0] += 1
      }
    }
  }

  private static let dateWords: Set<String> = [
    "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "januari", "februari", "maart",
    "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december",
  ]

  private static func holdsDate(_ text: String) -> Bool {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.contains { word in
      dateWords.contains(String(word)) || (word.count == 4 && Int(word).map { (1900...2099).contains($0) } ?? false)
    }
  }

  private static func side(_ messages: [LabelledMessage]) -> Side {
    var side = Side(messages: messages.count)
    guard !messages.isEmpty else { return side }
    let lengths = messages.map { $0.text.split(whereSeparator: \.isWhitespace).count }.sorted()
    side.words = [0.1, 0.5, 0.9].map { lengths[min(lengths.count - 1, Int(Double(lengths.count) * $0))] }
    let count = Double(messages.count)
    side.startsWithCapital = Double(messages.count { $0.text.first?.isUppercase ?? false }) / count
    side.endsWithPunctuation = Double(messages.count { $0.text.last.map { ".!?…".contains($0) } ?? false }) / count
    side.holdsDigit = Double(messages.count { $0.text.contains(where: \.isNumber) }) / count
    side.holdsDate = Double(messages.count { holdsDate($0.text) }) / count
    return side
  }
}
