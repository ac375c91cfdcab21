/// A hash of bytes that is the same in every run.
enum ByteHash {
  /// Hashes bytes; where `folding`, capital ASCII letters as small ones. O(length).
  @inline(__always)
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>, seed: UInt64 = 0, folding: Bool = false) -> UInt64 {
    var value = 0xCBF2_9CE4_8422_2325 ^ (seed &* 0x9E37_79B9_7F4A_7C15)
    for byte in bytes {
      let folded = folding && byte &- 65 < 26 ? byte | 32 : byte
      value = (value ^ UInt64(folded)) &* 0x100_0000_01B3
    }
    return mix(value)
  }

  static func hash(_ text: String, seed: UInt64 = 0, folding: Bool = false) -> UInt64 {
    var copy = text
    return copy.withUTF8 { hash($0, seed: seed, folding: folding) }
  }

  /// The finaliser of SplitMix64.
  @inline(__always)
  static func mix(_ input: UInt64) -> UInt64 {
    var value = input
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Numbers keys from 0 in the order they come: open addressing with keys of 64 mixed bits.
struct KeyTable {
  private var keys: [UInt64]
  private var places: [UInt32]
  private var mask: Int
  /// Number of keys.
  private(set) var count = 0

  init() {
    keys = [UInt64](repeating: 0, count: 1024)
    places = [UInt32](repeating: .max, count: 1024)
    mask = 1023
  }

  /// The number of a key, and whether it is new. Amortised O(1).
  @inline(__always)
  mutating func number(_ key: UInt64) -> (index: Int, isNew: Bool) {
    var slot = Int(truncatingIfNeeded: key) & mask
    while places[slot] != .max {
      if keys[slot] == key { return (Int(places[slot]), false) }
      slot = (slot + 1) & mask
    }
    let index = count
    keys[slot] = key
    places[slot] = UInt32(index)
    count += 1
    if count * 2 > keys.count { grow() }
    return (index, true)
  }

  /// The number of a key that is there.
  func find(_ key: UInt64) -> Int? {
    var slot = Int(truncatingIfNeeded: key) & mask
    while places[slot] != .max {
      if keys[slot] == key { return Int(places[slot]) }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private mutating func grow() {
    let oldKeys = keys
    let oldPlaces = places
    mask = mask * 2 + 1
    keys = [UInt64](repeating: 0, count: mask + 1)
    places = [UInt32](repeating: .max, count: mask + 1)
    for old in oldKeys.indices where oldPlaces[old] != .max {
      var slot = Int(truncatingIfNeeded: oldKeys[old]) & mask
      while places[slot] != .max { slot = (slot + 1) & mask }
      keys[slot] = oldKeys[old]
      places[slot] = oldPlaces[old]
    }
  }
}
