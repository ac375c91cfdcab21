internal import Messages

/// Sheets of an Excel workbook (XLSX), which is a zip of XML: the container hands out its parts as files. The column
/// with the text is named with `--text-column` or known by its name.
struct Spreadsheet: ExportFormat {
  let name = "xlsx"
  let title = "Excel workbook (XLSX)"

  private enum Part { case strings, sheet, other }

  private static func part(_ head: FileHead) -> Part? {
    guard head.content == .xml else { return nil }
    let start = String(decoding: head.bytes.prefix(2000), as: UTF8.self)
    guard start.contains("spreadsheetml") else { return start.contains("openxmlformats") ? .other : nil }
    if start.contains("<sst") || start.contains(":sst") { return .strings }
    return start.contains("<worksheet") || start.contains(":worksheet") ? .sheet : .other
  }

  func recognises(head: FileHead) -> Bool { Spreadsheet.part(head) != nil }

  func holdsMessages(_ file: SurveyedFile) -> Bool { Spreadsheet.part(file.head) == .sheet }

  /// The workbook that a part belongs to.
  private static func workbook(_ path: String) -> String {
    let parts = path.split(separator: "/")
    guard let place = parts.lastIndex(of: "xl") else { return parts.dropLast().joined(separator: "/") }
    return parts[..<place].joined(separator: "/")
  }

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) throws {
    guard let input, Spreadsheet.part(file.head) == .strings else { return }
    let strings = SharedStrings()
    try XMLReader(strings).read(input)
    facts.sharedStrings[Spreadsheet.workbook(file.path)] = strings.found
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    let sheet = Sheet(context.facts.sharedStrings[Spreadsheet.workbook(file.path)] ?? [])
    var mapper: TableMapper?
    var failure: (any Error)?
    sheet.onRow = { number, row in
      guard failure == nil else { return }
      do {
        if let mapper {
          try mapper.emit(row, at: "row \(number)", context)
        } else if !row.allSatisfy(\.isEmpty) {
          mapper = try TableMapper(TableColumns(row), context)
        }
      } catch { failure = error }
    }
    let isWhole = try XMLReader(sheet).read(input)
    if let failure {
      // A second sheet without texts is no reason to stop.
      guard let error = failure as? ExportError, context.options.textColumn == nil else { throw failure }
      context.remark(nil, error.message)
      return
    }
    if !isWhole { context.damage(nil, "the sheet is damaged; \(context.count) messages before that place were read") }
  }

  /// `sharedStrings.xml`: the texts that cells refer to by number.
  private final class SharedStrings: MarkupHandler {
    var found: [String] = []
    private var current = ""
    private var inText = false
    private var phonetic = false
    private var size = 0

    func start(_ element: String, _ attributes: [String: String]) {
      switch element.split(separator: ":").last {
      case "si": current = ""
      case "t": inText = !phonetic
      case "rPh": phonetic = true
      default: break
      }
    }

    func end(_ element: String) {
      switch element.split(separator: ":").last {
      case "si":
        size += current.utf8.count
        found.append(size < 1 << 27 ? current : "")
      case "t": inText = false
      case "rPh": phonetic = false
      default: break
      }
    }

    func text(_ text: String) { if inText { current += text } }
  }

  /// A worksheet: rows of cells.
  private final class Sheet: MarkupHandler {
    var onRow: (Int, [String]) -> Void = { _, _ in }
    private let strings: [String]
    private var row: [String] = []
    private var rowNumber = 0
    private var column = 0
    private var kind = ""
    private var value = ""
    private var inValue = false

    init(_ strings: [String]) { self.strings = strings }

    func start(_ element: String, _ attributes: [String: String]) {
      switch element.split(separator: ":").last {
      case "row":
        row = []
        rowNumber = attributes["r"].flatMap(Int.init) ?? rowNumber + 1
        column = 0
      case "c":
        if let reference = attributes["r"] { column = Sheet.column(reference) ?? column }
        kind = attributes["t"] ?? ""
        value = ""
      case "v", "t": inValue = true
      default: break
      }
    }

    func end(_ element: String) {
      switch element.split(separator: ":").last {
      case "v", "t": inValue = false
      case "c":
        guard column < 4096 else { return }
        while row.count < column { row.append("") }
        if row.count == column {
          row.append(
            kind == "s" ? Int(value).flatMap { strings.indices.contains($0) ? strings[$0] : nil } ?? "" : cell())
        }
        column += 1
      case "row": if !row.isEmpty { onRow(rowNumber, row) }
      default: break
      }
    }

    func text(_ text: String) { if inValue { value += text } }

    private func cell() -> String { value }

    /// "AB12" is column 27.
    private static func column(_ reference: String) -> Int? {
      var number = 0
      for byte in reference.utf8 {
        guard (65...90).contains(byte) else { break }
        number = number * 26 + Int(byte) - 64
        if number > 20_000 { return nil }
      }
      return number > 0 ? number - 1 : nil
    }
  }
}
