import Foundation

/// The words of evaluation reports in one language, from `Resources/evaluation-LANGUAGE.json`: an object of strings.
public struct ReportWords: Sendable {
  /// The language of a report.
  public enum Language: String, Sendable, CaseIterable {
    case nl, en
  }

  public let language: Language
  private let words: [String: String]

  public init(_ language: Language) throws {
    self.language = language
    let bytes = language == .nl ? PackageResources.evaluation_nl_json : PackageResources.evaluation_en_json
    words = try JSONDecoder().decode([String: String].self, from: Data(bytes))
  }

  /// The words for a key; the key itself where there are none, which a test looks for.
  public subscript(key: String) -> String { words[key] ?? key }

  /// All keys.
  var keys: Set<String> { Set(words.keys) }

  /// A number with three decimals, with a comma in Dutch.
  func decimal(_ value: Double, _ places: Int = 3) -> String {
    let text = String(format: "%.\(places)f", value)
    return language == .nl ? text.replacingOccurrences(of: ".", with: ",") : text
  }
}
