internal import CDropFolder
internal import Foundation

/// What tells whether a file changed: its size, times, rights and place on the disk; of a folder, those of all in it.
struct Fingerprint: Equatable, Sendable {
  enum Kind: Equatable, Sendable { case file, folder, link, special }

  var kind: Kind
  var inode: UInt64
  var mode: UInt32
  var size: Int64
  var files: Int
  var modified: Int64
  /// When the file last changed in any way, in nanoseconds since 1970; no program can set it.
  var changed: Int64

  /// Looks at a path; nil where there is nothing.
  init?(_ path: [CChar]) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    inode = UInt64(status.st_ino)
    mode = UInt32(status.st_mode)
    size = Int64(status.st_size)
    files = 1
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFLNK: kind = .link
    case S_IFDIR:
      kind = .folder
      size = 0
      files = 0
      add(path, depth: 0)
    default: kind = .special
    }
  }

  private mutating func add(_ folder: [CChar], depth: Int) {
    guard depth < 64, files < 200_000, let directory = opendir(folder) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) {
          Array(UnsafeBufferPointer(start: $0, count: strnlen($0, 256)))
        }
      }
      if name == [46] || name == [46, 46] { continue }
      let path = Array(folder.dropLast()) + [47] + name + [0]
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      modified = max(modified, Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
      changed = max(changed, Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec))
      if status.st_mode & S_IFMT == S_IFDIR {
        add(path, depth: depth + 1)
      } else if status.st_mode & S_IFMT == S_IFREG {
        size += Int64(status.st_size)
        files += 1
      }
    }
  }

  /// The content's part of it, which a rename leaves as it is.
  var content: String { "\(inode) \(size) \(files) \(modified)" }
}

/// What lies in the folder and is not complete yet, in the order in which it was seen.
struct Arrivals {
  enum Verdict: Equatable {
    case wait, ready
    /// Nothing is there any more.
    case gone
    /// It is no file or folder, or may not be read.
    case refused(String)
    /// A folder without files.
    case empty
  }

  private struct Candidate {
    var fingerprint: Fingerprint
    var since: ContinuousClock.Instant
    var first: ContinuousClock.Instant
    var wasMovedIn: Bool
  }

  private let folder: String
  private let settle: Duration
  private var candidates: [[UInt8]: Candidate] = [:]
  private var order: [[UInt8]] = []
  /// The first in the order that may still be there; ten thousand files must not be gone through for each one taken.
  private var head = 0

  init(folder: String, settle: Duration) {
    self.folder = folder
    self.settle = settle
  }

  var count: Int { candidates.count }
  /// The names, oldest first.
  var names: ArraySlice<[UInt8]> { order[head...] }

  /// Notes that something is there, or changed.
  /// - Parameter movedIn: it was renamed into the folder, and so is complete.
  mutating func note(_ name: [UInt8], movedIn: Bool) {
    guard !FolderLayout.isPassedOver(name) else { return }
    if candidates[name] != nil {
      if movedIn { candidates[name]?.wasMovedIn = true }
      return
    }
    guard let fingerprint = Fingerprint(FolderLayout.path(folder, name)) else { return }
    candidates[name] = Candidate(fingerprint: fingerprint, since: .now, first: .now, wasMovedIn: movedIn)
    order.append(name)
  }

  /// Forgets a name that was taken or is gone.
  mutating func forget(_ name: [UInt8]) {
    guard candidates.removeValue(forKey: name) != nil else { return }
    while head < order.count, candidates[order[head]] == nil { head += 1 }
    if head > 1024, head * 2 > order.count {
      order.removeFirst(head)
      head = 0
    }
  }

  /// How long a name has been seen.
  func age(_ name: [UInt8]) -> Duration { candidates[name].map { .now - $0.first } ?? .zero }

  /// Whether a file is complete: renamed in; or size, times and rights stayed the same for the settling time, and no
  /// program has it open for writing, as far as the system tells.
  mutating func judge(_ name: [UInt8]) -> Verdict {
    let path = FolderLayout.path(folder, name)
    guard var candidate = candidates[name], let found = Fingerprint(path) else { return .gone }
    switch found.kind {
    case .link: return .refused("this is a link; links are not followed. Put the file itself here")
    case .special: return .refused("this is no file but a device, a pipe or a socket")
    case .folder where found.files == 0: return .empty
    case .file, .folder: break
    }
    if found != candidate.fingerprint {
      candidate.fingerprint = found
      candidate.since = .now
      candidates[name] = candidate
      if !candidate.wasMovedIn { return .wait }
    }
    // The clock of the machine tells of a file that lay here already; a clock that was set back tells nothing.
    let old = Int64(Date().timeIntervalSince1970 * 1e9) - found.changed
    let isSettled =
      candidate.wasMovedIn || ContinuousClock.now - candidate.since >= settle
      || old >= Int64(settle / .nanoseconds(1)) && old < 400 * 86_400 * 1_000_000_000
    guard isSettled else { return .wait }
    if found.kind == .folder { return .ready }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return .gone }
      if errno == EMFILE || errno == ENFILE { return .wait }
      return .refused(
        "the file cannot be opened: \(String(cString: strerror(errno))); give the daemon the right to read")
    }
    defer { close(descriptor) }
    return weerbaar_is_written(descriptor) == 1 ? .wait : .ready
  }
}
