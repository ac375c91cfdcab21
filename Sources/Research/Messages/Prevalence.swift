internal import Foundation

/// A way to divide messages: by a group of the roster, by month, by platform, or not at all.
struct Division {
  var name: String
  var levels: [String]
  /// The level of a term, month and platform; -1 where it has none.
  var level: (_ term: Int, _ month: Int, _ platform: Int) -> Int
  /// Whether its levels are of persons, so that small ones could give someone away.
  var isOfPersons: Bool
}

/// A figure that may be missing, and then why.
enum Outcome<Value: Sendable>: Sendable {
  case value(Value)
  case missing(Uncomputable)

  init(_ make: () throws(Uncomputable) -> Value) {
    do {
      self = .value(try make())
    } catch {
      self = .missing(error)
    }
  }

  var value: Value? { if case .value(let found) = self { found } else { nil } }
  var reason: Uncomputable? { if case .missing(let reason) = self { reason } else { nil } }
}

/// A level's prevalence, as the model sees it and corrected by labels.
struct LevelResult: Sendable {
  var level: String
  var sums: CellSums
  var persons: Int
  var estimate: Estimate
  var method: String
  /// Variance of the share between persons (or senders).
  var variance: Double
  var isWithheld = false
  var corrected: Corrected?

  var n: Int { sums.messages }
}

/// What labels make of a share.
struct Corrected: Sendable {
  var labels: Int
  var roganGladen: Outcome<Estimate>
  /// Whether sensitivity and specificity are those of all messages, for want of labels at this level.
  var isPooled: Bool
  var powered: Outcome<Estimate>
  fileprivate var roganGladenParts: Misclassification.Parts?
  fileprivate var poweredParts: Misclassification.Parts?
}

/// The difference between a level and the reference.
struct DifferenceResult: Sendable {
  var level: String
  var reference: String
  var difference: Outcome<Estimate>
  var ratio: Outcome<Estimate>
  var roganGladen: Outcome<Estimate>?
  var powered: Outcome<Estimate>?
}

/// Computes prevalences from the sums, with intervals by the bootstrap over persons, and corrects them.
struct PrevalenceAnalysis {
  let sums: MessageSums
  let options: MessageStudyOptions
  /// Labelled messages that were found, and what the sampling design says of them.
  let labels: [FoundLabel]
  let items: [LabelledItem]

  init(_ sums: MessageSums, _ options: MessageStudyOptions) {
    self.sums = sums
    self.options = options
    labels = sums.labels.filter(\.isFound)
    // Labels without chances count as a simple random sample of all that was counted.
    let isSimple = labels.allSatisfy { $0.weight == 1 } && labels.count < sums.account.counted
    let weight = isSimple ? Double(sums.account.counted) / Double(max(1, labels.count)) : 1
    items = labels.map {
      LabelledItem(
        stratum: $0.stratum, weight: $0.weight * weight, predicted: $0.predictedAbusive ? 1 : 0, isAbusive: $0.isAbusive
      )
    }
  }

  /// Divides by one column of the roster.
  func division(group: Int) -> Division {
    let roster = sums.roster
    return Division(
      name: roster.groups[group].name, levels: roster.groups[group].levels,
      level: { term, _, _ in roster.terms[term].levels[group] }, isOfPersons: true)
  }

  func months() -> Division {
    let known = sums.cells.map(\.month).filter { $0 >= 0 }
    let first = known.min() ?? 0
    let last = known.max() ?? -1
    return Division(
      name: "month", levels: first <= last ? (first...last).map { CalendarDay.monthText($0) } : [],
      level: { _, month, _ in month >= 0 ? month - first : -1 }, isOfPersons: false)
  }

  func platforms() -> Division {
    let present = Set(sums.cells.map(\.platform)).sorted()
    let names = MessageSums.platforms + ["unknown"]
    return Division(
      name: "platform", levels: present.map { names[$0] },
      level: { _, _, platform in present.firstIndex(of: platform) ?? -1 }, isOfPersons: false)
  }

  func everything() -> Division {
    Division(name: "all", levels: ["all"], level: { _, _, _ in 0 }, isOfPersons: false)
  }

  /// The sums of each level, and for each person the messages and abusive messages at each level.
  private func collect(
    _ division: Division, measure: (CellSums) -> Int
  ) -> (sums: [CellSums], persons: [Set<Int>], clusters: [[Double]]) {
    let count = division.levels.count
    var totals = [CellSums](repeating: CellSums(), count: count)
    var persons = [Set<Int>](repeating: [], count: count)
    var clusters = [[Double]](repeating: [Double](repeating: 0, count: count * 2), count: sums.roster.persons.count)
    for cell in sums.cells {
      let level = division.level(cell.term, cell.month, cell.platform)
      guard level >= 0 else { continue }
      let person = sums.roster.terms[cell.term].person
      totals[level] += cell.sums
      if cell.sums.messages > 0 { persons[level].insert(person) }
      clusters[person][level * 2] += Double(cell.sums.messages)
      clusters[person][level * 2 + 1] += Double(measure(cell.sums))
    }
    return (totals, persons, clusters.filter { $0.contains { $0 > 0 } })
  }

