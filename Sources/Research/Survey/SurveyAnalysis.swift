internal import Foundation
internal import Messages

/// What is asked of a survey, computed.
struct SurveyAnalysis {
  /// A yes or no of a respondent.
  struct Question {
    /// The outcome's name, or the column of an answer.
    var name: String
    var label: Codebook.Label
    /// The question of several answers that it belongs to.
    var block: Codebook.Label?
    var answers: [Bool?]
  }

  /// A share among some respondents.
  struct Share {
    var level: Codebook.Label
    var n: Int
    var yes: Int
    var unweighted: Outcome<Estimate>
    var weighted: Outcome<Estimate>
    var isWithheld = false
  }

  struct Difference {
    var level: Codebook.Label
    var reference: Codebook.Label
    var unweighted: Outcome<Estimate>
    var weighted: Outcome<Estimate>
  }

  struct Test {
    var name: String
    var result: Outcome<TestResult>
    var adjusted: Double?
  }

  struct Comparison {
    var question: Question
    var group: String
    var all: Share
    var levels: [Share]
    var differences: [Difference]
    var unweighted: Test
    var weighted: Test
    var lonelyStrata = 0
  }

  struct ModelFit {
    var model: Codebook.Model
    var isCrude: Bool
    var fit: Outcome<GeneralizedLinearModel>
    var effects: [GeneralizedLinearModel.Term]
    var missing: Int
  }

  /// A share in each wave, and how it changes from wave to wave.
  struct Trend {
    var question: Question
    var waves: [(wave: String, share: Share)]
    /// Log odds for each wave on.
    var slope: Outcome<GeneralizedLinearModel.Term>
  }

  let data: SurveyData
  let level: Double
  let minimum: Int
  /// Respondents who count: not those in groups too small to be shown.
  let included: [Bool]
  /// For each group, places of the levels shown.
  let shownLevels: [String: [Int]]
  let leftOut: Int

  init(_ data: SurveyData, minimum: Int, level: Double) {
    self.data = data
    self.level = level
    self.minimum = minimum
    var included = [Bool](repeating: true, count: data.rows)
    // Leaving one group's few out can make another group's level too small.
    var changed = true
    while changed {
      changed = false
      for group in data.codebook.groups {
        let codes = data.code(group)
        var counts: [Int: Int] = [:]
        for row in codes.indices where included[row] { if let code = codes[row] { counts[code, default: 0] += 1 } }
        for row in codes.indices where included[row] {
          if let code = codes[row], (counts[code] ?? 0) < minimum {
            included[row] = false
            changed = true
          }
        }
      }
    }
    self.included = included
    leftOut = included.count { !$0 }
    var shown: [String: [Int]] = [:]
    for group in data.codebook.groups {
      let codes = data.code(group)
      shown[group] = Set(codes.indices.filter { included[$0] }.compactMap { codes[$0] }).sorted()
    }
    shownLevels = shown
  }

  /// All questions: outcomes in the codebook's order, then those of several answers.
  func questions() -> [Question] {
    data.codebook.outcomes.map {
      Question(name: $0.name, label: $0.label, block: nil, answers: data.answers[$0.name] ?? [])
    }
      + data.codebook.multiples.flatMap { multiple in
        multiple.items.map {
          Question(name: $0.column, label: $0.label, block: multiple.label, answers: data.item($0.column))
        }
      }
  }

  func share(_ question: Question, _ label: Codebook.Label, among: (Int) -> Bool) -> Share {
    let domain = (0..<data.rows).map { included[$0] && question.answers[$0] != nil && among($0) }
    let yes = question.answers.map { $0 == true }
    let n = domain.count { $0 }
    let count = zip(domain, yes).count { $0 && $1 }
    return Share(
      level: label, n: n, yes: count,
      unweighted: Outcome { () throws(Uncomputable) in
        try Proportion.wilson(Double(count), of: Double(n), level: level)
      },
      weighted: Outcome { () throws(Uncomputable) in
        try SurveyStatistics.share(yes, in: domain, data.design, level: level).estimate
      })
  }

  /// Each question compared over each group, with Holm's correction within a group.
  func comparisons() -> [Comparison] {
    var found: [Comparison] = []
    for group in data.codebook.groups {
      var part = questions().compactMap { compare($0, group) }
      for path in [\Comparison.unweighted, \Comparison.weighted] {
        let adjusted = MultipleTests.holm(part.map { $0[keyPath: path].result.value?.p })
        for index in part.indices { part[index][keyPath: path].adjusted = adjusted[index] }
      }
      found += part
    }
    return found
  }

  func reference(_ group: String) -> Int? {
    let levels = shownLevels[group] ?? []
    let values = data.variable(group)?.values ?? []
    if let code = data.codebook.references[group], let found = levels.first(where: { values[$0].code == code }) {
      return found
    }
    let codes = data.code(group)
    return levels.max { a, b in
      (codes.count { $0 == a }, b) < (codes.count { $0 == b }, a)
    }
  }

