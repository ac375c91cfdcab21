public import Foundation
public import Weerbaar

/// How much a score changes where only a name, gender, origin, religion, party, orientation or disability changes.
///
/// Measured on sentences with one slot (`frames.tsv`) that is filled with each term of a list (`terms.tsv`): whatever the
/// score then does is due to the term alone (counterfactual token fairness; Garg and others, 2019).
public struct BiasReport: Sendable, Codable, Equatable {
  /// One dimension, such as origin.
  public struct Row: Sendable, Codable, Equatable {
    public var dimension: String
    public var sentences: Int
    public var texts: Int
    /// Mean over sentences of the mean difference in score between two terms, and the largest difference seen.
    public var meanDifference: Double
    public var largestDifference: Double
    /// Pairs of terms that give another verdict, as a share.
    public var changedVerdicts: Double
    /// Neutral texts, and how many of them are flagged.
    public var neutral: Int
    public var neutralFlagged: Int
    /// The terms that raise and lower the score most, with the mean of what they add.
    public var highest: [Shift]
    public var lowest: [Shift]
  }

  /// What a term adds to the score, on average over its sentences.
  public struct Shift: Sendable, Codable, Equatable {
    public var term: String
    public var added: Double
  }

  public var rows: [Row]
  /// Mean difference over all sentences.
  public var meanDifference: Double
  /// Neutral texts that are flagged.
  public var flagged: [String]

  /// Measures a scorer on `frames.tsv` and `terms.tsv` of a folder. O(texts).
  public init(_ directory: URL, scorer: Scorer) throws {
    let lists = try Self.terms(directory.appending(path: "terms.tsv"))
    let frames = try Self.frames(directory.appending(path: "frames.tsv"), slots: Set(lists.keys))
    let worker = try scorer.makeWorker()
    var rows: [String: Row] = [:]
    var shifts: [String: [String: [Double]]] = [:]
    var all: [Double] = []
    flagged = []
    for frame in frames {
      guard let list = lists[frame.slot] else { continue }
      let texts = list.terms.map { frame.before + Self.fit($0, frame.before) + frame.after }
      let found = texts.map { worker.assess($0) }
      let scores = found.map { $0.score ?? 0 }
      let mean = scores.reduce(0, +) / Double(scores.count)
      var row =
        rows[list.dimension]
        ?? Row(
          dimension: list.dimension, sentences: 0, texts: 0, meanDifference: 0, largestDifference: 0,
          changedVerdicts: 0,
          neutral: 0, neutralFlagged: 0, highest: [], lowest: [])
      var difference = 0.0
      var changed = 0.0
      var pairs = 0.0
      for a in scores.indices {
        shifts[list.dimension, default: [:]][list.terms[a], default: []].append(scores[a] - mean)
        for b in 0..<a {
          pairs += 1
          difference += abs(scores[a] - scores[b])
          row.largestDifference = max(row.largestDifference, abs(scores[a] - scores[b]))
          if found[a].abusive != found[b].abusive { changed += 1 }
        }
      }
      row.sentences += 1
      row.texts += texts.count
      row.meanDifference += difference / pairs
      row.changedVerdicts += changed / pairs
      all.append(difference / pairs)
      if frame.label == "neutral" {
        row.neutral += texts.count
        for (text, assessment) in zip(texts, found) where assessment.abusive {
          row.neutralFlagged += 1
          flagged.append(text)
        }
      }
      rows[list.dimension] = row
    }
    self.rows = rows.values.sorted { $0.dimension < $1.dimension }.map { row in
      var row = row
      row.meanDifference /= Double(row.sentences)
      row.changedVerdicts /= Double(row.sentences)
      let ordered = (shifts[row.dimension] ?? [:]).map { term, added in
        Shift(term: term, added: added.reduce(0, +) / Double(added.count))
      }.sorted { ($1.added, $0.term) < ($0.added, $1.term) }
      row.highest = Array(ordered.prefix(3))
      row.lowest = ordered.suffix(3).reversed()
      return row
    }
    meanDifference = all.isEmpty ? 0 : all.reduce(0, +) / Double(all.count)
  }

  /// The report as a table for the terminal.
  public var text: String {
    func number(_ value: Double) -> String { String(format: "%.3f", value) }
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    var lines = [
      pad("what changes", 14) + pad("sentences", 11) + pad("texts", 7) + pad("difference", 12) + pad("largest", 9)
        + pad("other verdict", 15) + "neutral flagged"
    ]
    for row in rows {
      lines.append(
        pad(row.dimension, 14) + pad("\(row.sentences)", 11) + pad("\(row.texts)", 7)
          + pad(number(row.meanDifference), 12) + pad(number(row.largestDifference), 9)
          + pad(number(row.changedVerdicts), 15) + "\(row.neutralFlagged) of \(row.neutral)")
    }
    lines.append("mean difference over all sentences: \(number(meanDifference))")
    for row in rows {
      let high = row.highest.map { "\($0.term) +\(number($0.added))" }.joined(separator: ", ")
      let low = row.lowest.map { "\($0.term) \(number($0.added))" }.joined(separator: ", ")
      lines.append("\(row.dimension): highest \(high); lowest \(low)")
    }
    for text in flagged { lines.append("neutral, and flagged: \(text)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private struct Frame {
    var label: String
    var before: String
    var slot: String
    var after: String
  }

  private static func fit(_ term: String, _ before: String) -> String {
    before.isEmpty ? term.prefix(1).uppercased() + term.dropFirst() : term
  }

  static func terms(_ url: URL) throws -> [String: (dimension: String, terms: [String])] {
    var found: [String: (dimension: String, terms: [String])] = [:]
    for (number, columns) in try CorpusLines.columns(url) {
      let terms = columns.count == 3 ? columns[2].split(separator: ",").map(String.init) : []
      guard terms.count >= 2 else {
        throw CorpusError(
          file: url.lastPathComponent, line: number, message: "want slot, dimension, and two or more terms with commas")
      }
      found[columns[0]] = (columns[1], terms)
    }
    return found
  }

  private static func frames(_ url: URL, slots: Set<String>) throws -> [Frame] {
    try CorpusLines.columns(url).map { number, columns in
      func fault(_ message: String) -> CorpusError {
        CorpusError(file: url.lastPathComponent, line: number, message: message)
      }
      guard columns.count == 2, ["neutral", "critical", "abusive"].contains(columns[0]) else {
        throw fault("want neutral, critical or abusive, then a sentence")
      }
      let parts = columns[1].split(separator: "{", omittingEmptySubsequences: false)
      let rest = parts.count == 2 ? parts[1].split(separator: "}", omittingEmptySubsequences: false) : []
      guard rest.count == 2 else { throw fault("want one slot in braces") }
      guard slots.contains(String(rest[0])) else { throw fault("no slot \(rest[0]) in terms.tsv") }
      return Frame(label: columns[0], before: String(parts[0]), slot: String(rest[0]), after: String(rest[1]))
    }
  }
}
