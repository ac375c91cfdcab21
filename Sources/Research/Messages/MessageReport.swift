internal import Foundation
internal import Messages
internal import Weerbaar

/// Writes up a study of messages: tables, figures, the page and the methods text.
struct MessageReport {
  private let findings: MessageStudy.Findings
  private let language: MessageLanguage
  private var options: MessageStudyOptions { findings.options }

  init(_ findings: MessageStudy.Findings) {
    self.findings = findings
    language = findings.options.language
  }

  /// All files but the manifest.
  func output() -> StudyOutput {
    var output = StudyOutput()
    let sections = [
      summary(), instrument(), groups(), kinds(), concentration(), senders(), time(), words(), comparison(), account(),
    ].compactMap { $0 }
    let page = ReportPage(
      title: t("Misbruik in berichten: wie, wat, wanneer", "Abuse in messages: who, what, when"), subtitle: period(),
      sections: sections, language: language)
    let tables = MessageTables(findings).tables()
    output.add("report.html", page.html())
    output.add("methods.md", MessageMethods(findings, tables: tables).text())
    for table in tables { output.add(table) }
    for section in sections { charts(section.blocks) { output.add($0) } }
    let account = findings.sums.account
    output.summary = [
      "read \(account.read), counted \(account.counted), rejected \(account.rejected), outgoing \(account.outgoing), "
        + "to nobody on the roster \(account.unmatched), outside a term of office \(account.outsideOffice), "
        + "not assessed \(account.abstained)",
      "abusive \(findings.overall.sums.abusive), \(percent(findings.overall.estimate))"
        + (findings.accuracy == nil ? "; uncorrected: the model errs (see the report)" : ""),
    ]
    return output
  }

  private func charts(_ blocks: [ReportBlock], _ body: (Chart) -> Void) {
    for block in blocks {
      switch block {
      case .figure(let chart): body(chart)
      case .details(_, let inner): charts(inner, body)
      default: break
      }
    }
  }

  // MARK: Words and numbers

  private func t(_ dutch: String, _ english: String) -> String { language == .nl ? dutch : english }
  private func number(_ value: Int) -> String { NumberText.number(Double(value), language) }
  private func percent(_ share: Double?) -> String { NumberText.percent(share, language) }

  /// A share with its interval.
  private func percent(_ estimate: Estimate) -> String {
    guard let lower = estimate.lower, let upper = estimate.upper else { return percent(estimate.value) }
    return "\(percent(estimate.value)) (\(interval(lower, upper)))"
  }

  private func interval(_ lower: Double?, _ upper: Double?) -> String {
    guard let lower, let upper else { return "–" }
    let digits = 1
    return
      "\(NumberText.number(lower * 100, digits: digits, language))\(t(" tot ", " to "))\(NumberText.number(upper * 100, digits: digits, language))"
  }

  private func points(_ estimate: Estimate) -> String {
    let sign = estimate.value * 100 >= 0.05 ? "+" : ""
    let text = "\(sign)\(NumberText.number(estimate.value * 100, digits: 1, language))"
    guard let lower = estimate.lower, let upper = estimate.upper else { return text }
    return "\(text) (\(interval(lower, upper)))"
  }

  private func ratio(_ estimate: Estimate) -> String {
    guard let lower = estimate.lower, let upper = estimate.upper else {
      return NumberText.ratio(estimate.value, language)
    }
    return
      "\(NumberText.ratio(estimate.value, language)) (\(NumberText.ratio(lower, language))\(t(" tot ", " to "))\(NumberText.ratio(upper, language)))"
  }

  private func said(_ outcome: Outcome<Estimate>?, _ show: (Estimate) -> String) -> String {
    switch outcome {
    case .value(let estimate): show(estimate)
    case .missing(let reason): reason.description(in: language)
    case nil: "–"
    }
  }

  private var withheld: String { Uncomputable.suppressed.description(in: language) }

  private func groupName(_ name: String) -> String {
    switch name {
    case "gender": t("geslacht", "gender")
    case "function": t("functie", "function")
    case "party": t("partij", "party")
    case "level": t("bestuurslaag", "level of government")
    case "body": t("orgaan", "body")
    case "origin": t("herkomst", "origin")
    case "platform": t("platform", "platform")
    case "month": t("maand", "month")
    case "period": t("periode", "period")
    default: name
    }
  }

  private func categoryName(_ category: Category) -> String {
    language == .nl ? category.dutchName : category.rawValue
  }

  private func period() -> String {
    let days = findings.sums.days.map(\.day)
    let count = "\(number(findings.sums.account.counted)) \(t("berichten", "messages"))"
    guard let first = days.min(), let last = days.max() else { return count }
    return
      "\(count) \(t("aan", "to")) \(number(findings.persons.count)) \(t("politici", "politicians")), \(CalendarDay(number: first).text) \(t("tot en met", "to")) \(CalendarDay(number: last).text)"
  }

  private var intervalPhrase: String {
    "\(NumberText.number(options.level * 100, language)) %"
  }

