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
  private let analysis: UnsafeMutablePointer<TextAnalysis>

  /// Opens ICU's break rules for Dutch.
  public init() throws(ICUError) {
    let made = try TextAnalysis()
    analysis = .allocate(capacity: 1)
    analysis.initialize(to: made)
  }

  deinit {
    analysis.deinitialize(count: 1)
    analysis.deallocate()
  }

  /// The tokens of the last text, in order.
  public var tokens: [Token] { Array(tokenBuffer) }
  /// Readings of disguised tokens of the last text, in order of their first token.
  public var readings: [Reading] { Array(readingBuffer) }
  /// Folded UTF-8: the normalised text without white space, then the forms of the readings.
  public var folded: [UInt8] { Array(foldedBuffer) }
  /// Number of sentences in the last text.
  public var sentenceCount: Int { analysis.pointee.sentenceCount }
  /// Number of Unicode scalars in the last text.
  public var scalarCount: Int { analysis.pointee.scalarCount }
  /// Number of letters, and of letters of scripts other than Latin, in the last text.
  public var letterCount: Int { analysis.pointee.letterCount }
  public var foreignLetterCount: Int { analysis.pointee.foreignLetterCount }

  /// The same without copies, valid until the next text.
  package var tokenBuffer: UnsafeBufferPointer<Token> { analysis.pointee.tokens.values }
  package var readingBuffer: UnsafeBufferPointer<Reading> { analysis.pointee.readings.values }
  package var foldedBuffer: UnsafeBufferPointer<UInt8> { analysis.pointee.folded.values }

  /// The folded form of a token.
  public func form(of token: Token) -> String {
    String(decoding: foldedBuffer[Int(token.foldedStart)..<Int(token.foldedEnd)], as: UTF8.self)
  }

  /// The form of a reading.
  public func form(of reading: Reading) -> String {
    String(decoding: foldedBuffer[Int(reading.foldedStart)..<Int(reading.foldedEnd)], as: UTF8.self)
  }

  /// Analyzes a text. O(n).
  public func analyze(_ text: String) {
    var copy = text
    copy.withUTF8 { analyze(utf8: $0) }
  }

  /// Analyzes valid UTF-8. O(n), no allocation once the buffers have grown.
  public func analyze(utf8 text: UnsafeBufferPointer<UInt8>) { analysis.pointee.analyze(utf8: text) }
}

/// What ``TextAnalyzer`` does and keeps. A value in one place, so that the loops over bytes need no checks of who else
/// might be looking.
struct TextAnalysis: ~Copyable {
  var tokens = PlainBuffer<Token>()
  var readings = PlainBuffer<Reading>()
  var folded = PlainBuffer<UInt8>(capacity: 1024)
  private(set) var sentenceCount = 0
  private(set) var scalarCount = 0
  private(set) var letterCount = 0
  private(set) var foreignLetterCount = 0

  /// For each byte of the folded text, the scalar of the original that it comes from; not for plain words.
  private var origin = PlainBuffer<UInt32>(capacity: 1024)
  /// For each byte of the folded text, whether it comes from a capital, or from a look-alike; not for plain words.
  private var marks = PlainBuffer<UInt8>(capacity: 1024)
  private var sentenceValues = PlainBuffer<UInt8>(capacity: 1024)
  private var sentenceEnds = PlainBuffer<UInt32>()
  private var hasDigits = false
  private var table = ScalarTable()
  private let words: WordSegmenter
  private let entities = EntityTables.standard
  /// Sentence_Break values of ASCII.
  private let asciiSentence: UnsafePointer<UInt8>

  private static let capitalMark: UInt8 = 1
  private static let lookalikeMark: UInt8 = 2
  private static let hiddenMark: UInt8 = 4

  init() throws(ICUError) {
    words = try WordSegmenter()
    asciiSentence = SentenceSegmenter.ascii
  }

