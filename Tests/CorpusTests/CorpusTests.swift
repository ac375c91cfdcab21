import Foundation
import Testing
import Weerbaar

@testable import Corpus

/// The checkout that the tests stand in.
let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

private func message(_ id: String, _ text: String, abusive: Bool = false, pair: String? = nil) -> LabelledMessage {
  LabelledMessage(
    id: id, text: text, abusive: abusive, severity: abusive ? 2 : 0, categories: abusive ? [.insult] : [],
    target: abusive ? .recipient : .none, batch: "t", writer: "t", pair: pair)
}

@Suite struct CorpusTests {
  @Test func theCorpusIsSound() throws {
    let report = CorpusReport(try CorpusReader.read(checkout.appending(path: "corpora/messages")))
    #expect(report.faults == [])
    #expect(report.statistics.messages >= 25_000)
    #expect(report.statistics.hardNegatives >= 8_000)
    #expect(report.statistics.ordinary >= 5_000)
    #expect(report.statistics.pairs >= 3_000)
    #expect(report.statistics.abusive.messages * 100 >= report.statistics.messages * 35)
  }

  @Test func nearDuplicatesAreFound() {
    let found = NearDuplicates.find([
      message("1", "de burgemeester heeft gisteren de nieuwe brug over het kanaal geopend"),
      message("2", "iedereen weet dat de burgemeester heeft gisteren de nieuwe brug over moest"),
      message("3", "gisteren geopend door burgemeester: nieuwe brug kanaal"),
      message("4", "de kat ligt in de zon"),
    ])
    #expect(found.map(\.second) == ["2", "3"])
  }

  @Test func pairsMayBeAlike() {
    let found = NearDuplicates.find([
      message("1", "ze moeten dat oude viaduct morgen slopen", pair: "p"),
      message("2", "ze moeten dat oude wijf morgen slopen", abusive: true, pair: "p"),
    ])
    #expect(found.isEmpty)
  }

  @Test func contradictionsAreNamed() {
    var wrong = message("1", "tekst", abusive: true)
    wrong.categories = []
    #expect(CorpusReport([wrong]).faults == ["1: abusive and categories contradict each other"])
    #expect(CorpusReport([message("1", "a b c"), message("1", "d e f")]).faults == ["1: the id stands twice"])
    #expect(
      CorpusReport([message("1", "a b c", pair: "p")]).faults == [
        "pair p: want one abusive and one clean message, found 1"
      ])
  }

  /// No functionality may do worse than the floor noted beside the cases; a better model raises the floors.
  @Test func functionalitiesKeepTheirFloors() throws {
    let folder = checkout.appending(path: "corpora/functional")
    let scorer = try Scorer(modelAt: checkout.appending(path: "models/weerbaar-nl.model"))
    let predictions = try Evaluator.predict(CorpusReader.read(folder), with: scorer)
    let groups = GroupFigures.by(predictions) { [$0.functionality ?? ""] }
    #expect(groups.count >= 40)
    var floors: [String: Int] = [:]
    for line in try String(contentsOf: folder.appending(path: "floors.tsv"), encoding: .utf8).split(separator: "\n")
    where !line.hasPrefix("#") {
      let columns = line.split(separator: "\t")
      floors[String(columns[0])] = Int(columns[1])
    }
    for group in groups {
      #expect(group.messages >= 25)
      let floor = try #require(floors[group.name])
      #expect(group.right >= floor, "\(group.name): \(group.right) of \(group.messages) right, the floor is \(floor)")
    }
  }

  /// Plain newspaper sentences, of which a person would have flagged none; a better model lowers the bound.
  @Test func plainNewspaperTextIsSeldomFlagged() throws {
    let scorer = try Scorer(modelAt: checkout.appending(path: "models/weerbaar-nl.model"))
    let sentences = try CorpusReader.read(checkout.appending(path: "corpora/newspaper"))
    #expect(sentences.count == 1000)
    let flagged = try Evaluator.predict(sentences, with: scorer).filter(\.abusive).map(\.message.text)
    #expect(flagged.count <= 2, "\(flagged)")
  }

  @Test func trainingGivesTheSameBytesOnAnyNumberOfThreads() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "corpus-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let messages = folder.appending(path: "messages")
    try FileManager.default.createDirectory(at: messages, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: checkout.appending(path: "corpora/lexicon"), to: folder.appending(path: "lexicon"))
    for batch in ["aa-1", "ga-1"] {
      let lines = try String(
        contentsOf: checkout.appending(path: "corpora/messages/\(batch).ndjson"), encoding: .utf8
      ).split(separator: "\n").prefix(40).joined(separator: "\n")
      try lines.write(to: messages.appending(path: "\(batch).ndjson"), atomically: true, encoding: .utf8)
    }
    func file(jobs: Int) throws -> [UInt8] {
      var plan = TrainingPlan(featureLimit: 5_000, folds: 2, jobs: jobs)
      plan.options.epochs = 2
      plan.options.laterEpochs = 1
      return try ModelBuilder.build(TrainingMaterial([folder]), plan: plan).file
    }
    let first = try file(jobs: 1)
    #expect(first.count > 100_000)
    #expect(try file(jobs: 2) == first)
  }

  @Test func figuresOfMerit() {
    var counts = Metrics.Counts()
    for (predicted, actual) in [(true, true), (true, false), (false, true), (false, false), (false, false)] {
      counts.add(predicted: predicted, actual: actual)
    }
    #expect(counts.precision == 0.5)
    #expect(counts.recall == 0.5)
    #expect(abs(counts.macroF1 - (0.5 + 2.0 / 3) / 2) < 1e-12)
    #expect(Metrics.weightedKappa([0, 1, 2, 3], [0, 1, 2, 3], largest: 4) == 1)
    #expect(abs(Metrics.calibrationError([0.9, 0.9], [true, false]) - 0.4) < 1e-12)
    #expect(Metrics.watchfulThreshold([0.9, 0.8, 0.2, 0.1], [true, true, false, false], loss: 0) == 0.5)
    #expect(Metrics.watchfulThreshold([0.9, 0.8, 0.2, 0.1], [true, true, false, false], loss: 0.3) < 0.16)
    #expect(Metrics.bestThreshold([0.9, 0.8, 0.2, 0.1], [true, true, false, false]) { $0.f1 } == 0.5)
  }
}

