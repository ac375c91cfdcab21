internal import Foundation

/// Comparison of groups that controls for what else differs between their members.
struct GroupComparison {
  /// A fitted model, or why there is none.
  struct Fit {
    var name: String
    var terms: [GeneralizedLinearModel.Term]
    var effects: [GeneralizedLinearModel.Term]
    var n: Double
    var clusters: Int?
    var dispersion: Double?
    var collinear: [String]
    var notes: [String]
    var failure: Uncomputable?
  }

  let sums: MessageSums
  let options: MessageStudyOptions
  let compare: [Int]
  let controls: [Int]

  private func levels(_ group: Int, _ used: [MessageSums.Cell]) -> (labels: [String], code: (Int) -> Int) {
    let roster = sums.roster
    let levels = roster.groups[group].levels
    // Levels of few persons make estimates that say nothing, and could give someone away: they are one level together.
    var persons = [Set<Int>](repeating: [], count: levels.count)
    var messages = [Int](repeating: 0, count: levels.count)
    for cell in used {
      let level = roster.terms[cell.term].levels[group]
      guard level >= 0 else { continue }
      persons[level].insert(roster.terms[cell.term].person)
      messages[level] += cell.sums.messages
    }
    let small = compare.contains(group) ? [] : levels.indices.filter { persons[$0].count < options.minimumPersons }
    let large = levels.indices.filter { !small.contains($0) }
    let named = options.references[roster.groups[group].name].flatMap { levels.firstIndex(of: $0) }
    let reference = named ?? large.max { (messages[$0], $1) < (messages[$1], $0) } ?? 0
    var order = [reference] + large.filter { $0 != reference }
    if large.isEmpty { order = [] }
    var labels = order.map { levels[$0] }
    if !small.isEmpty { labels.append("(other)") }
    return (
      labels,
      { level in
        if level < 0 { return -1 }
        return order.firstIndex(of: level) ?? labels.count - 1
      }
    )
  }

  private func factor(_ name: String, _ labels: [String], _ codes: [Int]) -> ModelVariable? {
    // A factor of one level says nothing.
    Set(codes).count > 1 ? ModelVariable(name: name, levels: labels, codes: codes) : nil
  }

  /// Logistic regressions of abuse, errors clustered by person: on the groups alone, and with controls.
  func logistic() -> [Fit] {
    let roster = sums.roster
    let used = sums.cells.filter { $0.sums.messages > 0 }
    let crude = compare.map { group in
      fitLogistic(
        "crude: \(roster.groups[group].name)", used, [group], [], adjusted: false)
    }
    return crude + [fitLogistic("adjusted", used, compare, controls, adjusted: true)]
  }

  private func fitLogistic(
    _ name: String, _ all: [MessageSums.Cell], _ groups: [Int], _ controls: [Int], adjusted: Bool
  ) -> Fit {
    let roster = sums.roster
    var notes: [String] = []
    let coders = (groups + controls).map { ($0, levels($0, all)) }
    let usesFollowers = adjusted && roster.terms.contains { $0.followers != nil }
    var used = all.filter { cell in
      coders.allSatisfy { $1.code(roster.terms[cell.term].levels[$0]) >= 0 } && (!adjusted || cell.month >= 0)
        && (!usesFollowers || roster.terms[cell.term].followers != nil)
    }
    let total = all.reduce(0) { $0 + $1.sums.messages }
    let missing = total - used.reduce(0) { $0 + $1.sums.messages }
    if missing > 0 { notes.append("\(missing) messages left out: a value is missing") }
    var volume = [Double](repeating: 0, count: roster.persons.count)
    for cell in all { volume[roster.terms[cell.term].person] += Double(cell.sums.messages) }
    for _ in 0..<20 {
      var variables: [ModelVariable] = []
      for (group, coder) in coders {
        let codes = used.map { coder.code(roster.terms[$0.term].levels[group]) }
        if let variable = factor(roster.groups[group].name, coder.labels, codes) { variables.append(variable) }
      }
      if adjusted {
        let months = Array(Set(used.map(\.month))).sorted()
        // Months as steps up to two years, quarters beyond.
        let periods = months.count <= 24 ? months : Array(Set(months.map { $0 / 3 })).sorted()
        let codes = used.map { cell in
          periods.firstIndex(of: months.count <= 24 ? cell.month : cell.month / 3) ?? 0
        }
        let labels = periods.map {
          months.count <= 24 ? CalendarDay.monthText($0) : "\($0 / 4)-Q\($0 % 4 + 1)"
        }
        if let variable = factor("period", labels, codes) { variables.append(variable) }
        let platforms = Array(Set(used.map(\.platform))).sorted()
        let names = MessageSums.platforms + ["unknown"]
        if let variable = factor(
          "platform", platforms.map { names[$0] }, used.map { platforms.firstIndex(of: $0.platform) ?? 0 })
        {
          variables.append(variable)
        }
        variables.append(
          ModelVariable(
            name: "log(messages received)", numbers: used.map { log(volume[roster.terms[$0.term].person]) }))
        if usesFollowers {
          variables.append(
            ModelVariable(
              name: "log(1 + followers)", numbers: used.map { log(1 + (roster.terms[$0.term].followers ?? 0)) }))
        }
      }
      var fit = Fit(
        name: name, terms: [], effects: [], n: Double(used.reduce(0) { $0 + $1.sums.messages }), clusters: nil,
        dispersion: nil, collinear: [], notes: notes, failure: nil)
      let wanted = groups.map { roster.groups[$0].name }
      guard variables.contains(where: { wanted.contains($0.name) }) else {
        fit.failure = used.isEmpty ? .noObservations : .noVariation
        return fit
      }
      do {
        let model = ModelMatrix(variables)
        let found = try GeneralizedLinearModel(
          model, response: used.map { Double($0.sums.abusive) / Double($0.sums.messages) }, family: .binomial,
          weights: used.map { Double($0.sums.messages) },
          errors: .clustered(used.map { roster.terms[$0.term].person }))
        fit.terms = found.terms(level: options.level)
        fit.clusters = found.clusterCount
        fit.collinear = found.collinear
        for group in wanted {
          if let effects = try? found.averageMarginalEffects(of: group, level: options.level) {
            fit.effects += effects
          }
        }
        return fit
      } catch .separation(let terms) {
        // A control's level without abuse, or with nothing else, tells its own messages perfectly; they say nothing of the
        // other coefficients and are left out, as is usual.
        let isOfControl = terms.allSatisfy { term in
          term != ModelMatrix.constant && !wanted.contains { term.hasPrefix("\($0)=") } && term.contains("=")
        }
        guard isOfControl else {
          fit.failure = .separation(terms)
          return fit
        }
        let model = ModelMatrix(variables)
        let matrix = model.matrix()
        let columns = model.names.indices.filter { terms.contains(model.names[$0]) }
        let before = used.reduce(0) { $0 + $1.sums.messages }
        used = used.indices.filter { row in columns.allSatisfy { matrix[row, $0] == 0 } }.map { used[$0] }
        let after = used.reduce(0) { $0 + $1.sums.messages }
        notes.append("\(before - after) messages left out: \(terms.joined(separator: ", ")) tells them perfectly")
      } catch {
        fit.failure = error
        return fit
      }
    }
    return Fit(
      name: name, terms: [], effects: [], n: 0, clusters: nil, dispersion: nil, collinear: [], notes: notes,
      failure: .noConvergence)
  }

