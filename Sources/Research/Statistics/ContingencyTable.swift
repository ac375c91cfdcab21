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

  /// The exact test of a table of any size after Freeman and Halton (1951), which is Fisher's in a table of two by two: the
  /// probability of all tables with these margins that are no likelier than this one. It has no statistic (NaN).
  ///
  /// - Parameter limit: tables looked at, at most.
  /// - Returns: nil where there are more tables than the limit.
  /// - Complexity: O(tables with these margins).
  public static func freemanHalton(_ table: [[Int]], limit: Int = 5_000_000) throws(Uncomputable) -> TestResult? {
    guard table.count > 1, let width = table.first?.count, width > 1 else { throw .emptyMargin }
    guard table.joined().allSatisfy({ $0 >= 0 }) else { throw .badInput("negative") }
    let rows = table.map { $0.reduce(0, +) }
    let columns = (0..<width).map { column in table.reduce(0) { $0 + $1[column] } }
    let total = rows.reduce(0, +)
    guard total > 0 else { throw .noObservations }
    guard rows.allSatisfy({ $0 > 0 }), columns.allSatisfy({ $0 > 0 }) else { throw .emptyMargin }
    var enumeration = TablesWithMargins(rows: rows, columns: columns, limit: limit)
    return enumeration.tail(of: table).map { TestResult(statistic: .nan, degrees: [], p: min(1, $0)) }
  }
}

/// All tables of counts with given margins, and how likely each is under independence: the product of the factorials of the
/// margins, over those of the total and of the cells.
private struct TablesWithMargins {
  private let logFactorials: [Double]
  private let base: Double
  private let columns: [Int]
  private var left: [Int]
  private var looked = 0
  private let limit: Int
  private var threshold = 0.0
  private var sum = 0.0

  init(rows: [Int], columns: [Int], limit: Int) {
    let total = rows.reduce(0, +)
    var factorials = [0.0]
    factorials.reserveCapacity(total + 1)
    for number in stride(from: 1, through: total, by: 1) {
      factorials.append(factorials[number - 1] + log(Double(number)))
    }
    logFactorials = factorials
    base = (rows + columns).reduce(-factorials[total]) { $0 + factorials[$1] }
    self.columns = columns
    left = rows
    self.limit = limit
  }

  /// The probability of all tables no likelier than this one; nil where there are too many to look at.
  mutating func tail(of table: [[Int]]) -> Double? {
    let own = table.joined().reduce(base) { $0 - logFactorials[$1] }
    // As in Fisher's test of two by two: what differs in the last digits only is as likely.
    threshold = own + log1p(1e-7)
    return fill(column: 0, row: 0, rest: columns[0], logProbability: base) ? sum : nil
  }

  /// Fills a column from a row on with what is left of it. The last column takes what the rows have left.
  private mutating func fill(column: Int, row: Int, rest: Int, logProbability: Double) -> Bool {
    if column == columns.count - 1 {
      looked += 1
      guard looked <= limit else { return false }
      let whole = left.reduce(logProbability) { $0 - logFactorials[$1] }
      if whole <= threshold { sum += exp(whole) }
      return true
    }
    let isLastRow = row == left.count - 1
    let below = isLastRow ? 0 : left[(row + 1)...].reduce(0, +)
    let least = max(0, rest - below)
    let most = min(rest, left[row])
    guard least <= most else { return true }
    for count in least...most {
      left[row] -= count
      let next = logProbability - logFactorials[count]
      let goesOn =
        isLastRow
        ? fill(column: column + 1, row: 0, rest: columns[column + 1], logProbability: next)
        : fill(column: column, row: row + 1, rest: rest - count, logProbability: next)
      left[row] += count
      guard goesOn else { return false }
    }
    return true
  }
}
