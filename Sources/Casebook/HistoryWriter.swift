internal import Crypto
internal import Foundation
internal import GRDB

/// Adds records to the history, inside one transaction.
struct HistoryWriter {
  private let db: Database
  private let time: String
  private let actor: String
  private var number: Int
  private var head: String

  init(_ db: Database, time: String, actor: String) throws {
    self.db = db
    self.time = time
    self.actor = actor
    let last = try Row.fetchOne(db, sql: "SELECT number, hash FROM history ORDER BY number DESC LIMIT 1")
    number = last?["number"] ?? 0
    head = last?["hash"] ?? HistoryRecord.origin
  }

  mutating func append(_ action: HistoryRecord.Action, _ subject: String, _ body: String) throws {
    var record = HistoryRecord(
      number: number + 1, time: time, actor: actor, action: action.rawValue, subject: subject, body: body,
      previous: head, hash: "")
    record.hash = record.expectedHash
    try db.cachedStatement(sql: "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
      record.number, record.time, record.actor, record.action, record.subject, record.body, record.previous,
      record.hash,
    ])
    number = record.number
    head = record.hash
  }

  /// Keeps the head and the number of records, so that records missing at the end are noticed.
  func finish() throws {
    try db.cachedStatement(sql: "UPDATE meta SET value = ? WHERE key = 'head'").execute(arguments: [head])
    try db.cachedStatement(sql: "UPDATE meta SET value = ? WHERE key = 'records'").execute(arguments: [number])
  }
}

/// Personal content, kept under a salted hash.
enum Content {
  static func digest(salt: Data, body: Data) -> String {
    var hash = SHA256()
    hash.update(data: salt)
    hash.update(data: body)
    return hash.finalize().hexadecimal
  }

  /// Keeps a content and gives its digest.
  static func insert(_ body: Data, _ db: Database) throws -> String {
    var generator = SystemRandomNumberGenerator()
    var salt = Data(capacity: 16)
    for _ in 0..<2 { withUnsafeBytes(of: generator.next()) { salt.append(contentsOf: $0) } }
    let digest = digest(salt: salt, body: body)
    try db.cachedStatement(sql: "INSERT INTO content VALUES (?, ?, ?)").execute(arguments: [digest, salt, body])
    return digest
  }
}