  mutating func analyze(utf8 text: UnsafeBufferPointer<UInt8>) {
    tokens.removeAll()
    readings.removeAll()
    folded.removeAll()
    origin.removeAll()
    marks.removeAll()
    sentenceValues.removeAll()
    sentenceEnds.removeAll()
    letterCount = 0
    foreignLetterCount = 0
    hasDigits = false
    sentenceValues.reserve(text.count)

    var position = 0
    var scalar: UInt32 = 0
    var gap: Token.Flags = [.lineBefore, .spaceBefore]
    var hidden: UInt8 = 0
    while position < text.count {
      if let length = plainChunk(text, position, scalar, gap) {
        position += length
        scalar += UInt32(length)
        gap = []
        guard position < text.count else { break }
        let byte = text[position]
        sentenceValues.append(asciiSentence[Int(byte)])
        gap = byte == 10 || byte == 13 ? [.spaceBefore, .lineBefore] : .spaceBefore
        position += 1
        scalar += 1
        continue
      }
      let chunkStart = folded.count
      alignOrigins()
      var emoji: (length: Int, scalars: UInt32)?
      var whiteSpace: Token.Flags = []
      // One chunk: everything up to white space or an emoji.
      chunk: while position < text.count {
        let byte = text[position]
        if byte < 0x80 {
          sentenceValues.append(asciiSentence[Int(byte)])
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
            if lower &- 97 < 26 { letterCount += 1 } else if lower &- 48 < 10 { hasDigits = true }
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
            let byte = table.pool[index]
            if byte &- 48 < 10 { hasDigits = true }
            folded.append(byte)
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
        alignOrigins()
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
    if hasDigits { findPrivateData() }
    addReadings()
  }

  /// Reads a chunk that is ASCII letters and closing punctuation up to white space: most are. It gives what the general
  /// path would give.
  ///
  /// - Returns: the chunk's length, or nil, and then nothing is kept, where it is none.
  private mutating func plainChunk(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ scalar: UInt32, _ gap: Token.Flags
  ) -> Int? {
    guard let source = text.baseAddress.map({ $0 + start }) else { return nil }
    let limit = text.count - start
    folded.reserve(folded.count + limit)
    sentenceValues.reserve(sentenceValues.count + limit)
    let out = folded.base + folded.count
    let values = sentenceValues.base + sentenceValues.count
    var length = 0
    var capitals = 0
    var repeats = false
    var previous: UInt8 = 0
    var beforeThat: UInt8 = 0
    while length < limit {
      let byte = source[length]
      let lower = byte | 0x20
      guard lower &- 97 < 26 else { break }
      out[length] = lower
      values[length] = asciiSentence[Int(byte)]
      capitals &+= Int((byte & 0x20 ^ 0x20) >> 5)
      if lower == previous, previous == beforeThat { repeats = true }
      beforeThat = previous
      previous = lower
      length += 1
    }
    guard length > 0 else { return nil }
    var end = length
    while end < limit {
      let byte = source[end]
      if byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "!")
        || byte == UInt8(ascii: "?") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ";")
      {
        out[end] = byte
        values[end] = asciiSentence[Int(byte)]
        end += 1
      } else if Self.isSpace(byte) {
        break
      } else {
        return nil
      }
    }
    if end >= 2, end <= 3, entities.mayBeEmoticon(out[0], out[1]) { return nil }
    if end > 3, out[0] == UInt8(ascii: "w"), length == 3, out[1] == out[0], out[2] == out[0] { return nil }
    letterCount += length
    let at = UInt32(folded.count)
    folded.commit(end)
    sentenceValues.commit(end)
    var flags = gap.union(.plain)
    if source[0] & 0x20 == 0 { flags.insert(.capitalised) }
    if capitals > 1, capitals == length { flags.insert(.allCapitals) }
    if repeats { flags.insert(.repeats) }
    tokens.append(
      Token(
        kind: .word, flags: flags, sentence: 0, start: scalar, end: scalar + UInt32(length), foldedStart: at,
        foldedEnd: at + UInt32(length)))
    for place in UInt32(length)..<UInt32(end) {
      tokens.append(
        Token(
          kind: .symbol, flags: .plain, sentence: 0, start: scalar + place, end: scalar + place + 1,
          foldedStart: at + place, foldedEnd: at + place + 1))
    }
    return end
  }

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
  private mutating func emojiSequence(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> (length: Int, scalars: UInt32) {
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

  private mutating func appendEmoji(
    _ text: UnsafeBufferPointer<UInt8>, _ at: Int, _ length: Int, _ scalar: inout UInt32
  ) {
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

  /// Brings the tables beside the folded text to its length: plain words have not written there.
  private mutating func alignOrigins() {
    let count = folded.count
    origin.reserve(count)
    origin.commit(count - origin.count)
    marks.reserve(count)
    marks.commit(count - marks.count)
  }

  /// Cuts one chunk without white space into entities, words and symbols.
  private mutating func tokenize(_ start: Int, _ end: Int, _ gap: Token.Flags) {
    var position = start
    var flags = gap
    let bytes = folded.values
    if let stop = entities.emoticon(bytes, start, end) {
      append(.emoticon, position, stop, flags)
      flags = []
      position = stop
    }
    while position < end {
      if let (kind, stop) = entities.entity(bytes, position, chunkStart: start, end) {
        append(kind, position, stop, flags)
        flags = []
        position = stop
        continue
      }
      var stop = position + 1
      while stop < end, !entities.mayStart(bytes, stop, chunkStart: start, end) { stop += 1 }
      segment(bytes, position, stop, &flags)
      position = stop
    }
  }

  private mutating func segment(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, _ flags: inout Token.Flags
  ) {
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

  private mutating func append(_ kind: Token.Kind, _ start: Int, _ end: Int, _ gap: Token.Flags) {
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

  private mutating func assignSentences() {
    SentenceSegmenter.boundaries(of: sentenceValues.values, into: &sentenceEnds)
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
    sentenceCount = tokens.count == 0 ? 0 : Int(sentence) + 1
  }

  /// Joins the tokens `first...last` into one of another kind.
  mutating func join(_ first: Int, _ last: Int, as kind: Token.Kind) {
    tokens[first].kind = kind
    tokens[first].end = tokens[last].end
    tokens[first].foldedEnd = tokens[last].foldedEnd
    if last > first { tokens.remove(first + 1..<last + 1) }
  }
}
