internal import Foundation
internal import GRDB

/// A file that is being worked off.
public struct Job: Sendable, Equatable {
  public enum State: String, Sendable {
    /// Recorded, but perhaps not moved yet.
    case taken
    /// Its messages are being assessed.
    case working
    /// All is done; results and file are on their way to their places.
    case done
    /// It cannot be read; it is on its way to quarantine.
    case refused
  }

  public var id: String
  /// The name as it stands in the folder, byte for byte.
  public var name: [UInt8]
  /// The name as text, for the place in which the file is worked off.
  public var shown: String
  /// When it was taken, in seconds since 1970.
  public var taken: Int
  public var state: State
  /// Messages of the file whose results are in the result file and the casebook.
  public var messages: Int
  /// The length of the result file at that place.
  public var bytes: Int
  public var flagged: Int
  public var added: Int
  /// What told the file's content when the work began.
  public var fingerprint: String
  public var attempts: Int
  /// The name that the file gets in its last place, once that was chosen.
  public var placed: [UInt8]?

  public init(id: String, name: [UInt8], shown: String, taken: Int) {
    self.id = id
    self.name = name
    self.shown = shown
    self.taken = taken
    state = .taken
    messages = 0
    bytes = 0
    flagged = 0
    added = 0
    fingerprint = ""
    attempts = 0
  }
}

/// How far a job is after a run of messages.
public struct JobProgress: Sendable {
  public var job: String
  public var messages: Int
  public var bytes: Int
  public var flagged: Int

  public init(job: String, messages: Int, bytes: Int, flagged: Int) {
    self.job = job
    self.messages = messages
    self.bytes = bytes
    self.flagged = flagged
  }

  func save(_ db: Database, added: Int) throws {
    try db.cachedStatement(
      sql: "UPDATE job SET messages = ?, bytes = ?, flagged = ?, added = added + ? WHERE id = ?"
    ).execute(arguments: [messages, bytes, flagged, added, job])
  }
}

extension Casebook {
  private static func job(_ row: Row) -> Job {
    var job = Job(
      id: row["id"], name: Array(row["name"] as Data), shown: row["shown"], taken: row["taken"])
    job.state = Job.State(rawValue: row["state"]) ?? .taken
    job.messages = row["messages"]
    job.bytes = row["bytes"]
    job.flagged = row["flagged"]
    job.added = row["added"]
    job.fingerprint = row["fingerprint"]
    job.attempts = row["attempts"]
    job.placed = (row["placed"] as Data?).map { Array($0) }
    return job
  }

  /// Files that are not finished, in the order in which they were taken.
  public func jobs() throws(CasebookError) -> [Job] {
    try read { try Row.fetchAll($0, sql: "SELECT * FROM job ORDER BY taken, id").map(Casebook.job) }
  }

  /// Records a job, or what has become of it.
  public func save(_ job: Job) throws(CasebookError) { try write { try Casebook.save(job, $0) } }

  /// Records that all of a file is done, also in the history, in one transaction.
  /// - Parameter sha256: the file's hash; nothing goes into the history where nil.
  public func complete(_ job: Job, sha256: String?, actor: String) throws(CasebookError) {
    try write { db in
      try Casebook.save(job, db)
      guard let sha256 else { return }
      var history = try HistoryWriter(db, time: Moment.text(clock()), actor: actor)
      let counts = "\"messages\":\(job.messages),\"flagged\":\(job.flagged),\"new\":\(job.added)"
      try history.append(.file, "", "{\"sha256\":\"\(sha256)\",\(counts)}")
      try history.finish()
    }
  }

  /// Ends a job.
  public func finish(_ job: Job) throws(CasebookError) {
    try write { try $0.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [job.id]) }
  }

  private static func save(_ job: Job, _ db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO job (id, name, shown, taken, state, messages, bytes, flagged, added, fingerprint, attempts, placed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, messages = excluded.messages, bytes = excluded.bytes,
          flagged = excluded.flagged, added = excluded.added, fingerprint = excluded.fingerprint,
          attempts = excluded.attempts, placed = excluded.placed
        """
    ).execute(arguments: [
      job.id, Data(job.name), job.shown, job.taken, job.state.rawValue, job.messages, job.bytes, job.flagged,
      job.added, job.fingerprint, job.attempts, job.placed.map { Data($0) },
    ])
  }

  /// A value that the daemon keeps from run to run, such as the day of the last digest.
  public func setting(_ name: String) throws(CasebookError) -> String? {
    try read { try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = ?", arguments: ["daemon.\(name)"]) }
  }

  public func set(_ name: String, _ value: String) throws(CasebookError) {
    try write {
      try $0.execute(
        sql: "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        arguments: ["daemon.\(name)", value])
    }
  }
}
