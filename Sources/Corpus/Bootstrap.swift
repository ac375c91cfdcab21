import Foundation
import NaiveBayes
import Synchronization

/// A figure and the interval in which it falls for other messages of the same kind.
public struct Interval: Sendable, Codable, Equatable {
  public var value: Double
  public var low: Double
  public var high: Double
}

/// Percentile intervals by drawing messages again with replacement (Efron, 1979). The two messages of a pair are drawn
/// together, since they are no independent evidence.
public enum Bootstrap {
  /// Intervals of the figures that the predictions say something about, by name.
  ///
  /// - Parameters:
  ///   - draws: how many times to draw; the ends of a 95 % interval settle at about a thousand.
  ///   - level: coverage of the interval.
  ///   - seed: the same seed gives the same intervals, on any number of processors.
  /// - Complexity: O(draws × n), on all processors.
  public static func intervals(
    _ predictions: [Prediction], draws: Int = 1000, level: Double = 0.95, seed: UInt64 = 20_261_128
  ) -> (figures: [String: Interval], categories: [String: Interval]) {
    let (all, pairs) = Outcome.of(predictions)
    let outcomes = all.sorted { $0.score > $1.score }
    let whole = EvaluationFigures(sorted: outcomes, pairs: pairs)
    let (unitOf, units) = units(of: outcomes)
    let drawn = Mutex((figures: [String: [Double]](), categories: [String: [Double]]()))
    // Each draw has random numbers of its own, and values are sorted: which thread draws does not matter.
    var seeds = SplitMix64(seed: seed)
    let seedOfDraw = (0..<(units > 0 ? draws : 0)).map { _ in seeds.next() }
    let threads = max(1, min(ProcessInfo.processInfo.activeProcessorCount, seedOfDraw.count))
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      var times = [Int](repeating: 0, count: units)
      var sample: [Outcome] = []
      for draw in stride(from: thread, to: seedOfDraw.count, by: threads) {
        var random = SplitMix64(seed: seedOfDraw[draw])
        for unit in times.indices { times[unit] = 0 }
        for _ in 0..<units { times[random.below(units)] += 1 }
        sample.removeAll(keepingCapacity: true)
        for (index, outcome) in outcomes.enumerated() {
          for _ in 0..<times[unitOf[index]] { sample.append(outcome) }
        }
        let figures = EvaluationFigures(sorted: sample, pairs: pairs)
        drawn.withLock { drawn in
          for (name, value) in figures.values { drawn.figures[name, default: []].append(value) }
          for (name, value) in figures.categoryF1 { drawn.categories[name, default: []].append(value) }
        }
      }
    }
    let (drawnFigures, drawnCategories) = drawn.withLock { $0 }
    func interval(_ value: Double, _ values: [Double]?) -> Interval {
      let sorted = (values ?? []).sorted()
      guard !sorted.isEmpty else { return Interval(value: value, low: value, high: value) }
      let tail = (1 - level) / 2
      let low = sorted[min(sorted.count - 1, Int(tail * Double(sorted.count)))]
      let high = sorted[max(0, sorted.count - 1 - Int(tail * Double(sorted.count)))]
      return Interval(value: value, low: low, high: high)
    }
    return (
      Dictionary(uniqueKeysWithValues: whole.values.map { ($0.name, interval($0.value, drawnFigures[$0.name])) }),
      Dictionary(
        uniqueKeysWithValues: whole.categoryF1.map { ($0.key, interval($0.value, drawnCategories[$0.key])) })
    )
  }

  /// What is drawn together: the number of each outcome's unit, and how many units there are.
  private static func units(of outcomes: [Outcome]) -> (unitOf: [Int], count: Int) {
    var unitOfPair: [Int: Int] = [:]
    var units = 0
    let unitOf = outcomes.map { outcome in
      guard let pair = outcome.pair else {
        defer { units += 1 }
        return units
      }
      if let known = unitOfPair[pair] { return known }
      unitOfPair[pair] = units
      defer { units += 1 }
      return units
    }
    return (unitOf, units)
  }

  /// The interval of Wilson (1927) for a share, which does not leave 0 to 1 and holds for small numbers.
  public static func wilson(_ part: Int, of whole: Int, z: Double = 1.959963984540054) -> Interval {
    guard whole > 0 else { return Interval(value: 0, low: 0, high: 1) }
    let n = Double(whole)
    let p = Double(part) / n
    let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return Interval(value: p, low: max(0, middle - half), high: min(1, middle + half))
  }
}
