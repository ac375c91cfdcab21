import Foundation
import GRDB
import Messages
import PolicyFile
import TestSupport
import Weerbaar

@testable import Casebook

/// A clock that tests set.
final class TestClock: @unchecked Sendable {
  private let lock = NSLock()
  private var seconds: Int

  init(_ time: String) { seconds = Casebook.seconds(time) ?? 0 }

  var now: Date { lock.withLock { Date(timeIntervalSince1970: Double(seconds)) } }
  func set(_ time: String) { lock.withLock { seconds = Casebook.seconds(time) ?? 0 } }
}

func assessment(_ level: Level, _ categories: [Weerbaar.Category] = [.insult], text: String = "") -> Assessment {
  var scores = CategoryScores()
  for category in categories { scores[category] = 0.9 }
  return Assessment(
    abusive: level != .none, score: level == .none ? 0.1 : 0.95, severity: level.rawValue, level: level,
    categories: scores, target: .recipient, language: "nl",
    evidence: text.isEmpty
      ? []
      : [
        Evidence(
          category: categories[0], start: 0, end: min(4, text.unicodeScalars.count), text: String(text.prefix(4)),
          weight: 2)
      ],
    model: "test-1+00000000")
}

func message(
  _ text: String, _ author: String = "@boos", id: String? = nil, time: String? = "2026-05-01T10:00:00Z"
) -> Message {
  Message(
    id: id, text: text, time: time, platform: .other, channel: .dm, direction: .incoming,
    author: Party(handle: author), recipient: Party(handle: "@wethouder"), conversation: "c-\(author)",
    source: Source(file: "berichten.ndjson", locator: "line 1", sha256: String(repeating: "a", count: 64)))
}

func evidence(
  _ text: String, _ author: String = "@boos", _ level: Level = .report, id: String? = nil,
  time: String? = "2026-05-01T10:00:00Z"
) -> CaseEvidence {
  CaseEvidence(message: message(text, author, id: id, time: time), assessment: assessment(level, text: text))
}

/// Runs a test on a new casebook.
func withCasebook(
  _ time: String = "2026-05-02T09:00:00Z", _ body: (Casebook, TestClock) throws -> Void
) throws {
  try Places.withFolder { folder in
    let clock = TestClock(time)
    let casebook = try Casebook.open(
      folder.appending(path: "zaken.casebook").path, creating: true, clock: { clock.now })
    try body(casebook, clock)
    casebook.close()
  }
}

extension Casebook {
  /// Changes the database behind the casebook's back.
  func tamper(_ sql: String) throws {
    try pool.write { db in
      try db.execute(
        sql: "DROP TRIGGER IF EXISTS history_is_not_changed; DROP TRIGGER IF EXISTS history_is_not_removed")
      try db.execute(sql: "PRAGMA defer_foreign_keys = ON; " + sql)
    }
  }
}
