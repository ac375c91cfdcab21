/// How to train.
public struct TrainingOptions: Sendable {
  /// Features in fewer texts than this are left out.
  public var minimumTexts = 2
  /// Smoothing of the counts.
  public var smoothing = 1.0
  public var estimator = LogCountRatios.Estimator.multinomial
  /// Passes over the texts in the first round, and in each later one.
  public var epochs = 6
  public var laterEpochs = 4
  /// Rounds: after each, the attention that parts get is set anew from the weights found.
  public var rounds = 2
  /// Cost of a text on the wrong side of the margin, against the size of the weights.
  public var cost: Float = 2
  /// How much more a text with the answer yes costs than one with no, for each question.
  public var positiveCost = Lanes(repeating: 1)
  /// The score of a text without any known feature, for each question: fixed, below the threshold.
  public var intercept = Lanes(repeating: -0.5)
  /// Sharpness of the weighting of parts: 0 is the mean, large is the maximum.
  public var sharpness: Float = 1
  /// How much the features of the whole count against those of the parts.
  public var wholeShare: Float = 0.5
  /// Log-count ratios are cut off at this size.
  public var largestRatio: Float = 4
  /// Share of the plain scale mixed in, so that features with a ratio near zero can still gain weight.
  public var floor: Float = 0.3
  public var seed: UInt64 = 20_261_124

  public init() {}
}

/// Weights of features for sixteen questions: log-count ratios, re-weighted by a linear support-vector machine.
public struct LinearModel: Sendable {
  /// Feature hashes, each once.
  public var hashes: [UInt64] { numbers.hashes }
  let numbers: HashNumbers
  /// In how many of the texts learned from each feature occurs.
  let texts: [UInt32]
  /// Weights beside the hashes.
  public let weights: [Lanes]
  public let intercept: Lanes
  public let sharpness: Float
  public let wholeShare: Float

  /// The pooled score (before calibration) of a bag. Expected O(features).
  public func score(_ bag: Bag) -> Lanes {
    var pool = PartPool(sharpness: sharpness)
    for part in bag.parts { pool.add(sum(part) * PartPool.norm(part.count)) }
    return intercept + pool.result + sum(bag.whole) * (PartPool.norm(bag.whole.count) * wholeShare)
  }

  private func sum(_ features: [UInt64]) -> Lanes {
    var sum = Lanes.zero
    for hash in features { if let number = numbers.number(hash) { sum += weights[Int(number)] } }
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

  /// What the sum over a row of features is multiplied by: the row as a vector of length 1.
  @inlinable
  public static func norm(_ features: Int) -> Float { 1 / Float(max(features, 1)).squareRoot() }

  public static func attention(_ score: Lanes, _ sharpness: Float) -> Lanes { DeterministicMath.exp(score * sharpness) }

  public mutating func add(_ score: Lanes) {
    let attention = Self.attention(score, sharpness)
    weighted += score * attention
    total += attention
  }

  /// The pooled score; zero where there are no parts.
  @inlinable
  public var result: Lanes { weighted / total.replacing(with: 1, where: total .== 0) }
}

/// Trains a ``LinearModel``: naive Bayes with support-vector re-weighting (Wang and Manning, 2012), for sixteen questions
/// in one pass.
///
/// The support-vector machine has squared hinge loss and is solved in the dual, one text at a time (Hsieh and others,
/// 2008), which needs no step size. Within a round the attention of the parts is fixed, so that each round has one optimum.
public enum Trainer {
  /// Trains on the chosen bags. The result depends on nothing but the arguments. O(rounds × epochs × features).
  public static func train(_ bags: [Bag], chosen: [Int], options: TrainingOptions) -> LinearModel {
    let index = FeatureIndex(bags: bags, chosen: chosen, minimum: options.minimumTexts)
    let rows = IndexedBags(bags: bags, chosen: chosen, index: index)
    let count = index.hashes.count
    let answers = chosen.map { bags[$0].answers }
    let asked = chosen.map { bags[$0].asked }
    let weights = chosen.map { bags[$0].weight }
    var squares = LogCountRatios.ratios(
      rows, answers: answers, asked: asked, weights: weights, featureCount: count, smoothing: options.smoothing,
      estimator: options.estimator)
    let limit = Lanes(repeating: options.largestRatio)
    for feature in 0..<count {
      let ratio = squares[feature]
      let size = pointwiseMin(ratio.replacing(with: -ratio, where: ratio .< 0), limit)
      let scale = size * (1 - options.floor) + options.floor
      squares[feature] = scale * scale
    }
    var machine = Machine(rows: rows, squares: squares, options: options)
    machine.signs = answers.map { LogCountRatios.lanes($0) * 2 - 1 }
    machine.costs = zip(asked, zip(answers, weights)).map { asked, rest in
      let costs = LogCountRatios.lanes(asked) * rest.1 * options.cost
      let yes = LogCountRatios.lanes(rest.0)
      return costs * (yes * (options.positiveCost - 1) + 1)
    }
    for round in 0..<options.rounds {
      machine.setAttention(even: round == 0)
      machine.run(epochs: round == 0 ? options.epochs : options.laterEpochs, seed: options.seed &+ UInt64(round))
    }
    return LinearModel(
      numbers: index.numbers, texts: index.texts, weights: machine.weights, intercept: options.intercept,
      sharpness: options.sharpness,
      wholeShare: options.wholeShare)
  }

