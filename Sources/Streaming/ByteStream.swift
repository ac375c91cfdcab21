import Foundation

/// Bytes from somewhere, in order.
public protocol ByteStream: AnyObject {
  /// The name for messages.
  var name: String { get }
  /// Reads at least one byte into `space`, waiting for it; 0 at the end, or where the run was asked to end.
  func read(into space: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int
}

/// Standard input, or a file or pipe by its path.
final class DescriptorStream: ByteStream {
  let name: String
  let descriptor: Int32
  private let isOwned: Bool
  private let stop: StopSignal
  /// Whether reading may wait for long, so that a request to end must be able to interrupt it.
  private let mayWait: Bool

  /// - Parameter path: a path, or `-` for standard input.
  init(path: String, stop: StopSignal) throws(StreamError) {
    self.stop = stop
    name = path == "-" ? "stdin" : path
    isOwned = path != "-"
    descriptor = isOwned ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
    guard descriptor >= 0 else { throw .cannotOpen(file: path, code: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotOpen(file: name, code: errno) }
    if status.st_mode & S_IFMT == S_IFDIR {
      if isOwned { close(descriptor) }
      throw .isFolder(file: name)
    }
    mayWait = status.st_mode & S_IFMT != S_IFREG
    if !mayWait { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
  }

  deinit { if isOwned { close(descriptor) } }

  func read(into space: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
    while true {
      if mayWait ? !stop.wait(for: descriptor) : stop.isSet { return 0 }
      let count = Foundation.read(descriptor, space.baseAddress, space.count)
      if count >= 0 { return count }
      if errno != EINTR && errno != EAGAIN { throw .cannotRead(file: name, code: errno) }
    }
  }
}