  private func figureName(_ text: String) -> String {
    String(
      text.lowercased().unicodeScalars.map {
        $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? Character($0) : "-"
      })
  }

  // MARK: Sections

  private func summary() -> ReportSection {
    let account = findings.sums.account
    var blocks: [ReportBlock] = [
      .figures([
        (t("Berichten geteld", "Messages counted"), number(account.counted)),
        (t("Politici", "Politicians"), number(findings.persons.count)),
        (t("Afzenders", "Senders"), number(findings.sums.senders.count)),
        (t("Volgens het model misbruik", "Abusive by the model"), percent(findings.overall.estimate.value)),
      ])
    ]
    blocks.append(instrumentNotice())
    var items: [String] = []
    items.append(
      t("Van alle berichten is volgens het model ", "Of all messages the model calls abusive ")
        + percent(findings.overall.estimate) + t(" misbruik", "")
        + (findings.overall.corrected.map {
          t("; gecorrigeerd met de labels ", "; corrected by the labels ") + said($0.powered) { percent($0) }
        } ?? "") + ".")
    for item in findings.divisions
    where findings.compare.contains(where: { findings.sums.roster.groups[$0].name == item.division.name }) {
      for difference in item.differences {
        let name =
          "\(groupName(item.division.name)): \(difference.level) \(t("tegenover", "against")) \(difference.reference)"
        items.append(
          "\(name): \(said(difference.difference) { points($0) }) \(t("procentpunt", "percentage points"))"
            + (difference.powered.map { t("; gecorrigeerd ", "; corrected ") + said($0) { points($0) } } ?? "") + ".")
      }
    }
    if let adjusted = findings.logistic.last, adjusted.failure == nil {
      for effect in adjusted.effects {
        items.append(
          t("Na controle: ", "With controls: ") + termName(effect.name) + " "
            + points(Estimate(effect.estimate, effect.lower, effect.upper)) + " "
            + t("procentpunt, p ", "percentage points, p ") + NumberText.p(effect.p, language) + ".")
      }
    }
    if let abuse = findings.abuseReceived.value {
      let half = number(abuse.receiversOfHalf)
      let all = number(findings.sums.roster.persons.count)
      items.append(
        t(
          "\(half) van de \(all) politici ontvangen samen de helft van het misbruik.",
          "\(half) of the \(all) politicians together receive half of the abuse."))
    }
    blocks.append(.list(items))
    blocks.append(
      .paragraph(
        t(
          "Tussen haakjes staat steeds een interval van \(intervalPhrase).",
          "Intervals of \(intervalPhrase) stand in brackets.")))
    return ReportSection(id: "kort", title: t("In het kort", "In short"), blocks: blocks)
  }

  private func instrumentNotice() -> ReportBlock {
    guard let outcome = findings.accuracy else {
      return .notice(
        title: t("Deze cijfers zijn niet gecorrigeerd.", "These figures are uncorrected."),
        t(
          "Een programma las de berichten, en dat vergist zich: het mist misbruik en ziet het waar het niet is. Hoe vaak, kan per groep verschillen; een verschil tussen groepen kan dus deels een verschil in vergissingen zijn. De intervallen tellen die fout niet mee. Trek een steekproef met weerbaar research sample, laat twee mensen die los van elkaar beoordelen, en geef het resultaat mee met --labels: dan staat naast elk cijfer het gecorrigeerde.",
          "A program read the messages, and it errs: it misses abuse and sees it where there is none. How often can differ between groups, so a difference between groups may in part be a difference in errors. The intervals do not count that error. Draw a sample with weerbaar research sample, let two people judge it apart from each other, and pass the result with --labels: then the corrected figure stands beside each figure."
        ))
    }
    guard let accuracy = outcome.value else {
      return .notice(
        title: t("De labels zeggen te weinig.", "The labels say too little."),
        outcome.reason?.description(in: language) ?? "")
    }
    return .notice(
      title: t("Gecorrigeerd met labels.", "Corrected by labels."),
      t(
        "Van het misbruik vindt het model \(percent(accuracy.sensitivity)); van de andere berichten laat het \(percent(accuracy.specificity)) met rust. Naast elk cijfer van het model staat het gecorrigeerde, met zijn grotere onzekerheid.",
        "Of the abuse the model finds \(percent(accuracy.sensitivity)); of the other messages it leaves \(percent(accuracy.specificity)) alone. Beside each figure of the model stands the corrected one, with its larger uncertainty."
      ))
  }

