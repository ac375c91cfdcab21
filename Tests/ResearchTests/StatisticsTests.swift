import Foundation
import Testing

@testable import Research

/// Every statistic against a known implementation, to 1e-6 or better.
@Suite struct StatisticsTests {
  let reference = Reference.all

  @Test func proportions() throws {
    let cases = reference["proportions"].list
    #expect(cases.count == 21)
    for item in cases {
      let k = item["k"].integer
      let n = item["n"].integer
      let level = item["level"].number
      let wilson = try Proportion.wilson(Double(k), of: Double(n), level: level)
      #expect(isClose(wilson.lower, item["wilson"][0].number, 1e-12))
      #expect(isClose(wilson.upper, item["wilson"][1].number, 1e-12))
      let exact = try Proportion.clopperPearson(k, of: n, level: level)
      #expect(isClose(exact.lower, item["exact"][0].number, 1e-10))
      #expect(isClose(exact.upper, item["exact"][1].number, 1e-10))
    }
  }

  @Test func differencesAndRates() throws {
    for item in reference["differences"].list {
      let found = try Proportion.newcombe(
        item["a"].number, of: item["n1"].number, minus: item["b"].number, of: item["n2"].number)
      #expect(isClose(found.value, item["difference"].number, 1e-12))
      #expect(isClose(found.lower, item["interval"][0].number))
      #expect(isClose(found.upper, item["interval"][1].number))
    }
    for item in reference["rates"].list {
      let found = try Proportion.rateRatio(
        item["a"].integer, per: item["ea"].number, to: item["b"].integer, per: item["eb"].number)
      #expect(isClose(found.lower, item["interval"][0].number))
      let upper = item["interval"][1]
      #expect(upper.isNull ? found.upper == .infinity : isClose(found.upper, upper.number))
    }
  }

  @Test func concentration() throws {
    let item = reference["concentration"]
    let found = try Concentration(item["amounts"].numbers)
    #expect(isClose(found.gini, item["gini"].number, 1e-12))
    #expect(areClose(found.lorenz.map(\.share), item["lorenz"].numbers, 1e-12))
    #expect(found.receiversOfHalf == item["half"].integer)
    #expect(isClose(found.shareOfTop(5), item["top5"].number, 1e-12))
  }

  @Test func logOdds() throws {
    let item = reference["logOdds"]
    for (name, size) in [("whole", nil), ("scaled", 100.0)] {
      let found = try LogOdds.compare(
        item["first"].numbers, item["second"].numbers, prior: item["prior"].numbers, priorSize: size)
      #expect(areClose(found.map(\.difference), item[name]["delta"].numbers, 1e-12))
      #expect(areClose(found.map(\.variance), item[name]["variance"].numbers, 1e-12))
      #expect(areClose(found.map(\.z), item[name]["z"].numbers, 1e-12))
    }
  }

  @Test func tables() throws {
    for item in reference["tables"].list {
      let table = item["table"].list.map(\.numbers)
      let found = try ContingencyTable.pearson(table)
      #expect(isClose(found.statistic, item["chi2"].number, 1e-10))
      #expect(isClose(found.p, item["p"].number, 1e-10))
      #expect(found.degrees == [item["df"].number])
      #expect(isClose(try ContingencyTable.cramer(table), item["cramer"].number, 1e-10))
      let whole = table.map { $0.map { Int($0) } }
      #expect(isClose(try ContingencyTable.freemanHalton(whole)?.p, item["exact"].number, 1e-9))
      guard !item["fisher"].isNull else { continue }
      let counts = table.joined().map { Int($0) }
      let exact = try ContingencyTable.fisher(counts[0], counts[1], counts[2], counts[3])
      #expect(isClose(exact.p, item["fisher"].number, 1e-9))
      #expect(isClose(exact.statistic, item["odds"].number, 1e-10))
    }
    let holm = reference["holm"]
    #expect(areClose(MultipleTests.holm(holm["p"].numbers).compactMap { $0 }, holm["adjusted"].numbers, 1e-12))
    let missing = MultipleTests.holm([0.01, nil, 0.04])
    #expect(missing[1] == nil && isClose(missing[0], 0.02) && isClose(missing[2], 0.04))
  }

