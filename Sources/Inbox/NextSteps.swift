internal import Foundation
public import Messages
public import Weerbaar

/// What can be done with a message, and the articles of law that may apply. The texts are in
/// `Resources/next-steps.json`, with their sources and the day on which they were recorded.
public struct NextSteps: Sendable, Decodable {
  public struct Step: Sendable, Decodable {
    public var title: String
    public var step: String
  }

  public struct Article: Sendable, Decodable {
    /// The number in the penal code, such as "285b".
    public var id: String
    public var title: String
    public var text: String
    var categories: [Category]
    var from: Level
    /// Whether it takes several messages of one sender.
    var repeated: Bool?
  }

  public struct Support: Sendable, Decodable {
    public var name: String
    public var text: String
    public var source: String
  }

  public struct Code: Sendable, Decodable {
    public var name: String
    public var source: String
  }

  public var recorded: String
  public var code: Code
  public var support: [Support]
  public var articles: [Article]
  private var levels: [String: Step]

  /// The texts that come with the program.
  public static func standard(_ language: MessageLanguage = .nl) throws -> NextSteps {
    let bytes = language == .nl ? PackageResources.next_steps_json : PackageResources.next_steps_en_json
    return try JSONDecoder().decode(NextSteps.self, from: Data(bytes))
  }

  /// Puts an office's own words in the place of the program's.
  public mutating func replace(_ level: Level, title: String?, step: String?) {
    var text = self[level]
    if let title { text.title = title }
    if let step { text.step = step }
    levels[level.name] = text
  }

  /// What to do at a level.
  public subscript(level: Level) -> Step { levels[level.name] ?? Step(title: level.dutchName, step: "") }

  /// The articles that may apply to a message: those of the categories that are more likely than not.
  /// - Parameter repeated: whether the sender wrote three or more abusive messages.
  public func articles(for assessment: Assessment, repeated: Bool) -> [Article] {
    guard assessment.abusive else { return [] }
    return articles.filter { article in
      assessment.level >= article.from && (article.repeated != true || repeated)
        && article.categories.contains { assessment.categories[$0] >= 0.5 }
    }
  }
}
