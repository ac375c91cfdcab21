import TestSupport
import Testing

@testable import Messages

/// The records of a CSV text, as one piece or in pieces of a size.
private func records(_ text: String, _ dialect: CSVDialect = CSVDialect(), piece: Int? = nil) throws -> [[String]] {
  let bytes = Array(text.utf8)
  var scanner = CSVRecordScanner(dialect)
  var ends: [Int] = []
  bytes.withUnsafeBufferPointer { all in
    var known = 0
    while known < all.count {
      let until = min(all.count, known + (piece ?? all.count))
      let seen = UnsafeBufferPointer(rebasing: all[0..<until])
      var from = known
      while let end = scanner.recordEnd(in: seen, from: from) {
        ends.append(end)
        from = end
      }
      known = until
    }
  }
  if ends.last ?? 0 < bytes.count { ends.append(bytes.count) }
  var start = 0
  return try ends.map { end in
    defer { start = end }
    var record = CSVRecord()
    try bytes.withUnsafeBufferPointer { try record.parse(UnsafeBufferPointer(rebasing: $0[start..<end]), dialect) }
    return (0..<record.count).map { record[$0] }
  }
}

private func header(_ line: String, textColumn: String? = nil) throws -> CSVHeader {
  try Array(line.utf8).withUnsafeBufferPointer { try CSVHeader($0, textColumn: textColumn) }
}

@Suite struct CSVTests {
  @Test func recordsAndCells() throws {
    #expect(try records("a,b\nc,d\n") == [["a", "b"], ["c", "d"]])
    #expect(try records("a,b\r\nc,d") == [["a", "b"], ["c", "d"]])
    #expect(try records("\"a\nb\",\"c \"\"d\"\"\"\n,") == [["a\nb", "c \"d\""], ["", ""]])
    #expect(try records("5\" pijp,b \"c\" d\ne,f") == [["5\" pijp", "b \"c\" d"], ["e", "f"]])
    #expect(try records("\n") == [[""]])
    #expect(try records("\"a\"b,c\n") == [["ab", "c"]])
    #expect(try records("a;\"b;c\"\n", CSVDialect(delimiter: 59)) == [["a", "b;c"]])
  }

  @Test func anOpenQuoteIsAProblem() {
    #expect(throws: LineProblem.openQuote) { try records("a,\"b\nc") }
  }

  @Test func invalidUTF8IsAProblem() {
    var record = CSVRecord()
    #expect(throws: LineProblem.notUTF8(byte: 3)) {
      try [97, 44, 0xE9].withUnsafeBufferPointer { try record.parse($0, CSVDialect()) }
    }
  }

  @Test(arguments: [("a,b", 44), ("a;b;c", 59), ("a\tb", 9), ("a|b", 124), ("\"a;b;c\",d", 44), ("tekst", 44)])
  func delimiterIsSniffed(line: String, delimiter: UInt8) {
    let dialect = Array(line.utf8).withUnsafeBufferPointer { CSVDialect(sniffing: $0) }
    #expect(dialect.delimiter == delimiter)
  }

  @Test func headers() throws {
    #expect(try header("id,text\n").textColumn == 1)
    #expect(try header("id;bericht;\n", textColumn: "bericht").columns == ["id", "bericht", "column3"])
    #expect(throws: CSVHeader.Problem.self) { try header("id,tekst\n") }
    #expect(throws: CSVHeader.Problem.self) { try header("id,id,text\n") }
    #expect(throws: CSVHeader.Problem.self) { try header("tekst,text\n", textColumn: "tekst") }
  }

  /// What is written is read back, however the bytes come in.
  @Test func writtenCellsAreReadBack() throws {
    var generator = SeededGenerator(seed: 11)
    for delimiter: UInt8 in [44, 59, 9] {
      for _ in 0..<300 {
        let dialect = CSVDialect(delimiter: delimiter)
        var rows = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
          (0..<3).map { _ in
            RandomText.make(&generator, limit: 5)
              + [",", "\"", ";", "\n", ""].randomElement(using: &generator).unsafelyUnwrapped
          }
        }
        rows.append(["x", "y", "z"])
        var out: [UInt8] = []
        for row in rows {
          for (index, cell) in row.enumerated() {
            if index > 0 { out.append(delimiter) }
            CSVWriter.append(cell, dialect, to: &out)
          }
          out.append(10)
        }
        let text = String(decoding: out, as: UTF8.self)
        #expect(try records(text, dialect) == rows)
        #expect(try records(text, dialect, piece: Int.random(in: 1...7, using: &generator)) == rows)
      }
    }
  }
}
