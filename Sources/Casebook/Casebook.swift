internal import Crypto
public import Foundation
internal import GRDB
internal import Synchronization

/// The evidence of an office: messages, the cases they belong to, what was done, and a history that shows whether
/// anything was changed. One SQLite file that only its owner may read.
///
/// ```swift
/// let casebook = try Casebook.open("zaken.casebook", creating: true)
/// let outcome = try casebook.add([evidence], policy: .standard, actor: "griffie")
/// for item in try casebook.entries(EntryFilter(level: .police)) { print(item.name) }
/// ```
///
/// May be used from several threads, and by several processes at once.
public final class Casebook: Sendable {
  /// The file.
  public let path: String
  let pool: DatabasePool
  let clock: @Sendable () -> Date
  /// With this key senders and messages are hashed, so that the hashes that stay after an erasure tell nobody anything.
  let key: SymmetricKey

  private init(path: String, pool: DatabasePool, key: SymmetricKey, clock: @escaping @Sendable () -> Date) {
    self.path = path
    self.pool = pool
    self.key = key
    self.clock = clock
  }

  // MARK: Opening

  /// Opens a casebook.
  /// - Parameters:
  ///   - creating: makes it where there is none.
  ///   - thoroughly: looks for damage in the whole file first.
  ///   - clock: what time it is.
  public static func open(
    _ path: String, creating: Bool = false, thoroughly: Bool = false, clock: @escaping @Sendable () -> Date = { Date() }
  ) throws(CasebookError) -> Casebook {
    try prepareFile(path, creating: creating)
    return try translating(path) {
      var configuration = Configuration()
      configuration.busyMode = .timeout(20)
      configuration.label = "casebook"
      configuration.maximumReaderCount = 4
      configuration.prepareDatabase { db in
        // What is erased is overwritten, and what is committed is on the disk.
        try db.execute(sql: "PRAGMA secure_delete = ON; PRAGMA synchronous = FULL")
      }
      // Nothing is written before the file is known to be a sound casebook.
      var looking = configuration
      looking.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: looking)
      try queue.read { db in
        let id = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if id != Schema.applicationID, tables > 0 || id != 0 { throw CasebookError.notACasebook(file: path) }
        if try Schema.migrator.hasBeenSuperseded(db) { throw CasebookError.tooNew(file: path) }
        guard thoroughly else { return }
        let problems = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
        if problems != ["ok"] {
          throw CasebookError.damaged(file: path, reason: problems.first ?? "no answer", backup: newestBackup(of: path))
        }
      }
      try queue.close()
      let pool = try DatabasePool(path: path, configuration: configuration)
      try Schema.migrator.migrate(pool)
      let key = try pool.write { db in
        if let key = try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'key'") { return key }
        var generator = SystemRandomNumberGenerator()
        let key = Data((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
        try db.execute(
          sql: "INSERT INTO meta VALUES ('key', ?), ('head', ?), ('records', 0)",
          arguments: [key, HistoryRecord.origin])
        var writer = try HistoryWriter(db, time: Moment.text(clock()), actor: "weerbaar")
        try writer.append(.begin, "", "{\"format\":1}")
        try writer.finish()
        return key
      }
      return Casebook(path: path, pool: pool, key: SymmetricKey(data: key), clock: clock)
    }
  }

  /// Sees to it that the file is there, is a database, and belongs to its owner only.
  private static func prepareFile(_ path: String, creating: Bool) throws(CasebookError) {
    var status = stat()
    if stat(path, &status) != 0 {
      guard errno == ENOENT else { throw .cannotOpen(file: path, reason: String(cString: strerror(errno))) }
      guard creating else { throw .missing(file: path) }
      let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else {
        throw errno == ENOSPC
          ? .full(file: path) : .cannotOpen(file: path, reason: String(cString: strerror(errno)))
      }
      _ = Foundation.close(descriptor)
      return
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notACasebook(file: path) }
    guard access(path, R_OK) == 0 else { throw .cannotOpen(file: path, reason: String(cString: strerror(errno))) }
    // Not by a descriptor: closing one would drop SQLite's locks on the file in this process.
    if status.st_mode & 0o077 != 0, status.st_uid == geteuid() { chmod(path, 0o600) }
  }

  /// Runs what uses the database, and says in the casebook's own terms what fails.
  static func translating<Result>(_ path: String, _ body: () throws -> Result) throws(CasebookError) -> Result {
    do {
      return try body()
    } catch let error as CasebookError {
      throw error
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_NOTADB:
        // A file that has backups beside it was a casebook once.
        guard let backup = newestBackup(of: path) else { throw .notACasebook(file: path) }
        throw .damaged(file: path, reason: "its beginning is no database", backup: backup)
      case .SQLITE_CORRUPT:
        throw .damaged(file: path, reason: error.message ?? "\(error.resultCode)", backup: newestBackup(of: path))
      case .SQLITE_FULL: throw .full(file: path)
      case .SQLITE_IOERR where errno == ENOSPC || errno == EDQUOT: throw .full(file: path)
      case .SQLITE_IOERR:
        throw isFull(path) ? .full(file: path) : .failed(file: path, reason: error.message ?? "\(error)")
      case .SQLITE_BUSY, .SQLITE_LOCKED: throw .busy(file: path)
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
        throw isFull(path) ? .full(file: path) : .cannotOpen(file: path, reason: error.message ?? "\(error)")
      default: throw .failed(file: path, reason: error.message ?? "\(error)")
      }
    } catch {
      throw .failed(file: path, reason: "\(error)")
    }
  }

