internal import GRDB
internal import Messages
public import Weerbaar

/// An alert that must still go out: where to look, without the words of the message.
public struct PendingAlert: Sendable {
  /// The number of the entry, by which the queue knows it.
  public var key: Int64
  public var entry: CaseEntry
  public var attempts: Int
}

extension Casebook {
  /// The alerts whose time has come, gravest first.
  /// - Parameter level: only this level or higher.
  public func pendingAlerts(from level: Level, limit: Int = 50) throws(CasebookError) -> [PendingAlert] {
    let now = Int(clock().timeIntervalSince1970)
    return try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT entry, attempts FROM alert WHERE level >= ? AND (next <= ? OR next > ?)
          ORDER BY level DESC, entry LIMIT ?
          """,
        // A clock that was set back must not silence an alert for long.
        arguments: [level.rawValue, now, now + 7200, limit])
      return try rows.compactMap { row in
        let key: Int64 = row["entry"]
        return try Casebook.entry(id: key, db).map { PendingAlert(key: key, entry: $0, attempts: row["attempts"]) }
      }
    }
  }

  /// Takes an alert that went out from the queue; or puts it off where it did not, longer each time, at most an hour.
  public func settle(_ alert: PendingAlert, sent: Bool) throws(CasebookError) {
    let now = Int(clock().timeIntervalSince1970)
    try write { db in
      if sent {
        try db.execute(sql: "DELETE FROM alert WHERE entry = ?", arguments: [alert.key])
      } else {
        let delay = min(3600, 15 << min(alert.attempts, 8))
        try db.execute(
          sql: "UPDATE alert SET attempts = attempts + 1, next = ? WHERE entry = ?",
          arguments: [now + delay, alert.key])
      }
    }
  }

  /// The number of alerts that wait.
  public func alertCount() throws(CasebookError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM alert") ?? 0 }
  }
}
