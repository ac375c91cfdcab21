internal import CLibArchive
import Foundation

/// Passes bytes on as they are, or unpacked where they begin as gzip or Zstandard does.
final class UnpackingStream: ByteStream {
  private let source: any ByteStream
  private let stop: StopSignal
  private var unpacker: Unpacker?
  private var isKnown = false

  var name: String { source.name }

  init(_ source: any ByteStream, stop: StopSignal) {
    self.source = source
    self.stop = stop
  }

  func read(into space: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
    if let unpacker { return try unpacker.read(into: space) }
    var count = try source.read(into: space)
    if isKnown || count == 0 { return count }
    isKnown = true
    // Neither first byte can begin a line of JSON, nor text in UTF-8 that is a table; so nothing is held up here.
    let marks: [[UInt8]] = [[0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD]]
    guard let mark = marks.first(where: { $0[0] == space[0] }) else { return count }
    while count < mark.count, space.count > count {
      let more = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: space[count...]))
      if more == 0 { return count }
      count += more
    }
    guard space.prefix(mark.count).elementsEqual(mark) else { return count }
    let made = try Unpacker(source, head: Array(space.prefix(count)), stop: stop)
    unpacker = made
    return try made.read(into: space)
  }
}

/// Unpacks a gzip or Zstandard stream, several of them one after another too, with libarchive.
private final class Unpacker {
  private let handle: OpaquePointer
  private let source: any ByteStream
  private let stop: StopSignal
  private let buffer: UnsafeMutableRawBufferPointer
  private var head: [UInt8]
  private var failure: StreamError?
  /// What libarchive gave and was not passed on yet.
  private var rest = UnsafeRawBufferPointer(start: nil, count: 0)
  private var isAtEnd = false

  init(_ source: any ByteStream, head: [UInt8], stop: StopSignal) throws(StreamError) {
    guard let handle = archive_read_new() else { throw .damaged(file: source.name, reason: "out of memory") }
    self.handle = handle
    self.source = source
    self.stop = stop
    self.head = head
    buffer = .allocate(byteCount: max(1 << 16, head.count), alignment: 16)
    archive_read_support_filter_gzip(handle)
    archive_read_support_filter_zstd(handle)
    archive_read_support_format_raw(handle)
    archive_read_support_format_empty(handle)
    let client = Unmanaged.passUnretained(self).toOpaque()
    let opened = archive_read_open(
      handle, client, nil,
      { _, client, bytes in
        guard let client, let bytes else { return -1 }
        return Unmanaged<Unpacker>.fromOpaque(client).takeUnretainedValue().feed(bytes)
      }, nil)
    var entry: OpaquePointer?
    let next = opened == ARCHIVE_OK ? archive_read_next_header(handle, &entry) : opened
    if next == ARCHIVE_EOF { isAtEnd = true } else if next != ARCHIVE_OK { throw damage() }
  }

  deinit {
    archive_read_free(handle)
    buffer.deallocate()
  }

  /// Gives libarchive the next packed bytes.
  private func feed(_ bytes: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    bytes.pointee = UnsafeRawPointer(buffer.baseAddress)
    if !head.isEmpty {
      buffer.copyBytes(from: head)
      defer { head = [] }
      return head.count
    }
    do {
      return try source.read(into: buffer)
    } catch {
      failure = error
      return -1
    }
  }

  private func damage() -> StreamError {
    let reason = archive_error_string(handle).map { String(cString: $0) }
    return failure ?? .damaged(file: source.name, reason: reason ?? "unknown")
  }

  func read(into space: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
    while rest.isEmpty, !isAtEnd {
      var start: UnsafeRawPointer?
      var size = 0
      var offset: Int64 = 0
      let status = archive_read_data_block(handle, &start, &size, &offset)
      if status == ARCHIVE_EOF {
        isAtEnd = true
      } else if status == ARCHIVE_OK || status == ARCHIVE_WARN {
        rest = UnsafeRawBufferPointer(start: start, count: size)
      } else if status != ARCHIVE_RETRY {
        // A run that was asked to end stops in the middle of the file, which is no damage.
        if stop.isSet { return 0 }
        throw damage()
      }
    }
    let count = min(rest.count, space.count)
    space.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[0..<count]))
    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    return count
  }
}
