internal import Foundation
internal import Messages

/// Writes up a study of a survey.
struct SurveyReport {
  private let analysis: SurveyAnalysis
  private let options: SurveyStudyOptions
  private let language: MessageLanguage
  private let comparisons: [SurveyAnalysis.Comparison]
  private let models: [SurveyAnalysis.ModelFit]
  private let trends: [SurveyAnalysis.Trend]
  private var data: SurveyData { analysis.data }
  private var codebook: Codebook { analysis.data.codebook }

  init(_ analysis: SurveyAnalysis, _ options: SurveyStudyOptions) {
    self.analysis = analysis
    self.options = options
    language = options.language
    comparisons = analysis.comparisons()
    models = analysis.models(options.language)
    trends = analysis.trends()
  }

  private func t(_ dutch: String, _ english: String) -> String { language == .nl ? dutch : english }
  private func number(_ value: Int) -> String { NumberText.number(Double(value), language) }
  private func percent(_ share: Double?) -> String { NumberText.percent(share, language) }

  private func percent(_ estimate: Estimate) -> String {
    guard let lower = estimate.lower, let upper = estimate.upper else { return percent(estimate.value) }
    return "\(percent(estimate.value)) (\(interval(lower, upper)))"
  }

  private func interval(_ lower: Double, _ upper: Double) -> String {
    NumberText.number(lower * 100, digits: 1, language) + t(" tot ", " to ")
      + NumberText.number(upper * 100, digits: 1, language)
  }

  private func points(_ estimate: Estimate) -> String {
    let text =
      (estimate.value * 100 >= 0.05 ? "+" : "") + NumberText.number(estimate.value * 100, digits: 1, language)
    guard let lower = estimate.lower, let upper = estimate.upper else { return text }
    return "\(text) (\(interval(lower, upper)))"
  }

  private func said<Value>(_ outcome: Outcome<Value>, _ show: (Value) -> String) -> String {
    switch outcome {
    case .value(let value): show(value)
    case .missing(let reason): reason.description(in: language)
    }
  }

  private func label(_ name: String) -> String { data.variable(name)?.label.text(language) ?? name }

  // MARK: Files

  func output() -> StudyOutput {
    var output = StudyOutput()
    let found = published()
    let sections = [summary(found), shares(), distributions(), regressions(), time(), account()].compactMap { $0 }
    let page = ReportPage(
      title: codebook.title.text(language),
      subtitle: t("\(number(data.rows)) respondenten", "\(number(data.rows)) respondents")
        + (codebook.source.isEmpty ? "" : ". " + t("Bron: ", "Source: ") + codebook.source),
      sections: sections, language: language)
    let tables = tables(found)
    output.add("report.html", page.html())
    output.add("methods.md", methods(tables))
    for table in tables { output.add(table) }
    for section in sections {
      for block in section.blocks { if case .figure(let chart) = block { output.add(chart) } }
    }
    output.summary = found.map { "\($0.text.text(language)): \($0.shown)" }
    return output
  }

  /// A published figure and what these data give.
  struct Finding {
    var text: Codebook.Label
    var published: Double
    var isShare: Bool
    var found: Double?
    var shown: String
    var note: String
  }

  private func published() -> [Finding] {
    codebook.published.map { item in
      let variable = item.variable.flatMap { data.variable($0) }
      let place = variable.flatMap { variable in variable.values.firstIndex { $0.code == item.value } }
      let codes = item.variable.map { data.code($0) }
      if let count = item.count {
        let found = (0..<data.rows).count { row in codes.map { place != nil && $0[row] == place } ?? true }
        return Finding(
          text: item.text, published: Double(count), isShare: false, found: Double(found),
          shown: "\(number(found)) (\(t("gepubliceerd", "published")) \(number(count)))", note: "")
      }
      let question = analysis.questions().first { $0.name == item.outcome }
      let published = (item.percent ?? 0) / 100
      guard let question else {
        return Finding(text: item.text, published: published, isShare: true, found: nil, shown: "–", note: "")
      }
      let share = analysis.share(question, question.label) { row in
        codes.map { place != nil && $0[row] == place } ?? true
      }
      let isHidden = share.yes < options.minimumCell || share.n - share.yes < options.minimumCell
      let outcome = isHidden ? .missing(.suppressed) : share.weighted
      return Finding(
        text: item.text, published: published, isShare: true, found: outcome.value?.value,
        shown: said(outcome) {
          "\(NumberText.percent($0.value, digits: 0, language)) (\(t("gepubliceerd", "published")) \(NumberText.percent(published, digits: 0, language)))"
        }, note: outcome.reason?.description(in: .en) ?? "")
    }
  }

