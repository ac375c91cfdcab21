import Foundation
import TestSupport
import Testing

@testable import Research

@Suite struct SurveyTests {
  private let codebook = """
    [survey]
    weight = "w"
    wave = "jaar"
    missing = ["", "9"]
    [variables.g]
    values = [{ code = "1", label = "man" }, { code = "2", label = "vrouw" }, { code = "3", label = "anders" }]
    [variables.u]
    values = [{ code = "0", label = "nee" }, { code = "1", label = "ja" }]
    [variables.leeftijd]
    kind = "number"
    [[outcomes]]
    name = "u"
    variable = "u"
    yes = ["1"]
    [compare]
    groups = ["g"]
    reference = { g = "1" }
    [[models]]
    outcome = "u"
    variables = ["g", "leeftijd"]
    """

  private func analysis(_ csv: String, _ text: String? = nil) throws -> SurveyAnalysis {
    let book = try Codebook(text ?? codebook, file: "c.toml")
    return SurveyAnalysis(
      try SurveyData(DataTable(Array(csv.utf8), file: "d.csv"), book), minimum: 5, level: 0.95)
  }

  private func failure(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  private func data(
    women: Int = 40, men: Int = 60, other: Int = 0, yes: (Int, Int) -> Bool = { _, row in row % 3 == 0 }
  )
    -> String
  {
    var out = "g,u,leeftijd,w,jaar\n"
    for (gender, count) in [(1, men), (2, women), (3, other)] {
      for row in 0..<count {
        out += "\(gender),\(yes(gender, row) ? 1 : 0),\(20 + row % 50),\(row % 4 == 0 ? 2 : 1),\(2020 + row % 2)\n"
      }
    }
    return out
  }

  @Test(arguments: [1, 2, 77] as [UInt64]) func generatedDataHaveThePublishedMarginals(seed: UInt64) throws {
    let table = try DataTable(Array(SurveyMaker(seed: seed).csv().utf8), file: "s")
    #expect(table.rows.count == 3033)
    func column(_ name: String) throws -> [String] {
      let place = try table.column(name)
      return table.rows.map { $0[place] }
    }
    let gender = try column("geslacht")
    let online = try column("online_agressie")
    let weight = try column("gewicht").map { Double($0) ?? .nan }
    #expect(gender.count { $0 == "1" } == 2175)
    #expect(gender.count { $0 == "2" } == 857)
    #expect(gender.count { $0 == "3" } == 1)
    let expected: [(String, String, [String: Int])] = [
      ("online_agressie", "1", ["1": 36, "2": 47]), ("aantal", "3", ["1": 22, "2": 33]),
      ("gevolgen", "1", ["1": 49, "2": 55]), ("stoppen", "1", ["1": 8, "2": 11]),
    ]
    for (name, code, shares) in expected {
      let values = try column(name)
      for (who, percent) in shares {
        let rows = gender.indices.filter { gender[$0] == who && (name == "online_agressie" || online[$0] == "1") }
        let plain = Double(rows.count { values[$0] == code }) / Double(rows.count)
        let total = rows.reduce(0) { $0 + weight[$1] }
        let weighted = rows.reduce(0) { $0 + (values[$1] == code ? weight[$1] : 0) } / total
        #expect(Int((plain * 100).rounded()) == percent, "\(name) \(who)")
        #expect(isClose(weighted, plain, 1e-9), "\(name) \(who)")
      }
    }
  }

  @Test func theShippedDataAreThoseOfTheirSeed() throws {
    let file = Places.root.appending(path: "examples/research/survey.csv")
    #expect(try String(contentsOf: file, encoding: .utf8) == SurveyMaker(seed: 1).csv())
  }

  @Test func theExampleGivesThePublishedFiguresInOrder() throws {
    let folder = Places.root.appending(path: "examples/research")
    let options = SurveyStudyOptions(
      data: folder.appending(path: "survey.csv").path, codebook: folder.appending(path: "codebook.toml").path,
      version: "test")
    let output = try SurveyStudy(options).run()
    #expect(
      output.summary == [
        "Respondenten: 3.033 (gepubliceerd 3.033)", "Mannen: 2.175 (gepubliceerd 2.175)",
        "Vrouwen: 857 (gepubliceerd 857)", "Anders: 1 (gepubliceerd 1)",
        "Ondervond online agressie, vrouwen: 47 % (gepubliceerd 47 %)",
        "Ondervond online agressie, mannen: 36 % (gepubliceerd 36 %)",
        "Drie of meer incidenten, vrouwen: 33 % (gepubliceerd 33 %)",
        "Drie of meer incidenten, mannen: 22 % (gepubliceerd 22 %)",
        "Negatieve gevolgen, vrouwen: 55 % (gepubliceerd 55 %)", "Negatieve gevolgen, mannen: 49 % (gepubliceerd 49 %)",
        "Overwoog te stoppen, vrouwen: 11 % (gepubliceerd 11 %)", "Overwoog te stoppen, mannen: 8 % (gepubliceerd 8 %)",
      ])
    let page = try #require(output.content("report.html"))
    #expect(page.contains("Dit zijn gegenereerde gegevens."))
    // Women's odds are still higher with controls.
    let models = try DataTable(Array(try #require(output.content("tables/models.csv")).utf8), file: "models")
    let row = try #require(
      models.rows.first {
        $0[0] == "online" && $0[1] == "adjusted" && $0[2] == "geslacht=vrouwen" && $0[3] == "odds ratio"
      })
    #expect((Double(row[try models.column("lower")]) ?? 0) > 1)
    // The one respondent of another gender is in no figure.
    let shares = try #require(output.content("tables/shares.csv"))
    #expect(!shares.contains("other"))
    #expect(shares.contains("online,geslacht,all,yes,1186,count,,,,3032"))
    let again = try SurveyStudy(options).run()
    for (a, b) in zip(output.files, again.files) { #expect(a.content == b.content, "\(a.path)") }
  }

  @Test func smallCellsAreWithheldWithTheirComplements() throws {
    // Three men say yes: with the total, the women's number would give it away.
    let found = try analysis(data { gender, row in gender == 1 ? row < 3 : row % 2 == 0 }).comparisons()
    #expect(found.count == 1)
    #expect(found[0].levels.allSatisfy { $0.isWithheld })
    #expect(found[0].differences[0].weighted.reason == .suppressed)
    #expect(found[0].weighted.result.reason == .suppressed)
    // Three respondents of another gender are left out everywhere.
    let few = try analysis(data(other: 3))
    #expect(few.leftOut == 3)
    #expect(few.comparisons()[0].all.n == 100)
  }

  @Test func trendsGoOverWaves() throws {
    let trends = try analysis(data { gender, row in row % 2 == 1 ? row % 3 != 0 : row % 3 == 0 }).trends()
    #expect(trends.count == 1)
    #expect(trends[0].waves.map(\.wave) == ["2020", "2021"])
    #expect((trends[0].slope.value?.estimate ?? 0) > 0)
  }

  @Test func missingValuesSeparationAndConstantsAreSaid() throws {
    // All women say yes: the coefficient has no finite estimate.
    let separated = try analysis(data { gender, row in gender == 2 || row % 3 == 0 }).models(.en)
    #expect(separated.allSatisfy { $0.fit.reason == .separation(["g=vrouw"]) })
    let constant = try analysis(data { _, _ in true }).models(.en)
    #expect(constant.allSatisfy { $0.fit.reason == .constantOutcome })
    var lines = data().split(separator: "\n").map(String.init)
    lines[1] = "1,9,20,1,2020"
    lines[2] = "1,1,,1,2020"
    let missing = try analysis(lines.joined(separator: "\n"))
    #expect(missing.comparisons()[0].all.n == 99)
    #expect(missing.models(.en).last?.missing == 1)
  }

  @Test func whatIsWrongIsNamedWithItsPlace() throws {
    let good = data()
    #expect(
      failure { _ = try analysis(good.replacing("\n1,1,20", with: "\n7,1,20")) }.hasPrefix("d.csv:2: g is \"7\""))
    #expect(
      failure { _ = try analysis(good.replacing("\n1,1,20", with: "\n1,1,oud")) }.hasPrefix(
        "d.csv:2: leeftijd is \"oud\""))
    #expect(failure { _ = try analysis("g,u,leeftijd,w,jaar\n1,1,20,-1,2020\n") }.hasPrefix("d.csv:2: the weight"))
    #expect(failure { _ = try analysis("g,u,w,jaar\n1,1,1,2020\n") }.contains("no column \"leeftijd\""))
    for (from, to, said) in [
      ("variable = \"u\"", "variable = \"x\"", "names the variable \"x\""),
      ("yes = [\"1\"]", "yes = [\"5\"]", "no code of"),
      ("groups = [\"g\"]", "groups = [\"leeftijd\"]", "needs a category"), ("wave =", "golf =", "unknown key \"golf\""),
      ("[compare]", "[compare", "not valid TOML"), ("outcome = \"u\"", "outcome = \"v\"", "no outcome"),
      ("yes = [\"1\"]", "yes = [\"1\"]\namong = \"u\"", "in a circle"),
    ] {
      #expect(failure { _ = try analysis(good, codebook.replacing(from, with: to)) }.contains(said), "\(said)")
    }
  }
}
