/// Turns a raw score into a probability: Platt's logistic with two coefficients (Platt, 1999).
public struct PlattCalibration: Sendable, Equatable {
  public var slope: Double
  public var offset: Double

  public init(slope: Double = 1, offset: Double = 0) {
    self.slope = slope
    self.offset = offset
  }

  /// Fits slope and offset by Newton's method on scores that the model was not trained on. O(n) a step, 50 steps at most.
  ///
  /// Targets are smoothed as Platt proposed, so that a perfectly separated sample does not give infinite slopes.
  public static func fit(scores: [Double], answers: [Bool], weights: [Double]? = nil) -> PlattCalibration {
    let positives = Double(answers.count { $0 })
    let negatives = Double(answers.count) - positives
    guard positives > 0, negatives > 0 else { return PlattCalibration() }
    let high = (positives + 1) / (positives + 2)
    let low = 1 / (negatives + 2)
    var result = PlattCalibration(slope: 1, offset: 0)
    for _ in 0..<50 {
      var gradient = (0.0, 0.0)
      var hessian = (1e-9, 0.0, 1e-9)
      for index in scores.indices {
        let weight = weights?[index] ?? 1
        let p = result.probability(scores[index])
        let difference = (p - (answers[index] ? high : low)) * weight
        let curve = p * (1 - p) * weight
        gradient.0 += difference * scores[index]
        gradient.1 += difference
        hessian.0 += curve * scores[index] * scores[index]
        hessian.1 += curve * scores[index]
        hessian.2 += curve
      }
      let determinant = hessian.0 * hessian.2 - hessian.1 * hessian.1
      guard determinant > 1e-12 else { break }
      let slopeStep = (gradient.0 * hessian.2 - gradient.1 * hessian.1) / determinant
      let offsetStep = (gradient.1 * hessian.0 - gradient.0 * hessian.1) / determinant
      result.slope -= min(max(slopeStep, -0.5), 0.5)
      result.offset -= min(max(offsetStep, -0.5), 0.5)
      if abs(slopeStep) + abs(offsetStep) < 1e-10 { break }
    }
    return result
  }

  /// The probability for a raw score.
  public func probability(_ score: Double) -> Double {
    1 / (1 + Double(DeterministicMath.exp(Float(-(slope * score + offset)))))
  }
}

/// A rising step function fitted to answers (isotonic regression by pool-adjacent-violators; Ayer and others, 1955).
public struct IsotonicCalibration: Sendable, Equatable {
  /// Scores at which the probability changes, in order, and the probability from there on.
  public private(set) var scores: [Double] = []
  public private(set) var probabilities: [Double] = []

  /// Fits the function. O(n log n).
  public static func fit(scores: [Double], answers: [Bool]) -> IsotonicCalibration {
    struct Block {
      var score: Double
      var sum: Double
      var count: Double
    }
    var blocks: [Block] = []
    for index in scores.indices.sorted(by: { (scores[$0], $0) < (scores[$1], $1) }) {
      blocks.append(Block(score: scores[index], sum: answers[index] ? 1 : 0, count: 1))
      while blocks.count > 1 {
        let last = blocks[blocks.count - 1]
        let before = blocks[blocks.count - 2]
        guard before.sum / before.count >= last.sum / last.count else { break }
        blocks.removeLast()
        blocks[blocks.count - 1] = Block(
          score: before.score, sum: before.sum + last.sum, count: before.count + last.count)
      }
    }
    var result = IsotonicCalibration()
    for block in blocks {
      result.scores.append(block.score)
      result.probabilities.append(block.sum / block.count)
    }
    return result
  }

  /// The probability for a raw score. O(log n).
  public func probability(_ score: Double) -> Double {
    var low = 0
    var high = scores.count
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] <= score { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? probabilities.first ?? 0.5 : probabilities[low - 1]
  }
}
