/// Where the levels begin.
public struct EscalationPolicy: Sendable, Equatable {
  /// The lowest severity of each level from `log` to `urgent`.
  public var severityFor: [Level: Int]
  /// A category at or above this probability brings a message to this level at least.
  public var categoryFloors: [Category: (threshold: Double, level: Level)]

  /// Severity 1 is log, 2 report, 3 police, 4 urgent.
  public static let standard = EscalationPolicy()

  public init(
    severityFor: [Level: Int] = [.log: 1, .report: 2, .police: 3, .urgent: 4],
    categoryFloors: [Category: (threshold: Double, level: Level)] = [:]
  ) {
    self.severityFor = severityFor
    self.categoryFloors = categoryFloors
  }

  /// The level of a message.
  public func level(severity: Int, abusive: Bool, categories: CategoryScores) -> Level {
    guard abusive else { return .none }
    var level = Level.none
    for candidate in Level.allCases where candidate != .none {
      if severity >= severityFor[candidate] ?? candidate.rawValue { level = max(level, candidate) }
    }
    for (category, floor) in categoryFloors where categories[category] >= floor.threshold {
      level = max(level, floor.level)
    }
    return level
  }

  public static func == (left: EscalationPolicy, right: EscalationPolicy) -> Bool {
    left.severityFor == right.severityFor
      && left.categoryFloors.mapValues(\.threshold) == right.categoryFloors.mapValues(\.threshold)
      && left.categoryFloors.mapValues(\.level) == right.categoryFloors.mapValues(\.level)
  }
}
