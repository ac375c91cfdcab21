internal import Foundation
internal import Weerbaar

/// The tidy tables of a study of messages.
struct MessageTables {
  let findings: MessageStudy.Findings
  private var options: MessageStudyOptions { findings.options }
  private var level: Double { findings.options.level }

  init(_ findings: MessageStudy.Findings) { self.findings = findings }

  private static let withheldNote = Uncomputable.suppressed.description(in: .en)

  /// All tables, in the order in which a reader needs them.
  func tables() -> [TidyTable] {
    [overview(), persons(), groups(), time(), categories(), severities(), comparisons(), concentration(), lorenz()]
      + senders() + [days(), bursts()] + (findings.eventFile.map { [events($0)] } ?? [])
      + [words(), regression(), counts()] + (findings.accuracy.map { [instrument($0)] } ?? [])
  }

  private func overview() -> TidyTable {
    var table = TidyTable("overview", about: "what was read and counted", keys: [], level: level)
    let account = findings.sums.account
    for (name, value) in [
      ("messages read", account.read), ("rejected", account.rejected), ("outgoing", account.outgoing),
      ("to nobody on the roster", account.unmatched), ("outside a term of office", account.outsideOffice),
      ("not assessed (abstained)", account.abstained), ("counted", account.counted),
      ("counted without a time", account.withoutTime), ("counted without a sender", account.withoutSender),
      ("persons with messages", findings.persons.count), ("senders", findings.sums.senders.count),
      ("abusive", findings.overall.sums.abusive),
    ] {
      table.add([], name, Double(value), "count")
    }
    add(findings.overall, [], to: &table)
    return table
  }

  /// A level's share, uncorrected, and corrected beside it.
  private func add(_ result: LevelResult, _ keys: [String], to table: inout TidyTable) {
    if result.isWithheld {
      table.add(keys, "share abusive", nil, "share", note: Self.withheldNote)
      return
    }
    guard result.n > 0 else {
      table.add(keys, "share abusive", nil, "share", n: 0, note: Uncomputable.noObservations.description(in: .en))
      return
    }
    let n = Double(result.n)
    table.add(keys, "messages", n, "count", n: n)
    table.add(keys, "persons", Double(result.persons), "count", n: n)
    table.add(keys, "abstained", Double(result.sums.abstained), "count", n: n)
    table.add(keys, "abusive", Double(result.sums.abusive), "count", n: n)
    table.add(
      keys, "share abusive", result.estimate, "share", n: n, method: result.method, note: "uncorrected")
    table.add(keys, "mean score", result.sums.score / n, "probability", n: n, method: "mean of calibrated scores")
    guard let corrected = result.corrected else { return }
    outcome(
      corrected.roganGladen, keys, "share abusive, corrected (Rogan-Gladen)", "share", Double(corrected.labels),
      corrected.isPooled
        ? "Rogan-Gladen, delta method; sensitivity and specificity of all labels"
        : "Rogan-Gladen, delta method; sensitivity and specificity of these labels",
      corrected.isPooled ? "assumes that the model errs here as it errs elsewhere" : "", to: &table)
    outcome(
      corrected.powered, keys, "share abusive, corrected (prediction-powered)", "share", Double(corrected.labels),
      "PPI++, weighted by design", "", to: &table)
  }

  private func outcome(
    _ outcome: Outcome<Estimate>, _ keys: [String], _ measure: String, _ unit: String, _ n: Double?, _ method: String,
    _ note: String, to table: inout TidyTable
  ) {
    switch outcome {
    case .value(let estimate): table.add(keys, measure, estimate, unit, n: n, method: method, note: note)
    case .missing(let reason):
      table.add(keys, measure, nil, unit, n: n, method: method, note: reason.description(in: .en))
    }
  }

  private func persons() -> TidyTable {
    var table = TidyTable("by_person", about: "prevalence per person of the roster", keys: ["person"], level: level)
    for (person, result) in ordered() { add(result, [findings.names[person]], to: &table) }
    return table
  }

