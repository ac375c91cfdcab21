internal import CWeights

/// How to train.
public struct TrainingOptions: Sendable {
  /// Features in fewer texts than this are left out.
  public var minimumTexts = 2
  /// Smoothing of the counts.
  public var smoothing = 1.0
  public var estimator = LogCountRatios.Estimator.multinomial
  /// Passes over the texts in the first round, and in each later one.
  public var epochs = 4
  public var laterEpochs = 3
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
  public let hashes: [UInt64]
  /// The number of each feature of the training set.
  let numbers: [UInt32]
  /// In how many of the texts learned from each feature occurs.
  let texts: [UInt32]
  /// Weights beside the hashes.
  public let weights: [Lanes]
  public let intercept: Lanes
  public let sharpness: Float
  public let wholeShare: Float

  /// The pooled score (before calibration) of a text of the set that the model was trained on a part of. O(features).
  public func score(_ text: Int, of set: TrainingSet) -> Lanes {
    let rows = set.rows
    let whole = rows.firstRow[text + 1] - 1
    var pool = PartPool(sharpness: sharpness)
    for row in rows.firstRow[text]..<whole { pool.add(sum(rows, row) * PartPool.norm(rows.sizes[row])) }
    return intercept + pool.result + sum(rows, whole) * (PartPool.norm(rows.sizes[whole]) * wholeShare)
  }

  private func sum(_ rows: IndexedBags, _ row: Int) -> Lanes {
    var sum = Lanes.zero
    for position in rows.starts[row]..<rows.starts[row + 1] {
      let number = numbers[Int(rows.features[position])]
      if number != FeatureIndex.absent { sum += weights[Int(number)] }
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

/// How much a feature counts for each question before the machine re-weights it: the size of its log-count ratio, cut off,
/// with a share of the plain scale. In 255 steps, so that four features share a cache line.
struct FeatureScale {
  private var steps: SIMD16<UInt8>

  /// The scale of step 0, and the size of a step.
  struct Unit {
    var floor: Lanes
    var step: Lanes
  }

  static func unit(_ options: TrainingOptions) -> Unit {
    Unit(
      floor: Lanes(repeating: options.floor),
      step: Lanes(repeating: (1 - options.floor) * options.largestRatio / 255))
  }

  init(ratio: Lanes, options: TrainingOptions) {
    let size = pointwiseMin(ratio.replacing(with: -ratio, where: ratio .< 0), Lanes(repeating: options.largestRatio))
    let scaled = (size * (255 / options.largestRatio)).rounded(.toNearestOrAwayFromZero)
    steps = SIMD16<UInt8>(truncatingIfNeeded: SIMD16<Int32>(scaled))
  }

  @inline(__always)
  func square(_ unit: Unit) -> Lanes {
    let scale = unit.floor + unit.step * Lanes(SIMD16<Int32>(truncatingIfNeeded: steps))
    return scale * scale
  }
}

/// Trains a ``LinearModel``: naive Bayes with support-vector re-weighting (Wang and Manning, 2012), for sixteen questions
/// in one pass.
///
/// The support-vector machine has squared hinge loss and is solved in the dual, one text at a time (Hsieh and others,
/// 2008), which needs no step size. Within a round the attention of the parts is fixed, so that each round has one optimum.
public enum Trainer {
  /// Trains on the chosen texts. The result depends on nothing but the arguments. O(rounds × epochs × features).
  public static func train(_ set: TrainingSet, chosen: [Int], options: TrainingOptions) -> LinearModel {
    let index = FeatureIndex(set, chosen: chosen, minimum: options.minimumTexts)
    let rows = IndexedBags(set, chosen: chosen, index: index)
    let count = index.hashes.count
    let answers = chosen.map { set.answers[$0] }
    let asked = chosen.map { set.asked[$0] }
    let weights = chosen.map { set.weights[$0] }
    let ratios = LogCountRatios.ratios(
      rows, answers: answers, asked: asked, weights: weights, featureCount: count, smoothing: options.smoothing,
      estimator: options.estimator)
    let scales = [FeatureScale](largePages: count) { FeatureScale(ratio: ratios[$0], options: options) }
    var machine = Machine(rows: rows, scales: scales, options: options)
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
      hashes: index.hashes, numbers: index.numbers, texts: index.texts, weights: machine.weights,
      intercept: options.intercept,
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
    /// The scale of each feature.
    private let scales: [FeatureScale]
    private let unit: FeatureScale.Unit
    /// -1 or 1 for each question.
    var signs: [Lanes] = []
    /// Cost of each text for each question; 0 where the question is not asked.
    var costs: [Lanes] = []
    private var duals: [Lanes]
    /// For each row: attention times norm.
    private var factors: [Lanes]

    init(rows: IndexedBags, scales: [FeatureScale], options: TrainingOptions) {
      self.rows = rows
      self.options = options
      self.scales = scales
      unit = FeatureScale.unit(options)
      weights = [Lanes](largePages: scales.count) { _ in .zero }
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
      _ scales: UnsafeBufferPointer<FeatureScale>, _ unit: FeatureScale.Unit,
      _ weights: UnsafeMutableBufferPointer<Lanes>
    ) {
      for position in range {
        let feature = Int(features[position])
        weights[feature] += change * scales[feature].square(unit)
      }
    }

    /// The weights, moved out so that the rest of the state can be read while they change.
    private mutating func take() -> [Lanes] {
      defer { weights = [] }
      return weights
    }

    /// Asks for what the next text needs, so that it is there when its turn comes: the texts come in random order.
    @inline(__always)
    private func ask(
      for bag: Int, _ features: UnsafeBufferPointer<UInt32>, _ scales: UnsafeBufferPointer<FeatureScale>,
      _ weights: UnsafeMutableBufferPointer<Lanes>
    ) {
      guard let scale = scales.baseAddress, let weight = weights.baseAddress else { return }
      for position in rows.positions(ofBag: bag) {
        let feature = Int(features[position])
        weerbaar_prefetch_far(weight + feature)
        weerbaar_prefetch_far(scale + feature)
      }
    }

    private func range(_ row: Int) -> Range<Int> { rows.starts[row]..<rows.starts[row + 1] }

    /// Sets what each part counts, and brings the weights in line with it.
    mutating func setAttention(even: Bool) {
      var taken = take()
      defer { weights = taken }
      rows.features.withUnsafeBufferPointer { features in
        scales.withUnsafeBufferPointer { scales in
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
                Self.add(duals[bag] * signs[bag] * factors[row], features, range(row), scales, unit, weights)
              }
            }
          }
        }
      }
    }

    /// The squared length of each text as a vector, for each question.
    private func lengths() -> [Lanes] {
      rows.features.withUnsafeBufferPointer { features in
        scales.withUnsafeBufferPointer { scales in
          duals.indices.map { bag in
            var length = Lanes.zero
            for row in rows.firstRow[bag]..<rows.firstRow[bag + 1] {
              var sum = Lanes.zero
              for position in range(row) { sum += scales[Int(features[position])].square(unit) }
              length += sum * factors[row] * factors[row]
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
        scales.withUnsafeBufferPointer { scales in
          taken.withUnsafeMutableBufferPointer { weights in
            for _ in 0..<epochs {
              random.shuffle(&order)
              for (step, bag) in order.enumerated() {
                if step + 1 < order.count { ask(for: order[step + 1], features, scales, weights) }
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
                  Self.add(step * signs[bag] * factors[row], features, range(row), scales, unit, weights)
                }
              }
            }
          }
        }
      }
    }
  }
}
