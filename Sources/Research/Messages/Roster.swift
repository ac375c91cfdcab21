internal import Foundation

/// Who received the messages, and what is known of them: a CSV file, one row a person, or one for each term of office.
///
/// Columns: `id` (required), `handles` and `names` (several parted by `;` or `|`; handles by spaces too), `gender`,
/// `function`, `party`, `level`, `body`, `followers`, `start` and `end` of office (2021-02-26). Any other column is a group
/// that can be compared by. Where the columns have other names, the header of the file is changed, not the program.
public struct Roster: Sendable {
  /// A person in one office.
  struct Term: Sendable {
    var person: Int
    /// For each group column its level; -1 where the cell is empty.
    var levels: [Int]
    var followers: Double?
    var start: CalendarDay?
    var end: CalendarDay?
  }

  /// A column that persons are grouped by.
  struct Group: Sendable {
    var name: String
    /// In order of their names.
    var levels: [String]
  }

  static let known = ["id", "handles", "names", "followers", "start", "end"]

  let file: ReadFile
  /// Ids of persons, in the order of the file.
  let persons: [String]
  let terms: [Term]
  let groups: [Group]
  /// A name to show for each person: the first name, else handle, else id.
  let shownNames: [String]
  /// Words of names and handles, which no list of words may show.
  let nameParts: Set<String>
  private let termsOfPerson: [[Int]]
  private let byID: [UInt64: Int]
  private let byHandle: [UInt64: Int]
  private let byName: [UInt64: Int]

  /// Reads a file.
  public init(path: String) throws {
    try self.init(DataTable(path: path))
  }

  init(_ table: DataTable) throws {
    let idColumn = try table.column("id")
    func optional(_ name: String) -> Int? { table.header.firstIndex(of: name) }
    let handleColumn = optional("handles")
    let nameColumn = optional("names")
    let followerColumn = optional("followers")
    let startColumn = optional("start")
    let endColumn = optional("end")
    let groupColumns = table.header.indices.filter { !Roster.known.contains(table.header[$0]) }
    groups = groupColumns.map { column in
      Group(
        name: table.header[column], levels: Set(table.rows.map { $0[column] }).subtracting([""]).sorted())
    }
    var persons: [String] = []
    var places: [String: Int] = [:]
    var terms: [Term] = []
    var shown: [String] = []
    var parts: Set<String> = []
    var ids: [UInt64: Int] = [:]
    var handles: [UInt64: Int] = [:]
    var names: [UInt64: Int] = [:]
    func register(_ key: String, _ person: Int, _ keys: inout [UInt64: Int], _ what: String, _ line: Int) throws {
      let hash = ByteHash.hash(key, folding: true)
      if let other = keys[hash], other != person {
        throw Research.Failure(
          "\(table.file):\(line): the \(what) \"\(key)\" stands at \"\(persons[other])\" and at \"\(persons[person])\"; "
            + "it must tell one person from all others")
      }
      keys[hash] = person
    }
    for (row, line) in zip(table.rows, table.lines) {
      let id = row[idColumn]
      guard !id.isEmpty else { throw Research.Failure("\(table.file):\(line): the id is empty") }
      let person: Int
      if let found = places[id] {
        person = found
      } else {
        person = persons.count
        places[id] = person
        persons.append(id)
        shown.append("")
      }
      try register(id, person, &ids, "id", line)
      let own = Roster.list(handleColumn.map { row[$0] }, spaces: true).map { Roster.plainHandle($0) }
      let called = Roster.list(nameColumn.map { row[$0] }, spaces: false)
      for handle in own {
        try register(handle, person, &handles, "handle", line)
        parts.insert(handle.lowercased())
      }
      for name in called {
        try register(Roster.folded(name), person, &names, "name", line)
        for part in Roster.folded(name).split(whereSeparator: { !$0.isLetter }) { parts.insert(String(part)) }
      }
      if shown[person].isEmpty { shown[person] = called.first ?? own.first.map { "@" + $0 } ?? id }
      func day(_ column: Int?, _ name: String) throws -> CalendarDay? {
        guard let column, !row[column].isEmpty else { return nil }
        guard row[column].utf8.count == 10, let day = CalendarDay(row[column]) else {
          throw Research.Failure(
            "\(table.file):\(line): \(name) \"\(row[column])\" is no date; write it as 2021-02-26")
        }
        return day
      }
      var followers: Double?
      if let followerColumn, !row[followerColumn].isEmpty {
        guard let number = Double(row[followerColumn]), number >= 0, number.isFinite else {
          throw Research.Failure("\(table.file):\(line): followers \"\(row[followerColumn])\" is no number")
        }
        followers = number
      }
      let start = try day(startColumn, "start")
      let end = try day(endColumn, "end")
      if let start, let end, end < start {
        throw Research.Failure("\(table.file):\(line): the office ends (\(end.text)) before it starts (\(start.text))")
      }
      terms.append(
        Term(
          person: person,
          levels: zip(groupColumns, groups).map { column, group in
            group.levels.firstIndex(of: row[column]) ?? -1
          }, followers: followers, start: start, end: end))
    }
    guard !persons.isEmpty else { throw Research.Failure("\(table.file): the roster has no rows") }
    var termsOfPerson = [[Int]](repeating: [], count: persons.count)
    for (index, term) in terms.enumerated() { termsOfPerson[term.person].append(index) }
    for (person, list) in termsOfPerson.enumerated() {
      for (place, first) in list.enumerated() {
        for second in list[(place + 1)...] {
          let a = terms[first]
          let b = terms[second]
          let isApart =
            (a.end.map { end in b.start.map { end < $0 } ?? false } ?? false)
            || (b.end.map { end in a.start.map { end < $0 } ?? false } ?? false)
          if !isApart {
            throw Research.Failure(
              "\(table.file):\(table.lines[second]): \"\(persons[person])\" has two terms of office at the same time "
                + "(see line \(table.lines[first])); give start and end so that they do not overlap")
          }
        }
      }
    }
    file = ReadFile(name: URL(filePath: table.file).lastPathComponent, sha256: table.sha256, bytes: table.bytes)
    self.persons = persons
    self.terms = terms
    shownNames = shown
    nameParts = parts
    self.termsOfPerson = termsOfPerson
    byID = ids
    byHandle = handles
    byName = names
  }

