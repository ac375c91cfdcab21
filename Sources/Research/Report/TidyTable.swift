internal import Foundation
internal import Messages

/// A table with one value a row, for programs: what is measured, the value, its unit and interval, n and method.
struct TidyTable: Sendable {
  struct Row: Sendable {
    var keys: [String]
    var measure: String
    var value: Double?
    var unit: String
    var lower: Double?
    var upper: Double?
    var n: Double?
    var method: String
    /// Why a value is missing, or what to keep in mind.
    var note: String
  }

  /// The name of the file, without its extension.
  let name: String
  /// What the table holds, for the list of tables.
  let about: String
  let keys: [String]
  private(set) var rows: [Row] = []
  /// The probability that intervals are made for.
  let level: Double

  init(_ name: String, about: String, keys: [String], level: Double) {
    self.name = name
    self.about = about
    self.keys = keys
    self.level = level
  }

  mutating func add(
    _ keys: [String], _ measure: String, _ value: Double?, _ unit: String, lower: Double? = nil, upper: Double? = nil,
    n: Double? = nil, method: String = "", note: String = ""
  ) {
    rows.append(
      Row(
        keys: keys, measure: measure, value: value, unit: unit, lower: lower, upper: upper, n: n, method: method,
        note: note))
  }

  mutating func add(
    _ keys: [String], _ measure: String, _ estimate: Estimate, _ unit: String, n: Double? = nil, method: String = "",
    note: String = ""
  ) {
    add(
      keys, measure, estimate.value, unit, lower: estimate.lower, upper: estimate.upper, n: n, method: method,
      note: note)
  }

  /// The columns behind the keys, with what they hold.
  static let columns: [(name: String, about: String)] = [
    ("measure", "what the value is"),
    ("value", "the figure; empty where it could not be computed or is withheld, and `note` says why"),
    (
      "unit",
      "share (0 to 1), difference (of shares), count, ratio, odds ratio, log odds, days, persons, coefficient, statistic, p, probability"
    ),
    ("lower", "lower bound of the interval"), ("upper", "upper bound of the interval"),
    ("confidence", "probability that such intervals hold the true value, as 0.95; empty without an interval"),
    ("n", "number of observations behind the value"), ("method", "how value and interval were made"),
    ("note", "what to keep in mind"),
  ]

  /// The table as CSV.
  var csv: String {
    var out: [UInt8] = []
    let dialect = CSVDialect()
    func line(_ cells: [String]) {
      for (index, cell) in cells.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        CSVWriter.append(cell, dialect, to: &out)
      }
      out.append(10)
    }
    line(keys + TidyTable.columns.map(\.name))
    for row in rows {
      let hasInterval = row.lower != nil || row.upper != nil
      line(
        row.keys + [
          row.measure, NumberText.plain(row.value), row.unit, NumberText.plain(row.lower), NumberText.plain(row.upper),
          hasInterval ? NumberText.plain(level) : "", NumberText.plain(row.n), row.method, row.note,
        ])
    }
    return String(decoding: out, as: UTF8.self)
  }
}

/// Numbers as text, the same on every machine.
enum NumberText {
  /// For programs: eight significant digits, a point; empty where there is none or it is not finite.
  static func plain(_ value: Double?) -> String {
    guard let value, value.isFinite else { return value == .infinity ? "Inf" : value == -.infinity ? "-Inf" : "" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return String(format: "%.8g", value)
  }

  /// For people: grouped, with the language's signs.
  static func number(_ value: Double, digits: Int = 0, _ language: MessageLanguage) -> String {
    guard value.isFinite else { return value == .infinity ? "∞" : value == -.infinity ? "−∞" : "–" }
    let text = String(format: "%.\(digits)f", abs(value))
    let parts = text.split(separator: ".")
    var whole = ""
    for (index, digit) in parts[0].enumerated() {
      if index > 0, (parts[0].count - index) % 3 == 0 { whole += language == .nl ? "." : "," }
      whole.append(digit)
    }
    let sign = value < 0 && text.contains(where: { $0 != "0" && $0 != "." }) ? "−" : ""
    return sign + whole + (parts.count > 1 ? (language == .nl ? "," : ".") + parts[1] : "")
  }

  static func percent(_ share: Double?, digits: Int = 1, _ language: MessageLanguage) -> String {
    guard let share, share.isFinite else { return "–" }
    return number(share * 100, digits: digits, language) + (language == .nl ? " %" : "%")
  }

  /// A share on an axis: no decimals where it needs none.
  static func mark(_ share: Double, _ language: MessageLanguage) -> String {
    let percent = share * 100
    return self.percent(share, digits: abs(percent - percent.rounded()) < 1e-6 ? 0 : 1, language)
  }

  /// A ratio or another number with as many digits as help.
  static func ratio(_ value: Double?, _ language: MessageLanguage) -> String {
    guard let value else { return "–" }
    if value.isFinite, abs(value) >= 1000 { return number(value, language) }
    return number(value, digits: abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2, language)
  }

  static func p(_ value: Double?, _ language: MessageLanguage) -> String {
    guard let value, value.isFinite else { return "–" }
    return value < 0.001 ? "< " + number(0.001, digits: 3, language) : number(value, digits: 3, language)
  }
}
