internal import Foundation

/// Logistic and Poisson regression by iteratively reweighted least squares, each step a QR decomposition of LAPACK's.
public struct GeneralizedLinearModel: Sendable {
  /// What varies, and how it hangs together with the linear predictor.
  public enum Family: Sendable {
    /// Shares of trials, logit link.
    case binomial
    /// Counts, log link.
    case poisson
  }

  /// How standard errors are made.
  public enum Errors: Sendable {
    /// From the model's information.
    case model
    /// From the model's information, times Pearson's chi-squared over its degrees of freedom (quasi-likelihood).
    case quasi
    /// Robust to correlation within clusters, with the correction CR1: G/(G−1) · (N−1)/(N−K).
    case clustered([Int])
    /// From a sampling design (Binder 1983).
    case design(SamplingDesign)
  }

  /// A coefficient, or an effect made of coefficients.
  public struct Term: Sendable {
    public var name: String
    public var estimate: Double
    public var standardError: Double
    public var lower: Double
    public var upper: Double
    public var p: Double
  }

  public let family: Family
  /// Names of the columns that were kept.
  public let names: [String]
  public let coefficients: [Double]
  public let covariance: Matrix
  /// Columns left out because they are linear combinations of others.
  public let collinear: [String]
  /// Degrees of freedom of the t distribution for intervals; infinite for the normal.
  public let degrees: Double
  /// Number of observations: the sum of trials where they are grouped.
  public let observations: Double
  public let clusterCount: Int?
  public let dispersion: Double
  public let deviance: Double
  private let model: ModelMatrix
  private let kept: [Int]
  private let weights: [Double]
  private let fitted: [Double]

