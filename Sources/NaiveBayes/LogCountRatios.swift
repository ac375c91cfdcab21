/// Naive Bayes: how much more often a feature stands in texts where a question is answered yes than where it is not.
public enum LogCountRatios {
  /// Which texts a class is held against.
  public enum Estimator: Sendable {
    /// Each answer by its own texts (multinomial naive Bayes; McCallum and Nigam, 1998).
    case multinomial
    /// Each answer by the texts of all other answers, with weights brought to one scale (complement naive Bayes; Rennie
    /// and others, 2003). With two answers it differs from the multinomial in the scale alone.
    case complement
  }

  /// The log-count ratios of every feature for sixteen questions, after Wang and Manning (2012):
  /// r = log((p + a) / |p + a|) - log((n + a) / |n + a|), with p and n the weighted counts of texts with the feature.
  ///
  /// - Parameter smoothing: the a of the formula.
  static func ratios(
    _ rows: IndexedBags, answers: [UInt16], asked: [UInt16], weights: [Float], featureCount: Int, smoothing: Double,
    estimator: Estimator
  ) -> [Lanes] {
    var positive = [Lanes](largePages: featureCount) { _ in .zero }
    var negative = [Lanes](largePages: featureCount) { _ in .zero }
    var lastBag = [Int32](repeating: -1, count: featureCount)
    for bag in answers.indices {
      let yes = lanes(answers[bag] & asked[bag]) * weights[bag]
      let no = lanes(~answers[bag] & asked[bag]) * weights[bag]
      for position in rows.positions(ofBag: bag) {
        let feature = Int(rows.features[position])
        guard lastBag[feature] != Int32(bag) else { continue }
        lastBag[feature] = Int32(bag)
        positive[feature] += yes
        negative[feature] += no
      }
    }
    var positiveTotal = SIMD16<Double>(repeating: 0)
    var negativeTotal = SIMD16<Double>(repeating: 0)
    for feature in 0..<featureCount {
      positiveTotal += SIMD16<Double>(positive[feature]) + smoothing
      negativeTotal += SIMD16<Double>(negative[feature]) + smoothing
    }
    var scale = SIMD16<Double>(repeating: 1)
    var result = [Lanes](repeating: .zero, count: featureCount)
    var size = SIMD16<Double>(repeating: 0)
    for feature in 0..<featureCount {
      for lane in 0..<16 {
        let yes = (Double(positive[feature][lane]) + smoothing) / positiveTotal[lane]
        let no = (Double(negative[feature][lane]) + smoothing) / negativeTotal[lane]
        let ratio = DeterministicMath.log(yes / no)
        result[feature][lane] = Float(ratio)
        size[lane] += abs(ratio)
      }
    }
    if estimator == .complement {
      scale = SIMD16<Double>(repeating: Double(max(featureCount, 1))) / size.replacing(with: 1, where: size .== 0)
      for feature in 0..<featureCount { result[feature] *= Lanes(scale) }
    }
    return result
  }

  /// Bits as ones and zeros.
  static func lanes(_ bits: UInt16) -> Lanes {
    var lanes = Lanes.zero
    for lane in 0..<16 where bits >> UInt16(lane) & 1 == 1 { lanes[lane] = 1 }
    return lanes
  }
}
