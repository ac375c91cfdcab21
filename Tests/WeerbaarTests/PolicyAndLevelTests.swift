import Testing

@testable import Weerbaar

@Suite struct EscalationPolicyTests {
  @Test(arguments: [(0, Level.none), (1, .log), (2, .report), (3, .police), (4, .urgent)])
  func theStandardLevelFollowsTheSeverity(severity: Int, level: Level) {
    #expect(
      EscalationPolicy.standard.level(severity: severity, abusive: severity > 0, categories: CategoryScores()) == level)
  }

  @Test func boundariesMove() {
    let policy = EscalationPolicy(severityFor: [.log: 1, .report: 1, .police: 5, .urgent: 5])
    #expect(policy.level(severity: 1, abusive: true, categories: CategoryScores()) == .report)
    #expect(policy.level(severity: 4, abusive: true, categories: CategoryScores()) == .report)
  }

  @Test func aCategoryRaisesTheLevelOfAbuseOnly() {
    let policy = EscalationPolicy(categoryFloors: [.doxing: (0.5, .police)])
    var categories = CategoryScores()
    categories[.doxing] = 0.5
    #expect(policy.level(severity: 1, abusive: true, categories: categories) == .police)
    #expect(policy.level(severity: 0, abusive: false, categories: categories) == .none)
    categories[.doxing] = 0.49
    #expect(policy.level(severity: 1, abusive: true, categories: categories) == .log)
  }

  @Test func levelsAreInOrderAndNamed() {
    #expect(Level.allCases == Level.allCases.sorted())
    for level in Level.allCases { #expect(Level(name: level.name) == level) }
    #expect(Level(name: "spoed") == nil)
  }

  @Test func categoriesKeepTheirOrderAndLetters() {
    #expect(Category.allCases.map(\.index) == Array(0..<8))
    #expect(String(Category.allCases.map(\.letter)) == "ixsdtmcp")
    var scores = CategoryScores()
    for category in Category.allCases { scores[category] = Double(category.index) / 8 }
    for category in Category.allCases { #expect(scores[category] == Double(category.index) / 8) }
    #expect(scores.highest == .doxing)
  }
}
