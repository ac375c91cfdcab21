internal import Foundation
internal import GRDB
internal import PolicyFile
internal import Weerbaar

/// What verification found.
public struct VerificationReport: Sendable {
  public var records = 0
  public var messages = 0
  public var erased = 0
  /// The hash of the last record.
  public var head = HistoryRecord.origin
  /// At most a hundred.
  public var faults: [CasebookFault] = []
  public var faultCount = 0

  public var isSound: Bool { faultCount == 0 }

  mutating func add(_ place: String, _ problem: String) {
    faultCount += 1
    if faults.count < 100 { faults.append(CasebookFault(place: place, problem: problem)) }
  }
}

extension Casebook {
  /// Holds everything against the history: each record against the one before, each message and note against the hash in
  /// its record, and levels, states and cases against what the records say of them. O(casebook).
  /// - Parameter head: a hash kept elsewhere; that record must still be there.
  public func verify(head: String? = nil) throws(CasebookError) -> VerificationReport {
    try read { db in
      var report = VerificationReport()
      for line in try String.fetchAll(db, sql: "PRAGMA integrity_check(20)") where line != "ok" {
        report.add("database", line)
      }
      for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
        report.add("database", "a row of \(row[0] as String? ?? "?") refers to something that is not there")
      }
      let replay = try followHistory(db, head: head, &report)
      try checkContents(db, replay, &report)
      try checkEntries(db, replay, &report)
      try checkCases(db, replay, &report)
      return report
    }
  }

  /// What the history says the tables should hold.
  fileprivate struct Replay {
    struct Entry {
      var level: String
      var assessed: String
      var identity: String
      var content: String
      var state = "new"
    }
    var entries: [String: Entry] = [:]
    var cases: [Int: (kind: String, state: String)] = [:]
    var members: [Int: Set<String>] = [:]
    var home: [Int: [String]] = [:]
    var contents: [String: String] = [:]
    var erased: Set<String> = []
  }

  private func followHistory(_ db: Database, head: String?, _ report: inout VerificationReport) throws -> Replay {
    var replay = Replay()
    var isThere = head == nil || head == HistoryRecord.origin
    var run: [HistoryRecord] = []
    var last: HistoryRecord?
    // The chain is followed in runs that overlap by one record, so that memory does not grow with it.
    func follow(_ report: inout VerificationReport) {
      let faults = last == nil ? HistoryChain.faults(in: run) : HistoryChain.faults(in: run, after: last)
      for fault in faults { report.add(fault.place, fault.problem) }
      last = run.last ?? last
      run.removeAll(keepingCapacity: true)
    }
    let rows = try Row.fetchCursor(db, sql: "SELECT * FROM history ORDER BY number")
    while let row = try rows.next() {
      guard let record = Casebook.checkedRecord(row) else {
        report.add("history record \(row["number"] as Int? ?? report.records + 1)", "it holds values of the wrong kind")
        report.records += 1
        continue
      }
      run.append(record)
      report.records += 1
      report.head = record.hash
      if let head, record.hash == head.lowercased() { isThere = true }
      replay.apply(record)
      if run.count == 1000 { follow(&report) }
    }
    follow(&report)
    let known = try Row.fetchOne(
      db,
      sql: """
        SELECT (SELECT value FROM meta WHERE key = 'records') AS records,
          (SELECT value FROM meta WHERE key = 'head') AS head
        """)
    let count = known.flatMap { Int.fromDatabaseValue($0["records"]) }
    if count != report.records {
      report.add(
        "history",
        "it holds \(report.records) records, and \(count.map(String.init) ?? "an unknown number") were written")
    }
    let kept = known.flatMap { String.fromDatabaseValue($0["head"]) }
    if kept != report.head { report.add("history", "its last record is not the one that was written last") }
    if !isThere { report.add("history", "no record has the hash \(head ?? "")") }
    return replay
  }

  /// A record whose values all have the kind that they were written with.
  private static func checkedRecord(_ row: Row) -> HistoryRecord? {
    for name in ["time", "actor", "action", "subject", "body", "previous", "hash"] {
      guard case .string = (row[name] as DatabaseValue).storage else { return nil }
    }
    guard case .int64 = (row["number"] as DatabaseValue).storage else { return nil }
    return record(row)
  }

  private func checkContents(_ db: Database, _ replay: Replay, _ report: inout VerificationReport) throws {
    var seen: Set<String> = []
    let rows = try Row.fetchCursor(db, sql: "SELECT digest, salt, body FROM content")
    while let row = try rows.next() {
      guard case .string(let digest) = (row["digest"] as DatabaseValue).storage else {
        report.add("content", "its name is no text")
        continue
      }
      seen.insert(digest)
      guard let place = replay.contents[digest] else {
        report.add("content \(digest.prefix(12))…", "no record of the history speaks of it")
        continue
      }
      let salt = Data.fromDatabaseValue(row["salt"])
      let body = Data.fromDatabaseValue(row["body"])
      if let salt, let body {
        if Content.digest(salt: salt, body: body) != digest { report.add(place, "its content was changed") }
        if replay.erased.contains(digest) { report.add(place, "its content is there though it was erased") }
      } else if !replay.erased.contains(digest) {
        report.add(place, "its content was removed without a record of an erasure")
      }
    }
    for (digest, place) in replay.contents.sorted(by: { $0.value < $1.value }) where !seen.contains(digest) {
      report.add(place, "its content is missing")
    }
  }

  private func checkEntries(_ db: Database, _ replay: Replay, _ report: inout VerificationReport) throws {
    var seen: Set<String> = []
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT entry.*, sender.name AS senderName, sender.handle AS senderHandle, content.body AS body
        FROM entry JOIN sender ON sender.id = entry.sender LEFT JOIN content ON content.digest = entry.content
        """)
    while let row = try rows.next() {
      report.messages += 1
      let name = "\(row["casefile"] as Int? ?? 0).\(row["number"] as Int? ?? 0)"
      let place = "message \(name)"
      seen.insert(name)
      guard let told = replay.entries[name] else {
        report.add(place, "no record of the history speaks of it")
        continue
      }
      func compare(_ column: String, _ expected: String, _ what: String) {
        let found = String.fromDatabaseValue(row[column]) ?? ""
        if found != expected { report.add(place, "its \(what) is not what the history says") }
      }
      compare("identity", told.identity, "identity")
      compare("content", told.content, "content")
      compare("state", told.state, "state")
      if Int.fromDatabaseValue(row["level"]) != Level(name: told.level)?.rawValue {
        report.add(place, "its level is not what the history says")
      }
      if Int.fromDatabaseValue(row["assessed"]) != Level(name: told.assessed)?.rawValue {
        report.add(place, "its assessed level is not what the history says")
      }
      let isErased = Int.fromDatabaseValue(row["erased"]) == 1
      if isErased { report.erased += 1 }
      if isErased != replay.erased.contains(told.content) {
        report.add(place, "whether it was erased is not what the history says")
      }
      guard !isErased, let body = Data.fromDatabaseValue(row["body"]) else { continue }
      guard let stored = try? JSONDecoder().decode(StoredEvidence.self, from: body) else {
        report.add(place, "its content cannot be read")
        continue
      }
      // What is listed and searched must be what the content says.
      if String.fromDatabaseValue(row["time"]) != stored.message.time {
        report.add(place, "its time is not that of its content")
      } else if let moment = stored.message.time.flatMap(Moment.seconds),
        Int.fromDatabaseValue(row["moment"]) != moment
      {
        report.add(place, "its time is not that of its content")
      }
      let author = stored.message.author
      if let handle = author?.handle ?? author?.id,
        author?.key == handle,
        String.fromDatabaseValue(row["senderHandle"]).map(OfficePolicy.folded) != OfficePolicy.folded(handle)
      {
        report.add(place, "its sender is not that of its content")
      }
      if String.fromDatabaseValue(row["platform"]) ?? "" != stored.message.platform?.rawValue ?? "other" {
        report.add(place, "its platform is not that of its content")
      }
      let categories = Category.allCases.filter { stored.assessment.categories[$0.rawValue] ?? 0 >= 0.5 }
      if String.fromDatabaseValue(row["categories"]) != categories.map(\.rawValue).joined(separator: " ") {
        report.add(place, "its categories are not those of its content")
      }
    }
    for name in replay.entries.keys.sorted() where !seen.contains(name) {
      report.add("message \(name)", "it is missing")
    }
  }

  private func checkCases(_ db: Database, _ replay: Replay, _ report: inout VerificationReport) throws {
    var seen: Set<Int> = []
    for row in try Row.fetchAll(db, sql: "SELECT id, kind, state FROM casefile") {
      guard let number = Int.fromDatabaseValue(row["id"]) else { continue }
      seen.insert(number)
      guard let told = replay.cases[number] else {
        report.add("case \(number)", "no record of the history speaks of it")
        continue
      }
      if String.fromDatabaseValue(row["kind"]) != told.kind {
        report.add("case \(number)", "its kind is not what the history says")
      }
      if String.fromDatabaseValue(row["state"]) != told.state {
        report.add("case \(number)", "its state is not what the history says")
      }
    }
    for number in replay.cases.keys.sorted() where !seen.contains(number) {
      report.add("case \(number)", "it is missing")
    }
    var members: [Int: Set<String>] = [:]
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT member.casefile AS joined, entry.casefile AS home, entry.number AS number
        FROM member JOIN entry ON entry.id = member.entry
        """)
    while let row = try rows.next() {
      members[row["joined"], default: []].insert("\(row["home"] as Int).\(row["number"] as Int)")
    }
    for number in Set(members.keys).union(replay.members.keys).sorted()
    where members[number, default: []] != replay.members[number, default: []] {
      report.add("case \(number)", "its messages are not those that the history says")
    }
  }
}