  /// Draws of all levels together, so that differences keep what levels share.
  private func draw(_ clusters: [[Double]], _ count: Int) -> [[Double]] {
    var draws = [[Double]](repeating: [], count: count)
    for level in 0..<count { draws[level].reserveCapacity(options.draws) }
    try? ClusterBootstrap.totals(clusters, count: options.draws, seed: options.seed) { total in
      for level in 0..<count {
        draws[level].append(total[level * 2] > 0 ? total[level * 2 + 1] / total[level * 2] : .nan)
      }
    }
    return draws
  }

  private func interval(_ values: [Double]) -> (lower: Double, upper: Double)? {
    let known = values.filter(\.isFinite)
    guard !known.isEmpty, known.count * 20 >= options.draws * 19 else { return nil }
    return ClusterBootstrap.percentiles(known, level: options.level)
  }

  private func variance(_ values: [Double]) -> Double {
    let known = values.filter(\.isFinite)
    guard known.count > 1 else { return 0 }
    let mean = known.reduce(0, +) / Double(known.count)
    return known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count - 1)
  }

  /// The prevalence at each level, and the differences from the reference.
  ///
  /// - Parameter measure: what is counted of the messages: the abusive ones, those of a category, of a severity.
  func prevalence(
    _ division: Division, corrects: Bool = true, measure: (CellSums) -> Int = { $0.abusive }
  ) -> (levels: [LevelResult], differences: [DifferenceResult]) {
    let (totals, persons, clusters) = collect(division, measure: measure)
    let draws = draw(clusters, division.levels.count)
    let withheld =
      division.isOfPersons && !options.showsNames
      ? Suppression.withheld(persons.map(\.count), minimum: options.minimumPersons) : []
    var levels: [LevelResult] = []
    for (index, name) in division.levels.enumerated() {
      let messages = totals[index].messages
      guard messages > 0 else {
        levels.append(
          LevelResult(
            level: name, sums: totals[index], persons: 0, estimate: Estimate(.nan), method: "", variance: 0))
        continue
      }
      let share = Double(measure(totals[index])) / Double(messages)
      var result = LevelResult(
        level: name, sums: totals[index], persons: persons[index].count, estimate: Estimate(share),
        method: "share of messages; percentile bootstrap over persons (\(options.draws) draws)",
        variance: draws[index].isEmpty ? 0 : variance(draws[index]), isWithheld: withheld.contains(index))
      if persons[index].count > 1, let bounds = interval(draws[index]) {
        result.estimate = Estimate(share, bounds.lower, bounds.upper)
      } else {
        result.method = "share of messages; no interval: fewer than two persons, or too few in most draws"
      }
      if corrects, !items.isEmpty {
        let domain = labels.map { division.level($0.term, $0.month, $0.platform) == index }
        result.corrected = correct(share, messages, result.variance, domain)
      }
      levels.append(result)
    }
    guard let reference = reference(division, totals) else { return (levels, []) }
    let differences = division.levels.indices.filter { $0 != reference && totals[$0].messages > 0 }.map { index in
      difference(levels[index], levels[reference], draws[index], draws[reference])
    }
    return (levels, differences)
  }

  /// The level that others are compared with.
  func reference(_ division: Division, _ totals: [CellSums]) -> Int? {
    guard division.levels.count > 1, division.isOfPersons else { return nil }
    if let named = options.references[division.name] { return division.levels.firstIndex(of: named) }
    return totals.indices.max { (totals[$0].messages, $1) < (totals[$1].messages, $0) }
  }

  private func difference(
    _ level: LevelResult, _ reference: LevelResult, _ first: [Double], _ second: [Double]
  ) -> DifferenceResult {
    let isHidden = level.isWithheld || reference.isWithheld
    func bounded(_ value: Double, _ values: [Double]) -> Outcome<Estimate> {
      if isHidden { return .missing(.suppressed) }
      guard level.persons > 1, reference.persons > 1, let bounds = interval(values) else {
        return .missing(.oneCluster)
      }
      return .value(Estimate(value, bounds.lower, bounds.upper))
    }
    var result = DifferenceResult(
      level: level.level, reference: reference.level,
      difference: bounded(level.estimate.value - reference.estimate.value, zip(first, second).map { $0 - $1 }),
      ratio: reference.estimate.value > 0
        ? bounded(level.estimate.value / reference.estimate.value, zip(first, second).map { $0 / $1 })
        : .missing(.constantOutcome))
    if let a = level.corrected, let b = reference.corrected {
      func combine(
        _ first: Misclassification.Parts?, _ second: Misclassification.Parts?, _ reason: Uncomputable?
      ) -> Outcome<Estimate> {
        if isHidden { return .missing(.suppressed) }
        guard let first, let second else { return .missing(reason ?? .noObservations) }
        return Outcome { () throws(Uncomputable) in
          try Misclassification.difference(first, minus: second, items, level: options.level)
        }
      }
      result.roganGladen = combine(
        a.roganGladenParts, b.roganGladenParts, a.roganGladen.reason ?? b.roganGladen.reason)
      result.powered = combine(a.poweredParts, b.poweredParts, a.powered.reason ?? b.powered.reason)
    }
    return result
  }

  /// Corrects a share by the labels of a domain; sensitivity and specificity are those of the domain where it has at least
  /// thirty labels, five on either side, and those of all labels otherwise.
  func correct(_ share: Double, _ messages: Int, _ variance: Double, _ domain: [Bool]) -> Corrected {
    let count = domain.count { $0 }
    let positives = zip(domain, items).count { $0 && $1.isAbusive }
    let isPooled = count < 30 || positives < 5 || count - positives < 5
    let roganGladen = Outcome { () throws(Uncomputable) in
      try Misclassification.roganGladenParts(
        apparent: share, apparentVariance: variance, labels: items, in: isPooled ? nil : domain, areDrawnHere: true)
    }
    let powered = Outcome { () throws(Uncomputable) in
      try Misclassification.predictionPoweredParts(
        mean: share, variance: share * (1 - share), meanVariance: variance, n: Double(messages), items: items,
        in: domain, areDrawnHere: true)
    }
    func finish(_ parts: Outcome<Misclassification.Parts>) -> Outcome<Estimate> {
      Outcome { () throws(Uncomputable) in
        if let reason = parts.reason { throw reason }
        guard let value = parts.value else { throw .noObservations }
        return try Misclassification.estimate(value, items, level: options.level).estimate
      }
    }
    return Corrected(
      labels: count, roganGladen: finish(roganGladen), isPooled: isPooled, powered: finish(powered),
      roganGladenParts: roganGladen.value, poweredParts: powered.value)
  }

  /// Each person's share with Wilson's interval of the effective size: a sender who sends often counts for less than as
  /// many senders who send once (Korn and Graubard 1998).
  func persons() -> [(person: Int, result: LevelResult)] {
    let roster = sums.roster
    var totals = [CellSums](repeating: CellSums(), count: roster.persons.count)
    for cell in sums.cells { totals[roster.terms[cell.term].person] += cell.sums }
    var squares = [(aa: Double, am: Double, mm: Double, senders: Double)](
      repeating: (0, 0, 0, 0), count: roster.persons.count)
    for pair in sums.pairs {
      let a = Double(pair.abusive)
      let m = Double(pair.messages)
      let person = Int(pair.person)
      squares[person].aa += a * a
      squares[person].am += a * m
      squares[person].mm += m * m
      squares[person].senders += 1
    }
    return totals.indices.filter { totals[$0].messages > 0 }.map { person in
      let total = totals[person]
      let n = Double(total.messages)
      let p = Double(total.abusive) / n
      let sum = squares[person]
      var size = n
      var method = "share of messages; Wilson"
      if sum.senders > 1, p > 0, p < 1 {
        let spread = sum.aa - 2 * p * sum.am + p * p * sum.mm
        let variance = spread / (n * n) * sum.senders / (sum.senders - 1)
        size = variance > 0 ? min(n, p * (1 - p) / variance) : n
        method = "share of messages; Wilson with effective n \(NumberText.plain(size.rounded())), by sender"
      } else if sum.senders >= 1 {
        size = min(n, sum.senders)
        method = "share of messages; Wilson with n of senders"
      }
      let estimate = (try? Proportion.wilson(p * size, of: size, level: options.level)) ?? Estimate(p)
      var result = LevelResult(
        level: roster.persons[person], sums: total, persons: 1, estimate: Estimate(p, estimate.lower, estimate.upper),
        method: method, variance: p * (1 - p) / size)
      if !items.isEmpty {
        let domain = labels.map { roster.terms[$0.term].person == person }
        result.corrected = correct(p, total.messages, result.variance, domain)
      }
      return (person, result)
    }
  }
}
