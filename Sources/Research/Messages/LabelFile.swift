internal import Foundation

/// Labels that people gave messages: a CSV file with `id` and `abusive` (1 or 0), and from a drawn sample `stratum` and
/// `probability`, the chance with which the message was drawn.
struct LabelFile {
  let file: ReadFile
  let ids: [String]
  let labels: [FoundLabel]
  /// Whether chances of being drawn are known.
  let hasDesign: Bool
  /// Rows without a judgement.
  let undecided: Int

  init(path: String) throws { try self.init(DataTable(path: path)) }

  init(_ table: DataTable) throws {
    let idColumn = try table.column("id")
    let abusiveColumn = try table.column("abusive")
    let stratumColumn = table.header.firstIndex(of: "stratum")
    let probabilityColumn = table.header.firstIndex(of: "probability")
    hasDesign = probabilityColumn != nil
    var strata: [String: Int] = [:]
    var ids: [String] = []
    var labels: [FoundLabel] = []
    var seen: Set<String> = []
    var undecided = 0
    for (row, line) in zip(table.rows, table.lines) {
      let isAbusive: Bool
      switch row[abusiveColumn].lowercased() {
      case "1", "true", "yes", "ja": isAbusive = true
      case "0", "false", "no", "nee": isAbusive = false
      case "":
        undecided += 1
        continue
      default:
        throw Research.Failure("\(table.file):\(line): abusive is \"\(row[abusiveColumn])\"; want 1 or 0, or nothing")
      }
      guard seen.insert(row[idColumn]).inserted else {
        throw Research.Failure("\(table.file):\(line): the id \"\(row[idColumn])\" stands twice")
      }
      var weight = 1.0
      if let probabilityColumn {
        guard let p = Double(row[probabilityColumn]), p > 0, p <= 1 else {
          throw Research.Failure(
            "\(table.file):\(line): probability is \"\(row[probabilityColumn])\"; want a number above 0 and at most 1")
        }
        weight = 1 / p
      }
      let name = stratumColumn.map { row[$0] } ?? ""
      let stratum = strata[name] ?? strata.count
      strata[name] = stratum
      ids.append(row[idColumn])
      labels.append(FoundLabel(isAbusive: isAbusive, stratum: stratum, weight: weight))
    }
    guard !labels.isEmpty else { throw Research.Failure("\(table.file): no message has a label") }
    self.ids = ids
    self.labels = labels
    self.undecided = undecided
    file = ReadFile(name: URL(filePath: table.file).lastPathComponent, sha256: table.sha256, bytes: table.bytes)
  }
}