  private func instrument() -> ReportSection? {
    guard let outcome = findings.accuracy else { return nil }
    var rows: [[String]] = []
    if let accuracy = outcome.value {
      rows.append([
        t("gevonden misbruik (sensitiviteit)", "abuse found (sensitivity)"), percent(accuracy.sensitivity),
        number(accuracy.positives),
      ])
      rows.append([
        t("terecht met rust gelaten (specificiteit)", "rightly left alone (specificity)"),
        percent(accuracy.specificity), number(accuracy.negatives),
      ])
    }
    var blocks: [ReportBlock] = [
      .table(
        caption: t("Hoe vaak het model gelijk heeft volgens mensen", "How often the model is right, by people"),
        header: [t("Maat", "Measure"), t("Aandeel (interval)", "Share (interval)"), t("Gelabeld", "Labelled")],
        rows: rows, numbers: [2])
    ]
    if let corrected = findings.overall.corrected {
      blocks.append(
        .table(
          caption: t("Misbruik onder alle berichten", "Abuse among all messages"),
          header: [t("Schatting", "Estimate"), t("Aandeel (interval)", "Share (interval)")],
          rows: [
            [t("volgens het model, ongecorrigeerd", "by the model, uncorrected"), percent(findings.overall.estimate)],
            [
              t("gecorrigeerd, Rogan en Gladen", "corrected, Rogan-Gladen"),
              said(corrected.roganGladen) { percent($0) },
            ],
            [
              t("gecorrigeerd, prediction-powered", "corrected, prediction-powered"),
              said(corrected.powered) { percent($0) },
            ],
          ], numbers: []))
    }
    var notes: [String] = []
    if let file = findings.labelFile {
      notes.append(
        t(
          "\(number(findings.labelledFound)) van de \(number(file.labels.count)) gelabelde berichten zijn teruggevonden.",
          "\(number(findings.labelledFound)) of the \(number(file.labels.count)) labelled messages were found."))
      if file.undecided > 0 {
        notes.append(
          t(
            "\(number(file.undecided)) berichten zonder oordeel tellen niet mee.",
            "\(number(file.undecided)) messages without a judgement do not count."))
      }
      if !file.hasDesign {
        notes.append(
          t(
            "De labels noemen geen trekkingskans; zij tellen alsof zij een gewone aselecte steekproef zijn.",
            "The labels name no probability of selection; they count as if they were a simple random sample."))
      }
    }
    if !notes.isEmpty { blocks.append(.list(notes)) }
    return ReportSection(id: "instrument", title: t("Het meetinstrument", "The instrument"), blocks: blocks)
  }

  private var isCorrected: Bool { findings.accuracy != nil }

  private func levelTable(_ caption: String, _ first: String, _ levels: [LevelResult], names: [String]? = nil)
    -> ReportBlock
  {
    var header = [
      first, t("Politici", "Persons"), t("Berichten", "Messages"), t("Misbruik", "Abusive"),
      t("Aandeel volgens model", "Share by the model"),
    ]
    if isCorrected { header += [t("Gecorrigeerd (RG)", "Corrected (RG)"), t("Gecorrigeerd (PPI)", "Corrected (PPI)")] }
    let rows = levels.enumerated().map { index, result -> [String] in
      let name = names?[index] ?? result.level
      if result.isWithheld { return [name] + [String](repeating: withheld, count: header.count - 1) }
      var row = [
        name, number(result.persons), number(result.n), number(result.sums.abusive), percent(result.estimate),
      ]
      if isCorrected {
        row += [
          said(result.corrected?.roganGladen) { percent($0) } + (result.corrected?.isPooled == true ? " *" : ""),
          said(result.corrected?.powered) { percent($0) },
        ]
      }
      return row
    }
    return .table(caption: caption, header: header, rows: rows, numbers: [1, 2, 3])
  }

  private func dotRows(_ levels: [LevelResult]) -> [Chart.Dot] {
    levels.filter { !$0.isWithheld && $0.n > 0 }.flatMap { result -> [Chart.Dot] in
      var rows = [Chart.Dot(label: result.level, estimate: result.estimate, shown: percent(result.estimate.value))]
      if let corrected = result.corrected?.powered.value ?? result.corrected?.roganGladen.value {
        rows.append(
          Chart.Dot(
            label: t("gecorrigeerd", "corrected"), estimate: corrected, series: 1, shown: percent(corrected.value)))
      }
      return rows
    }
  }