  // MARK: Page

  private func summary(_ found: [Finding]) -> ReportSection {
    var blocks: [ReportBlock] = []
    if codebook.isGenerated {
      blocks.append(
        .notice(
          title: t("Dit zijn gegenereerde gegevens.", "These are generated data."),
          t(
            "Geen mens gaf deze antwoorden. De randtotalen zijn die van een gepubliceerd onderzoek; al het andere, ook de samenhang met controlevariabelen en de intervallen, is verzonnen.",
            "No person gave these answers. The marginals are those of a published study; everything else, the relations with controls and the intervals included, is made up."
          )))
    }
    blocks.append(
      .figures([
        (t("Respondenten", "Respondents"), number(data.rows)),
        (t("Geteld", "Counted"), number(data.rows - analysis.leftOut)),
        (t("Vragen vergeleken", "Questions compared"), number(comparisons.count)),
      ]))
    if !found.isEmpty {
      blocks.append(
        .table(
          caption: t("Gepubliceerde cijfers en wat deze gegevens geven", "Published figures and what these data give"),
          header: [t("Cijfer", "Figure"), t("Gepubliceerd", "Published"), t("Hier", "Here")],
          rows: found.map { item in
            [
              item.text.text(language),
              item.isShare
                ? NumberText.percent(item.published, digits: 0, language) : NumberText.number(item.published, language),
              item.found.map {
                item.isShare ? percent($0) : NumberText.number($0, language)
              } ?? item.shown,
            ]
          }, numbers: [1, 2]))
    }
    return ReportSection(id: "kort", title: t("In het kort", "In short"), blocks: blocks)
  }

  private func shares() -> ReportSection {
    var blocks: [ReportBlock] = [
      .paragraph(
        t(
          "Aandelen met een interval van \(NumberText.number(options.level * 100, language)) %"
            + (data.isWeighted ? ", gewogen en ongewogen" : "")
            + "; verschillen in procentpunten; p na correctie volgens Holm voor het aantal vragen. Cellen met minder dan \(options.minimumCell) respondenten zijn onderdrukt.",
          "Shares with an interval of \(NumberText.number(options.level * 100, language))%"
            + (data.isWeighted ? ", weighted and unweighted" : "")
            + "; differences in percentage points; p after Holm's correction for the number of questions. Cells of fewer than \(options.minimumCell) respondents are withheld."
        ))
    ]
    for group in codebook.groups {
      let own = comparisons.filter { $0.group == group }
      blocks.append(.heading(t("Naar \(label(group).lowercased())", "By \(label(group).lowercased())")))
      var parts: [(title: String, items: [SurveyAnalysis.Comparison])] = [
        (t("Uitkomsten", "Outcomes"), own.filter { $0.question.block == nil })
      ]
      for multiple in codebook.multiples {
        let columns = multiple.items.map(\.column)
        parts.append(
          (multiple.label.text(language), own.filter { $0.question.block != nil && columns.contains($0.question.name) })
        )
      }
      for (place, part) in parts.enumerated() where !part.items.isEmpty {
        let rows = part.items.flatMap { item in
          item.levels.enumerated().filter { !$0.element.isWithheld && $0.element.n > 0 }.compactMap {
            index, share -> Chart.Dot? in
            guard let estimate = share.weighted.value else { return nil }
            return Chart.Dot(
              label: index == 0
                ? "\(item.question.label.text(language)): \(share.level.text(language))" : share.level.text(language),
              estimate: estimate, series: index, shown: percent(estimate.value))
          }
        }
        if rows.count > 1, rows.count <= 60 {
          blocks.append(
            .figure(
              Chart.dots(
                "shares-\(ascii(group))-\(place + 1)",
                title: "\(part.title), \(t("naar", "by")) \(label(group).lowercased())",
                caption: t("Aandeel dat ja zegt, met interval", "Share of yes, with interval")
                  + (data.isWeighted ? t("; gewogen.", "; weighted.") : "."),
                rows: rows, axis: t("aandeel van wie de vraag kreeg", "share of those asked")
              ) { NumberText.mark($0, language) }))
        }
        blocks.append(table(part.title, group, part.items))
      }
    }
    return ReportSection(id: "aandelen", title: t("Aandelen en verschillen", "Shares and differences"), blocks: blocks)
  }

