/// Tells the language of a text by its commonest words and its scripts. Made to answer one question well: is this
/// something else than Dutch?
///
/// Short texts, names, street language and texts that mix Dutch with other words count as Dutch.
public struct LanguageIdentifier: Sendable {
  private let names: [String]
  /// For the hash of a folded word, the languages in which it is common.
  private let languages: [UInt64: UInt32]

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

  /// The language of the text last analyzed: "nl", the code of another language, or "und" where nothing can be told
  /// (no letters, or a script that no language here is written in).
  ///
  /// - Parameter isKnownDutch: whether a word (by the hash of its folded form) is Dutch by another source.
  public func identify(_ analyzer: TextAnalyzer, isKnownDutch: (UInt64) -> Bool) -> String {
    guard analyzer.letterCount > 0 else { return "und" }
    var words = 0
    var dutch = 0
    var counts = SIMD32<Float>(repeating: 0)
    analyzer.folded.withUnsafeBufferPointer { bytes in
      for token in analyzer.tokens where token.kind == .word {
        words += 1
        let hash = FixedHash.bytes(bytes[Int(token.foldedStart)..<Int(token.foldedEnd)])
        let found = languages[hash] ?? 0
        // A word that is common in another language proves nothing by standing in a Dutch list too.
        if found & 1 == 1 || (found == 0 && isKnownDutch(hash)) { dutch += 1 }
        guard found != 0 else { continue }
        let share = found & 1 == 1 ? 0.25 : 1 / Float(found.nonzeroBitCount)
        for language in 1..<names.count where found >> UInt32(language) & 1 == 1 { counts[language] += share }
      }
    }
    if analyzer.foreignLetterCount * 5 > analyzer.letterCount * 3, dutch * 2 < words || words == 0 { return "und" }
    guard words >= 3 else { return "nl" }
    var best = 1
    for language in 1..<names.count where counts[language] > counts[best] { best = language }
    let isOther = counts[best] >= 1.5 && counts[best] > Float(words) * 0.18 && counts[best] > Float(dutch) * 0.9
    return isOther ? names[best] : "nl"
  }
}