  /// Regressions of the number of abusive messages a person gets: per message and per day in office; quasi-Poisson and
  /// negative binomial.
  func counts() -> [Fit] {
    let roster = sums.roster
    let dates = sums.days.map(\.day)
    guard let first = dates.min(), let last = dates.max() else { return [] }
    var messages = [Int](repeating: 0, count: roster.terms.count)
    var abusive = [Int](repeating: 0, count: roster.terms.count)
    for cell in sums.cells {
      messages[cell.term] += cell.sums.messages
      abusive[cell.term] += cell.sums.abusive
    }
    let days = roster.terms.map { term -> Int in
      max(0, min(last, term.end?.number ?? last) - max(first, term.start?.number ?? first) + 1)
    }
    var fits: [Fit] = []
    for (exposure, unit) in [(messages.map(Double.init), "per message"), (days.map(Double.init), "per day in office")] {
      let usesFollowers = roster.terms.contains { $0.followers != nil }
      let cells = sums.cells
      let coders = (compare + controls).map { ($0, levels($0, cells)) }
      let used = roster.terms.indices.filter { index in
        exposure[index] > 0 && coders.allSatisfy { $1.code(roster.terms[index].levels[$0]) >= 0 }
          && (!usesFollowers || roster.terms[index].followers != nil)
      }
      var variables: [ModelVariable] = []
      for (group, coder) in coders {
        let codes = used.map { coder.code(roster.terms[$0].levels[group]) }
        if let variable = factor(roster.groups[group].name, coder.labels, codes) { variables.append(variable) }
      }
      if usesFollowers {
        variables.append(
          ModelVariable(name: "log(1 + followers)", numbers: used.map { log(1 + (roster.terms[$0].followers ?? 0)) }))
      }
      guard !variables.isEmpty else { continue }
      let model = ModelMatrix(variables)
      let counts = used.map { Double(abusive[$0]) }
      let offset = used.map { log(exposure[$0]) }
      var quasi = Fit(
        name: "quasi-Poisson, \(unit)", terms: [], effects: [], n: Double(used.count), clusters: nil, dispersion: nil,
        collinear: [], notes: [], failure: nil)
      var negative = quasi
      negative.name = "negative binomial, \(unit)"
      do {
        let fit = try GeneralizedLinearModel(
          model, response: counts, family: .poisson, offset: offset, errors: .quasi)
        quasi.terms = fit.terms(level: options.level)
        quasi.dispersion = fit.dispersion
        quasi.collinear = fit.collinear
      } catch {
        quasi.failure = error
      }
      do {
        let fit = try NegativeBinomial(model, counts: counts, offset: offset, level: options.level)
        negative.terms = fit.terms
        negative.dispersion = fit.alpha
        negative.collinear = fit.collinear
      } catch {
        negative.failure = error
      }
      fits += [quasi, negative]
    }
    return fits
  }
}
