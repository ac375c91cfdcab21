internal import CWeights

/// The weights of a ``LinearModel`` in eight bits each, laid out so that looking a feature up touches one cache line,
/// whether it is there or not.
///
/// Before the buckets stand 192 bytes: the number of buckets and of features (UInt64 each), sharpness and the share of the
/// whole (Float each), zeros up to 64; sixteen steps; sixteen intercepts.
///
/// A bucket is 64 bytes: three rows of sixteen weights and the 21-bit fingerprints of their features. A feature's bucket
/// follows from the high half of its hash, the fingerprint from its lowest bits. A bucket keeps its three strongest
/// features; nothing overflows. A feature that the model lacks passes for another about once in 700,000 look-ups.
public struct WeightTable: Sendable {
  static let lanes = Int(WEERBAAR_LANES)
  private static let bucketSize = Int(WEERBAAR_BUCKET)
  private static let rowsPerBucket = Int(WEERBAAR_ROWS)
  private static let fingerprintOffset = Int(WEERBAAR_FINGERPRINTS)
  private static let headerSize = 64 * 3

  private let storage: MappedBytes
  private let offset: Int
  private let bucketCount: UInt32
  /// One step of an eight-bit weight, for each question.
  public let steps: Lanes
  public let intercept: Lanes
  public let sharpness: Float
  public let wholeShare: Float
  /// Number of features.
  public let count: Int

