/// Tells of most hashes that are not in a set that they are not, at the cost of reading one bit.
struct HashFilter: Sendable {
  private static let indexBits: UInt64 = 19

  /// The bits, 64 together.
  let words: PlainTable<UInt64>

  /// A filter of these hashes. O(n).
  init(_ hashes: [UInt64]) {
    var words = [UInt64](repeating: 0, count: 1 << (Self.indexBits - 6))
    for hash in hashes { words[Self.word(hash)] |= Self.bit(hash) }
    self.words = PlainTable(words)
  }

  /// A filter that was written before.
  init(_ words: PlainTable<UInt64>) throws(ByteReader.Truncated) {
    guard words.count == 1 << (Self.indexBits - 6) else { throw ByteReader.Truncated() }
    self.words = words
  }

  /// Whether a hash may be in the set. O(1).
  @inline(__always)
  func mayContain(_ hash: UInt64) -> Bool { words.values[Self.word(hash)] & Self.bit(hash) != 0 }

  @inline(__always)
  private static func word(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> (64 - indexBits + 6)) }

  @inline(__always)
  private static func bit(_ hash: UInt64) -> UInt64 { 1 << (hash >> (64 - indexBits) & 63) }
}
