internal import Crypto

/// Bytes from a file or from a member of an archive, read once from the start to the end.
protocol ByteStream: AnyObject {
  /// Fills (a part of) the buffer and returns how many bytes it wrote; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Bytes that lie in memory.
final class MemoryStream: ByteStream {
  private let bytes: [UInt8]
  private var position = 0
  private let step: Int

  /// - Parameter step: at most this many bytes come out of one call; small steps test the readers' seams.
  init(_ bytes: [UInt8], step: Int = .max) {
    self.bytes = bytes
    self.step = max(step, 1)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - position, step)
    bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count])) }
    position += count
    return count
  }
}

/// A stream whose first bytes have been looked at already.
final class PeekedStream: ByteStream {
  /// The first bytes, at most as many as were asked for.
  let head: [UInt8]
  /// Whether the head is all there is.
  let isComplete: Bool
  private var position = 0
  private let rest: any ByteStream

  init(_ stream: any ByteStream, limit: Int) throws {
    var head = [UInt8](repeating: 0, count: limit)
    var count = 0
    var ended = false
    try head.withUnsafeMutableBytes { buffer in
      while count < limit {
        let got = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
        if got == 0 {
          ended = true
          break
        }
        count += got
      }
    }
    head.removeLast(limit - count)
    self.head = head
    isComplete = ended
    rest = stream
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard position < head.count else { return isComplete ? 0 : try rest.read(into: buffer) }
    let count = min(buffer.count, head.count - position)
    head.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count])) }
    position += count
    return count
  }
}

/// Passes bytes on, and hashes and counts them.
final class HashingStream: ByteStream {
  private let stream: any ByteStream
  private var hasher = SHA256()
  private(set) var count = 0
  private let progress: (Int) -> Void

  init(_ stream: any ByteStream, progress: @escaping (Int) -> Void = { _ in }) {
    self.stream = stream
    self.progress = progress
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let got = try stream.read(into: buffer)
    hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<got]))
    count += got
    progress(got)
    return got
  }

  /// Reads what is left, so that the hash is of the whole.
  func drain() throws {
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { scratch.deallocate() }
    while try read(into: scratch) > 0 {}
  }

  /// SHA-256 of what was read, in hexadecimal.
  var digest: String {
    let hex = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    for byte in hasher.finalize() { out += [hex[Int(byte >> 4)], hex[Int(byte & 15)]] }
    return String(decoding: out, as: UTF8.self)
  }
}

/// Passes bytes on and counts them.
final class CountingStream: ByteStream {
  private let stream: any ByteStream
  private let progress: (Int) -> Void

  init(_ stream: any ByteStream, progress: @escaping (Int) -> Void) {
    self.stream = stream
    self.progress = progress
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let got = try stream.read(into: buffer)
    progress(got)
    return got
  }
}

/// Reads a stream byte by byte through a buffer of its own.
final class ByteCursor {
  private let stream: any ByteStream
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private var position = 0
  private var end = 0
  private var before = 0
  private var ended = false

  init(_ stream: any ByteStream, capacity: Int = 1 << 16) {
    self.stream = stream
    buffer = .allocate(capacity: capacity)
  }

  convenience init(_ text: String) { self.init(MemoryStream(Array(text.utf8))) }

  deinit { buffer.deallocate() }

  /// Number of bytes read so far.
  var offset: Int { before + position }

  private func refill() throws -> Bool {
    guard !ended else { return false }
    before += end
    position = 0
    end = 0
    end = try stream.read(into: UnsafeMutableRawBufferPointer(buffer))
    ended = end == 0
    return !ended
  }

  /// The next byte without taking it, or nil at the end.
  @inline(__always)
  func peek() throws -> UInt8? {
    if position == end, try !refill() { return nil }
    return buffer[position]
  }

  /// Takes the next byte; nil at the end.
  @inline(__always)
  func next() throws -> UInt8? {
    if position == end, try !refill() { return nil }
    position += 1
    return buffer[position - 1]
  }

  /// Takes the byte that ``peek()`` showed.
  @inline(__always)
  func advance() { position += 1 }

  /// Appends bytes to `out` as long as they pass, at most `limit`; the rest is passed over. The next byte, if any, failed.
  @inline(__always)
  func take(into out: inout [UInt8], limit: Int, while passes: (UInt8) -> Bool) throws {
    while true {
      var index = position
      while index < end, passes(buffer[index]) { index += 1 }
      let kept = min(index - position, limit - out.count)
      if kept > 0 { out.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[position..<position + kept])) }
      position = index
      guard index == end, try refill() else { return }
    }
  }

  /// Passes over bytes.
  @inline(__always)
  func skip(while passes: (UInt8) -> Bool) throws {
    while true {
      while position < end, passes(buffer[position]) { position += 1 }
      guard position == end, try refill() else { return }
    }
  }

  /// Reads a line without its end (LF, CRLF or CR); nil at the end of the input. Of a line longer than `limit` bytes the
  /// rest is passed over.
  func line(limit: Int = 1 << 24) throws -> [UInt8]? {
    guard try peek() != nil else { return nil }
    var out: [UInt8] = []
    try take(into: &out, limit: limit) { $0 != 10 && $0 != 13 }
    if let terminator = try next(), terminator == 13, try peek() == 10 { advance() }
    return out
  }
}