@Suite struct LexiconReportTests {
  /// Each counter-example is a sentence in which its entry is innocent. Where the lexicon alone flags it, the entry is
  /// stronger than it should be, or an idiom that takes it back is missing.
  @Test func theLexiconIsSound() throws {
    let report = try LexiconReport(checkout.appending(path: "corpora/lexicon"), messages: [])
    #expect(report.faults == [])
    #expect(report.entries >= 12_000)
    #expect(report.counterExamples > 2_500)
  }

  @Test func faultsAreNamed() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lexicon-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    func write(_ name: String, _ text: String) throws {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    try write("classes.tsv", "slur\tslur\ta slur\nplant\tplant\ta plant\n2p\t-\tyou\n")
    try write("several.tsv", "roos\tslur,plant\n")
    try write(
      "words.tsv",
      """
      jij\t2p\t-\t0\t-
      trut\tslur\ti\t3\t-\tjij bent een trut
      doos\tslur\ti\t1\t-\tjij pakt de doos
      doos\tplant\t-\t0\t-
      tak\tplant\t-\t0\t-
      tak\tplant\t-\t0\t-

      """)
    let report = try LexiconReport(
      folder, messages: [message("1", "jij trut, kijk die doos", abusive: true), message("2", "een doos met iets")])
    #expect(
      report.faults == [
        "words.tsv:4: doos stands in plant, slur; remove all but one, or name them in several.tsv",
        "words.tsv:6: tak stands twice in one class; remove one",
        "several.tsv: roos is not in the lexicon; remove its line",
        "words.tsv:2: the lexicon alone flags the counter-example of trut: jij bent een trut; lower its strength, or add "
          + "the idiom that takes it back",
      ])
    #expect(report.abusiveWords.all == 5 && report.abusiveWords.known == 3)
    #expect(report.cleanWords.all == 4 && report.cleanWords.known == 1)
    #expect(report.alone.truePositive == 1 && report.alone.trueNegative == 1)
    #expect(report.classes.map(\.entries) == [2, 3, 1])
  }
}
