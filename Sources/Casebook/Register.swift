internal import Foundation
internal import Messages

/// The columns of an incident register, read from a table: the heading in the register, and what stands below it.
///
/// ```csv
/// column,field
/// Datum incident,date
/// Soort,kinds
/// Organisatie,=Gemeente Voorbeeld
/// ```
public struct RegisterColumns: Sendable {
  /// What a column can hold, with its meaning.
  public static let fields: [(name: String, meaning: String)] = [
    ("number", "the number of the case"), ("date", "the day of the first message, day-month-year"),
    ("time", "the time of the first message"), ("last-date", "the day of the last message"),
    ("recorded", "the day on which the first message came into the casebook"), ("level", "the level, in Dutch"),
    ("level-name", "the level as in messages"), ("state", "the state, in Dutch"),
    ("kind", "sender, campaign or burst, in Dutch"),
    ("kinds", "the kinds of abuse, in Dutch"), ("messages", "the number of messages"), ("platform", "the platforms"),
    ("sender", "the sender"), ("handle", "the sender's account"), ("protected", "the protected persons"),
    ("recipient", "to whom the messages were sent"), ("text", "the gravest message, word for word"),
    ("articles", "articles of law that may apply"), ("step", "the next step"), ("notes", "the notes on the case"),
    ("reported", "the day on which it was reported"), ("police", "the day on which it went to the police"),
    ("closed", "the day on which it was closed"), ("digest", "the hash of the gravest message"),
    ("empty", "nothing; to fill in"),
  ]

  public struct Column: Sendable, Equatable {
    public var heading: String
    /// A name out of ``fields``, or a fixed text after "=".
    public var field: String
  }

  public let columns: [Column]

  /// The columns where no file is given.
  public static func standard() throws(CasebookError) -> RegisterColumns {
    try RegisterColumns(String(decoding: PackageResources.register_csv, as: UTF8.self), file: "register.csv")
  }

  /// Reads a file.
  public init(contentsOf path: String) throws(CasebookError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .cannotOpen(file: path, reason: "there is no such file, or it may not be read")
    }
    try self.init(String(decoding: data, as: UTF8.self), file: path)
  }

  init(_ text: String, file: String) throws(CasebookError) {
    var columns: [Column] = []
    let content = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    let lines = content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let separator: Character = lines.first?.contains(";") == true ? ";" : ","
    for (index, line) in lines.enumerated() {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      if trimmed.isEmpty || trimmed.hasPrefix("#") || index == 0 && trimmed.lowercased() == "column\(separator)field" {
        continue
      }
      guard let place = trimmed.lastIndex(of: separator) else {
        throw .wrongColumns(file: file, line: index + 1, reason: "want a heading and a field, as in \"Datum,date\"")
      }
      let heading = trimmed[..<place].trimmingCharacters(in: CharacterSet(charactersIn: " \""))
      let field = trimmed[trimmed.index(after: place)...].trimmingCharacters(in: CharacterSet(charactersIn: " \""))
      guard field.hasPrefix("=") || RegisterColumns.fields.contains(where: { $0.name == field }) else {
        let known = RegisterColumns.fields.map(\.name).joined(separator: ", ")
        throw .wrongColumns(
          file: file, line: index + 1,
          reason: "there is no field \"\(field)\"; there are \(known), and =TEXT for a fixed text")
      }
      columns.append(Column(heading: heading, field: field))
    }
    guard !columns.isEmpty else { throw .wrongColumns(file: file, line: 1, reason: "the file names no columns") }
    self.columns = columns
  }
}
