/// How to train.
public struct TrainingOptions: Sendable {
  /// Features in fewer texts than this are left out.
  public var minimumTexts = 2
  /// Smoothing of the counts.
  public var smoothing = 1.0
  public var estimator = LogCountRatios.Estimator.multinomial
  public var epochs = 12
  /// Step size of AdaGrad.
  public var learningRate: Float = 0.15
  /// L2 penalty on the re-weighting of the log-count ratios.
  public var penalty: Float = 2e-5
  /// The score of a text without any known feature, for each question: fixed, below the threshold.
  public var intercept = Lanes(repeating: -2)
  /// Sharpness of the weighting of parts: 0 is the mean, large is the maximum.
  public var sharpness: Float = 1
  /// Log-count ratios are cut off at this size.
  public var largestRatio: Float = 4
  /// Share of the plain scale mixed in, so that features with a ratio near zero can still gain weight.
  public var floor: Float = 0.3
  public var seed: UInt64 = 20_261_124

  public init() {}
}

/// Weights of features for sixteen questions: log-count ratios, re-weighted by logistic regression.
public struct LinearModel: Sendable {
  /// Feature hashes in order.
  public internal(set) var hashes: [UInt64]
  /// Weights beside the hashes.
  public internal(set) var weights: [Lanes]
  public var intercept: Lanes
  public var sharpness: Float

  /// The pooled score (log-odds before calibration) of a bag. O(features).
  public func score(_ bag: Bag) -> Lanes {
    var pool = PartPool(sharpness: sharpness)
    for part in bag.parts { pool.add(intercept + sum(part)) }
    return (bag.parts.isEmpty ? intercept : pool.result) + sum(bag.whole)
  }

  private func sum(_ features: [UInt64]) -> Lanes {
    var sum = Lanes.zero
    for hash in features {
      var low = 0
      var high = hashes.count
      while low < high {
        let middle = (low + high) / 2
        if hashes[middle] < hash { low = middle + 1 } else { high = middle }
      }
      if low < hashes.count, hashes[low] == hash { sum += weights[low] }
    }
    return sum
  }
}

/// Joins the scores of parts: a mean in which a part counts by e to the power of its own score, times the sharpness.
///
/// One abusive line in a long mail then decides, and many harmless lines do not add up to anything.
public struct PartPool: Sendable {
  @usableFromInline var weighted = Lanes.zero
  @usableFromInline var total = Lanes.zero
  @usableFromInline let sharpness: Float

  @inlinable
  public init(sharpness: Float) { self.sharpness = sharpness }

  @inlinable
  public mutating func add(_ score: Lanes) {
    let attention = DeterministicMath.exp(score * sharpness)
    weighted += score * attention
    total += attention
  }

  @inlinable
  public var result: Lanes { weighted / total }
}

/// Trains a ``LinearModel``: naive Bayes with support-vector-like re-weighting (Wang and Manning, 2012), with the logistic
/// loss, by AdaGrad, for sixteen questions in one pass.
public enum Trainer {
  /// Trains on the chosen bags. The result depends on nothing but the arguments. O(epochs × features).
  public static func train(_ bags: [Bag], chosen: [Int], options: TrainingOptions) -> LinearModel {
    let index = FeatureIndex(bags: bags, chosen: chosen, minimum: options.minimumTexts)
    let rows = IndexedBags(bags: bags, chosen: chosen, index: index)
    let count = index.hashes.count
    let answers = chosen.map { bags[$0].answers }
    let asked = chosen.map { bags[$0].asked }
    let weights = chosen.map { bags[$0].weight }
    var scale = LogCountRatios.ratios(
      rows, answers: answers, asked: asked, weights: weights, featureCount: count, smoothing: options.smoothing,
      estimator: options.estimator)
    let limit = Lanes(repeating: options.largestRatio)
    for feature in 0..<count {
      let ratio = scale[feature].clamped(lowerBound: -limit, upperBound: limit)
      // The sign goes to the start value, the size sets how easily a weight moves.
      scale[feature] = ratio
    }
    var model = LinearModel(
      hashes: index.hashes, weights: [Lanes](repeating: .zero, count: count), intercept: options.intercept,
      sharpness: options.sharpness)
    var gradients = [Lanes](repeating: Lanes(repeating: 1e-6), count: count)
    var order = Array(chosen.indices)
    var random = SplitMix64(seed: options.seed)
    let yes = answers.map { LogCountRatios.lanes($0) }
    let counts = zip(asked, weights).map { LogCountRatios.lanes($0) * $1 }
    var attention: [Lanes] = []
    for epoch in 0..<options.epochs {
      random.shuffle(&order)
      let rate = options.learningRate * (1 - 0.9 * Float(epoch) / Float(max(1, options.epochs - 1)))
      model.weights.withUnsafeMutableBufferPointer { weight in
        gradients.withUnsafeMutableBufferPointer { squares in
          scale.withUnsafeBufferPointer { scale in
            rows.features.withUnsafeBufferPointer { features in
              for bag in order {
                step(
                  bag, rows, features, weight, squares, scale, yes[bag], counts[bag], rate, options, &attention)
              }
            }
          }
        }
      }
    }
    for feature in 0..<count { model.weights[feature] *= size(scale[feature], options.floor) }
    return model
  }

  @inline(__always)
  private static func size(_ ratio: Lanes, _ floor: Float) -> Lanes {
    let magnitude = ratio.replacing(with: -ratio, where: ratio .< 0)
    return magnitude * (1 - floor) + floor
  }

  private static func step(
    _ bag: Int, _ rows: IndexedBags, _ features: UnsafeBufferPointer<UInt32>,
    _ weight: UnsafeMutableBufferPointer<Lanes>, _ squares: UnsafeMutableBufferPointer<Lanes>,
    _ scale: UnsafeBufferPointer<Lanes>, _ yes: Lanes, _ counts: Lanes, _ rate: Float, _ options: TrainingOptions,
    _ scores: inout [Lanes]
  ) {
    let first = rows.firstRow[bag]
    let whole = rows.firstRow[bag + 1] - 1
    func sum(_ row: Int) -> Lanes {
      var sum = Lanes.zero
      for position in rows.starts[row]..<rows.starts[row + 1] {
        let feature = Int(features[position])
        sum += weight[feature] * size(scale[feature], options.floor)
      }
      return sum
    }
    scores.removeAll(keepingCapacity: true)
    var pool = PartPool(sharpness: options.sharpness)
    for row in first..<whole {
      let score = options.intercept + sum(row)
      scores.append(score)
      pool.add(score)
    }
    let pooled = first == whole ? options.intercept : pool.result
    let error = (DeterministicMath.sigmoid(pooled + sum(whole)) - yes) * counts
    func update(_ row: Int, _ slope: Lanes) {
      for position in rows.starts[row]..<rows.starts[row + 1] {
        let feature = Int(features[position])
        let gradient = slope * size(scale[feature], options.floor) + options.penalty * weight[feature]
        let square = squares[feature] + gradient * gradient
        squares[feature] = square
        weight[feature] -= rate * gradient / square.squareRoot()
      }
    }
    for (offset, score) in scores.enumerated() {
      let share = DeterministicMath.exp(score * options.sharpness) / pool.total
      update(first + offset, error * share * (1 + options.sharpness * (score - pooled)))
    }
    update(whole, error)
  }
}
