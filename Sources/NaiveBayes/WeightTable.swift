/// The weights of a ``LinearModel`` in eight bits each, laid out so that looking a feature up touches one cache line.
///
/// A bucket is 64 bytes: three rows of sixteen weights, the 32-bit fingerprints of their features, and padding. A feature's
/// bucket follows from the high half of its hash, the fingerprint from the low half; a full bucket overflows to the next.
public struct WeightTable: Sendable {
  static let bucketSize = 64
  static let rowsPerBucket = 3

  private let storage: MappedBytes
  private let offset: Int
  private let bucketCount: Int
  /// One step of an eight-bit weight, for each question.
  public let steps: Lanes
  public let intercept: Lanes
  public let sharpness: Float
  public let wholeShare: Float
  /// Number of features.
  public let count: Int

  /// Opens a table in bytes written by ``encode(_:keep:)``; the bytes stay where they are.
  init(storage: MappedBytes, range: Range<Int>) throws(ModelError) {
    let header = 64 * 3
    guard range.count >= header else { throw storage.damaged("the weight section is too short") }
    self.storage = storage
    let bytes = storage.bytes
    bucketCount = Int(bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self).littleEndian)
    count = Int(
      truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 8, as: UInt64.self).littleEndian)
    sharpness = Float(
      bitPattern: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 16, as: UInt32.self).littleEndian)
    wholeShare = Float(
      bitPattern: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 20, as: UInt32.self).littleEndian)
    var steps = Lanes.zero
    var intercept = Lanes.zero
    for lane in 0..<16 {
      steps[lane] = Float(
        bitPattern: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 64 + lane * 4, as: UInt32.self).littleEndian)
      intercept[lane] = Float(
        bitPattern: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 128 + lane * 4, as: UInt32.self).littleEndian
      )
    }
    self.steps = steps
    self.intercept = intercept
    offset = range.lowerBound + header
    guard bucketCount > 0, bucketCount <= range.count / Self.bucketSize,
      range.count == header + bucketCount * Self.bucketSize
    else { throw storage.damaged("the weight section has the wrong length") }
  }

  /// The sixteen weights of a feature in steps, or nil. Expected O(1).
  @inline(__always)
  public func row(_ hash: UInt64) -> SIMD16<Int8>? {
    let base = storage.base + offset
    var bucket = Self.bucket(hash, bucketCount)
    let fingerprint = Self.fingerprint(hash)
    for _ in 0..<bucketCount {
      let line = base + bucket * Self.bucketSize
      for slot in 0..<Self.rowsPerBucket {
        let found = line.load(fromByteOffset: 48 + slot * 4, as: UInt32.self)
        if found == fingerprint { return line.loadUnaligned(fromByteOffset: slot * 16, as: SIMD16<Int8>.self) }
        if found == 0 { return nil }
      }
      bucket += 1
      if bucket == bucketCount { bucket = 0 }
    }
    return nil
  }

  @inline(__always)
  static func bucket(_ hash: UInt64, _ count: Int) -> Int { Int(((hash >> 32) &* UInt64(count)) >> 32) }

  @inline(__always)
  static func fingerprint(_ hash: UInt64) -> UInt32 { max(UInt32(truncatingIfNeeded: hash), 1) }

  /// Packs a model, keeping the `limit` features with the largest weights. O(n log n).
  public static func encode(_ model: LinearModel, limit: Int) -> [UInt8] {
    var sizes: [(Float, Int)] = []
    for (feature, weights) in model.weights.enumerated() {
      var size: Float = 0
      for lane in 0..<16 { size = max(size, abs(weights[lane])) }
      if size > 0.001 { sizes.append((size, feature)) }
    }
    sizes.sort { $0.0 != $1.0 ? $0.0 > $1.0 : $0.1 < $1.1 }
    let kept = sizes.prefix(limit).map(\.1)
    var steps = Lanes(repeating: 1)
    for lane in 0..<16 {
      let largest = kept.map { abs(model.weights[$0][lane]) }.max() ?? 1
      steps[lane] = max(largest / 127, 1e-6)
    }
    let bucketCount = max(4, kept.count * 10 / (rowsPerBucket * 8) + 1)
    var bytes = [UInt8](repeating: 0, count: 64 * 3 + bucketCount * bucketSize)
    func put<Value: FixedWidthInteger>(_ value: Value, _ at: Int) {
      withUnsafeBytes(of: value.littleEndian) { for (index, byte) in $0.enumerated() { bytes[at + index] = byte } }
    }
    put(UInt64(bucketCount), 0)
    put(UInt64(kept.count), 8)
    put(model.sharpness.bitPattern, 16)
    put(model.wholeShare.bitPattern, 20)
    for lane in 0..<16 {
      put(steps[lane].bitPattern, 64 + lane * 4)
      put(model.intercept[lane].bitPattern, 128 + lane * 4)
    }
    bytes.withUnsafeMutableBytes { bytes in
      for feature in kept.sorted() {
        var bucket = bucket(model.hashes[feature], bucketCount)
        let fingerprint = fingerprint(model.hashes[feature])
        let weights = (model.weights[feature] / steps).rounded(.toNearestOrAwayFromZero)
          .clamped(lowerBound: Lanes(repeating: -127), upperBound: Lanes(repeating: 127))
        search: while true {
          let line = 64 * 3 + bucket * bucketSize
          for slot in 0..<rowsPerBucket {
            let place = line + 48 + slot * 4
            guard bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self) == 0 else { continue }
            bytes.storeBytes(of: fingerprint.littleEndian, toByteOffset: place, as: UInt32.self)
            bytes.storeBytes(
              of: SIMD16<Int8>(truncatingIfNeeded: SIMD16<Int32>(weights)), toByteOffset: line + slot * 16,
              as: SIMD16<Int8>.self)
            break search
          }
          bucket = bucket + 1 == bucketCount ? 0 : bucket + 1
        }
      }
    }
    return bytes
  }
}
