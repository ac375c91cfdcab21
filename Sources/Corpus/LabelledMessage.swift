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

  enum CodingKeys: String, CodingKey {
    case id, text, abusive, severity, categories, target, kind, channel, register, topic, batch, writer, pair,
      functionality
  }

  public init(
    id: String, text: String, abusive: Bool, severity: Int, categories: [Category], target: Target, kind: String = "",
    channel: String = "", register: String = "", topic: String? = nil, batch: String = "", writer: String = "",
    pair: String? = nil, functionality: String? = nil
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
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    text = try values.decode(String.self, forKey: .text)
    abusive = try values.decode(Bool.self, forKey: .abusive)
    severity = try values.decodeIfPresent(Int.self, forKey: .severity) ?? (abusive ? 2 : 0)
    categories = try values.decodeIfPresent([Category].self, forKey: .categories) ?? []
    target = try values.decodeIfPresent(Target.self, forKey: .target) ?? (abusive ? .recipient : .none)
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
    if abusive != !categories.isEmpty { return "abusive and categories contradict each other" }
    if abusive == (target == .none) { return "abusive and target contradict each other" }
    if Set(categories).count != categories.count { return "a category stands twice" }
    return nil
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

/// Reads corpus files: NDJSON, one labelled message a line.
public enum CorpusReader {
  /// Reads one file, or all `.ndjson` files of a folder in order of their names. O(size).
  public static func read(_ url: URL) throws -> [LabelledMessage] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
      throw CorpusError(file: url.path, line: 0, message: "no such file or folder")
    }
    guard isDirectory.boolValue else { return try readFile(url) }
    let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "ndjson" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
    guard !files.isEmpty else {
      throw CorpusError(file: url.path, line: 0, message: "the folder holds no .ndjson files")
    }
    return try files.flatMap(readFile)
  }

  private static func readFile(_ url: URL) throws -> [LabelledMessage] {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw CorpusError(file: url.path, line: 0, message: "cannot be read: \(error.localizedDescription)")
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
          message: "want an object with text, abusive, severity, categories and target: \(Self.cause(error))")
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
