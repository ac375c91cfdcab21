import Foundation
import Messages
import Weerbaar

/// An assessment, put in words and shown in the text itself.
struct Explanation {
  let text: String
  let assessment: Assessment
  /// What each word contributed, with its place in scalars.
  let contributions: [(start: Int, end: Int, weight: Double)]
  let threshold: Double
  let language: MessageLanguage
  let terminal: Terminal

  private static let shownReasons = 6
  private static let barWidth = 20

  private func say(_ english: String, _ dutch: String) -> String { language == .nl ? dutch : english }

  private func number(_ value: Double, digits: Int = 2) -> String {
    let text = String(format: "%.\(digits)f", value)
    return language == .nl ? text.replacingOccurrences(of: ".", with: ",") : text
  }

  private func name(_ category: Weerbaar.Category) -> String { say(category.rawValue, category.dutchName) }

  var rendered: String {
    var parts = [verdict, heading(say("Text", "Tekst")) + "\n" + indented(highlighted)]
    if !assessment.abstained {
      parts.append(heading(say("Categories", "Soorten")) + "\n" + bars)
      if !assessment.evidence.isEmpty {
        parts.append(heading(say("What spoke for it", "Wat ervoor sprak")) + "\n" + reasonsFor)
      }
      let against = reasonsAgainst
      if !against.isEmpty { parts.append(heading(say("What argued against", "Wat ertegen sprak")) + "\n" + against) }
    }
    parts.append(terminal.styled(say("model ", "model ") + assessment.model, 2))
    return parts.joined(separator: "\n\n")
  }

  private func heading(_ text: String) -> String { terminal.styled(text, 1) }

  private var verdict: String {
    guard let score = assessment.score else {
      return heading(say("No judgement", "Geen oordeel")) + ": "
        + say(
          "the text is not Dutch as far as can be told (language: \(assessment.language)).",
          "de tekst is voor zover te zien geen Nederlands (taal: \(assessment.language)).")
    }
    let probability = say(
      "score \(number(score)), abusive from \(number(threshold))",
      "score \(number(score)), misbruik vanaf \(number(threshold))")
    guard assessment.abusive else {
      return terminal.styled(say("Not abusive", "Geen misbruik"), 1, 32) + " (\(probability))"
    }
    let target =
      switch assessment.target {
      case .recipient: say("aimed at the recipient", "gericht aan de ontvanger")
      case .person: say("aimed at somebody else", "gericht op iemand anders")
      case .group: say("aimed at a group", "gericht op een groep")
      case .none: say("no target found", "geen doelwit gevonden")
      }
    let meaning = [
      say("not abusive", "geen misbruik"), say("mild: rude, belittling", "licht: grof of kleinerend"),
      say("clearly abusive", "duidelijk misbruik"),
      say("likely an offence, or seriously frightening", "waarschijnlijk strafbaar, of ernstig beangstigend"),
      say("concrete or imminent", "concreet of dreigend nabij"),
    ][min(max(assessment.severity, 0), 4)]
    return terminal.styled(say("Abusive", "Misbruik"), 1, 31) + " (\(probability)), \(target)\n"
      + say("severity", "ernst") + " \(assessment.severity): \(meaning)\n" + say("level", "niveau") + ": "
      + terminal.styled(say(assessment.level.name, assessment.level.dutchName), 1)
  }

  /// The text with its evidence marked, and with nothing in it that could steer a terminal.
  private var highlighted: String {
    let scalars = text.unicodeScalars.map(Self.harmless)
    var result = ""
    var position = 0
    for evidence in assessment.evidence.sorted(by: { $0.start < $1.start }) where evidence.start >= position {
      result.unicodeScalars.append(contentsOf: scalars[position..<min(evidence.start, scalars.count)])
      var marked = ""
      marked.unicodeScalars.append(
        contentsOf: scalars[min(evidence.start, scalars.count)..<min(evidence.end, scalars.count)])
      result += terminal.hasColour ? terminal.styled(marked, 1, 4, 31) : "«" + marked + "»"
      position = min(evidence.end, scalars.count)
    }
    result.unicodeScalars.append(contentsOf: scalars[position...])
    return result
  }

  private static func harmless(_ scalar: UnicodeScalar) -> UnicodeScalar {
    switch scalar.value {
    case 10: scalar
    case 0x202A...0x202E, 0x2066...0x2069: "·"
    default: scalar.properties.generalCategory == .control ? "·" : scalar
    }
  }

  private func shown(_ text: String) -> String {
    var result = ""
    result.unicodeScalars.append(contentsOf: text.unicodeScalars.map { $0 == "\n" ? " " : Self.harmless($0) })
    return result
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
  }

  private var bars: String {
    let width = Weerbaar.Category.allCases.map { name($0).count }.max() ?? 0
    return Weerbaar.Category.allCases.sorted { assessment.categories[$0] > assessment.categories[$1] }.map { category in
      let value = assessment.categories[category]
      let full = Int((value * Double(Self.barWidth)).rounded())
      let bar = String(repeating: "█", count: full) + String(repeating: "░", count: Self.barWidth - full)
      return "  " + name(category).padding(toLength: width, withPad: " ", startingAt: 0) + "  "
        + terminal.styled(bar, value >= 0.5 ? 31 : 2) + "  " + number(value)
    }.joined(separator: "\n")
  }

  private var reasonsFor: String {
    assessment.evidence.map { "  +\(number($0.weight))  “\(shown($0.text))”  \(name($0.category))" }.joined(
      separator: "\n")
  }

  /// The words that pulled the score down most.
  private var reasonsAgainst: String {
    let scalars = Array(text.unicodeScalars)
    return contributions.filter { $0.weight <= -0.1 && $0.end <= scalars.count && $0.start < $0.end }
      .sorted { ($0.weight, $0.start) < ($1.weight, $1.start) }
      .prefix(Self.shownReasons)
      .map { reason in
        var word = ""
        word.unicodeScalars.append(contentsOf: scalars[reason.start..<reason.end])
        return "  −\(number(-reason.weight))  “\(shown(word))”"
      }
      .joined(separator: "\n")
  }
}
