internal import Foundation

/// Random numbers that are the same on every machine for the same seed (SplitMix64, Steele, Lea and Flood 2014).
public struct RandomNumbers: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A whole number from 0 up to `bound`, exclusive; each as likely as any other (Lemire 2019, without the rejection,
  /// whose bias is below 2⁻³² for bounds below 2³²).
  public mutating func index(below bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// A number from 0 to 1, exclusive of 1.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A standard normal number, by inversion.
  public mutating func normal() -> Double { Distributions.normalQuantile((Double(next() >> 12) + 0.5) * 0x1p-52) }

  /// A binomial number, as a sum of trials. O(n).
  public mutating func binomial(_ n: Int, _ p: Double) -> Int {
    var count = 0
    for _ in 0..<n where uniform() < p { count += 1 }
    return count
  }

  /// A new order of all elements, each order as likely as any other (Fisher and Yates). O(n).
  public mutating func shuffle<Element>(_ array: inout [Element]) {
    for last in stride(from: array.count - 1, to: 0, by: -1) { array.swapAt(last, index(below: last + 1)) }
  }
}
