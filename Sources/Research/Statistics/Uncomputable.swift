public import Messages

/// Why a figure cannot be computed from the data at hand. It stands in the place of the figure in tables and reports.
public enum Uncomputable: Error, Sendable, Equatable {
  /// No observation is left, after missing values.
  case noObservations
  /// All weights are zero.
  case zeroWeights
  /// A weight, count or other input is negative or no number.
  case badInput(String)
  /// The outcome has one value only.
  case constantOutcome
  /// A linear combination of these terms tells the outcome exactly, so that a coefficient has no finite estimate.
  case separation([String])
  /// The term is a linear combination of others.
  case collinear([String])
  /// Fewer than two clusters: nothing is known of how much clusters differ.
  case oneCluster
  /// A row or column of the table is empty, so that nothing can be compared.
  case emptyMargin
  /// All values are in one category, so that agreement beyond chance has no meaning.
  case noVariation
  /// Sensitivity and specificity together are no better than guessing.
  case uninformativeClassifier
  /// Too few labelled messages.
  case tooFewLabels(found: Int, wanted: Int)
  /// The iterations did not settle.
  case noConvergence
  /// Fewer observations than coefficients.
  case tooFewObservations
  /// Withheld to protect the privacy of those counted.
  case suppressed

  /// The reason, in a few words.
  public func description(in language: MessageLanguage) -> String {
    let isDutch = language == .nl
    switch self {
    case .noObservations: return isDutch ? "geen waarnemingen" : "no observations"
    case .zeroWeights: return isDutch ? "alle gewichten zijn nul" : "all weights are zero"
    case .badInput(let what): return isDutch ? "ongeldige invoer: \(what)" : "invalid input: \(what)"
    case .constantOutcome:
      return isDutch ? "de uitkomst heeft maar één waarde" : "the outcome has one value only"
    case .separation(let terms):
      return isDutch
        ? "scheiding: \(terms.joined(separator: ", ")) voorspelt de uitkomst volledig"
        : "separation: \(terms.joined(separator: ", ")) predicts the outcome perfectly"
    case .collinear(let terms):
      return isDutch
        ? "\(terms.joined(separator: ", ")) volgt geheel uit de andere variabelen"
        : "\(terms.joined(separator: ", ")) follows entirely from the other variables"
    case .oneCluster:
      return isDutch ? "minder dan twee clusters, dus geen interval" : "fewer than two clusters, so no interval"
    case .emptyMargin: return isDutch ? "een lege rij of kolom" : "an empty row or column"
    case .noVariation: return isDutch ? "geen variatie in de oordelen" : "no variation in the judgements"
    case .uninformativeClassifier:
      return isDutch
        ? "het model onderscheidt volgens de labels niet beter dan toeval"
        : "by the labels the model tells no better than chance"
    case .tooFewLabels(let found, let wanted):
      return isDutch ? "te weinig labels: \(found), nodig \(wanted)" : "too few labels: \(found), want \(wanted)"
    case .noConvergence: return isDutch ? "de berekening convergeert niet" : "the computation does not converge"
    case .tooFewObservations:
      return isDutch ? "minder waarnemingen dan coëfficiënten" : "fewer observations than coefficients"
    case .suppressed: return isDutch ? "onderdrukt wegens privacy" : "suppressed for privacy"
    }
  }
}
