internal import Foundation
internal import Messages

/// What coders' files are asked.
public struct LabelAgreementOptions: Sendable {
  public var coders: [String]
  /// The sample's key.csv.
  public var key: String
  /// Decisions on items that coders disagree about: CSV with `item` and `abusive`.
  public var decisions: String?
  public var draws = 1000
  public var seed: UInt64 = 1
  public var level = 0.95
  public var version: String

  public init(coders: [String], key: String, version: String) {
    self.coders = coders
    self.key = key
    self.version = version
  }
}

/// Measures how far coders agree, and joins their labels with the key.
public struct LabelAgreement: Sendable {
  private let options: LabelAgreementOptions

  public init(_ options: LabelAgreementOptions) { self.options = options }

  private func file(_ table: DataTable) -> ReadFile {
    ReadFile(name: URL(filePath: table.file).lastPathComponent, sha256: table.sha256, bytes: table.bytes)
  }

  /// Reads what the coders filled in and works it up.
  public func run() throws -> StudyOutput {
    guard options.coders.count > 1 else { throw Research.Failure("name the files of at least two coders") }
    let key = try DataTable(path: options.key)
    let itemColumn = try key.column("item")
    let items = key.rows.map { $0[itemColumn] }
    let places = Dictionary(items.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let tables = try options.coders.map { try DataTable(path: $0) }
    let abusive = try tables.map { try judgements($0, "abusive", places, items.count) }
    let severity = try tables.map { table in
      table.header.contains("severity") ? try judgements(table, "severity", places, items.count) : []
    }
    var decided = [Int?](repeating: nil, count: items.count)
    var inputs: [(role: String, file: ReadFile)] = [("key", file(key))] + tables.map { ("coder", file($0)) }
    if let path = options.decisions {
      let table = try DataTable(path: path)
      decided = try judgements(table, "abusive", places, items.count)
      inputs.append(("decisions", file(table)))
    }

    var output = StudyOutput()
    var table = TidyTable("agreement", about: "how far coders agree", keys: ["of", "coders"], level: options.level)
    let units = items.indices.map { item in abusive.compactMap { $0[item] } }
    let double = units.filter { $0.count > 1 }
    let agreed = double.count { Set($0).count == 1 }
    table.add(["abusive", "all"], "items judged by more than one", Double(double.count), "count")
    if !double.isEmpty {
      table.add(
        ["abusive", "all"], "share on which all agree", Double(agreed) / Double(double.count), "share",
        n: Double(double.count))
    }
    func alpha(_ name: String, _ units: [[Int]], _ metric: Agreement.Metric) -> Outcome<Estimate> {
      let found = Outcome { () throws(Uncomputable) in
        try Agreement.krippendorffAlpha(
          units, metric: metric, draws: options.draws, seed: options.seed, level: options.level)
      }
      let method = "bootstrap over items (\(options.draws) draws)"
      switch found {
      case .value(let estimate):
        table.add(
          [name, "all"], "Krippendorff's alpha", estimate, "coefficient", n: Double(units.count { $0.count > 1 }),
          method: method)
      case .missing(let reason):
        table.add(
          [name, "all"], "Krippendorff's alpha", nil, "coefficient", method: method, note: reason.description(in: .en))
      }
      return found
    }
    let main = alpha("abusive", units, .nominal)
    let severities = items.indices.map { item in severity.compactMap { $0.isEmpty ? nil : $0[item] } }
    if severities.contains(where: { $0.count > 1 }) { _ = alpha("severity", severities, .ordinal) }
    for first in abusive.indices {
      for second in abusive.indices where second > first {
        var counts = [[0.0, 0], [0, 0]]
        for item in items.indices {
          if let a = abusive[first][item], let b = abusive[second][item] { counts[a][b] += 1 }
        }
        let keys = ["abusive", "\(first + 1) and \(second + 1)"]
        switch Outcome(
          { () throws(Uncomputable) in try Agreement.cohenKappa(counts, level: options.level) })
        {
        case .value(let estimate):
          table.add(
            keys, "Cohen's kappa", estimate, "coefficient", n: counts.joined().reduce(0, +),
            method: "large-sample interval (Fleiss, Cohen, Everitt)")
        case .missing(let reason):
          table.add(keys, "Cohen's kappa", nil, "coefficient", note: reason.description(in: .en))
        }
      }
    }

    var labels = "id,abusive,stratum,probability,judgements\n"
    var open = "item,abusive\n"
    var undecided = 0
    let idColumn = try key.column("id")
    let stratumColumn = try key.column("stratum")
    let probabilityColumn = try key.column("probability")
    for (item, row) in key.rows.enumerated() {
      var label: Int?
      if let decision = decided[item] {
        label = decision
      } else if Set(units[item]).count == 1 {
        label = units[item][0]
      } else if !units[item].isEmpty {
        undecided += 1
        open += "\(items[item]),\n"
      }
      var line: [UInt8] = []
      let cells = [
        row[idColumn], label.map(String.init) ?? "", row[stratumColumn], row[probabilityColumn],
        String(units[item].count),
      ]
      for (index, cell) in cells.enumerated() {
        if index > 0 { line.append(UInt8(ascii: ",")) }
        CSVWriter.append(cell, CSVDialect(), to: &line)
      }
      labels += String(decoding: line, as: UTF8.self) + "\n"
    }
    output.add("labels.csv", labels)
    output.add("disagreements.csv", open)
    output.add(table)
    output.addManifest(
      study: "agreement", version: options.version, inputs: inputs, models: [],
      options: [
        ("draws", String(options.draws)), ("seed", String(options.seed)),
        ("confidence", NumberText.plain(options.level)),
      ])
    output.summary = [
      "\(items.count) items, \(double.count) judged by more than one, all agree on \(agreed); undecided \(undecided)",
      "Krippendorff's alpha: "
        + (main.value.map {
          "\(NumberText.number($0.value, digits: 3, .en))"
            + ($0.lower.map { " (\(NumberText.number($0, digits: 3, .en))" } ?? "")
            + ($0.upper.map { " to \(NumberText.number($0, digits: 3, .en)))" } ?? "")
        } ?? main.reason?.description(in: .en) ?? ""),
    ]
    if undecided > 0 {
      output.summary.append(
        "a third person can decide on the items of disagreements.csv; pass the file with --decisions")
    }
    return output
  }

  /// What a coder filled in, by the item's place in the key; nil where nothing.
  private func judgements(
    _ table: DataTable, _ column: String, _ places: [String: Int], _ count: Int
  ) throws -> [Int?] {
    let itemColumn = try table.column("item")
    let judged = try table.column(column)
    var found = [Int?](repeating: nil, count: count)
    let highest = column == "abusive" ? 1 : 4
    for (row, line) in zip(table.rows, table.lines) {
      guard let place = places[row[itemColumn]] else {
        throw Research.Failure("\(table.file):\(line): the key has no item \"\(row[itemColumn])\"")
      }
      switch row[judged].lowercased() {
      case "": break
      case "ja" where highest == 1, "yes" where highest == 1, "true" where highest == 1: found[place] = 1
      case "nee" where highest == 1, "no" where highest == 1, "false" where highest == 1: found[place] = 0
      default:
        guard let value = Int(row[judged]), (0...highest).contains(value) else {
          throw Research.Failure(
            "\(table.file):\(line): \(column) is \"\(row[judged])\"; want a number from 0 to \(highest), or nothing")
        }
        found[place] = value
      }
    }
    return found
  }
}