  @Test func distributions() {
    for item in reference["distributions"]["t"].list {
      #expect(
        isClose(Distributions.studentTwoSided(item["x"].number, degrees: item["df"].number), item["p"].number, 1e-12))
      #expect(isClose(Distributions.studentQuantile(0.975, degrees: item["df"].number), item["q"].number, 1e-9))
    }
    for item in reference["distributions"]["f"].list {
      #expect(
        isClose(Distributions.fUpper(item["x"].number, item["a"].number, item["b"].number), item["p"].number, 1e-10))
    }
    for item in reference["distributions"]["chi2"].list {
      #expect(
        isClose(Distributions.chiSquaredUpper(item["x"].number, degrees: item["df"].number), item["p"].number, 1e-10))
    }
  }

  @Test func agreement() throws {
    let kappa = reference["kappa"]
    let found = try Agreement.cohenKappa(kappa["table"].list.map(\.numbers))
    #expect(isClose(found.value, kappa["kappa"].number, 1e-10))
    #expect(isClose(found.lower, kappa["lower"].number, 1e-10))
    #expect(isClose(found.upper, kappa["upper"].number, 1e-10))
    let alpha = reference["alpha"]
    let units = alpha["units"].list.map(\.integers)
    #expect(isClose(try Agreement.krippendorffAlpha(units), alpha["nominal"].number, 1e-10))
    #expect(isClose(try Agreement.krippendorffAlpha(units, metric: .ordinal), alpha["ordinal"].number, 1e-10))
    #expect(isClose(try Agreement.krippendorffAlpha(units, metric: .interval), alpha["interval"].number, 1e-10))
    let interval = try Agreement.krippendorffAlpha(units, draws: 500, seed: 1)
    let again = try Agreement.krippendorffAlpha(units, draws: 500, seed: 1)
    #expect(interval == again)
    let lower = try #require(interval.lower)
    let upper = try #require(interval.upper)
    #expect(lower < interval.value && interval.value < upper && upper - lower > 0.05 && upper - lower < 0.5)
  }

  private func logisticModel(_ item: Reference, interacting: Bool = false) -> ModelMatrix {
    ModelMatrix(
      [
        ModelVariable(name: "group", levels: ["a", "b"], codes: item["group"].integers),
        ModelVariable(name: "number", numbers: item["number"].numbers),
        ModelVariable(name: "factor", levels: ["p", "q", "r"], codes: item["factor"].integers),
      ], interactions: interacting ? [[0, 2]] : [])
  }

  @Test func logisticRegression() throws {
    let item = reference["logistic"]
    let model = logisticModel(item)
    let plain = try GeneralizedLinearModel(model, response: item["y"].numbers, family: .binomial)
    #expect(areClose(plain.coefficients, item["coefficients"].numbers, 1e-9))
    #expect(areClose(plain.terms().map(\.standardError), item["errors"].numbers, 1e-9))
    #expect(isClose(plain.deviance, item["deviance"].number, 1e-9))
    #expect(plain.names == ["(constant)", "group=b", "number", "factor=q", "factor=r"])
    let robust = try GeneralizedLinearModel(
      model, response: item["y"].numbers, family: .binomial, errors: .clustered(item["cluster"].integers))
    let terms = robust.terms()
    #expect(areClose(terms.map(\.standardError), item["robustErrors"].numbers, 1e-9))
    #expect(areClose(terms.map(\.lower), item["robustInterval"].list.map { $0[0].number }, 1e-9))
    #expect(areClose(terms.map(\.upper), item["robustInterval"].list.map { $0[1].number }, 1e-9))
    #expect(areClose(terms.map(\.p), item["robustP"].numbers, 1e-9))
    let group = try robust.averageMarginalEffects(of: "group")
    #expect(isClose(group[0].estimate, item["marginGroup"][0].number, 1e-8))
    #expect(isClose(group[0].standardError, item["marginGroup"][1].number, 1e-6))
    let number = try robust.averageMarginalEffects(of: "number")
    #expect(isClose(number[0].estimate, item["marginNumber"][0].number, 1e-8))
    #expect(isClose(number[0].standardError, item["marginNumber"][1].number, 1e-6))
    let factor = try robust.averageMarginalEffects(of: "factor")
    for level in 0..<2 {
      #expect(isClose(factor[level].estimate, item["marginFactor"][level][0].number, 1e-9))
      #expect(isClose(factor[level].standardError, item["marginFactor"][level][1].number, 1e-9))
    }
    #expect(isClose(try robust.wald(["factor=q", "factor=r"]).statistic, item["wald"].number, 1e-8))
    let interacting = try GeneralizedLinearModel(
      logisticModel(item, interacting: true), response: item["y"].numbers, family: .binomial)
    let expected = reference["interaction"]
    #expect(areClose(interacting.coefficients, expected["coefficients"].numbers, 1e-8))
    #expect(areClose(interacting.terms().map(\.standardError), expected["errors"].numbers, 1e-8))
    let effect = try interacting.averageMarginalEffects(of: "group")[0]
    #expect(isClose(effect.estimate, expected["effect"][0].number, 1e-9))
    #expect(isClose(effect.standardError, expected["effect"][1].number, 1e-9))
  }

  @Test func groupedMessagesGiveWhatSingleOnesGive() throws {
    let item = reference["grouped"]
    let cells = item["cells"].list.map(\.integers)
    let model = ModelMatrix([
      ModelVariable(name: "group", levels: ["a", "b"], codes: cells.map { $0[1] }),
      ModelVariable(name: "month", numbers: cells.map { Double($0[2]) }),
    ])
    let fit = try GeneralizedLinearModel(
      model, response: cells.map { Double($0[4]) / Double($0[3]) }, family: .binomial,
      weights: cells.map { Double($0[3]) }, errors: .clustered(cells.map { $0[0] }))
    #expect(areClose(fit.coefficients, item["coefficients"].numbers, 1e-9))
    #expect(areClose(fit.terms().map(\.standardError), item["errors"].numbers, 1e-9))
  }

  @Test func counts() throws {
    let item = reference["counts"]
    let model = ModelMatrix([ModelVariable(name: "group", levels: ["a", "b"], codes: item["group"].integers)])
    let offset = item["exposure"].numbers.map { log($0) }
    let quasi = try GeneralizedLinearModel(
      model, response: item["y"].numbers, family: .poisson, offset: offset, errors: .quasi)
    #expect(areClose(quasi.coefficients, item["quasi"].numbers, 1e-9))
    #expect(areClose(quasi.terms().map(\.standardError), item["quasiErrors"].numbers, 1e-9))
    #expect(isClose(quasi.dispersion, item["scale"].number, 1e-9))
    let negative = try NegativeBinomial(model, counts: item["y"].numbers, offset: offset)
    let found = negative.terms.map(\.estimate) + [negative.alpha]
    #expect(areClose(found, item["negative"].numbers))
    let errors = negative.terms.map(\.standardError) + [negative.alphaError ?? .nan]
    #expect(areClose(errors, item["negativeErrors"].numbers))
    #expect(isClose(negative.logLikelihood, item["logLikelihood"].number, 1e-9))
  }

  private func design() -> SamplingDesign {
    let survey = reference["surveyLogistic"]
    return SamplingDesign(
      weights: survey["weights"].numbers, strata: survey["strata"].integers,
      clusters: reference["logistic"]["cluster"].integers)
  }

  @Test func surveyRegression() throws {
    let item = reference["logistic"]
    let expected = reference["surveyLogistic"]
    let fit = try GeneralizedLinearModel(
      logisticModel(item), response: item["y"].numbers, family: .binomial, weights: expected["weights"].numbers,
      errors: .design(design()), countsWeights: false)
    #expect(areClose(fit.coefficients, expected["coefficients"].numbers, 1e-9))
    #expect(areClose(fit.terms().map(\.standardError), expected["errors"].numbers, 1e-9))
    #expect(fit.degrees == expected["degrees"].number)
  }

  @Test func surveySharesAndRaoScott() throws {
    let logistic = reference["logistic"]
    let yes = logistic["y"].integers.map { $0 == 1 }
    let group = logistic["group"].integers
    for item in reference["taylor"]["shares"].list {
      let found = try SurveyStatistics.share(yes, in: group.map { $0 == item["group"].integer }, design())
      #expect(isClose(found.estimate.value, item["share"].number, 1e-10))
      #expect(isClose(found.standardError, item["error"].number, 1e-10))
      #expect(isClose(found.estimate.lower, item["lower"].number, 1e-8))
      #expect(isClose(found.estimate.upper, item["upper"].number, 1e-8))
    }
    for name in ["group", "factor"] {
      let item = reference["taylor"][name]
      let found = try SurveyStatistics.raoScott(logistic[name].integers, logistic["y"].integers, design())
      #expect(isClose(found.pearson, item["pearson"].number, 1e-9))
      #expect(isClose(found.test.statistic, item["f"].number, 1e-8))
      #expect(isClose(found.test.degrees[0], item["d0"].number, 1e-8))
      #expect(isClose(found.test.degrees[1], item["d1"].number, 1e-8))
      #expect(isClose(found.test.p, item["p"].number, 1e-9))
    }
  }

  @Test func misclassification() throws {
    for item in reference["roganGladen"].list {
      let found = try Misclassification.roganGladen(
        apparent: item["ap"].number, n: item["n"].number, sensitivity: item["se"].number,
        sensitivitySize: item["nSe"].number, specificity: item["sp"].number, specificitySize: item["nSp"].number)
      #expect(isClose(found.value, item["value"].number, 1e-10))
      #expect(isClose(found.lower, item["interval"][0].number, 1e-10))
      #expect(isClose(found.upper, item["interval"][1].number, 1e-10))
    }
    let powered = reference["predictionPowered"]
    let y = powered["y"].numbers
    let f = powered["f"].numbers
    let items = y.indices.map { LabelledItem(stratum: 0, weight: 1, predicted: f[$0], isAbusive: y[$0] == 1) }
    let n = powered["n"].number
    for (isTuned, name) in [(true, "tuned"), (false, "full")] {
      let found = try Misclassification.predictionPowered(
        mean: powered["mean"].number, variance: powered["variance"].number,
        meanVariance: powered["restVariance"].number / n, n: n, items: items, in: items.map { _ in true },
        tuned: isTuned)
      #expect(isClose(found.estimate.value, powered[name].number, 1e-10))
      #expect(isClose(found.standardError, powered["\(name)Error"].number, 1e-10))
    }
    let drawn = reference["roganGladenDesign"]
    let labels = drawn["stratum"].integers.indices.map {
      LabelledItem(
        stratum: drawn["stratum"].integers[$0], weight: drawn["weight"].numbers[$0],
        predicted: drawn["predicted"].integers[$0] == 1 ? 1 : 0, isAbusive: drawn["truth"].integers[$0] == 1)
    }
    let found = try Misclassification.roganGladen(
      apparent: drawn["apparent"].number, apparentVariance: 0, labels: labels)
    #expect(isClose(found.value, drawn["value"].number, 1e-9))
    #expect(isClose(found.lower, drawn["interval"][0].number))
    #expect(isClose(found.upper, drawn["interval"][1].number))
  }

  @Test func bootstrap() throws {
    // With sums of one, the bootstrap of a mean has the variance of the mean.
    var random = RandomNumbers(seed: 4)
    let values = (0..<200).map { _ in random.normal() }
    let mean = values.reduce(0, +) / 200
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200).squareRoot()
    let found = try ClusterBootstrap.estimate(values.map { [$0, 1] }, draws: 4000, seed: 9) { $0[0] / $0[1] }
    let expected = 1.96 * deviation / 200.squareRoot()
    #expect(abs((found.upper ?? 0) - found.value - expected) < expected * 0.08)
    #expect(abs(found.value - (found.lower ?? 0) - expected) < expected * 0.08)
    let other = try ClusterBootstrap.estimate(values.map { [$0, 1] }, draws: 4000, seed: 9) { $0[0] / $0[1] }
    #expect(found == other)
  }
}
