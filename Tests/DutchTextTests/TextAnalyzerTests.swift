import Foundation
import TestSupport
import Testing

@testable import DutchText

/// The tokens of a text: form and kind.
private func tokens(_ text: String) throws -> [(form: String, kind: Token.Kind)] {
  let analyzer = try TextAnalyzer()
  analyzer.analyze(text)
  return analyzer.tokens.map { (analyzer.form(of: $0), $0.kind) }
}

private func forms(_ text: String) throws -> [String] { try tokens(text).map(\.form) }

/// The readings of a text: form and kind.
private func readings(_ text: String) throws -> [(form: String, kind: Reading.Kind)] {
  let analyzer = try TextAnalyzer()
  analyzer.analyze(text)
  return analyzer.readings.map { (analyzer.form(of: $0), $0.kind) }
}

@Suite struct OffsetTests {
  /// Whatever the text, tokens lie inside it and in order, and the slice of the text that a token names folds to a text
  /// that holds the token's form. Tokens share a scalar only where that one scalar folds to several words.
  @Test func offsetsHoldForRandomTexts() throws {
    let analyzer = try TextAnalyzer()
    let second = try TextAnalyzer()
    var generator = SeededGenerator(seed: 20)
    func fault(_ text: String) -> String? {
      let scalars = Array(text.unicodeScalars)
      analyzer.analyze(text)
      if analyzer.scalarCount != scalars.count { return "counts \(analyzer.scalarCount) scalars" }
      var last: Token?
      for token in analyzer.tokens {
        let start = Int(token.start)
        let end = Int(token.end)
        guard start < end, end <= scalars.count else { return "\(token) lies outside" }
        guard token.foldedStart < token.foldedEnd else { return "\(token) is empty" }
        if let last {
          guard token.sentence >= last.sentence, end >= Int(last.end) else { return "\(token) is out of order" }
          let isShared =
            start == Int(last.end) - 1 && String(scalars[start]).decomposedStringWithCompatibilityMapping.count > 1
          guard start >= Int(last.end) || isShared else { return "\(token) overlaps \(last)" }
        }
        last = token
        var slice = String.UnicodeScalarView()
        slice.append(contentsOf: scalars[start..<end])
        second.analyze(String(slice))
        let whole = second.tokens.map(second.form(of:)).joined()
        if !Array(whole.utf8).contains(Array(analyzer.form(of: token).utf8)) {
          return "\(analyzer.form(of: token)) is not in \(whole)"
        }
      }
      for reading in analyzer.readings {
        guard reading.firstToken <= reading.lastToken, Int(reading.lastToken) < analyzer.tokens.count,
          Int(reading.foldedEnd) <= analyzer.folded.count,
          String(validating: analyzer.folded[Int(reading.foldedStart)..<Int(reading.foldedEnd)], as: UTF8.self) != nil
        else { return "\(reading) is broken" }
      }
      return nil
    }
    var faults: [String] = []
    for _ in 0..<10_000 {
      let text = RandomText.make(&generator)
      if let fault = fault(text) { faults.append("\(text.debugDescription): \(fault)") }
    }
    #expect(faults.prefix(5) == [])
  }

  @Test func anAnalyzerForgetsTheTextBefore() throws {
    let used = try TextAnalyzer()
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<300 {
      let text = RandomText.make(&generator)
      used.analyze(text)
      let fresh = try TextAnalyzer()
      fresh.analyze(text)
      #expect(used.tokens == fresh.tokens)
      #expect(used.readings == fresh.readings)
      #expect(used.folded == fresh.folded)
      #expect(used.sentenceCount == fresh.sentenceCount)
    }
  }

  @Test func emojiAndMarksCountAsTheScalarsTheyAre() throws {
    let analyzer = try TextAnalyzer()
    analyzer.analyze("👩‍👩‍👧 e\u{301}én hoer 🇳🇱")
    let found = analyzer.tokens.map { [$0.start, $0.end] }
    #expect(found == [[0, 5], [6, 10], [11, 15], [16, 18]])
  }
}

