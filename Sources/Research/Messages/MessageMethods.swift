internal import Messages

/// The methods text of a study of messages, to be taken over in a paper. In English, as papers are.
struct MessageMethods {
  private let findings: MessageStudy.Findings
  private let tables: [TidyTable]

  init(_ findings: MessageStudy.Findings, tables: [TidyTable]) {
    self.findings = findings
    self.tables = tables
  }

  func text() -> String {
    let options = findings.options
    let account = findings.sums.account
    let roster = findings.sums.roster
    let level = NumberText.plain(options.level * 100)
    let groups = findings.compare.map { roster.groups[$0].name }.joined(separator: ", ")
    let controls = findings.controls.map { roster.groups[$0].name }.joined(separator: ", ")
    var out = """
      # Methods

      ## Data
      \(account.read) lines of scored messages were read; \(account.counted) were counted. Left out: \(account.rejected) lines that could not be \
      read, \(account.outgoing) outgoing messages, \(account.unmatched) messages to nobody on the roster, \(account.outsideOffice) outside the \
      recipient's term of office, and \(account.abstained) that the classifier did not assess because they are not in Dutch. A \
      message was matched to a person of the roster by the recipient's id, else handle, else name, without regard to capitals, \
      and to the term of office that holds its date. The roster has \(roster.persons.count) persons.

      ## Measure
      A message is abusive where the classifier says so (model: \(findings.sums.models.map(\.name).sorted().joined(separator: ", "))). A category holds where its probability is \
      0.5 or more in an abusive message. The classifier errs.

      """
    if let accuracy = findings.accuracy?.value {
      out += """
        \(findings.labelledFound) messages labelled by people were found among those counted. Weighted by the inverse of the probability of \
        selection, the classifier's sensitivity is \(percent(accuracy.sensitivity)) and its specificity \(percent(accuracy.specificity)) (Wilson, effective n). Prevalences \
        were corrected in two ways: after Rogan and Gladen (1978), with the delta method on the weighted table of classifier against \
        people; and by prediction-powered inference with power tuning (Angelopoulos and others 2023; PPI++), weighted by design. \
        Groups with fewer than 30 labels, or fewer than five on either side, take the sensitivity and specificity of all labels, \
        which assumes equal errors. Kinds, severities and regressions are not corrected.

        """
    } else {
      out += """
        No labels were given, so no figure is corrected: prevalences are those of the classifier's decisions, differences between \
        groups may in part be differences in its errors, and no interval counts that error.

        """
    }
    out += """

      ## Prevalence and differences
      Shares are of messages. Intervals of \(level) % for groups, months and platforms are percentiles of \(options.draws) draws of a bootstrap \
      over persons (whole persons drawn with replacement, seed \(options.seed)), so that messages to one person are not taken as independent; \
      with fewer than about twenty persons in a group they are too narrow. Differences and ratios come from the same draws. Intervals \
      for one person are Wilson's with an effective number of messages that accounts for senders who send more than once.

      ## Concentration
      Gini's coefficient, the Lorenz curve and the smallest number of persons who receive half are over all persons of the roster, \
      those without messages included.

      ## Time
      Days are those of the clock in the message's own time zone. Bursts are found with the two-state automaton of Kleinberg (2003) for \
      daily batches, with a share in bursts of \(NumberText.plain(options.burstScale)) times the usual, and a cost of one times the logarithm of the number of days. Around an \
      event, the \(options.eventDays) days before are compared with the \(options.eventDays) days from that day on: the difference of shares with Newcombe's interval, the ratio \
      of daily counts with the exact conditional interval.

      ## Words
      Log-odds ratios with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008), each level of a group against its others, \
      among abusive messages; a message counts a word once; the prior is the counts of all levels together. Shown are words with z \
      above 1.96, in at least \(options.wordMessages) messages by at least \(options.wordSenders) senders.

      ## Comparison of groups
      Logistic regression of a message's being abusive on \(groups), alone and with controls: \(controls.isEmpty ? "" : controls + ", ")period, \
      platform, the logarithm of messages received and, where the roster has them, of followers. Levels of controls with fewer than \
      \(options.minimumPersons) persons are one level together. Standard errors are clustered by person (CR1), intervals use Student's t with the number of \
      clusters less one. Average marginal effects come with the delta method. Counts per term of office are compared with quasi-Poisson and \
      negative binomial (NB2) regression, per message and per day in office. Columns that follow from others are left out and named. \
      Under separation a coefficient has no finite estimate: messages that a control's level tells perfectly are left out and counted; \
      where it concerns the groups themselves the model is not reported.

      ## Privacy
      \(options.showsNames ? "Persons of the roster are named." : "Persons of the roster have pseudonyms whose order says nothing; groups of fewer than \(options.minimumPersons) persons are withheld, with complementary suppression.") Senders are counted, never named. No text \
      of messages is in the results but the words above.

      ## Software
      weerbaar \(options.version); linear algebra by LAPACK \(Matrix.lapackVersion); distributions by Boost.Math \(Distributions.boostVersion).

      ## Tables
      CSV, UTF-8, comma, decimal point, one value a row.

      """
    out += MethodsText.tables(tables)
    out += """

      ## References
      - Angelopoulos, Bates, Fannjiang, Jordan, Zrnic (2023). Prediction-powered inference. Science 382. Angelopoulos, Duchi, Zrnic (2023). PPI++.
      - Kleinberg (2003). Bursty and hierarchical structure in streams. Data Mining and Knowledge Discovery 7.
      - Korn, Graubard (1998). Confidence intervals for proportions with small expected number of positive counts estimated from survey data. Survey Methodology 24.
      - Monroe, Colaresi, Quinn (2008). Fightin' words. Political Analysis 16.
      - Newcombe (1998). Interval estimation for the difference between independent proportions. Statistics in Medicine 17.
      - Rogan, Gladen (1978). Estimating prevalence from the results of a screening test. American Journal of Epidemiology 107.
      - Wilson (1927). Probable inference, the law of succession, and statistical inference. JASA 22.

      """
    return out
  }

  private func percent(_ estimate: Estimate) -> String {
    let value = NumberText.percent(estimate.value, .en)
    guard let lower = estimate.lower, let upper = estimate.upper else { return value }
    return "\(value) (\(NumberText.percent(lower, .en)) to \(NumberText.percent(upper, .en)))"
  }
}

/// Parts that methods texts share.
enum MethodsText {
  /// The list of tables and of their columns.
  static func tables(_ tables: [TidyTable]) -> String {
    var out = "\n| table | holds | its own columns |\n| --- | --- | --- |\n"
    for table in tables {
      out += "| tables/\(table.name).csv | \(table.about) | \(table.keys.joined(separator: ", ")) |\n"
    }
    out += "\nEvery table goes on with these columns:\n\n| column | holds |\n| --- | --- |\n"
    for column in TidyTable.columns { out += "| \(column.name) | \(column.about) |\n" }
    return out
  }
}
