import Foundation
import TestSupport
import Testing

@testable import Research

@Suite struct SamplingTests {
  private func sample(in folder: URL, change: (inout LabellingSampleOptions) -> Void = { _ in }) throws -> StudyOutput {
    let maker = MessageMaker(messages: 3000, persons: 30, seed: 5)
    var bytes: [UInt8] = []
    maker.lines { bytes += $0 }
    let lines = folder.appending(path: "m.ndjson")
    try Data(bytes).write(to: lines)
    let roster = folder.appending(path: "r.csv")
    try Data(maker.roster().utf8).write(to: roster)
    var options = LabellingSampleOptions(
      inputs: [lines.path], roster: roster.path, strata: ["gender"], version: "test")
    options.size = 200
    change(&options)
    return try LabellingSample(options).draw { _ in }
  }

  private func table(_ output: StudyOutput, _ path: String) throws -> DataTable {
    try DataTable(Array(try #require(output.content(path)).utf8), file: path)
  }

  @Test func codersSeeTheSameItemsBlindAndInTheirOwnOrder() throws {
    try Places.withFolder { folder in
      let output = try sample(in: folder)
      let first = try table(output, "coder-1.csv")
      let second = try table(output, "coder-2.csv")
      #expect(first.header == ["item", "text", "abusive", "severity", "note"])
      #expect(first.rows.count == 200)
      #expect(Set(first.rows.map { $0[0] }) == Set(second.rows.map { $0[0] }))
      #expect(first.rows.map { $0[0] } != second.rows.map { $0[0] })
      for path in ["coder-1.csv", "coder-1.ndjson"] {
        let content = try #require(output.content(path))
        #expect(!content.contains("score") && !content.contains("\"id\"") && !content.contains("gen_"))
      }
      let again = try sample(in: folder)
      for (a, b) in zip(output.files, again.files) { #expect(a.content == b.content, "\(a.path)") }
      // Half of it for both coders: the rest is dealt out.
      let half = try sample(in: folder) { $0.doubleCoded = 0.5 }
      let a = Set(try table(half, "coder-1.csv").rows.map { $0[0] })
      let b = Set(try table(half, "coder-2.csv").rows.map { $0[0] })
      #expect(a.intersection(b).count == 100 && a.union(b).count == 200)
    }
  }

  /// Weighted by one over their chances, the drawn stand for all.
  @Test func chancesAreThoseOfTheDraw() throws {
    try Places.withFolder { folder in
      let key = try table(try sample(in: folder), "key.csv")
      let probability = try key.column("probability")
      let total = key.rows.reduce(0) { $0 + 1 / (Double($1[probability]) ?? .nan) }
      #expect(isClose(total, 3000, 1e-6))
      #expect(Set(key.rows.map { $0[1] }).count == 200)
      let bands = Set(key.rows.map { $0[2] })
      #expect(bands.count == 10)
    }
  }

  @Test func agreementAndLabelsComeFromWhatCodersFilledIn() throws {
    try Places.withFolder { folder in
      let output = try sample(in: folder)
      try output.write(to: folder.appending(path: "out").path)
      let key = try table(output, "key.csv")
      func fill(_ name: String, _ judge: (Int) -> Int) throws -> String {
        let text = "item,abusive,severity\n" + key.rows.map { "\($0[0]),\(judge(Int($0[0]) ?? 0)),0\n" }.joined()
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
      }
      let first = try fill("1.csv") { $0 % 2 }
      let second = try fill("2.csv") { $0 <= 10 ? 1 - $0 % 2 : $0 % 2 }
      var options = LabelAgreementOptions(
        coders: [first, second], key: folder.appending(path: "out/key.csv").path, version: "test")
      options.draws = 200
      let found = try LabelAgreement(options).run()
      let labels = try table(found, "labels.csv")
      #expect(labels.rows.count == 200)
      #expect(labels.rows.count { $0[1].isEmpty } == 10)
      #expect(try table(found, "disagreements.csv").rows.map { $0[0] } == (1...10).map(String.init))
      let agreement = try table(found, "tables/agreement.csv")
      let kappa = try #require(agreement.rows.first { $0[2] == "Cohen's kappa" })
      #expect(isClose(Double(kappa[3]), 0.9, 0.01))
      options.decisions = try fill("d.csv") { _ in 1 }
      let decided = try table(try LabelAgreement(options).run(), "labels.csv")
      #expect(decided.rows.allSatisfy { $0[1] == "1" })
      let wrong = folder.appending(path: "w.csv")
      try Data("item,abusive\n3,misschien\n".utf8).write(to: wrong)
      options.coders = [first, wrong.path]
      options.decisions = nil
      #expect(throws: Research.Failure.self) { try LabelAgreement(options).run() }
    }
  }

  @Test func aTextThatLooksLikeAFormulaIsNone() throws {
    try Places.withFolder { folder in
      let roster = folder.appending(path: "r.csv")
      try Data("id,handles,gender\n1,@a,v\n".utf8).write(to: roster)
      let file = folder.appending(path: "m.ndjson")
      let line =
        "{\"id\":\"1\",\"text\":\"=HYPERLINK(1)\",\"recipient\":{\"handle\":\"@a\"},\"assessment\":{\"abusive\":false,\"score\":0.1,\"severity\":0}}\n"
      try Data((line + line.replacing("\"id\":\"1\",", with: "")).utf8).write(to: file)
      var said: [String] = []
      let options = LabellingSampleOptions(
        inputs: [file.path], roster: roster.path, strata: ["gender"], version: "test")
      let output = try LabellingSample(options).draw { said.append($0) }
      #expect(output.content("coder-1.csv")?.contains("\n1,'=HYPERLINK(1),") == true)
      #expect(said == ["1 messages without an id cannot be drawn"])
    }
  }
}
