internal import Foundation
internal import GRDB
public import Messages
public import Weerbaar

/// Which messages are asked for.
public struct EntryFilter: Sendable {
  /// This level or higher, after the rules of escalation.
  public var level: Level?
  public var category: Weerbaar.Category?
  /// A part of the sender's name or handle.
  public var sender: String?
  public var state: CaseState?
  public var casefile: Int?
  /// Seconds since 1970: sent at or after, and before.
  public var since: Int?
  public var until: Int?
  public var limit: Int?
  /// Oldest first.
  public var isAscending = false

  public init(level: Level? = nil) { self.level = level }
}

/// A message in the casebook.
public struct CaseEntry: Sendable {
  public var name: CaseName
  public var level: Level
  public var assessedLevel: Level
  public var reasons: [EscalationReason]
  public var state: CaseState
  /// When it was sent, as its source tells.
  public var time: String?
  /// When it came into the casebook.
  public var received: String
  public var platform: Message.Platform
  public var categories: [Weerbaar.Category]
  public var senderName: String?
  public var senderHandle: String?
  /// The protected persons to whom it was sent or whom it names.
  public var protected: String?
  /// Campaigns and bursts that it belongs to besides its own case.
  public var joined: [Int]
  /// Nil where the content was erased.
  public var evidence: CaseEvidence?
  /// SHA-256 of the salted content, as it stands in the history.
  public var digest: String

  public var isErased: Bool { evidence == nil }
  /// The sender as people know her.
  public var shownSender: String {
    switch (senderName, senderHandle) {
    case (let name?, let handle?) where name != handle: "\(name) (\(handle))"
    case (let name?, _): name
    case (nil, let handle?): handle
    default: isErased ? "(gewist)" : "onbekende afzender"
    }
  }
}

/// A case: the messages of a sender, a campaign or a burst.
public struct CaseFile: Sendable {
  public var number: Int
  public var kind: CaseKind
  public var state: CaseState
  public var level: Level
  public var messages: Int
  /// Seconds since 1970.
  public var first: Int
  public var last: Int
  public var platform: Message.Platform?
  public var senderName: String?
  public var senderHandle: String?
  /// When the sender was warned, in seconds since 1970.
  public var warned: Int?
  /// Other cases of the same sender.
  public var others: [Int]

  public var shownSender: String? {
    switch (senderName, senderHandle) {
    case (let name?, let handle?) where name != handle: "\(name) (\(handle))"
    default: senderName ?? senderHandle
    }
  }
}

/// Something that was done with a case.
public struct CaseStep: Sendable {
  public var record: HistoryRecord
  /// The text of a note; nil where there is none or it was erased.
  public var note: String?
  /// For a change of state: the new one.
  public var state: CaseState?
}

extension Casebook {
  private static let columns = """
    SELECT entry.*, sender.name AS senderName, sender.handle AS senderHandle, content.body AS body,
      (SELECT group_concat(casefile) FROM member WHERE member.entry = entry.id) AS joined
    FROM entry JOIN sender ON sender.id = entry.sender JOIN content ON content.digest = entry.content
    """

  private static func entry(_ row: Row) throws -> CaseEntry {
    let body: Data? = row["body"]
    let stored = try body.map { try JSONDecoder().decode(StoredEvidence.self, from: $0) }
    let joined: String? = row["joined"]
    return CaseEntry(
      name: CaseName(row["casefile"], row["number"]), level: Level(rawValue: row["level"]) ?? .none,
      assessedLevel: Level(rawValue: row["assessed"]) ?? .none,
      reasons: (row["reasons"] as String).split(separator: " ").compactMap { EscalationReason(rawValue: String($0)) },
      state: CaseState(rawValue: row["state"]) ?? .new, time: row["time"],
      received: Moment.text(seconds: row["received"]),
      platform: Message.Platform(rawValue: row["platform"]) ?? .other,
      categories: (row["categories"] as String).split(separator: " ").compactMap {
        Weerbaar.Category(rawValue: String($0))
      }, senderName: row["senderName"], senderHandle: row["senderHandle"], protected: row["protected"],
      joined: (joined ?? "").split(separator: ",").compactMap { Int($0) }.sorted(), evidence: stored?.evidence,
      digest: row["content"])
  }

