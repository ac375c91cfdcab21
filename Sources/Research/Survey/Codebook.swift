internal import Crypto
internal import Foundation
internal import Messages
internal import TOMLKit

/// What the columns of a survey mean and what is asked of them: a TOML file that docs/research.md describes.
struct Codebook: Sendable {
  /// A text in two languages; the Dutch one stands in where the English one is missing.
  struct Label: Sendable {
    var dutch: String
    var english: String
    func text(_ language: MessageLanguage) -> String { language == .nl ? dutch : english }
  }

  struct Value: Sendable {
    var code: String
    var label: Label
  }

  struct Variable: Sendable {
    var name: String
    var column: String
    var label: Label
    /// Codes with their labels; none for a number.
    var values: [Value]
    var isNumber: Bool
    var missing: Set<String>
  }

  /// A yes or no that is made of a variable.
  struct Outcome: Sendable {
    var name: String
    var label: Label
    var variable: String
    var yes: Set<String>
    /// The outcome among whose yeses this one is asked.
    var among: String?
  }

  /// A question with several answers, one column each.
  struct Multiple: Sendable {
    struct Item: Sendable {
      var column: String
      var label: Label
    }
    var name: String
    var label: Label
    var items: [Item]
    var yes: Set<String>
    var among: String?
  }

  /// A question with one answer of several.
  struct Distribution: Sendable {
    var variable: String
    var among: String?
  }

  struct Model: Sendable {
    var outcome: String
    var variables: [String]
    var interactions: [[String]]
  }

  /// A figure that was published, to be held against what is found.
  struct Published: Sendable {
    var text: Label
    var outcome: String?
    var variable: String?
    var value: String?
    var percent: Double?
    var count: Int?
  }

  let file: ReadFile
  let title: Label
  let source: String
  let isGenerated: Bool
  let weight: String?
  let stratum: String?
  let cluster: String?
  let wave: String?
  let missing: Set<String>
  let variables: [Variable]
  let outcomes: [Outcome]
  let multiples: [Multiple]
  let distributions: [Distribution]
  let groups: [String]
  let references: [String: String]
  let models: [Model]
  let published: [Published]

