internal import Foundation
internal import GRDB

extension Casebook {
  /// What a user does with a case, in one transaction with its history.
  private func act<Result>(
    _ actor: String, _ body: (Database, inout HistoryWriter) throws -> Result
  ) throws(CasebookError) -> Result {
    try write { db in
      var history = try HistoryWriter(db, time: Moment.text(clock()), actor: actor)
      let result = try body(db, &history)
      try history.finish()
      return result
    }
  }

  private static func check(_ name: CaseName, _ db: Database) throws {
    let sql =
      name.message == nil
      ? "SELECT 1 FROM casefile WHERE id = ?" : "SELECT 1 FROM entry WHERE casefile = ? AND number = ?"
    let arguments: StatementArguments = name.message.map { [name.number, $0] } ?? [name.number]
    if try Row.fetchOne(db, sql: sql, arguments: arguments) == nil {
      throw CasebookError.noSuchCase(name.message == nil ? "case \(name)" : "message \(name)")
    }
  }

  private static func keep(_ note: String?, _ db: Database) throws -> String {
    guard let note, !note.isEmpty else { return "" }
    return ",\"note\":\"\(try Content.insert(Data(note.utf8), db))\""
  }

  /// Adds a note to a case or a message.
  public func note(_ name: CaseName, _ text: String, actor: String) throws(CasebookError) {
    try act(actor) { db, history in
      try Casebook.check(name, db)
      try history.append(
        .note, name.description, "{\"kind\":\"note\"\(try Casebook.keep(text, db))}")
    }
  }

  /// Records that the sender of a case was warned. What she writes after it goes a level up.
  /// - Parameter moment: when, in seconds since 1970; now where nil.
  public func warn(_ name: CaseName, _ text: String?, at moment: Int? = nil, actor: String) throws(CasebookError) {
    try act(actor) { db, history in
      try Casebook.check(name, db)
      guard
        let sender = try Int.fetchOne(
          db, sql: "SELECT sender FROM casefile WHERE id = ?", arguments: [name.number])
      else { throw CasebookError.failed(file: path, reason: "case \(name.number) has no single sender to warn") }
      let when = moment ?? Int(clock().timeIntervalSince1970)
      try db.execute(
        sql: "UPDATE sender SET warned = min(coalesce(warned, ?), ?) WHERE id = ?", arguments: [when, when, sender])
      try history.append(
        .warn, name.description, "{\"moment\":\(when)\(try Casebook.keep(text, db))}")
    }
  }

  /// Moves a case with its messages, or one message, to a state.
  /// - Returns: the number of messages moved.
  @discardableResult
  public func move(_ name: CaseName, to state: CaseState, note: String? = nil, actor: String) throws(CasebookError)
    -> Int
  {
    try act(actor) { db, history in
      try Casebook.check(name, db)
      let from: String
      let moved: Int
      if let message = name.message {
        from =
          try String.fetchOne(
            db, sql: "SELECT state FROM entry WHERE casefile = ? AND number = ?", arguments: [name.number, message])
          ?? ""
        try db.execute(
          sql: "UPDATE entry SET state = ? WHERE casefile = ? AND number = ?",
          arguments: [state.rawValue, name.number, message])
        moved = db.changesCount
      } else {
        from = try String.fetchOne(db, sql: "SELECT state FROM casefile WHERE id = ?", arguments: [name.number]) ?? ""
        try db.execute(
          sql: "UPDATE casefile SET state = ? WHERE id = ?", arguments: [state.rawValue, name.number])
        try db.execute(
          sql: """
            UPDATE entry SET state = ? WHERE casefile = ?
              OR id IN (SELECT entry FROM member WHERE member.casefile = ?)
            """, arguments: [state.rawValue, name.number, name.number])
        moved = db.changesCount
      }
      try history.append(
        .state, name.description,
        "{\"from\":\"\(from)\",\"to\":\"\(state.rawValue)\"\(try Casebook.keep(note, db))}")
      return moved
    }
  }

  /// Records that a dossier was made, with the hash of what is in it.
  public func recordDossier(_ number: Int, sha256: String, actor: String) throws(CasebookError) {
    try act(actor) { db, history in
      try history.append(.dossier, String(number), "{\"sha256\":\"\(sha256)\"}")
    }
  }
}
