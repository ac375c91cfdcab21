/// Finds the things inside a chunk of folded text that stay whole: addresses on the web, mail addresses, mentions,
/// hashtags and emoticons.
struct EntityTables: Sendable {
  static let standard = EntityTables()

  private let emoticons: Set<[UInt8]>
  private let longestEmoticon: Int
  private let topLevelDomains: Set<[UInt8]>
  /// A bit for the first two bytes of each emoticon that begins with a letter.
  private let letterEmoticons: UInt64

  private init() {
    func lines(_ bytes: [UInt8]) -> [[UInt8]] {
      bytes.split(separator: 10).map(Array.init).filter { $0.first != UInt8(ascii: "\t") }
    }
    emoticons = Set(lines(PackageResources.emoticons_txt))
    longestEmoticon = emoticons.map(\.count).max() ?? 0
    topLevelDomains = Set(lines(PackageResources.domains_txt))
    var letters: UInt64 = 0
    for emoticon in emoticons where emoticon.count >= 2 && emoticon[0] &- 97 < 26 {
      letters |= 1 << Self.place(emoticon[0], emoticon[1])
    }
    letterEmoticons = letters
  }

  @inline(__always)
  private static func place(_ first: UInt8, _ second: UInt8) -> UInt64 { UInt64((first &* 7) ^ second) & 63 }

  /// A quick test of whether an emoticon could begin with these two bytes, the first a letter; a false alarm costs time
  /// only.
  @inline(__always)
  func mayBeEmoticon(_ first: UInt8, _ second: UInt8) -> Bool {
    letterEmoticons >> Self.place(first, second) & 1 == 1
  }

  /// The end of the emoticon that fills the chunk, or starts it before punctuation.
  func emoticon(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
    let first = bytes[start]
    // Cheap refusal of ordinary words: an emoticon of letters only (xd) must fill the chunk.
    if first &- 97 < 26, end - start > 3 { return nil }
    guard end - start >= 2, end - start <= longestEmoticon + 1 else { return nil }
    var stop = end
    while stop - start >= 2 {
      if stop - start <= longestEmoticon, emoticons.contains(Array(bytes[start..<stop])) { return stop }
      guard bytes[stop - 1] == UInt8(ascii: ".") || bytes[stop - 1] == UInt8(ascii: ",") else { return nil }
      stop -= 1
    }
    return nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  /// A quick test of whether an entity could start at `at`; a false alarm costs time only.
  func mayStart(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, chunkStart: Int, _ end: Int) -> Bool {
    let byte = bytes[at]
    if byte == UInt8(ascii: "@") || byte == UInt8(ascii: "#") {
      return !Self.isWord(bytes[at - 1]) && at + 1 < end && Self.isWord(bytes[at + 1])
    }
    if byte == UInt8(ascii: "h") || byte == UInt8(ascii: "w") {
      return !Self.isWord(bytes[at - 1]) && (matches("http", bytes, at, end) || matches("www.", bytes, at, end))
    }
    return false
  }

  private func matches(_ word: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int) -> Bool {
    let count = word.utf8CodeUnitCount
    guard at + count <= end else { return false }
    for offset in 0..<count where bytes[at + offset] != word.utf8Start[offset] { return false }
    return true
  }

  /// The entity that starts at `at`, and its end.
  func entity(
    _ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, chunkStart: Int, _ end: Int
  ) -> (Token.Kind, Int)? {
    let byte = bytes[at]
    if byte == UInt8(ascii: "@") || byte == UInt8(ascii: "#") {
      var stop = at + 1
      while stop < end, Self.isWord(bytes[stop]) { stop += 1 }
      guard stop > at + 1 else { return nil }
      if byte == UInt8(ascii: "#") {
        // "#1" is a number, and "k#t" is handled as a disguise.
        for index in at + 1..<stop where bytes[index] &- 48 >= 10 { return (.hashtag, stop) }
        return nil
      }
      return (.mention, stop)
    }
    if matches("http://", bytes, at, end) || matches("https://", bytes, at, end) || matches("www.", bytes, at, end) {
      return (.url, trimmed(bytes, at, end))
    }
    guard at == chunkStart || !Self.isWord(bytes[at - 1]), Self.isWord(byte) else { return nil }
    return domain(bytes, at, end)
  }

  /// An end without the punctuation that closes a sentence.
  private func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var stop = end
    while stop > start + 1, ".,;:!?)]}>'\"".utf8.contains(bytes[stop - 1]) { stop -= 1 }
    return stop
  }

  /// A mail address, or a bare domain with a known ending, that fills the chunk up to punctuation.
  private func domain(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> (Token.Kind, Int)? {
    var at: Int?
    var lastDot: Int?
    var path: Int?
    var index = start
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "@") {
        guard at == nil else { return nil }
        at = index
        lastDot = nil
      } else if byte == UInt8(ascii: ".") {
        if index + 1 < end, Self.isWord(bytes[index + 1]) { lastDot = index } else { break }
      } else if byte == UInt8(ascii: "/"), lastDot != nil {
        path = index
        break
      } else if !Self.isWord(byte), byte != UInt8(ascii: "-"), byte != UInt8(ascii: "+") {
        break
      }
      index += 1
    }
    guard let lastDot, lastDot > start + 1 else { return nil }
    let stop = index
    guard topLevelDomains.contains(Array(bytes[lastDot + 1..<stop])) else { return nil }
    if let at { return at > start && lastDot > at + 1 ? (.email, stop) : nil }
    // "k.u.t.nl" is no domain: the part before the ending has three letters or more.
    var labelStart = lastDot
    while labelStart > start, bytes[labelStart - 1] != UInt8(ascii: ".") { labelStart -= 1 }
    guard lastDot - labelStart >= 3 else { return nil }
    return (.url, path == nil ? stop : trimmed(bytes, start, end))
  }
}
