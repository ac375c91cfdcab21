internal import Foundation

/// Regression of counts whose variance is μ + αμ² (NB2), by maximum likelihood (Hilbe 2011, chapter 8).
public struct NegativeBinomial: Sendable {
  public let terms: [GeneralizedLinearModel.Term]
  /// The dispersion; 0 where the counts vary no more than Poisson's.
  public let alpha: Double
  public let alphaError: Double?
  public let logLikelihood: Double
  public let collinear: [String]

  /// Fits a model.
  ///
  /// - Parameters:
  ///   - counts: one an observation.
  ///   - offset: added to the linear predictor, such as the logarithm of the exposure.
  public init(
    _ model: ModelMatrix, counts: [Double], offset: [Double]? = nil, level: Double = 0.95
  ) throws(Uncomputable) {
    // The Poisson fit finds separation and collinearity, and a place to start from.
    let start = try GeneralizedLinearModel(model, response: counts, family: .poisson, offset: offset, errors: .model)
    let full = model.matrix()
    let x = full.keeping(model.names.indices.filter { start.names.contains(model.names[$0]) })
    let rows = counts.count
    let offsets = offset ?? [Double](repeating: 0, count: rows)
    var beta = start.coefficients
    var eta = zip(x.multiply(beta), offsets).map { $0 + $1 }
    var mu = eta.map { exp($0) }
    let free = Double(rows - x.columns)
    guard free > 0 else { throw .tooFewObservations }
    var excess = 0.0
    for row in 0..<rows {
      let residual = counts[row] - mu[row]
      excess += (residual * residual - counts[row]) / (mu[row] * mu[row])
    }
    var logAlpha = log(max(1e-3, excess / free))
    var converged = false
    for _ in 0..<200 {
      let alpha = exp(logAlpha)
      // One step for the coefficients,
      var scaled = x
      var right = [Double](repeating: 0, count: rows)
      for row in 0..<rows {
        let root = (mu[row] / (1 + alpha * mu[row])).squareRoot()
        right[row] = root * (eta[row] - offsets[row] + (counts[row] - mu[row]) / mu[row])
        for column in 0..<x.columns { scaled[row, column] = root * x[row, column] }
      }
      guard let next = scaled.leastSquares(right) else { throw .noConvergence }
      let moved = zip(next, beta).reduce(0) { max($0, abs($1.0 - $1.1)) }
      beta = next
      eta = zip(x.multiply(beta), offsets).map { min(700, $0 + $1) }
      mu = eta.map { exp($0) }
      // and one for the dispersion, on its logarithm.
      let slopes = NegativeBinomial.slopes(alpha, counts, mu)
      let first = slopes.first * alpha
      let second = slopes.second * alpha * alpha + first
      var step = second < 0 ? -first / second : (first > 0 ? 0.5 : -0.5)
      step = min(1, max(-1, step))
      logAlpha += step
      if logAlpha < -16 { break }
      if moved < 1e-10, abs(step) < 1e-10 {
        converged = true
        break
      }
    }
    collinear = start.collinear
    if logAlpha < -16 {
      alpha = 0
      alphaError = nil
      terms = start.terms(level: level)
      var sum = 0.0
      for row in 0..<rows { sum += counts[row] * eta[row] - mu[row] - Distributions.logGamma(counts[row] + 1) }
      logLikelihood = sum
      return
    }
    guard converged else { throw .noConvergence }
    let alpha = exp(logAlpha)
    // The observed information of coefficients and dispersion together.
    let size = x.columns
    var information = Matrix(rows: size + 1, columns: size + 1)
    for row in 0..<rows {
      let scale = 1 + alpha * mu[row]
      let weight = mu[row] * (1 + alpha * counts[row]) / (scale * scale)
      let cross = mu[row] * (counts[row] - mu[row]) / (scale * scale)
      for i in 0..<size where x[row, i] != 0 {
        for j in 0..<size { information[i, j] += weight * x[row, i] * x[row, j] }
        information[i, size] += cross * x[row, i]
        information[size, i] += cross * x[row, i]
      }
    }
    information[size, size] = -NegativeBinomial.slopes(alpha, counts, mu).second
    guard let covariance = information.inverse() else { throw .noConvergence }
    let z = Distributions.normalQuantile(1 - (1 - level) / 2)
    terms = start.names.indices.map { (index: Int) -> GeneralizedLinearModel.Term in
      let error = max(0.0, covariance[index, index]).squareRoot()
      return GeneralizedLinearModel.Term(
        name: start.names[index], estimate: beta[index], standardError: error, lower: beta[index] - z * error,
        upper: beta[index] + z * error, p: Distributions.normalTwoSided(beta[index] / error))
    }
    self.alpha = alpha
    alphaError = max(0, covariance[size, size]).squareRoot()
    let r = 1 / alpha
    var sum = 0.0
    for row in 0..<rows {
      let y = counts[row]
      sum += Distributions.logGamma(y + r) - Distributions.logGamma(r) - Distributions.logGamma(y + 1)
      sum += y * log(alpha * mu[row]) - (y + r) * log(1 + alpha * mu[row])
    }
    logLikelihood = sum
  }

  /// First and second derivative of the log-likelihood to α.
  private static func slopes(_ alpha: Double, _ counts: [Double], _ mu: [Double]) -> (first: Double, second: Double) {
    let r = 1 / alpha
    var first = 0.0
    var second = 0.0
    let atZero = (Distributions.digamma(r), Distributions.trigamma(r))
    for row in counts.indices {
      let y = counts[row]
      let sum = r + mu[row]
      first += Distributions.digamma(y + r) - atZero.0 + log(r / sum) + 1 - (y + r) / sum
      second += Distributions.trigamma(y + r) - atZero.1 + 1 / r - 2 / sum + (y + r) / (sum * sum)
    }
    return (-first * r * r, second * r * r * r * r + 2 * first * r * r * r)
  }
}
