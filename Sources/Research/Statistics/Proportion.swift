internal import Foundation

/// A figure with its interval. Bounds are nil where an interval has no meaning or could not be computed.
public struct Estimate: Sendable, Equatable {
  public var value: Double
  public var lower: Double?
  public var upper: Double?

  public init(_ value: Double, _ lower: Double? = nil, _ upper: Double? = nil) {
    self.value = value
    self.lower = lower
    self.upper = upper
  }
}

/// Intervals for one proportion, and for the difference of two.
public enum Proportion {
  /// Wilson's score interval (Wilson 1927). Numbers may be fractions, for effective sample sizes.
  public static func wilson(_ successes: Double, of n: Double, level: Double = 0.95) throws(Uncomputable) -> Estimate {
    guard successes.isFinite, n.isFinite, successes >= 0, successes <= n else { throw .badInput("\(successes)/\(n)") }
    guard n > 0 else { throw .noObservations }
    let z = Distributions.normalQuantile(1 - (1 - level) / 2)
    let p = successes / n
    let square = z * z / n
    let centre = (p + square / 2) / (1 + square)
    let half = z / (1 + square) * (p * (1 - p) / n + square / (4 * n)).squareRoot()
    // Exact at the ends, where rounding would leave a trace.
    return Estimate(p, successes == 0 ? 0 : centre - half, successes == n ? 1 : centre + half)
  }

  /// The exact interval (Clopper and Pearson 1934).
  public static func clopperPearson(_ successes: Int, of n: Int, level: Double = 0.95) throws(Uncomputable) -> Estimate
  {
    guard successes >= 0, successes <= n else { throw .badInput("\(successes)/\(n)") }
    guard n > 0 else { throw .noObservations }
    let tail = (1 - level) / 2
    let x = Double(successes)
    let size = Double(n)
    return Estimate(
      x / size, successes == 0 ? 0 : Distributions.betaQuantile(tail, x, size - x + 1),
      successes == n ? 1 : Distributions.betaQuantile(1 - tail, x + 1, size - x))
  }

  /// The difference of two independent proportions with Newcombe's interval from Wilson's (Newcombe 1998, method 10).
  public static func newcombe(
    _ first: Double, of n1: Double, minus second: Double, of n2: Double, level: Double = 0.95
  ) throws(Uncomputable) -> Estimate {
    let a = try wilson(first, of: n1, level: level)
    let b = try wilson(second, of: n2, level: level)
    let difference = a.value - b.value
    guard let l1 = a.lower, let u1 = a.upper, let l2 = b.lower, let u2 = b.upper else { return Estimate(difference) }
    let down = ((a.value - l1) * (a.value - l1) + (u2 - b.value) * (u2 - b.value)).squareRoot()
    let up = ((u1 - a.value) * (u1 - a.value) + (b.value - l2) * (b.value - l2)).squareRoot()
    return Estimate(difference, difference - down, difference + up)
  }

  /// The ratio of two Poisson rates with the exact conditional interval: given the total, the first count is binomial.
  ///
  /// - Parameters:
  ///   - first, second: counts of events.
  ///   - firstExposure, secondExposure: what they are counted over, such as days or messages.
  public static func rateRatio(
    _ first: Int, per firstExposure: Double, to second: Int, per secondExposure: Double, level: Double = 0.95
  ) throws(Uncomputable) -> Estimate {
    guard firstExposure > 0, secondExposure > 0, first + second > 0 else { throw .noObservations }
    let share = try clopperPearson(first, of: first + second, level: level)
    func ratio(_ p: Double) -> Double { p >= 1 ? .infinity : p / (1 - p) * secondExposure / firstExposure }
    return Estimate(ratio(share.value), share.lower.map(ratio), share.upper.map(ratio))
  }
}
