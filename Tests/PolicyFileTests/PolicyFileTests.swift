import Testing
import Weerbaar

@testable import PolicyFile

@Suite struct PolicyFileTests {
  @Test func anEmptyPolicyChangesNothing() throws {
    let file = try PolicyFile("# nothing\n", file: "p.toml")
    #expect(file.policy == .standard)
    #expect(file.threshold == nil)
  }

  @Test func boundariesAndFloorsAreRead() throws {
    let file = try PolicyFile(
      "threshold = 0.6\n[levels]\nreport = 1\nurgent = 5\n[categories.doxing]\nthreshold = 1\nlevel = \"police\"\n",
      file: "p.toml")
    #expect(file.threshold == 0.6)
    #expect(file.policy.severityFor == [.log: 1, .report: 1, .police: 3, .urgent: 5])
    #expect(file.policy.categoryFloors[.doxing]?.threshold == 1)
    #expect(file.policy.categoryFloors[.doxing]?.level == .police)
  }

  @Test(arguments: [
    ("threshold = 2", "threshold in the policy must be a number from 0 to 1"),
    ("treshold = 0.5", "unknown key \"treshold\""),
    ("levels = 3", "levels must be a table"), ("[levels]\nnone = 0", "unknown key \"none\""),
    ("[levels]\nlog = \"a\"", "log in [levels] must be a severity"),
    ("[levels]\nlog = 9", "log in [levels] must be a severity"),
    ("[categories.hate]\nlevel = \"log\"", "unknown key \"hate\""),
    ("[categories.insult]\nlevel = \"log\"", "needs a threshold"),
    ("[categories.insult]\nthreshold = 0.5\nlevel = \"hoog\"", "needs a level"),
    ("[categories]\ninsult = 3", "insult must be a table"), ("categories = 1", "categories must be tables"),
    ("x = ", "not valid TOML"),
  ])
  func faultsAreNamed(text: String, message: String) {
    let error = #expect(throws: PolicyError.self) { try PolicyFile(text, file: "p.toml") }
    #expect(error?.description.hasPrefix("p.toml:") == true)
    #expect(error?.description.contains(message) == true)
  }
}
