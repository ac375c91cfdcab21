internal import Foundation

/// A message that people labelled.
public struct LabelledItem: Sendable, Equatable {
  /// The stratum it was drawn from.
  public var stratum: Int
  /// One over the probability that it was drawn.
  public var weight: Double
  /// What the model says: 1 where abusive, else 0; or its probability.
  public var predicted: Double
  /// What people say.
  public var isAbusive: Bool

  public init(stratum: Int, weight: Double, predicted: Double, isAbusive: Bool) {
    self.stratum = stratum
    self.weight = weight
    self.predicted = predicted
    self.isAbusive = isAbusive
  }
}

/// Prevalence corrected for the errors of the classifier, with the help of a labelled sample.
public enum Misclassification {
  /// How often the model is right, by labels.
  public struct Accuracy: Sendable {
    public var sensitivity: Estimate
    public var specificity: Estimate
    /// Labelled messages that people call abusive, and that they do not.
    public var positives: Int
    public var negatives: Int
  }

  /// Sensitivity and specificity, weighted by design, with Wilson's intervals of the effective sizes.
  public static func accuracy(_ items: [LabelledItem], level: Double = 0.95) throws(Uncomputable) -> Accuracy {
    let positives = items.count(where: \.isAbusive)
    func share(_ positive: Bool) throws(Uncomputable) -> Estimate {
      let domain = items.map { $0.isAbusive == positive }
      let right = items.map { ($0.predicted >= 0.5) == positive }
      let share = try SurveyStatistics.share(right, in: domain, design(items), level: level)
      let p = share.estimate.value
      let count = Double(positive ? positives : items.count - positives)
      let size = share.standardError > 0 ? p * (1 - p) / (share.standardError * share.standardError) : count
      return try Proportion.wilson(p * size, of: size, level: level)
    }
    return Accuracy(
      sensitivity: try share(true), specificity: try share(false), positives: positives,
      negatives: items.count - positives)
  }

  private static func design(_ items: [LabelledItem]) -> SamplingDesign {
    SamplingDesign(weights: items.map(\.weight), strata: items.map(\.stratum))
  }

  /// Rogan and Gladen's estimate (1978) with Lang and Reiczigel's interval (2014), for a sensitivity and specificity that
  /// were measured on other samples.
  ///
  /// - Parameters:
  ///   - apparent, n: the share that the model flags, and of how many messages.
  ///   - sensitivity, sensitivitySize: measured on that many abusive messages. Likewise the specificity.
  public static func roganGladen(
    apparent: Double, n: Double, sensitivity: Double, sensitivitySize: Double, specificity: Double,
    specificitySize: Double, level: Double = 0.95
  ) throws(Uncomputable) -> Estimate {
    guard n > 0, sensitivitySize > 0, specificitySize > 0 else { throw .noObservations }
    guard sensitivity + specificity > 1 else { throw .uninformativeClassifier }
    let value = min(1, max(0, (apparent + specificity - 1) / (sensitivity + specificity - 1)))
    let z = Distributions.normalQuantile(1 - (1 - level) / 2)
    let size = n + z * z
    let ap = (n * apparent + z * z / 2) / size
    let seSize = sensitivitySize + 2
    let spSize = specificitySize + 2
    let se = (sensitivitySize * sensitivity + 1) / seSize
    let sp = (specificitySize * specificity + 1) / spSize
    let youden = se + sp - 1
    guard youden > 0 else { throw .uninformativeClassifier }
    let tp = (ap + sp - 1) / youden
    let seVariance = se * (1 - se) / seSize
    let spVariance = sp * (1 - sp) / spSize
    let shift = 2 * z * z * (tp * seVariance - (1 - tp) * spVariance)
    let error =
      (ap * (1 - ap) / size + tp * tp * seVariance + (1 - tp) * (1 - tp) * spVariance).squareRoot() / youden
    func clamp(_ x: Double) -> Double { min(1, max(0, x)) }
    return Estimate(value, clamp(tp + shift - z * error), clamp(tp + shift + z * error))
  }

  /// An estimate in parts, so that differences of two can be made: its value, what each labelled item adds to it
  /// (linearised), and the variance that comes from the messages rather than from the labels.
  public struct Parts: Sendable {
    public var value: Double
    var scores: [Double]
    var variance: Double
    public var tuning = 1.0
  }

