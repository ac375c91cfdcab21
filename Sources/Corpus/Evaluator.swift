public import Weerbaar

/// Holds a model against labelled messages.
public enum Evaluator {
  /// What the scorer says of each message, in order. O(total length).
  public static func predict(_ messages: [LabelledMessage], with scorer: Scorer) throws -> [Prediction] {
    let worker = try scorer.makeWorker()
    return messages.map { message in
      let found = worker.assess(message.text)
      return Prediction(
        message: message, score: found.score ?? 0, abusive: found.abusive, severity: found.severity,
        categories: Category.allCases.map { found.categories[$0] }, target: found.target, abstained: found.abstained)
    }
  }
}

/// How many of the messages of one kind, category or functionality were judged right.
public struct GroupFigures: Sendable, Codable, Equatable {
  public var name: String
  public var messages: Int
  public var abusive: Int
  public var right: Int
  /// Abusive messages that were flagged.
  public var found: Int
  /// Clean messages that were flagged.
  public var falseAlarms: Int

  /// Share judged right.
  public var accuracy: Double { messages == 0 ? 1 : Double(right) / Double(messages) }

  /// Groups predictions by what `key` gives, in order of the name.
  public static func by(_ predictions: [Prediction], _ key: (LabelledMessage) -> [String]) -> [GroupFigures] {
    var groups: [String: GroupFigures] = [:]
    for prediction in predictions {
      for name in key(prediction.message) where !name.isEmpty {
        var group =
          groups[name] ?? GroupFigures(name: name, messages: 0, abusive: 0, right: 0, found: 0, falseAlarms: 0)
        group.messages += 1
        if prediction.message.abusive { group.abusive += 1 }
        if prediction.message.abusive == prediction.abusive { group.right += 1 }
        if prediction.message.abusive, prediction.abusive { group.found += 1 }
        if !prediction.message.abusive, prediction.abusive { group.falseAlarms += 1 }
        groups[name] = group
      }
    }
    return groups.values.sorted { $0.name < $1.name }
  }
}
