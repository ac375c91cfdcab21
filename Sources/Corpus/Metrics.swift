import NaiveBayes
public import Weerbaar

/// What a model said of a labelled message.
public struct Prediction: Sendable {
  public var message: LabelledMessage
  /// Probability of abuse; 0 where the model abstained.
  public var score: Double
  public var abusive: Bool
  public var severity: Int
  /// Probabilities in the order of `Category.allCases`.
  public var categories: [Double]
  public var target: Target
  public var abstained: Bool

  public init(
    message: LabelledMessage, score: Double, abusive: Bool, severity: Int, categories: [Double], target: Target,
    abstained: Bool
  ) {
    self.message = message
    self.score = score
    self.abusive = abusive
    self.severity = severity
    self.categories = categories
    self.target = target
    self.abstained = abstained
  }
}

/// Figures of merit.
public enum Metrics {
  /// True and false positives and negatives.
  public struct Counts: Sendable, Equatable, Codable {
    public var truePositive = 0
    public var falsePositive = 0
    public var falseNegative = 0
    public var trueNegative = 0

    public init() {}

    public mutating func add(predicted: Bool, actual: Bool) {
      switch (predicted, actual) {
      case (true, true): truePositive += 1
      case (true, false): falsePositive += 1
      case (false, true): falseNegative += 1
      case (false, false): trueNegative += 1
      }
    }

    /// Counts one more message as flagged that was not.
    mutating func move(_ abusive: Bool) {
      if abusive {
        truePositive += 1
        falseNegative -= 1
      } else {
        falsePositive += 1
        trueNegative -= 1
      }
    }

    /// Share of the flagged that are right; 1 where none is flagged.
    public var precision: Double { Self.ratio(truePositive, truePositive + falsePositive) }
    /// Share of the right that are flagged; 1 where there are none.
    public var recall: Double { Self.ratio(truePositive, truePositive + falseNegative) }
    public var f1: Double { Self.f1(truePositive, falsePositive, falseNegative) }
    /// Mean of the F1 of both answers.
    public var macroF1: Double { (f1 + Self.f1(trueNegative, falseNegative, falsePositive)) / 2 }
    public var total: Int { truePositive + falsePositive + falseNegative + trueNegative }

    public static func macroF1(_ counts: Counts) -> Double { counts.macroF1 }

    private static func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 1 : Double(part) / Double(whole) }
    private static func f1(_ right: Int, _ wrong: Int, _ missed: Int) -> Double {
      right == 0 && wrong + missed == 0 ? 1 : Double(2 * right) / Double(2 * right + wrong + missed)
    }
  }

  /// What each threshold gives, from the highest to the lowest: first that nothing is flagged, then one in the middle of each
  /// gap between scores. O(n log n).
  private static func steps(
    _ scores: [Double], _ answers: [Bool], _ value: (Counts) -> Double
  ) -> [(value: Double, threshold: Double)] {
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    var counts = Counts()
    counts.falseNegative = answers.count { $0 }
    counts.trueNegative = answers.count - counts.falseNegative
    var steps = [(value: value(counts), threshold: 1.0)]
    for (place, index) in order.enumerated() {
      counts.move(answers[index])
      let next = place + 1 < order.count ? scores[order[place + 1]] : 0
      if next < scores[index] { steps.append((value(counts), (scores[index] + next) / 2)) }
    }
    return steps
  }

  /// The highest threshold at which `value` is highest. O(n log n).
  public static func bestThreshold(
    _ scores: [Double], _ answers: [Bool], _ value: (Counts) -> Double
  ) -> Double {
    // Of equal ones `max` gives the first.
    steps(scores, answers, value).max { $0.value < $1.value }?.threshold ?? 1
  }

  /// The lowest threshold at which macro-F1 is at most `loss` below the best. Macro-F1 is flat around its best: a little of
  /// it buys much recall, and a missed threat is worse than a second look. O(n log n).
  public static func watchfulThreshold(_ scores: [Double], _ answers: [Bool], loss: Double) -> Double {
    let steps = steps(scores, answers, Counts.macroF1)
    let best = steps.map(\.value).max() ?? 0
    return steps.last { $0.value >= best - loss }?.threshold ?? 1
  }

  /// Expected calibration error in `bins` bins of equal width: the mean distance between probability and share, weighted by
  /// the number of messages (Naeini and others, 2015).
  public static func calibrationError(_ scores: [Double], _ answers: [Bool], bins: Int = 10) -> Double {
    var sums = [(score: Double, right: Double, count: Double)](repeating: (0, 0, 0), count: bins)
    for (score, answer) in zip(scores, answers) {
      let bin = min(bins - 1, max(0, Int(score * Double(bins))))
      sums[bin].score += score
      sums[bin].right += answer ? 1 : 0
      sums[bin].count += 1
    }
    guard !scores.isEmpty else { return 0 }
    return sums.reduce(0) { $0 + ($1.count > 0 ? abs($1.score - $1.right) : 0) } / Double(scores.count)
  }

  /// Cohen's kappa between two ratings 0...largest, with weights that grow with the square (or the size) of the difference.
  public static func weightedKappa(_ first: [Int], _ second: [Int], largest: Int, quadratic: Bool = true) -> Double {
    guard !first.isEmpty else { return 0 }
    let size = largest + 1
    var seen = [Double](repeating: 0, count: size * size)
    var rows = [Double](repeating: 0, count: size)
    var columns = [Double](repeating: 0, count: size)
    for (a, b) in zip(first, second) {
      seen[a * size + b] += 1
      rows[a] += 1
      columns[b] += 1
    }
    let total = Double(first.count)
    var observed = 0.0
    var expected = 0.0
    for a in 0..<size {
      for b in 0..<size {
        let distance = Double(abs(a - b))
        let weight = quadratic ? distance * distance : distance
        observed += weight * seen[a * size + b] / total
        expected += weight * rows[a] * columns[b] / (total * total)
      }
    }
    return expected == 0 ? 1 : 1 - observed / expected
  }
}
