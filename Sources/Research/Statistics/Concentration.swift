/// How unevenly a total is spread over those who receive it.
public struct Concentration: Sendable, Equatable {
  /// Gini's coefficient, 0 (all alike) to 1 − 1/n (one has all).
  public let gini: Double
  /// Points of the Lorenz curve, from (0, 0) to (1, 1): share of the receivers, least first, and of the total.
  public let lorenz: [(receivers: Double, share: Double)]
  /// The smallest number of receivers who together have at least half.
  public let receiversOfHalf: Int
  private let descending: [Double]
  private let total: Double

  public static func == (left: Concentration, right: Concentration) -> Bool { left.descending == right.descending }

  /// Measures amounts that are not negative; those who receive nothing belong to it. O(n log n).
  public init(_ amounts: [Double]) throws(Uncomputable) {
    guard !amounts.isEmpty else { throw .noObservations }
    guard amounts.allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw .badInput("negative") }
    let ascending = amounts.sorted()
    let total = ascending.reduce(0, +)
    guard total > 0 else { throw .constantOutcome }
    let n = Double(ascending.count)
    var ranked = 0.0
    var running = 0.0
    var points: [(receivers: Double, share: Double)] = [(0, 0)]
    for (index, amount) in ascending.enumerated() {
      ranked += Double(index + 1) * amount
      running += amount
      points.append((Double(index + 1) / n, running / total))
    }
    gini = 2 * ranked / (n * total) - (n + 1) / n
    lorenz = points
    descending = ascending.reversed()
    self.total = total
    var sum = 0.0
    var count = 0
    for amount in descending where sum < total / 2 {
      sum += amount
      count += 1
    }
    receiversOfHalf = count
  }

  /// The share of the total that the `count` who receive most have.
  public func shareOfTop(_ count: Int) -> Double { descending.prefix(count).reduce(0, +) / total }
}
