internal import CDropFolder
internal import Crypto
internal import Foundation

/// The places in a watched folder, and the names in them. Names are bytes: what a system allows need not be text.
struct FolderLayout: Sendable {
  let root: String
  var working: String { root + "/working" }
  var done: String { root + "/done" }
  var quarantine: String { root + "/quarantine" }
  /// What belongs to the daemon: lock, status, and its own casebook where none is named.
  var own: String { root + "/.weerbaar" }
  var status: String { own + "/status.json" }
  var metrics: String { own + "/metrics.prom" }

  static let longestName = 255

  init(_ root: String) { self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root }

  /// Makes the folders, and looks whether all lie in one file system.
  func prepare() throws(FolderError) {
    var status = stat()
    guard stat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(root) }
    let device = status.st_dev
    for path in [working, done, quarantine, own] {
      if mkdir(path, 0o700) != 0, errno != EEXIST {
        throw .cannotUse(path, reason: String(cString: strerror(errno)))
      }
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw .cannotUse(path, reason: "there is something of this name that is no folder; move it away")
      }
      guard status.st_dev == device else { throw .otherFileSystem(path) }
      guard access(path, R_OK | W_OK | X_OK) == 0 else {
        throw .cannotUse(path, reason: "no right to read and write here: \(String(cString: strerror(errno)))")
      }
    }
    guard access(root, R_OK | W_OK | X_OK) == 0 else {
      throw .cannotUse(root, reason: "no right to read and write here: \(String(cString: strerror(errno)))")
    }
  }

  // MARK: Names

  /// The bytes of a path, ended by a zero.
  static func path(_ folder: String, _ name: [UInt8]) -> [CChar] {
    (Array(folder.utf8) + [UInt8(ascii: "/")] + name + [0]).map { CChar(bitPattern: $0) }
  }

  /// The name as text that can stand in a path: itself where it is text, otherwise with what is none replaced.
  static func shown(_ name: [UInt8]) -> String {
    let text = String(decoding: name, as: UTF8.self)
    guard text.utf8.count > longestName else { return text }
    return String(decoding: shortened(Array(text.utf8), to: 200), as: UTF8.self)
  }

  /// The first bytes of a name, not cut inside a character.
  private static func shortened(_ name: [UInt8], to length: Int) -> [UInt8] {
    var end = min(name.count, length)
    while end > 0, end < name.count, name[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(name[..<end])
  }

  /// A name with something added at its end. Where that would be too long for a name, its own end gives way to eight
  /// digits of its hash.
  static func name(_ name: [UInt8], adding end: String) -> [UInt8] {
    if name.count + end.utf8.count <= longestName { return name + Array(end.utf8) }
    let hash = SHA256.hash(data: name).prefix(4).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
    return shortened(name, to: longestName - end.utf8.count - 9) + Array("~\(hash)\(end)".utf8)
  }

  /// The name with a number before its ending: "brief.txt", "brief (2).txt".
  static func name(_ name: [UInt8], number: Int) -> [UInt8] {
    guard number > 1 else { return name }
    let dot = name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 && name.count - $0 <= 12 ? $0 : nil } ?? name.count
    let addition = Array(" (\(number))".utf8)
    let stem = shortened(Array(name[..<dot]), to: longestName - addition.count - (name.count - dot))
    return stem + addition + name[dot...]
  }

  static func exists(_ path: [CChar]) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// The first free name for a file in a folder, such that its companions are free too.
  static func free(_ name: [UInt8], in folder: String, with ends: [String]) -> [UInt8] {
    var number = 1
    while true {
      let candidate = FolderLayout.name(name, number: number)
      let taken =
        exists(path(folder, candidate))
        || ends.contains { exists(path(folder, FolderLayout.name(candidate, adding: $0))) }
      if !taken { return candidate }
      number += 1
    }
  }

  /// The names in a folder, in the order of their bytes.
  static func names(in folder: String) throws(FolderError) -> [[UInt8]] {
    guard let directory = opendir(folder) else {
      throw .cannotUse(folder, reason: "the folder cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { closedir(directory) }
    var names: [[UInt8]] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
          Array(
            UnsafeBufferPointer(
              start: bytes, count: strnlen(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self), 256)))
        }
      }
      if name != [46], name != [46, 46] { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Whether what stands under a name is no export on its own account: the daemon's folders, hidden files, and the names
  /// that programs give to files that they have not finished.
  static func isPassedOver(_ name: [UInt8]) -> Bool {
    if [Array("working".utf8), Array("done".utf8), Array("quarantine".utf8)].contains(name) { return true }
    if name.first == UInt8(ascii: ".") || name.last == UInt8(ascii: "~") || name.starts(with: Array("~$".utf8)) {
      return true
    }
    let lower = String(decoding: name, as: UTF8.self).lowercased()
    return [".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp"].contains {
      lower.hasSuffix($0)
    }
  }

  // MARK: Moves

  /// Renames without overwriting. Gives 0, or the system's error.
  static func move(_ from: [CChar], _ to: [CChar]) -> Int32 { weerbaar_move(from, to) == 0 ? 0 : errno }

  /// Puts what was renamed in a folder on the disk.
  static func sync(folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