  /// The dual problem and its state.
  ///
  /// A feature counts in a text by its scale, its ratio. The weights here are for features that count 1: the machine's own
  /// times the scale. So a score needs one look-up a feature, and a change of a dual adds to a weight the square of the scale.
  private struct Machine {
    let rows: IndexedBags
    let options: TrainingOptions
    private(set) var weights: [Lanes]
    /// The squared scale of each feature.
    private let squares: [Lanes]
    /// -1 or 1 for each question.
    var signs: [Lanes] = []
    /// Cost of each text for each question; 0 where the question is not asked.
    var costs: [Lanes] = []
    private var duals: [Lanes]
    /// For each row: attention times norm.
    private var factors: [Lanes]

    init(rows: IndexedBags, squares: [Lanes], options: TrainingOptions) {
      self.rows = rows
      self.options = options
      self.squares = squares
      weights = [Lanes](repeating: .zero, count: squares.count)
      duals = [Lanes](repeating: .zero, count: rows.firstRow.count - 1)
      factors = [Lanes](repeating: .zero, count: rows.starts.count - 1)
    }

    @inline(__always)
    private static func sum(
      _ features: UnsafeBufferPointer<UInt32>, _ range: Range<Int>, _ values: UnsafeBufferPointer<Lanes>
    ) -> Lanes {
      var sum = Lanes.zero
      for position in range { sum += values[Int(features[position])] }
      return sum
    }

    @inline(__always)
    private static func add(
      _ change: Lanes, _ features: UnsafeBufferPointer<UInt32>, _ range: Range<Int>,
      _ squares: UnsafeBufferPointer<Lanes>, _ weights: UnsafeMutableBufferPointer<Lanes>
    ) {
      for position in range {
        let feature = Int(features[position])
        weights[feature] += change * squares[feature]
      }
    }

    /// The weights, moved out so that the rest of the state can be read while they change.
    private mutating func take() -> [Lanes] {
      defer { weights = [] }
      return weights
    }

    private func range(_ row: Int) -> Range<Int> { rows.starts[row]..<rows.starts[row + 1] }

    /// Sets what each part counts, and brings the weights in line with it.
    mutating func setAttention(even: Bool) {
      var taken = take()
      defer { weights = taken }
      rows.features.withUnsafeBufferPointer { features in
        squares.withUnsafeBufferPointer { squares in
          taken.withUnsafeMutableBufferPointer { weights in
            for bag in duals.indices {
              let first = rows.firstRow[bag]
              let whole = rows.firstRow[bag + 1] - 1
              var total = Lanes.zero
              for row in first..<whole {
                let norm = PartPool.norm(rows.sizes[row])
                factors[row] =
                  even || whole - first == 1
                  ? Lanes(repeating: 1)
                  : PartPool.attention(
                    Self.sum(features, range(row), UnsafeBufferPointer(weights)) * norm, options.sharpness)
                total += factors[row]
              }
              for row in first..<whole { factors[row] = factors[row] / total * PartPool.norm(rows.sizes[row]) }
              factors[whole] = Lanes(repeating: PartPool.norm(rows.sizes[whole]) * options.wholeShare)
            }
            for feature in weights.indices { weights[feature] = .zero }
            for bag in duals.indices where duals[bag] != .zero {
              for row in rows.firstRow[bag]..<rows.firstRow[bag + 1] {
                Self.add(duals[bag] * signs[bag] * factors[row], features, range(row), squares, weights)
              }
            }
          }
        }
      }
    }

    /// The squared length of each text as a vector, for each question.
    private func lengths() -> [Lanes] {
      rows.features.withUnsafeBufferPointer { features in
        squares.withUnsafeBufferPointer { squares in
          duals.indices.map { bag in
            var length = Lanes.zero
            for row in rows.firstRow[bag]..<rows.firstRow[bag + 1] {
              length += Self.sum(features, range(row), squares) * factors[row] * factors[row]
            }
            return length
          }
        }
      }
    }

    mutating func run(epochs: Int, seed: UInt64) {
      var random = SplitMix64(seed: seed)
      var order = Array(duals.indices)
      let lengths = lengths()
      var taken = take()
      defer { weights = taken }
      rows.features.withUnsafeBufferPointer { features in
        squares.withUnsafeBufferPointer { squares in
          taken.withUnsafeMutableBufferPointer { weights in
            for _ in 0..<epochs {
              random.shuffle(&order)
              for bag in order {
                let cost = costs[bag]
                let rowRange = rows.firstRow[bag]..<rows.firstRow[bag + 1]
                var score = options.intercept
                for row in rowRange {
                  score += Self.sum(features, range(row), UnsafeBufferPointer(weights)) * factors[row]
                }
                let slack = 1 / (2 * cost.replacing(with: 1, where: cost .== 0))
                let gradient = score * signs[bag] - 1 + slack * duals[bag]
                let old = duals[bag]
                var new = pointwiseMax(old - gradient / (lengths[bag] + slack), Lanes.zero)
                new = new.replacing(with: 0, where: cost .== 0)
                let step = new - old
                if step == .zero { continue }
                duals[bag] = new
                for row in rowRange {
                  Self.add(step * signs[bag] * factors[row], features, range(row), squares, weights)
                }
              }
            }
          }
        }
      }
    }
  }
}
