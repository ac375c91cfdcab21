internal import Foundation

/// Shares, differences and tests under a sampling design.
public enum SurveyStatistics {
  /// A share with what its interval rests on.
  public struct Share: Sendable {
    public var estimate: Estimate
    public var standardError: Double
    public var degrees: Double
    public var lonelyStrata: Int
  }

  /// The weighted share of a yes among those in a domain, with an interval on the logit scale and Student's t
  /// (Korn and Graubard 1998; the variance is Taylor's).
  public static func share(
    _ yes: [Bool], in domain: [Bool], _ design: SamplingDesign, level: Double = 0.95
  ) throws(Uncomputable) -> Share {
    let (p, scores) = try linearised(yes, domain, design)
    let variance = try design.variance(ofSums: [scores])
    let error = variance.matrix[0, 0].squareRoot()
    guard p > 0, p < 1 else {
      return Share(
        estimate: Estimate(p), standardError: 0, degrees: variance.degrees, lonelyStrata: variance.lonelyStrata)
    }
    let half =
      Distributions.studentQuantile(1 - (1 - level) / 2, degrees: variance.degrees) * error / (p * (1 - p))
    let logit = log(p / (1 - p))
    func back(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    return Share(
      estimate: Estimate(p, back(logit - half), back(logit + half)), standardError: error, degrees: variance.degrees,
      lonelyStrata: variance.lonelyStrata)
  }

  /// The difference between the weighted shares of two domains, covariance included, with Student's t.
  public static func difference(
    _ yes: [Bool], in first: [Bool], minus second: [Bool], _ design: SamplingDesign, level: Double = 0.95
  ) throws(Uncomputable) -> Share {
    let a = try linearised(yes, first, design)
    let b = try linearised(yes, second, design)
    let variance = try design.variance(ofSums: [zip(a.scores, b.scores).map { $0 - $1 }])
    let error = variance.matrix[0, 0].squareRoot()
    let half = Distributions.studentQuantile(1 - (1 - level) / 2, degrees: variance.degrees) * error
    let value = a.share - b.share
    return Share(
      estimate: Estimate(value, value - half, value + half), standardError: error, degrees: variance.degrees,
      lonelyStrata: variance.lonelyStrata)
  }

  private static func linearised(
    _ yes: [Bool], _ domain: [Bool], _ design: SamplingDesign
  ) throws(Uncomputable) -> (share: Double, scores: [Double]) {
    guard design.weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else { throw .badInput("weight") }
    var total = 0.0
    var sum = 0.0
    var any = false
    for row in yes.indices where domain[row] {
      any = true
      total += design.weights[row]
      if yes[row] { sum += design.weights[row] }
    }
    guard any else { throw .noObservations }
    guard total > 0 else { throw .zeroWeights }
    let p = sum / total
    let scores = yes.indices.map { row in
      domain[row] ? design.weights[row] * ((yes[row] ? 1 : 0) - p) / total : 0
    }
    return (p, scores)
  }

  /// The chi-squared test of independence with Rao and Scott's second-order correction, as an F (Rao and Scott 1984;
  /// Thomas and Rao 1987). The statistic is the F; Pearson's, of weighted shares times n, comes with it.
  ///
  /// - Parameters:
  ///   - rows, columns: the two variables, as places from 0; nil where missing, which leaves the observation out.
  public static func raoScott(
    _ rows: [Int?], _ columns: [Int?], _ design: SamplingDesign
  ) throws(Uncomputable) -> (pearson: Double, test: TestResult) {
    let height = (rows.compactMap { $0 }.max() ?? -1) + 1
    let width = (columns.compactMap { $0 }.max() ?? -1) + 1
    guard height > 1, width > 1 else { throw .emptyMargin }
    let cells = height * width
    var total = 0.0
    var n = 0
    var shares = [Double](repeating: 0, count: cells)
    for index in rows.indices {
      guard let row = rows[index], let column = columns[index], design.weights[index] > 0 else { continue }
      shares[row * width + column] += design.weights[index]
      total += design.weights[index]
      n += 1
    }
    guard n > 0, total > 0 else { throw .zeroWeights }
    for cell in shares.indices { shares[cell] /= total }
    let rowShares = (0..<height).map { row in (0..<width).reduce(0) { $0 + shares[row * width + $1] } }
    let columnShares = (0..<width).map { column in (0..<height).reduce(0) { $0 + shares[$1 * width + column] } }
    guard rowShares.allSatisfy({ $0 > 0 }), columnShares.allSatisfy({ $0 > 0 }) else { throw .emptyMargin }
    // Variance of the cells' shares under the design.
    let scores: [[Double]] = (0..<cells).map { cell in
      rows.indices.map { index in
        guard let row = rows[index], let column = columns[index] else { return 0 }
        let here = row * width + column == cell ? 1.0 : 0
        return design.weights[index] * (here - shares[cell]) / total
      }
    }
    let variance = try design.variance(ofSums: scores)
    var pearson = 0.0
    for cell in 0..<cells {
      let expected = rowShares[cell / width] * columnShares[cell % width]
      pearson += Double(n) * (shares[cell] - expected) * (shares[cell] - expected) / expected
    }
    // Contrasts of the interaction, less what the main effects explain.
    var main = [[Double](repeating: 1, count: cells)]
    for row in 1..<height { main.append((0..<cells).map { $0 / width == row ? 1 : 0 }) }
    for column in 1..<width { main.append((0..<cells).map { $0 % width == column ? 1 : 0 }) }
    let x = Matrix(columns: main)
    var contrasts: [[Double]] = []
    for row in 1..<height {
      for column in 1..<width {
        let product = (0..<cells).map { $0 / width == row && $0 % width == column ? 1.0 : 0 }
        guard let fit = x.leastSquares(product) else { throw .noConvergence }
        contrasts.append(zip(product, x.multiply(fit)).map { $0 - $1 })
      }
    }
    // Where a cell is empty, its share under independence stands in, so that it can be divided by.
    let scale = (0..<cells).map { shares[$0] > 0 ? shares[$0] : rowShares[$0 / width] * columnShares[$0 % width] }
    let size = contrasts.count
    var numerator = Matrix(rows: size, columns: size)
    var denominator = Matrix(rows: size, columns: size)
    for i in 0..<size {
      for j in 0..<size {
        var simple = 0.0
        var complex = 0.0
        for a in 0..<cells {
          for b in 0..<cells {
            let factor = contrasts[i][a] * contrasts[j][b] / (scale[a] * scale[b])
            if factor == 0 { continue }
            simple += factor * ((a == b ? shares[a] : 0) - shares[a] * shares[b]) / Double(n)
            complex += factor * variance.matrix[a, b]
          }
        }
        denominator[i, j] = simple
        numerator[i, j] = complex
      }
    }
    guard let effects = denominator.solve(numerator) else { throw .emptyMargin }
    let trace = (0..<size).reduce(0) { $0 + effects[$1, $1] }
    var squares = 0.0
    for i in 0..<size {
      for j in 0..<size { squares += effects[i, j] * effects[j, i] }
    }
    guard trace > 0, squares > 0 else { throw .noVariation }
    let d0 = trace * trace / squares
    let d1 = d0 * variance.degrees
    let f = pearson / trace
    return (pearson, TestResult(statistic: f, degrees: [d0, d1], p: Distributions.fUpper(f, d0, d1)))
  }
}
