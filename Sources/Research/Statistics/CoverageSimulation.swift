internal import Foundation

/// How often intervals hold the true value, by simulation: what an interval of 95 % promises, counted.
public struct CoverageSimulation: Sendable {
  /// A method, and how often its interval held the truth.
  public struct Result: Sendable {
    public var method: String
    public var runs: Int
    public var covered: Int
    public var coverage: Double { Double(covered) / Double(max(1, runs)) }
  }

  public var runs: Int
  public var seed: UInt64

  public init(runs: Int, seed: UInt64) {
    self.runs = runs
    self.seed = seed
  }

  /// Simulates all methods. Runs in which an interval cannot be computed count as not covered.
  public func run() -> [Result] {
    let methods: [(String, (inout RandomNumbers) -> Bool)] = [
      ("Wilson, p 0.12, n 400", Self.wilson), ("Newcombe, 0.47 − 0.36, n 150 and 300", Self.newcombe),
      ("bootstrap over 60 persons, share", Self.bootstrap),
      ("logistic regression, 60 clusters, group of clusters", Self.clustered),
      ("survey share, 4 strata of 15 clusters", Self.survey),
      ("Rogan-Gladen, Lang-Reiczigel, separate samples", Self.langReiczigel),
      ("Rogan-Gladen, delta method, stratified labels", { Self.labelled(&$0, false) }),
      ("prediction-powered, stratified labels", { Self.labelled(&$0, true) }),
      ("prediction-powered, difference of two groups, stratified labels", Self.labelledDifference),
    ]
    return methods.enumerated().map { index, item in
      var random = RandomNumbers(seed: seed &+ UInt64(index) &* 1_000_003)
      var covered = 0
      for _ in 0..<runs where item.1(&random) { covered += 1 }
      return Result(method: item.0, runs: runs, covered: covered)
    }
  }

  private static func holds(_ estimate: Estimate?, _ truth: Double) -> Bool {
    guard let lower = estimate?.lower, let upper = estimate?.upper else { return false }
    return lower <= truth && truth <= upper
  }

  private static func wilson(_ random: inout RandomNumbers) -> Bool {
    holds(try? Proportion.wilson(Double(random.binomial(400, 0.12)), of: 400), 0.12)
  }

  private static func newcombe(_ random: inout RandomNumbers) -> Bool {
    let a = Double(random.binomial(150, 0.47))
    let b = Double(random.binomial(300, 0.36))
    return holds(try? Proportion.newcombe(a, of: 150, minus: b, of: 300), 0.11)
  }

  /// Persons differ: each has a share of her own, around 0.1, and her own number of messages.
  private static func bootstrap(_ random: inout RandomNumbers) -> Bool {
    let sums = (0..<60).map { _ -> [Double] in
      let n = 20 + random.index(below: 60)
      let p = 0.05 + 0.1 * random.uniform()
      return [Double(random.binomial(n, p)), Double(n)]
    }
    let found = try? ClusterBootstrap.estimate(sums, draws: 400, seed: random.next()) { $0[0] / $0[1] }
    return holds(found, 0.1)
  }

  private static func clustered(_ random: inout RandomNumbers) -> Bool {
    // On the logit scale clusters vary within groups with the same mixture, so the truth is the log odds of the mixtures.
    func mixture(_ shift: Double) -> [Double] { [-0.6, 0, 0.6].map { 1 / (1 + exp(-(-1.5 + shift + $0))) } }
    let shares = [mixture(0), mixture(0.5)]
    var response: [Double] = []
    for cluster in 0..<60 {
      let p = shares[cluster % 2][random.index(below: 3)]
      response.append(Double(random.binomial(40, p)) / 40)
    }
    let model = ModelMatrix([
      ModelVariable(name: "group", levels: ["a", "b"], codes: (0..<60).map { $0 % 2 })
    ])
    let fit = try? GeneralizedLinearModel(
      model, response: response, family: .binomial, weights: [Double](repeating: 40, count: 60),
      errors: .clustered(Array(0..<60)))
    let means = shares.map { $0.reduce(0, +) / 3 }
    let truth = log(means[1] / (1 - means[1])) - log(means[0] / (1 - means[0]))
    return holds((fit?.terms().last).map { Estimate($0.estimate, $0.lower, $0.upper) }, truth)
  }

