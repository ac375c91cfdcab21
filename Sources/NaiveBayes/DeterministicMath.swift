internal import CWeights

/// Exponential and logarithm from plain arithmetic, so that training and scoring give the same bits on every machine;
/// the C library's versions differ in the last place from one release to the next.
public enum DeterministicMath {
  /// e to the power `x`, within 2e-7 relative; arguments beyond ±87 are clamped.
  ///
  /// The argument is split in a whole power of two and a rest of at most ln 2 / 2, for which a Taylor polynomial of
  /// degree 6 is exact to the precision of a `Float`.
  @inlinable
  public static func exp(_ x: Float) -> Float {
    let clamped = min(max(x, -87), 87)
    let power = (clamped * 1.442_695_04).rounded(.toNearestOrEven)
    let rest = (clamped - power * 0.693_359_375) + power * 2.121_944_4e-4
    var sum: Float = 1.388_888_9e-3
    sum = sum * rest + 8.333_333_3e-3
    sum = sum * rest + 4.166_666_8e-2
    sum = sum * rest + 1.666_666_7e-1
    sum = sum * rest + 0.5
    sum = sum * rest + 1
    sum = sum * rest + 1
    return sum * Float(bitPattern: UInt32(Int32(power) + 127) << 23)
  }

  /// The same for sixteen values at once.
  public static func exp(_ x: SIMD16<Float>) -> SIMD16<Float> {
    var result = SIMD16<Float>.zero
    withLanes(of: x) { x in withMutableLanes(of: &result) { weerbaar_exp(x, $0) } }
    return result
  }

  /// The logistic function of slopes × scores + offsets.
  public static func probabilities(
    _ scores: SIMD16<Float>, slopes: SIMD16<Double>, offsets: SIMD16<Double>
  ) -> SIMD16<Float> {
    var result = SIMD16<Float>.zero
    withLanes(of: scores) { scores in
      withLanes(of: slopes) { slopes in
        withLanes(of: offsets) { offsets in
          withMutableLanes(of: &result) { weerbaar_probabilities(scores, slopes, offsets, $0) }
        }
      }
    }
    return result
  }

  /// `sum` × (`steps` × `norm`).
  @inline(__always)
  static func scaled(_ sum: SIMD16<Int32>, _ steps: SIMD16<Float>, _ norm: Float) -> SIMD16<Float> {
    var result = SIMD16<Float>.zero
    withLanes(of: sum) { sum in
      withLanes(of: steps) { steps in withMutableLanes(of: &result) { weerbaar_scale(sum, steps, norm, $0) } }
    }
    return result
  }

  @inline(__always)
  static func withLanes<Scalar, Result>(
    of lanes: SIMD16<Scalar>, _ body: (UnsafePointer<Scalar>) -> Result
  ) -> Result {
    withUnsafePointer(to: lanes) { $0.withMemoryRebound(to: Scalar.self, capacity: 16, body) }
  }

  @inline(__always)
  static func withMutableLanes<Scalar, Result>(
    of lanes: inout SIMD16<Scalar>, _ body: (UnsafeMutablePointer<Scalar>) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &lanes) { $0.withMemoryRebound(to: Scalar.self, capacity: 16, body) }
  }

  /// The natural logarithm of a positive number, within 1e-14 relative.
  ///
  /// ln(m·2^k) = k·ln 2 + 2·artanh((m-1)/(m+1)), with m between sqrt(1/2) and sqrt(2).
  public static func log(_ x: Double) -> Double {
    guard x > 0 else { return -.infinity }
    var mantissa = x.significand
    var exponent = Double(x.exponent)
    if mantissa > 1.414_213_562_373_095_1 {
      mantissa /= 2
      exponent += 1
    }
    let ratio = (mantissa - 1) / (mantissa + 1)
    let square = ratio * ratio
    var sum = 0.0
    for odd in stride(from: 25, through: 1, by: -2) { sum = sum * square + 1 / Double(odd) }
    return exponent * 0.693_147_180_559_945_3 + 2 * ratio * sum
  }

  /// The logistic function 1 / (1 + e^-x).
  @inlinable
  public static func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

  /// The logistic function of sixteen values.
  public static func sigmoid(_ x: SIMD16<Float>) -> SIMD16<Float> { 1 / (1 + exp(-x)) }
}

/// A small random generator with a fixed algorithm (SplitMix64, by Guy Steele, Doug Lea and Christine Flood, 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A whole number below `bound`.
  public mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// A number from 0 up to 1.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Puts an array in random order (Fisher-Yates); unlike the standard library's, the order is fixed for good.
  public mutating func shuffle<Element>(_ array: inout [Element]) {
    guard array.count > 1 else { return }
    for index in (1..<array.count).reversed() { array.swapAt(index, below(index + 1)) }
  }
}
