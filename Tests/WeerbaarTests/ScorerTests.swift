import Foundation
import NaiveBayes
import TestSupport
import Testing

@testable import Weerbaar

private let scorer = Result { try Scorer(modelAt: Places.model) }

@Suite struct ScorerTests {
  @Test func evidenceSlicesToItsText() throws {
    let worker = try scorer.get().makeWorker()
    var generator = SeededGenerator(seed: 30)
    var pieces = 0
    for _ in 0..<3_000 {
      let text = RandomText.make(&generator)
      let scalars = Array(text.unicodeScalars)
      let assessment = worker.assess(text)
      #expect(assessment.evidence.count <= 8)
      #expect(assessment.abusive || assessment.severity == 0)
      #expect(!assessment.abusive || assessment.severity > 0)
      if let score = assessment.score { #expect((0...1).contains(score)) }
      for evidence in assessment.evidence {
        pieces += 1
        #expect(evidence.start < evidence.end && evidence.end <= scalars.count)
        var slice = String.UnicodeScalarView()
        slice.append(contentsOf: scalars[evidence.start..<evidence.end])
        #expect(Array(String(slice).utf8) == Array(evidence.text.utf8))
      }
      #expect(zip(assessment.evidence, assessment.evidence.dropFirst()).allSatisfy { $0.weight >= $1.weight })
    }
    #expect(pieces > 100)
  }

  /// A worker remembers nothing that could move a score.
  @Test func theSameTextGetsTheSameAssessment() throws {
    let worker = try scorer.get().makeWorker()
    var generator = SeededGenerator(seed: 31)
    let texts = (0..<200).map { _ in RandomText.make(&generator) }
    let first = texts.map(worker.assess)
    #expect(texts.reversed().map(worker.assess) == first.reversed())
    let other = try scorer.get().makeWorker()
    #expect(texts.map(other.assess) == first)
    #expect(try texts.prefix(20).map(scorer.get().assess) == first.prefix(20).map { $0 })
  }

  /// What is remembered of words must not show, nor that some are too long to be remembered.
  @Test func aWorkerThatHasSeenOtherWordsAssessesAsANewOne() throws {
    let worker = try scorer.get().makeWorker()
    var generator = SeededGenerator(seed: 33)
    let letters = Array("abdeghiklnorstuvwz")
    for _ in 0..<40 {
      let words = (0..<30).map { _ in
        let length = Int.random(in: 3...28, using: &generator)
        return String((0..<length).map { _ in letters.randomElement(using: &generator) ?? "e" })
      }
      _ = worker.assess(words.joined(separator: " "))
    }
    let fresh = try scorer.get().makeWorker()
    for _ in 0..<100 {
      let text = RandomText.make(&generator) + " jij vieze kankerhoer, ik weet waar je woont"
      #expect(worker.assess(text) == fresh.assess(text))
    }
  }

  @Test func plainCasesComeOutAsAnyoneWouldSay() throws {
    let scorer = try scorer.get()
    for text in ["vieze kankerhoer", "ik weet waar je woont en ik maak je af", "ga terug naar je eigen land"] {
      #expect(try scorer.assess(text).abusive, "\(text)")
    }
    for text in [
      "Dank u wel voor uw snelle antwoord.", "De vergadering begint om 2 uur.", "Ik ben het niet eens met dit plan.",
      "",
    ] {
      #expect(try !scorer.assess(text).abusive, "\(text)")
    }
  }

  @Test func anotherLanguageIsNotJudged() throws {
    let assessment = try scorer.get().assess("Это предложение написано по-русски, и о погоде.")
    #expect(assessment.abstained && !assessment.abusive && assessment.score == nil && assessment.language == "und")
    #expect(assessment.level == .none && assessment.evidence.isEmpty)
  }

  @Test func theThresholdDecides() throws {
    let model = try scorer.get().model
    #expect(try Scorer(model: model, threshold: 0).assess("Dank u wel").abusive)
    #expect(try !Scorer(model: model, threshold: 1.1).assess("vieze kankerhoer").abusive)
  }

  @Test func aDamagedModelIsRefused() throws {
    let good = try Data(contentsOf: Places.model)
    try Places.withFolder { (folder: URL) throws in
      let url = folder.appending(path: "m.model")
      func message(_ data: Data) throws -> String {
        try? FileManager.default.removeItem(at: url)
        try data.write(to: url)
        do {
          _ = try Model(contentsOf: url)
          return "opened"
        } catch {
          return "\(error)"
        }
      }
      #expect(try message(good) == "opened")
      #expect(try message(Data()).contains("the model file is empty"))
      #expect(try message(Data("no model".utf8)).contains("no Weerbaar model"))
      #expect(try message(good.dropLast(1)).contains("bytes long"))
      #expect(try message(good + Data([0])).contains("bytes long"))
      for place in [60, good.count / 3, good.count - 1] {
        var bad = good
        bad[bad.startIndex + place] ^= 4
        #expect(try message(bad).contains("SHA-256"))
      }
      var newer = good
      newer[newer.startIndex + 8] = 99
      #expect(try message(newer).contains("format 99"))
    }
    #expect(throws: ModelError.self) { try Model(contentsOf: URL(filePath: "/none/such.model")) }
  }
}
