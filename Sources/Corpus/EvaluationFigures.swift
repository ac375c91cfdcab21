import Weerbaar

/// What counts of a prediction for the figures, without its texts.
struct Outcome: Sendable {
  var score: Double
  var abusive: Bool
  var flagged: Bool
  /// Labelled and predicted severity; the label is nil where it is not known.
  var severity: Int?
  var predictedSeverity: Int
  /// Labelled categories as bits; nil where they are not known.
  var categories: UInt8?
  var predictedCategories: UInt8
  var isOrdinary: Bool
  /// Whether the target is right; nil where it is not known.
  var targetIsRight: Bool?
  /// Number of the pair it belongs to, or nil.
  var pair: Int?

  /// The outcomes of predictions, and how many pairs there are.
  static func of(_ predictions: [Prediction]) -> (outcomes: [Outcome], pairs: Int) {
    var numbers: [String: Int] = [:]
    for prediction in predictions {
      if let pair = prediction.message.pair, numbers[pair] == nil { numbers[pair] = numbers.count }
    }
    let outcomes = predictions.map { prediction in
      let message = prediction.message
      return Outcome(
        score: prediction.score, abusive: message.abusive, flagged: prediction.abusive,
        severity: message.unknown.contains(.severity) ? nil : message.severity,
        predictedSeverity: prediction.severity,
        categories: message.unknown.contains(.categories)
          ? nil : message.categories.reduce(0) { $0 | 1 << UInt8($1.index) },
        predictedCategories: prediction.categories.indices.reduce(0) {
          prediction.categories[$1] >= 0.5 ? $0 | 1 << UInt8($1) : $0
        },
        isOrdinary: !message.abusive && EvaluationFigures.ordinaryKinds.contains(message.kind),
        targetIsRight: message.unknown.contains(.target) ? nil : prediction.target == message.target,
        pair: message.pair.flatMap { numbers[$0] })
    }
    return (outcomes, numbers.count)
  }
}

/// The figures of one evaluation.
///
/// A figure that the messages say nothing about (pairs, where there are none) is 0 in its property and left out of
/// ``values``.
public struct EvaluationFigures: Sendable, Codable, Equatable {
  public var messages = 0
  public var abusive = 0
  public var serious = 0
  public var ordinary = 0
  public var macroF1 = 0.0
  public var f1 = 0.0
  public var precision = 0.0
  public var recall = 0.0
  /// Share of the clean messages that are flagged.
  public var falseAlarmRate = 0.0
  public var seriousRecall = 0.0
  /// Highest precision where 15 % of the messages is abusive, at a threshold with a recall of 0.85 or more.
  public var inboxPrecision = 0.0
  /// Precision where 15 % of the messages is abusive, at the model's own threshold.
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
  /// Abusive messages found whose target is labelled.
  public var targets = 0

  /// Kinds that are everyday text rather than messages about politics.
  public static let ordinaryKinds: Set<String> = [
    "fragment", "title", "names", "newsline", "encyclo", "minutes", "recipe", "lawtext", "advert", "weather", "review",
    "story", "homework", "listing", "instruction",
  ]

  /// The figures of predictions. O(n log n).
  public init(_ predictions: [Prediction]) {
    let (outcomes, pairs) = Outcome.of(predictions)
    self.init(sorted: outcomes.sorted { $0.score > $1.score }, pairs: pairs)
  }