  private func ascii(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.isASCII && $0.properties.isAlphabetic ? Character($0) : "-" })
  }

  private func table(_ title: String, _ group: String, _ items: [SurveyAnalysis.Comparison]) -> ReportBlock {
    let levels = items[0].levels
    var header = [t("Vraag", "Question")]
    for level in levels {
      header.append(level.level.text(language))
      header.append(
        "\(level.level.text(language)), " + (data.isWeighted ? t("ongewogen (n)", "unweighted (n)") : "n"))
    }
    for difference in items[0].differences {
      header.append("\(difference.level.text(language)) − \(difference.reference.text(language))")
    }
    header.append(t("p (Holm)", "p (Holm)"))
    let withheld = Uncomputable.suppressed.description(in: language)
    let tests = items.map { data.isWeighted ? $0.weighted : $0.unweighted }
    let names = Set(tests.map(\.name))
    let rows = zip(items, tests).map { item, test -> [String] in
      var row = [item.question.label.text(language)]
      for share in item.levels {
        row.append(share.isWithheld ? withheld : said(share.weighted) { percent($0) })
        row.append(
          share.isWithheld
            ? "–"
            : data.isWeighted
              ? "\(said(share.unweighted) { percent($0.value) }) (\(number(share.n)))" : number(share.n))
      }
      for difference in item.differences { row.append(said(difference.weighted) { points($0) }) }
      let p = said(test.result) { NumberText.p(test.adjusted ?? $0.p, language) }
      row.append(names.count > 1 ? "\(p) (\(testName(test.name)))" : p)
      return row
    }
    let used = names.count == 1 ? "; \(t("toets", "test")): \(testName(names.first ?? ""))" : ""
    return .table(
      caption: "\(title), \(t("naar", "by")) \(label(group).lowercased())\(used)", header: header, rows: rows,
      numbers: [])
  }

  private func testName(_ name: String) -> String {
    language == .nl
      ? name.replacing("chi-squared", with: "chi-kwadraat").replacing(
        "some expected counts below 5", with: "enkele verwachte aantallen onder 5") : name
  }

  private func distributions() -> ReportSection? {
    let found = analysis.distributions()
    guard !found.isEmpty else { return nil }
    let withheld = Uncomputable.suppressed.description(in: language)
    let blocks = found.map { item -> ReportBlock in
      let levels = item.values.first?.shares ?? []
      return .table(
        caption:
          "\(item.variable.label.text(language)), \(t("naar", "by")) \(label(item.group).lowercased()) (Rao-Scott: p "
          + said(item.test.result) { NumberText.p($0.p, language) } + ")",
        header: [t("Antwoord", "Answer")] + levels.map { $0.level.text(language) },
        rows: item.values.map { value in
          [value.value.label.text(language)]
            + value.shares.map { $0.isWithheld ? withheld : said($0.weighted) { percent($0) } }
        }, numbers: [])
    }
    return ReportSection(id: "antwoorden", title: t("Verdelingen", "Distributions"), blocks: blocks)
  }

  private func outcomeLabel(_ name: String) -> String {
    codebook.outcomes.first { $0.name == name }?.label.text(language) ?? name
  }

  private func termName(_ name: String) -> String {
    if name == ModelMatrix.constant { return t("(constante)", name) }
    return name.components(separatedBy: " × ").map { part in
      let pieces = part.split(separator: "=", maxSplits: 1).map(String.init)
      return pieces.count == 2 ? "\(label(pieces[0])): \(pieces[1])" : label(part)
    }.joined(separator: " × ")
  }

  private func regressions() -> ReportSection? {
    guard !models.isEmpty else { return nil }
    var blocks: [ReportBlock] = []
    var dots: [Chart.Dot] = []
    for item in models {
      guard let fit = item.fit.value else { continue }
      for term in fit.terms(level: options.level)
      where codebook.groups.contains(where: { term.name.hasPrefix("\($0)=") }) && !term.name.contains(" × ") {
        dots.append(
          Chart.Dot(
            label: "\(outcomeLabel(item.model.outcome)), \(item.isCrude ? t("zonder", "without") : t("met", "with"))",
            estimate: Estimate(exp(term.estimate), exp(term.lower), exp(term.upper)), series: item.isCrude ? 0 : 1,
            shown: NumberText.ratio(exp(term.estimate), language)))
      }
    }
    if !dots.isEmpty {
      blocks.append(
        .figure(
          Chart.dots(
            "odds-ratios",
            title: t("Groepen vergeleken, zonder en met controle", "Groups compared, without and with controls"),
            caption: t(
              "Odds ratio's van de groepen met interval; vierkant: met controlevariabelen.",
              "Odds ratios of the groups with interval; squares: with controls."),
            rows: dots, axis: t("odds ratio, logaritmische schaal", "odds ratio, logarithmic scale"), isRatio: true
          ) { NumberText.ratio($0, language) }))
    }
    for item in models {
      let title =
        "\(outcomeLabel(item.model.outcome)), \(item.isCrude ? t("zonder controle", "without controls") : t("met controle", "with controls"))"
      guard let fit = item.fit.value else {
        blocks.append(.notice(title: "\(title):", (item.fit.reason?.description(in: language) ?? "") + "."))
        continue
      }
      var inner: [ReportBlock] = [
        .table(
          caption: "\(title) (n = \(NumberText.number(fit.observations, language))"
            + (item.missing > 0
              ? t("; \(item.missing) met een ontbrekende waarde", "; \(item.missing) with a missing value") : "")
            + (fit.collinear.isEmpty
              ? "" : t("; weggelaten: ", "; left out: ") + fit.collinear.map { termName($0) }.joined(separator: ", "))
            + ")",
          header: [
            t("Term", "Term"), t("Odds ratio (interval)", "Odds ratio (interval)"), t("Coëfficiënt", "Coefficient"),
            t("Standaardfout", "Standard error"), "p",
          ],
          rows: fit.terms(level: options.level).map {
            [
              termName($0.name),
              "\(NumberText.ratio(exp($0.estimate), language)) (\(NumberText.ratio(exp($0.lower), language))\(t(" tot ", " to "))\(NumberText.ratio(exp($0.upper), language)))",
              NumberText.number($0.estimate, digits: 3, language),
              NumberText.number($0.standardError, digits: 3, language), NumberText.p($0.p, language),
            ]
          }, numbers: [2, 3, 4])
      ]
      if !item.effects.isEmpty {
        inner.append(
          .table(
            caption: t("Gemiddelde marginale effecten: ", "Average marginal effects: ") + title,
            header: [t("Term", "Term"), t("Procentpunt (interval)", "Percentage points (interval)"), "p"],
            rows: item.effects.map {
              [termName($0.name), points(Estimate($0.estimate, $0.lower, $0.upper)), NumberText.p($0.p, language)]
            }, numbers: [2]))
      }
      blocks.append(.details(title: title, inner))
    }
    return ReportSection(id: "regressie", title: t("Met controle", "With controls"), blocks: blocks)
  }

  private func time() -> ReportSection? {
    guard !trends.isEmpty else { return nil }
    var blocks: [ReportBlock] = [
      .figure(
        Chart.lines(
          "trends", title: t("Uitkomsten van golf tot golf", "Outcomes from wave to wave"),
          caption: t("Gewogen aandelen.", "Weighted shares."), labels: data.waves,
          series: trends.prefix(4).map { trend in
            Chart.Line(
              label: String(trend.question.label.text(language).prefix(24)),
              values: trend.waves.map { $0.share.isWithheld ? nil : $0.share.weighted.value?.value })
          }, axis: t("aandeel", "share")
        ) { NumberText.mark($0, language) })
    ]
    let withheld = Uncomputable.suppressed.description(in: language)
    blocks.append(
      .table(
        caption: t("Uitkomsten per golf", "Outcomes per wave"),
        header: [t("Uitkomst", "Outcome")] + data.waves + [t("Odds ratio per golf", "Odds ratio per wave"), "p"],
        rows: trends.map { trend in
          [trend.question.label.text(language)]
            + trend.waves.map { $0.share.isWithheld ? withheld : said($0.share.weighted) { percent($0) } } + [
              said(trend.slope) { NumberText.ratio(exp($0.estimate), language) },
              said(trend.slope) { NumberText.p($0.p, language) },
            ]
        }, numbers: []))
    return ReportSection(id: "trend", title: t("In de tijd", "Over time"), blocks: blocks)
  }

  private func account() -> ReportSection {
    var items = [
      t("\(number(data.rows)) respondenten gelezen.", "\(number(data.rows)) respondents read."),
      data.isWeighted
        ? t("Gewogen met de kolom \(codebook.weight ?? "").", "Weighted by the column \(codebook.weight ?? "").")
        : t("Er is geen weging.", "There are no weights."),
    ]
    if let stratum = codebook.stratum { items.append(t("Strata: \(stratum).", "Strata: \(stratum).")) }
    if let cluster = codebook.cluster { items.append(t("Clusters: \(cluster).", "Clusters: \(cluster).")) }
    if analysis.leftOut > 0 {
      items.append(
        t(
          "Respondenten in een groep met minder dan \(options.minimumCell) leden (\(number(analysis.leftOut))) tellen nergens mee, ook niet in totalen: anders zou hun antwoord te herleiden zijn.",
          "Respondents in a group of fewer than \(options.minimumCell) (\(number(analysis.leftOut))) count nowhere, not in totals either: else their answers could be told."
        ))
    }
    items += data.notes
    items.append(
      t(
        "Hoe elk cijfer gemaakt is, staat in methods.md; waaruit en waarmee, in manifest.json.",
        "How each figure is made stands in methods.md; from what and with what, in manifest.json."))
    return ReportSection(id: "verantwoording", title: t("Verantwoording", "Account"), blocks: [.list(items)])
  }

  // MARK: Tables

  private func tables(_ found: [Finding]) -> [TidyTable] {
    var tables = [shareTable(), testTable()]
    if !codebook.distributions.isEmpty { tables.append(distributionTable()) }
    if !models.isEmpty { tables.append(modelTable()) }
    if !trends.isEmpty { tables.append(trendTable()) }
    if !found.isEmpty {
      var table = TidyTable(
        "published", about: "published figures and what these data give", keys: ["figure"], level: options.level)
      for item in found {
        let unit = item.isShare ? "share" : "count"
        table.add([item.text.english], "published", item.published, unit)
        table.add([item.text.english], "found", item.found, unit, note: item.note)
      }
      tables.append(table)
    }
    return tables
  }

  private func add(_ share: SurveyAnalysis.Share, _ keys: [String], to table: inout TidyTable) {
    if share.isWithheld {
      table.add(keys, "share", nil, "share", note: Uncomputable.suppressed.description(in: .en))
      return
    }
    let n = Double(share.n)
    table.add(keys, "yes", Double(share.yes), "count", n: n)
    for (name, outcome, method) in [
      ("share, unweighted", share.unweighted, "Wilson"),
      ("share, weighted", share.weighted, "Taylor linearisation, logit interval"),
    ] {
      switch outcome {
      case .value(let estimate): table.add(keys, name, estimate, "share", n: n, method: method)
      case .missing(let reason):
        table.add(keys, name, nil, "share", n: n, method: method, note: reason.description(in: .en))
      }
    }
  }

  private func shareTable() -> TidyTable {
    var table = TidyTable(
      "shares", about: "share of yes per question and group, and differences", keys: ["question", "group", "level"],
      level: options.level)
    for item in comparisons {
      add(item.all, [item.question.name, item.group, "all"], to: &table)
      for share in item.levels { add(share, [item.question.name, item.group, share.level.english], to: &table) }
      for difference in item.differences {
        let keys = [item.question.name, item.group, difference.level.english]
        let note = "against \(difference.reference.english)"
        for (name, outcome, method) in [
          ("difference, unweighted", difference.unweighted, "Newcombe"),
          ("difference, weighted", difference.weighted, "Taylor linearisation, t"),
        ] {
          switch outcome {
          case .value(let estimate): table.add(keys, name, estimate, "difference", method: method, note: note)
          case .missing(let reason):
            table.add(
              keys, name, nil, "difference", method: method, note: "\(reason.description(in: .en)); \(note)")
          }
        }
      }
    }
    return table
  }

  private func testTable() -> TidyTable {
    var table = TidyTable(
      "tests", about: "tests of independence of question and group", keys: ["question", "group", "test"],
      level: options.level)
    for item in comparisons {
      for (weighting, test) in [("unweighted", item.unweighted), ("weighted", item.weighted)] {
        let keys = [item.question.name, item.group, "\(test.name), \(weighting)"]
        switch test.result {
        case .missing(let reason):
          table.add(keys, "p", nil, "p", method: test.name, note: reason.description(in: .en))
        case .value(let result):
          // Freeman and Halton's test has none.
          if !result.statistic.isNaN {
            table.add(keys, "statistic", result.statistic, "statistic", n: Double(item.all.n), method: test.name)
          }
          for (place, degrees) in result.degrees.enumerated() {
            table.add(
              keys, place == 0 ? "degrees of freedom" : "degrees of freedom, denominator", degrees, "statistic",
              method: test.name)
          }
          table.add(keys, "p", result.p, "p", n: Double(item.all.n), method: test.name)
          table.add(
            keys, "p, Holm", test.adjusted, "p", n: Double(item.all.n), method: "\(test.name); Holm within the group")
        }
      }
    }
    return table
  }

  private func distributionTable() -> TidyTable {
    var table = TidyTable(
      "distributions", about: "answers to questions with one answer of several",
      keys: ["variable", "answer", "group", "level"],
      level: options.level)
    for item in analysis.distributions() {
      for value in item.values {
        for share in value.shares {
          add(share, [item.variable.name, value.value.label.english, item.group, share.level.english], to: &table)
        }
      }
      table.add(
        [item.variable.name, "(all)", item.group, "(all)"], "p", item.test.result.value?.p, "p", method: item.test.name,
        note: item.test.result.reason?.description(in: .en) ?? "")
    }
    return table
  }

  private func modelTable() -> TidyTable {
    var table = TidyTable(
      "models", about: "logistic regressions", keys: ["outcome", "model", "term"], level: options.level)
    let method = "logistic regression by weights; errors by the sampling design (Binder)"
    for item in models {
      let keys = [item.model.outcome, item.isCrude ? "crude: \(item.model.variables[0])" : "adjusted"]
      guard let fit = item.fit.value else {
        table.add(
          keys + ["(model)"], "fit", nil, "odds ratio", method: method,
          note: item.fit.reason?.description(in: .en) ?? "")
        continue
      }
      let n = fit.observations
      for term in fit.terms(level: options.level) {
        table.add(
          keys + [term.name], "coefficient", Estimate(term.estimate, term.lower, term.upper), "coefficient", n: n,
          method: method)
        table.add(keys + [term.name], "standard error", term.standardError, "coefficient", n: n, method: method)
        table.add(
          keys + [term.name], "odds ratio", Estimate(exp(term.estimate), exp(term.lower), exp(term.upper)),
          "odds ratio", n: n, method: method)
        table.add(keys + [term.name], "p", term.p, "p", n: n, method: method)
      }
      for name in fit.collinear {
        table.add(
          keys + [name], "coefficient", nil, "coefficient", n: n, method: method,
          note: Uncomputable.collinear([name]).description(in: .en))
      }
      for effect in item.effects {
        table.add(
          keys + [effect.name], "average marginal effect", Estimate(effect.estimate, effect.lower, effect.upper),
          "difference", n: n, method: "\(method); delta method")
      }
    }
    return table
  }

  private func trendTable() -> TidyTable {
    var table = TidyTable("trends", about: "outcomes per wave", keys: ["question", "wave"], level: options.level)
    for trend in trends {
      for item in trend.waves { add(item.share, [trend.question.name, item.wave], to: &table) }
      switch trend.slope {
      case .value(let term):
        table.add(
          [trend.question.name, "(trend)"], "odds ratio per wave",
          Estimate(exp(term.estimate), exp(term.lower), exp(term.upper)), "odds ratio",
          method: "logistic regression on the wave, errors by the sampling design")
        table.add([trend.question.name, "(trend)"], "p", term.p, "p")
      case .missing(let reason):
        table.add(
          [trend.question.name, "(trend)"], "odds ratio per wave", nil, "odds ratio", note: reason.description(in: .en))
      }
    }
    return table
  }

  // MARK: Methods

  private func methods(_ tables: [TidyTable]) -> String {
    let level = NumberText.plain(options.level * 100)
    var out = """
      # Methods

      ## Data
      \(data.rows) respondents.\(codebook.isGenerated ? " The data are generated: no person gave these answers." : "")\(codebook.source.isEmpty ? "" : " Source: \(codebook.source).") \
      Missing codes were read as missing; each question counts those who were asked and answered. \
      \(codebook.weight.map { "Weights: column \($0)." } ?? "No weights.")\(codebook.stratum.map { " Strata: column \($0)." } ?? "")\(codebook.cluster.map { " Clusters: column \($0)." } ?? "") \
      \(analysis.leftOut) respondents in groups of fewer than \(options.minimumCell) members are in no figure.

      ## Shares and differences
      Unweighted shares have Wilson's interval of \(level) %, differences Newcombe's. Weighted shares have an interval on the logit scale, \
      weighted differences a symmetric one, with Student's t and the design's degrees of freedom (clusters less strata); variances by \
      Taylor linearisation, with replacement of clusters within strata; a stratum with one cluster is centred at the mean of all.

      ## Tests
      Unweighted: Pearson's chi-squared without continuity correction; where an expected count is below five, Fisher's exact test, and in larger tables its extension by Freeman and Halton (1951), up to five million tables. \
      Weighted: the chi-squared with Rao and Scott's second-order correction, as an F (Thomas and Rao 1987). Holm's correction over all \
      questions compared within a grouping variable.

      ## Regressions
      Logistic regression by weights, with the sandwich variance of the sampling design (Binder 1983); average marginal effects with the delta \
      method. Respondents with a missing value in a model are left out of it. Columns that follow from others are left out and named; \
      under separation the model is not reported.

      ## Privacy
      Cells with fewer than \(options.minimumCell) yeses or noes are withheld, and others with them where the withheld one could be told.

      ## Software
      weerbaar \(options.version); linear algebra by LAPACK \(Matrix.lapackVersion); distributions by Boost.Math \(Distributions.boostVersion).

      ## Tables
      CSV, UTF-8, comma, decimal point, one value a row.

      """
    out += MethodsText.tables(tables)
    out += """

      ## References
      - Binder (1983). On the variances of asymptotically normal estimators from complex surveys. International Statistical Review 51.
      - Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6.
      - Korn, Graubard (1998). Confidence intervals for proportions with small expected number of positive counts. Survey Methodology 24.
      - Newcombe (1998). Interval estimation for the difference between independent proportions. Statistics in Medicine 17.
      - Rao, Scott (1984). On chi-squared tests for multiway contingency tables with cell proportions estimated from survey data. Annals of Statistics 12.
      - Thomas, Rao (1987). Small-sample comparisons of level and power for simple goodness-of-fit statistics under cluster sampling. JASA 82.

      """
    return out
  }
}