@Suite struct SegmentationTests {
  /// The path for ASCII must cut exactly where ICU cuts; the at sign, on which releases of ICU differ, stands alone.
  @Test func theFastPathEqualsICU() throws {
    let segmenter = try WordSegmenter()
    var generator = SeededGenerator(seed: 22)
    var faults: [String] = []
    for _ in 0..<10_000 {
      let bytes = Array(RandomText.makeASCII(&generator).utf8.filter { $0 != 32 }).map {
        $0 &- 65 < 26 ? $0 | 32 : $0
      }
      bytes.withUnsafeBufferPointer { text in
        var fast: [Int] = []
        while (fast.last ?? 0) < text.count {
          fast.append(segmenter.asciiBoundary(in: text, from: fast.last ?? 0, to: text.count))
        }
        let exact = segmenter.icuBoundaries(in: text).filter { $0 > 0 }
        if fast != exact {
          faults.append("\(String(decoding: text, as: UTF8.self).debugDescription): \(fast), ICU \(exact)")
        }
      }
    }
    #expect(faults.prefix(5) == [])
  }

  @Test func sentencesEqualICUs() throws {
    let icu = try ICU.BreakIterator(.sentence)
    var generator = SeededGenerator(seed: 23)
    let pieces = [
      "Hallo", "wereld", "drs", "2", "3,5", ".", "...", "!", "?", " ", " ", "\n", "\"", ")", "é", "Ik", "U", "u", ";",
      ",", "…", "\u{301}",
    ]
    var faults: [String] = []
    for _ in 0..<5_000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...14, using: &generator) { text += pieces.randomElement(using: &generator) ?? "" }
      let units = Array(text.utf16)
      let values = text.unicodeScalars.map { UInt8(clamping: ICU.sentenceBreak($0.value)) }
      var buffer = PlainBuffer<UInt32>()
      values.withUnsafeBufferPointer { SentenceSegmenter.boundaries(of: $0, into: &buffer) }
      let ends = Array(buffer.values)
      // Every piece is in the basic plane, so that scalars and UTF-16 units count alike.
      let exact = try icu.boundaries(in: units)
      if ends.map(Int.init) != exact { faults.append("\(text.debugDescription): \(ends), ICU \(exact)") }
    }
    #expect(faults.prefix(5) == [])
  }

  /// An at sign is cut off on the path for other scripts as on that for ASCII.
  @Test func anAtSignStandsAlone() throws {
    #expect(try forms("a@b") == ["a", "@", "b"])
    #expect(try forms("漢a@b") == ["漢", "a", "@", "b"])
  }

  /// The short path for words of letters gives what the general path gives.
  @Test func plainWordsAreReadAsAnyOthers() throws {
    let analyzer = try TextAnalyzer()
    let general = try TextAnalyzer()
    var generator = SeededGenerator(seed: 26)
    let words = [
      "Ja", "NEE", "jaaaa", "vvuuiill", "xd", "xD", "www.", "de", "hoer", "http:", "IK",
    ]
    let ends = ["", "", ".", ",", "!", "?!", "...", ":", ";", "!!!"]
    for _ in 0..<1_000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        text += (words.randomElement(using: &generator) ?? "") + (ends.randomElement(using: &generator) ?? "")
        text += [" ", "  ", "\n"].randomElement(using: &generator) ?? ""
      }
      analyzer.analyze(text)
      // An invisible character at the end of each word keeps it from the short path and changes nothing else.
      let other = text.replacing(" ", with: "\u{E0001} ").replacing("\n", with: "\u{E0001}\n")
      general.analyze(other)
      func account(_ analyzer: TextAnalyzer) -> [String] {
        analyzer.tokens.map { "\(analyzer.form(of: $0)) \($0.kind) \($0.flags.rawValue & 31) \($0.sentence)" }
          + analyzer.readings.map { "\(analyzer.form(of: $0)) \($0.kind) \($0.firstToken)" }
      }
      #expect(account(analyzer) == account(general), "\(text.debugDescription)")
    }
  }

  @Test func thingsStayWhole() throws {
    let found = try tokens("@raadslid_1 zei: #StemZeWeg via https://example.org/a?b=1, mail a.b@example.org :-) 👍🏽!")
    #expect(
      found.map(\.form) == [
        "@raadslid_1", "zei", ":", "#stemzeweg", "via", "https://example.org/a?b=1", ",", "mail", "a.b@example.org",
        ":-)", "👍", "!",
      ])
    #expect(
      found.map(\.kind) == [
        .mention, .word, .symbol, .hashtag, .word, .url, .symbol, .word, .email, .emoticon, .emoji, .symbol,
      ])
  }

  @Test func privateDataIsKnownByItsForm() throws {
    let found = try tokens("Bel 06-12345678 of +31 6 12345678, kenteken AB-123-C, 1234 AB Utrecht, in 2024 al 3 keer")
    #expect(
      found.filter { [.phone, .plate, .postcode].contains($0.kind) }.map(\.kind) == [.phone, .phone, .plate, .postcode])
  }

  @Test func foldingIsOne() throws {
    #expect(
      try forms("ÉÉN Coördinatie ＨＯＥＲ 𝐡𝐨𝐞𝐫 Straße ﬁets") == ["een", "coordinatie", "hoer", "hoer", "strasse", "fiets"])
    #expect(try forms("hоеr hο\u{435}r h\u{200B}oe\u{AD}r") == ["hoer", "hoer", "hoer"])
    let analyzer = try TextAnalyzer()
    analyzer.analyze("hоer hoer h\u{200B}oer")
    #expect(analyzer.tokens.map { $0.flags.contains(.mixedScript) } == [true, false, true])
  }
}

