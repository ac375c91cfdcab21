/// Writes integers and arrays of plain values, little-endian, for the sections of the model file.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func write<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// A count and then the values as they lie in memory; the type must be plain, without padding that holds chance bytes.
  package mutating func write<Value: BitwiseCopyable>(array: [Value]) {
    write(UInt64(array.count))
    while bytes.count % 16 != 0 { bytes.append(0) }
    array.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  /// The same for a table.
  mutating func write<Value: BitwiseCopyable>(table: PlainTable<Value>) { write(array: Array(table.values)) }

  package mutating func write(string: String) { write(array: Array(string.utf8)) }
}

/// Reads what ``ByteWriter`` wrote. Every read is checked against the end.
package struct ByteReader {
  /// The bytes end before the value does.
  package struct Truncated: Error {}

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package mutating func read<Value: FixedWidthInteger>(_ type: Value.Type) throws(Truncated) -> Value {
    let size = MemoryLayout<Value>.size
    guard position + size <= bytes.count else { throw Truncated() }
    defer { position += size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Value.self))
  }

  /// An array that stays where it is.
  mutating func readTable<Value: BitwiseCopyable>(
    _ type: Value.Type, _ owner: any AnyObject & Sendable
  ) throws(Truncated) -> PlainTable<Value> {
    let count = try read(UInt64.self)
    position = (position + 15) & ~15
    let stride = MemoryLayout<Value>.stride
    guard count <= UInt64(bytes.count / max(stride, 1)), position + Int(count) * stride <= bytes.count,
      let base = bytes.baseAddress, UInt(bitPattern: base + position) % UInt(MemoryLayout<Value>.alignment) == 0
    else { throw Truncated() }
    defer { position += Int(count) * stride }
    return PlainTable(
      UnsafeBufferPointer(start: (base + position).assumingMemoryBound(to: Value.self), count: Int(count)), owner: owner
    )
  }

  package mutating func readArray<Value: BitwiseCopyable>(_ type: Value.Type) throws(Truncated) -> [Value] {
    let count = try read(UInt64.self)
    position = (position + 15) & ~15
    let stride = MemoryLayout<Value>.stride
    guard count <= UInt64(bytes.count / max(stride, 1)), position + Int(count) * stride <= bytes.count else {
      throw Truncated()
    }
    defer { position += Int(count) * stride }
    let from = position
    return [Value](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
      if count > 0, let base = bytes.baseAddress {
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(start: base + from, count: Int(count) * stride))
      }
      initialized = Int(count)
    }
  }

  package mutating func readString() throws(Truncated) -> String {
    String(decoding: try readArray(UInt8.self), as: UTF8.self)
  }
}

/// A table of plain values that never changes: in a mapped file, or made anew.
struct PlainTable<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The values, in place as long as the table lives.
  let values: UnsafeBufferPointer<Element>
  private let owner: any AnyObject & Sendable

  /// A table over values that `owner` keeps in place.
  init(_ values: UnsafeBufferPointer<Element>, owner: any AnyObject & Sendable) {
    self.values = values
    self.owner = owner
  }

  /// A table with a copy of these values.
  init(_ array: [Element]) {
    let copy = Allocation(array)
    self.init(UnsafeBufferPointer(copy.values), owner: copy)
  }

  private final class Allocation: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Element>

    init(_ array: [Element]) {
      values = .allocate(capacity: array.count)
      _ = values.initialize(from: array)
    }

    deinit { values.deallocate() }
  }

  @inline(__always)
  var count: Int { values.count }

  @inline(__always)
  subscript(index: Int) -> Element {
    precondition(index >= 0 && index < values.count)
    return values[index]
  }
}
