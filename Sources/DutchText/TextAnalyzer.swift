/// Turns Dutch text into normalised tokens and sentences that keep their places in the original.
///
/// An analyzer owns its buffers and uses them again for each text, so that a text costs no allocation once the buffers
/// have grown. Use one analyzer for each thread.
///
/// ```swift
/// let analyzer = try TextAnalyzer()
/// analyzer.analyze("Wat een k*tplan, mevrouw!")
/// for token in analyzer.tokens { print(analyzer.form(of: token)) }
/// ```
public final class TextAnalyzer {
  /// The tokens of the last text, in order.
  public private(set) var tokens: [Token] = []
  /// Readings of disguised tokens of the last text, in order of their first token.
  public internal(set) var readings: [Reading] = []
  /// Folded UTF-8: the normalised text without white space, then the forms of the readings.
  public internal(set) var folded: [UInt8] = []
  /// Number of sentences in the last text.
  public private(set) var sentenceCount = 0
  /// Number of Unicode scalars in the last text.
  public private(set) var scalarCount = 0
  /// Number of letters, and of letters of scripts other than Latin, in the last text.
  public private(set) var letterCount = 0
  public private(set) var foreignLetterCount = 0

  /// For each byte of the folded text, the scalar of the original that it comes from.
  private var origin: [UInt32] = []
  /// For each byte of the folded text, whether it comes from a capital, or from a look-alike.
  private var marks: [UInt8] = []
  private var sentenceValues: [UInt8] = []
  private var sentenceEnds: [UInt32] = []
  private var table = ScalarTable()
  private let words: WordSegmenter
  private let entities = EntityTables.standard

  private static let capitalMark: UInt8 = 1
  private static let lookalikeMark: UInt8 = 2
  private static let hiddenMark: UInt8 = 4

  /// Opens ICU's break rules for Dutch.
  public init() throws(ICUError) { words = try WordSegmenter() }

  /// The folded form of a token.
  public func form(of token: Token) -> String {
    String(decoding: folded[Int(token.foldedStart)..<Int(token.foldedEnd)], as: UTF8.self)
  }

  /// The form of a reading.
  public func form(of reading: Reading) -> String {
    String(decoding: folded[Int(reading.foldedStart)..<Int(reading.foldedEnd)], as: UTF8.self)
  }

  /// Analyzes a text. O(n).
  public func analyze(_ text: String) {
    var copy = text
    copy.withUTF8 { analyze(utf8: $0) }
  }

