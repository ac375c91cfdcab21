import Messages

/// An evaluation as one page of HTML that needs nothing from the network, with plots.
public struct EvaluationPage {
  private let report: EvaluationReport
  private let words: ReportWords

  public init(_ report: EvaluationReport, words: ReportWords) {
    self.report = report
    self.words = words
  }

  /// Writes the page. The texts of errors are folded away.
  public func html() -> String {
    let css = String(decoding: PackageResources.evaluation_css, as: UTF8.self)
    return """
      <!DOCTYPE html>
      <html lang="\(words.language.rawValue)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
      <title>\(escape(words["title"]))</title>
      <style>\(css)</style>
      </head>
      <body>
      <header><h1>\(escape(words["title"]))</h1>
      <p>\(escape(words["model"])): \(escape(report.model))</p>
      <p>\(escape(words["source"])): \(escape(report.source)), \(report.figures.messages) \(escape(words["messages"])), \(report.figures.abusive) \(escape(words["abusive"])), \(report.abstained) \(escape(words["abstained"]))</p>
      <p>\(escape(words["method"])) \(escape(words["method.\(report.method.rawValue)"]))</p></header>
      <main>
      \(figures())\(confusion())\(calibration())\(curve())\(categories())\(groups())\(errors())
      <section><h2>\(escape(words["how"]))</h2><p>\(escape(words["howText"]))</p></section>
      </main>
      </body>
      </html>

      """
  }

  private func figures() -> String {
    let rows = report.figures.values.compactMap { name, _ in
      report.intervals[name].map { [words["figure.\(name)"], words.decimal($0.value), range($0)] }
    }
    return section("figures", table([words["figure"], words["value"], words["interval"]], rows))
  }

  private func confusion() -> String {
    let counts = report.confusion
    var body = table(
      [words["confusion"], words["flagged"], words["notFlagged"]],
      [
        [words["isAbusive"], "\(counts.truePositive)", "\(counts.falseNegative)"],
        [words["isClean"], "\(counts.falsePositive)", "\(counts.trueNegative)"],
      ])
    if !report.severityConfusion.isEmpty {
      body += table(
        [words["severity"], "0", "1", "2", "3", "4"],
        report.severityConfusion.enumerated().map { severity, row in
          ["\(words["labelled"]) \(severity)"] + row.map(String.init)
        })
    }
    return section("confusionTitle", body)
  }

  private func calibration() -> String {
    var plot = Plot(xLabel: words["score"], yLabel: words["share"], words: words)
    plot.line([(0, 0), (1, 1)], dashed: true)
    let most = report.calibration.map(\.messages).max() ?? 1
    for bin in report.calibration where bin.messages > 0 {
      plot.dot(bin.meanScore, bin.share, radius: 3 + 7 * (Double(bin.messages) / Double(max(1, most))).squareRoot())
    }
    let rows = report.calibration.map {
      [
        "\(words.decimal($0.from, 1))-\(words.decimal($0.to, 1))", "\($0.messages)", words.decimal($0.meanScore),
        words.decimal($0.share),
      ]
    }
    return section(
      "calibrationTitle",
      figure(plot.svg(title: words["calibrationTitle"]), "calibrationText")
        + table([words["score"], words["count"], words["meanScore"], words["share"]], rows))
  }

  private func curve() -> String {
    guard report.figures.abusive > 0, report.figures.abusive < report.figures.messages else { return "" }
    var plot = Plot(xLabel: words["recall"], yLabel: words["precision"], words: words)
    plot.line(report.thresholds.map { ($0.recall, $0.precision) })
    for row in report.thresholds { plot.dot(row.recall, row.precision, radius: 2.5) }
    plot.ring(report.confusion.recall, report.confusion.precision)
    let rows = report.thresholds.map { row in
      [row.threshold, row.precision, row.recall, row.f1, row.falseAlarmRate].map { words.decimal($0, 2) }
    }
    return section(
      "curveTitle",
      figure(plot.svg(title: words["curveTitle"]), "curveText")
        + table(
          [words["threshold"], words["precision"], words["recall"], "F1", words["figure.falseAlarmRate"]], rows))
  }

  private func categories() -> String {
    guard !report.categories.isEmpty, report.figures.abusive > 0 else { return "" }
    let height = report.categories.count * 26 + 10
    var marks = ""
    for (index, row) in report.categories.enumerated() {
      let y = 22 + index * 26
      let name = words["category.\(row.category)"]
      marks += "<text x=\"0\" y=\"\(y)\">\(escape(name))</text>"
      marks += "<rect x=\"120\" y=\"\(y - 12)\" width=\"\(short(row.f1.value * 360))\" height=\"14\" fill=\"#154273\"/>"
      marks +=
        "<path d=\"M\(short(120 + row.f1.low * 360)) \(y - 5)H\(short(120 + row.f1.high * 360))\" stroke=\"#f0a500\" stroke-width=\"3\"/>"
      marks += "<text x=\"490\" y=\"\(y)\">\(words.decimal(row.f1.value, 2))</text>"
    }
    let svg =
      "<svg viewBox=\"0 0 540 \(height)\" width=\"540\" role=\"img\" aria-label=\"\(escape(words["categoryText"]))\">\(marks)</svg>"
    let rows = report.categories.map { row in
      [
        words["category.\(row.category)"], "\(row.counts.truePositive + row.counts.falseNegative)",
        words.decimal(row.precision), words.decimal(row.recall), words.decimal(row.f1.value), range(row.f1),
      ]
    }
    return section(
      "categoryTitle",
      figure(svg, "categoryText")
        + table(
          [words["category"], words["count"], words["precision"], words["recall"], "F1", words["interval"]], rows))
  }

