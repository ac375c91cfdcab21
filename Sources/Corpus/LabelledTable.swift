import Foundation
import Messages
import Weerbaar

/// Labelled messages in a CSV file with a header, as an office or a research group has them.
public enum LabelledTable {
  /// Which columns hold what.
  public struct Columns: Sendable, Equatable {
    /// Column with the text; where nil, one of ``textNames``.
    public var text: String?
    /// Column that says abusive or not; where nil, one of ``labelNames``.
    public var label: String?

    public init(text: String? = nil, label: String? = nil) {
      self.text = text
      self.label = label
    }

    public static let textNames = ["text", "tekst", "bericht", "message", "body", "content", "tweet", "comment"]
    public static let labelNames = ["abusive", "misbruik", "label", "hate", "hateful", "toxic", "haat"]
  }

  /// Whether the first line that is not empty begins an object.
  static func isNDJSON(_ data: Data) -> Bool {
    let start = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
    return start.first { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: "{") || start.isEmpty
  }

  /// Reads a table.
  ///
  /// Columns named id, severity, categories (separated by spaces, commas or semicolons), target, kind, channel, register,
  /// topic, batch, writer, pair and functionality are read where they are there; so are eight columns with the names of the
  /// categories. What is not there is unknown. O(size).
  static func read(_ data: Data, name: String, columns wanted: Columns) throws -> [LabelledMessage] {
    let bytes = [UInt8](data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data)
    return try bytes.withUnsafeBufferPointer { buffer in
      let dialect = CSVDialect(sniffing: buffer)
      var cells = CSVRecord()
      var reader: RowReader?
      var messages: [LabelledMessage] = []
      var start = 0
      var line = 1
      while start < buffer.count {
        var scanner = CSVRecordScanner(dialect)
        let end = scanner.recordEnd(in: buffer, from: start) ?? buffer.count
        let record = UnsafeBufferPointer(rebasing: buffer[start..<end])
        do {
          try cells.parse(record, dialect)
        } catch let problem as LineProblem {
          throw CorpusError(file: name, line: line, message: problem.description(in: .en))
        }
        let row = (0..<cells.count).map { cells[$0] }
        if let reader {
          if row != [""] { messages.append(try reader.message(row, line: line, number: messages.count + 1)) }
        } else {
          reader = try RowReader(header: row, file: name, wanted: wanted)
        }
        line += record.count { $0 == 10 }
        start = end
      }
      return messages
    }
  }

  /// Reads the rows below a header.
  private struct RowReader {
    let file: String
    let text: Int
    let label: Int?
    let columns: [String: Int]
    let categoryColumns: [(category: Weerbaar.Category, column: Int)]

    init(header: [String], file: String, wanted: Columns) throws {
      self.file = file
      let names = header.map { $0.lowercased().trimmingCharacters(in: .whitespaces) }
      let known = header.map { "\"\($0)\"" }.joined(separator: ", ")
      func find(_ named: String?, _ usual: [String]) throws -> Int? {
        guard let named else { return usual.lazy.compactMap { names.firstIndex(of: $0) }.first }
        guard let found = header.firstIndex(of: named) else {
          throw CorpusError(file: file, line: 1, message: "no column is named \"\(named)\"; there are \(known)")
        }
        return found
      }
      guard let text = try find(wanted.text, Columns.textNames) else {
        throw CorpusError(
          file: file, line: 1, message: "no column holds the text; name it with --text-column, one of \(known)")
      }
      self.text = text
      label = try find(wanted.label, Columns.labelNames)
      columns = Dictionary(names.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
      let found = columns
      categoryColumns = Weerbaar.Category.allCases.compactMap { category in
        found[category.rawValue].map { (category, $0) }
      }
      guard label != nil || columns["severity"] != nil || columns["categories"] != nil || !categoryColumns.isEmpty
      else {
        throw CorpusError(
          file: file, line: 1,
          message: "no column says what is abusive; name it with --label-column, one of \(known)")
      }
    }

    func message(_ row: [String], line: Int, number: Int) throws -> LabelledMessage {
      func cell(_ index: Int?) -> String? {
        guard let index, index < row.count else { return nil }
        let value = row[index].trimmingCharacters(in: .whitespaces)
        return value.isEmpty ? nil : value
      }
      func fault(_ what: String) -> CorpusError { CorpusError(file: file, line: line, message: what) }
      guard text < row.count, !row[text].isEmpty else { throw fault("the text is missing") }
      var labels = LabelSet()
      if let value = cell(label) {
        guard let answer = Self.answer(value) else {
          throw fault("\"\(value)\" does not say abusive or not; write 1 or 0, true or false, yes or no, ja or nee")
        }
        labels.abusive = answer
      }
      if let value = cell(columns["severity"]) {
        guard let severity = Int(value), (0...4).contains(severity) else {
          throw fault("severity \"\(value)\" is not 0 to 4")
        }
        labels.severity = severity
      }
      if !categoryColumns.isEmpty {
        labels.categories = []
        for (category, column) in categoryColumns {
          guard let value = cell(column) else { continue }
          guard let answer = Self.answer(value) else {
            throw fault("\"\(value)\" in column \(category.rawValue) is not 1 or 0")
          }
          if answer { labels.categories?.append(category) }
        }
      } else if columns["categories"] != nil {
        labels.categories = try (cell(columns["categories"]) ?? "").split { " ,;|".contains($0) }.map { word in
          guard let category = Weerbaar.Category(rawValue: word.lowercased()) else {
            throw fault(
              "there is no category \"\(word)\"; there are \(Weerbaar.Category.allCases.map(\.rawValue).joined(separator: ", "))"
            )
          }
          return category
        }
        // A file with categories for some messages only knows nothing of the others.
        if labels.abusive == true, labels.categories?.isEmpty == true { labels.categories = nil }
      }
      if let value = cell(columns["target"]) { labels.target = Target(rawValue: value.lowercased()) }
      guard let (abusive, severity, categories, target, unknown) = labels.completed else {
        throw fault("nothing says whether this message is abusive")
      }
      let batch = cell(columns["batch"]) ?? (file as NSString).deletingPathExtension
      return LabelledMessage(
        id: cell(columns["id"]) ?? "\(batch)-\(number)", text: row[text], abusive: abusive, severity: severity,
        categories: categories, target: target, kind: cell(columns["kind"]) ?? "",
        channel: cell(columns["channel"]) ?? "", register: cell(columns["register"]) ?? "",
        topic: cell(columns["topic"]), batch: batch, writer: cell(columns["writer"]) ?? batch,
        pair: cell(columns["pair"]), functionality: cell(columns["functionality"]), unknown: unknown)
    }

    static func answer(_ value: String) -> Bool? {
      switch value.lowercased() {
      case "1", "1.0", "true", "waar", "yes", "ja", "y", "j", "abusive", "hate", "hateful", "toxic": true
      case "0", "0.0", "false", "onwaar", "no", "nee", "n", "clean", "none", "neutral", "non-hateful", "not": false
      default: nil
      }
    }
  }
}
