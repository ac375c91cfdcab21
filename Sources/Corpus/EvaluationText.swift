/// An evaluation for the terminal.
public struct EvaluationText {
  private let report: EvaluationReport
  private let words: ReportWords
  private var out = ""

  public init(_ report: EvaluationReport, words: ReportWords) {
    self.report = report
    self.words = words
  }

  /// The text of the report, with a line break at its end.
  ///
  /// - Parameter errors: whether to print the texts of the worst errors.
  public func text(errors: Bool) -> String {
    var copy = self
    copy.write(errors: errors)
    return copy.out
  }

  private mutating func write(errors: Bool) {
    line("\(words["model"])     \(report.model)")
    line("\(words["source"])  \(report.source)")
    line("\(words["method"])   \(words["method.\(report.method.rawValue)"])")
    line(
      "\(report.figures.messages) \(words["messages"]), \(report.figures.abusive) \(words["abusive"]), "
        + "\(report.abstained) \(words["abstained"]); \(words["threshold"]) \(words.decimal(report.threshold))")
    line("")
    line(pad("", 44) + left(words["value"], 9) + words["interval"])
    for (name, _) in report.figures.values {
      guard let found = report.intervals[name] else { continue }
      line(pad(words["figure.\(name)"], 44) + left(words.decimal(found.value), 9) + range(found))
    }
    let counts = report.confusion
    line("")
    line(pad(words["confusion"], 24) + right(words["flagged"], 12) + right(words["notFlagged"], 14))
    line(
      pad("  " + words["isAbusive"], 24) + right("\(counts.truePositive)", 12) + right("\(counts.falseNegative)", 14))
    line(pad("  " + words["isClean"], 24) + right("\(counts.falsePositive)", 12) + right("\(counts.trueNegative)", 14))
    if !report.categories.isEmpty, report.figures.abusive > 0 {
      line("")
      line(
        pad(words["category"], 18) + right(words["count"], 8) + right(words["precision"], 11)
          + right(words["recall"], 9)
          + right("F1", 8) + "   " + words["interval"])
      for row in report.categories {
        line(
          pad("  " + words["category.\(row.category)"], 18)
            + right("\(row.counts.truePositive + row.counts.falseNegative)", 8)
            + right(words.decimal(row.precision), 11) + right(words.decimal(row.recall), 9)
            + right(words.decimal(row.f1.value), 8) + "   " + range(row.f1))
      }
    }
    if !report.severityConfusion.isEmpty {
      line("")
      line(pad(words["severity"], 30) + (0...4).map { right("\($0)", 7) }.joined())
      for (severity, row) in report.severityConfusion.enumerated() {
        line(pad("  \(words["labelled"]) \(severity)", 30) + row.map { right("\($0)", 7) }.joined())
      }
    }
    line("")
    line(
      pad(words["calibration"], 18) + right(words["count"], 8) + right(words["meanScore"], 14)
        + right(words["share"], 18))
    for bin in report.calibration where bin.messages > 0 {
      line(
        pad("  \(words.decimal(bin.from, 1))-\(words.decimal(bin.to, 1))", 18) + right("\(bin.messages)", 8)
          + right(words.decimal(bin.meanScore), 14) + right(words.decimal(bin.share), 18))
    }
    if let key = report.groupedBy {
      line("")
      let width = max(20, (report.groups.map(\.name.count).max() ?? 0) + 4)
      line(
        pad("\(words["by"]) \(words["grouping.\(key)"])", width) + right(words["count"], 8)
          + right(words["abusive"], 10)
          + right(words["flagged"], 10) + right(words["rightCount"], 8) + right("%", 8) + "   " + words["interval"])
      for row in report.groups {
        let flagged = row.counts.truePositive + row.counts.falsePositive
        line(
          pad("  " + row.name, width) + right("\(row.counts.total)", 8)
            + right("\(row.counts.truePositive + row.counts.falseNegative)", 10) + right("\(flagged)", 10)
            + right("\(row.counts.truePositive + row.counts.trueNegative)", 8)
            + right(words.decimal(row.right.value * 100, 1), 8) + "   " + range(row.right))
      }
    }
    guard errors else { return }
    for (title, rows) in [("falseAlarms", report.falseAlarms), ("misses", report.misses)] where !rows.isEmpty {
      line("")
      line(words[title])
      for row in rows {
        let text = row.text.split(whereSeparator: \.isNewline).joined(separator: " ⏎ ")
        line("  \(words.decimal(row.score, 2))  \(row.id)  \(row.kind)  \(text)")
      }
    }
  }

  private func range(_ interval: Interval) -> String {
    "\(words.decimal(interval.low))-\(words.decimal(interval.high))"
  }

  private mutating func line(_ text: String) { out += text + "\n" }
  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
  private func left(_ text: String, _ width: Int) -> String { pad(text, width) }
  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
