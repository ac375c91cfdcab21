/// What stops the daemon, and the cure.
public enum FolderError: Error, CustomStringConvertible, Sendable, Equatable {
  case notAFolder(String)
  case cannotUse(String, reason: String)
  /// Another daemon watches the folder.
  case locked(String, holder: String)
  /// A folder of the daemon lies in another file system, so that files cannot be moved in one step.
  case otherFileSystem(String)
  /// There is no room, and the run was to end.
  case noRoom(String)

  public var description: String {
    switch self {
    case .notAFolder(let path): "\(path): this is no folder; make it first, or name another"
    case .cannotUse(let path, let reason): "\(path): \(reason)"
    case .locked(let path, let holder):
      "\(path): another daemon watches this folder\(holder.isEmpty ? "" : " (process \(holder))"); stop it first"
    case .otherFileSystem(let path):
      "\(path): this lies in another file system than the folder that is watched; files could not be moved in one step"
    case .noRoom(let path): "\(path): there is no room on the disk; what was begun goes on where it stopped"
    }
  }
}