extension HistoryChain {
  /// Finds faults in records that follow another one.
  static func faults(in records: [HistoryRecord], after last: HistoryRecord?) -> [CasebookFault] {
    guard let last else { return faults(in: records) }
    // The fault of the record before was told already.
    return faults(in: [last] + records, from: last.number, previous: last.previous).filter {
      $0.place != "history record \(last.number)"
    }
  }
}

extension Casebook.Replay {
  fileprivate mutating func apply(_ record: HistoryRecord) {
    guard let action = HistoryRecord.Action(rawValue: record.action) else { return }
    let body = HistoryBody(record.body)
    let name = CaseName(record.subject)
    if let note = body["note"] { contents[note] = "history record \(record.number)" }
    switch action {
    case .open:
      if let name { cases[name.number] = (body["kind"] ?? "", "new") }
    case .add:
      guard let content = body["content"] else { return }
      contents[content] = "message \(record.subject)"
      entries[record.subject] = Entry(
        level: body["level"] ?? "", assessed: body["assessed"] ?? "", identity: body["identity"] ?? "", content: content
      )
      if let name, name.message != nil { home[name.number, default: []].append(record.subject) }
    case .raise: entries[record.subject]?.level = body["level"] ?? ""
    case .join:
      if let name, let message = body["message"] { members[name.number, default: []].insert(message) }
    case .state:
      guard let name, let state = body["to"] else { return }
      if name.message != nil {
        entries[record.subject]?.state = state
      } else {
        cases[name.number]?.state = state
        for entry in home[name.number, default: []] { entries[entry]?.state = state }
        for entry in members[name.number, default: []] { entries[entry]?.state = state }
      }
    case .erase: erased.formUnion(body.list("contents"))
    case .begin, .note, .warn, .dossier, .file: break
    }
  }
}
