import DutchText
import Foundation
import TestSupport
import Testing

@testable import AbuseLexicon

private let classNames = ["slur", "role", "say", "2p"]

/// A lexicon of these lines.
private func lexicon(_ lines: String...) throws -> Lexicon {
  let classes = classNames.enumerated().map { LexiconClass(name: $0.element, rank: $0.offset, description: "") }
  let entries = try lines.enumerated().map {
    try LexiconFile.entry($0.element, file: "t.tsv", number: $0.offset + 1, classes: Set(classNames))
  }
  return try LexiconCompiler.compile(entries: entries, classes: classes)
}

private func resolve(_ lexicon: Lexicon, _ word: String) -> WordMatch {
  Array(word.utf8).withUnsafeBufferPointer { lexicon.resolve($0, hash: FixedHash.bytes($0)) }
}

private func entry(_ lemma: String, _ inflection: String) throws -> LexiconEntry {
  try LexiconFile.entry("\(lemma)\tslur\t-\t0\t\(inflection)", file: "t.tsv", number: 1, classes: ["slur"])
}

@Suite struct LexiconFileTests {
  @Test func aLineIsRead() throws {
    let entry = try LexiconFile.entry(
      "heks\tslur\tix\t2\tn:en;hex, hekss\tde heks van Oz", file: "a.tsv", number: 7, classes: ["slur"])
    #expect(
      entry
        == LexiconEntry(
          lemma: "heks", className: "slur", categories: "ix", strength: 2, inflection: .noun(plural: "en"),
          extraForms: ["hex", "hekss"], counterExample: "de heks van Oz", file: "a.tsv", line: 7))
  }

  @Test(arguments: [
    ("heks\tslur", "5 or 6 columns"), ("\tslur\t-\t0\t-", "lemma is empty"),
    ("heks\tnone\t-\t0\t-", "not in classes.tsv"),
    ("heks\tslur\tq\t0\t-", "not letters"), ("heks\tslur\ti\t4\t-", "strength 4"),
    ("heks\tslur\ti\tx\t-", "strength x"),
    ("heks\tslur\ti\t1\tq", "inflection q"), ("vieze heks\tslur\ti\t1\t-", "several words need"),
  ])
  func faultsAreNamedWithFileAndLine(line: String, message: String) {
    let error = #expect(throws: LexiconError.self) {
      try LexiconFile.entry(line, file: "a.tsv", number: 3, classes: ["slur"])
    }
    #expect(error?.description.hasPrefix("a.tsv:3: ") == true)
    #expect(error?.description.contains(message) == true)
  }

  @Test func foldersAreCheckedAsAWhole() throws {
    try Places.withFolder { (folder: URL) throws in
      #expect(throws: LexiconError.self) { try LexiconCompiler.compile(directory: folder) }
      try Data("slur\t-\ta\nslur\t-\tb\n".utf8).write(to: folder.appending(path: "classes.tsv"))
      let twice = #expect(throws: LexiconError.self) { try LexiconCompiler.compile(directory: folder) }
      #expect(twice?.line == 2)
      try Data("slur\t-\ta\n".utf8).write(to: folder.appending(path: "classes.tsv"))
      #expect(throws: LexiconError.self) { try LexiconCompiler.compile(directory: folder) }
      try Data([0xFF, 10]).write(to: folder.appending(path: "bad.tsv"))
      let notText = #expect(throws: LexiconError.self) { try LexiconCompiler.compile(directory: folder) }
      #expect(notText?.description.contains("UTF-8") == true)
    }
  }

  @Test func theShippedLexiconCompilesToTheSameBytes() throws {
    let folder = Places.corpora.appending(path: "lexicon")
    let first = try LexiconCompiler.compile(directory: folder)
    #expect(first.formCount > 10_000)
    let bytes = first.encode()
    #expect(try LexiconCompiler.compile(directory: folder).encode() == bytes)
    // The tables stay where the bytes are, which here live as long as the closure.
    let again = try bytes.withUnsafeBytes { try Lexicon(decoding: $0, owner: first).encode() }
    #expect(again == bytes)
    #expect(throws: ByteReader.Truncated.self) {
      try bytes.prefix(bytes.count / 2).withUnsafeBytes { try Lexicon(decoding: $0, owner: first) }
    }
  }
}

@Suite struct InflectionTests {
  @Test(arguments: [
    ("heks", "n:en", ["heks", "heksen", "heksje"]), ("slet", "n:en", ["sletten", "sletje"]),
    ("dief", "n:en", ["dieven", "diefje"]),
    ("muis", "n:en", ["muizen", "muisje"]), ("trut", "n:en", ["trutten", "trutje"]),
    ("aap", "n:en", ["apen", "aapje"]),
    ("slopen", "v", ["slopen", "sloop", "sloopt", "sloopte", "gesloopt"]),
    ("trappen", "v", ["trap", "trapt", "trapte", "getrapt"]),
    ("verrotten", "v", ["verrot"]), ("laf", "a", ["laf", "laffe"]), ("vies", "a", ["vies", "vieze", "viezer"]),
  ])
  func formsFollowDutchSpelling(lemma: String, inflection: String, wanted: [String]) throws {
    let forms = Inflector.forms(of: try entry(lemma, inflection))
    for form in wanted { #expect(forms.contains(form), "\(form) of \(forms)") }
  }
}

@Suite struct ResolverTests {
  @Test func wordsAreFoundAsListedCompoundAndMisspelt() throws {
    let lexicon = try lexicon(
      "hoer\tslur\tix\t3\tn:en", "heks\tslur\tix\t2\tn:en", "gemeenteraad\trole\t-\t0\tn:en", "klimaat\trole\t-\t0\tn",
      "klootzak\tslur\ti\t3\tn:en")
    #expect(resolve(lexicon, "hoeren").source == .listed)
    #expect(resolve(lexicon, "gemeenteraadshoer").source == .compound)
    #expect(resolve(lexicon, "gemeenteraadshoer").strength == 3)
    #expect(resolve(lexicon, "klimaatheks").source == .compound)
    #expect(resolve(lexicon, "klimaatheks").modifierClasses[0] == lexicon.classNumber("role"))
    #expect(resolve(lexicon, "klotzak").source == .fuzzy)
    #expect(resolve(lexicon, "klootzka").source != .listed)
    #expect(resolve(lexicon, "fietshoer").source == .openCompound)
    #expect(resolve(lexicon, "fietspad").source == .unknown)
    #expect(resolve(lexicon, "").source == .unknown)
    #expect(resolve(lexicon, String(repeating: "hoer", count: 50)).source == .unknown)
  }

