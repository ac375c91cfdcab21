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
  /// Decides on raw scores. A message is abusive exactly when at least one category holds, as the labelling scheme has it:
  /// a flagged message keeps its likeliest category at 0.5 or more, and one that is not flagged has none there.
  public func decide(_ scores: Lanes, threshold: Double) -> Decision {
    let score = probability(scores, Lane.abusive)
    let abusive = score >= threshold
    var categories = CategoryScores()
    var highest = 0.0
    for category in Category.allCases {
      let lane = Lane.firstCategory + category.index
      let raw = Double(scores[lane]) * slopes[lane] + offsets[lane] - categoryShifts[category.index]
      let value = Double(DeterministicMath.sigmoid(Float(raw)))
      categories[category] = abusive ? value : min(value, 0.49)
      highest = max(highest, value)
    }
    if abusive, highest < 0.5 { categories[categories.highest] = 0.5 }
    var severity = 0
    if abusive {
      severity = 1
      for step in 0..<3 where probability(scores, Lane.firstSeverity + step) >= severityThresholds[step] {
        severity = step + 2
      }
    }
    var target = Target.none
    if abusive {
      target = .recipient
      var best = probability(scores, Lane.firstTarget)
      for (step, candidate) in [Target.person, .group].enumerated() {
        let value = probability(scores, Lane.firstTarget + 1 + step)
        if value > best { (best, target) = (value, candidate) }
      }
    }
    return Decision(score: score, abusive: abusive, severity: severity, categories: categories, target: target)
  }

  private func probability(_ scores: Lanes, _ lane: Int) -> Double {
    Double(DeterministicMath.sigmoid(Float(Double(scores[lane]) * slopes[lane] + offsets[lane])))
  }
}