  /// Analyzes valid UTF-8. O(n), no allocation once the buffers have grown.
  public func analyze(utf8 text: UnsafeBufferPointer<UInt8>) {
    tokens.removeAll(keepingCapacity: true)
    readings.removeAll(keepingCapacity: true)
    folded.removeAll(keepingCapacity: true)
    origin.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
    sentenceValues.removeAll(keepingCapacity: true)
    sentenceEnds.removeAll(keepingCapacity: true)
    letterCount = 0
    foreignLetterCount = 0

    var position = 0
    var scalar: UInt32 = 0
    var gap: Token.Flags = [.lineBefore, .spaceBefore]
    var hidden: UInt8 = 0
    while position < text.count {
      let chunkStart = folded.count
      var emoji: (length: Int, scalars: UInt32)?
      var whiteSpace: Token.Flags = []
      // One chunk: everything up to white space or an emoji.
      chunk: while position < text.count {
        let byte = text[position]
        if byte < 0x80 {
          sentenceValues.append(Self.asciiSentence[Int(byte)])
          if Self.isSpace(byte) {
            whiteSpace = byte == 10 || byte == 13 ? [.spaceBefore, .lineBefore] : .spaceBefore
            position += 1
            scalar += 1
            break chunk
          }
          position += 1
          if byte >= 0x20, byte != 0x7F {
            let capital = byte &- 65 < 26
            let lower = capital ? byte | 0x20 : byte
            if lower &- 97 < 26 { letterCount += 1 }
            folded.append(lower)
            origin.append(scalar)
            marks.append((capital ? Self.capitalMark : 0) | hidden)
            hidden = 0
          } else {
            hidden = Self.hiddenMark
          }
          scalar += 1
          continue
        }
        let (value, length) = Self.decode(text, position)
        let entry = table.entry(value)
        if entry.properties.contains(.whiteSpace) {
          whiteSpace = value == 0x2028 || value == 0x2029 || value == 0x85 ? [.spaceBefore, .lineBefore] : .spaceBefore
          sentenceValues.append(entry.sentenceBreak)
          position += length
          scalar += 1
          break chunk
        }
        if !entry.properties.isDisjoint(with: [.pictograph, .regionalIndicator]) {
          emoji = emojiSequence(text, position)
          break chunk
        }
        sentenceValues.append(entry.sentenceBreak)
        position += length
        if entry.length == 0 {
          hidden = Self.hiddenMark
        } else {
          if entry.properties.contains(.letter) {
            letterCount += 1
            if entry.properties.contains(.foreignLetter) { foreignLetterCount += 1 }
          }
          let first = Int(entry.offset)
          let isLookalike = table.pool[first] < 0x80 && entry.properties.contains(.foreignLetter)
          let mark =
            (entry.properties.contains(.uppercase) ? Self.capitalMark : 0) | (isLookalike ? Self.lookalikeMark : 0)
            | hidden
          hidden = 0
          for index in first..<first + Int(entry.length) {
            folded.append(table.pool[index])
            origin.append(scalar)
            marks.append(mark)
          }
        }
        scalar += 1
      }
      if folded.count > chunkStart {
        tokenize(chunkStart, folded.count, gap)
        gap = []
      }
      if let emoji {
        let start = folded.count
        let firstScalar = scalar
        appendEmoji(text, position, emoji.length, &scalar)
        tokens.append(
          Token(
            kind: .emoji, flags: gap, sentence: 0, start: firstScalar, end: scalar, foldedStart: UInt32(start),
            foldedEnd: UInt32(folded.count)))
        position += emoji.length
        gap = []
      }
      gap.formUnion(whiteSpace)
      hidden = 0
    }
    scalarCount = Int(scalar)
    assignSentences()
    findPrivateData()
    addReadings()
  }

  private static let asciiSentence: [UInt8] = SentenceSegmenter.ascii

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

  /// Decodes one scalar of valid UTF-8.
  private static func decode(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> (UInt32, Int) {
    let first = UInt32(text[at])
    func tail(_ offset: Int) -> UInt32 { at + offset < text.count ? UInt32(text[at + offset]) & 0x3F : 0 }
    if first < 0xE0 { return ((first & 0x1F) << 6 | tail(1), 2) }
    if first < 0xF0 { return ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3) }
    return ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
  }

