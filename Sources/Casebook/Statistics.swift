internal import Foundation
internal import GRDB
internal import Messages
public import Weerbaar

/// Numbers on a casebook.
public struct CasebookStatistics: Sendable, Encodable {
  public var messages = 0
  public var erased = 0
  public var senders = 0
  public var cases: [String: Int] = [:]
  public var levels: [String: Int] = [:]
  public var states: [String: Int] = [:]
  public var categories: [String: Int] = [:]
  public var platforms: [String: Int] = [:]
  /// By year and month of sending.
  public var months: [String: Int] = [:]
  /// Seconds since 1970.
  public var first: Int?
  public var last: Int?
  public var records = 0
}

extension Casebook {
  /// Counts messages and cases. O(messages).
  public func statistics() throws(CasebookError) -> CasebookStatistics {
    try read { db in
      var statistics = CasebookStatistics()
      func group(_ sql: String) throws -> [(String, Int)] {
        try Row.fetchAll(db, sql: sql).map { (String.fromDatabaseValue($0[0]) ?? "\($0[0] as Int? ?? 0)", $0[1]) }
      }
      statistics.messages = try Int.fetchOne(db, sql: "SELECT count(*) FROM entry") ?? 0
      statistics.erased = try Int.fetchOne(db, sql: "SELECT count(*) FROM entry WHERE erased = 1") ?? 0
      statistics.senders = try Int.fetchOne(db, sql: "SELECT count(*) FROM sender") ?? 0
      statistics.records = try Int.fetchOne(db, sql: "SELECT count(*) FROM history") ?? 0
      statistics.first = try Int.fetchOne(db, sql: "SELECT min(moment) FROM entry")
      statistics.last = try Int.fetchOne(db, sql: "SELECT max(moment) FROM entry")
      for (kind, count) in try group("SELECT kind, count(*) FROM casefile GROUP BY kind") {
        statistics.cases[kind] = count
      }
      for (level, count) in try group("SELECT level, count(*) FROM entry GROUP BY level") {
        statistics.levels[Level(rawValue: Int(level) ?? 0)?.name ?? level] = count
      }
      for (state, count) in try group("SELECT state, count(*) FROM entry GROUP BY state") {
        statistics.states[state] = count
      }
      for (platform, count) in try group("SELECT platform, count(*) FROM entry GROUP BY platform") {
        statistics.platforms[platform] = count
      }
      for (list, count) in try group("SELECT categories, count(*) FROM entry GROUP BY categories") {
        for category in list.split(separator: " ") { statistics.categories[String(category), default: 0] += count }
      }
      for (month, count) in try group(
        "SELECT strftime('%Y-%m', moment, 'unixepoch'), count(*) FROM entry GROUP BY 1 ORDER BY 1")
      {
        statistics.months[month] = count
      }
      return statistics
    }
  }
}

extension Casebook {
  /// How many messages of each level came in since a moment, in seconds since 1970.
  public func arrivals(since moment: Int) throws(CasebookError) -> [Level: Int] {
    try read { db in
      var counts: [Level: Int] = [:]
      let rows = try Row.fetchAll(
        db, sql: "SELECT level, count(*) AS n FROM entry WHERE received >= ? GROUP BY level", arguments: [moment])
      for row in rows { if let level = Level(rawValue: row["level"]) { counts[level] = row["n"] } }
      return counts
    }
  }
}
