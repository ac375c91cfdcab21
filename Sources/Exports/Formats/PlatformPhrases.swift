/// What a platform itself writes among people's messages; the words are in `Resources/`, by the language of the account.
struct PlatformPhrases {
  static let whatsApp = PlatformPhrases(PackageResources.whatsapp_phrases_tsv)
  static let meta = PlatformPhrases(PackageResources.meta_phrases_tsv)
  static let telegram = PlatformPhrases(PackageResources.telegram_phrases_tsv)

  private struct Pattern {
    let parts: [String]
    let anchoredStart: Bool
    let anchoredEnd: Bool

    init(_ text: String) {
      parts = text.split(separator: "*").map(String.init)
      anchoredStart = !text.hasPrefix("*")
      anchoredEnd = !text.hasSuffix("*")
    }

    func matches(_ text: String) -> Bool {
      var rest = text[...]
      for (index, part) in parts.enumerated() {
        if index == 0, anchoredStart {
          guard rest.hasPrefix(part) else { return false }
          rest = rest.dropFirst(part.count)
        } else if index == parts.count - 1, anchoredEnd {
          return rest.hasSuffix(part)
        } else {
          guard let found = rest.range(of: part) else { return false }
          rest = rest[found.upperBound...]
        }
      }
      return !anchoredEnd || rest.isEmpty
    }

    /// What stands for the one asterisk, with the letters of `original`, which is as long as the folded text.
    func capture(_ folded: String, _ original: String) -> String? {
      guard matches(folded) else { return nil }
      let before = anchoredStart ? (parts.first?.count ?? 0) : 0
      let after = anchoredEnd ? (parts.last?.count ?? 0) : 0
      guard original.count >= before + after else { return nil }
      return String(original.dropFirst(before).dropLast(after))
    }
  }

  private let patterns: [String: [Pattern]]

  private init(_ table: [UInt8]) {
    var made: [String: [Pattern]] = [:]
    for row in TextTable.rows(table) where row.count >= 2 {
      made[row[0], default: []].append(Pattern(row[1]))
    }
    patterns = made
  }

  /// Without marks of direction and white space at the ends.
  static func strip(_ text: some StringProtocol) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x200E, 0x200F, 0x202A...0x202E, 0xFEFF: continue
      case 0xA0, 0x202F: scalars.append(" ")
      default: scalars.append(scalar)
      }
    }
    var stripped = Substring(String(scalars))
    while let first = stripped.first, first == " " { stripped = stripped.dropFirst() }
    while let last = stripped.last, last == " " { stripped = stripped.dropLast() }
    return String(stripped)
  }

  private static func folded(_ text: String) -> String {
    var lowered = text.lowercased()
    if lowered.hasSuffix(".") { lowered.removeLast() }
    if lowered.hasSuffix(".>") { lowered = String(lowered.dropLast(2)) + ">" }
    return lowered
  }

  /// Whether a text is one of the phrases of a kind.
  func matches(_ kind: String, _ text: String) -> Bool {
    guard text.utf8.count < 600 else { return false }
    let folded = PlatformPhrases.folded(text)
    return patterns[kind]?.contains { $0.matches(folded) } == true
  }

  /// What stands for the asterisk of a phrase.
  func capture(_ kind: String, _ text: String) -> String? {
    guard text.utf8.count < 600 else { return nil }
    let lowered = text.lowercased()
    guard lowered.count == text.count else { return nil }
    for pattern in patterns[kind] ?? [] { if let found = pattern.capture(lowered, text) { return found } }
    return nil
  }

  /// A text without the phrase of a kind at its end; nil where it does not end so.
  func removing(_ kind: String, from text: String) -> String? {
    guard let open = text.lastIndex(of: "<"), matches(kind, PlatformPhrases.strip(text[open...])) else { return nil }
    return PlatformPhrases.strip(text[..<open])
  }
}