  /// Goes through the messages that a filter lets pass, one at a time; newest first unless the filter says otherwise.
  public func eachEntry(_ filter: EntryFilter = EntryFilter(), _ body: (CaseEntry) throws -> Void) throws {
    var conditions: [String] = []
    var arguments = StatementArguments()
    func add(_ condition: String, _ values: [(any DatabaseValueConvertible)?]) {
      conditions.append(condition)
      arguments += StatementArguments(values)
    }
    if let level = filter.level { add("entry.level >= ?", [level.rawValue]) }
    if let category = filter.category {
      add("' ' || entry.categories || ' ' LIKE ?", ["% \(category.rawValue) %"])
    }
    if let sender = filter.sender {
      let pattern =
        "%" + sender.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
      add("(sender.name LIKE ? ESCAPE '\\' OR sender.handle LIKE ? ESCAPE '\\')", [pattern, pattern])
    }
    if let state = filter.state { add("entry.state = ?", [state.rawValue]) }
    if let casefile = filter.casefile {
      add(
        "(entry.casefile = ? OR EXISTS (SELECT 1 FROM member WHERE member.entry = entry.id AND member.casefile = ?))",
        [casefile, casefile])
    }
    if let since = filter.since { add("entry.moment >= ?", [since]) }
    if let until = filter.until { add("entry.moment < ?", [until]) }
    var sql = Casebook.columns
    if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
    let direction = filter.isAscending ? "ASC" : "DESC"
    sql += " ORDER BY entry.moment \(direction), entry.id \(direction)"
    if let limit = filter.limit { sql += " LIMIT \(max(0, limit))" }
    var failure: (any Error)?
    try read { db in
      let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
      while let row = try rows.next() {
        let entry = try Casebook.entry(row)
        do { try body(entry) } catch {
          failure = error
          return
        }
      }
    }
    if let failure { throw failure }
  }

  /// The messages that a filter lets pass.
  public func entries(_ filter: EntryFilter = EntryFilter()) throws -> [CaseEntry] {
    var found: [CaseEntry] = []
    try eachEntry(filter) { found.append($0) }
    return found
  }

  /// The number of messages.
  public func count() throws(CasebookError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM entry") ?? 0 }
  }

  static func entry(id: Int64, _ db: Database) throws -> CaseEntry? {
    try Row.fetchOne(db, sql: Casebook.columns + " WHERE entry.id = ?", arguments: [id]).map(Casebook.entry)
  }

  /// The message with a name.
  public func entry(_ name: CaseName) throws(CasebookError) -> CaseEntry {
    try read { db in
      guard
        let row = try Row.fetchOne(
          db, sql: Casebook.columns + " WHERE entry.casefile = ? AND entry.number = ?",
          arguments: [name.number, name.message ?? 0])
      else { throw CasebookError.noSuchCase("message \(name)") }
      return try Casebook.entry(row)
    }
  }

  static let caseColumns = """
    SELECT casefile.*, sender.name AS senderName, sender.handle AS senderHandle, sender.platform AS platform,
      sender.warned AS warned, (SELECT group_concat(other.id) FROM casefile AS other
        WHERE other.sender = casefile.sender AND other.id <> casefile.id) AS others
    FROM casefile LEFT JOIN sender ON sender.id = casefile.sender
    """

  static func caseFile(_ row: Row) -> CaseFile {
    let others: String? = row["others"]
    let platform: String? = row["platform"]
    return CaseFile(
      number: row["id"], kind: CaseKind(rawValue: row["kind"]) ?? .sender,
      state: CaseState(rawValue: row["state"]) ?? .new, level: Level(rawValue: row["level"]) ?? .none,
      messages: row["messages"], first: row["first"], last: row["last"],
      platform: platform.flatMap(Message.Platform.init), senderName: row["senderName"],
      senderHandle: row["senderHandle"], warned: row["warned"],
      others: (others ?? "").split(separator: ",").compactMap { Int($0) }.sorted())
  }

  /// The case with a number.
  public func caseFile(_ number: Int) throws(CasebookError) -> CaseFile {
    try read { db in
      guard let row = try Row.fetchOne(db, sql: Casebook.caseColumns + " WHERE casefile.id = ?", arguments: [number])
      else { throw CasebookError.noSuchCase("case \(number)") }
      return Casebook.caseFile(row)
    }
  }

