import Foundation
import Messages
import Weerbaar

/// A model, put in words.
struct ModelDescription {
  let model: Model
  let language: MessageLanguage

  private func say(_ english: String, _ dutch: String) -> String { language == .nl ? dutch : english }

  /// A decimal number with at most four digits behind the point or comma.
  private func number(_ value: Double) -> String {
    let text = String(format: "%.4g", value)
    return language == .nl ? text.replacingOccurrences(of: ".", with: ",") : text
  }

  var text: String {
    let parameters = model.parameters
    var rows: [(String, String)] = [
      (say("model", "model"), model.identifier),
      ("SHA-256", model.digest),
      (say("size", "omvang"), say("\(model.size) bytes", "\(model.size) bytes")),
      (say("features", "kenmerken"), "\(model.featureCount)"),
      (
        say("lexicon", "woordenlijst"),
        say(
          "\(model.lexiconForms) word forms, \(model.lexiconPatterns) patterns",
          "\(model.lexiconForms) woordvormen, \(model.lexiconPatterns) patronen")
      ),
      (say("abusive from", "misbruik vanaf"), number(parameters.threshold)),
    ]
    for (index, threshold) in parameters.severityThresholds.enumerated() {
      rows.append((say("severity \(index + 2) from", "ernst \(index + 2) vanaf"), number(threshold)))
    }
    for (key, value) in parameters.corpus.sorted(by: { $0.key < $1.key }) {
      rows.append((say("corpus: \(key)", "corpus: \(key)"), value))
    }
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
  }

  func json() throws -> Data {
    struct Description: Encodable {
      var identifier: String
      var sha256: String
      var size: Int
      var features: Int
      var lexiconForms: Int
      var lexiconPatterns: Int
      var parameters: ModelParameters
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(
      Description(
        identifier: model.identifier, sha256: model.digest, size: model.size, features: model.featureCount,
        lexiconForms: model.lexiconForms, lexiconPatterns: model.lexiconPatterns, parameters: model.parameters))
  }
}
