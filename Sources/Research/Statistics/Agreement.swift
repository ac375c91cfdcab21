internal import Foundation

/// Agreement between people who judged the same items.
public enum Agreement {
  /// Cohen's kappa of two judges with its large-sample interval (Fleiss, Cohen and Everitt 1969).
  ///
  /// - Parameter table: counts; the first judge's categories in rows, the second's in columns.
  public static func cohenKappa(_ table: [[Double]], level: Double = 0.95) throws(Uncomputable) -> Estimate {
    let n = table.joined().reduce(0, +)
    guard n > 0 else { throw .noObservations }
    let size = table.count
    let rows = table.map { $0.reduce(0, +) / n }
    let columns = (0..<size).map { column in table.reduce(0) { $0 + $1[column] } / n }
    let observed = (0..<size).reduce(0) { $0 + table[$1][$1] / n }
    let chance = (0..<size).reduce(0) { $0 + rows[$1] * columns[$1] }
    guard chance < 1 else { throw .noVariation }
    let kappa = (observed - chance) / (1 - chance)
    var variance = 0.0
    for i in 0..<size {
      for j in 0..<size {
        let p = table[i][j] / n
        if i == j {
          let term = 1 - (rows[i] + columns[i]) * (1 - kappa)
          variance += p * term * term
        } else {
          let term = (1 - kappa) * (columns[i] + rows[j])
          variance += p * term * term
        }
      }
    }
    let rest = kappa - chance * (1 - kappa)
    variance = (variance - rest * rest) / ((1 - chance) * (1 - chance)) / n
    let half = Distributions.normalQuantile(1 - (1 - level) / 2) * max(0, variance).squareRoot()
    return Estimate(kappa, kappa - half, kappa + half)
  }

  /// How far two categories are apart.
  public enum Metric: Sendable { case nominal, ordinal, interval }

  /// Krippendorff's alpha (Krippendorff 2011), with missing judgements.
  ///
  /// - Parameter units: for each item, the judgements it got: places in the list of categories, from 0.
  public static func krippendorffAlpha(_ units: [[Int]], metric: Metric = .nominal) throws(Uncomputable) -> Double {
    let size = (units.joined().max() ?? -1) + 1
    guard size > 0 else { throw .noObservations }
    return try alpha(coincidences(units, size), size, metric)
  }

  /// Alpha with a percentile interval from drawing items anew.
  public static func krippendorffAlpha(
    _ units: [[Int]], metric: Metric = .nominal, draws: Int, seed: UInt64, level: Double = 0.95
  ) throws(Uncomputable) -> Estimate {
    let point = try krippendorffAlpha(units, metric: metric)
    let size = (units.joined().max() ?? -1) + 1
    // Items with the same judgements are one kind; a draw is of kinds.
    let usable = units.filter { $0.count > 1 }.map { $0.sorted() }
    var random = RandomNumbers(seed: seed)
    var values: [Double] = []
    for _ in 0..<draws {
      let drawn = usable.indices.map { _ in usable[random.index(below: usable.count)] }
      // A draw in which all agree on one category has no alpha.
      if let value = try? alpha(coincidences(drawn, size), size, metric) { values.append(value) }
    }
    guard values.count * 10 >= draws * 9 else { return Estimate(point) }
    let bounds = ClusterBootstrap.percentiles(values, level: level)
    return Estimate(point, bounds.lower, bounds.upper)
  }

  private static func coincidences(_ units: [[Int]], _ size: Int) -> [Double] {
    var table = [Double](repeating: 0, count: size * size)
    for unit in units where unit.count > 1 {
      let share = 1 / Double(unit.count - 1)
      for first in unit.indices {
        for second in unit.indices where first != second { table[unit[first] * size + unit[second]] += share }
      }
    }
    return table
  }

  private static func alpha(_ table: [Double], _ size: Int, _ metric: Metric) throws(Uncomputable) -> Double {
    let margins = (0..<size).map { row in (0..<size).reduce(0) { $0 + table[row * size + $1] } }
    let n = margins.reduce(0, +)
    guard n > 1 else { throw .noObservations }
    func distance(_ a: Int, _ b: Int) -> Double {
      switch metric {
      case .nominal: return a == b ? 0 : 1
      case .interval: return Double((a - b) * (a - b))
      case .ordinal:
        if a == b { return 0 }
        let between = margins[min(a, b)...max(a, b)].reduce(0, +) - (margins[a] + margins[b]) / 2
        return between * between
      }
    }
    var observed = 0.0
    var expected = 0.0
    for a in 0..<size {
      for b in 0..<size {
        let far = distance(a, b)
        observed += table[a * size + b] * far
        expected += margins[a] * margins[b] * far
      }
    }
    guard expected > 0 else { throw .noVariation }
    return 1 - (n - 1) * observed / expected
  }
}
