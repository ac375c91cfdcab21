/// How observations were drawn: weights, strata, and clusters within them. With neither strata nor clusters every
/// observation is a cluster.
public struct SamplingDesign: Sendable {
  public var weights: [Double]
  public var strata: [Int]?
  public var clusters: [Int]?

  public init(weights: [Double], strata: [Int]? = nil, clusters: [Int]? = nil) {
    self.weights = weights
    self.strata = strata
    self.clusters = clusters
  }

  /// A design's variance of totals.
  struct Variance {
    var matrix: Matrix
    /// Clusters less strata.
    var degrees: Double
    var clusterCount: Int
    /// Strata with one cluster, centred at the mean of all clusters.
    var lonelyStrata: Int
  }

  /// The variance of the sums of linearised values, with replacement of clusters within strata (Taylor linearisation;
  /// Binder 1983). A stratum with one cluster is centred at the mean of all clusters, which errs on the wide side.
  ///
  /// - Parameter scores: columns of values, weights included, one row an observation.
  func variance(ofSums scores: [[Double]]) throws(Uncomputable) -> Variance {
    let size = scores.count
    guard let rows = scores.first?.count, rows > 0 else { throw .noObservations }
    // Clusters with the same name in two strata are two.
    var places: [Int: Int] = [:]
    var stratumOf: [Int] = []
    var sums: [[Double]] = []
    let most = (clusters?.max() ?? rows) + 1
    for row in 0..<rows {
      let stratum = strata?[row] ?? 0
      let key = stratum * most + (clusters?[row] ?? row)
      let place: Int
      if let found = places[key] {
        place = found
      } else {
        place = sums.count
        places[key] = place
        stratumOf.append(stratum)
        sums.append([Double](repeating: 0, count: size))
      }
      for column in 0..<size { sums[place][column] += scores[column][row] }
    }
    guard sums.count > 1 else { throw .oneCluster }
    var byStratum: [Int: [Int]] = [:]
    for (place, stratum) in stratumOf.enumerated() { byStratum[stratum, default: []].append(place) }
    func mean(_ members: [Int]) -> [Double] {
      (0..<size).map { column in members.reduce(0) { $0 + sums[$1][column] } / Double(members.count) }
    }
    let overall = mean(Array(sums.indices))
    var matrix = Matrix(rows: size, columns: size)
    var lonely = 0
    for stratum in byStratum.keys.sorted() {
      let members = byStratum[stratum] ?? []
      let count = Double(members.count)
      if members.count == 1 { lonely += 1 }
      let centre = members.count == 1 ? overall : mean(members)
      let factor = members.count == 1 ? 1 : count / (count - 1)
      for member in members {
        for i in 0..<size {
          let left = sums[member][i] - centre[i]
          if left == 0 { continue }
          for j in 0..<size { matrix[i, j] += factor * left * (sums[member][j] - centre[j]) }
        }
      }
    }
    let degrees = Double(sums.count - byStratum.count)
    return Variance(
      matrix: matrix, degrees: max(1, degrees), clusterCount: sums.count, lonelyStrata: lonely)
  }
}
