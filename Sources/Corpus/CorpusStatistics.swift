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
  /// Category by channel: how many abusive messages there are in each cell of the plan.
  public var coverage: [String: [String: Int]] = [:]

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
      for category in message.categories {
        categories[category.rawValue, default: 0] += 1
        coverage[category.rawValue, default: [:]][message.channel, default: 0] += 1
      }
      if !message.abusive {
        if message.pair != nil || Self.hardKinds.contains(message.kind) { hardNegatives += 1 } else { ordinary += 1 }
      }
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
    return side
  }
}
