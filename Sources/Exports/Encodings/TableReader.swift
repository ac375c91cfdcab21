/// Reads a table of delimited text row by row in constant memory. RFC 4180, and what people make of it: other delimiters,
/// quotation marks inside unquoted fields, rows that are too short, line ends inside quotation marks.
final class TableReader {
  private let input: ByteCursor
  let delimiter: UInt8
  /// Of the row that was read last, counted from 1.
  private(set) var row = 0
  /// The line on which it began, counted from 1.
  private(set) var line = 0
  private var nextLine = 1
  /// Whether the input ended inside quotation marks.
  private(set) var isCutOff = false
  private let fieldLimit = 1 << 24
  private var field: [UInt8] = []

  init(_ input: ByteCursor, delimiter: UInt8) {
    self.input = input
    self.delimiter = delimiter
  }

  /// The next row that is not empty; nil at the end.
  func next() throws -> [String]? {
    var fields: [String] = []
    line = nextLine
    var any = false
    while try input.peek() != nil {
      any = true
      field.removeAll(keepingCapacity: true)
      if try input.peek() == UInt8(ascii: "\"") {
        input.advance()
        try quoted()
      }
      let delimiter = delimiter
      try input.take(into: &field, limit: fieldLimit) { $0 != delimiter && $0 != 10 && $0 != 13 }
      fields.append(String(decoding: field, as: UTF8.self))
      guard let end = try input.next() else { break }
      if end == delimiter {
        if try input.peek() == nil { fields.append("") }
        continue
      }
      if end == 13, try input.peek() == 10 { input.advance() }
      nextLine += 1
      if fields == [""] {
        fields = []
        line = nextLine
        continue
      }
      row += 1
      return fields
    }
    guard any, fields != [""], !fields.isEmpty else { return nil }
    row += 1
    return fields
  }

  private func quoted() throws {
    while true {
      var lines = 0
      try input.take(into: &field, limit: fieldLimit) { byte in
        if byte == 10 { lines += 1 }
        return byte != UInt8(ascii: "\"")
      }
      nextLine += lines
      guard try input.next() != nil else {
        isCutOff = true
        return
      }
      guard try input.peek() == UInt8(ascii: "\"") else { return }
      input.advance()
      field.append(UInt8(ascii: "\""))
    }
  }

  /// The delimiter of a table: the mark that cuts its first lines into the most, and equally many, fields.
  static func delimiter(_ head: [UInt8]) -> UInt8 {
    var best = UInt8(ascii: ",")
    var bestScore = 0
    for candidate in [UInt8(ascii: ","), UInt8(ascii: ";"), 9, UInt8(ascii: "|")] {
      let reader = TableReader(ByteCursor(MemoryStream(head)), delimiter: candidate)
      guard let header = try? reader.next(), header.count > 1 else { continue }
      var same = 1
      var rows = 1
      while rows < 20, let next = try? reader.next() {
        rows += 1
        if next.count == header.count { same += 1 }
      }
      let score = header.count * 10 + same * 100 / rows
      if score > bestScore {
        bestScore = score
        best = candidate
      }
    }
    return best
  }
}

/// The header of a table: columns by name, without case, spaces and marks.
struct TableColumns {
  let names: [String]
  private let folded: [String]

  init(_ header: [String]) {
    names = header
    folded = header.map(TableColumns.fold)
  }

  static func fold(_ name: String) -> String {
    String(
      name.lowercased().unicodeScalars.filter { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0.value > 127 }
    )
  }

  /// The place of the first of some names that the table has.
  func index(_ wanted: String...) -> Int? { index(wanted) }

  func index(_ wanted: [String]) -> Int? {
    for name in wanted { if let found = folded.firstIndex(of: TableColumns.fold(name)) { return found } }
    return nil
  }

  /// Whether all names are there.
  func has(_ wanted: String...) -> Bool { wanted.allSatisfy { index([$0]) != nil } }
}

extension [String] {
  /// A field that may be missing or empty.
  func field(_ index: Int?) -> String? {
    guard let index, indices.contains(index), !self[index].isEmpty else { return nil }
    return self[index]
  }
}