@Suite struct DisguiseTests {
  @Test(arguments: [
    ("kl*tzak", "kl*tzak", Reading.Kind.wildcard), ("h o e r", "hoer", .spaced), ("h.o.e.r", "hoer", .spaced),
    ("h-o-e-r", "hoer", .spaced), ("kl00tzak", "klootzak", .substitution), ("kl@@tzak", "klaatzak", .substitution),
    ("hoeeeeer", "hoer", .elongation), ("#KlimaatHeks", "klimaatheks", .hashtag), ("h03r", "hoer", .substitution),
  ])
  func disguisesAreUndone(text: String, form: String, kind: Reading.Kind) throws {
    for around in [text, "jij \(text) daar", "\(text)!"] {
      #expect(try readings(around).contains { $0.form == form && $0.kind == kind }, "\(around)")
    }
  }

  /// What only looks like a disguise keeps its plain tokens, and no reading takes their place.
  @Test(arguments: [
    ("om 2 uur", ["om", "2", "uur"]), ("3D en H2O", ["3d", "en", "h2o"]), ("a.u.b. komen", ["a.u.b", ".", "komen"]),
    ("de 2e keer", ["de", "2e", "keer"]), ("A12 afgesloten", ["a12", "afgesloten"]), ("20u30", ["20u30"]),
  ])
  func plainTokensSurvive(text: String, plain: [String]) throws {
    #expect(try forms(text) == plain)
  }

  @Test(arguments: [
    "om 2 uur", "3D", "H2O", "de 2e keer", "A12", "in 2024", "50% meer", "10-12 jaar", "zo'n", "'s avonds",
  ])
  func noReadingWhereNothingIsHidden(text: String) throws {
    #expect(try readings(text).isEmpty)
  }

  @Test func readingsStandBesideTheTokensNeverInsteadOfThem() throws {
    var generator = SeededGenerator(seed: 24)
    let analyzer = try TextAnalyzer()
    for _ in 0..<2_000 {
      analyzer.analyze(RandomText.make(&generator))
      for reading in analyzer.readings {
        let first = analyzer.tokens[Int(reading.firstToken)]
        let last = analyzer.tokens[Int(reading.lastToken)]
        #expect(first.foldedStart <= last.foldedStart)
        #expect(reading.foldedStart >= last.foldedEnd)
      }
    }
  }
}

@Suite struct LanguageTests {
  @Test(arguments: [
    ("Wij vinden dat de gemeente dit beter had moeten regelen voor de bewoners.", "nl"),
    ("I think that the city should have done this much better for the people who live there.", "en"),
    ("Ich finde, dass die Stadt das für die Menschen viel besser hätte machen sollen.", "de"),
    ("Je pense que la ville aurait dû faire cela beaucoup mieux pour les habitants.", "fr"),
    ("ga weg", "nl"), ("🙏🙏", "und"), ("12345", "und"), ("", "und"), ("Это предложение написано по-русски", "und"),
  ])
  func languagesAreTold(text: String, language: String) throws {
    let analyzer = try TextAnalyzer()
    analyzer.analyze(text)
    #expect(LanguageIdentifier().identify(analyzer) { _ in false } == language)
  }
}
