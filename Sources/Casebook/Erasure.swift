internal import Foundation
internal import GRDB
public import PolicyFile
internal import Weerbaar

/// What is to be erased.
public enum Erasure: Sendable {
  /// A case with its messages and notes, or one message.
  case name(CaseName)
  /// All messages of a person, by name or handle: what she sent, and what is said around it.
  case sender(String)
  /// What came in before a moment, in seconds since 1970.
  case receivedBefore(Int)
  /// What the rules say is no longer kept.
  case retention(RetentionRules)
}

/// What was erased.
public struct ErasureOutcome: Sendable, Equatable {
  public var messages = 0
  public var notes = 0

  public init(messages: Int = 0, notes: Int = 0) {
    self.messages = messages
    self.notes = notes
  }
}

extension Casebook {
  /// Erases the content of messages and notes. A tombstone stays: that there was a message, at which level, when it came
  /// in, and the hash of its content, so that the history can still be verified. Backups are made anew, since the old
  /// ones hold what was erased.
  ///
  /// - Parameter dryRun: only counts.
  public func erase(
    _ what: Erasure, reason: String, actor: String, dryRun: Bool = false
  ) throws(CasebookError) -> ErasureOutcome {
    let outcome = try write { db in
      let entries = try targets(what, db)
      let notes = try noteTargets(what, entries, db)
      let outcome = ErasureOutcome(messages: entries.count, notes: notes.count)
      guard !dryRun, !entries.isEmpty || !notes.isEmpty else { return outcome }
      var digests: [String] = []
      var names: [String] = []
      for row in entries {
        let id: Int64 = row["id"]
        digests.append(row["content"])
        names.append("\(row["casefile"] as Int).\(row["number"] as Int)")
        try db.cachedStatement(
          sql: "UPDATE entry SET erased = 1, time = NULL, protected = NULL, reasons = '', categories = '' WHERE id = ?"
        ).execute(arguments: [id])
        try db.cachedStatement(sql: "DELETE FROM alert WHERE entry = ?").execute(arguments: [id])
        try db.cachedStatement(sql: "DELETE FROM signature WHERE entry = ?").execute(arguments: [id])
        try db.cachedStatement(sql: "DELETE FROM band WHERE entry = ?").execute(arguments: [id])
      }
      for digest in digests + notes {
        try db.cachedStatement(sql: "UPDATE content SET salt = NULL, body = NULL WHERE digest = ?").execute(arguments: [
          digest
        ])
      }
      // A sender of whom nothing is left is forgotten; the keyed hash stays, so that a warning still counts.
      try db.execute(
        sql: """
          UPDATE sender SET name = NULL, handle = NULL WHERE (name IS NOT NULL OR handle IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.sender = sender.id AND erased = 0)
          """)
      var history = try HistoryWriter(db, time: Moment.text(clock()), actor: actor)
      // One record holds at most so many, to stay readable.
      var rest = (digests + notes)[...]
      var left = names[...]
      while !rest.isEmpty {
        let some = rest.prefix(200)
        let those = left.prefix(200)
        let body =
          "{\"reason\":\(JSONText.quoted(reason)),\"messages\":[\(those.map { "\"\($0)\"" }.joined(separator: ","))],"
          + "\"contents\":[\(some.map { "\"\($0)\"" }.joined(separator: ","))]}"
        try history.append(.erase, those.count == 1 ? those.first ?? "" : "", body)
        rest = rest.dropFirst(200)
        left = left.dropFirst(200)
      }
      try history.finish()
      return outcome
    }
    if !dryRun, outcome.messages + outcome.notes > 0 {
      try Casebook.translating(path) {
        // What was erased must not live on in the write-ahead log or in free pages.
        try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
      }
      try backUp(replacing: true)
    }
    return outcome
  }

  private func targets(_ what: Erasure, _ db: Database) throws -> [Row] {
    let base = "SELECT entry.* FROM entry JOIN sender ON sender.id = entry.sender WHERE erased = 0"
    switch what {
    case .name(let name):
      if let message = name.message {
        let found = try Row.fetchAll(
          db, sql: "SELECT * FROM entry WHERE casefile = ? AND number = ?", arguments: [name.number, message])
        if found.isEmpty { throw CasebookError.noSuchCase("message \(name)") }
        return found.filter { $0["erased"] == 0 }
      }
      guard try Row.fetchOne(db, sql: "SELECT 1 FROM casefile WHERE id = ?", arguments: [name.number]) != nil else {
        throw CasebookError.noSuchCase("case \(name)")
      }
      return try Row.fetchAll(
        db,
        sql: base + " AND (entry.casefile = ? OR entry.id IN (SELECT entry FROM member WHERE member.casefile = ?))",
        arguments: [name.number, name.number])
    case .sender(let text):
      let folded = OfficePolicy.folded(text)
      return try Row.fetchAll(db, sql: base).filter { row in
        let sender = try Row.fetchOne(
          db, sql: "SELECT name, handle FROM sender WHERE id = ?", arguments: [row["sender"] as Int64])
        return [sender?["name"] as String?, sender?["handle"] as String?].contains {
          $0.map { OfficePolicy.folded($0) == folded } == true
        }
      }
    case .receivedBefore(let moment):
      return try Row.fetchAll(db, sql: base + " AND entry.received < ?", arguments: [moment])
    case .retention(let rules):
      let now = Int(clock().timeIntervalSince1970)
      var found: [Row] = []
      for (level, days) in rules.days.sorted(by: { $0.key < $1.key }) {
        var sql = base + " AND entry.level = ? AND entry.received < ?"
        if rules.keepsOpen { sql += " AND entry.state NOT IN ('reported', 'police')" }
        found += try Row.fetchAll(db, sql: sql, arguments: [level.rawValue, now - days * 86400])
      }
      return found
    }
  }

  /// Notes on what is erased; they may name people too.
  private func noteTargets(_ what: Erasure, _ entries: [Row], _ db: Database) throws -> [String] {
    var subjects: Set<String> = []
    var cases: Set<Int> = []
    for row in entries {
      subjects.insert("\(row["casefile"] as Int).\(row["number"] as Int)")
      cases.insert(row["casefile"])
    }
    if case .name(let name) = what, name.message == nil { cases.insert(name.number) }
    // The notes on a case go when nothing of it stays.
    let erasing = Set(entries.map { $0["id"] as Int64 })
    for number in cases {
      let left = try Int64.fetchAll(
        db,
        sql:
          "SELECT id FROM entry WHERE erased = 0 AND (casefile = ? OR id IN (SELECT entry FROM member WHERE casefile = ?))",
        arguments: [number, number])
      if left.allSatisfy(erasing.contains) { subjects.insert(String(number)) }
    }
    var digests: [String] = []
    for subject in subjects.sorted() {
      let bodies = try String.fetchAll(
        db, sql: "SELECT body FROM history WHERE subject = ? AND action IN ('note', 'warn', 'state')",
        arguments: [subject])
      for digest in bodies.compactMap({ HistoryBody($0)["note"] }) {
        let isThere = try Row.fetchOne(
          db, sql: "SELECT 1 FROM content WHERE digest = ? AND body IS NOT NULL", arguments: [digest])
        if isThere != nil { digests.append(digest) }
      }
    }
    return digests
  }
}