  /// Persons by their shown names.
  private func ordered() -> [(person: Int, result: LevelResult)] {
    findings.persons.sorted { (findings.names[$0.person], $0.person) < (findings.names[$1.person], $1.person) }
  }

  private func groups() -> TidyTable {
    var table = TidyTable(
      "by_group", about: "prevalence per group of the roster and per platform", keys: ["group", "level"], level: level)
    for item in findings.divisions where item.division.name != "month" {
      for result in item.levels { add(result, [item.division.name, result.level], to: &table) }
    }
    return table
  }

  private func time() -> TidyTable {
    var table = TidyTable("by_month", about: "prevalence per month", keys: ["month"], level: level)
    for item in findings.divisions where item.division.name == "month" {
      for result in item.levels { add(result, [result.level], to: &table) }
    }
    return table
  }

  private func categories() -> TidyTable {
    var table = TidyTable(
      "by_category", about: "share of messages with each kind of abuse, per group",
      keys: ["group", "level", "category"], level: level)
    for item in findings.categories {
      for result in item.levels {
        share(result, [item.division.name, result.level, item.category.rawValue], "share with category", to: &table)
      }
      for difference in item.differences {
        add(difference, [item.division.name, difference.level, item.category.rawValue], to: &table)
      }
    }
    return table
  }

  private func severities() -> TidyTable {
    var table = TidyTable(
      "by_severity", about: "share of messages of at least each severity, per group",
      keys: ["group", "level", "severity"], level: level)
    for item in findings.severities {
      for result in item.levels {
        share(
          result, [item.division.name, result.level, String(item.severity)], "share of this severity or more",
          to: &table)
      }
      for difference in item.differences {
        add(difference, [item.division.name, difference.level, String(item.severity)], to: &table)
      }
    }
    return table
  }

  private func share(_ result: LevelResult, _ keys: [String], _ measure: String, to table: inout TidyTable) {
    if result.isWithheld {
      table.add(keys, measure, nil, "share", note: Self.withheldNote)
    } else if result.n == 0 {
      table.add(keys, measure, nil, "share", n: 0, note: Uncomputable.noObservations.description(in: .en))
    } else {
      table.add(
        keys, measure, result.estimate, "share", n: Double(result.n), method: result.method, note: "uncorrected")
    }
  }

  private func comparisons() -> TidyTable {
    var table = TidyTable(
      "differences", about: "each level against the reference of its group", keys: ["group", "level"], level: level)
    for item in findings.divisions {
      for difference in item.differences { add(difference, [item.division.name, difference.level], to: &table) }
    }
    return table
  }

  private func add(_ result: DifferenceResult, _ keys: [String], to table: inout TidyTable) {
    let method = "percentile bootstrap over persons (\(options.draws) draws)"
    let note = "against \(result.reference)"
    outcome(result.difference, keys, "difference", "difference", nil, method, "uncorrected; \(note)", to: &table)
    outcome(result.ratio, keys, "ratio", "ratio", nil, method, "uncorrected; \(note)", to: &table)
    if let corrected = result.roganGladen {
      outcome(
        corrected, keys, "difference, corrected (Rogan-Gladen)", "difference", nil, "Rogan-Gladen, delta method", note,
        to: &table)
    }
    if let corrected = result.powered {
      outcome(
        corrected, keys, "difference, corrected (prediction-powered)", "difference", nil, "PPI++, weighted by design",
        note, to: &table)
    }
  }

  private func concentration() -> TidyTable {
    var table = TidyTable(
      "concentration", about: "how unevenly messages and abuse are spread over persons", keys: ["of"], level: level)
    for (name, outcome) in [("messages", findings.received), ("abusive messages", findings.abuseReceived)] {
      switch outcome {
      case .missing(let reason):
        table.add([name], "Gini", nil, "coefficient", note: reason.description(in: .en))
      case .value(let found):
        let n = Double(findings.sums.roster.persons.count)
        table.add([name], "Gini", found.gini, "coefficient", n: n)
        table.add([name], "persons who receive half", Double(found.receiversOfHalf), "persons", n: n)
        for top in [1, 3, 5, 10, 20, 50] where Double(top) < n {
          table.add([name], "share of the \(top) who receive most", found.shareOfTop(top), "share", n: n)
        }
      }
    }
    return table
  }

