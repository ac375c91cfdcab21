internal import Foundation

/// A test's outcome.
public struct TestResult: Sendable, Equatable {
  public var statistic: Double
  /// Degrees of freedom; of an F, those of the numerator and of the denominator.
  public var degrees: [Double]
  public var p: Double
}

/// Tests of independence in a table of counts.
public enum ContingencyTable {
  /// Pearson's chi-squared, without continuity correction.
  public static func pearson(_ table: [[Double]]) throws(Uncomputable) -> TestResult {
    let (statistic, degrees) = try chiSquared(table)
    return TestResult(
      statistic: statistic, degrees: [degrees], p: Distributions.chiSquaredUpper(statistic, degrees: degrees))
  }

  /// Cramér's V, 0 (independent) to 1.
  public static func cramer(_ table: [[Double]]) throws(Uncomputable) -> Double {
    let (statistic, _) = try chiSquared(table)
    let n = table.joined().reduce(0, +)
    return (statistic / n / Double(min(table.count, table[0].count) - 1)).squareRoot()
  }

  /// The smallest count expected under independence.
  public static func smallestExpected(_ table: [[Double]]) -> Double {
    let n = table.joined().reduce(0, +)
    guard n > 0, let first = table.first else { return 0 }
    let rows = table.map { $0.reduce(0, +) }.min() ?? 0
    let columns = first.indices.map { column in table.reduce(0) { $0 + $1[column] } }.min() ?? 0
    return rows * columns / n
  }

  private static func chiSquared(_ table: [[Double]]) throws(Uncomputable) -> (Double, Double) {
    guard table.count > 1, let width = table.first?.count, width > 1 else { throw .emptyMargin }
    let rows = table.map { $0.reduce(0, +) }
    let columns = (0..<width).map { column in table.reduce(0) { $0 + $1[column] } }
    let n = rows.reduce(0, +)
    guard n > 0 else { throw .noObservations }
    guard rows.allSatisfy({ $0 > 0 }), columns.allSatisfy({ $0 > 0 }) else { throw .emptyMargin }
    var sum = 0.0
    for row in table.indices {
      for column in 0..<width {
        let expected = rows[row] * columns[column] / n
        sum += (table[row][column] - expected) * (table[row][column] - expected) / expected
      }
    }
    return (sum, Double((table.count - 1) * (width - 1)))
  }

  /// Fisher's exact test of a table of two by two, two-sided: the probability of all tables with these margins that are
  /// no likelier than this one. The statistic is the sample's odds ratio.
  public static func fisher(_ a: Int, _ b: Int, _ c: Int, _ d: Int) throws(Uncomputable) -> TestResult {
    guard min(a, b, c, d) >= 0 else { throw .badInput("negative") }
    let total = a + b + c + d
    guard total > 0 else { throw .noObservations }
    guard a + b > 0, c + d > 0, a + c > 0, b + d > 0 else { throw .emptyMargin }
    let marked = a + c
    let drawn = a + b
    let here = Distributions.hypergeometric(a, marked: marked, drawn: drawn, total: total)
    var p = 0.0
    for k in max(0, drawn + marked - total)...min(drawn, marked) {
      let other = Distributions.hypergeometric(k, marked: marked, drawn: drawn, total: total)
      if other <= here * (1 + 1e-7) { p += other }
    }
    let odds = b * c == 0 ? Double.infinity : Double(a) * Double(d) / (Double(b) * Double(c))
    return TestResult(statistic: a * d == 0 && b * c == 0 ? .nan : odds, degrees: [], p: min(1, p))
  }
}