  /// Fits a model.
  ///
  /// - Parameters:
  ///   - response: shares from 0 to 1, or counts; one an observation.
  ///   - weights: trials behind each share, or sampling weights; 1 each where nil. Observations of weight 0 say nothing.
  ///   - offset: added to the linear predictor.
  ///   - countsWeights: whether weights count observations, for the correction of clustered errors.
  public init(
    _ model: ModelMatrix, response: [Double], family: Family, weights: [Double]? = nil, offset: [Double]? = nil,
    errors: Errors = .model, countsWeights: Bool = true
  ) throws(Uncomputable) {
    let rows = response.count
    let weights = weights ?? [Double](repeating: 1, count: rows)
    guard rows > 0, weights.count == rows else { throw .noObservations }
    guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }), response.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw .badInput("negative or missing")
    }
    let used = (0..<rows).filter { weights[$0] > 0 }
    guard !used.isEmpty else { throw .zeroWeights }
    if family == .binomial {
      guard response.allSatisfy({ $0 <= 1 }) else { throw .badInput("> 1") }
      let first = response[used[0]]
      if first == 0 || first == 1, used.allSatisfy({ response[$0] == first }) { throw .constantOutcome }
    } else if used.allSatisfy({ response[$0] == 0 }) {
      throw .constantOutcome
    }
    let full = model.matrix()
    // What observations of weight 0 hold must not make a column seem independent.
    var present = Matrix(rows: used.count, columns: full.columns)
    for column in 0..<full.columns {
      for (place, row) in used.enumerated() { present[place, column] = full[row, column] }
    }
    let dropped = present.dependentColumns()
    let kept = (0..<full.columns).filter { !dropped.contains($0) }
    let x = full.keeping(kept)
    guard used.count >= kept.count else { throw .tooFewObservations }
    let names = kept.map { model.names[$0] }

    var eta = (0..<rows).map { row in
      switch family {
      case .binomial:
        let mu = (weights[row] * response[row] + 0.5) / (weights[row] + 1)
        return log(mu / (1 - mu))
      case .poisson: return log(response[row] + 0.1)
      }
    }
    var beta = [Double](repeating: 0, count: kept.count)
    var mu = [Double](repeating: 0, count: rows)
    var scaled = x
    var information = [Double](repeating: 0, count: rows)
    var converged = false
    for iteration in 0..<60 {
      var right = [Double](repeating: 0, count: rows)
      for row in 0..<rows {
        mu[row] = GeneralizedLinearModel.mean(eta[row], family)
        let slope = family == .binomial ? mu[row] * (1 - mu[row]) : mu[row]
        information[row] = weights[row] * slope
        let root = information[row].squareRoot()
        right[row] = root * (eta[row] - (offset?[row] ?? 0) + (response[row] - mu[row]) / max(slope, 1e-300))
        if weights[row] == 0 { right[row] = 0 }
        for column in 0..<x.columns { scaled[row, column] = root * x[row, column] }
      }
      guard let next = scaled.leastSquares(right) else { throw .noConvergence }
      let step = zip(next, beta).map { $0 - $1 }
      let moved = x.multiply(step)
      beta = next
      let predictor = x.multiply(beta)
      for row in 0..<rows { eta[row] = min(700, max(-700, predictor[row] + (offset?[row] ?? 0))) }
      let largest = used.reduce(0) { max($0, abs(moved[$1])) }
      if iteration > 0, largest < 1e-9 {
        converged = true
        break
      }
      if iteration >= 12, largest > 0.3 {
        // Where the maximum lies at infinity, Newton's steps settle on a direction that no observation speaks against.
        let isDirection = used.allSatisfy { row in
          let move = moved[row]
          if response[row] == 0 { return move < 0.01 }
          if family == .binomial, response[row] == 1 { return move > -0.01 }
          return abs(move) < 0.01
        }
        if isDirection {
          throw .separation(names.indices.filter { abs(step[$0]) > 0.05 }.map { names[$0] })
        }
      }
    }
    guard converged else { throw .noConvergence }

    for row in 0..<rows {
      mu[row] = GeneralizedLinearModel.mean(eta[row], family)
      information[row] = weights[row] * (family == .binomial ? mu[row] * (1 - mu[row]) : mu[row])
      let root = information[row].squareRoot()
      for column in 0..<x.columns { scaled[row, column] = root * x[row, column] }
    }
    guard let bread = scaled.inverseOfCrossProduct() else { throw .noConvergence }
    let counted = countsWeights && family == .binomial ? weights.reduce(0, +) : Double(used.count)
    var pearson = 0.0
    var deviance = 0.0
    for row in used {
      let y = response[row]
      let variance = family == .binomial ? mu[row] * (1 - mu[row]) : mu[row]
      pearson += weights[row] * (y - mu[row]) * (y - mu[row]) / variance
      switch family {
      case .binomial:
        deviance +=
          2 * weights[row] * ((y > 0 ? y * log(y / mu[row]) : 0) + (y < 1 ? (1 - y) * log((1 - y) / (1 - mu[row])) : 0))
      case .poisson: deviance += 2 * weights[row] * ((y > 0 ? y * log(y / mu[row]) : 0) - (y - mu[row]))
      }
    }
    func scores() -> [[Double]] {
      (0..<x.columns).map { column in
        (0..<rows).map { weights[$0] * (response[$0] - mu[$0]) * x[$0, column] }
      }
    }
    var dispersion = 1.0
    switch errors {
    case .model:
      covariance = bread
      degrees = .infinity
      clusterCount = nil
    case .quasi:
      let free = Double(used.count - kept.count)
      guard free > 0 else { throw .tooFewObservations }
      dispersion = pearson / free
      var matrix = bread
      for index in matrix.values.indices { matrix.values[index] *= dispersion }
      covariance = matrix
      degrees = free
      clusterCount = nil
    case .clustered(let clusters):
      var places: [Int: Int] = [:]
      for row in used where places[clusters[row]] == nil { places[clusters[row]] = places.count }
      let count = places.count
      guard count > 1 else { throw .oneCluster }
      var sums = [[Double]](repeating: [Double](repeating: 0, count: x.columns), count: count)
      for row in used {
        guard let place = places[clusters[row]] else { continue }
        let residual = weights[row] * (response[row] - mu[row])
        for column in 0..<x.columns { sums[place][column] += residual * x[row, column] }
      }
      var meat = Matrix(rows: x.columns, columns: x.columns)
      for sum in sums {
        for i in 0..<x.columns where sum[i] != 0 {
          for j in 0..<x.columns { meat[i, j] += sum[i] * sum[j] }
        }
      }
      let factor = Double(count) / Double(count - 1) * (counted - 1) / (counted - Double(kept.count))
      for index in meat.values.indices { meat.values[index] *= factor }
      covariance = bread.sandwich(meat)
      degrees = Double(count - 1)
      clusterCount = count
    case .design(let design):
      let variance = try design.variance(ofSums: scores())
      covariance = bread.sandwich(variance.matrix)
      degrees = variance.degrees
      clusterCount = variance.clusterCount
    }
    self.family = family
    self.names = names
    coefficients = beta
    collinear = dropped.map { model.names[$0] }
    observations = counted
    self.dispersion = dispersion
    self.deviance = deviance
    self.model = model
    self.kept = kept
    self.weights = weights
    fitted = mu
  }

  static func mean(_ eta: Double, _ family: Family) -> Double {
    switch family {
    case .poisson: return exp(eta)
    // Away from 0 and 1, so that no weight vanishes.
    case .binomial: return min(1 - 1e-15, max(1e-15, 1 / (1 + exp(-eta))))
    }
  }

  /// The coefficients with their intervals, on the scale of the linear predictor.
  public func terms(level: Double = 0.95) -> [Term] {
    names.indices.map { term(names[$0], coefficients[$0], covariance[$0, $0], level) }
  }

  private func term(_ name: String, _ estimate: Double, _ variance: Double, _ level: Double) -> Term {
    let error = max(0, variance).squareRoot()
    let half = Distributions.studentQuantile(1 - (1 - level) / 2, degrees: degrees) * error
    return Term(
      name: name, estimate: estimate, standardError: error, lower: estimate - half, upper: estimate + half,
      p: error > 0 ? Distributions.studentTwoSided(estimate / error, degrees: degrees) : .nan)
  }

  /// Wald's test that all coefficients of these columns are zero: an F of their number and the degrees of freedom.
  public func wald(_ columns: [String]) throws(Uncomputable) -> TestResult {
    let places = names.indices.filter { columns.contains(names[$0]) }
    guard !places.isEmpty else { throw .collinear(columns) }
    var part = Matrix(rows: places.count, columns: places.count)
    var right = Matrix(rows: places.count, columns: 1)
    for (i, row) in places.enumerated() {
      right[i, 0] = coefficients[row]
      for (j, column) in places.enumerated() { part[i, j] = covariance[row, column] }
    }
    guard let solved = part.solve(right) else { throw .tooFewObservations }
    let count = Double(places.count)
    let f = places.indices.reduce(0) { $0 + right[$1, 0] * solved[$1, 0] } / count
    return TestResult(statistic: f, degrees: [count, degrees], p: Distributions.fUpper(f, count, degrees))
  }

  /// Average marginal effects of a logistic model's variable on the probability, with standard errors by the delta method:
  /// of a factor, each level against the reference; of a number, the derivative. Averages weigh as the model does.
  public func averageMarginalEffects(of name: String, level: Double = 0.95) throws(Uncomputable) -> [Term] {
    guard let variable = model.variables.firstIndex(where: { $0.name == name }) else { throw .collinear([name]) }
    let total = weights.reduce(0, +)
    let size = kept.count
    if case .factor(let levels, _) = model.variables[variable].values {
      let reference = mean(model.matrix(setting: ModelMatrix.Part(variable: variable, level: 0)), total)
      return levels.indices.dropFirst().compactMap { code in
        guard names.contains("\(name)=\(levels[code])") else { return nil }
        let other = mean(model.matrix(setting: ModelMatrix.Part(variable: variable, level: code)), total)
        let gradient = (0..<size).map { other.gradient[$0] - reference.gradient[$0] }
        return term("\(name)=\(levels[code])", other.mean - reference.mean, quadratic(gradient), level)
      }
    }
    guard names.contains(name) else { throw .collinear([name]) }
    let x = model.matrix().keeping(kept)
    let slopes = model.derivative(of: variable).keeping(kept)
    let slope = slopes.multiply(coefficients)
    var effect = 0.0
    var gradient = [Double](repeating: 0, count: size)
    for row in 0..<x.rows where weights[row] > 0 {
      let p = fitted[row]
      let density = p * (1 - p)
      effect += weights[row] * density * slope[row]
      for column in 0..<size {
        gradient[column] +=
          weights[row] * density * ((1 - 2 * p) * slope[row] * x[row, column] + slopes[row, column])
      }
    }
    return [term(name, effect / total, quadratic(gradient.map { $0 / total }), level)]
  }

  private func mean(_ full: Matrix, _ total: Double) -> (mean: Double, gradient: [Double]) {
    let x = full.keeping(kept)
    let eta = x.multiply(coefficients)
    var sum = 0.0
    var gradient = [Double](repeating: 0, count: kept.count)
    for row in 0..<x.rows where weights[row] > 0 {
      let p = GeneralizedLinearModel.mean(eta[row], .binomial)
      sum += weights[row] * p
      for column in 0..<kept.count { gradient[column] += weights[row] * p * (1 - p) * x[row, column] }
    }
    return (sum / total, gradient.map { $0 / total })
  }

  private func quadratic(_ vector: [Double]) -> Double {
    var sum = 0.0
    for i in vector.indices {
      for j in vector.indices { sum += vector[i] * covariance[i, j] * vector[j] }
    }
    return sum
  }
}