  private func lorenz() -> TidyTable {
    var table = TidyTable(
      "lorenz", about: "points of the Lorenz curves", keys: ["of", "share of persons"], level: level)
    for (name, outcome) in [("messages", findings.received), ("abusive messages", findings.abuseReceived)] {
      guard let found = outcome.value else { continue }
      for point in found.lorenz {
        table.add([name, NumberText.plain(point.receivers)], "cumulative share", point.share, "share")
      }
    }
    return table
  }

  /// Classes of senders, by how many abusive messages they sent.
  static let classes: [(name: String, range: ClosedRange<Int>)] = [
    ("0", 0...0), ("1", 1...1), ("2", 2...2), ("3-5", 3...5), ("6-10", 6...10), ("11-20", 11...20), ("21-50", 21...50),
    ("51-100", 51...100), ("101 or more", 101...Int.max),
  ]

  /// What is known of senders, in classes.
  struct Senders {
    var classes: [(name: String, senders: Int, messages: Int, abusive: Int)]
    /// For each number of persons (0, 1, 2, 3–5, 6–10, 11 or more): senders who sent abuse to that many.
    var targets: [(name: String, senders: Int, abusive: Int)]
    /// Pairs of persons, by the senders who sent abuse to both.
    var overlap: [(first: Int, second: Int, both: Int, firstOnly: Int, secondOnly: Int)]
    var top: [Double]
  }

  static func senders(_ sums: MessageSums) -> Senders {
    var classes = Self.classes.map { (name: $0.name, senders: 0, messages: 0, abusive: 0) }
    for sender in sums.senders {
      guard let place = Self.classes.firstIndex(where: { $0.range.contains(Int(sender.abusive)) }) else { continue }
      classes[place].senders += 1
      classes[place].messages += Int(sender.messages)
      classes[place].abusive += Int(sender.abusive)
    }
    let hostile = sums.pairs.filter { $0.abusive > 0 }.sorted { ($0.sender, $0.person) < ($1.sender, $1.person) }
    var targets: [(name: String, senders: Int, abusive: Int)] = [
      ("1", 0, 0), ("2", 0, 0), ("3-5", 0, 0), ("6-10", 0, 0), ("11 or more", 0, 0),
    ]
    var sendersOf = [Int](repeating: 0, count: sums.roster.persons.count)
    var both: [Int: Int] = [:]
    let width = sums.roster.persons.count
    var start = 0
    while start < hostile.count {
      var end = start
      var abusive = 0
      while end < hostile.count, hostile[end].sender == hostile[start].sender {
        sendersOf[Int(hostile[end].person)] += 1
        abusive += Int(hostile[end].abusive)
        end += 1
      }
      let count = end - start
      let place = count == 1 ? 0 : count == 2 ? 1 : count <= 5 ? 2 : count <= 10 ? 3 : 4
      targets[place].senders += 1
      targets[place].abusive += abusive
      for first in start..<end {
        for second in first + 1..<max(end, first + 1) {
          both[Int(hostile[first].person) * width + Int(hostile[second].person), default: 0] += 1
        }
      }
      start = end
    }
    let overlap = both.map { key, count in
      let first = key / width
      let second = key % width
      return (
        first: first, second: second, both: count, firstOnly: sendersOf[first] - count,
        secondOnly: sendersOf[second] - count
      )
    }.sorted { (-$0.both, $0.first, $0.second) < (-$1.both, $1.first, $1.second) }
    return Senders(
      classes: classes, targets: targets, overlap: overlap,
      top: sums.senders.map { Double($0.abusive) }.sorted(by: >))
  }

