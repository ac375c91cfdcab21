public import NaiveBayes

/// What raw scores come to: probabilities, severity, target. One piece of code for scoring and for evaluation.
public struct Decision: Sendable {
  /// Calibrated probability of abuse.
  public var score: Double
  public var abusive: Bool
  /// 0 to 4.
  public var severity: Int
  /// Probabilities, placed so that 0.5 is where a category begins to hold.
  public var categories: CategoryScores
  public var target: Target
}

extension ModelParameters {
  /// Decides on log-odds, once; ``DecisionTable`` does for many.
  public func decide(_ logOdds: Lanes, threshold: Double) -> Decision {
    DecisionTable(self).decide(logOdds, threshold: threshold)
  }
}

/// The calibration of a model, laid out for deciding on all questions at once.
struct DecisionTable: Sendable {
  private var slopes = SIMD16<Double>.zero
  private var offsets = SIMD16<Double>.zero
  private let severityThresholds: SIMD4<Double>

  init(_ parameters: ModelParameters) {
    for lane in 0..<min(16, parameters.slopes.count) {
      slopes[lane] = parameters.slopes[lane]
      offsets[lane] = parameters.offsets[lane]
    }
    for category in Category.allCases {
      offsets[Lane.firstCategory + category.index] -= parameters.categoryShifts[category.index]
    }
    var thresholds = SIMD4<Double>.zero
    for step in 0..<3 { thresholds[step] = parameters.severityThresholds[step] }
    severityThresholds = thresholds
  }

  /// Decides on log-odds before calibration. A message is abusive exactly when at least one category holds, as the labelling
  /// scheme has it: a flagged message keeps its likeliest category at 0.5 or more, and one that is not flagged has none there.
  func decide(_ logOdds: Lanes, threshold: Double) -> Decision {
    let values = DeterministicMath.probabilities(logOdds, slopes: slopes, offsets: offsets)
    let score = Double(values[Lane.abusive])
    let abusive = score >= threshold
    var found = SIMD8<Float>.zero
    for place in 0..<8 { found[place] = values[Lane.firstCategory + place] }
    let highest = found.max()
    var categories = CategoryScores(abusive ? found : pointwiseMin(found, SIMD8(repeating: 0.49)))
    var severity = 0
    var target = Target.none
    if abusive {
      if highest < 0.5 { categories[categories.highest] = 0.5 }
      severity = 1
      for step in 0..<3 where Double(values[Lane.firstSeverity + step]) >= severityThresholds[step] {
        severity = step + 2
      }
      // Who is neither somebody else nor a group is the recipient.
      let person = values[Lane.firstTarget]
      let group = values[Lane.firstTarget + 1]
      let recipient = 1 - person - group
      target = recipient >= max(person, group) ? .recipient : person >= group ? .person : .group
    }
    return Decision(score: score, abusive: abusive, severity: severity, categories: categories, target: target)
  }
}