  @Test func wildcardsStandForHiddenLetters() throws {
    let lexicon = try lexicon("hoer\tslur\tix\t3\tn:en", "klootzak\tslur\ti\t3\tn:en")
    func wildcard(_ form: String) -> WordMatch? {
      Array(form.utf8).withUnsafeBufferPointer { lexicon.resolveWildcard($0) }
    }
    #expect(wildcard("h*er")?.source == .wildcard)
    #expect(wildcard("h*r")?.strength == 3)
    #expect(wildcard("kl*tz*k")?.strength == 3)
    #expect(wildcard("x*er") == nil)
    #expect(wildcard("*") == nil)
    #expect(wildcard("") == nil)
  }

  @Test func wordsThatRunTogetherAreCut() throws {
    let lexicon = try lexicon("hoer\tslur\tix\t3\tn:en", "jij\t2p\t-\t0\t-", "bent\tsay\t-\t0\t-", "een\tsay\t-\t0\t-")
    func segment(_ word: String) -> [String]? {
      let bytes = Array(word.utf8)
      return bytes.withUnsafeBufferPointer { text in
        lexicon.segment(text)?.map { String(decoding: text[$0], as: UTF8.self) }
      }
    }
    #expect(segment("jijbenteenhoer") == ["jij", "bent", "een", "hoer"])
    #expect(segment("jijbentqqeenhoer") == nil)
    #expect(segment("hoer") == nil)
  }

  @Test func patternsAreFoundWithinASentence() throws {
    let lexicon = try lexicon("ga ... dood\tslur\tt\t2\tm", "jij\t2p\t-\t0\t-", "weet waar <2p> woont\tslur\tm\t3\tm")
    func matches(_ sentences: [[String]]) -> [ClosedRange<Int>] {
      var words: [PatternWord] = []
      for (number, sentence) in sentences.enumerated() {
        for word in sentence {
          let hash = FixedHash.string(word)
          let match = resolve(lexicon, word)
          let listed = lexicon.slot(hash)
          words.append(
            PatternWord(
              form: UInt32(truncatingIfNeeded: hash), classes: match.classes, patterns: listed?.patterns ?? 0,
              sentence: UInt32(number)))
        }
      }
      var found: [ClosedRange<Int>] = []
      words.withUnsafeBufferPointer { lexicon.match($0) { found.append($0.first...$0.last) } }
      return found
    }
    #expect(matches([["ga", "dood"]]) == [0...1])
    #expect(matches([["ga", "nu", "eens", "snel", "maar", "dood"]]) == [0...5])
    #expect(matches([["ga", "a", "b", "c", "d", "e", "dood"]]).isEmpty)
    #expect(matches([["ga"], ["dood"]]).isEmpty)
    #expect(matches([["ik", "weet", "waar", "jij", "woont"]]) == [1...4])
  }

  @Test func aPatternNeedsWordsAndKnownClasses() {
    #expect(throws: LexiconError.self) { try lexicon("<2p> <slur>\tslur\ti\t2\tm") }
    #expect(throws: LexiconError.self) { try lexicon("ga <none>\tslur\ti\t2\tm") }
  }
}

@Suite struct HashFilterTests {
  @Test func whatIsThereIsNeverRefusedAndWhatIsNotNearlyAlways() {
    var generator = SeededGenerator(seed: 17)
    let there = (0..<50_000).map { _ in UInt64.random(in: .min ... .max, using: &generator) }
    let filter = HashFilter(there)
    #expect(there.allSatisfy(filter.mayContain))
    let others = (0..<50_000).map { _ in UInt64.random(in: .min ... .max, using: &generator) }
    // 50,000 of 524,288 bits: about one in ten.
    #expect((4_000...5_500).contains(others.count { filter.mayContain($0) }))
    #expect(!others.contains { HashFilter([]).mayContain($0) })
  }

  @Test func aHashInPiecesIsThatOfTheWhole() {
    let word = Array("verkeersdrempel".utf8)
    for cut in 0...word.count {
      #expect(FixedHash.bytes(word[..<cut], word[cut...]) == FixedHash.bytes(word))
    }
    word.withUnsafeBufferPointer { word in
      for skipped in word.indices {
        let left = word.enumerated().filter { $0.offset != skipped }.map(\.element)
        #expect(Fuzzy.hash(word, without: skipped) == FixedHash.bytes(left))
      }
    }
  }
}
