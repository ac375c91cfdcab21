/// A 64-bit hash that is the same in every process and on every machine (Swift's own `Hasher` is seeded anew each run).
///
/// Bytes go through FNV-1a with a finishing mix (the 64-bit finaliser of MurmurHash3, by Austin Appleby, public domain).
public enum FixedHash {
  @usableFromInline static let offset: UInt64 = 0xcbf2_9ce4_8422_2325
  @usableFromInline static let prime: UInt64 = 0x0000_0100_0000_01b3

  /// Spreads the bits of a value over all 64.
  @inlinable @inline(__always)
  public static func mix(_ value: UInt64) -> UInt64 {
    var hash = value
    hash ^= hash >> 33
    hash = hash &* 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 33
    hash = hash &* 0xc4ce_b9fe_1a85_ec53
    hash ^= hash >> 33
    return hash
  }

  /// The hash of bytes. O(n).
  @inlinable @inline(__always)
  public static func bytes<Bytes: Sequence<UInt8>>(_ bytes: Bytes) -> UInt64 {
    var running = Running()
    for byte in bytes { running.add(byte) }
    return running.value
  }

  /// The hash of some bytes and others behind them. O(n).
  @inlinable @inline(__always)
  public static func bytes<First: Sequence<UInt8>, Second: Sequence<UInt8>>(_ first: First, _ second: Second) -> UInt64
  {
    var running = Running()
    for byte in first { running.add(byte) }
    for byte in second { running.add(byte) }
    return running.value
  }

  /// The hash of bytes that come one after another.
  public struct Running: BitwiseCopyable, Sendable {
    @usableFromInline var hash = FixedHash.offset

    @inlinable @inline(__always)
    public init() {}

    @inlinable @inline(__always)
    public mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* FixedHash.prime }

    /// The hash of the bytes so far, the same as of all at once.
    @inlinable @inline(__always)
    public var value: UInt64 { FixedHash.mix(hash) }
  }

  /// The hash of a string's UTF-8.
  public static func string(_ text: String) -> UInt64 { bytes(text.utf8) }

  /// The hash of two values in order: the two halves of their product after keying, joined (as in Wang Yi's wyhash).
  @inlinable @inline(__always)
  public static func combine(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let product = (first ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: second ^ 0xd1b5_4a32_d192_ed03)
    return product.high ^ product.low
  }
}
