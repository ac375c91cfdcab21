import Messages
import Testing
import Weerbaar

@testable import Inbox

/// Finds abuse by one word, so that these tests need no model.
private struct WordAssessor: TextAssessor {
  func assess(_ text: String) -> Assessment {
    var severity = 0
    for (word, value) in [("sufferd", 1), ("rotwijf", 2), ("bedreig", 3), ("vermoord", 4)] where text.contains(word) {
      severity = max(severity, value)
    }
    var categories = CategoryScores()
    if severity > 0 { categories[severity > 2 ? .threat : .insult] = 0.9 }
    var evidence: [Evidence] = []
    if severity > 0 {
      let scalars = Array(text.unicodeScalars)
      evidence = [
        Evidence(
          category: .insult, start: 0, end: min(4, scalars.count),
          text: String(String.UnicodeScalarView(scalars.prefix(4))), weight: 1)
      ]
    }
    return Assessment(
      abusive: severity > 0, score: severity > 0 ? 0.9 : 0.1, severity: severity,
      level: Level(rawValue: severity) ?? .none,
      categories: categories, target: severity > 0 ? .recipient : .none, language: "nl", evidence: evidence,
      model: "test")
  }
}

private func message(
  _ text: String, _ time: String = "2024-03-01T10:00:00Z", from author: String = "Bert",
  _ direction: Message.Direction? = .incoming,
  platform: Message.Platform = .facebook, conversation: String = "c", file: String = "f", id: String? = nil
) -> Message {
  Message(
    id: id, text: text, time: time, platform: platform, channel: .dm, direction: direction, author: Party(name: author),
    conversation: conversation, source: Source(file: file, locator: "1", sha256: "00"))
}

private func analyse(_ messages: [Message], _ change: (inout InboxAnalysis.Options) -> Void = { _ in }) throws
  -> InboxResult
{
  var options = InboxAnalysis.Options()
  change(&options)
  let analysis = try InboxAnalysis(options: options, makeAssessor: { WordAssessor() })
  for message in messages { try analysis.add(message) }
  return try analysis.finish()
}

@Suite struct AnalysisTests {
  @Test func countsAndSorts() throws {
    let result = try analyse([
      message("dag", "2024-03-01T09:00:00Z"), message("sufferd", "2024-03-01T10:00:00Z"),
      message("ik vermoord je", "2024-03-02T10:00:00Z"),
      message("sufferd weer", "2024-03-02T11:00:00Z"), message("rotwijf", "2024-03-02T12:00:00Z", from: "Klaas"),
      message("sufferd zelf", "2024-03-02T13:00:00Z", from: "Ik", .outgoing),
    ])
    #expect(result.messages == 6 && result.assessed == 5 && result.outgoing == 1 && result.flagged == 4)
    #expect(result.levels == [1, 2, 1, 0, 1])
    #expect(result.worst.map(\.message.text) == ["ik vermoord je", "rotwijf", "sufferd", "sufferd weer"])
    #expect(result.senders.map(\.shown) == ["Bert", "Klaas"])
    #expect(result.repeatOffenders.map(\.shown) == ["Bert"])
    #expect(result.busiestDays(1).first?.day == "2024-03-02")
    #expect(
      result.worst[0].context.map(\.message.text) == ["dag", "sufferd", "sufferd weer", "rotwijf", "sufferd zelf"])
    #expect(result.first == "2024-03-01T09:00:00Z" && result.last == "2024-03-02T13:00:00Z")
  }

  @Test func outgoingIsAssessedWhenAsked() throws {
    let messages = [message("sufferd", from: "Ik", .outgoing)]
    #expect(try analyse(messages).flagged == 0)
    #expect(try analyse(messages) { $0.includesOutgoing = true }.flagged == 1)
  }

  @Test func threadsDoNotChangeTheResult() throws {
    let messages = (0..<5000).map {
      message($0 % 97 == 0 ? "rotwijf \($0)" : "dag \($0)", "2024-03-01T10:00:00Z", from: "A\($0 % 13)")
    }
    let one = try analyse(messages) { $0.jobs = 1 }
    let four = try analyse(messages) { $0.jobs = 4 }
    #expect(one.worst.map(\.number) == four.worst.map(\.number))
    #expect(one.senders.map(\.shown) == four.senders.map(\.shown))
  }

  @Test func onlyTheWorstAreKept() throws {
    let messages = (0..<500).map { message($0 % 50 == 0 ? "vermoord \($0)" : "sufferd \($0)") }
    let result = try analyse(messages) { $0.kept = 20 }
    #expect(result.flagged == 500)
    #expect(result.worst.count == 20)
    #expect(result.worst.prefix(10).allSatisfy { $0.assessment.level == .urgent })
  }
}

