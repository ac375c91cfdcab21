import Foundation

/// A file that grows: at its end more is waited for. A file that was replaced (rotated) is read to its end before the new
/// one is begun; one that was cut back is begun anew. A line that was left unfinished then counts as a line.
final class FollowingStream: ByteStream {
  let name: String
  private let stop: StopSignal
  private var descriptor: Int32
  private var position: off_t = 0
  private var lastByte: UInt8 = 10
  private static let pause: Int32 = 100

  init(path: String, stop: StopSignal) throws(StreamError) {
    name = path
    self.stop = stop
    descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(file: path, code: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .unusable(file: path, reason: "only a regular file can be followed")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func read(into space: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
    while !stop.isSet {
      let count = Foundation.read(descriptor, space.baseAddress, space.count)
      if count > 0 {
        position += off_t(count)
        lastByte = space[count - 1]
        return count
      }
      if count < 0, errno != EINTR, errno != EAGAIN { throw .cannotRead(file: name, code: errno) }
      if count == 0, try begunAnew() {
        guard lastByte != 10 else { continue }
        lastByte = 10
        space[0] = 10
        return 1
      }
      _ = stop.wait(for: -1, milliseconds: Self.pause)
    }
    return 0
  }

  /// Whether the file was replaced or cut back, and is now read from its beginning.
  private func begunAnew() throws(StreamError) -> Bool {
    var open = stat()
    guard fstat(descriptor, &open) == 0 else { throw .cannotRead(file: name, code: errno) }
    if open.st_size < position {
      lseek(descriptor, 0, SEEK_SET)
      position = 0
      return true
    }
    var named = stat()
    // Between a rename and the next file there is none for a while.
    guard stat(name, &named) == 0, named.st_ino != open.st_ino || named.st_dev != open.st_dev else { return false }
    // What was written between our last look and the rename.
    if open.st_size > position { return false }
    let next = Foundation.open(name, O_RDONLY | O_CLOEXEC)
    guard next >= 0 else { return false }
    close(descriptor)
    descriptor = next
    position = 0
    return true
  }
}
