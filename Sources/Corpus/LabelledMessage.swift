public import Foundation
public import Weerbaar

/// A message with its labels: one line of a corpus file.
public struct LabelledMessage: Sendable, Codable, Equatable {
  public var id: String
  public var text: String
  public var abusive: Bool
  public var severity: Int
  public var categories: [Category]
  public var target: Target
  /// What sort of abuse or of clean text it is, such as "veiled" or "newsline".
  public var kind: String
  public var channel: String
  public var register: String
  public var topic: String?
  /// The file, written in one go by one writer.
  public var batch: String
  /// Messages by one writer are never in training and test at once.
  public var writer: String
  /// Marks an abusive message and its nearest clean neighbour.
  public var pair: String?
  /// For functional tests: the functionality that is tested.
  public var functionality: String?
  /// Labels that the file says nothing of; they are neither trained on nor counted.
  public var unknown: Unknown = []

  /// Labels that may be missing.
  public struct Unknown: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let severity = Unknown(rawValue: 1)
    public static let categories = Unknown(rawValue: 2)
    public static let target = Unknown(rawValue: 4)
  }

  enum CodingKeys: String, CodingKey {
    case id, text, abusive, severity, categories, target, kind, channel, register, topic, batch, writer, pair,
      functionality
  }

  public init(
    id: String, text: String, abusive: Bool, severity: Int, categories: [Category], target: Target, kind: String = "",
    channel: String = "", register: String = "", topic: String? = nil, batch: String = "", writer: String = "",
    pair: String? = nil, functionality: String? = nil, unknown: Unknown = []
  ) {
    self.id = id
    self.text = text
    self.abusive = abusive
    self.severity = severity
    self.categories = categories
    self.target = target
    self.kind = kind
    self.channel = channel
    self.register = register
    self.topic = topic
    self.batch = batch
    self.writer = writer
    self.pair = pair
    self.functionality = functionality
    self.unknown = unknown
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    text = try values.decode(String.self, forKey: .text)
    let labels = LabelSet(
      abusive: try values.decodeIfPresent(Bool.self, forKey: .abusive),
      severity: try values.decodeIfPresent(Int.self, forKey: .severity),
      categories: try values.decodeIfPresent([Category].self, forKey: .categories),
      target: try values.decodeIfPresent(Target.self, forKey: .target))
    guard let full = labels.completed else {
      throw DecodingError.keyNotFound(
        CodingKeys.abusive, .init(codingPath: decoder.codingPath, debugDescription: "no label"))
    }
    (abusive, severity, categories, target, unknown) = full
    id = try values.decodeIfPresent(String.self, forKey: .id) ?? ""
    kind = try values.decodeIfPresent(String.self, forKey: .kind) ?? ""
    channel = try values.decodeIfPresent(String.self, forKey: .channel) ?? ""
    register = try values.decodeIfPresent(String.self, forKey: .register) ?? ""
    topic = try values.decodeIfPresent(String.self, forKey: .topic)
    batch = try values.decodeIfPresent(String.self, forKey: .batch) ?? ""
    writer = try values.decodeIfPresent(String.self, forKey: .writer) ?? batch
    pair = try values.decodeIfPresent(String.self, forKey: .pair)
    functionality = try values.decodeIfPresent(String.self, forKey: .functionality)
  }

  /// What contradicts the labelling scheme, in words; nil where nothing does.
  public var contradiction: String? {
    if text.isEmpty { return "the text is empty" }
    if !(0...4).contains(severity) { return "severity \(severity) is not 0 to 4" }
    if abusive != (severity > 0) { return "abusive and severity contradict each other" }
    if !unknown.contains(.categories), abusive != !categories.isEmpty {
      return "abusive and categories contradict each other"
    }
    if !unknown.contains(.target), abusive == (target == .none) { return "abusive and target contradict each other" }
    if Set(categories).count != categories.count { return "a category stands twice" }
    return nil
  }
}

/// The labels that a file gives for a message, and what follows from them.
struct LabelSet {
  var abusive: Bool?
  var severity: Int?
  var categories: [Category]?
  var target: Target?

  /// All labels: what is not given follows from the others where it can, and is unknown where it cannot. Nil where not even
  /// abuse or none can be told.
  var completed: (Bool, Int, [Category], Target, LabelledMessage.Unknown)? {
    guard let abusive = abusive ?? severity.map({ $0 > 0 }) ?? categories.map({ !$0.isEmpty }) else { return nil }
    var unknown: LabelledMessage.Unknown = []
    if abusive, severity == nil { unknown.insert(.severity) }
    if abusive, categories == nil { unknown.insert(.categories) }
    if abusive, target == nil { unknown.insert(.target) }
    return (
      abusive, severity ?? (abusive ? 2 : 0), categories ?? [], target ?? (abusive ? .recipient : .none), unknown
    )
  }
}

/// What is wrong in a corpus, with its place.
public struct CorpusError: Error, CustomStringConvertible, Sendable, Equatable {
  public let file: String
  public let line: Int
  public let message: String

  public init(file: String, line: Int, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  public var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}

/// Reads corpus files: NDJSON with one labelled message a line, or CSV with a header.
public enum CorpusReader {
  /// Reads one file, or all `.ndjson`, `.jsonl`, `.csv` and `.tsv` files of a folder in order of their names. O(size).
  ///
  /// - Parameter columns: which columns of CSV files hold what; found by their names where it does not say.
  public static func read(_ url: URL, columns: LabelledTable.Columns = .init()) throws -> [LabelledMessage] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
      throw CorpusError(file: url.path, line: 0, message: "no such file or folder")
    }
    guard isDirectory.boolValue else { return try readFile(url, columns) }
    let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
      .filter { ["ndjson", "jsonl", "csv", "tsv"].contains($0.pathExtension.lowercased()) }
      .filter { !$0.lastPathComponent.hasPrefix("floors") }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
    guard !files.isEmpty else {
      throw CorpusError(file: url.path, line: 0, message: "the folder holds no .ndjson, .jsonl, .csv or .tsv files")
    }
    return try files.flatMap { try readFile($0, columns) }
  }

  private static func readFile(_ url: URL, _ columns: LabelledTable.Columns) throws -> [LabelledMessage] {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw CorpusError(file: url.path, line: 0, message: "cannot be read: \(error.localizedDescription)")
    }
    if !LabelledTable.isNDJSON(data) {
      return try LabelledTable.read(data, name: url.lastPathComponent, columns: columns)
    }
    let decoder = JSONDecoder()
    var messages: [LabelledMessage] = []
    for (number, line) in data.split(separator: 10, omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
      do {
        var message = try decoder.decode(LabelledMessage.self, from: line)
        if message.batch.isEmpty { message.batch = url.deletingPathExtension().lastPathComponent }
        if message.writer.isEmpty { message.writer = message.batch }
        if message.id.isEmpty { message.id = "\(message.batch)-\(number + 1)" }
        messages.append(message)
      } catch {
        throw CorpusError(
          file: url.lastPathComponent, line: number + 1,
          message: "want an object with text and abusive, severity or categories: \(Self.cause(error))")
      }
    }
    return messages
  }

  private static func cause(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "field \(key.stringValue) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "field \(context.codingPath.map(\.stringValue).joined(separator: ".")) has the wrong type"
    case DecodingError.dataCorrupted(let context): context.debugDescription
    default: "\(error)"
    }
  }
}