  private func groups() -> ReportSection {
    var blocks: [ReportBlock] = []
    for item in findings.divisions where item.division.name != "month" {
      let name = groupName(item.division.name)
      blocks.append(.heading(name.prefix(1).uppercased() + name.dropFirst()))
      let shown = item.levels.filter { $0.n > 0 }
      let rows = dotRows(shown)
      if rows.count > 1, rows.count <= 60 {
        blocks.append(
          .figure(
            Chart.dots(
              "prevalence-\(figureName(item.division.name))",
              title: t("Aandeel misbruik naar \(name)", "Share of abuse by \(name)"),
              caption: t(
                "Aandeel van de berichten dat het model misbruik noemt, met interval"
                  + (isCorrected ? "; vierkant: gecorrigeerd met de labels." : "; ongecorrigeerd."),
                "Share of messages that the model calls abusive, with interval"
                  + (isCorrected ? "; squares: corrected by the labels." : "; uncorrected.")),
              rows: rows, axis: t("aandeel van de berichten", "share of messages")
            ) { NumberText.mark($0, language) }))
      }
      blocks.append(levelTable(t("Misbruik naar \(name)", "Abuse by \(name)"), name, shown))
      if !item.differences.isEmpty {
        var header = [
          name, t("Tegenover", "Against"), t("Verschil, procentpunt", "Difference, points"), t("Verhouding", "Ratio"),
        ]
        if isCorrected {
          header += [t("Gecorrigeerd (RG)", "Corrected (RG)"), t("Gecorrigeerd (PPI)", "Corrected (PPI)")]
        }
        let rows = item.differences.map { difference -> [String] in
          var row = [
            difference.level, difference.reference, said(difference.difference) { points($0) },
            said(difference.ratio) { ratio($0) },
          ]
          if isCorrected {
            row += [said(difference.roganGladen) { points($0) }, said(difference.powered) { points($0) }]
          }
          return row
        }
        blocks.append(
          .details(
            title: t("Verschillen naar \(name)", "Differences by \(name)"),
            [
              .table(
                caption: t("Verschillen naar \(name)", "Differences by \(name)"), header: header, rows: rows,
                numbers: [])
            ]))
      }
    }
    let persons = findings.persons.sorted {
      (-$0.result.sums.abusive, findings.names[$0.person]) < (-$1.result.sums.abusive, findings.names[$1.person])
    }
    blocks.append(.heading(t("Per politicus", "Per politician")))
    if !options.showsNames {
      blocks.append(
        .paragraph(
          t(
            "Politici staan hier onder een schuilnaam; met --names komen hun namen erbij.",
            "Politicians stand here under a pseudonym; --names shows their names.")))
    }
    let table = levelTable(
      t("De politici met het meeste misbruik", "The politicians with most abuse"), t("Politicus", "Politician"),
      persons.prefix(50).map(\.result), names: persons.prefix(50).map { findings.names[$0.person] })
    blocks.append(.details(title: t("Tabel per politicus", "Table per politician"), [table]))
    if isCorrected {
      blocks.append(
        .paragraph(
          t(
            "* Te weinig labels op deze plaats: gerekend met de sensitiviteit en specificiteit van alle labels, dus in de aanname dat het model zich hier even vaak vergist.",
            "* Too few labels here: computed with the sensitivity and specificity of all labels, so under the assumption that the model errs here as often."
          )))
    }
    return ReportSection(id: "wie", title: t("Wie krijgt misbruik", "Who receives abuse"), blocks: blocks)
  }

  private func kinds() -> ReportSection {
    var blocks: [ReportBlock] = []
    let all = findings.categories.filter { $0.division.name == "all" }
    blocks.append(
      .figure(
        Chart.dots(
          "categories", title: t("Soorten misbruik", "Kinds of abuse"),
          caption: t(
            "Aandeel van alle berichten waarin het model deze soort ziet; een bericht kan er meer hebben.",
            "Share of all messages in which the model sees this kind; a message can have more than one."),
          rows: all.compactMap { item in
            item.levels.first.map {
              Chart.Dot(label: categoryName(item.category), estimate: $0.estimate, shown: percent($0.estimate.value))
            }
          }, axis: t("aandeel van de berichten", "share of messages")
        ) { NumberText.mark($0, language) }))
    for (title, isCategory) in [(t("Soort", "Kind"), true), (t("Ernst, ten minste", "Severity, at least"), false)] {
      let divisions = [nil] + findings.compare.map { Optional(findings.sums.roster.groups[$0].name) }
      for name in divisions {
        var rows: [[String]] = []
        var header = [title]
        func add(_ label: String, _ levels: [LevelResult], _ differences: [DifferenceResult]) {
          let shown = levels.filter { $0.n > 0 }
          if rows.isEmpty {
            header += shown.map { $0.level == "all" ? t("alle berichten", "all messages") : $0.level }
            header += differences.map {
              t("\($0.level) − \($0.reference), punten", "\($0.level) − \($0.reference), points")
            }
          }
          rows.append(
            [label] + shown.map { $0.isWithheld ? withheld : percent($0.estimate) }
              + differences.map { said($0.difference) { points($0) } })
        }
        if isCategory {
          for item in findings.categories where item.division.name == name ?? "all" {
            add(categoryName(item.category), item.levels, item.differences)
          }
        } else {
          for item in findings.severities where item.division.name == name ?? "all" {
            add(String(item.severity), item.levels, item.differences)
          }
        }
        let caption =
          (isCategory ? t("Soorten misbruik", "Kinds of abuse") : t("Ernst", "Severity"))
          + (name.map { t(" naar \(groupName($0))", " by \(groupName($0))") } ?? "")
        blocks.append(.table(caption: caption, header: header, rows: rows, numbers: []))
      }
    }
    blocks.append(
      .paragraph(
        t(
          "Ernst: 1 grof, 2 duidelijk misbruik, 3 waarschijnlijk strafbaar of ernstig bang makend, 4 concreet of dichtbij. Deze cijfers zijn ongecorrigeerd: de labels gaan over misbruik, niet over soort en ernst.",
          "Severity: 1 rude, 2 clearly abusive, 3 likely an offence or seriously frightening, 4 concrete or imminent. These figures are uncorrected: the labels are about abuse, not about kind and severity."
        )))
    return ReportSection(id: "soort", title: t("Soort en ernst", "Kind and severity"), blocks: blocks)
  }

