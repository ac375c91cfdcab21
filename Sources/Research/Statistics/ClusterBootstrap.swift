/// The bootstrap over clusters, on sums: a draw takes whole clusters, with replacement.
public enum ClusterBootstrap {
  /// Makes draws, and gives the total of the sums of each.
  ///
  /// - Parameters:
  ///   - sums: for each cluster its sums, all of the same length.
  ///   - body: called with the total of each draw, in order.
  /// - Complexity: O(draws · clusters · sums); the messages behind the sums are not read again.
  public static func totals(
    _ sums: [[Double]], count: Int, seed: UInt64, _ body: ([Double]) -> Void
  ) throws(Uncomputable) {
    guard let width = sums.first?.count else { throw .noObservations }
    guard sums.count > 1 else { throw .oneCluster }
    let flat = sums.flatMap { $0 }
    var random = RandomNumbers(seed: seed)
    var total = [Double](repeating: 0, count: width)
    for _ in 0..<count {
      for index in 0..<width { total[index] = 0 }
      for _ in sums.indices {
        let start = random.index(below: sums.count) * width
        for index in 0..<width { total[index] += flat[start + index] }
      }
      body(total)
    }
  }

  /// The draws of a statistic; nil where it cannot be computed from a draw.
  ///
  /// - Returns: the values in the order of the draws.
  public static func draws(
    _ sums: [[Double]], count: Int, seed: UInt64, statistic: ([Double]) -> Double?
  ) throws(Uncomputable) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(count)
    try totals(sums, count: count, seed: seed) { total in
      if let value = statistic(total) { values.append(value) }
    }
    return values
  }

  /// The percentile interval of draws, by linear interpolation between them.
  public static func percentiles(_ values: [Double], level: Double = 0.95) -> (lower: Double, upper: Double) {
    let sorted = values.sorted()
    return (quantile(sorted, (1 - level) / 2), quantile(sorted, 1 - (1 - level) / 2))
  }

  static func quantile(_ sorted: [Double], _ p: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let place = p * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
  }

  /// A statistic of all clusters with its percentile interval.
  public static func estimate(
    _ sums: [[Double]], draws count: Int, seed: UInt64, level: Double = 0.95, statistic: ([Double]) -> Double?
  ) throws(Uncomputable) -> Estimate {
    guard let width = sums.first?.count else { throw .noObservations }
    let total = sums.reduce(into: [Double](repeating: 0, count: width)) { sum, cluster in
      for index in 0..<width { sum[index] += cluster[index] }
    }
    guard let point = statistic(total) else { throw .noObservations }
    let values = try draws(sums, count: count, seed: seed, statistic: statistic)
    // An interval from the draws that happened to work would be too narrow.
    guard values.count * 20 >= count * 19 else { return Estimate(point) }
    let bounds = percentiles(values, level: level)
    return Estimate(point, bounds.lower, bounds.upper)
  }
}