  init(path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw Research.Failure("\(path): the codebook cannot be read: \(error.localizedDescription)")
    }
    try self.init(String(decoding: data, as: UTF8.self), file: path)
  }

  init(_ text: String, file path: String) throws {
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw Research.Failure(
        "\(path):\(error.source.begin.line):\(error.source.begin.column): not valid TOML: \(error.description)")
    }
    let reader = TableReader(file: path)
    try reader.know(
      table, ["survey", "variables", "outcomes", "multiple", "distributions", "compare", "models", "published"],
      "the codebook")
    let survey = try reader.table(table, "survey", "the codebook") ?? TOMLTable()
    try reader.know(
      survey, ["title", "title_en", "source", "generated", "weight", "stratum", "cluster", "wave", "missing"],
      "[survey]")
    title = try reader.label(survey, "title", "[survey]") ?? Label(dutch: "Enquête", english: "Survey")
    source = try reader.string(survey, "source", "[survey]") ?? ""
    isGenerated = survey["generated"]?.bool ?? false
    weight = try reader.string(survey, "weight", "[survey]")
    stratum = try reader.string(survey, "stratum", "[survey]")
    cluster = try reader.string(survey, "cluster", "[survey]")
    wave = try reader.string(survey, "wave", "[survey]")
    missing = Set(try reader.strings(survey, "missing", "[survey]") ?? [""])

    guard let described = try reader.table(table, "variables", "the codebook"), !described.keys.isEmpty else {
      throw Research.Failure("\(path): there are no variables; describe each in a table [variables.NAME]")
    }
    var variables: [Variable] = []
    for name in described.keys.sorted() {
      let place = "[variables.\(name)]"
      guard let entry = try reader.table(described, name, "[variables]") else { continue }
      try reader.know(entry, ["column", "label", "label_en", "kind", "values", "missing"], place)
      let kind = try reader.string(entry, "kind", place) ?? "category"
      guard kind == "category" || kind == "number" else {
        throw Research.Failure("\(path): kind in \(place) is \"\(kind)\"; want \"category\" or \"number\"")
      }
      let values = try reader.tables(entry, "values", place).map { value in
        try reader.know(value, ["code", "label", "label_en"], "values of \(place)")
        let code = try reader.need(reader.string(value, "code", "values of \(place)"), "code", "values of \(place)")
        return Value(
          code: code,
          label: try reader.label(value, "label", "values of \(place)") ?? Label(dutch: code, english: code))
      }
      if kind == "category", values.isEmpty {
        throw Research.Failure(
          "\(path): \(place) needs values = [{ code = \"1\", label = \"…\" }, …], or kind = \"number\"")
      }
      variables.append(
        Variable(
          name: name, column: try reader.string(entry, "column", place) ?? name,
          label: try reader.label(entry, "label", place) ?? Label(dutch: name, english: name), values: values,
          isNumber: kind == "number", missing: Set(try reader.strings(entry, "missing", place) ?? [])))
    }
    self.variables = variables
    func known(_ name: String, _ place: String) throws {
      guard variables.contains(where: { $0.name == name }) else {
        throw Research.Failure(
          "\(path): \(place) names the variable \"\(name)\", which is not described; there are "
            + variables.map(\.name).joined(separator: ", "))
      }
    }
    func category(_ name: String, _ place: String) throws {
      try known(name, place)
      if variables.contains(where: { $0.name == name && $0.isNumber }) {
        throw Research.Failure("\(path): \(place) needs a category, but \"\(name)\" is a number")
      }
    }

    outcomes = try reader.tables(table, "outcomes", "the codebook").map { entry in
      try reader.know(entry, ["name", "label", "label_en", "variable", "yes", "among"], "[[outcomes]]")
      let name = try reader.need(reader.string(entry, "name", "[[outcomes]]"), "name", "[[outcomes]]")
      let place = "the outcome \"\(name)\""
      let variable = try reader.need(reader.string(entry, "variable", place), "variable", place)
      try category(variable, place)
      let yes = try reader.need(reader.strings(entry, "yes", place), "yes", place)
      let codes = variables.first { $0.name == variable }?.values.map(\.code) ?? []
      if let strange = yes.first(where: { !codes.contains($0) }) {
        throw Research.Failure("\(path): \(place) counts \"\(strange)\" as a yes, which is no code of \"\(variable)\"")
      }
      return Outcome(
        name: name, label: try reader.label(entry, "label", place) ?? Label(dutch: name, english: name),
        variable: variable, yes: Set(yes), among: try reader.string(entry, "among", place))
    }
    let names = outcomes.map(\.name)
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw Research.Failure("\(path): the outcome \"\(twice)\" stands twice")
    }
    func among(_ name: String?, _ place: String) throws {
      if let name, !names.contains(name) {
        throw Research.Failure("\(path): \(place) is asked among \"\(name)\", which is no outcome")
      }
    }
    for outcome in outcomes { try among(outcome.among, "the outcome \"\(outcome.name)\"") }
    multiples = try reader.tables(table, "multiple", "the codebook").map { entry in
      try reader.know(entry, ["name", "label", "label_en", "items", "yes", "among"], "[[multiple]]")
      let name = try reader.need(reader.string(entry, "name", "[[multiple]]"), "name", "[[multiple]]")
      let place = "the question \"\(name)\""
      let items = try reader.tables(entry, "items", place).map { item in
        let column = try reader.need(reader.string(item, "column", place), "column", "items of \(place)")
        return Multiple.Item(
          column: column, label: try reader.label(item, "label", place) ?? Label(dutch: column, english: column))
      }
      if items.isEmpty {
        throw Research.Failure("\(path): \(place) needs items = [{ column = \"…\", label = \"…\" }, …]")
      }
      let base = try reader.string(entry, "among", place)
      try among(base, place)
      return Multiple(
        name: name, label: try reader.label(entry, "label", place) ?? Label(dutch: name, english: name), items: items,
        yes: Set(try reader.strings(entry, "yes", place) ?? ["1"]), among: base)
    }
    distributions = try reader.tables(table, "distributions", "the codebook").map { entry in
      try reader.know(entry, ["variable", "among"], "[[distributions]]")
      let variable = try reader.need(
        reader.string(entry, "variable", "[[distributions]]"), "variable", "[[distributions]]")
      try category(variable, "[[distributions]]")
      let base = try reader.string(entry, "among", "[[distributions]]")
      try among(base, "[[distributions]]")
      return Distribution(variable: variable, among: base)
    }
    let compare = try reader.table(table, "compare", "the codebook") ?? TOMLTable()
    try reader.know(compare, ["groups", "reference"], "[compare]")
    groups = try reader.strings(compare, "groups", "[compare]") ?? []
    guard !groups.isEmpty else {
      throw Research.Failure("\(path): [compare] needs groups = [\"…\"], the variables to compare by")
    }
    for group in groups { try category(group, "[compare]") }
    var references: [String: String] = [:]
    if let named = try reader.table(compare, "reference", "[compare]") {
      for key in named.keys {
        let code = try reader.need(reader.string(named, key, "reference in [compare]"), key, "reference in [compare]")
        guard let variable = variables.first(where: { $0.name == key }),
          variable.values.contains(where: { $0.code == code })
        else { throw Research.Failure("\(path): reference in [compare]: \"\(key)\" has no code \"\(code)\"") }
        references[key] = code
      }
    }
    self.references = references
    models = try reader.tables(table, "models", "the codebook").map { entry in
      try reader.know(entry, ["outcome", "variables", "interactions"], "[[models]]")
      let outcome = try reader.need(reader.string(entry, "outcome", "[[models]]"), "outcome", "[[models]]")
      guard names.contains(outcome) else {
        throw Research.Failure("\(path): a model is of \"\(outcome)\", which is no outcome")
      }
      let place = "the model of \"\(outcome)\""
      let used = try reader.need(reader.strings(entry, "variables", place), "variables", place)
      for name in used { try known(name, place) }
      var interactions: [[String]] = []
      if let array = entry["interactions"]?.array {
        for item in array {
          guard let pair = item.array else {
            throw Research.Failure("\(path): interactions of \(place) are lists of two names")
          }
          let members = pair.compactMap(\.string)
          guard members.count == pair.count, members.count == 2, members.allSatisfy({ used.contains($0) }) else {
            throw Research.Failure("\(path): interactions of \(place) are lists of two of its variables")
          }
          interactions.append(members)
        }
      }
      return Model(outcome: outcome, variables: used, interactions: interactions)
    }
    published = try reader.tables(table, "published", "the codebook").map { entry in
      try reader.know(entry, ["text", "text_en", "outcome", "variable", "value", "percent", "count"], "[[published]]")
      let place = "[[published]]"
      guard let text = try reader.label(entry, "text", place) else {
        throw Research.Failure("\(path): \(place) needs text")
      }
      let outcome = try reader.string(entry, "outcome", place)
      if let outcome, !names.contains(outcome) {
        throw Research.Failure("\(path): \(place) names \"\(outcome)\", which is no outcome")
      }
      let variable = try reader.string(entry, "variable", place)
      if let variable { try category(variable, place) }
      let percent = entry["percent"].flatMap { $0.double ?? $0.int.map(Double.init) }
      let count = entry["count"]?.int
      guard (percent == nil) != (count == nil), (percent == nil) == (outcome == nil) else {
        throw Research.Failure("\(path): \(place) needs an outcome with percent, or count without an outcome")
      }
      return Published(
        text: text, outcome: outcome, variable: variable, value: try reader.string(entry, "value", place),
        percent: percent, count: count)
    }
    let bytes = Array(text.utf8)
    file = ReadFile(
      name: URL(filePath: path).lastPathComponent, sha256: SHA256.hash(data: bytes).hex, bytes: bytes.count)
  }
}

