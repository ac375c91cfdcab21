public import Weerbaar

/// Writes assessed messages as NDJSON or CSV, whatever they were read from.
public struct AssessedMessageWriter: Sendable {
  public enum Format: String, Sendable, CaseIterable {
    case ndjson, csv
  }

  private enum Column: Sendable {
    case message(String)
    case assessment(AssessmentFields)
    case category(Category)
  }

  /// The message's columns in CSV that was made from NDJSON, where no fields are asked for.
  private static let standardColumns = [
    "id", "time", "platform", "channel", "direction", "author.handle", "recipient.handle", "conversation", "inReplyTo",
    "url", "text",
  ]

  public let format: Format
  private let selection: FieldSelection?
  private let assessmentFields: AssessmentFields

  /// - Parameter selection: the fields to write; all of them where nil.
  public init(format: Format = .ndjson, selection: FieldSelection? = nil) {
    self.format = format
    self.selection = selection
    assessmentFields = selection?.assessmentFields ?? .all
  }

  /// Appends the last line that a parser read, with its assessment, and a line end.
  public func append(_ parser: LineParser, _ assessment: Assessment, to out: inout [UInt8]) {
    switch format {
    case .ndjson:
      if let selection {
        parser.append(only: selection.messageFields, to: &out) {
          JSONWriter.append(assessment, fields: assessmentFields, to: &$0)
        }
      } else {
        parser.append(assessment, to: &out)
      }
    case .csv:
      var cell: [UInt8] = []
      appendRow(columns(of: nil), assessment, CSVDialect(), &out) { name, out in
        cell.removeAll(keepingCapacity: true)
        parser.appendCell(name, to: &cell)
        cell.withUnsafeBufferPointer { CSVWriter.append($0, CSVDialect(), to: &out) }
      }
    }
    out.append(10)
  }

  /// Appends a CSV record with its assessment, and a line end.
  public func append(_ record: CSVRecord, of header: CSVHeader, _ assessment: Assessment, to out: inout [UInt8]) {
    switch format {
    case .ndjson:
      var separator = UInt8(ascii: "{")
      for (index, column) in header.columns.enumerated() {
        let name = index == header.textColumn ? "text" : column
        // What the program itself adds may not stand twice.
        if name == "assessment" { continue }
        if let selection, !selection.messageFields.contains(name) { continue }
        out.append(separator)
        separator = UInt8(ascii: ",")
        JSONWriter.append(name, to: &out)
        out.append(UInt8(ascii: ":"))
        record.withCell(index) { JSONWriter.append(utf8: $0, to: &out) }
      }
      out.append(separator)
      out.append(contentsOf: "\"assessment\":".utf8)
      JSONWriter.append(assessment, fields: assessmentFields, to: &out)
      out.append(UInt8(ascii: "}"))
    case .csv:
      appendRow(columns(of: header), assessment, header.dialect, &out) { name, out in
        guard let index = header.columns.firstIndex(of: name) else { return }
        record.withCell(index) { CSVWriter.append($0, header.dialect, to: &out) }
      }
    }
    out.append(10)
  }

  /// The header line of CSV output, with its end; empty for NDJSON.
  public func header(for input: CSVHeader?) -> [UInt8] {
    guard format == .csv else { return [] }
    let dialect = input?.dialect ?? CSVDialect()
    var out: [UInt8] = []
    for (index, column) in columns(of: input).enumerated() {
      if index > 0 { out.append(dialect.delimiter) }
      let name =
        switch column {
        case .message(let name): name
        case .assessment(let field): AssessmentFields.names.first { $0.field == field }?.name ?? ""
        case .category(let category): category.rawValue
        }
      CSVWriter.append(name, dialect, to: &out)
    }
    out.append(10)
    return out
  }

  private func columns(of header: CSVHeader?) -> [Column] {
    var columns: [Column] = []
    func addAssessment(_ fields: AssessmentFields) {
      for (_, field) in AssessmentFields.names where fields.contains(field) {
        if field == .categories {
          columns.append(contentsOf: Category.allCases.map { .category($0) })
        } else {
          columns.append(.assessment(field))
        }
      }
    }
    for name in selection?.names ?? (header?.columns ?? Self.standardColumns) + ["assessment"] {
      if name == "assessment", selection != nil || header?.columns.contains(name) != true {
        addAssessment(.all)
      } else if name.hasPrefix("assessment."),
        let field = AssessmentFields.names.first(where: { "assessment." + $0.name == name })?.field
      {
        addAssessment(field)
      } else {
        columns.append(.message(name))
      }
    }
    return columns
  }

  private func appendRow(
    _ columns: [Column], _ assessment: Assessment, _ dialect: CSVDialect, _ out: inout [UInt8],
    _ cell: (String, inout [UInt8]) -> Void
  ) {
    for (index, column) in columns.enumerated() {
      if index > 0 { out.append(dialect.delimiter) }
      switch column {
      case .message(let name): cell(name, &out)
      case .category(let category): JSONWriter.append(assessment.categories[category], digits: 4, to: &out)
      case .assessment(.abusive): out.append(contentsOf: assessment.abusive ? "true".utf8 : "false".utf8)
      case .assessment(.score): if let score = assessment.score { JSONWriter.append(score, digits: 4, to: &out) }
      case .assessment(.severity): JSONWriter.append(assessment.severity, to: &out)
      case .assessment(.level): out.append(contentsOf: assessment.level.name.utf8)
      case .assessment(.target): out.append(contentsOf: assessment.target.rawValue.utf8)
      case .assessment(.language): out.append(contentsOf: assessment.language.utf8)
      case .assessment(.evidence):
        CSVWriter.append(assessment.evidence.map(\.text).joined(separator: " | "), dialect, to: &out)
      case .assessment(.model): CSVWriter.append(assessment.model, dialect, to: &out)
      case .assessment: break
      }
    }
  }
}
