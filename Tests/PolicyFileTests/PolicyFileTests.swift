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
    ("[categories.insult]\nthreshold = 0.5\nlevel = \"hoog\"", "level in [categories.insult] must be one of"),
    ("[categories.insult]\nthreshold = 0.5", "needs a level"),
    ("[categories]\ninsult = 3", "insult must be a table"), ("categories = 1", "categories must be tables"),
    ("x = ", "not valid TOML"),
  ])
  func faultsAreNamed(text: String, message: String) {
    let error = #expect(throws: PolicyError.self) { try PolicyFile(text, file: "p.toml") }
    #expect(error?.description.hasPrefix("p.toml:") == true)
    #expect(error?.description.contains(message) == true)
  }

  @Test func whatAnOfficeDoesIsRead() throws {
    let office = try PolicyFile(
      """
      [casebook]
      level = "report"
      context = 5
      [escalation]
      repeat = 0
      window = 14
      highest = "urgent"
      [[protected]]
      name = "Fatima de Vries"
      handles = ["@fdevries", "f.devries@gemeente.example"]
      function = "wethouder"
      [[senders]]
      handles = ["@boos"]
      warned = "2026-05-01"
      [quiet]
      from = "22:00"
      to = "07:00"
      [retention]
      log = 90
      [alerts]
      mail = ["veiligheid@gemeente.example"]
      digest = "08:30"
      [steps.report]
      step = "Bel de griffie."
      """, file: "p.toml"
    ).office
    #expect(office.keptLevel == .report)
    #expect(office.context == 5)
    #expect(office.escalation.repeat == nil)
    #expect(office.escalation.highest == .urgent)
    #expect(office.protected.first?.handles.count == 2)
    #expect(office.senders.first?.warned == "2026-05-01")
    #expect(office.quiet?.holds(minute: 23 * 60) == true)
    #expect(office.quiet?.holds(minute: 12 * 60) == false)
    #expect(office.retention.days == [.log: 90])
    #expect(office.alerts.digest == 510)
    #expect(office.steps[.report]?.step == "Bel de griffie.")
  }

  @Test(arguments: [
    ("threshold = 0.5\n\n[quiet]\nfrom = \"22:00\"\nto = 7\n", "p.toml:5: to in [quiet]"),
    ("[[senders]]\nname = \"a\"\n[[senders]]\nwarned = \"2026-05-01\"\n", "p.toml:3: [[senders]] needs a name"),
    ("[[senders]]\nname = \"a\"\n[[senders]]\nname = \"b\"\nwarned = \"mei\"\n", "p.toml:5: warned in [[senders]]"),
    ("# a\n[retention]\nlog = \"90 dagen\"\n", "p.toml:3: log in [retention]"),
    ("[alerts]\nwebhook = \"ftp://x\"\n", "p.toml:2: webhook"), ("[alerts]\nmail = [\"geen\"]", "p.toml:2: geen in"),
    ("[alerts]\ndigest = \"08:00\"", "p.toml:2: digest in [alerts] needs mail"),
    ("[steps.police]\nstep = 4", "p.toml:2: step in [steps.police]"),
    ("[steps]\nnone = 4", "p.toml:2: unknown key \"none\""), ("casebook = 1", "p.toml:1: casebook must be a table"),
    ("[casebook]\nlevel = \"none\"", "p.toml:2: level in [casebook]"),
    ("[burst]\nminutes = 0", "p.toml:2: minutes in [burst] must be a number of minutes, from 1"),
  ])
  func faultsOfAnOfficeNameLineAndKey(text: String, message: String) {
    let error = #expect(throws: PolicyError.self) { try PolicyFile(text, file: "p.toml") }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }
}
