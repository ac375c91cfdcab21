internal import CDropFolder
internal import Foundation

/// The lock by which one daemon has a folder to itself. It ends with the process, whatever ends that.
final class FolderLock {
  private let descriptor: Int32

  init(_ layout: FolderLayout) throws(FolderError) {
    let path = layout.own + "/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .cannotUse(path, reason: String(cString: strerror(errno))) }
    let result = weerbaar_lock(descriptor)
    if result == 1 { throw .locked(layout.root, holder: FolderLock.holder(layout) ?? "") }
    if result != 0 { throw .cannotUse(path, reason: String(cString: strerror(errno))) }
    ftruncate(descriptor, 0)
    let text = "\(getpid())\n"
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  deinit { close(descriptor) }

  /// The process that has the lock now; nil where none has.
  static func holder(_ layout: FolderLayout) -> String? {
    let descriptor = open(layout.own + "/lock", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard weerbaar_lock(descriptor) == 1 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &buffer, 31, 0)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
