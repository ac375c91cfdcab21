internal import Foundation

/// Dates around which abuse is looked at: a CSV file with `date`, `label` and optionally `person`.
struct EventFile {
  struct Event {
    var day: CalendarDay
    var label: String
    /// The person concerned; everyone where nil.
    var person: Int?
  }

  let file: ReadFile
  let events: [Event]

  init(path: String, roster: Roster) throws {
    let table = try DataTable(path: path)
    let dateColumn = try table.column("date")
    let labelColumn = try table.column("label")
    let personColumn = table.header.firstIndex(of: "person")
    events = try zip(table.rows, table.lines).map { row, line in
      guard row[dateColumn].utf8.count == 10, let day = CalendarDay(row[dateColumn]) else {
        throw Research.Failure("\(path):\(line): date \"\(row[dateColumn])\" is no date; write it as 2021-02-26")
      }
      var person: Int?
      if let personColumn, !row[personColumn].isEmpty {
        guard let found = roster.persons.firstIndex(of: row[personColumn]) else {
          throw Research.Failure("\(path):\(line): the roster has no id \"\(row[personColumn])\"")
        }
        person = found
      }
      return Event(day: day, label: row[labelColumn], person: person)
    }.sorted { ($0.day, $0.label) < ($1.day, $1.label) }
    file = ReadFile(name: URL(filePath: path).lastPathComponent, sha256: table.sha256, bytes: table.bytes)
  }
}