  private func concentration() -> ReportSection {
    var blocks: [ReportBlock] = []
    let named = [
      (t("alle berichten", "all messages"), findings.received), (t("misbruik", "abuse"), findings.abuseReceived),
    ]
    let curves = named.compactMap { name, outcome in outcome.value.map { (label: name, points: $0.lorenz) } }
    if !curves.isEmpty {
      blocks.append(
        .figure(
          Chart.lorenz(
            "lorenz", title: t("Hoe scheef misbruik verdeeld is", "How unevenly abuse is spread"),
            caption: t(
              "Lorenzcurven: het aandeel van de politici, te beginnen bij wie het minst krijgt, en het aandeel van de berichten dat zij samen krijgen.",
              "Lorenz curves: the share of politicians, beginning with those who receive least, and the share of messages that they receive together."
            ), curves: curves, across: t("aandeel van de politici", "share of politicians"),
            up: t("Omhoog: aandeel van de berichten", "Up: share of messages"),
            equal: t("gelijk verdeeld", "evenly spread")
          ) { NumberText.percent($0, digits: 0, language) }))
    }
    let persons = Double(findings.sums.roster.persons.count)
    var rows: [[String]] = []
    for (name, outcome) in named {
      guard let found = outcome.value else {
        rows.append([name, outcome.reason?.description(in: language) ?? "", "–", "–", "–"])
        continue
      }
      rows.append([
        name, NumberText.number(found.gini, digits: 3, language), number(found.receiversOfHalf),
        persons > 5 ? percent(found.shareOfTop(5)) : "–", persons > 10 ? percent(found.shareOfTop(10)) : "–",
      ])
    }
    blocks.append(
      .table(
        caption: t("Verdeling over de politici van het rooster", "Spread over the politicians of the roster"),
        header: [
          t("Wat", "What"), "Gini", t("Krijgen samen de helft", "Together receive half"),
          t("Aandeel van de vijf met het meeste", "Share of the top 5"),
          t("Aandeel van de tien met het meeste", "Share of the top 10"),
        ], rows: rows, numbers: [1, 2, 3, 4]))
    return ReportSection(id: "verdeling", title: t("Verdeling", "Concentration"), blocks: blocks)
  }

  private func senders() -> ReportSection {
    let found = MessageTables.senders(findings.sums)
    let total = max(1, found.classes.reduce(0) { $0 + $1.abusive })
    func name(_ text: String) -> String { language == .nl ? text.replacing("or more", with: "of meer") : text }
    var blocks: [ReportBlock] = [
      .table(
        caption: t(
          "Afzenders naar het aantal berichten met misbruik dat zij stuurden",
          "Senders by the abusive messages they sent"),
        header: [
          t("Berichten met misbruik", "Abusive messages"), t("Afzenders", "Senders"),
          t("Hun berichten", "Their messages"),
          t("Misbruik samen", "Abuse together"), t("Aandeel van al het misbruik", "Share of all abuse"),
        ],
        rows: found.classes.filter { $0.senders > 0 }.map {
          [
            name($0.name), number($0.senders), number($0.messages), number($0.abusive),
            percent(Double($0.abusive) / Double(total)),
          ]
        }, numbers: [1, 2, 3, 4])
    ]
    let repeated = found.classes.dropFirst(2)
    let repeaters = repeated.reduce(0) { $0 + $1.senders }
    let once = found.classes[1].senders
    if once + repeaters > 0 {
      let share = percent(Double(repeated.reduce(0) { $0 + $1.abusive }) / Double(total))
      blocks.append(
        .paragraph(
          t(
            "\(number(repeaters)) afzenders deden het meer dan eens; van hen komt \(share) van het misbruik. \(number(once)) deden het één keer.",
            "\(number(repeaters)) senders did it more than once; they account for \(share) of the abuse. \(number(once)) did it once."
          )))
    }
    blocks.append(
      .table(
        caption: t(
          "Afzenders naar het aantal politici dat misbruik van hen kreeg", "Senders by the politicians they abused"),
        header: [t("Politici", "Politicians"), t("Afzenders", "Senders"), t("Misbruik samen", "Abuse together")],
        rows: found.targets.filter { $0.senders > 0 }.map { [name($0.name), number($0.senders), number($0.abusive)] },
        numbers: [1, 2]))
    let overlap = found.overlap.filter { $0.both >= options.minimumPersons }
    if !overlap.isEmpty {
      blocks.append(
        .details(
          title: t("Paren van politici met dezelfde afzenders", "Pairs of politicians with the same senders"),
          [
            .table(
              caption: t("De grootste overlap in afzenders van misbruik", "The largest overlap in senders of abuse"),
              header: [
                t("Politicus", "Politician"), t("en", "and"), t("Afzenders van beiden", "Senders of both"),
                t("Aandeel van wie een van beiden schreef", "Share of those of either"),
              ],
              rows: overlap.prefix(25).map {
                let names = [findings.names[$0.first], findings.names[$0.second]].sorted()
                return names + [
                  number($0.both), percent(Double($0.both) / Double($0.both + $0.firstOnly + $0.secondOnly)),
                ]
              }, numbers: [2, 3])
          ]))
    }
    return ReportSection(id: "afzenders", title: t("Afzenders", "Senders"), blocks: blocks)
  }