/// Reads the tables of a codebook, and says where something is wrong.
private struct TableReader {
  let file: String

  func know(_ table: TOMLTable, _ names: [String], _ place: String) throws {
    for key in table.keys where !names.contains(key) {
      throw Research.Failure("\(file): unknown key \"\(key)\" in \(place); it knows \(names.joined(separator: ", "))")
    }
  }

  func need<Value>(_ value: Value?, _ key: String, _ place: String) throws -> Value {
    guard let value else { throw Research.Failure("\(file): \(place) needs \(key)") }
    return value
  }

  /// A string, or a whole number as one.
  func string(_ table: TOMLTable, _ key: String, _ place: String) throws -> String? {
    guard let value = table[key] else { return nil }
    guard let text = value.string ?? value.int.map(String.init) else {
      throw Research.Failure("\(file): \(key) in \(place) must be a text")
    }
    return text
  }

  func strings(_ table: TOMLTable, _ key: String, _ place: String) throws -> [String]? {
    guard let value = table[key] else { return nil }
    guard let array = value.array else { throw Research.Failure("\(file): \(key) in \(place) must be a list") }
    return try array.map { item in
      guard let text = item.string ?? item.int.map(String.init) else {
        throw Research.Failure("\(file): \(key) in \(place) must be a list of texts")
      }
      return text
    }
  }

  func label(_ table: TOMLTable, _ key: String, _ place: String) throws -> Codebook.Label? {
    guard let dutch = try string(table, key, place) else { return nil }
    return Codebook.Label(dutch: dutch, english: try string(table, "\(key)_en", place) ?? dutch)
  }

  func table(_ parent: TOMLTable, _ key: String, _ place: String) throws -> TOMLTable? {
    guard let value = parent[key] else { return nil }
    guard let table = value.table else { throw Research.Failure("\(file): \(key) in \(place) must be a table") }
    return table
  }

  func tables(_ parent: TOMLTable, _ key: String, _ place: String) throws -> [TOMLTable] {
    guard let value = parent[key] else { return [] }
    guard let array = value.array else {
      throw Research.Failure("\(file): \(key) in \(place) must be a list of tables")
    }
    return try array.map { item in
      guard let table = item.table else {
        throw Research.Failure("\(file): \(key) in \(place) must be a list of tables")
      }
      return table
    }
  }
}
