import Corpus

/// Tables about a corpus and its lexicon, for the terminal.
enum CorpusTables {
  static func coverage(_ found: CorpusStatistics) {
    let rows = found.categories.keys.sorted() + ["clean"]
    for dimension in CorpusStatistics.Dimension.allCases {
      guard let cells = found.coverage[dimension] else { continue }
      let columns = Set(cells.values.flatMap(\.keys)).sorted()
      print("\nmessages by category and \(dimension.rawValue)")
      print(pad("", 16) + columns.map { right($0, max(8, $0.count + 2)) }.joined())
      for row in rows {
        print(
          pad(row, 16) + columns.map { right("\(cells[row]?[$0] ?? 0)", max(8, $0.count + 2)) }.joined())
      }
    }
  }

  static func lexicon(_ found: LexiconReport) {
    print(
      "\nlexicon         \(found.entries) entries, \(found.patterns) of them patterns, \(found.classes.count) classes")
    print("counter-examples \(found.counterExamples)")
    for (name, words) in [("abusive", found.abusiveWords), ("clean", found.cleanWords)] where words.all > 0 {
      print("words with a class, \(pad(name, 9)) \(words.known * 100 / words.all) % of \(words.all)")
    }
    if found.alone.total > 0 {
      print(
        "the lexicon alone as a classifier: precision \(percent(found.alone.precision)), recall "
          + "\(percent(found.alone.recall)), macro-F1 \(percent(found.alone.macroF1))")
    }
    let unused = found.classes.filter { $0.occurrences == 0 }.map(\.name)
    if !unused.isEmpty { print("classes that no message has: \(unused.joined(separator: ", "))") }
    print("\nclass                entries  in messages")
    for row in found.classes { print(pad(row.name, 20) + right("\(row.entries)", 8) + right("\(row.occurrences)", 13)) }
  }

  static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
  static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