  /// Rogan and Gladen's estimate where the labels were drawn with known probabilities from the messages at hand, by the
  /// delta method on the weighted table of model against people, so that what the estimates share is accounted for.
  ///
  /// - Parameters:
  ///   - apparent: the share that the model flags among the messages asked about.
  ///   - apparentVariance: its variance, 0 where these messages are all there is.
  ///   - domain: which items sensitivity and specificity are measured on; all where nil.
  ///   - areDrawnHere: whether the labels were drawn from the very messages asked about; see
  ///     ``predictionPoweredParts(mean:variance:meanVariance:n:items:in:tuned:minimumLabels:areDrawnHere:)``.
  public static func roganGladenParts(
    apparent: Double, apparentVariance: Double, labels items: [LabelledItem], in domain: [Bool]? = nil,
    areDrawnHere: Bool = false
  ) throws(Uncomputable) -> Parts {
    var a = 0.0
    var b = 0.0
    var c = 0.0
    var d = 0.0
    for (index, item) in items.enumerated() where domain?[index] ?? true {
      switch (item.isAbusive, item.predicted >= 0.5) {
      case (true, true): a += item.weight
      case (true, false): b += item.weight
      case (false, true): c += item.weight
      case (false, false): d += item.weight
      }
    }
    guard a + b > 0, c + d > 0 else { throw .tooFewLabels(found: items.count, wanted: items.count + 1) }
    let se = a / (a + b)
    let sp = d / (c + d)
    let youden = se + sp - 1
    guard youden > 0 else { throw .uninformativeClassifier }
    let value = (apparent + sp - 1) / youden
    let bySe = -value / youden
    let bySp = (1 - value) / youden
    let scores = items.indices.map { index -> Double in
      guard domain?[index] ?? true else { return 0 }
      let item = items[index]
      let right = (item.predicted >= 0.5) == item.isAbusive ? 1.0 : 0
      let score =
        item.isAbusive
        ? item.weight * bySe * (right - se) / (a + b) : item.weight * bySp * (right - sp) / (c + d)
      return areDrawnHere ? score * unseen(item) : score
    }
    let variance =
      areDrawnHere
      ? truthVariance(value, apparentVariance, apparent * (1 - apparent)) : apparentVariance / (youden * youden)
    return Parts(value: value, scores: scores, variance: variance)
  }

  /// The root of the share of a stratum that was not drawn: the correction for a finite population.
  private static func unseen(_ item: LabelledItem) -> Double { max(0, 1 - 1 / item.weight).squareRoot() }

  /// The variance of the true share among all messages, which nobody saw, from that of the model's share: as much larger or
  /// smaller as a share of this size varies more or less, and as clustered.
  private static func truthVariance(_ share: Double, _ meanVariance: Double, _ variance: Double) -> Double {
    let p = min(1, max(0, share))
    return variance > 0 ? meanVariance * p * (1 - p) / variance : 0
  }

  /// Rogan and Gladen's estimate with its interval; see
  /// ``roganGladenParts(apparent:apparentVariance:labels:in:areDrawnHere:)``.
  public static func roganGladen(
    apparent: Double, apparentVariance: Double, labels items: [LabelledItem], level: Double = 0.95,
    areDrawnHere: Bool = false
  ) throws(Uncomputable) -> Estimate {
    let parts = try roganGladenParts(
      apparent: apparent, apparentVariance: apparentVariance, labels: items, areDrawnHere: areDrawnHere)
    return try estimate(parts, items, level: level).estimate
  }

