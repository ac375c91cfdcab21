import Weerbaar

/// The model card: what the model is and how well it does, written from its own evaluation.
public enum ModelCard {
  /// Markdown text of the card.
  ///
  /// - Parameters:
  ///   - built: the model and its cross-validated figures.
  ///   - digest: the SHA-256 that the model file carries, hexadecimal.
  ///   - functional: predictions on functional tests, by the model itself.
  public static func markdown(
    _ built: BuiltModel, report: EvaluationReport, digest: String, features: Int, statistics: CorpusStatistics,
    functional: [Prediction]
  ) -> String {
    let figures = built.figures
    let (heading, method) =
      switch built.split {
      case .writers: ("Across writers", "Each message was judged by a model that had seen nothing by its writer.")
      case .batches: ("Across batches", "Each message was judged by a model that had not seen its batch.")
      case .blocks:
        (
          "Across blocks",
          "Each message was judged by a model that had not seen its part of the file; writers are not known."
        )
      }
    let intervals = report.intervals
    let categories = Dictionary(uniqueKeysWithValues: report.categories.map { ($0.category, $0.f1) })
    func range(_ interval: Interval?) -> String {
      guard let interval, report.draws > 0 else { return "-" }
      return "\(decimal(interval.low))-\(decimal(interval.high))"
    }
    func row(_ name: String, _ key: String, _ note: String) -> String {
      "| \(name) | \(decimal(intervals[key]?.value ?? 0)) | \(range(intervals[key])) | \(note) |"
    }
    var lines = [
      "# Model card: \(built.parameters.name)", "",
      "Written by `weerbaar train`; not edited by hand.", "",
      "- **File**: \(built.file.count) bytes, SHA-256 `\(digest)`",
      "- **Kind**: log-count ratios (naive Bayes) re-weighted by a linear support-vector machine, one for abuse, one for",
      "  each of eight categories, \(built.questions.rest), two for the target; "
        + (built.isJoined ? "a network that joins them; " : "") + "Platt calibration; \(features) features",
      "- **Trained on**: \(statistics.messages) Dutch messages (\(statistics.abusive.messages) abusive, \(statistics.pairs) contrast pairs)",
      "  by \(statistics.writers) writers, all written for this project and synthetic: corpora/README.md",
      "- **Meant for**: sorting messages to politicians for a person who decides. Not for punishing, blocking or naming anyone",
      "  without a person's judgement, and not for languages other than Dutch",
      "- **Threshold**: \(decimal(built.parameters.threshold)) on the score; a category holds at 0.5", "",
      "## \(heading)", "",
      "\(method) Intervals: 95 %, percentile bootstrap.", "",
      "| figure | value | interval | what it is |", "| --- | --- | --- | --- |",
      row("macro-F1", "macroF1", "mean of F1 of abusive and of clean"),
      row("precision", "precision", "share of the flagged that are abusive"),
      row("recall", "recall", "share of the abusive that are flagged"),
      row("recall at severity 3 and 4", "seriousRecall", "of the serious messages"),
      row("inbox precision", "inboxPrecision", "where 15 % is abusive, at recall 0.85"),
      row("inbox precision at the threshold", "inboxPrecisionAtThreshold", "where 15 % is abusive"),
      row("contrast pairs", "pairsBothRight", "both of \(figures.pairs) pairs right"),
      row("false alarms", "ordinaryFalseAlarms", "in a thousand everyday texts"),
      row("category macro-F1", "categoryMacroF1", "mean over the eight categories"),
      row("severity", "severityKappa", "quadratically weighted kappa"),
      row("target", "targetAccuracy", "share right among those found"),
      row("calibration error", "calibrationError", "ECE, ten bins"), "",
      "| category | F1 | interval |", "| --- | --- | --- |",
    ]
    for category in Category.allCases {
      let f1 = categories[category.rawValue]
      lines.append("| \(category.rawValue) | \(decimal(f1?.value ?? 0)) | \(range(f1)) |")
    }
    if !functional.isEmpty {
      let hateful = functional.filter { $0.message.abusive }
      let clean = functional.filter { !$0.message.abusive }
      lines += [
        "", "## Functional tests", "",
        "\(functional.count) cases that no training saw: \(percent(hateful.count { $0.abusive }, hateful.count)) of the abusive and "
          + "\(percent(clean.count { !$0.abusive }, clean.count)) of the clean ones right.",
        "", "| functionality | cases | right |", "| --- | --- | --- |",
      ]
      for group in GroupFigures.by(functional, { [$0.functionality ?? ""] }) {
        lines.append("| \(group.name) | \(group.messages) | \(percent(group.right, group.messages)) |")
      }
    }
    lines += ["", "## Limits", ""]
    lines += [
      "The material was written to be hard: nearest neighbours, riddles, disguises. Figures on ordinary mail differ; test the",
      "model on your own labelled mail with `weerbaar evaluate` before you trust it. It misses veiled menace that needs context,",
      "celebration of harm and sarcasm most; it flags teasing among friends, condemnation and literal uses too often.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func decimal(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  }

  private static func percent(_ part: Int, _ whole: Int) -> String {
    whole == 0 ? "-" : "\(Int((100 * Double(part) / Double(whole)).rounded())) %"
  }
}
