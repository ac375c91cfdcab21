package import AbuseLexicon
internal import DutchText

/// Reads texts with the lexicon alone, without any learned weight: what a word list that knows negation, quotation and
/// idioms would say, and how many words it knows. It shows what the learned weights add, and whether the strengths in the
/// lexicon are honest.
public final class LexiconProbe {
  private let analyzer: TextAnalyzer
  private var builder: UnitBuilder
  /// Classes of words that say who is meant.
  private let persons: Set<UInt8>

  package init(lexicon: Lexicon) throws {
    analyzer = try TextAnalyzer()
    builder = UnitBuilder(WordMemory(lexicon: lexicon, families: .all, weights: nil))
    persons = Set(["2p", "2pf", "3f", "role_politics"].map(lexicon.classNumber).filter { $0 != 0 })
  }

  /// What the lexicon sees in a text.
  public struct Reading: Sendable {
    /// How many words there are, and how many of them have a class.
    public var words = 0
    public var known = 0
    /// How often each class number occurs.
    public var classes: [UInt8: Int] = [:]
    /// Whether a sentence that is aimed at somebody (you, she, an office, a mention), or has no more than two words, holds an
    /// entry of strength 3, or two of strength 2 that do not overlap, neither negated, quoted nor cancelled by an idiom or a
    /// report.
    public var isFlagged = false
  }

  /// Reads a text. O(length).
  public func read(_ text: String) -> Reading {
    var copy = text
    copy.withUTF8 { analyzer.analyze(utf8: $0) }
    builder.build(analyzer)
    var found = Reading()
    for unit in builder.units.values where unit.kind == .word {
      found.words += 1
      if unit.classes[0] != 0 { found.known += 1 }
    }
    for unit in builder.units.values {
      for place in 0..<4 where unit.classes[place] != 0 { found.classes[unit.classes[place], default: 0] += 1 }
    }
    for match in builder.patternMatches.values { found.classes[match.classNumber, default: 0] += 1 }
    found.isFlagged = isFlagged()
    return found
  }

  private func isFlagged() -> Bool {
    let units = builder.units.values
    let takenBack: Unit.Flags = [.negated, .quoted, .cancelled]
    func counts(_ range: ClosedRange<Int>) -> Bool { range.contains { units[$0].flags.isDisjoint(with: takenBack) } }
    var reporting: Set<UInt32> = []
    for match in builder.patternMatches.values where builder.roles.reporting.contains(match.classNumber) {
      reporting.insert(units[match.first].sentence)
    }
    var found: [(sentence: UInt32, last: Int, strength: UInt8)] = []
    for (index, unit) in units.enumerated() where unit.strength >= 2 && unit.flags.isDisjoint(with: takenBack) {
      found.append((unit.sentence, index, unit.strength))
    }
    for match in builder.patternMatches.values where match.strength >= 2 && counts(match.first...match.last) {
      // A pattern that holds a listed word is one piece of evidence, not two.
      found.removeAll { $0.last >= match.first && $0.last <= match.last && $0.strength <= match.strength }
      if !found.contains(where: { $0.last >= match.first && $0.last <= match.last }) {
        found.append((units[match.first].sentence, match.last, match.strength))
      }
    }
    var aimed: Set<UInt32> = []
    var length: [UInt32: Int] = [:]
    for unit in units {
      length[unit.sentence, default: 0] += 1
      if unit.kind == .mention || (0..<4).contains(where: { persons.contains(unit.classes[$0]) }) {
        aimed.insert(unit.sentence)
      }
    }
    var strongest: [UInt32: UInt8] = [:]
    for one in found where !reporting.contains(one.sentence) {
      guard aimed.contains(one.sentence) || length[one.sentence, default: 0] <= 2 else { continue }
      let before = strongest[one.sentence] ?? 0
      strongest[one.sentence] = one.strength == 3 || before >= 2 ? 3 : max(before, one.strength)
    }
    return strongest.values.contains(3)
  }
}
