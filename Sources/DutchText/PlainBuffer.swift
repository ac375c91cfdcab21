/// A growable run of plain values, used again and again: like an array, but for buffers that one thread owns, so that
/// nothing needs counting or checking but the room.
public struct PlainBuffer<Element: BitwiseCopyable>: ~Copyable {
  /// Bytes behind the room that may be read, though nothing of meaning stands there.
  public static var slack: Int { 32 }

  @usableFromInline var start: UnsafeMutablePointer<Element>
  @usableFromInline var length = 0
  @usableFromInline var room: Int

  public init(capacity: Int = 256) {
    room = capacity
    start = Self.allocate(capacity)
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
    let bytes = capacity * MemoryLayout<Element>.stride + slack
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: max(16, MemoryLayout<Element>.alignment))
    // What is read before it was written must be the same in every run.
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    return memory.assumingMemoryBound(to: Element.self)
  }

  /// The first value; valid until the buffer grows.
  @inlinable @inline(__always)
  public var base: UnsafeMutablePointer<Element> { start }

  /// Number of values.
  @inlinable @inline(__always)
  public var count: Int { length }

  /// Makes room for `needed` values in all. Amortised O(1).
  @inlinable @inline(__always)
  public mutating func reserve(_ needed: Int) { if needed > room { grow(needed) } }

  @usableFromInline @inline(never)
  mutating func grow(_ needed: Int) {
    let larger = max(needed, room * 2)
    let new = Self.allocate(larger)
    new.update(from: start, count: length)
    UnsafeMutableRawPointer(start).deallocate()
    start = new
    room = larger
  }

  @inlinable @inline(__always)
  public mutating func append(_ value: Element) {
    if length == room { grow(length + 1) }
    start[length] = value
    length += 1
  }

  /// Takes in `number` values that were written behind the last one, into room that was reserved.
  @inlinable @inline(__always)
  public mutating func commit(_ number: Int) {
    assert(length + number <= room)
    length += number
  }

  @inlinable @inline(__always)
  public mutating func removeAll() { length = 0 }

  public mutating func removeLast(_ number: Int) {
    precondition(number <= length)
    length -= number
  }

  /// Removes the values in a range. O(n).
  public mutating func remove(_ range: Range<Int>) {
    precondition(range.upperBound <= length)
    (start + range.lowerBound).update(from: start + range.upperBound, count: length - range.upperBound)
    length -= range.count
  }

  @inlinable @inline(__always)
  public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < length)
      return start[index]
    }
    _modify {
      precondition(index >= 0 && index < length)
      yield &start[index]
    }
  }

  /// The values in a range; valid until the buffer grows.
  @inlinable @inline(__always)
  public subscript(range: Range<Int>) -> Slice<UnsafeBufferPointer<Element>> { values[range] }

  /// All values; valid until the buffer grows.
  @inlinable @inline(__always)
  public var values: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: start, count: length) }

  @inlinable public var last: Element? { length > 0 ? start[length - 1] : nil }
  @inlinable public var indices: Range<Int> { 0..<length }
}