  private func time() -> ReportSection {
    var blocks: [ReportBlock] = []
    if let months = findings.divisions.first(where: { $0.division.name == "month" }), months.levels.count > 1 {
      blocks.append(
        .figure(
          Chart.lines(
            "months", title: t("Aandeel misbruik per maand", "Share of abuse per month"),
            caption: t("Met interval als band; ongecorrigeerd.", "With the interval as a band; uncorrected."),
            labels: months.levels.map(\.level),
            series: [
              Chart.Line(
                label: "", values: months.levels.map { $0.n > 0 ? $0.estimate.value : nil },
                lower: months.levels.map { $0.estimate.lower }, upper: months.levels.map { $0.estimate.upper })
            ], axis: t("aandeel van de berichten", "share of messages")
          ) { NumberText.mark($0, language) }))
      blocks.append(
        .details(
          title: t("Cijfers per maand", "Figures per month"),
          [
            levelTable(
              t("Misbruik per maand", "Abuse per month"), t("Maand", "Month"), months.levels.filter { $0.n > 0 })
          ]))
    }
    let series = MessageTables.series(findings.sums, person: nil)
    let bursts = MessageTables.bursts(findings)
    if series.totals.count > 1 {
      let events = findings.eventFile?.events ?? []
      let inside = events.enumerated().filter {
        $0.element.day.number >= series.first && $0.element.day.number < series.first + series.totals.count
      }
      blocks.append(
        .figure(
          Chart.lines(
            "days", title: t("Berichten met misbruik per dag", "Abusive messages per day"),
            caption: t("Geel: uitbarstingen.", "Yellow: bursts.")
              + (inside.isEmpty
                ? ""
                : " " + t("De nummers zijn de gebeurtenissen van de tabel.", "The numbers are the events of the table.")),
            labels: series.totals.indices.map { CalendarDay(number: series.first + $0).text },
            series: [Chart.Line(label: "", values: series.events.map(Double.init))],
            axis: t("berichten met misbruik", "abusive messages"),
            marks: inside.map { (index: $0.element.day.number - series.first, text: $0.element.label) },
            shaded: bursts.filter { $0.person == nil }.map {
              $0.first.number - series.first...$0.last.number - series.first
            }
          ) { NumberText.number($0, digits: $0 == $0.rounded() ? 0 : 1, language) }))
    }
    if bursts.isEmpty {
      blocks.append(.paragraph(t("Er zijn geen uitbarstingen gevonden.", "No bursts were found.")))
    } else {
      let shown = bursts.sorted { (-$0.weight, $0.first, $0.person ?? -1) < (-$1.weight, $1.first, $1.person ?? -1) }
        .prefix(25)
      blocks.append(
        .table(
          caption: t("De zwaarste uitbarstingen", "The heaviest bursts"),
          header: [
            t("Wie", "Who"), t("Van", "From"), t("Tot en met", "To"), t("Berichten", "Messages"),
            t("Misbruik", "Abusive"),
            t("Aandeel", "Share"), t("Gewicht", "Weight"),
          ],
          rows: shown.map {
            [
              $0.person.map { findings.names[$0] } ?? t("allen", "all"), $0.first.text, $0.last.text,
              number($0.messages),
              number($0.abusive), percent(Double($0.abusive) / Double(max(1, $0.messages))),
              NumberText.number($0.weight, digits: 1, language),
            ]
          }, numbers: [3, 4, 5, 6]))
    }
    if let file = findings.eventFile {
      blocks.append(
        .table(
          caption: t(
            "Gebeurtenissen: de \(options.eventDays) dagen ervoor en de \(options.eventDays) dagen vanaf die dag",
            "Events: the \(options.eventDays) days before and the \(options.eventDays) days from that day on"),
          header: [
            "#", t("Datum", "Date"), t("Gebeurtenis", "Event"), t("Wie", "Who"), t("Misbruik ervoor", "Abusive before"),
            t("erna", "after"), t("Verschil in aandeel, procentpunt", "Difference of shares, points"),
            t("Aantal per dag, verhouding", "Per day, ratio"),
          ],
          rows: file.events.enumerated().map { index, event in
            let found = MessageTables.around(event, findings)
            return [
              String(index + 1), event.day.text, event.label,
              event.person.map { options.showsNames ? findings.names[$0] : t("een politicus", "one politician") }
                ?? t("allen", "all"),
              "\(number(found.before.abusive)) / \(number(found.before.messages))",
              "\(number(found.after.abusive)) / \(number(found.after.messages))", said(found.difference) { points($0) },
              said(found.ratio) { ratio($0) },
            ]
          }, numbers: [4, 5]))
      blocks.append(
        .paragraph(
          t(
            "Een verschil rond een datum bewijst niet dat de gebeurtenis de oorzaak is. De intervallen nemen aan dat berichten los van elkaar staan en zijn daarom eerder te smal.",
            "A difference around a date does not prove that the event is its cause. The intervals take messages as independent and are rather too narrow."
          )))
    }
    return ReportSection(id: "tijd", title: t("In de tijd", "Over time"), blocks: blocks)
  }

