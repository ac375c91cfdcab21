internal import Foundation

/// Reads the tables under Resources: tab-separated, one row a line, `#` begins a comment line.
enum TextTable {
  static func rows(_ bytes: [UInt8]) -> [[String]] {
    var out: [[String]] = []
    for line in bytes.split(separator: 10) where line.first != UInt8(ascii: "#") {
      out.append(line.split(separator: 9, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) })
    }
    return out
  }
}
