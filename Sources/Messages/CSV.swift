/// What separates cells. Quotation marks are always `"`, doubled inside a quoted cell (RFC 4180).
public struct CSVDialect: Sendable, Equatable {
  public var delimiter: UInt8

  public init(delimiter: UInt8 = UInt8(ascii: ",")) { self.delimiter = delimiter }

  /// The dialect of a file, from its first line: whichever of comma, semicolon, tab and bar stands there most, outside
  /// quotation marks. A comma where none does.
  public init(sniffing bytes: UnsafeBufferPointer<UInt8>) {
    var counts: [(delimiter: UInt8, count: Int)] = [44, 59, 9, 124].map { ($0, 0) }
    var quoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { quoted.toggle() }
      if quoted { continue }
      if byte == 10 || byte == 13 { break }
      if let index = counts.firstIndex(where: { $0.delimiter == byte }) { counts[index].count += 1 }
    }
    var best = counts[0]
    for candidate in counts where candidate.count > best.count { best = candidate }
    delimiter = best.delimiter
  }
}

/// Finds the ends of CSV records in a stream that comes in pieces. A line break inside a quoted cell is no end.
public struct CSVRecordScanner: Sendable {
  private enum State: UInt8 { case cellStart, plain, quoted, quoteInQuoted }

  private let delimiter: UInt8
  private var state = State.cellStart

  public init(_ dialect: CSVDialect) { delimiter = dialect.delimiter }

  /// Whether the bytes so far end inside a quoted cell.
  public var isInQuotedCell: Bool { state == .quoted }

  /// The index behind the first record end at or after `start`, or nil where the bytes end before; then the state is
  /// kept for the bytes that follow. O(bytes passed).
  public mutating func recordEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch state {
      case .cellStart where byte == UInt8(ascii: "\""): state = .quoted
      case .cellStart, .plain, .quoteInQuoted:
        if byte == UInt8(ascii: "\""), state == .quoteInQuoted {
          state = .quoted
        } else if byte == 10 {
          state = .cellStart
          return index
        } else {
          state = byte == delimiter ? .cellStart : .plain
        }
      case .quoted: if byte == UInt8(ascii: "\"") { state = .quoteInQuoted }
      }
    }
    return nil
  }
}

/// The cells of one CSV record after another, in buffers of its own.
public struct CSVRecord {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  public init() {}

  /// Number of cells.
  public var count: Int { ends.count }

  /// Reads one record, with or without its line end. O(length).
  public mutating func parse(_ record: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect) throws(LineProblem) {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    var end = record.count
    if end > 0, record[end - 1] == 10 { end -= 1 }
    if end > 0, record[end - 1] == 13 { end -= 1 }
    if let invalid = JSONScanner.firstInvalidByte(UnsafeBufferPointer(rebasing: record[0..<end])) {
      throw .notUTF8(byte: invalid + 1)
    }
    var index = 0
    while true {
      if index < end, record[index] == UInt8(ascii: "\"") {
        index += 1
        while true {
          guard index < end else { throw .openQuote }
          if record[index] == UInt8(ascii: "\"") {
            index += 1
            guard index < end, record[index] == UInt8(ascii: "\"") else { break }
          }
          bytes.append(record[index])
          index += 1
        }
      }
      while index < end, record[index] != dialect.delimiter {
        bytes.append(record[index])
        index += 1
      }
      ends.append(bytes.count)
      guard index < end else { return }
      index += 1
    }
  }

  /// Gives the bytes of a cell: valid UTF-8 without its quotation marks.
  public func withCell<Result>(
    _ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    let start = index > 0 ? ends[index - 1] : 0
    return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[start..<ends[index]])) }
  }

  /// A cell.
  public subscript(index: Int) -> String { withCell(index) { String(decoding: $0, as: UTF8.self) } }
}

/// The columns of a CSV file of messages.
public struct CSVHeader: Sendable, Equatable {
  /// What is wrong with a header, and the cure.
  public struct Problem: Error, CustomStringConvertible, Sendable, Equatable {
    public let description: String
  }

  public let dialect: CSVDialect
  public let columns: [String]
  /// The column that holds the text.
  public let textColumn: Int

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - record: the file's first record, without a byte order mark.
  ///   - textColumn: the name of the column with the text; `text` where nil.
  public init(_ record: UnsafeBufferPointer<UInt8>, textColumn: String?) throws {
    dialect = CSVDialect(sniffing: record)
    var cells = CSVRecord()
    do {
      try cells.parse(record, dialect)
    } catch let problem {
      throw Problem(description: "the header cannot be read: \(problem.description(in: .en))")
    }
    let names = (0..<cells.count).map { cells[$0].isEmpty ? "column\($0 + 1)" : cells[$0] }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw Problem(description: "the header names \"\(twice)\" twice; rename one of the two columns")
    }
    let wanted = textColumn ?? "text"
    guard let found = names.firstIndex(of: wanted) else {
      let known = names.map { "\"\($0)\"" }.joined(separator: ", ")
      throw Problem(
        description: "no column is named \"\(wanted)\"; name the one with the text with --text-column, one of \(known)")
    }
    if wanted != "text", names.contains("text") {
      throw Problem(
        description: "\"\(wanted)\" cannot hold the text while another column is named \"text\"; rename that one")
    }
    columns = names
    self.textColumn = found
  }
}

/// Writes CSV: RFC 4180, but for line ends of one line feed.
public enum CSVWriter {
  /// Appends a cell, quoted where it must be.
  public static func append(_ cell: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect, to out: inout [UInt8]) {
    let mustQuote = cell.contains { $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 || $0 == dialect.delimiter }
    guard mustQuote else { return out.append(contentsOf: cell) }
    out.append(UInt8(ascii: "\""))
    for byte in cell {
      if byte == UInt8(ascii: "\"") { out.append(byte) }
      out.append(byte)
    }
    out.append(UInt8(ascii: "\""))
  }

  /// Appends a cell, quoted where it must be.
  public static func append(_ cell: String, _ dialect: CSVDialect, to out: inout [UInt8]) {
    var copy = cell
    copy.withUTF8 { append($0, dialect, to: &out) }
  }
}