  private func words() -> ReportSection {
    var blocks: [ReportBlock] = [
      .paragraph(
        t(
          "Woorden die in misbruik tegen de ene groep vaker staan dan in misbruik tegen de andere. Getoond wordt een woord pas als het in ten minste \(options.wordMessages) berichten van \(options.wordSenders) afzenders staat; namen uit het rooster, vermeldingen, getallen en adressen tellen niet mee. Andere tekst van berichten staat niet in dit verslag.",
          "Words that stand in abuse of one group more than in abuse of the other. A word is shown only if it stands in at least \(options.wordMessages) messages by \(options.wordSenders) senders; names of the roster, mentions, numbers and addresses do not count. No other text of messages is in this report."
        ))
    ]
    var isEmpty = true
    for mark in findings.words where !mark.words.isEmpty {
      isEmpty = false
      let caption = t(
        "Kenmerkend voor misbruik tegen \(groupName(mark.group)) \(mark.level)",
        "Marks of abuse of \(groupName(mark.group)) \(mark.level)")
      blocks.append(
        .table(
          caption: caption,
          header: [
            t("Woord", "Word"), "z", t("Log-odds", "Log-odds"), t("Berichten, deze groep", "Messages, this group"),
            t("Berichten, andere", "Messages, others"),
          ],
          rows: mark.words.prefix(20).map {
            [
              $0.word, NumberText.number($0.score.z, digits: 1, language),
              NumberText.number($0.score.difference, digits: 2, language), number($0.here), number($0.elsewhere),
            ]
          }, numbers: [1, 2, 3, 4]))
    }
    if isEmpty {
      blocks.append(
        .paragraph(t("Geen woord haalt deze drempels.", "No word passes these thresholds.")))
    }
    return ReportSection(id: "woorden", title: t("Woorden", "Words"), blocks: blocks)
  }

  private func termName(_ name: String) -> String {
    if name == ModelMatrix.constant { return t("(constante)", name) }
    if name == "log(messages received)" { return t("log(ontvangen berichten)", name) }
    if name == "log(1 + followers)" { return t("log(1 + volgers)", name) }
    let parts = name.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else { return name }
    let level = parts[1] == "(other)" ? t("(overige)", "(other)") : String(parts[1])
    return "\(groupName(String(parts[0]))): \(level)"
  }

  private func modelName(_ name: String) -> String {
    if name == "adjusted" { return t("met controle", "with controls") }
    if name.hasPrefix("crude: ") {
      return t("zonder controle: ", "without controls: ") + groupName(String(name.dropFirst(7)))
    }
    return name.replacing("quasi-Poisson", with: "quasi-Poisson").replacing(
      "negative binomial", with: t("negatief binomiaal", "negative binomial")
    ).replacing("per message", with: t("per bericht", "per message")).replacing(
      "per day in office", with: t("per dag in functie", "per day in office"))
  }

  private func comparison() -> ReportSection {
    var blocks: [ReportBlock] = [
      .paragraph(
        t(
          "Logistische regressie van misbruik op de groepen, met en zonder controle voor het aantal ontvangen berichten, volgers, functie, partij, platform en periode, voor zover het rooster die kent. Standaardfouten zijn geclusterd per politicus. Deze modellen rekenen met het oordeel van het model, ongecorrigeerd.",
          "Logistic regression of abuse on the groups, with and without controls for messages received, followers, function, party, platform and period, as far as the roster knows them. Standard errors are clustered by politician. These models use the model's judgement, uncorrected."
        ))
    ]
    var forest: [Chart.Dot] = []
    for fit in findings.logistic {
      let title = t("Logistische regressie, ", "Logistic regression, ") + modelName(fit.name)
      if let failure = fit.failure {
        blocks.append(.notice(title: title + ":", failure.description(in: language) + "."))
        continue
      }
      let isCrude = fit.name.hasPrefix("crude")
      let wanted = findings.compare.map { findings.sums.roster.groups[$0].name }
      for term in fit.terms where wanted.contains(where: { term.name.hasPrefix("\($0)=") }) {
        forest.append(
          Chart.Dot(
            label:
              "\(termName(term.name)), \(isCrude ? t("zonder", "without") : t("met", "with")) \(t("controle", "controls"))",
            estimate: Estimate(exp(term.estimate), exp(term.lower), exp(term.upper)), series: isCrude ? 0 : 1,
            shown: NumberText.ratio(exp(term.estimate), language)))
      }
      let table = termTable(title, fit, t("Odds ratio", "Odds ratio"))
      var inner: [ReportBlock] = [table]
      if !fit.effects.isEmpty {
        inner.append(
          .table(
            caption: t("Gemiddelde marginale effecten, ", "Average marginal effects, ") + modelName(fit.name),
            header: [t("Groep", "Group"), t("Procentpunt (interval)", "Percentage points (interval)"), "p"],
            rows: fit.effects.map {
              [termName($0.name), points(Estimate($0.estimate, $0.lower, $0.upper)), NumberText.p($0.p, language)]
            }, numbers: [2]))
      }
      blocks.append(.details(title: title, inner))
    }
    if !forest.isEmpty {
      blocks.insert(
        .figure(
          Chart.dots(
            "odds-ratios", title: t("Kans op misbruik per bericht, vergeleken", "Odds of abuse per message, compared"),
            caption: t(
              "Odds ratio's met interval; rechts van 1 is de kans groter dan bij de referentie. Vierkant: met controle.",
              "Odds ratios with interval; right of 1 the odds are larger than at the reference. Squares: with controls."
            ),
            rows: forest, axis: t("odds ratio, logaritmische schaal", "odds ratio, logarithmic scale"), isRatio: true
          ) { NumberText.ratio($0, language) }), at: 1)
    }
    for fit in findings.counts {
      let title = t("Telmodel, ", "Count model, ") + modelName(fit.name)
      if let failure = fit.failure {
        blocks.append(.notice(title: title + ":", failure.description(in: language) + "."))
        continue
      }
      blocks.append(.details(title: title, [termTable(title, fit, t("Verhouding", "Rate ratio"))]))
    }
    return ReportSection(
      id: "vergelijking", title: t("Vergelijking met controle", "Comparison with controls"), blocks: blocks)
  }

