internal import Foundation

/// What the system said when a file could not be written.
struct WriteFailure: Error {
  var path: String
  var code: Int32
  var isFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
  var reason: String { String(cString: strerror(code)) }
}

/// A file of results under its temporary name, of which the length at the last mark is known.
final class ResultFile {
  private let descriptor: Int32
  private let path: String
  private(set) var length: Int

  /// Opens the file at a mark: what lies behind it is cut off. Where the file is shorter than the mark says, it begins
  /// anew, and `length` is 0.
  init(_ path: String, mark: Int) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw WriteFailure(path: path, code: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw WriteFailure(path: path, code: errno) }
    length = Int(status.st_size) >= mark ? mark : 0
    guard ftruncate(descriptor, off_t(length)) == 0 else { throw WriteFailure(path: path, code: errno) }
  }

  deinit { close(descriptor) }

  /// Appends bytes and puts them on the disk.
  func append(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress, $0.count, off_t(length + written))
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw WriteFailure(path: path, code: errno)
      }
      written += count
    }
    guard fdatasync(descriptor) == 0 else { throw WriteFailure(path: path, code: errno) }
    length += bytes.count
  }

  /// Writes a small file as a whole: under a temporary name, on the disk, then in its place.
  static func write(_ text: String, to path: [CChar], temporary: String) throws {
    unlink(temporary)
    let file = try ResultFile(temporary, mark: 0)
    try file.append(Array(text.utf8))
    guard rename(temporary.utf8CString.map { $0 }, path) == 0 else {
      throw WriteFailure(path: temporary, code: errno)
    }
  }
}
