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

  /// The threshold at which `value` is highest; in the middle of the gap to the next lower score. O(n log n).
  public static func bestThreshold(
    _ scores: [Double], _ answers: [Bool], _ value: (Counts) -> Double
  ) -> Double {
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    var counts = Counts()
    counts.falseNegative = answers.count { $0 }
    counts.trueNegative = answers.count - counts.falseNegative
    var best = (value: value(counts), threshold: 1.0)
    for (place, index) in order.enumerated() {
      if answers[index] {
        counts.truePositive += 1
        counts.falseNegative -= 1
      } else {
        counts.falsePositive += 1
        counts.trueNegative -= 1
      }
      let next = place + 1 < order.count ? scores[order[place + 1]] : 0
      if next < scores[index], value(counts) > best.value { best = (value(counts), (scores[index] + next) / 2) }
    }
    return best.threshold
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

  /// Highest precision in a stream of which `share` is abusive, at a threshold with at least `recall`.
  public static func inboxPrecision(_ predictions: [Prediction], share: Double, recall: Double) -> Double {
    let sorted = predictions.sorted { $0.score > $1.score }
    let positives = Double(predictions.count { $0.message.abusive })
    let negatives = Double(predictions.count) - positives
    guard positives > 0, negatives > 0 else { return 0 }
    var right = 0.0
    var wrong = 0.0
    var best = 0.0
    for (index, prediction) in sorted.enumerated() {
      if prediction.message.abusive { right += 1 } else { wrong += 1 }
      if index + 1 < sorted.count, sorted[index + 1].score == prediction.score { continue }
      guard right / positives >= recall else { continue }
      let truePositive = share * right / positives
      let falsePositive = (1 - share) * wrong / negatives
      best = max(best, truePositive / (truePositive + falsePositive))
    }
    return best
  }

  /// Precision at the model's own threshold in a stream of which `share` is abusive.
  public static func inboxPrecisionAtThreshold(_ predictions: [Prediction], share: Double) -> Double {
    var counts = Counts()
    for prediction in predictions { counts.add(predicted: prediction.abusive, actual: prediction.message.abusive) }
    let right = share * counts.recall
    let negatives = Double(counts.falsePositive + counts.trueNegative)
    let wrong = negatives == 0 ? 0 : (1 - share) * Double(counts.falsePositive) / negatives
    return right + wrong == 0 ? 1 : right / (right + wrong)
  }
}

/// The figures of one evaluation.
public struct EvaluationFigures: Sendable, Codable, Equatable {
  public var messages = 0
  public var abusive = 0
  public var macroF1 = 0.0
  public var precision = 0.0
  public var recall = 0.0
  public var seriousRecall = 0.0
  public var inboxPrecision = 0.0
  public var inboxPrecisionAtThreshold = 0.0
  public var pairs = 0
  public var pairsBothRight = 0.0
  public var categoryF1: [String: Double] = [:]
  public var categoryMacroF1 = 0.0
  public var severityKappa = 0.0
  public var calibrationError = 0.0
  /// Flagged clean messages in a thousand, for ordinary text.
  public var ordinaryFalseAlarms = 0.0
  public var targetAccuracy = 0.0

  /// Kinds that are everyday text rather than messages about politics.
  public static let ordinaryKinds: Set<String> = [
    "fragment", "title", "names", "newsline", "encyclo", "minutes", "recipe", "lawtext", "advert", "weather", "review",
    "story", "homework", "listing", "instruction",
  ]

  public init(_ predictions: [Prediction]) {
    messages = predictions.count
    abusive = predictions.count { $0.message.abusive }
    var counts = Metrics.Counts()
    for prediction in predictions { counts.add(predicted: prediction.abusive, actual: prediction.message.abusive) }
    macroF1 = counts.macroF1
    precision = counts.precision
    recall = counts.recall
    let serious = predictions.filter { $0.message.severity >= 3 }
    seriousRecall = serious.isEmpty ? 0 : Double(serious.count { $0.abusive }) / Double(serious.count)
    inboxPrecision = Metrics.inboxPrecision(predictions, share: 0.15, recall: 0.85)
    inboxPrecisionAtThreshold = Metrics.inboxPrecisionAtThreshold(predictions, share: 0.15)
    var byPair: [String: [Prediction]] = [:]
    for prediction in predictions {
      if let pair = prediction.message.pair { byPair[pair, default: []].append(prediction) }
    }
    let whole = byPair.values.filter { $0.count == 2 }
    pairs = whole.count
    let right = whole.count { $0.allSatisfy { $0.abusive == $0.message.abusive } }
    pairsBothRight = whole.isEmpty ? 0 : Double(right) / Double(whole.count)
    var sum = 0.0
    for category in Category.allCases {
      var counts = Metrics.Counts()
      for prediction in predictions {
        counts.add(
          predicted: prediction.categories[category.index] >= 0.5,
          actual: prediction.message.categories.contains(category))
      }
      categoryF1[category.rawValue] = counts.f1
      sum += counts.f1
    }
    categoryMacroF1 = sum / Double(Category.allCases.count)
    severityKappa = Metrics.weightedKappa(predictions.map(\.message.severity), predictions.map(\.severity), largest: 4)
    calibrationError = Metrics.calibrationError(predictions.map(\.score), predictions.map(\.message.abusive))
    let ordinary = predictions.filter { !$0.message.abusive && Self.ordinaryKinds.contains($0.message.kind) }
    ordinaryFalseAlarms = ordinary.isEmpty ? 0 : 1000 * Double(ordinary.count { $0.abusive }) / Double(ordinary.count)
    let found = predictions.filter { $0.message.abusive && $0.abusive }
    targetAccuracy = found.isEmpty ? 0 : Double(found.count { $0.target == $0.message.target }) / Double(found.count)
  }
}
