/// What the analyzer must know of one Unicode scalar, filled from ICU page by page as scalars turn up.
///
/// A page holds 256 scalars. Looking a scalar up costs two array reads; the first scalar of a page costs about 0.2 ms.
struct ScalarTable {
  struct Properties: OptionSet {
    let rawValue: UInt8
    static let whiteSpace = Properties(rawValue: 1)
    static let pictograph = Properties(rawValue: 2)
    static let regionalIndicator = Properties(rawValue: 4)
    static let letter = Properties(rawValue: 8)
    static let uppercase = Properties(rawValue: 16)
    /// A letter of a script other than Latin.
    static let foreignLetter = Properties(rawValue: 32)
    /// Skin-tone modifiers, variation selectors and tags: part of an emoji sequence, but without meaning here.
    static let emojiTail = Properties(rawValue: 64)
  }

  struct Entry {
    /// Where the folded UTF-8 bytes stand in the pool, and how many there are.
    var offset: UInt32 = 0
    var length: UInt8 = 0
    var properties: Properties = []
    var sentenceBreak: UInt8 = 0
  }

  private var pageOf = [Int16](repeating: -1, count: 0x1100)
  private var entries: [Entry] = []
  private(set) var pool: [UInt8] = []
  private let lookalikes: [UInt32: [UInt8]]

  init() {
    lookalikes = LookalikeTable.standard
    pool.reserveCapacity(1 << 14)
    pool.append(contentsOf: 0..<128)
  }

  /// The entry of a scalar. Amortised O(1).
  mutating func entry(_ scalar: UInt32) -> Entry {
    let page = pageOf[Int(scalar >> 8)]
    if page >= 0 { return entries[Int(page) << 8 | Int(scalar & 255)] }
    return fill(scalar)
  }

  private mutating func fill(_ scalar: UInt32) -> Entry {
    let page = scalar >> 8
    pageOf[Int(page)] = Int16(entries.count >> 8)
    for low in 0..<UInt32(256) { entries.append(makeEntry(page << 8 | low)) }
    return entries[entries.count - 256 + Int(scalar & 255)]
  }

  private mutating func makeEntry(_ scalar: UInt32) -> Entry {
    var entry = Entry()
    entry.sentenceBreak = UInt8(clamping: ICU.sentenceBreak(scalar))
    entry.properties = ScalarTable.properties(scalar)
    let folded = fold(scalar)
    entry.offset = UInt32(pool.count)
    entry.length = UInt8(clamping: folded.count)
    pool.append(contentsOf: folded.prefix(255))
    return entry
  }

  private static func properties(_ scalar: UInt32) -> Properties {
    var found: Properties = []
    if ICU.isWhiteSpace(scalar) { found.insert(.whiteSpace) }
    if ICU.isAlphabetic(scalar) {
      found.insert(.letter)
      // USCRIPT_COMMON, USCRIPT_INHERITED and USCRIPT_LATIN are 0, 1 and 25.
      let script = ICU.script(scalar)
      if script > 1, script != 25 { found.insert(.foreignLetter) }
    }
    if ICU.isUppercase(scalar) { found.insert(.uppercase) }
    if (0x1F1E6...0x1F1FF).contains(scalar) {
      found.insert(.regionalIndicator)
    } else if (0x1F3FB...0x1F3FF).contains(scalar) || scalar == 0xFE0F || (0xE0020...0xE007F).contains(scalar) {
      found.insert(.emojiTail)
    } else if scalar > 0xFF, ICU.isExtendedPictographic(scalar), scalar != 0x2122 {
      found.insert(.pictograph)
    }
    return found
  }

  /// NFKC case folding, then decomposition without the marks, then look-alike letters to Latin.
  private func fold(_ scalar: UInt32) -> [UInt8] {
    if let known = lookalikes[scalar] { return known }
    guard let unicode = Unicode.Scalar(scalar) else { return [] }
    let units = Array(String(Character(unicode)).utf16)
    let folded: [UInt16]
    do {
      folded = try ICU.decompose(ICU.nfkcCaseFold(units))
    } catch {
      folded = units
    }
    var out: [UInt8] = []
    for part in String(decoding: folded, as: UTF16.self).unicodeScalars {
      if let known = lookalikes[part.value] {
        out.append(contentsOf: known)
        continue
      }
      // U_NON_SPACING_MARK and U_ENCLOSING_MARK are 6 and 7; U_CONTROL_CHAR is 15.
      let category = ICU.generalCategory(part.value)
      if category == 6 || category == 7 || category == 15 { continue }
      out.append(contentsOf: Array(String(Character(part)).utf8))
    }
    return out
  }
}

/// Look-alike letters of other scripts and typographic variants, from Resources/lookalikes.tsv.
enum LookalikeTable {
  static let standard: [UInt32: [UInt8]] = parse(PackageResources.lookalikes_tsv)

  /// One line for each target: the Latin text, a tab, and the look-alikes without separators.
  static func parse(_ bytes: [UInt8]) -> [UInt32: [UInt8]] {
    var table: [UInt32: [UInt8]] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#\t") {
      let columns = line.split(separator: "\t")
      guard columns.count == 2 else { continue }
      for scalar in columns[1].unicodeScalars where scalar != " " { table[scalar.value] = Array(columns[0].utf8) }
    }
    return table
  }
}