  /// All cases, in the order of their numbers.
  public func caseFiles() throws(CasebookError) -> [CaseFile] {
    try read { try Row.fetchAll($0, sql: Casebook.caseColumns + " ORDER BY casefile.id").map(Casebook.caseFile) }
  }

  static func record(_ row: Row) -> HistoryRecord {
    HistoryRecord(
      number: row["number"], time: row["time"], actor: row["actor"], action: row["action"], subject: row["subject"],
      body: row["body"], previous: row["previous"], hash: row["hash"])
  }

  /// What was done with a case and its messages, oldest first; without the arrival of messages.
  public func steps(of number: Int) throws(CasebookError) -> [CaseStep] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM history WHERE (subject = ? OR subject GLOB ?) AND action NOT IN ('add', 'raise', 'join')
          ORDER BY number
          """, arguments: [String(number), "\(number).*"])
      return try rows.map { row in
        let record = Casebook.record(row)
        let body = HistoryBody(record.body)
        let text = try body["note"].flatMap { digest in
          try Data.fetchOne(db, sql: "SELECT body FROM content WHERE digest = ?", arguments: [digest])
        }
        return CaseStep(
          record: record, note: text.map { String(decoding: $0, as: UTF8.self) },
          state: body["to"].flatMap(CaseState.init))
      }
    }
  }

  /// The hash of the last history record and the number of records. Kept elsewhere, it proves later that nothing before it
  /// was changed.
  public func head() throws(CasebookError) -> (hash: String, records: Int) {
    try read { db in
      let row = try Row.fetchOne(db, sql: "SELECT number, hash FROM history ORDER BY number DESC LIMIT 1")
      return (row?["hash"] ?? HistoryRecord.origin, row?["number"] ?? 0)
    }
  }

  /// Puts a message line together: the message as it came in, its assessment, and the field `case`.
  public static func appendLine(_ entry: CaseEntry, to out: inout [UInt8]) {
    if let evidence = entry.evidence {
      // A field of that name that the user has would stand twice.
      let line = evidence.message.original.flatMap { $0.contains("\"case\"") ? nil : $0 }
      if line.map({ JSONWriter.append(line: $0, evidence.assessment, to: &out) }) != true {
        JSONWriter.append(evidence.message, to: &out)
        out.removeLast()
        out.append(contentsOf: ",\"assessment\":".utf8)
        JSONWriter.append(evidence.assessment, to: &out)
        out.append(UInt8(ascii: "}"))
      }
    } else {
      out.append(contentsOf: "{\"text\":\"\"}".utf8)
    }
    out.removeLast()
    func field(_ name: String, _ value: String?) {
      guard let value else { return }
      out.append(contentsOf: ",\"\(name)\":".utf8)
      JSONWriter.append(value, to: &out)
    }
    out.append(contentsOf: ",\"case\":{\"id\":\"\(entry.name)\",\"number\":\(entry.name.number)".utf8)
    out.append(contentsOf: ",\"message\":\(entry.name.message ?? 0),\"level\":\"\(entry.level.name)\"".utf8)
    out.append(contentsOf: ",\"state\":\"\(entry.state.rawValue)\"".utf8)
    if !entry.reasons.isEmpty {
      out.append(
        contentsOf: ",\"reasons\":[\(entry.reasons.map { "\"\($0.rawValue)\"" }.joined(separator: ","))]".utf8)
    }
    if !entry.joined.isEmpty {
      out.append(contentsOf: ",\"joined\":[\(entry.joined.map(String.init).joined(separator: ","))]".utf8)
    }
    field("protected", entry.protected)
    field("received", entry.received)
    if let source = entry.evidence?.message.source {
      out.append(contentsOf: ",\"source\":{\"file\":".utf8)
      JSONWriter.append(source.file, to: &out)
      field("locator", source.locator)
      field("sha256", source.sha256)
      out.append(UInt8(ascii: "}"))
    }
    if entry.isErased { out.append(contentsOf: ",\"erased\":true".utf8) }
    out.append(contentsOf: ",\"digest\":\"\(entry.digest)\"}}\n".utf8)
  }
}

/// The fields of a history record's body.
struct HistoryBody {
  private let fields: [String: Any]

  init(_ text: String) {
    fields = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
  }

  subscript(name: String) -> String? { fields[name] as? String }
  func list(_ name: String) -> [String] { fields[name] as? [String] ?? [] }
}
