internal import Foundation

/// Weighted log-odds ratios with an informative Dirichlet prior: which words mark one group's texts against another's
/// (Monroe, Colaresi and Quinn 2008, "Fightin' Words", equations 16, 18, 20 and 22).
public enum LogOdds {
  /// A word's difference between two groups.
  public struct Score: Sendable, Equatable {
    /// Difference of the log-odds, above 0 where the first group has the word more.
    public var difference: Double
    public var variance: Double
    public var z: Double { difference / variance.squareRoot() }
  }

  /// Compares counts of the same words in two groups.
  ///
  /// - Parameters:
  ///   - prior: counts of the words in a background, all above 0.
  ///   - priorSize: what the prior's counts are scaled to sum to; as they are where nil.
  public static func compare(
    _ first: [Double], _ second: [Double], prior: [Double], priorSize: Double? = nil
  ) throws(Uncomputable) -> [Score] {
    guard !first.isEmpty, first.count == second.count, first.count == prior.count else { throw .noObservations }
    guard prior.allSatisfy({ $0 > 0 }) else { throw .badInput("prior") }
    let n1 = first.reduce(0, +)
    let n2 = second.reduce(0, +)
    guard n1 > 0, n2 > 0 else { throw .noObservations }
    let sum = prior.reduce(0, +)
    let scale = (priorSize ?? sum) / sum
    let a0 = sum * scale
    guard first.count > 1 else { throw .noVariation }
    return first.indices.map { word in
      let a = prior[word] * scale
      let y1 = first[word] + a
      let y2 = second[word] + a
      return Score(
        difference: log(y1 / (n1 + a0 - y1)) - log(y2 / (n2 + a0 - y2)), variance: 1 / y1 + 1 / y2)
    }
  }
}
