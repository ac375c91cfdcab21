import Foundation
import Testing
import Weerbaar

@testable import Corpus

private func prediction(
  _ id: Int, abusive: Bool, score: Double, severity: Int? = nil, pair: String? = nil, kind: String = "policy"
) -> Prediction {
  let message = LabelledMessage(
    id: "\(id)", text: "tekst <\(id)>", abusive: abusive, severity: severity ?? (abusive ? 2 : 0),
    categories: abusive ? [.insult] : [], target: abusive ? .recipient : .none, kind: kind, pair: pair)
  return Prediction(
    message: message, score: score, abusive: score >= 0.5, severity: score >= 0.5 ? 2 : 0,
    categories: Weerbaar.Category.allCases.map { $0 == .insult ? score : 0 }, target: score >= 0.5 ? .recipient : .none,
    abstained: false)
}

@Suite struct EvaluationTests {
  @Test func figuresOfAKnownTable() {
    let figures = EvaluationFigures([
      prediction(1, abusive: true, score: 0.9, severity: 3, pair: "a"),
      prediction(2, abusive: false, score: 0.1, pair: "a"),
      prediction(3, abusive: true, score: 0.4, severity: 4, pair: "b"),
      prediction(4, abusive: false, score: 0.2, pair: "b"),
      prediction(5, abusive: false, score: 0.8, kind: "title"),
      prediction(6, abusive: false, score: 0.3, kind: "title"),
    ])
    #expect(figures.precision == 0.5)
    #expect(figures.recall == 0.5)
    #expect(figures.falseAlarmRate == 0.25)
    #expect(figures.seriousRecall == 0.5)
    #expect(figures.pairs == 2)
    #expect(figures.pairsBothRight == 0.5)
    #expect(figures.ordinaryFalseAlarms == 500)
    // At recall 0.85 both abusive messages must be flagged, so the threshold is 0.4 and one of four clean ones is flagged too.
    #expect(abs(figures.inboxPrecision - 0.15 / (0.15 + 0.85 / 4)) < 1e-12)
    #expect(figures.categoryF1["insult"] == 0.5)
    #expect(figures.targetAccuracy == 1)
  }

  @Test func whatIsNotLabelledIsNotCounted() throws {
    let table = "Tekst;Misbruik\n\"Rot op; \"\"trut\"\"\";ja\nDag allemaal;nee\n"
    let messages = try LabelledTable.read(Data(table.utf8), name: "eigen.csv", columns: .init())
    #expect(messages.map(\.text) == ["Rot op; \"trut\"", "Dag allemaal"])
    #expect(messages.map(\.abusive) == [true, false])
    #expect(messages[0].unknown == [.severity, .categories, .target])
    #expect(messages[1].unknown == [])
    #expect(messages[0].contradiction == nil)
    #expect(messages.map(\.id) == ["eigen-1", "eigen-2"])
    #expect(Questions.assessment.asked(messages[0]) == 1)
    let figures = EvaluationFigures(
      messages.map {
        Prediction(
          message: $0, score: $0.abusive ? 0.9 : 0.1, abusive: $0.abusive, severity: 0,
          categories: [Double](repeating: 0, count: 8), target: .none, abstained: false)
      })
    let names = figures.values.map(\.name)
    #expect(!names.contains("targetAccuracy") && !names.contains("categoryMacroF1") && !names.contains("severityKappa"))
    #expect(names.contains("macroF1"))
  }