@Suite struct DeduplicatorTests {
  private func unique(_ messages: [Message]) -> [String] {
    var deduplicator = Deduplicator()
    var out: [String] = []
    for message in messages { deduplicator.add(message) { out.append($0.text) } }
    deduplicator.finish { out.append($0.text) }
    return out
  }

  @Test func sameMessageOfTwoExportsCountsOnce() {
    #expect(
      unique([message("a", file: "1"), message("b", file: "1"), message("a", file: "2"), message("c", file: "2")]) == [
        "a", "b", "c",
      ])
  }

  @Test func whoWritesTwiceIsCountedTwice() {
    #expect(
      unique([
        message("ja", file: "1"), message("ja", file: "1"), message("ja", file: "2"), message("ja", file: "2"),
        message("ja", file: "2"),
      ]).count == 3)
  }

  @Test func worldwideNumbersDecide() {
    let messages = [
      message("a", file: "1", id: "7").with(.x), message("a, anders geschreven", file: "2", id: "7").with(.x),
      message("a", file: "2", id: "8").with(.x),
    ]
    #expect(unique(messages) == ["a", "a"])
  }

  @Test func bothSidesOfAWhatsAppChatAreOne() {
    let hers = (0..<10).map {
      message("bericht \($0)", "2024-03-01T10:0\($0):00+01:00", from: $0 % 2 == 0 ? "Jan buurman" : "Ik", file: "hers")
        .with(.whatsapp)
    }
    let his = (0..<10).map {
      message("bericht \($0)", "2024-03-01T10:0\($0):33+01:00", from: $0 % 2 == 0 ? "Jan" : "Fatima raad", file: "his")
        .with(.whatsapp)
    }
    #expect(unique(hers + his).count == 10)
    let other = (0..<10).map {
      message($0 == 3 ? "bericht 3" : "iets anders \($0)", "2024-03-01T10:0\($0):00+01:00", file: "other").with(
        .whatsapp)
    }
    #expect(unique(hers + other).count == 20)
  }
}

extension Message {
  fileprivate func with(_ platform: Platform) -> Message {
    var copy = self
    copy.platform = platform
    return copy
  }
}

@Suite struct OutputTests {
  private func sample() throws -> InboxResult {
    try analyse([
      message("dag <b>mevrouw</b>"),
      message("ik vermoord je & \"morgen\" </p><script>alert(1)</script>", from: "Bert \u{202E}<i>"),
      message("sufferd"), message("rotwijf"), message("sufferd"), message("gewoon"),
    ])
  }

  @Test func summaryFitsTheScreen() throws {
    let steps = try NextSteps.standard()
    var result = try sample()
    for size in [(60, 24), (80, 24), (80, 30), (120, 50)] {
      let text = TerminalSummary(columns: size.0, rows: size.1).text(result, steps)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      #expect(lines.count <= size.1 + 6)
      #expect(lines.allSatisfy { $0.count <= size.0 })
    }
    result.flagged = 0
    #expect(TerminalSummary().text(result, steps).contains("Geen bericht viel op"))
  }

  @Test func summaryTellsWhatMatters() throws {
    let text = TerminalSummary(columns: 100, rows: 50).text(try sample(), try NextSteps.standard())
    for word in ["6 berichten", "spoed", "112", "bedreiging", "[ik v]ermoord", "285 Sr", "een mens beslist"] {
      #expect(text.contains(word))
    }
  }

  @Test func pageIsSafeAndWhole() throws {
    let page = HTMLReport(try sample(), steps: try NextSteps.standard(), account: HTMLReport.Account()).html()
    #expect(page.contains("<html lang=\"nl\">"))
    #expect(!page.contains("<script>alert"))
    #expect(page.contains("&lt;script&gt;alert(1)"))
    #expect(!page.contains("\u{202E}"))
    #expect(!page.contains("http://") && !page.contains("src=") && !page.contains("@import") && !page.contains("url("))
    #expect(page.contains("aria-hidden=\"true\"><mark>ik v</mark>ermoord"))
    #expect(page.contains("een mens beslist"))
    // Abusive texts around a message are veiled as well.
    #expect(page.ranges(of: "<div class=\"veil closed\">").count > 4)
    // Every element that is opened is closed.
    for element in [
      "section", "table", "article", "details", "ol", "ul", "dl", "div", "p", "tr", "td", "th", "span", "mark",
    ] {
      let opened = page.ranges(of: "<\(element)>").count + page.ranges(of: "<\(element) ").count
      #expect(opened == page.ranges(of: "</\(element)>").count, "\(element)")
    }
  }

