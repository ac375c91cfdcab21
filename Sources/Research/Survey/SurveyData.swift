internal import Foundation

/// The answers of a survey, as the codebook reads them.
struct SurveyData {
  let codebook: Codebook
  let file: ReadFile
  let rows: Int
  let design: SamplingDesign
  let isWeighted: Bool
  /// Values of `wave`, sorted; and for each row the place in them.
  let waves: [String]
  let wave: [Int]
  /// For each variable, for each row its code's place; nil where missing.
  private let codes: [String: [Int?]]
  private let numbers: [String: [Double?]]
  private let items: [String: [Bool?]]
  /// For each outcome, for each row a yes or no; nil where missing or not asked.
  let answers: [String: [Bool?]]
  let notes: [String]

  init(_ table: DataTable, _ codebook: Codebook) throws {
    self.codebook = codebook
    rows = table.rows.count
    guard rows > 0 else { throw Research.Failure("\(table.file): the data have no rows") }
    file = ReadFile(name: URL(filePath: table.file).lastPathComponent, sha256: table.sha256, bytes: table.bytes)
    var notes: [String] = []
    var codes: [String: [Int?]] = [:]
    var numbers: [String: [Double?]] = [:]
    for variable in codebook.variables {
      let column = try table.column(variable.column)
      let missing = codebook.missing.union(variable.missing)
      if variable.isNumber {
        numbers[variable.name] = try zip(table.rows, table.lines).map { row, line in
          if missing.contains(row[column]) { return nil }
          guard let number = Double(row[column]), number.isFinite else {
            throw Research.Failure(
              "\(table.file):\(line): \(variable.column) is \"\(row[column])\", which is no number and no missing code")
          }
          return number
        }
      } else {
        codes[variable.name] = try zip(table.rows, table.lines).map { row, line in
          if missing.contains(row[column]) { return nil }
          guard let place = variable.values.firstIndex(where: { $0.code == row[column] }) else {
            throw Research.Failure(
              "\(table.file):\(line): \(variable.column) is \"\(row[column])\", which the codebook does not know; "
                + "add it to values or to missing of [variables.\(variable.name)]")
          }
          return place
        }
      }
    }
    self.codes = codes
    self.numbers = numbers

    var answers: [String: [Bool?]] = [:]
    func base(_ name: String?) -> [Bool]? {
      name.flatMap { answers[$0] }.map { $0.map { $0 == true } }
    }
    // An outcome may be asked among another's yeses, and that one among a third's.
    var open = codebook.outcomes
    while !open.isEmpty {
      guard let next = open.firstIndex(where: { $0.among.map { answers[$0] != nil } ?? true }) else {
        throw Research.Failure(
          "\(codebook.file.name): the outcomes \(open.map(\.name).joined(separator: ", ")) are asked among one another in a circle"
        )
      }
      let outcome = open.remove(at: next)
      let values = codebook.variables.first { $0.name == outcome.variable }?.values ?? []
      let asked = base(outcome.among)
      answers[outcome.name] = (codes[outcome.variable] ?? []).enumerated().map { row, code in
        guard asked?[row] ?? true, let code else { return nil }
        return outcome.yes.contains(values[code].code)
      }
    }
    self.answers = answers
    var items: [String: [Bool?]] = [:]
    for multiple in codebook.multiples {
      let asked = base(multiple.among)
      for item in multiple.items {
        let column = try table.column(item.column)
        items[item.column] = table.rows.enumerated().map { row, cells in
          guard asked?[row] ?? true, !codebook.missing.contains(cells[column]) else { return nil }
          return multiple.yes.contains(cells[column])
        }
      }
    }
    self.items = items

    func places(_ name: String?) throws -> (places: [Int], names: [String])? {
      guard let name else { return nil }
      let column = try table.column(name)
      let names = Set(table.rows.map { $0[column] }).sorted {
        ($0.count, $0) < ($1.count, $1)
      }
      let order = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
      return (table.rows.map { order[$0[column]] ?? 0 }, names)
    }
    var weights = [Double](repeating: 1, count: rows)
    if let name = codebook.weight {
      let column = try table.column(name)
      weights = try zip(table.rows, table.lines).map { row, line in
        guard let weight = Double(row[column]), weight >= 0, weight.isFinite else {
          throw Research.Failure("\(table.file):\(line): the weight is \"\(row[column])\"; want a number of 0 or more")
        }
        return weight
      }
      let zeros = weights.count { $0 == 0 }
      if zeros > 0 { notes.append("\(zeros) respondents have a weight of zero: they count only in unweighted figures") }
    }
    isWeighted = codebook.weight != nil
    design = SamplingDesign(
      weights: weights, strata: try places(codebook.stratum)?.places, clusters: try places(codebook.cluster)?.places)
    let wave = try places(codebook.wave)
    waves = wave?.names ?? []
    self.wave = wave?.places ?? []
    self.notes = notes
  }

  func code(_ variable: String) -> [Int?] { codes[variable] ?? [] }
  func number(_ variable: String) -> [Double?] { numbers[variable] ?? [] }
  func item(_ column: String) -> [Bool?] { items[column] ?? [] }

  func variable(_ name: String) -> Codebook.Variable? { codebook.variables.first { $0.name == name } }
}
