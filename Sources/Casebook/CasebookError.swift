/// What goes wrong with a casebook, and what helps.
public enum CasebookError: Error, CustomStringConvertible, Sendable, Equatable {
  case missing(file: String)
  case cannotOpen(file: String, reason: String)
  /// The file is something else.
  case notACasebook(file: String)
  /// A newer program made it.
  case tooNew(file: String)
  /// The database is damaged; the newest backup, where there is one.
  case damaged(file: String, reason: String, backup: String?)
  /// There is no room on the disk.
  case full(file: String)
  /// Another program holds the casebook for long.
  case busy(file: String)
  case noSuchCase(String)
  case failed(file: String, reason: String)
  case wrongColumns(file: String, line: Int, reason: String)

  public var description: String {
    switch self {
    case .missing(let file): "\(file): there is no such casebook; inbox --casebook or watch --casebook makes one"
    case .cannotOpen(let file, let reason): "\(file): the casebook cannot be opened: \(reason)"
    case .notACasebook(let file): "\(file): this is no casebook; nothing was changed. Name another file"
    case .tooNew(let file): "\(file): a newer version of the program made this casebook; use that version"
    case .damaged(let file, let reason, let backup):
      "\(file): the casebook is damaged (\(reason)); nothing was written to it. "
        + (backup.map { "Keep the damaged file for examination, and continue with a copy of the newest backup, \($0)" }
          ?? "There is no backup beside it; restore one from the backups of this machine")
    case .full(let file): "\(file): there is no room on the disk; make room and try again"
    case .busy(let file): "\(file): another program holds the casebook; try again in a moment"
    case .noSuchCase(let name):
      "there is no \(name) in this casebook; cases have numbers such as 3, and their messages such as 3.2"
    case .failed(let file, let reason): "\(file): \(reason)"
    case .wrongColumns(let file, let line, let reason): "\(file):\(line): \(reason)"
    }
  }
}
