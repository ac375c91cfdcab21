internal import Foundation
internal import Messages

/// A figure as SVG, drawn here: it stands alone as a file and inside a page, and reads in print and without colour.
struct Chart: Sendable {
  let name: String
  let title: String
  let caption: String
  let svg: String

  static let ink = "#1c2430"
  static let soft = "#56606f"
  static let grid = "#d5dae1"
  static let colours = ["#154273", "#b3261e", "#2f7d5b", "#9a6200", "#6a4c93", "#2f6f8f", "#7a0c1c", "#56606f"]

  /// A value with its interval, on a row of its own.
  struct Dot {
    var label: String
    var estimate: Estimate
    /// Which colour and shape.
    var series = 0
    var shown: String
  }

  private static func frame(
    _ name: String, _ title: String, _ caption: String, width: Int, height: Int, _ body: String
  ) -> Chart {
    let svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="\(name)-t \(name)-d" font-family="system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif" font-size="13" fill="\(ink)">
      <title id="\(name)-t">\(HTMLText.escape(title))</title>
      <desc id="\(name)-d">\(HTMLText.escape(caption))</desc>
      \(body)</svg>
      """
    return Chart(name: name, title: title, caption: caption, svg: svg)
  }

  /// A coordinate, in tenths.
  private static func at(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? String(Int(tenths)) : String(format: "%.1f", tenths)
  }

  private static func text(
    _ x: Double, _ y: Double, _ text: String, anchor: String = "start", fill: String? = nil, weight: String? = nil
  ) -> String {
    "<text x=\"\(at(x))\" y=\"\(at(y))\"\(anchor == "start" ? "" : " text-anchor=\"\(anchor)\"")"
      + (fill.map { " fill=\"\($0)\"" } ?? "") + (weight.map { " font-weight=\"\($0)\"" } ?? "")
      + ">\(HTMLText.escape(text))</text>\n"
  }

  private static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ stroke: String, width: Double = 1, dash: String? = nil
  ) -> String {
    "<line x1=\"\(at(x1))\" y1=\"\(at(y1))\" x2=\"\(at(x2))\" y2=\"\(at(y2))\" stroke=\"\(stroke)\" stroke-width=\"\(at(width))\""
      + (dash.map { " stroke-dasharray=\"\($0)\"" } ?? "") + "/>\n"
  }

  /// Round marks along an axis from `low` to `high`.
  static func ticks(_ low: Double, _ high: Double, count: Int = 5) -> [Double] {
    guard high > low else { return [low] }
    let raw = (high - low) / Double(count)
    let power = pow(10, floor(log10(raw)))
    let step = [1.0, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= raw * 0.999 } ?? raw
    var marks: [Double] = []
    var mark = (low / step).rounded(.up) * step
    while mark <= high + step * 1e-9 {
      marks.append(abs(mark) < step * 1e-9 ? 0 : mark)
      mark += step
    }
    return marks
  }

  private static func marker(_ series: Int, _ x: Double, _ y: Double) -> String {
    let colour = colours[series % colours.count]
    // Shapes differ too, for those who do not tell the colours apart.
    switch series % 3 {
    case 1: return "<rect x=\"\(at(x - 4.5))\" y=\"\(at(y - 4.5))\" width=\"9\" height=\"9\" fill=\"\(colour)\"/>\n"
    case 2:
      return
        "<path d=\"M\(at(x)) \(at(y - 6))L\(at(x + 6)) \(at(y))L\(at(x)) \(at(y + 6))L\(at(x - 6)) \(at(y))Z\" fill=\"\(colour)\"/>\n"
    default: return "<circle cx=\"\(at(x))\" cy=\"\(at(y))\" r=\"5\" fill=\"\(colour)\"/>\n"
    }
  }

  /// Values with intervals, one a row; on a logarithmic axis with a line at 1 where `isRatio`.
  static func dots(
    _ name: String, title: String, caption: String, rows: [Dot], axis: String, isRatio: Bool = false,
    format: (Double) -> String
  ) -> Chart {
    let width = 760.0
    let left = min(300.0, max(90, Double(rows.map(\.label.count).max() ?? 10) * 7.2 + 16))
    let right = 130.0
    let step = 28.0
    let top = 14.0
    let bottom = top + Double(rows.count) * step
    let finite = rows.flatMap {
      [$0.estimate.value, $0.estimate.lower ?? $0.estimate.value, $0.estimate.upper ?? $0.estimate.value]
    }
    .filter { $0.isFinite && (!isRatio || $0 > 0) }
    var low = isRatio ? min(0.8, finite.min() ?? 0.5) : min(0, finite.min() ?? 0)
    var high = isRatio ? max(1.25, finite.max() ?? 2) : max(0, finite.max() ?? 1)
    if isRatio {
      low = max(low, 0.02)
      high = min(high, 50)
    } else {
      high += (high - low) * 0.05
      if high <= low { high = low + 1 }
    }
    func scale(_ value: Double) -> Double { isRatio ? log(value) : value }
    func x(_ value: Double) -> Double {
      let clamped = min(high, max(low, value.isNaN ? low : value))
      return left + (scale(clamped) - scale(low)) / (scale(high) - scale(low)) * (width - left - right)
    }
    let wide = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]
    let narrow = [0.25, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 4]
    let marks = isRatio ? (high / low > 6 ? wide : narrow).filter { $0 >= low && $0 <= high } : ticks(low, high)
    var body = ""
    for mark in marks {
      let isZero = mark == (isRatio ? 1 : 0)
      body += line(x(mark), top, x(mark), bottom, isZero ? soft : grid, width: isZero ? 1.5 : 1)
      body += text(x(mark), bottom + 18, format(mark), anchor: "middle", fill: soft)
    }
    body += text((left + width - right) / 2, bottom + 38, axis, anchor: "middle", fill: soft)
    for (index, row) in rows.enumerated() {
      let y = top + (Double(index) + 0.5) * step
      let label = row.label.count > 40 ? String(row.label.prefix(39)) + "…" : row.label
      body += text(left - 10, y + 4.5, label, anchor: "end")
      guard row.estimate.value.isFinite else {
        body += text(x(isRatio ? 1 : 0) + 8, y + 4.5, row.shown, fill: soft)
        continue
      }
      if let lower = row.estimate.lower, let upper = row.estimate.upper {
        body += line(x(lower), y, x(upper), y, colours[row.series % colours.count], width: 2)
      }
      body += marker(row.series, x(row.estimate.value), y)
      body += text(width - 4, y + 4.5, row.shown, anchor: "end")
    }
    return frame(name, title, caption, width: Int(width), height: Int(bottom + 48), body)
  }

  /// A series over time.
  struct Line {
    var label: String
    var values: [Double?]
    var lower: [Double?] = []
    var upper: [Double?] = []
  }

  /// Lines over time, bands for intervals, marks for events and shading for bursts.
  static func lines(
    _ name: String, title: String, caption: String, labels: [String], series: [Line], axis: String,
    marks: [(index: Int, text: String)] = [], shaded: [ClosedRange<Int>] = [], format: (Double) -> String
  ) -> Chart {
    let width = 900.0
    let left = 64.0
    let right = 16.0
    let legend = series.count > 1 ? 24.0 : 0
    let top = 26.0 + legend
    let bottom = top + 240
    let highest = series.flatMap { $0.values + $0.upper }.compactMap { $0 }.filter(\.isFinite).max() ?? 1
    let high = highest > 0 ? highest * 1.06 : 1
    let count = max(2, labels.count)
    func x(_ index: Int) -> Double {
      labels.count == 1 ? (left + width - right) / 2 : left + Double(index) / Double(count - 1) * (width - left - right)
    }
    func y(_ value: Double) -> Double { bottom - value / high * (bottom - top) }
    var body = ""
    for range in shaded {
      let from = x(range.lowerBound) - 3
      body +=
        "<rect x=\"\(at(from))\" y=\"\(at(top))\" width=\"\(at(x(range.upperBound) + 3 - from))\" height=\"\(at(bottom - top))\" fill=\"#ffe9b8\"/>\n"
    }
    for mark in ticks(0, high) {
      body += line(left, y(mark), width - right, y(mark), mark == 0 ? soft : grid)
      body += text(left - 8, y(mark) + 4, format(mark), anchor: "end", fill: soft)
    }
    let every = max(1, Int((Double(labels.count) * 84 / (width - left - right)).rounded(.up)))
    for index in stride(from: 0, to: labels.count, by: every) {
      let isLast = index + every >= labels.count && x(index) > width - right - 34
      body += text(
        isLast ? width - right : x(index), bottom + 20, labels[index], anchor: isLast ? "end" : "middle", fill: soft)
    }
    for (place, item) in series.enumerated() {
      let colour = colours[place % colours.count]
      if item.lower.count == labels.count, item.upper.count == labels.count {
        let known = labels.indices.filter { item.lower[$0] != nil && item.upper[$0] != nil }
        if known.count > 1 {
          let up = known.map { "\(at(x($0))) \(at(y(item.upper[$0] ?? 0)))" }
          let down = known.reversed().map { "\(at(x($0))) \(at(y(item.lower[$0] ?? 0)))" }
          body +=
            "<path d=\"M\((up + down).joined(separator: "L"))Z\" fill=\"\(colour)\" fill-opacity=\"0.14\"/>\n"
        }
      }
      var path = ""
      var isDrawing = false
      for index in labels.indices {
        guard let value = item.values[index], value.isFinite else {
          isDrawing = false
          continue
        }
        path += "\(isDrawing ? "L" : "M")\(at(x(index))) \(at(y(value)))"
        isDrawing = true
      }
      body += "<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\""
      body +=
        place % 3 == 1 ? " stroke-dasharray=\"7 3\"/>\n" : place % 3 == 2 ? " stroke-dasharray=\"2 3\"/>\n" : "/>\n"
      if labels.count <= 40 {
        for index in labels.indices {
          if let value = item.values[index], value.isFinite { body += marker(place, x(index), y(value)) }
        }
      }
      if legend > 0 {
        let at = left + Double(place) * 190
        body += line(
          at, 12, at + 26, 12, colour, width: 2.5, dash: place % 3 == 1 ? "7 3" : place % 3 == 2 ? "2 3" : nil)
        body += text(at + 33, 16.5, item.label)
      }
    }
    for (number, mark) in marks.enumerated() {
      body += line(x(mark.index), top - 4, x(mark.index), bottom, ink, dash: "3 3")
      body += text(x(mark.index), top - 8, "\(number + 1)", anchor: "middle", weight: "700")
    }
    body += text(left, legend + 15, axis, fill: soft)
    return frame(name, title, caption, width: Int(width), height: Int(bottom + 32), body)
  }

  /// Lorenz curves, with the line on which all are alike.
  static func lorenz(
    _ name: String, title: String, caption: String,
    curves: [(label: String, points: [(receivers: Double, share: Double)])],
    across: String, up: String, equal: String, format: (Double) -> String
  ) -> Chart {
    let left = 64.0
    let top = 14.0
    let size = 320.0
    func x(_ value: Double) -> Double { left + value * size }
    func y(_ value: Double) -> Double { top + (1 - value) * size }
    var body = ""
    for mark in [0, 0.25, 0.5, 0.75, 1] {
      body += line(x(0), y(mark), x(1), y(mark), grid)
      body += line(x(mark), y(0), x(mark), y(1), grid)
      body += text(x(0) - 8, y(mark) + 4, format(mark), anchor: "end", fill: soft)
      body += text(x(mark), y(0) + 18, format(mark), anchor: "middle", fill: soft)
    }
    body += line(x(0), y(0), x(1), y(1), soft, dash: "4 4")
    body += text(x(0.5), y(0) + 38, across, anchor: "middle", fill: soft)
    let legend = x(1) + 24
    body += text(legend, top + 12, up, fill: soft)
    body += line(legend, top + 34, legend + 26, top + 34, soft, dash: "4 4")
    body += text(legend + 34, top + 38, equal)
    for (place, curve) in curves.enumerated() {
      let colour = colours[place % colours.count]
      let every = max(1, curve.points.count / 300)
      let points = curve.points.indices.filter { $0 % every == 0 || $0 == curve.points.count - 1 }
        .map { "\(at(x(curve.points[$0].receivers))) \(at(y(curve.points[$0].share)))" }
      let dash = place % 3 == 1 ? "7 3" : place % 3 == 2 ? "2 3" : nil
      body += "<path d=\"M\(points.joined(separator: "L"))\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2.5\""
      body += (dash.map { " stroke-dasharray=\"\($0)\"" } ?? "") + "/>\n"
      let row = top + 58 + Double(place) * 24
      body += line(legend, row, legend + 26, row, colour, width: 2.5, dash: dash)
      body += text(legend + 34, row + 4, curve.label)
    }
    return frame(name, title, caption, width: 860, height: Int(y(0) + 48), body)
  }

  /// Bars, one a row, with their counts.
  static func bars(
    _ name: String, title: String, caption: String, rows: [(label: String, value: Double, shown: String)]
  ) -> Chart {
    let width = 760.0
    let left = min(280.0, max(90, Double(rows.map(\.label.count).max() ?? 10) * 7.2 + 16))
    let most = max(rows.map(\.value).max() ?? 1, 1e-12)
    var body = ""
    for (index, row) in rows.enumerated() {
      let y = 8 + Double(index) * 26
      let size = max(1, row.value / most * (width - left - 150))
      body += text(left - 10, y + 14.5, row.label, anchor: "end")
      body +=
        "<rect x=\"\(at(left))\" y=\"\(at(y + 1))\" width=\"\(at(size))\" height=\"18\" fill=\"\(colours[0])\"/>\n"
      body += text(left + size + 8, y + 14.5, row.shown)
    }
    return frame(name, title, caption, width: Int(width), height: 16 + rows.count * 26, body)
  }
}