  private static func survey(_ random: inout RandomNumbers) -> Bool {
    var yes: [Bool] = []
    var weights: [Double] = []
    var strata: [Int] = []
    var clusters: [Int] = []
    for stratum in 0..<4 {
      for cluster in 0..<15 {
        let p = 0.2 + 0.1 * Double(stratum) + 0.2 * (random.uniform() - 0.5)
        for _ in 0..<12 {
          yes.append(random.uniform() < p)
          weights.append(Double(stratum + 1))
          strata.append(stratum)
          clusters.append(cluster)
        }
      }
    }
    // Weights 1 to 4 and shares 0.2 to 0.5.
    let truth = (1 * 0.2 + 2 * 0.3 + 3 * 0.4 + 4 * 0.5) / 10
    let share = try? SurveyStatistics.share(
      yes, in: yes.map { _ in true }, SamplingDesign(weights: weights, strata: strata, clusters: clusters))
    return holds(share?.estimate, truth)
  }

  private static func langReiczigel(_ random: inout RandomNumbers) -> Bool {
    let truth = 0.1
    let apparent = truth * 0.8 + (1 - truth) * 0.04
    let found = try? Misclassification.roganGladen(
      apparent: Double(random.binomial(2000, apparent)) / 2000, n: 2000,
      sensitivity: Double(random.binomial(120, 0.8)) / 120, sensitivitySize: 120,
      specificity: Double(random.binomial(300, 0.96)) / 300, specificitySize: 300)
    return holds(found, truth)
  }

  /// Messages with a score, of which some are labelled in strata of the score.
  private struct Population {
    var flagged = 0
    var n = 0
    var items: [LabelledItem] = []
  }

  /// - Parameter group: sets strata apart from another population's.
  private static func population(
    _ random: inout RandomNumbers, n: Int, prevalence: Double, sensitivity: Double, specificity: Double, group: Int
  ) -> Population {
    var population = Population()
    population.n = n
    var pools: [[Bool]] = [[], [], []]
    for _ in 0..<n {
      let isAbusive = random.uniform() < prevalence
      let isFlagged = random.uniform() < (isAbusive ? sensitivity : 1 - specificity)
      if isFlagged { population.flagged += 1 }
      // Among those not flagged, abuse has higher scores more often.
      let isHigh = random.uniform() < (isAbusive ? 0.7 : 0.2)
      pools[isFlagged ? 2 : isHigh ? 1 : 0].append(isAbusive)
    }
    for (stratum, pool) in pools.enumerated() {
      var pool = pool
      random.shuffle(&pool)
      let drawn = pool.prefix(150)
      for label in drawn {
        population.items.append(
          LabelledItem(
            stratum: group * 3 + stratum, weight: Double(pool.count) / Double(drawn.count),
            predicted: stratum == 2 ? 1 : 0, isAbusive: label))
      }
    }
    return population
  }

  private static func labelled(_ random: inout RandomNumbers, _ isPowered: Bool) -> Bool {
    let truth = 0.12
    let made = population(
      &random, n: 3000, prevalence: truth, sensitivity: 0.75, specificity: 0.96, group: 0)
    let p = Double(made.flagged) / Double(made.n)
    let variance = p * (1 - p) / Double(made.n)
    if isPowered {
      let found = try? Misclassification.predictionPowered(
        mean: p, variance: p * (1 - p), meanVariance: variance, n: Double(made.n), items: made.items,
        in: made.items.map { _ in true }, areDrawnHere: true)
      return holds(found?.estimate, truth)
    }
    return holds(
      try? Misclassification.roganGladen(
        apparent: p, apparentVariance: variance, labels: made.items, areDrawnHere: true), truth)
  }

  /// The classifier errs differently in the two groups.
  private static func labelledDifference(_ random: inout RandomNumbers) -> Bool {
    let a = population(&random, n: 2500, prevalence: 0.16, sensitivity: 0.65, specificity: 0.97, group: 0)
    let b = population(&random, n: 2500, prevalence: 0.1, sensitivity: 0.85, specificity: 0.94, group: 1)
    let items = a.items + b.items
    func parts(_ made: Population, _ range: Range<Int>) -> Misclassification.Parts? {
      let p = Double(made.flagged) / Double(made.n)
      return try? Misclassification.predictionPoweredParts(
        mean: p, variance: p * (1 - p), meanVariance: p * (1 - p) / Double(made.n), n: Double(made.n), items: items,
        in: items.indices.map { range.contains($0) }, areDrawnHere: true)
    }
    guard let first = parts(a, 0..<a.items.count), let second = parts(b, a.items.count..<items.count) else {
      return false
    }
    return holds(try? Misclassification.difference(first, minus: second, items, level: 0.95), 0.06)
  }
}