  private static func list(_ cell: String?, spaces: Bool) -> [String] {
    guard let cell else { return [] }
    return cell.split(whereSeparator: { $0 == ";" || $0 == "|" || (spaces && $0 == " ") })
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private static func plainHandle(_ handle: String) -> String {
    handle.hasPrefix("@") ? String(handle.dropFirst()) : handle
  }

  private static func folded(_ name: String) -> String { name.lowercased() }

  /// The person a message went to: by id, else by handle, else by name.
  func person(_ line: ScoredLine) -> Int? {
    if let id = line[.recipientID], let found = byID[ByteHash.hash(id, folding: true)] { return found }
    if let handle = line[.recipientHandle] {
      let plain = handle.first == 64 ? UnsafeBufferPointer(rebasing: handle[1...]) : handle
      if let found = byHandle[ByteHash.hash(plain, folding: true)] { return found }
    }
    if !byName.isEmpty, let name = line[.recipientName] {
      let isPlain = name.allSatisfy { $0 < 128 }
      let hash =
        isPlain
        ? ByteHash.hash(name, folding: true) : ByteHash.hash(Roster.folded(String(decoding: name, as: UTF8.self)))
      if let found = byName[hash] { return found }
    }
    return nil
  }

  /// The term a person was in on a day; without a day only where she had one term.
  func term(of person: Int, on day: CalendarDay?) -> Int? {
    let list = termsOfPerson[person]
    guard let day else { return list.count == 1 ? list[0] : nil }
    return list.first { index in
      let term = terms[index]
      return (term.start.map { $0 <= day } ?? true) && (term.end.map { day <= $0 } ?? true)
    }
  }

  /// The place of a group column.
  func group(_ name: String) throws -> Int {
    guard let found = groups.firstIndex(where: { $0.name == name }) else {
      throw Research.Failure(
        "\(file.name): there is no group \"\(name)\"; there are \(groups.map(\.name).joined(separator: ", "))")
    }
    return found
  }
}