  @Test func everyLevelHasAStep() throws {
    let steps = try NextSteps.standard()
    for level in Level.allCases { #expect(!steps[level].step.isEmpty) }
    var categories = CategoryScores()
    categories[.doxing] = 0.9
    let doxing = Assessment(
      abusive: true, score: 1, severity: 3, level: .police, categories: categories, target: .recipient, language: "nl",
      evidence: [], model: "m")
    #expect(steps.articles(for: doxing, repeated: false).map(\.id) == ["285d"])
    categories = CategoryScores()
    categories[.intimidation] = 0.9
    let watching = Assessment(
      abusive: true, score: 1, severity: 2, level: .report, categories: categories, target: .recipient, language: "nl",
      evidence: [], model: "m")
    #expect(steps.articles(for: watching, repeated: false).isEmpty)
    #expect(steps.articles(for: watching, repeated: true).map(\.id) == ["285b"])
  }

  @Test func tableFieldsAreQuotedAndNoFormulas() {
    var out: [UInt8] = []
    MessageFiles.appendRow(message("=HYPERLINK(\"x\")\nregel", conversation: "a,b"), nil, to: &out)
    let row = String(decoding: out, as: UTF8.self)
    #expect(row.contains("\"'=HYPERLINK(\"\"x\"\")\nregel\""))
    #expect(row.contains("\"a,b\""))
  }
}

@Suite struct AnonymizerTests {
  @Test func peopleGetStablePseudonyms() throws {
    let anonymizer = try Anonymizer { $0.name == "Fatima de Groot" }
    let first = message("Dag Klaas Bakker, bel 06-12345678 of mail k@b.nl", from: "Bert Jansen")
    let second = message(
      "Bert zegt: Kerkstraat 12, 1234 AB, auto 12-ABC-3, zie https://x.nl @bert99", from: "Klaas Bakker")
    let own = message("Dag Bert, groet van Fatima", from: "Fatima de Groot", .outgoing)
    for message in [first, second, own] { anonymizer.learn(message) }
    let (one, _) = anonymizer.anonymize(first, nil)
    let (two, _) = anonymizer.anonymize(second, nil)
    let (three, _) = anonymizer.anonymize(own, nil)
    #expect(one.author?.name == "persoon-1" && two.author?.name == "persoon-2")
    #expect(one.text == "Dag persoon-2, bel [telefoonnummer] of mail [e-mailadres]")
    #expect(two.text.hasPrefix("persoon-1 zegt: [adres], [postcode], auto [kenteken], zie [link] @naam-"))
    #expect(three.author?.name == "Fatima de Groot" && three.text == "Dag persoon-1, groet van Fatima")
    #expect(one.source?.sha256 == nil)
  }

  @Test func keysGiveTheSamePseudonymsLater() throws {
    let first = try Anonymizer(key: [1, 2, 3])
    let second = try Anonymizer(key: [1, 2, 3])
    _ = second.pseudonym(Party(name: "Eerder"), .x)
    #expect(first.pseudonym(Party(handle: "bert"), .x) == second.pseudonym(Party(handle: "Bert"), .x))
    #expect(try Anonymizer(key: [4]).pseudonym(Party(handle: "bert"), .x) != first.pseudonym(Party(handle: "bert"), .x))
  }

  @Test func evidenceMovesWithTheText() throws {
    let anonymizer = try Anonymizer()
    let text = message("Klaas Bakker is een sufferd 😀 bel 06-12345678 dan", from: "Klaas Bakker")
    anonymizer.learn(text)
    let scalars = Array(text.text.unicodeScalars)
    let start = try #require(
      (0..<scalars.count).first { String(String.UnicodeScalarView(scalars[$0...])).hasPrefix("sufferd") })
    let evidence = Evidence(category: .insult, start: start, end: start + 7, text: "sufferd", weight: 1)
    let assessment = Assessment(
      abusive: true, score: 1, severity: 1, level: .log, categories: CategoryScores(), target: .recipient,
      language: "nl",
      evidence: [evidence, Evidence(category: .insult, start: 0, end: 5, text: "Klaas", weight: 1)], model: "m")
    let (message, moved) = anonymizer.anonymize(text, assessment)
    let found = try #require(moved)
    let masked = Array(message.text.unicodeScalars)
    for evidence in found.evidence {
      #expect(String(String.UnicodeScalarView(masked[evidence.start..<evidence.end])) == evidence.text)
    }
    #expect(found.evidence[0].text == "sufferd")
  }
}