  /// The figures of outcomes in falling order of score. O(n).
  init(sorted outcomes: [Outcome], pairs pairCount: Int) {
    messages = outcomes.count
    var counts = Metrics.Counts()
    var categoryCounts = [Metrics.Counts](repeating: Metrics.Counts(), count: Category.allCases.count)
    var seriousFound = 0
    var ordinaryFlagged = 0
    var targets = (right: 0, all: 0)
    var inPair = [(members: Int, right: Int)](repeating: (0, 0), count: pairCount)
    var labelled: [Int] = []
    var predicted: [Int] = []
    var knowsCategories = false
    labelled.reserveCapacity(outcomes.count)
    predicted.reserveCapacity(outcomes.count)
    for outcome in outcomes {
      counts.add(predicted: outcome.flagged, actual: outcome.abusive)
      if let severity = outcome.severity {
        labelled.append(severity)
        predicted.append(outcome.predictedSeverity)
        if severity >= 3 {
          serious += 1
          if outcome.flagged { seriousFound += 1 }
        }
      }
      if let categories = outcome.categories {
        if outcome.abusive { knowsCategories = true }
        for index in categoryCounts.indices {
          categoryCounts[index].add(
            predicted: outcome.predictedCategories >> UInt8(index) & 1 == 1, actual: categories >> UInt8(index) & 1 == 1
          )
        }
      }
      if outcome.isOrdinary {
        ordinary += 1
        if outcome.flagged { ordinaryFlagged += 1 }
      }
      if outcome.abusive, outcome.flagged, let right = outcome.targetIsRight {
        targets.all += 1
        if right { targets.right += 1 }
      }
      if let pair = outcome.pair {
        inPair[pair].members += 1
        if outcome.flagged == outcome.abusive { inPair[pair].right += 1 }
      }
    }
    abusive = counts.truePositive + counts.falseNegative
    macroF1 = counts.macroF1
    f1 = counts.f1
    precision = counts.precision
    recall = counts.recall
    let clean = counts.falsePositive + counts.trueNegative
    falseAlarmRate = clean == 0 ? 0 : Double(counts.falsePositive) / Double(clean)
    seriousRecall = serious == 0 ? 0 : Double(seriousFound) / Double(serious)
    inboxPrecision = Self.inboxPrecision(outcomes, abusive: abusive, share: 0.15, recall: 0.85)
    let right = 0.15 * counts.recall
    let wrong = 0.85 * falseAlarmRate
    inboxPrecisionAtThreshold = abusive == 0 || clean == 0 ? 0 : right + wrong == 0 ? 1 : right / (right + wrong)
    // A draw with replacement may hold a pair several times, always whole.
    for pair in inPair where pair.members >= 2 && pair.members % 2 == 0 {
      let copies = pair.members / 2
      pairs += copies
      if pair.right == pair.members { pairsBothRight += Double(copies) }
    }
    pairsBothRight = pairs == 0 ? 0 : pairsBothRight / Double(pairs)
    if knowsCategories {
      for category in Category.allCases { categoryF1[category.rawValue] = categoryCounts[category.index].f1 }
      categoryMacroF1 = categoryCounts.reduce(0) { $0 + $1.f1 } / Double(categoryCounts.count)
    }
    severityKappa = Metrics.weightedKappa(labelled, predicted, largest: 4)
    calibrationError = Metrics.calibrationError(outcomes.map(\.score), outcomes.map(\.abusive))
    ordinaryFalseAlarms = ordinary == 0 ? 0 : 1000 * Double(ordinaryFlagged) / Double(ordinary)
    self.targets = targets.all
    targetAccuracy = targets.all == 0 ? 0 : Double(targets.right) / Double(targets.all)
  }

  /// The figures that these messages say something about, by name, in the order of the report.
  public var values: [(name: String, value: Double)] {
    var values: [(name: String, value: Double)] = []
    if abusive > 0, abusive < messages { values.append(("macroF1", macroF1)) }
    if abusive > 0 {
      values += [("f1", f1), ("precision", precision), ("recall", recall)]
    }
    if abusive < messages { values.append(("falseAlarmRate", falseAlarmRate)) }
    if serious > 0 { values.append(("seriousRecall", seriousRecall)) }
    if abusive > 0, abusive < messages {
      values += [("inboxPrecision", inboxPrecision), ("inboxPrecisionAtThreshold", inboxPrecisionAtThreshold)]
    }
    if pairs > 0 { values.append(("pairsBothRight", pairsBothRight)) }
    if !categoryF1.isEmpty { values.append(("categoryMacroF1", categoryMacroF1)) }
    if serious > 0 { values.append(("severityKappa", severityKappa)) }
    if targets > 0 { values.append(("targetAccuracy", targetAccuracy)) }
    if ordinary > 0 { values.append(("ordinaryFalseAlarms", ordinaryFalseAlarms)) }
    values.append(("calibrationError", calibrationError))
    return values
  }

  private static func inboxPrecision(_ sorted: [Outcome], abusive: Int, share: Double, recall: Double) -> Double {
    let positives = Double(abusive)
    let negatives = Double(sorted.count - abusive)
    guard positives > 0, negatives > 0 else { return 0 }
    var right = 0.0
    var wrong = 0.0
    var best = 0.0
    for index in sorted.indices {
      if sorted[index].abusive { right += 1 } else { wrong += 1 }
      if index + 1 < sorted.count, sorted[index + 1].score == sorted[index].score { continue }
      guard right / positives >= recall else { continue }
      let truePositive = share * right / positives
      let falsePositive = (1 - share) * wrong / negatives
      best = max(best, truePositive / (truePositive + falsePositive))
    }
    return best
  }
}
