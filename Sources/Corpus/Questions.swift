import Foundation
import Weerbaar

/// Up to sixteen yes/no questions about a message, and what its labels answer.
enum Questions {
  /// The questions of an assessment, as ``Lane`` numbers them.
  case assessment
  /// What the scores answer that a network joins: abuse, categories, five groups of kinds, target. Severity follows from these
  /// as well as from scores of its own; what a text is where it is no abuse - news, a quotation, banter - follows from nothing
  /// else.
  case scores(KindGroups)

  private static let firstKind = Lane.firstSeverity

  private var firstTarget: Int {
    switch self {
    case .assessment: Lane.firstTarget
    case .scores: Self.firstKind + KindGroups.most
    }
  }

  /// Bit k is the answer to question k.
  func answers(_ message: LabelledMessage) -> UInt16 {
    var bits: UInt16 = message.abusive ? 1 : 0
    for category in message.categories { bits |= 1 << UInt16(Lane.firstCategory + category.index) }
    switch self {
    case .assessment:
      for step in 0..<3 where message.severity >= step + 2 { bits |= 1 << UInt16(Lane.firstSeverity + step) }
    case .scores(let kinds):
      if let group = kinds.group(of: message.kind) { bits |= 1 << UInt16(Self.firstKind + group) }
    }
    switch message.target {
    case .person: bits |= 1 << UInt16(firstTarget)
    case .group: bits |= 1 << UInt16(firstTarget + 1)
    case .recipient, .none: break
    }
    return bits
  }

  /// Bit k says whether a message has something to say to question k: who is the target is asked of abusive messages only.
  func asked(_ message: LabelledMessage) -> UInt16 {
    var bits = Self.bits(0..<Lane.firstCategory)
    if !message.unknown.contains(.categories) { bits |= Self.bits(Lane.firstCategory..<Lane.firstSeverity) }
    switch self {
    case .assessment:
      if !message.unknown.contains(.severity) { bits |= Self.bits(Lane.firstSeverity..<Lane.firstTarget) }
    case .scores(let kinds):
      if !message.kind.isEmpty { bits |= Self.bits(Self.firstKind..<(Self.firstKind + kinds.count)) }
    }
    if message.abusive, !message.unknown.contains(.target) { bits |= Self.bits(firstTarget..<(firstTarget + 2)) }
    return bits
  }

  /// What is asked besides abuse, categories and target, in words.
  var rest: String {
    switch self {
    case .assessment: "three for severity"
    case .scores(let kinds): "\(kinds.count) for kinds of text (\(kinds.names.joined(separator: ", ")))"
    }
  }

  private static func bits(_ lanes: Range<Int>) -> UInt16 { lanes.reduce(0) { $0 | 1 << UInt16($1) } }
}

/// Groups of kinds of messages, such as all that report on abuse, told apart by scores of their own.
public struct KindGroups: Sendable, Equatable {
  /// Most groups that there is room for.
  static let most = 5

  /// The names of the groups, in order.
  public let names: [String]
  private let groups: [String: Int]
  /// How much the clean messages of each group count where scores are joined.
  private let weights: [Float]

  var count: Int { names.count }

  /// Reads `kinds.tsv` of a corpus folder: on each line the name of a group, how much its clean messages count where
  /// scores are joined, and its kinds with spaces between them, with tabs in between; lines that begin with # are remarks.
  /// Nil where the folder has none.
  public init?(_ directory: URL) throws {
    let url = directory.appending(path: "kinds.tsv")
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    var names: [String] = []
    var groups: [String: Int] = [:]
    var weights: [Float] = []
    for (number, columns) in try CorpusLines.columns(url) {
      func fault(_ message: String) -> CorpusError {
        CorpusError(file: url.lastPathComponent, line: number, message: message)
      }
      guard columns.count == 3, !columns[0].isEmpty, !names.contains(columns[0]) else {
        throw fault(
          "want the name of a group, another on each line, a weight, and kinds with spaces, with tabs in between")
      }
      guard let weight = Float(columns[1]), weight > 0, weight <= 100 else {
        throw fault("weight \(columns[1]) is no number above 0 and at most 100")
      }
      guard names.count < Self.most else { throw fault("there is room for \(Self.most) groups; join some of them") }
      let kinds = columns[2].split(separator: " ").map(String.init)
      guard !kinds.isEmpty else { throw fault("group \(columns[0]) has no kinds; name some or leave it out") }
      for kind in kinds where groups.updateValue(names.count, forKey: kind) != nil {
        throw fault("kind \(kind) stands twice; a kind belongs to one group")
      }
      names.append(columns[0])
      weights.append(weight)
    }
    self.names = names
    self.groups = groups
    self.weights = weights
  }

  /// All kinds that belong to a group, in order.
  var kinds: [String] { groups.keys.sorted() }

  func group(of kind: String) -> Int? { groups[kind] }

  /// How much a message counts where scores are joined.
  func weight(of message: LabelledMessage) -> Float {
    guard !message.abusive, let group = groups[message.kind] else { return 1 }
    return weights[group]
  }
}