  @Test func tablesNameWhatIsWrong() {
    func fault(_ table: String, _ columns: LabelledTable.Columns = .init()) -> String? {
      do {
        _ = try LabelledTable.read(Data(table.utf8), name: "t.csv", columns: columns)
        return nil
      } catch { return "\(error)" }
    }
    #expect(
      fault("bericht,datum\na,b\n")
        == "t.csv:1: no column says what is abusive; name it with --label-column, one of \"bericht\", \"datum\"")
    #expect(
      fault("inhoud,misbruik\na,1\n")
        == "t.csv:1: no column holds the text; name it with --text-column, one of \"inhoud\", \"misbruik\"")
    #expect(fault("inhoud,misbruik\na,1\n", .init(text: "inhoud")) == nil)
    #expect(fault("text,abusive\n\"a\nb\",1\nc,misschien\n")?.hasPrefix("t.csv:4: \"misschien\"") == true)
    #expect(fault("text,severity\na,7\n") == "t.csv:2: severity \"7\" is not 0 to 4")
    #expect(fault("text,categories\na,moord\n")?.hasPrefix("t.csv:2: there is no category \"moord\"") == true)
    #expect(fault("text,abusive\n,1\n") == "t.csv:2: the text is missing")
  }

  @Test func columnsOfCategoriesAreRead() throws {
    let table = "text\tinsult\tthreat\tseverity\neen\t1\t0\t2\ntwee\t0\t0\t0\ndrie\t1\t1\t3\n"
    let messages = try LabelledTable.read(Data(table.utf8), name: "t.tsv", columns: .init())
    #expect(messages.map(\.categories) == [[.insult], [], [.insult, .threat]])
    #expect(messages.map(\.abusive) == [true, false, true])
    #expect(messages[0].unknown == [.target])
  }

  /// Reference values of Wilson's interval: 8 of 10 by the formula in Brown, Cai and DasGupta (2001).
  @Test func wilsonsInterval() {
    let interval = Bootstrap.wilson(8, of: 10)
    #expect(abs(interval.low - 0.4901624715) < 1e-9)
    #expect(abs(interval.high - 0.9433178485) < 1e-9)
    #expect(Bootstrap.wilson(0, of: 5).low == 0)
    #expect(Bootstrap.wilson(0, of: 0) == Interval(value: 0, low: 0, high: 1))
  }

  /// The bootstrap's interval of a share is close to the normal one for a large sample, is the same each time, and is wider
  /// where messages come in pairs that are right or wrong together.
  @Test func theBootstrapGivesTheSpreadOfAShare() throws {
    var random = SeededNumbers(state: 11)
    let alone = (0..<2000).map { prediction($0, abusive: true, score: random.next() < 0.7 ? 0.9 : 0.1) }
    let interval = try #require(Bootstrap.intervals(alone, draws: 400).figures["recall"])
    let p = interval.value
    let half = 1.96 * (p * (1 - p) / 2000).squareRoot()
    #expect(abs((interval.high - interval.low) / (2 * half) - 1) < 0.15)
    #expect(Bootstrap.intervals(alone, draws: 50).figures == Bootstrap.intervals(alone, draws: 50).figures)
    let paired = (0..<2000).map { index in
      prediction(index, abusive: true, score: alone[index / 2].score, pair: "\(index / 2)")
    }
    let wider = try #require(Bootstrap.intervals(paired, draws: 400).figures["recall"])
    #expect(wider.high - wider.low > 1.2 * (interval.high - interval.low))
  }

  @Test func reportsSayTheSameInBothLanguages() throws {
    let dutch = try ReportWords(.nl)
    let english = try ReportWords(.en)
    #expect(dutch.keys == english.keys)
    for grouping in EvaluationReport.Grouping.allCases { #expect(dutch.keys.contains("grouping.\(grouping.rawValue)")) }
    for category in Weerbaar.Category.allCases { #expect(dutch.keys.contains("category.\(category.rawValue)")) }
    let predictions = (0..<40).map {
      prediction(
        $0, abusive: $0 % 2 == 0, score: Double($0) / 40, severity: $0 % 2 == 0 ? 3 : 0, pair: "\($0 / 2)",
        kind: $0 % 4 == 1 ? "title" : "policy")
    }
    let report = EvaluationReport(
      predictions, model: "m", source: "s", threshold: 0.5, grouping: .kind, errors: 3, draws: 20)
    for (name, _) in report.figures.values { #expect(dutch.keys.contains("figure.\(name)")) }
    #expect(report.groups.map(\.name) == ["policy", "title"])
    #expect(report.misses.map(\.id) == ["0", "2", "4"])
    #expect(report.falseAlarms.map(\.id) == ["39", "37", "35"])
    #expect(report.severityConfusion[3] == [10, 0, 10, 0, 0])
    let page = EvaluationPage(report, words: dutch).html()
    #expect(page.contains("tekst &lt;39&gt;") && !page.contains("tekst <39>"))
    #expect(page.contains("<html lang=\"nl\">") && page.contains("0,500"))
    let text = EvaluationText(report, words: english).text(errors: false)
    #expect(!text.contains("tekst"))
    #expect(EvaluationText(report, words: english).text(errors: true).contains("tekst <39>"))
    // A key without words would be printed as itself.
    for key in english.keys where key.contains(".") { #expect(!page.contains(key) && !text.contains(key)) }
  }

  @Test func ownMaterialIsSplitAsStrictlyAsItCan() {
    func messages(_ writers: [String], _ batches: [String]) -> [LabelledMessage] {
      (0..<30).map {
        LabelledMessage(
          id: "\($0)", text: "t", abusive: false, severity: 0, categories: [], target: .none,
          batch: batches[$0 % batches.count], writer: writers[$0 % writers.count], pair: $0 < 4 ? "p\($0 / 2)" : nil)
      }
    }
    #expect(ModelTraining.Split.strictest(for: messages(["a", "b", "c"], ["x"]), folds: 3) == .writers)
    #expect(ModelTraining.Split.strictest(for: messages(["a"], ["x", "y", "z"]), folds: 3) == .batches)
    let one = messages(["a"], ["x"])
    #expect(ModelTraining.Split.strictest(for: one, folds: 3) == .blocks)
    let blocks = ModelTraining.Split.blocks.groups(one)
    #expect(Set(blocks).count == 10)
    #expect(blocks[2] == blocks[3])
  }
}

/// Numbers from 0 to 1, the same on every machine.
private struct SeededNumbers {
  var state: UInt64
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 33) / Double(1 << 31)
  }
}

@Suite struct FairnessTests {
  private static let corpora = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "corpora")

  @Test func copiesChangeOneWordAndNothingElse() throws {
    let counterfactuals = try #require(try Counterfactuals(Self.corpora))
    let message = LabelledMessage(
      id: "1", text: "Alle Turken liegen, zei Jan. Turken!", abusive: true, severity: 2, categories: [.discrimination],
      target: .group, writer: "w")
    let copies = counterfactuals.copies(of: message, copies: 4, seed: 3)
    #expect(copies.count == 4)
    for copy in copies {
      let words = copy.text.split(separator: " ")
      #expect(words[0] == "Alle" && words[2] == "liegen," && words[3] == "zei")
      #expect(words[1] != "Turken")
      #expect(words[5] == words[1] + "!")
      #expect(copy.abusive && copy.categories == [.discrimination] && copy.writer == "w")
    }
    #expect(counterfactuals.copies(of: message, copies: 4, seed: 3).map(\.text) == copies.map(\.text))
    var other = message
    other.text = "De raad komt donderdag bijeen"
    #expect(counterfactuals.copies(of: other, copies: 4, seed: 3).isEmpty)
  }

  /// Only the word changes, so the score should not: at most 0.05 in the mean. Neutral sentences are held to what the model
  /// in the repository reaches; a better model lowers the bound.
  @Test func namesAndGroupsHardlyMoveTheScore() throws {
    let scorer = try Scorer(modelAt: Self.corpora.appending(path: "../models/weerbaar-nl.model").standardizedFileURL)
    let report = try BiasReport(Self.corpora.appending(path: "bias"), scorer: scorer)
    #expect(report.meanDifference <= 0.05)
    #expect(Set(report.rows.map(\.dimension)).isSuperset(of: ["name", "gender", "origin", "religion", "party"]))
    #expect(report.rows.reduce(0) { $0 + $1.neutral } > 400)
    #expect(report.flagged.count <= 9, "\(report.flagged)")
  }
}