  /// Prediction-powered inference for a mean (Angelopoulos and others 2023), with power tuning (PPI++, 2023): the model's
  /// share among all messages of a domain, plus the mean of what it gets wrong among those labelled, weighted by design.
  ///
  /// - Parameters:
  ///   - mean, variance: mean and variance of what the model says, over all messages of the domain.
  ///   - meanVariance: the variance of that mean itself: `variance / n`, more where messages hang together in clusters, 0
  ///     where these messages are all there is.
  ///   - n: number of messages in the domain.
  ///   - items: all labelled messages; the sampling design needs those outside the domain too.
  ///   - domain: which of them belong to the domain.
  ///   - tuned: whether the predictions are weighed by how much they help; if not, fully.
  ///   - areDrawnHere: whether the labels were drawn from these very messages, with chances of one over their weights. Then
  ///     the estimate is, but for the draw, the true share among these messages: its variance is that of the draw from a
  ///     finite population plus that of the true share. If not, labels and messages are samples apart, as in the papers.
  public static func predictionPoweredParts(
    mean: Double, variance: Double, meanVariance: Double, n: Double, items: [LabelledItem], in domain: [Bool],
    tuned: Bool = true, minimumLabels: Int = 30, areDrawnHere: Bool = false
  ) throws(Uncomputable) -> Parts {
    let count = domain.count { $0 }
    guard count >= minimumLabels else { throw .tooFewLabels(found: count, wanted: minimumLabels) }
    var total = 0.0
    var sumY = 0.0
    var sumF = 0.0
    for (index, item) in items.enumerated() where domain[index] {
      total += item.weight
      sumY += item.isAbusive ? item.weight : 0
      sumF += item.weight * item.predicted
    }
    guard total > 0 else { throw .zeroWeights }
    let meanY = sumY / total
    let meanF = sumF / total
    var tuning = 1.0
    if tuned {
      var covariance = 0.0
      for (index, item) in items.enumerated() where domain[index] {
        covariance += item.weight * ((item.isAbusive ? 1 : 0) - meanY) * (item.predicted - meanF)
      }
      covariance /= total
      let ratio = Double(count) / n
      tuning = variance > 0 ? min(1, max(0, covariance / ((1 + ratio) * variance))) : 0
    }
    let rectifier = meanY - tuning * meanF
    let scores = items.indices.map { index -> Double in
      guard domain[index] else { return 0 }
      let item = items[index]
      let score = item.weight * ((item.isAbusive ? 1 : 0) - tuning * item.predicted - rectifier) / total
      return areDrawnHere ? score * unseen(item) : score
    }
    let value = tuning * mean + rectifier
    return Parts(
      value: value, scores: scores,
      variance: areDrawnHere ? truthVariance(value, meanVariance, variance) : tuning * tuning * meanVariance,
      tuning: tuning)
  }

  /// Prediction-powered inference with its interval; see
  /// ``predictionPoweredParts(mean:variance:meanVariance:n:items:in:tuned:minimumLabels:areDrawnHere:)``.
  public static func predictionPowered(
    mean: Double, variance: Double, meanVariance: Double, n: Double, items: [LabelledItem], in domain: [Bool],
    tuned: Bool = true, minimumLabels: Int = 30, level: Double = 0.95, areDrawnHere: Bool = false
  ) throws(Uncomputable) -> (estimate: Estimate, standardError: Double, tuning: Double) {
    let parts = try predictionPoweredParts(
      mean: mean, variance: variance, meanVariance: meanVariance, n: n, items: items, in: domain, tuned: tuned,
      minimumLabels: minimumLabels)
    let made = try estimate(parts, items, level: level)
    return (made.estimate, made.standardError, parts.tuning)
  }

  /// The interval of an estimate from its parts: normal, cut off at 0 and 1.
  static func estimate(
    _ parts: Parts, _ items: [LabelledItem], level: Double
  ) throws(Uncomputable) -> (estimate: Estimate, standardError: Double) {
    let error = (try design(items).variance(ofSums: [parts.scores]).matrix[0, 0] + parts.variance).squareRoot()
    let half = Distributions.normalQuantile(1 - (1 - level) / 2) * error
    func clamp(_ x: Double) -> Double { min(1, max(0, x)) }
    return (Estimate(clamp(parts.value), clamp(parts.value - half), clamp(parts.value + half)), error)
  }

  /// The difference of two estimates from the same labels, what they share accounted for.
  static func difference(
    _ first: Parts, minus second: Parts, _ items: [LabelledItem], level: Double
  ) throws(Uncomputable) -> Estimate {
    let scores = zip(first.scores, second.scores).map { $0 - $1 }
    let variance = try design(items).variance(ofSums: [scores]).matrix[0, 0] + first.variance + second.variance
    let half = Distributions.normalQuantile(1 - (1 - level) / 2) * variance.squareRoot()
    let value = first.value - second.value
    return Estimate(value, value - half, value + half)
  }
}