  private func senders() -> [TidyTable] {
    let found = Self.senders(findings.sums)
    var table = TidyTable(
      "senders", about: "senders by how many abusive messages they sent, and to how many persons",
      keys: ["by", "class"], level: level)
    let n = Double(findings.sums.senders.count)
    for item in found.classes {
      table.add(["abusive messages sent", item.name], "senders", Double(item.senders), "count", n: n)
      table.add(["abusive messages sent", item.name], "messages", Double(item.messages), "count", n: n)
      table.add(["abusive messages sent", item.name], "abusive messages", Double(item.abusive), "count", n: n)
    }
    for item in found.targets {
      table.add(["persons abused", item.name], "senders", Double(item.senders), "count", n: n)
      table.add(["persons abused", item.name], "abusive messages", Double(item.abusive), "count", n: n)
    }
    if let spread = try? Concentration(found.top) {
      table.add(["all", "all"], "Gini of abusive messages over senders", spread.gini, "coefficient", n: n)
      for top in [10, 100, 1000] where Double(top) < n {
        table.add(
          ["all", "all"], "share of abuse by the \(top) who send most", spread.shareOfTop(top), "share", n: n)
      }
    }
    var overlap = TidyTable(
      "overlap", about: "senders who sent abuse to both of two persons (the 500 largest overlaps)",
      keys: ["person", "other"], level: level)
    for item in found.overlap.prefix(500) where item.both >= options.minimumPersons {
      let keys = [findings.names[item.first], findings.names[item.second]].sorted()
      overlap.add(keys, "senders of both", Double(item.both), "count")
      let union = Double(item.both + item.firstOnly + item.secondOnly)
      overlap.add(keys, "share of the senders of either (Jaccard)", Double(item.both) / union, "share", n: union)
    }
    return [table, overlap]
  }

  private func days() -> TidyTable {
    var table = TidyTable("by_day", about: "messages and abuse per day", keys: ["day"], level: level)
    let series = Self.series(findings.sums, person: nil)
    for (index, total) in series.totals.enumerated() {
      let day = CalendarDay(number: series.first + index).text
      table.add([day], "messages", Double(total), "count")
      table.add([day], "abusive", Double(series.events[index]), "count")
      if total > 0, let share = try? Proportion.wilson(Double(series.events[index]), of: Double(total), level: level) {
        table.add([day], "share abusive", share, "share", n: Double(total), method: "Wilson", note: "uncorrected")
      }
    }
    return table
  }

  /// Messages and abusive messages on each day from the first to the last.
  static func series(_ sums: MessageSums, person: Int?) -> (first: Int, totals: [Int], events: [Int]) {
    guard let first = sums.days.map(\.day).min(), let last = sums.days.map(\.day).max(), last - first < 40_000 else {
      return (0, [], [])
    }
    var totals = [Int](repeating: 0, count: last - first + 1)
    var events = totals
    for item in sums.days where person == nil || item.person == person {
      totals[item.day - first] += item.messages
      events[item.day - first] += item.abusive
    }
    return (first, totals, events)
  }

  /// Bursts of all together (no person) and of each person.
  static func bursts(
    _ findings: MessageStudy.Findings
  ) -> [(person: Int?, first: CalendarDay, last: CalendarDay, messages: Int, abusive: Int, weight: Double)] {
    let persons: [Int?] = [nil] + findings.persons.map { $0.person }
    return persons.flatMap { person in
      let series = series(findings.sums, person: person)
      return Bursts.find(events: series.events, totals: series.totals, scale: findings.options.burstScale).map {
        burst in
        let range = burst.first...burst.last
        return (
          person: person, first: CalendarDay(number: series.first + burst.first),
          last: CalendarDay(number: series.first + burst.last),
          messages: series.totals[range].reduce(0, +), abusive: series.events[range].reduce(0, +),
          weight: burst.weight
        )
      }
    }
  }