  private func compare(_ question: Question, _ group: String) -> Comparison? {
    guard let variable = data.variable(group), let reference = reference(group) else { return nil }
    let codes = data.code(group)
    let places = shownLevels[group] ?? []
    var levels = places.map { place in share(question, variable.values[place].label) { codes[$0] == place } }
    let hidden = Suppression.withheld(levels.map(\.yes), minimum: minimum)
      .union(Suppression.withheld(levels.map { $0.n - $0.yes }, minimum: minimum))
    for index in hidden { levels[index].isWithheld = true }
    let yes = question.answers.map { $0 == true }
    func domain(_ place: Int) -> [Bool] {
      (0..<data.rows).map { included[$0] && question.answers[$0] != nil && codes[$0] == place }
    }
    let referenceIndex = places.firstIndex(of: reference) ?? 0
    let differences = places.indices.filter { $0 != referenceIndex }.map { index -> Difference in
      let a = levels[index]
      let b = levels[referenceIndex]
      let isHidden = a.isWithheld || b.isWithheld
      return Difference(
        level: a.level, reference: b.level,
        unweighted: isHidden
          ? .missing(.suppressed)
          : Outcome { () throws(Uncomputable) in
            try Proportion.newcombe(Double(a.yes), of: Double(a.n), minus: Double(b.yes), of: Double(b.n), level: level)
          },
        weighted: isHidden
          ? .missing(.suppressed)
          : Outcome { () throws(Uncomputable) in
            try SurveyStatistics.difference(
              yes, in: domain(places[index]), minus: domain(reference), data.design, level: level
            ).estimate
          })
    }
    let table = levels.map { [Double($0.yes), Double($0.n - $0.yes)] }
    let isSmall = ContingencyTable.smallestExpected(table) < 5
    var unweighted = Test(name: "chi-squared", result: .missing(.noObservations), adjusted: nil)
    if !hidden.isEmpty {
      unweighted.result = .missing(.suppressed)
    } else if isSmall, levels.count == 2 {
      unweighted.name = "Fisher"
      unweighted.result = Outcome { () throws(Uncomputable) in
        try ContingencyTable.fisher(
          levels[0].yes, levels[0].n - levels[0].yes, levels[1].yes, levels[1].n - levels[1].yes)
      }
    } else if isSmall, let exact = try? ContingencyTable.freemanHalton(levels.map { [$0.yes, $0.n - $0.yes] }) {
      unweighted.name = "Fisher-Freeman-Halton"
      unweighted.result = .value(exact)
    } else {
      unweighted.result = Outcome { () throws(Uncomputable) in try ContingencyTable.pearson(table) }
      if isSmall { unweighted.name = "chi-squared (some expected counts below 5)" }
    }
    let asked = (0..<data.rows).map { included[$0] && question.answers[$0] != nil }
    let order = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
    let rows = (0..<data.rows).map { asked[$0] ? codes[$0].flatMap { order[$0] } : nil }
    let columns = (0..<data.rows).map { asked[$0] ? (yes[$0] ? 1 : 0) : nil }
    let weighted = Test(
      name: "Rao-Scott",
      result: hidden.isEmpty
        ? Outcome { () throws(Uncomputable) in try SurveyStatistics.raoScott(rows, columns, data.design).test }
        : .missing(.suppressed), adjusted: nil)
    return Comparison(
      question: question, group: group,
      all: share(question, Codebook.Label(dutch: "allen", english: "all")) { codes[$0] != nil }, levels: levels,
      differences: differences, unweighted: unweighted, weighted: weighted)
  }

