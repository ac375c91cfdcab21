internal import TOMLKit
internal import Weerbaar

/// A table of a policy file, which says of every fault in which line and under which key it stands.
struct PolicyTable {
  let table: TOMLTable
  /// The table's name in brackets, or "the policy" for the outermost.
  let place: String
  /// The keys from the root, and the number of the table where several have one name.
  private let path: [String]
  private let number: Int?
  private let source: PolicySource

  init(_ source: PolicySource) throws(PolicyError) {
    self.source = source
    do {
      table = try TOMLTable(string: source.text)
    } catch let error as TOMLParseError {
      let place = error.source.begin
      throw PolicyError(
        file: "\(source.file):\(place.line):\(place.column)", message: "not valid TOML: \(error.description)")
    } catch {
      throw PolicyError(file: source.file, message: "not valid TOML: \(error)")
    }
    place = "the policy"
    path = []
    number = nil
  }

  private init(_ table: TOMLTable, path: [String], number: Int?, source: PolicySource) {
    self.table = table
    self.path = path
    self.number = number
    self.source = source
    let name = path.joined(separator: ".")
    place = number == nil ? "[\(name)]" : "[[\(name)]]"
  }

  /// A fault under a key, or in the table as a whole.
  func fail(_ key: String?, _ message: String) -> PolicyError {
    let line = source.line(path: path, number: number, key: key)
    return PolicyError(file: line.map { "\(source.file):\($0)" } ?? source.file, message: message)
  }

  func has(_ key: String) -> Bool { table[key] != nil }

  /// Refuses keys that do not exist, so that a slip of the pen cannot switch a rule off unseen.
  func allow(_ names: [String]) throws(PolicyError) {
    for key in table.keys where !names.contains(key) {
      throw fail(key, "unknown key \"\(key)\" in \(place); it knows \(names.joined(separator: ", "))")
    }
  }

  func probability(_ key: String) throws(PolicyError) -> Double? {
    guard let value = table[key] else { return nil }
    guard let number = value.double ?? value.int.map(Double.init), (0...1).contains(number) else {
      throw fail(key, "\(key) in \(place) must be a number from 0 to 1")
    }
    return number
  }

  func whole(_ key: String, _ range: ClosedRange<Int>, _ meaning: String) throws(PolicyError) -> Int? {
    guard let value = table[key] else { return nil }
    guard let number = value.int, range.contains(number) else {
      throw fail(key, "\(key) in \(place) must be \(meaning), from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func flag(_ key: String) throws(PolicyError) -> Bool? {
    guard let value = table[key] else { return nil }
    guard let flag = value.bool else { throw fail(key, "\(key) in \(place) must be true or false") }
    return flag
  }

  func text(_ key: String) throws(PolicyError) -> String? {
    guard let value = table[key] else { return nil }
    guard let text = value.string, !text.isEmpty else { throw fail(key, "\(key) in \(place) must be a text") }
    return text
  }

  func texts(_ key: String) throws(PolicyError) -> [String]? {
    guard let value = table[key] else { return nil }
    guard let array = value.array else { throw fail(key, "\(key) in \(place) must be a list of texts: [\"…\"]") }
    var texts: [String] = []
    for item in array {
      guard let text = item.string, !text.isEmpty else {
        throw fail(key, "\(key) in \(place) must be a list of texts: [\"…\"]")
      }
      texts.append(text)
    }
    return texts
  }

  func level(_ key: String) throws(PolicyError) -> Level? {
    guard let value = table[key] else { return nil }
    guard let name = value.string, let level = Level(name: name) else {
      throw fail(key, "\(key) in \(place) must be one of \(Level.allCases.map(\.name).joined(separator: ", "))")
    }
    return level
  }

  /// A time of the day as minutes since midnight.
  func clock(_ key: String) throws(PolicyError) -> Int? {
    guard let value = table[key] else { return nil }
    let parts = (value.string ?? "").split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 2, parts[1].count == 2, let hour = Int(parts[0]),
      let minute = Int(parts[1]), (0...23).contains(hour), (0...59).contains(minute)
    else { throw fail(key, "\(key) in \(place) must be a time of the day in quotation marks, such as \"22:00\"") }
    return hour * 60 + minute
  }

  /// A day as year-month-day.
  func day(_ key: String) throws(PolicyError) -> String? {
    guard let value = table[key] else { return nil }
    let text = value.string ?? ""
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2], Int(parts[0]) != nil, let month = Int(parts[1]), let day = Int(parts[2]),
      (1...12).contains(month), (1...31).contains(day)
    else { throw fail(key, "\(key) in \(place) must be a day in quotation marks, such as \"2026-05-01\"") }
    return text
  }

  /// The table under a key.
  func sub(_ key: String) throws(PolicyError) -> PolicyTable? {
    guard let value = table[key] else { return nil }
    let name = (path + [key]).joined(separator: ".")
    guard let sub = value.table else { throw fail(key, "\(key) must be a table: [\(name)]") }
    return PolicyTable(sub, path: path + [key], number: nil, source: source)
  }

  /// The tables of a list of tables.
  func list(_ key: String) throws(PolicyError) -> [PolicyTable] {
    guard let value = table[key] else { return [] }
    guard let array = value.array else { throw fail(key, "\(key) must be a list of tables: [[\(key)]]") }
    var tables: [PolicyTable] = []
    for (index, item) in array.enumerated() {
      guard let sub = item.table else { throw fail(key, "\(key) must be a list of tables: [[\(key)]]") }
      tables.append(PolicyTable(sub, path: path + [key], number: index, source: source))
    }
    return tables
  }
}

/// The text of a policy file, to find the line of a key in.
struct PolicySource {
  let text: String
  let file: String

  /// The number of the line on which a key stands, or else the head of its table.
  func line(path: [String], number: Int?, key: String?) -> Int? {
    var current: [String] = []
    var seen = -1
    var head: Int?
    for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let line = raw.drop(while: \.isWhitespace)
      if line.hasPrefix("[") {
        let isList = line.hasPrefix("[[")
        let name = line.drop(while: { $0 == "[" }).prefix(while: { $0 != "]" })
        current = name.split(separator: ".").map { PolicySource.bare($0) }
        if current == path {
          if isList { seen += 1 }
          if number == nil || seen == number { head = index + 1 }
        } else if let key, current == path + [key], head == nil {
          head = index + 1
        }
        continue
      }
      guard let key, let equals = line.firstIndex(of: "="), number == nil || seen == number || current != path else {
        continue
      }
      let names = line[..<equals].split(separator: ".").map { PolicySource.bare($0) }
      if current + names == path + [key] || (current + names).starts(with: path + [key]) { return index + 1 }
    }
    return head
  }

  private static func bare(_ name: Substring) -> String {
    String(name.filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" })
  }
}