  /// Whether the file system has no room left.
  private static func isFull(_ path: String) -> Bool {
    var status = statvfs()
    guard statvfs(URL(filePath: path).deletingLastPathComponent().path, &status) == 0 else { return false }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize) < 1 << 18
  }

  func read<Result>(_ body: (Database) throws -> Result) throws(CasebookError) -> Result {
    try Casebook.translating(path) { try pool.read(body) }
  }

  func write<Result>(_ body: (Database) throws -> Result) throws(CasebookError) -> Result {
    try Casebook.translating(path) { try pool.write(body) }
  }

  /// A hash that only this casebook can make again.
  func hashed(_ parts: String?...) -> String {
    var hash = HMAC<SHA256>(key: key)
    for part in parts {
      hash.update(data: Data((part ?? "").utf8))
      hash.update(data: [0xFF])
    }
    return hash.finalize().hexadecimal
  }

  // MARK: Backups

  /// Backups kept beside the casebook.
  private static let backupsKept = 7

  /// The backups beside a casebook, oldest first.
  static func backups(of path: String) -> [String] {
    let url = URL(filePath: path)
    let prefix = url.lastPathComponent + ".backup-"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)) ?? []
    return names.filter { $0.hasPrefix(prefix) && $0.count == prefix.count + 10 }.sorted().map {
      url.deletingLastPathComponent().appending(path: $0).path
    }
  }

  static func newestBackup(of path: String) -> String? { backups(of: path).last }

  /// Makes the backup of the day beside the casebook, `NAME.backup-YEAR-MONTH-DAY`, where there is none yet. The last
  /// seven stay.
  /// - Parameter replacing: removes all backups first, since they hold what was erased.
  public func backUp(replacing: Bool = false) throws(CasebookError) {
    let target = "\(path).backup-\(Moment.text(clock()).prefix(10))"
    if !replacing, FileManager.default.fileExists(atPath: target) { return }
    try Casebook.translating(path) {
      let temporary = target + ".new"
      unlink(temporary)
      let descriptor = Foundation.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw CasebookError.failed(file: temporary, reason: String(cString: strerror(errno)))
      }
      _ = Foundation.close(descriptor)
      do {
        let copy = try DatabaseQueue(path: temporary)
        try pool.backup(to: copy)
        try copy.close()
      } catch {
        unlink(temporary)
        throw error
      }
      if replacing { for old in Casebook.backups(of: path) { unlink(old) } }
      guard rename(temporary, target) == 0 else {
        throw CasebookError.failed(file: target, reason: String(cString: strerror(errno)))
      }
      for old in Casebook.backups(of: path).dropLast(Casebook.backupsKept) { unlink(old) }
    }
  }

  /// Puts everything into the one file and closes it.
  public func close() {
    // A reader of another process may hold the write-ahead log; then it stays, and nothing is lost.
    _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    try? pool.close()
  }
}