  /// Opens a table in bytes written by ``encode(_:limit:)``; the bytes stay where they are.
  init(storage: MappedBytes, range: Range<Int>) throws(ModelError) {
    guard range.count >= Self.headerSize, range.lowerBound % 64 == 0, UInt(bitPattern: storage.base) % 64 == 0 else {
      throw storage.damaged("the weight section is too short")
    }
    self.storage = storage
    let bytes = storage.bytes
    let buckets = bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self).littleEndian
    count = Int(
      truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 8, as: UInt64.self).littleEndian)
    sharpness = Float(
      bitPattern: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 16, as: UInt32.self).littleEndian)
    wholeShare = Float(
      bitPattern: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 20, as: UInt32.self).littleEndian)
    var steps = Lanes.zero
    var intercept = Lanes.zero
    for lane in 0..<Self.lanes {
      steps[lane] = Float(
        bitPattern: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 64 + lane * 4, as: UInt32.self).littleEndian)
      intercept[lane] = Float(
        bitPattern: bytes.loadUnaligned(fromByteOffset: range.lowerBound + 128 + lane * 4, as: UInt32.self).littleEndian
      )
    }
    self.steps = steps
    self.intercept = intercept
    offset = range.lowerBound + Self.headerSize
    guard buckets > 0, buckets <= UInt64(range.count / Self.bucketSize), buckets <= UInt64(Int32.max / 64),
      range.count == Self.headerSize + Int(buckets) * Self.bucketSize
    else { throw storage.damaged("the weight section has the wrong length") }
    bucketCount = UInt32(buckets)
    guard bytes[(range.lowerBound + 24)..<(range.lowerBound + 64)].allSatisfy({ $0 == 0 }) else {
      throw storage.damaged("the weight section has another header")
    }
  }

  private var table: UnsafePointer<UInt8> { (storage.base + offset).assumingMemoryBound(to: UInt8.self) }

  /// Adds the weights of features, in steps, to `sum`. O(count), one cache line each.
  ///
  /// - Parameters:
  ///   - places: gets for each feature where its weights are, for ``attribute(_:spans:count:reach:to:)``.
  public func add(
    _ hashes: UnsafePointer<UInt64>, count: Int, places: UnsafeMutablePointer<Int32>, to sum: inout SIMD16<Int32>
  ) {
    DeterministicMath.withMutableLanes(of: &sum) { weerbaar_sum_rows(table, bucketCount, hashes, count, places, $0) }
  }

  /// Adds the weights of features, in half steps, to the sums of the units that they come from: half to the first, half
  /// to the last.
  ///
  /// - Parameters:
  ///   - places: from ``add(_:count:places:to:)``.
  ///   - spans: for each feature the first unit in the high half and the last in the low half, all ones where it comes
  ///     from none. Units must be there in `sums`.
  ///   - reach: features that come from units further apart are left out.
  public func attribute(
    _ places: UnsafePointer<Int32>, spans: UnsafePointer<UInt64>, count: Int, reach: Int,
    to sums: UnsafeMutablePointer<SIMD16<Int32>>
  ) {
    UnsafeMutableRawPointer(sums).withMemoryRebound(to: Int32.self, capacity: 16) {
      weerbaar_attribute(table, places, spans, count, UInt32(reach), $0)
    }
  }

  /// Adds 16-bit sums times 1 << `shift` to 32-bit sums.
  public static func add(
    _ words: UnsafePointer<SIMD16<Int16>>, shift: Int = 0, to sum: UnsafeMutablePointer<SIMD16<Int32>>
  ) {
    weerbaar_add_words(
      UnsafeMutableRawPointer(sum).assumingMemoryBound(to: Int32.self),
      UnsafeRawPointer(words).assumingMemoryBound(to: Int16.self), Int32(shift))
  }

  /// Sums of steps brought to length, as scores.
  public func scores(_ sum: SIMD16<Int32>, norm: Float) -> Lanes { DeterministicMath.scaled(sum, steps, norm) }

  /// The weights of one feature in steps, or nil. O(1).
  public func row(_ hash: UInt64) -> SIMD16<Int8>? {
    var place: Int32 = 0
    var sum = SIMD16<Int32>.zero
    withUnsafePointer(to: hash) { add($0, count: 1, places: &place, to: &sum) }
    guard place != WEERBAAR_NOTHING else { return nil }
    return SIMD16<Int8>(truncatingIfNeeded: sum)
  }

  /// Packs a model in a table with room for `limit` features, and keeps those of each bucket that move scores most: the largest
  /// weight times the square root of the number of texts with the feature, which is how much the scores of texts like
  /// those would change without it (root mean square). O(n log n).
  public static func encode(_ model: LinearModel, limit: Int) -> [UInt8] {
    var sizes: [(Float, Int)] = []
    for (feature, weights) in model.weights.enumerated() {
      var size: Float = 0
      for lane in 0..<lanes { size = max(size, abs(weights[lane])) }
      if size > 0.001 { sizes.append((size * Float(model.texts[feature]).squareRoot(), feature)) }
    }
    // Of equal size, by hash: the order of the features then does not matter.
    sizes.sort { $0.0 != $1.0 ? $0.0 > $1.0 : model.hashes[$0.1] < model.hashes[$1.1] }
    var steps = Lanes.zero
    for lane in 0..<lanes {
      let largest = sizes.prefix(limit).map { abs(model.weights[$0.1][lane]) }.max() ?? 1
      steps[lane] = max(largest / 127, 1e-6)
    }
    let bucketCount = max(1, limit / rowsPerBucket)
    var bytes = [UInt8](repeating: 0, count: headerSize + bucketCount * bucketSize)
    func put<Value: FixedWidthInteger>(_ value: Value, _ at: Int) {
      withUnsafeBytes(of: value.littleEndian) { for (index, byte) in $0.enumerated() { bytes[at + index] = byte } }
    }
    put(UInt64(bucketCount), 0)
    put(model.sharpness.bitPattern, 16)
    put(model.wholeShare.bitPattern, 20)
    for lane in 0..<lanes {
      put(steps[lane].bitPattern, 64 + lane * 4)
      put(model.intercept[lane].bitPattern, 128 + lane * 4)
    }
    var kept = 0
    for (_, feature) in sizes {
      let line = headerSize + Int(weerbaar_bucket(model.hashes[feature], UInt32(bucketCount))) * bucketSize
      let fingerprint = weerbaar_fingerprint(model.hashes[feature])
      for slot in 0..<rowsPerBucket {
        let shift = UInt64(slot * Int(WEERBAAR_FINGERPRINT_BITS))
        let place = line + fingerprintOffset
        let fingerprints = bytes.withUnsafeBytes {
          UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        }
        let taken = fingerprints >> shift & ((1 << UInt64(WEERBAAR_FINGERPRINT_BITS)) - 1)
        // Of two features with one fingerprint the stronger is kept.
        if taken == fingerprint { break }
        guard taken == 0 else { continue }
        put(fingerprints | fingerprint << shift, place)
        let weights = (model.weights[feature] / steps).rounded(.toNearestOrAwayFromZero)
          .clamped(lowerBound: Lanes(repeating: -127), upperBound: Lanes(repeating: 127))
        for lane in 0..<lanes { bytes[line + slot * lanes + lane] = UInt8(bitPattern: Int8(weights[lane])) }
        kept += 1
        break
      }
    }
    put(UInt64(kept), 8)
    return bytes
  }
}