  /// The length in bytes and scalars of the emoji sequence at `at`: flags, modifiers, joiners and tags included.
  private func emojiSequence(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> (length: Int, scalars: UInt32) {
    var position = at
    var scalars: UInt32 = 0
    var flagHalves = 0
    var joined = true
    while position < text.count, text[position] >= 0x80 {
      let (value, length) = Self.decode(text, position)
      let properties = table.entry(value).properties
      if properties.contains(.regionalIndicator) {
        if scalars > 0, flagHalves != 1 { break }
        flagHalves += 1
      } else if properties.contains(.pictograph) {
        if !joined || flagHalves > 0 { break }
        joined = false
      } else if value == 0x200D {
        joined = true
      } else if !properties.contains(.emojiTail), value != 0x20E3 {
        break
      }
      position += length
      scalars += 1
    }
    return (position - at, scalars)
  }

  private func appendEmoji(_ text: UnsafeBufferPointer<UInt8>, _ at: Int, _ length: Int, _ scalar: inout UInt32) {
    var position = at
    while position < at + length {
      let (value, width) = Self.decode(text, position)
      let entry = table.entry(value)
      sentenceValues.append(entry.sentenceBreak)
      if !entry.properties.contains(.emojiTail) {
        for offset in 0..<width {
          folded.append(text[position + offset])
          origin.append(scalar)
          marks.append(0)
        }
      }
      position += width
      scalar += 1
    }
  }

  /// Cuts one chunk without white space into entities, words and symbols.
  private func tokenize(_ start: Int, _ end: Int, _ gap: Token.Flags) {
    var position = start
    var flags = gap
    func emit(_ kind: Token.Kind, _ until: Int) {
      append(kind, position, until, flags)
      flags = []
      position = until
    }
    folded.withUnsafeBufferPointer { bytes in
      if let stop = entities.emoticon(bytes, start, end) {
        emit(.emoticon, stop)
      }
      while position < end {
        if let (kind, stop) = entities.entity(bytes, position, chunkStart: start, end) {
          emit(kind, stop)
          continue
        }
        var stop = position + 1
        while stop < end, !entities.mayStart(bytes, stop, chunkStart: start, end) { stop += 1 }
        segment(bytes, position, stop, &flags)
        position = stop
      }
    }
  }

  private func segment(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, _ flags: inout Token.Flags) {
    var ascii = true
    for index in start..<end where bytes[index] >= 0x80 {
      ascii = false
      break
    }
    if ascii {
      var position = start
      while position < end {
        let stop = words.asciiBoundary(in: bytes, from: position, to: end)
        append(Self.kind(bytes, position, stop), position, stop, flags)
        flags = []
        position = stop
      }
    } else {
      var position = start
      for boundary in words.icuBoundaries(in: UnsafeBufferPointer(rebasing: bytes[start..<end])) {
        let stop = start + boundary
        guard stop > position else { continue }
        append(Self.kind(bytes, position, stop), position, stop, flags)
        flags = []
        position = stop
      }
    }
  }

  private static func kind(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Token.Kind {
    var digits = false
    var symbols = true
    for index in start..<end {
      let byte = bytes[index]
      if byte &- 97 < 26 { return .word }
      if byte &- 48 < 10 {
        digits = true
      } else if byte >= 0x80 {
        symbols = false
      }
    }
    if digits { return .number }
    if symbols { return .symbol }
    let first = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self).unicodeScalars.first
    return first.map { ICU.isAlphabetic($0.value) } ?? false ? .word : .symbol
  }

  private func append(_ kind: Token.Kind, _ start: Int, _ end: Int, _ gap: Token.Flags) {
    var flags = gap
    if marks[start] & Self.capitalMark != 0 { flags.insert(.capitalised) }
    var capitals = 0
    var combined: UInt8 = 0
    for index in start..<end {
      capitals += Int(marks[index] & Self.capitalMark)
      if index > start || marks[index] & Self.lookalikeMark != 0 { combined |= marks[index] }
    }
    if capitals > 1, capitals == end - start { flags.insert(.allCapitals) }
    if combined & (Self.lookalikeMark | Self.hiddenMark) != 0 { flags.insert(.mixedScript) }
    tokens.append(
      Token(
        kind: kind, flags: flags, sentence: 0, start: origin[start], end: origin[end - 1] + 1,
        foldedStart: UInt32(start), foldedEnd: UInt32(end)))
  }

  private func assignSentences() {
    sentenceValues.withUnsafeBufferPointer { SentenceSegmenter.boundaries(of: $0, into: &sentenceEnds) }
    var sentence: UInt32 = 0
    var boundary = 0
    var lastEnd: UInt32 = 0
    for index in tokens.indices {
      let start = tokens[index].start
      if boundary < sentenceEnds.count, start >= sentenceEnds[boundary] {
        while boundary < sentenceEnds.count, start >= sentenceEnds[boundary] { boundary += 1 }
        if index > 0, lastEnd > 0 { sentence += 1 }
      }
      tokens[index].sentence = sentence
      lastEnd = tokens[index].end
    }
    sentenceCount = tokens.isEmpty ? 0 : Int(sentence) + 1
  }

  /// Joins the tokens `first...last` into one of another kind.
  func join(_ first: Int, _ last: Int, as kind: Token.Kind) {
    tokens[first].kind = kind
    tokens[first].end = tokens[last].end
    tokens[first].foldedEnd = tokens[last].foldedEnd
    if last > first { tokens.removeSubrange(first + 1...last) }
  }
}
