/// Tells the language of a text by its commonest words and its scripts. Made to answer one question well: is this
/// something else than Dutch?
///
/// Short texts, names, street language and texts that mix Dutch with other words count as Dutch.
public struct LanguageIdentifier: Sendable {
  private let names: [String]
  /// For the hash of a folded word, the languages in which it is common.
  private let languages: [UInt64: UInt32]

  /// The tables that come with the program, loaded once.
  public static let standard = LanguageIdentifier()

  /// Loads the tables that come with the program.
  public init() {
    var names: [String] = []
    var languages: [UInt64: UInt32] = [:]
    var table = ScalarTable()
    for line in String(decoding: PackageResources.languages_tsv, as: UTF8.self).split(separator: "\n")
    where !line.hasPrefix("#") {
      let columns = line.split(separator: "\t")
      guard columns.count == 2 else { continue }
      for word in columns[1].split(separator: " ") {
        var folded: [UInt8] = []
        for scalar in word.unicodeScalars {
          let entry = table.entry(scalar.value)
          if scalar.isASCII {
            folded.append(contentsOf: String(scalar).lowercased().utf8)
          } else {
            folded.append(contentsOf: table.pool[Int(entry.offset)..<Int(entry.offset) + Int(entry.length)])
          }
        }
        languages[FixedHash.bytes(folded), default: 0] |= 1 << UInt32(names.count)
      }
      names.append(String(columns[0]))
    }
    self.names = names
    self.languages = languages
  }

  /// The languages in which the word with a hash is common, as bits; bit 0 is Dutch.
  package func languages(of hash: UInt64) -> UInt32 { languages[hash] ?? 0 }

  /// The language of the text last analyzed: "nl", the code of another language, or "und" where nothing can be told
  /// (no letters, or a script that no language here is written in).
  ///
  /// - Parameter isKnownDutch: whether a word (by the hash of its folded form) is Dutch by another source.
  public func identify(_ analyzer: TextAnalyzer, isKnownDutch: (UInt64) -> Bool) -> String {
    var tally = LanguageTally()
    let bytes = analyzer.foldedBuffer
    for token in analyzer.tokenBuffer where token.kind == .word {
      let hash = FixedHash.bytes(bytes[Int(token.foldedStart)..<Int(token.foldedEnd)])
      let found = languages(of: hash)
      tally.add(languages: found, isKnownDutch: found == 0 && isKnownDutch(hash))
    }
    return language(tally, letters: analyzer.letterCount, foreignLetters: analyzer.foreignLetterCount)
  }

  /// The language that a tally of words comes to.
  package func language(_ tally: LanguageTally, letters: Int, foreignLetters: Int) -> String {
    guard letters > 0 else { return "und" }
    if foreignLetters * 5 > letters * 3, tally.dutch * 2 < tally.words || tally.words == 0 { return "und" }
    guard tally.words >= 3, tally.hasOther else { return "nl" }
    var best = 1
    for language in 1..<names.count where tally.counts[language] > tally.counts[best] { best = language }
    let count = tally.counts[best]
    let isOther = count >= 1.5 && count > Float(tally.words) * 0.18 && count > Float(tally.dutch) * 0.9
    return isOther ? names[best] : "nl"
  }
}

/// How many words of a text are common in which language.
package struct LanguageTally {
  fileprivate var words = 0
  fileprivate var dutch = 0
  fileprivate var hasOther = false
  fileprivate var counts = SIMD32<Float>(repeating: 0)

  package init() {}

  /// Counts a word.
  ///
  /// - Parameters:
  ///   - languages: from ``LanguageIdentifier/languages(of:)``.
  ///   - isKnownDutch: whether another source has it as Dutch. A word that is common in another language proves nothing
  ///     by standing in a Dutch list too.
  @inline(__always)
  package mutating func add(languages: UInt32, isKnownDutch: Bool) {
    words += 1
    if languages & 1 == 1 || (languages == 0 && isKnownDutch) { dutch += 1 }
    guard languages > 1 else { return }
    hasOther = true
    let share = languages & 1 == 1 ? 0.25 : 1 / Float(languages.nonzeroBitCount)
    var rest = languages & ~1
    while rest != 0 {
      counts[rest.trailingZeroBitCount] += share
      rest &= rest - 1
    }
  }
}
