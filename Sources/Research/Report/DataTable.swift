internal import Crypto
internal import Foundation
internal import Messages

/// A CSV file in memory: a header and rows of text.
struct DataTable: Sendable {
  let file: String
  let header: [String]
  let rows: [[String]]
  /// The line on which each row begins, from 1.
  let lines: [Int]
  let sha256: String
  let bytes: Int

  /// Reads a file with a header: commas, semicolons, tabs or bars, UTF-8, with or without a byte order mark.
  init(path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw Research.Failure("\(path): the file cannot be read: \(error.localizedDescription)")
    }
    try self.init(Array(data), file: path)
  }

  init(_ content: [UInt8], file: String) throws {
    self.file = file
    bytes = content.count
    sha256 = SHA256.hash(data: content).hex
    var all: [[String]] = []
    var starts: [Int] = []
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let start = content.starts(with: mark) ? 3 : 0
    try content.withUnsafeBufferPointer { whole in
      let text = UnsafeBufferPointer(rebasing: whole[start...])
      let dialect = CSVDialect(sniffing: text)
      var scanner = CSVRecordScanner(dialect)
      var record = CSVRecord()
      var position = 0
      var line = 1
      while position < text.count {
        let end = scanner.recordEnd(in: text, from: position) ?? text.count
        let piece = UnsafeBufferPointer(rebasing: text[position..<end])
        do throws(LineProblem) {
          try record.parse(piece, dialect)
        } catch {
          throw Research.Failure("\(file):\(line): \(error.description(in: .en))")
        }
        let cells = (0..<record.count).map { record[$0].trimmingCharacters(in: .whitespaces) }
        if !(cells.count == 1 && cells[0].isEmpty) {
          all.append(cells)
          starts.append(line)
        }
        line += piece.count { $0 == 10 }
        position = end
      }
    }
    guard let first = all.first else { throw Research.Failure("\(file): the file is empty; want a header and rows") }
    header = first
    if let twice = first.first(where: { name in first.count { $0 == name } > 1 }) {
      throw Research.Failure("\(file):1: the header names \"\(twice)\" twice; rename one of the two columns")
    }
    for (row, line) in zip(all, starts) where row.count != first.count {
      throw Research.Failure("\(file):\(line): \(row.count) cells where the header has \(first.count)")
    }
    rows = Array(all.dropFirst())
    lines = Array(starts.dropFirst())
  }

  /// The place of a column.
  func column(_ name: String) throws -> Int {
    guard let found = header.firstIndex(of: name) else {
      throw Research.Failure(
        "\(file):1: there is no column \"\(name)\"; there are \(header.map { "\"\($0)\"" }.joined(separator: ", "))")
    }
    return found
  }
}