  /// Answers to questions with one answer of several, over each group.
  func distributions() -> [(
    variable: Codebook.Variable, group: String, values: [(value: Codebook.Value, shares: [Share])], test: Test
  )] {
    data.codebook.distributions.flatMap { item in
      data.codebook.groups.compactMap { group in
        guard let variable = data.variable(item.variable), let grouping = data.variable(group) else { return nil }
        let codes = data.code(item.variable)
        let groups = data.code(group)
        let asked = item.among.flatMap { data.answers[$0] }.map { $0.map { $0 == true } }
        let places = shownLevels[group] ?? []
        let values = variable.values.enumerated().map { place, value in
          let question = Question(
            name: value.code, label: value.label, block: variable.label,
            answers: codes.indices.map { row in
              guard asked?[row] ?? true, let code = codes[row] else { return nil }
              return code == place
            })
          var shares = places.map { level in
            share(question, grouping.values[level].label) { groups[$0] == level }
          }
          for hidden in Suppression.withheld(shares.map(\.yes), minimum: minimum) { shares[hidden].isWithheld = true }
          return (value: value, shares: shares)
        }
        let order = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($1, $0) })
        let rows = (0..<data.rows).map { row in
          included[row] && (asked?[row] ?? true) && codes[row] != nil ? groups[row].flatMap { order[$0] } : nil
        }
        // Values that nobody gave are no columns.
        let given = Set(rows.indices.filter { rows[$0] != nil }.compactMap { codes[$0] }).sorted()
        let columns = rows.indices.map { row in
          rows[row] == nil ? nil : codes[row].flatMap { given.firstIndex(of: $0) }
        }
        let test = Test(
          name: "Rao-Scott",
          result: Outcome { () throws(Uncomputable) in try SurveyStatistics.raoScott(rows, columns, data.design).test },
          adjusted: nil)
        return (variable, group, values, test)
      }
    }
  }

  /// Logistic regressions: each of the codebook's models, and before it the outcome on each group alone.
  func models(_ language: MessageLanguage) -> [ModelFit] {
    data.codebook.models.flatMap { model in
      let crude = model.variables.filter { data.codebook.groups.contains($0) }.map { group in
        fit(
          Codebook.Model(outcome: model.outcome, variables: [group], interactions: []), isCrude: true, language)
      }
      return crude + [fit(model, isCrude: false, language)]
    }
  }

  private func fit(_ model: Codebook.Model, isCrude: Bool, _ language: MessageLanguage) -> ModelFit {
    let answers = data.answers[model.outcome] ?? []
    let asked = (0..<data.rows).filter { included[$0] && answers[$0] != nil }
    let used = asked.filter { row in
      model.variables.allSatisfy { name in
        data.variable(name)?.isNumber == true ? data.number(name)[row] != nil : data.code(name)[row] != nil
      }
    }
    var variables: [ModelVariable] = []
    for name in model.variables {
      guard let variable = data.variable(name) else { continue }
      if variable.isNumber {
        variables.append(ModelVariable(name: name, numbers: used.map { data.number(name)[$0] ?? 0 }))
      } else {
        let present = Set(used.compactMap { data.code(name)[$0] }).sorted()
        var order = present
        let reference =
          data.codebook.references[name].flatMap { code in present.first { variable.values[$0].code == code } }
          ?? present.first
        if let reference { order = [reference] + present.filter { $0 != reference } }
        variables.append(
          ModelVariable(
            name: name, levels: order.map { variable.values[$0].label.text(language) },
            codes: used.map { row in data.code(name)[row].flatMap { order.firstIndex(of: $0) } ?? 0 }))
      }
    }
    let interactions = model.interactions.map { pair in
      pair.compactMap { name in variables.firstIndex { $0.name == name } }
    }
    let design = SamplingDesign(
      weights: used.map { data.design.weights[$0] },
      strata: data.design.strata.map { strata in used.map { strata[$0] } },
      clusters: data.design.clusters.map { clusters in used.map { clusters[$0] } })
    let fitted = Outcome { () throws(Uncomputable) in
      guard !used.isEmpty else { throw .noObservations }
      return try GeneralizedLinearModel(
        ModelMatrix(variables, interactions: interactions), response: used.map { answers[$0] == true ? 1 : 0 },
        family: .binomial, weights: design.weights, errors: .design(design), countsWeights: false)
    }
    var effects: [GeneralizedLinearModel.Term] = []
    if let found = fitted.value {
      for name in model.variables {
        effects += (try? found.averageMarginalEffects(of: name, level: level)) ?? []
      }
    }
    return ModelFit(
      model: model, isCrude: isCrude, fit: fitted, effects: effects, missing: asked.count - used.count)
  }

  /// Each outcome from wave to wave; none where there is one wave.
  func trends() -> [Trend] {
    guard data.waves.count > 1 else { return [] }
    return questions().filter { $0.block == nil }.map { question in
      var shares = data.waves.enumerated().map { place, wave in
        (
          wave: wave,
          share: share(question, Codebook.Label(dutch: wave, english: wave)) { data.wave[$0] == place }
        )
      }
      let hidden = Suppression.withheld(shares.map(\.share.yes), minimum: minimum)
        .union(Suppression.withheld(shares.map { $0.share.n - $0.share.yes }, minimum: minimum))
      for index in hidden { shares[index].share.isWithheld = true }
      let used = (0..<data.rows).filter { included[$0] && question.answers[$0] != nil }
      let design = SamplingDesign(
        weights: used.map { data.design.weights[$0] },
        strata: data.design.strata.map { strata in used.map { strata[$0] } },
        clusters: data.design.clusters.map { clusters in used.map { clusters[$0] } })
      // A year counts as such; other names of waves as their order.
      let years = data.waves.map { Double($0) }
      let times = data.waves.indices.map { years[$0] ?? Double($0) }
      return Trend(
        question: question, waves: shares,
        slope: Outcome { () throws(Uncomputable) in
          let model = ModelMatrix([ModelVariable(name: "wave", numbers: used.map { times[data.wave[$0]] - times[0] })])
          let fit = try GeneralizedLinearModel(
            model, response: used.map { question.answers[$0] == true ? 1 : 0 }, family: .binomial,
            weights: design.weights, errors: .design(design), countsWeights: false)
          guard let term = fit.terms(level: level).first(where: { $0.name == "wave" }) else {
            throw .collinear(["wave"])
          }
          return term
        })
    }
  }
}
