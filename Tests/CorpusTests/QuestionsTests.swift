import Foundation
import TestSupport
import Testing
import Weerbaar

@testable import Corpus

@Suite struct QuestionsTests {
  private func groups(_ text: String) throws -> KindGroups? {
    try Places.withFolder { (folder: URL) throws in
      try text.write(to: folder.appending(path: "kinds.tsv"), atomically: true, encoding: .utf8)
      return try KindGroups(folder)
    }
  }

  private func message(
    _ kind: String, severity: Int = 0, categories: [Weerbaar.Category] = [], target: Target = .none,
    unknown: LabelledMessage.Unknown = []
  ) -> LabelledMessage {
    LabelledMessage(
      id: "1", text: "x", abusive: severity > 0, severity: severity, categories: categories, target: target,
      kind: kind, unknown: unknown)
  }

  @Test func theAssessmentAsksForSeverityAndTheScoresForKinds() throws {
    let kinds = try #require(try groups("# remark\nreport\t3\tnews report\nbanter\t1\tbanter\n"))
    let threat = message("veiled", severity: 3, categories: [.threat], target: .person)
    let category = 1 << UInt16(Lane.firstCategory + Weerbaar.Category.threat.index) as UInt16
    #expect(Questions.assessment.answers(threat) == 1 | category | 0b011 << 9 | 1 << 12)
    #expect(Questions.scores(kinds).answers(threat) == 1 | category | 1 << 14)
    #expect(Questions.assessment.asked(threat) == 0x3FFF)
    // Two groups: the other three places ask nothing.
    #expect(Questions.scores(kinds).asked(threat) == 0b1100_0111_1111_1111)
    let news = message("news")
    #expect(Questions.assessment.answers(news) == 0)
    #expect(Questions.scores(kinds).answers(news) == 1 << 9)
    #expect(Questions.scores(kinds).answers(message("banter")) == 1 << 10)
    #expect(Questions.scores(kinds).asked(news) == 0b0000_0111_1111_1111)
    // Without a kind nothing is known of the groups.
    #expect(Questions.scores(kinds).asked(message("")) == 0b0000_0001_1111_1111)
    let bare = message("veiled", severity: 2, target: .group, unknown: [.severity, .categories, .target])
    #expect(Questions.assessment.asked(bare) == 1)
    #expect(Questions.scores(kinds).asked(bare) == 0b0000_0110_0000_0001)
  }

  @Test func cleanMessagesOfAGroupHaveItsWeight() throws {
    let kinds = try #require(try groups("report\t3\tnews report\nbanter\t0.5\tbanter\n"))
    #expect(kinds.names == ["report", "banter"])
    #expect(kinds.weight(of: message("report")) == 3)
    #expect(kinds.weight(of: message("banter")) == 0.5)
    #expect(kinds.weight(of: message("chat")) == 1)
    #expect(kinds.weight(of: message("report", severity: 1)) == 1)
  }

  @Test(arguments: [
    ("report news", 1, "tabs"), ("report\t3", 1, "tabs"), ("a\t1\tx\na\t1\ty", 2, "another"),
    ("a\t1\tx\n\nb\t0\ty", 3, "weight 0"), ("a\tnan\tx", 1, "weight nan"), ("a\t1\t", 1, "no kinds"),
    ("a\t1\tx y\nb\t1\tz y", 2, "kind y stands twice"),
    ("a\t1\ta\nb\t1\tb\nc\t1\tc\nd\t1\td\ne\t1\te\nf\t1\tf", 6, "room for 5"),
  ])
  func faultsAreNamedWithTheirLine(text: String, line: Int, part: String) throws {
    let error = try #require(throws: CorpusError.self) { try groups(text) }
    #expect(error.file == "kinds.tsv")
    #expect(error.line == line)
    #expect(error.message.contains(part), "\(error)")
  }

  @Test func aFolderWithoutTheFileHasNoGroups() throws {
    try Places.withFolder { (folder: URL) throws in #expect(try KindGroups(folder) == nil) }
  }

  /// Every kind of `corpora/kinds.tsv` occurs in the corpus, mostly in clean messages, and few messages ask for little.
  @Test func theKindsOfTheCorpusExist() throws {
    let kinds = try #require(try KindGroups(checkout.appending(path: "corpora")))
    #expect(kinds.names.count == 5)
    var clean: [String: Int] = [:]
    var all: [String: Int] = [:]
    for message in try CorpusReader.read(checkout.appending(path: "corpora/messages")) {
      all[message.kind, default: 0] += 1
      if !message.abusive { clean[message.kind, default: 0] += 1 }
    }
    for kind in kinds.kinds {
      #expect(all[kind, default: 0] > 0, "\(kind)")
      #expect(clean[kind, default: 0] * 10 >= all[kind, default: 0] * 9, "\(kind)")
    }
  }
}