  private func bursts() -> TidyTable {
    var table = TidyTable(
      "bursts", about: "stretches of days with more abuse than usual", keys: ["person", "from", "to"], level: level)
    for burst in Self.bursts(findings) {
      let keys = [burst.person.map { findings.names[$0] } ?? "all", burst.first.text, burst.last.text]
      let n = Double(burst.messages)
      let method = "Kleinberg's automaton, share \(NumberText.plain(options.burstScale)) times the usual"
      table.add(keys, "messages", n, "count", n: n, method: method)
      table.add(keys, "abusive", Double(burst.abusive), "count", n: n, method: method)
      table.add(keys, "share abusive", Double(burst.abusive) / max(1, n), "share", n: n, method: method)
      table.add(keys, "weight", burst.weight, "statistic", n: n, method: method)
    }
    return table
  }

  /// Abuse before and after an event.
  struct Around {
    var before: (messages: Int, abusive: Int)
    var after: (messages: Int, abusive: Int)
    var difference: Outcome<Estimate>
    var ratio: Outcome<Estimate>
  }

  static func around(_ event: EventFile.Event, _ findings: MessageStudy.Findings) -> Around {
    let days = findings.options.eventDays
    var before = (messages: 0, abusive: 0)
    var after = (messages: 0, abusive: 0)
    for item in findings.sums.days where event.person == nil || item.person == event.person {
      let distance = item.day - event.day.number
      if distance >= -days, distance < 0 {
        before.messages += item.messages
        before.abusive += item.abusive
      } else if distance >= 0, distance < days {
        after.messages += item.messages
        after.abusive += item.abusive
      }
    }
    let level = findings.options.level
    return Around(
      before: before, after: after,
      difference: Outcome { () throws(Uncomputable) in
        try Proportion.newcombe(
          Double(after.abusive), of: Double(after.messages), minus: Double(before.abusive),
          of: Double(before.messages), level: level)
      },
      ratio: Outcome { () throws(Uncomputable) in
        try Proportion.rateRatio(
          after.abusive, per: Double(days), to: before.abusive, per: Double(days), level: level)
      })
  }

  private func events(_ file: EventFile) -> TidyTable {
    var table = TidyTable(
      "events", about: "abuse in the days before and from the day of each event on", keys: ["date", "event", "person"],
      level: level)
    for event in file.events {
      // A pseudonym beside an event that names the person would be none.
      let who = event.person.map { options.showsNames ? findings.names[$0] : "(one person)" }
      let keys = [event.day.text, event.label, who ?? "all"]
      let found = Self.around(event, findings)
      for (name, side) in [("before", found.before), ("after", found.after)] {
        table.add(keys, "messages \(name)", Double(side.messages), "count")
        table.add(keys, "abusive \(name)", Double(side.abusive), "count")
      }
      outcome(
        found.difference, keys, "difference of shares, after less before", "difference", nil, "Newcombe",
        "uncorrected; takes messages as independent", to: &table)
      outcome(
        found.ratio, keys, "abusive messages a day, after to before", "ratio", nil, "exact conditional interval",
        "uncorrected; takes messages as independent", to: &table)
    }
    return table
  }

  private func words() -> TidyTable {
    var table = TidyTable(
      "words", about: "words that mark the abuse of one level against the others", keys: ["group", "level", "word"],
      level: level)
    let method = "log-odds with informative Dirichlet prior; a message counts a word once"
    for mark in findings.words {
      let keys = [mark.group, mark.level]
      if mark.isWithheld || mark.failure != nil {
        table.add(
          keys + [""], "z", nil, "statistic", method: method,
          note: mark.isWithheld ? Self.withheldNote : mark.failure?.description(in: .en) ?? "")
      }
      for item in mark.words {
        let half = Distributions.normalQuantile(1 - (1 - level) / 2) * item.score.variance.squareRoot()
        table.add(
          keys + [item.word], "log-odds difference",
          Estimate(item.score.difference, item.score.difference - half, item.score.difference + half), "log odds",
          n: Double(item.here + item.elsewhere), method: method)
        table.add(
          keys + [item.word], "z", item.score.z, "statistic", n: Double(item.here + item.elsewhere), method: method)
        table.add(keys + [item.word], "abusive messages with it, this level", Double(item.here), "count")
        table.add(keys + [item.word], "abusive messages with it, other levels", Double(item.elsewhere), "count")
      }
    }
    return table
  }

