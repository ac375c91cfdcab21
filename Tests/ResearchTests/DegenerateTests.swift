import Testing

@testable import Research

/// What cannot be computed is said, and by its right name.
@Suite struct DegenerateTests {
  private func logistic(
    _ variables: [ModelVariable], _ y: [Double], weights: [Double]? = nil,
    errors: GeneralizedLinearModel.Errors = .model
  ) throws(Uncomputable) -> GeneralizedLinearModel {
    try GeneralizedLinearModel(ModelMatrix(variables), response: y, family: .binomial, weights: weights, errors: errors)
  }

  @Test func separation() {
    // Complete: a number tells all.
    let x = (0..<20).map { Double($0) }
    #expect(throws: Uncomputable.separation(["(constant)", "x"])) {
      try logistic([ModelVariable(name: "x", numbers: x)], x.map { $0 < 10 ? 0 : 1 })
    }
    // Quasi-complete: a level without one case.
    let codes = (0..<30).map { $0 % 3 }
    let y = codes.enumerated().map { $1 == 2 ? 0.0 : Double($0 / 3 % 2) }
    #expect(throws: Uncomputable.separation(["g=c"])) {
      try logistic([ModelVariable(name: "g", levels: ["a", "b", "c"], codes: codes)], y)
    }
    // The same with grouped trials, and for counts.
    #expect(throws: Uncomputable.separation(["g=b"])) {
      try logistic(
        [ModelVariable(name: "g", levels: ["a", "b"], codes: [0, 0, 1])], [0.3, 0.4, 0], weights: [10, 20, 30])
    }
    #expect(throws: Uncomputable.separation(["g=b"])) {
      try GeneralizedLinearModel(
        ModelMatrix([ModelVariable(name: "g", levels: ["a", "b"], codes: [0, 0, 1, 1])]), response: [3, 5, 0, 0],
        family: .poisson)
    }
    // Rare is not separated.
    let rare = try? logistic(
      [ModelVariable(name: "g", levels: ["a", "b"], codes: [0, 1])], [0.5, 1e-6], weights: [1e3, 1e6])
    #expect(isClose(rare?.coefficients[1], -13.815509557, 1e-6))
  }

  @Test func collinearity() throws {
    let a = [0.0, 1, 2, 3, 4, 5, 6, 7]
    let fit = try logistic(
      [
        ModelVariable(name: "a", numbers: a), ModelVariable(name: "b", numbers: a.map { 3 - 2 * $0 }),
        ModelVariable(name: "c", numbers: [1, 0, 0, 1, 0, 1, 1, 0]),
      ], [0, 1, 0, 0, 1, 1, 0, 1])
    #expect(fit.collinear == ["b"])
    #expect(fit.names == ["(constant)", "a", "c"])
    let alone = try logistic(
      [ModelVariable(name: "a", numbers: a), ModelVariable(name: "c", numbers: [1, 0, 0, 1, 0, 1, 1, 0])],
      [0, 1, 0, 0, 1, 1, 0, 1])
    #expect(areClose(fit.coefficients, alone.coefficients, 1e-9))
    #expect(throws: Uncomputable.collinear(["b"])) { try fit.averageMarginalEffects(of: "b") }
    // A level that nobody has left is a column of zeros.
    let empty = try logistic(
      [ModelVariable(name: "g", levels: ["p", "q", "r"], codes: [0, 0, 1, 1, 0, 0, 1, 1])], [0, 1, 0, 1, 0, 1, 1, 1])
    #expect(empty.collinear == ["g=r"])
  }

  @Test func constantOutcomeAndWeights() throws {
    let x = [ModelVariable(name: "x", numbers: [1, 2, 3, 4])]
    #expect(throws: Uncomputable.constantOutcome) { try logistic(x, [1, 1, 1, 1]) }
    #expect(throws: Uncomputable.constantOutcome) { try logistic(x, [0, 0, 0, 0]) }
    #expect(throws: Uncomputable.zeroWeights) { try logistic(x, [0, 1, 0, 1], weights: [0, 0, 0, 0]) }
    #expect(throws: Uncomputable.badInput("negative or missing")) {
      try logistic(x, [0, 1, 0, 1], weights: [1, -1, 1, 1])
    }
    #expect(throws: Uncomputable.badInput("negative or missing")) { try logistic(x, [0, .nan, 0, 1]) }
    #expect(throws: Uncomputable.noObservations) { try logistic(x, []) }
    // An observation of weight 0 changes nothing.
    let with = try logistic(
      [ModelVariable(name: "x", numbers: [1, 2, 3, 4, 99])], [0, 1, 0, 1, 1], weights: [1, 1, 1, 1, 0])
    let without = try logistic(x, [0, 1, 0, 1])
    #expect(areClose(with.coefficients, without.coefficients, 1e-9))
    #expect(areClose(with.terms().map(\.standardError), without.terms().map(\.standardError), 1e-9))
  }

  @Test func oneCluster() {
    let x = [ModelVariable(name: "x", numbers: [1, 2, 3, 4])]
    #expect(throws: Uncomputable.oneCluster) { try logistic(x, [0, 1, 0, 1], errors: .clustered([7, 7, 7, 7])) }
    #expect(throws: Uncomputable.oneCluster) {
      try ClusterBootstrap.estimate([[1, 2]], draws: 10, seed: 1) { $0[0] / $0[1] }
    }
    #expect(throws: Uncomputable.oneCluster) {
      try SurveyStatistics.share(
        [true, false], in: [true, true], SamplingDesign(weights: [1, 1], clusters: [3, 3]))
    }
  }

  @Test func emptyTablesAndShares() throws {
    #expect(throws: Uncomputable.emptyMargin) { try ContingencyTable.pearson([[0, 0], [3, 4]]) }
    #expect(throws: Uncomputable.emptyMargin) { try ContingencyTable.fisher(0, 4, 0, 3) }
    #expect(throws: Uncomputable.emptyMargin) { try ContingencyTable.freemanHalton([[0, 4], [0, 3], [0, 2]]) }
    #expect(throws: Uncomputable.noObservations) { try ContingencyTable.freemanHalton([[0, 0], [0, 0]]) }
    #expect(try ContingencyTable.freemanHalton([[40, 50, 60], [50, 60, 40], [60, 40, 50]], limit: 1000) == nil)
    #expect(throws: Uncomputable.emptyMargin) {
      try SurveyStatistics.raoScott([0, 0, 1, 1], [1, 1, 1, 1], SamplingDesign(weights: [1, 1, 1, 1]))
    }
    #expect(throws: Uncomputable.noObservations) { try Proportion.wilson(0, of: 0) }
    #expect(throws: Uncomputable.noObservations) {
      try SurveyStatistics.share([true], in: [false], SamplingDesign(weights: [1]))
    }
    #expect(throws: Uncomputable.zeroWeights) {
      try SurveyStatistics.share([true, false], in: [true, true], SamplingDesign(weights: [0, 0]))
    }
    // A share of nobody has no interval on the logit scale.
    let none = try SurveyStatistics.share(
      [false, false, false], in: [true, true, true], SamplingDesign(weights: [1, 2, 3]))
    #expect(none.estimate == Estimate(0))
    #expect(throws: Uncomputable.constantOutcome) { try Concentration([0, 0]) }
    #expect(throws: Uncomputable.noObservations) { try Concentration([]) }
    #expect(try Concentration([5]).gini == 0)
  }

  @Test func agreementWithoutVariation() {
    #expect(throws: Uncomputable.noVariation) { try Agreement.cohenKappa([[5, 0], [0, 0]]) }
    #expect(throws: Uncomputable.noVariation) { try Agreement.krippendorffAlpha([[1, 1], [1, 1]]) }
    #expect(throws: Uncomputable.noObservations) { try Agreement.krippendorffAlpha([[1], [0]]) }
  }

  @Test func uselessClassifierAndFewLabels() {
    #expect(throws: Uncomputable.uninformativeClassifier) {
      try Misclassification.roganGladen(
        apparent: 0.1, n: 100, sensitivity: 0.4, sensitivitySize: 10, specificity: 0.5, specificitySize: 10)
    }
    let items = [LabelledItem(stratum: 0, weight: 1, predicted: 1, isAbusive: true)]
    #expect(throws: Uncomputable.tooFewLabels(found: 1, wanted: 30)) {
      try Misclassification.predictionPowered(
        mean: 0.1, variance: 0.1, meanVariance: 0, n: 100, items: items, in: [true])
    }
  }

  @Test func countsWithoutOverdispersion() throws {
    let model = ModelMatrix([ModelVariable(name: "g", levels: ["a", "b"], codes: [0, 0, 0, 1, 1, 1])])
    let fit = try NegativeBinomial(model, counts: [4, 5, 4, 9, 10, 9])
    #expect(fit.alpha == 0 && fit.alphaError == nil)
    #expect(throws: Uncomputable.constantOutcome) { try NegativeBinomial(model, counts: [0, 0, 0, 0, 0, 0]) }
  }

  @Test func aStratumWithOneClusterIsCountedAndWidens() throws {
    let design = SamplingDesign(weights: [1, 1, 1, 1, 1], strata: [0, 0, 0, 0, 1])
    let share = try SurveyStatistics.share(
      [true, false, true, false, true], in: [true, true, true, true, true], design)
    #expect(share.lonelyStrata == 1)
    #expect(share.standardError > 0)
  }

  @Test func everyReasonIsSaidInBothLanguages() {
    let reasons: [Uncomputable] = [
      .noObservations, .zeroWeights, .badInput("x"), .constantOutcome, .separation(["x"]), .collinear(["x"]),
      .oneCluster,
      .emptyMargin, .noVariation, .uninformativeClassifier, .tooFewLabels(found: 1, wanted: 2), .noConvergence,
      .tooFewObservations, .suppressed,
    ]
    #expect(Set(reasons.map { $0.description(in: .nl) }).count == reasons.count)
    #expect(Set(reasons.map { $0.description(in: .en) }).count == reasons.count)
  }
}