  private func termTable(_ title: String, _ fit: GroupComparison.Fit, _ ratioName: String) -> ReportBlock {
    var notes = [
      t("\(NumberText.number(fit.n, language)) waarnemingen", "\(NumberText.number(fit.n, language)) observations")
    ]
    if let clusters = fit.clusters { notes.append(t("\(clusters) politici", "\(clusters) politicians")) }
    if !fit.collinear.isEmpty {
      notes.append(
        t("weggelaten omdat het uit de andere volgt: ", "left out because it follows from the others: ")
          + fit.collinear.map { termName($0) }.joined(separator: ", "))
    }
    return .table(
      caption: "\(title) (\(notes.joined(separator: "; ")))",
      header: [
        t("Term", "Term"), "\(ratioName) (\(t("interval", "interval")))", t("Coëfficiënt", "Coefficient"),
        t("Standaardfout", "Standard error"), "p",
      ],
      rows: fit.terms.map {
        [
          termName($0.name), ratio(Estimate(exp($0.estimate), exp($0.lower), exp($0.upper))),
          NumberText.number($0.estimate, digits: 3, language), NumberText.number($0.standardError, digits: 3, language),
          NumberText.p($0.p, language),
        ]
      }, numbers: [2, 3, 4])
  }

  private func account() -> ReportSection {
    let account = findings.sums.account
    var items = [
      t(
        "\(number(account.read)) regels gelezen; \(number(account.counted)) geteld.",
        "\(number(account.read)) lines read; \(number(account.counted)) counted."),
      t(
        "Niet geteld: \(number(account.rejected)) onleesbaar, \(number(account.outgoing)) uitgaand, \(number(account.unmatched)) aan niemand op het rooster, \(number(account.outsideOffice)) buiten de ambtstermijn, \(number(account.abstained)) niet beoordeeld (een andere taal).",
        "Not counted: \(number(account.rejected)) unreadable, \(number(account.outgoing)) outgoing, \(number(account.unmatched)) to nobody on the roster, \(number(account.outsideOffice)) outside a term of office, \(number(account.abstained)) not assessed (another language)."
      ),
    ]
    if account.withoutTime > 0 {
      items.append(
        t(
          "\(number(account.withoutTime)) berichten hebben geen tijd en staan niet in de cijfers over tijd.",
          "\(number(account.withoutTime)) messages have no time and are not in the figures over time."))
    }
    if account.withoutSender > 0 {
      items.append(
        t(
          "\(number(account.withoutSender)) berichten hebben geen afzender en staan niet in de cijfers over afzenders.",
          "\(number(account.withoutSender)) messages have no sender and are not in the figures on senders."))
    }
    for model in findings.sums.models.sorted(by: { $0.name < $1.name }) {
      items.append(
        t(
          "Model \(model.name): \(number(model.messages)) berichten.",
          "Model \(model.name): \(number(model.messages)) messages."))
    }
    if findings.sums.words.forgotten > 0 {
      items.append(
        t(
          "\(number(findings.sums.words.forgotten)) zeldzame woorden zijn vergeten om het geheugen te begrenzen.",
          "\(number(findings.sums.words.forgotten)) rare words were forgotten to bound memory."))
    }
    return ReportSection(
      id: "verantwoording", title: t("Verantwoording", "Account"),
      blocks: [
        .list(items),
        .paragraph(
          t(
            "Hoe elk cijfer gemaakt is, staat in methods.md; waaruit en waarmee, in manifest.json. Dezelfde invoer geeft dezelfde bytes.",
            "How each figure is made stands in methods.md; from what and with what, in manifest.json. The same input gives the same bytes."
          )),
      ])
  }
}
