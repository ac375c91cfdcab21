import Foundation

/// Small tables of a corpus: tab-separated, with remarks after #.
enum CorpusLines {
  /// The columns of each line that is neither empty nor a remark, with its number. O(size).
  static func columns(_ url: URL) throws -> [(number: Int, columns: [String])] {
    let text: String
    do {
      text = try String(contentsOf: url, encoding: .utf8)
    } catch {
      throw CorpusError(file: url.path, line: 0, message: "cannot be read as UTF-8 text: \(error.localizedDescription)")
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.element.isEmpty && !$0.element.hasPrefix("#") }
      .map { ($0.offset + 1, $0.element.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)) }
  }
}