  private func regression() -> TidyTable {
    var table = TidyTable(
      "regression", about: "logistic regressions of abuse on groups and controls", keys: ["model", "term"],
      level: level)
    for fit in findings.logistic {
      let method = "logistic regression, errors clustered by person (CR1, t with clusters less one)"
      if let failure = fit.failure {
        table.add(
          [fit.name, "(model)"], "fit", nil, "odds ratio", n: fit.n, method: method,
          note: ([failure.description(in: .en)] + fit.notes).joined(separator: "; "))
        continue
      }
      table.add([fit.name, "(model)"], "observations", fit.n, "count", note: fit.notes.joined(separator: "; "))
      table.add([fit.name, "(model)"], "clusters", fit.clusters.map(Double.init), "count")
      add(fit, exponent: "odds ratio", method, to: &table)
      for effect in fit.effects {
        table.add(
          [fit.name, effect.name], "average marginal effect", Estimate(effect.estimate, effect.lower, effect.upper),
          "difference", n: fit.n, method: "\(method); delta method", note: "uncorrected")
        table.add([fit.name, effect.name], "p of the marginal effect", effect.p, "p", n: fit.n, method: method)
      }
    }
    return table
  }

  private func add(_ fit: GroupComparison.Fit, exponent: String, _ method: String, to table: inout TidyTable) {
    for term in fit.terms {
      table.add(
        [fit.name, term.name], "coefficient", Estimate(term.estimate, term.lower, term.upper), "coefficient", n: fit.n,
        method: method)
      table.add([fit.name, term.name], "standard error", term.standardError, "coefficient", n: fit.n, method: method)
      table.add(
        [fit.name, term.name], exponent, Estimate(exp(term.estimate), exp(term.lower), exp(term.upper)),
        exponent == "odds ratio" ? "odds ratio" : "ratio", n: fit.n, method: method)
      table.add([fit.name, term.name], "p", term.p, "p", n: fit.n, method: method)
    }
    for name in fit.collinear {
      table.add(
        [fit.name, name], "coefficient", nil, "coefficient", n: fit.n, method: method,
        note: Uncomputable.collinear([name]).description(in: .en))
    }
  }

  private func counts() -> TidyTable {
    var table = TidyTable(
      "count_models", about: "regressions of the number of abusive messages a person gets", keys: ["model", "term"],
      level: level)
    for fit in findings.counts {
      if let failure = fit.failure {
        table.add([fit.name, "(model)"], "fit", nil, "ratio", n: fit.n, note: failure.description(in: .en))
        continue
      }
      let isQuasi = fit.name.hasPrefix("quasi")
      table.add([fit.name, "(model)"], "terms of office", fit.n, "count")
      table.add(
        [fit.name, "(model)"], isQuasi ? "dispersion" : "alpha", fit.dispersion, "coefficient", n: fit.n,
        note: !isQuasi && fit.dispersion == 0 ? "no more spread than Poisson's" : "")
      add(fit, exponent: "rate ratio", fit.name, to: &table)
    }
    return table
  }

  private func instrument(_ outcome: Outcome<Misclassification.Accuracy>) -> TidyTable {
    var table = TidyTable(
      "instrument", about: "how often the model is right, by the labels", keys: ["of"], level: level)
    table.add(["all"], "labels", Double(findings.labelFile?.labels.count ?? 0), "count")
    table.add(["all"], "labels found among the messages", Double(findings.labelledFound), "count")
    switch outcome {
    case .missing(let reason):
      table.add(["all"], "sensitivity", nil, "share", note: reason.description(in: .en))
    case .value(let accuracy):
      table.add(
        ["all"], "sensitivity", accuracy.sensitivity, "share", n: Double(accuracy.positives),
        method: "weighted by design; Wilson with effective n")
      table.add(
        ["all"], "specificity", accuracy.specificity, "share", n: Double(accuracy.negatives),
        method: "weighted by design; Wilson with effective n")
    }
    return table
  }
}