  private func groups() -> String {
    guard let key = report.groupedBy else { return "" }
    let rows = report.groups.map { row in
      [
        row.name, "\(row.counts.total)", "\(row.counts.truePositive + row.counts.falseNegative)",
        "\(row.counts.truePositive + row.counts.falsePositive)", words.decimal(row.right.value), range(row.right),
      ]
    }
    return section(
      "groupTitle",
      table(
        [
          words["grouping.\(key)"], words["count"], words["abusive"], words["flagged"], words["rightCount"],
          words["interval"],
        ], rows))
  }

  private func errors() -> String {
    guard !report.falseAlarms.isEmpty || !report.misses.isEmpty else { return "" }
    var body = "<p>\(escape(words["errorText"]))</p>"
    for (title, rows) in [("falseAlarms", report.falseAlarms), ("misses", report.misses)] where !rows.isEmpty {
      body += "<div class=\"wide\"><table><caption>\(escape(words[title]))</caption><thead><tr>"
      for (index, name) in ["score", "kind", "text"].enumerated() {
        body += "<th scope=\"col\"\(index == 0 ? " class=\"n\"" : "")>\(escape(words[name]))</th>"
      }
      body += "</tr></thead><tbody>"
      for row in rows {
        body +=
          "<tr><td class=\"n\">\(words.decimal(row.score, 2))</td><td>\(escape(row.kind))</td><td><details><summary>\(escape(words["show"])) (\(escape(row.id)))</summary>\(escape(row.text))</details></td></tr>\n"
      }
      body += "</tbody></table></div>"
    }
    return section("errorTitle", body)
  }

  private func section(_ title: String, _ body: String) -> String {
    "<section><h2>\(escape(words[title]))</h2>\(body)</section>\n"
  }

  private func figure(_ svg: String, _ caption: String) -> String {
    "<figure>\(svg)<figcaption>\(escape(words[caption]))</figcaption></figure>"
  }

  private func table(_ header: [String], _ rows: [[String]]) -> String {
    var out = "<div class=\"wide\"><table><thead><tr>"
    for (index, name) in header.enumerated() {
      out += "<th scope=\"col\"\(index > 0 ? " class=\"n\"" : "")>\(escape(name))</th>"
    }
    out += "</tr></thead><tbody>"
    for row in rows {
      out += "<tr>"
      for (index, cell) in row.enumerated() {
        out += index == 0 ? "<th scope=\"row\">\(escape(cell))</th>" : "<td class=\"n\">\(escape(cell))</td>"
      }
      out += "</tr>\n"
    }
    return out + "</tbody></table></div>"
  }

  private func range(_ interval: Interval) -> String {
    "\(words.decimal(interval.low))-\(words.decimal(interval.high))"
  }
}

/// A square plot with both axes from 0 to 1.
private struct Plot {
  let xLabel: String
  let yLabel: String
  let words: ReportWords
  private var marks = ""

  init(xLabel: String, yLabel: String, words: ReportWords) {
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.words = words
  }

  private func x(_ value: Double) -> String { short(50 + value * 300) }
  private func y(_ value: Double) -> String { short(320 - value * 300) }

  mutating func line(_ points: [(Double, Double)], dashed: Bool = false) {
    let path = points.map { "\(x($0.0)) \(y($0.1))" }.joined(separator: "L")
    marks +=
      "<path d=\"M\(path)\" fill=\"none\" stroke=\"#154273\" stroke-width=\"2\"\(dashed ? " stroke-dasharray=\"4 4\" opacity=\".6\"" : "")/>"
  }

  mutating func dot(_ xValue: Double, _ yValue: Double, radius: Double) {
    marks +=
      "<circle cx=\"\(x(xValue))\" cy=\"\(y(yValue))\" r=\"\(short(radius))\" fill=\"#b3261e\" fill-opacity=\".75\"/>"
  }

  mutating func ring(_ xValue: Double, _ yValue: Double) {
    marks +=
      "<circle cx=\"\(x(xValue))\" cy=\"\(y(yValue))\" r=\"8\" fill=\"none\" stroke=\"#f0a500\" stroke-width=\"3\"/>"
  }

  func svg(title: String) -> String {
    var axes = "<rect x=\"50\" y=\"20\" width=\"300\" height=\"300\" fill=\"none\" stroke=\"#8b95a3\"/>"
    for step in 0...5 {
      let value = Double(step) / 5
      axes += "<path d=\"M50 \(y(value))H350M\(x(value)) 20V320\" stroke=\"#d5dae1\" fill=\"none\"/>"
      axes += "<text x=\"44\" y=\"\(short(324 - value * 300))\" text-anchor=\"end\">\(words.decimal(value, 1))</text>"
      axes += "<text x=\"\(x(value))\" y=\"338\" text-anchor=\"middle\">\(words.decimal(value, 1))</text>"
    }
    axes += "<text x=\"200\" y=\"360\" text-anchor=\"middle\">\(escape(xLabel))</text>"
    axes +=
      "<text x=\"14\" y=\"170\" text-anchor=\"middle\" transform=\"rotate(-90 14 170)\">\(escape(yLabel))</text>"
    return
      "<svg viewBox=\"0 0 370 370\" width=\"370\" role=\"img\" aria-label=\"\(escape(title))\">\(axes)\(marks)</svg>"
  }
}

private func short(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
}

private func escape(_ text: String) -> String { HTMLText.escape(text) }
