internal import AbuseLexicon
internal import DutchText

/// Turns analyzed text into units: looks words up, takes the reading of a disguise where it means something, cuts words
/// that run together, finds patterns, and marks scope.
struct UnitBuilder: ~Copyable {
  /// How many tokens ahead the records of words are asked for.
  private static let ahead = 3

  let lexicon: Lexicon
  let roles: ClassRoles
  let words: WordMemory
  private(set) var units = PlainBuffer<Unit>()
  /// Beside each unit, the sums of its word where they are known.
  private(set) var sums = PlainBuffer<WordSums>()
  private(set) var patternMatches = PlainBuffer<PatternMatch>()
  /// What the words say of the text's language.
  private(set) var languages = LanguageTally()
  private var patternWords = PlainBuffer<PatternWord>()

  init(_ words: WordMemory) {
    lexicon = words.lexicon
    roles = words.extractor.roles
    self.words = words
  }

  mutating func build(_ analyzer: TextAnalyzer) {
    units.removeAll()
    sums.removeAll()
    patternMatches.removeAll()
    patternWords.removeAll()
    languages = LanguageTally()
    let tokens = analyzer.tokenBuffer
    let readings = analyzer.readingBuffer
    let bytes = analyzer.foldedBuffer
    var token = 0
    var reading = 0
    var quoteDepth = 0
    var quotedSince = 0
    var saySentence: UInt32 = .max
    while token < tokens.count {
      if token + Self.ahead < tokens.count {
        let coming = tokens[token + Self.ahead]
        if coming.kind == .word { words.expect(slice(bytes, coming.foldedStart, coming.foldedEnd)) }
      }
      while reading < readings.count, Int(readings[reading].firstToken) < token { reading += 1 }
      let isRead = reading < readings.count && Int(readings[reading].firstToken) == token
      if tokens[token].kind == .symbol, !isRead {
        symbol(bytes, tokens, token, &quoteDepth, &quotedSince, &saySentence)
        token += 1
        continue
      }
      let before = units.count
      var last = token
      if isRead { last = disguised(bytes, tokens, readings, reading) ?? token }
      if units.count == before {
        plain(bytes, tokens[token], token)
      } else {
        for covered in token...max(token, last) where tokens[covered].kind == .word {
          count(words.record(of: slice(bytes, tokens[covered].foldedStart, tokens[covered].foldedEnd)))
        }
      }
      if quoteDepth > 0, units.count - quotedSince > 40 { quoteDepth = 0 }
      for index in before..<units.count where quoteDepth > 0 || units[index].sentence == saySentence {
        units[index].flags.insert(.quoted)
      }
      token = max(token, last) + 1
    }
    matchPatterns()
    markNegation()
    let hasScope = words.extractor.families.contains(.scope)
    for index in units.indices { Self.finish(&units[index], hasScope) }
  }

  /// Counts a word's languages.
  private mutating func count(_ record: UnsafePointer<WordRecord>) {
    languages.add(languages: record.pointee.languages, isKnownDutch: record.pointee.isDutch)
  }

  /// Settles what depends on a unit's scope.
  @inline(__always)
  private static func finish(_ unit: inout Unit, _ hasScope: Bool) {
    var symbol = unit.symbol
    if hasScope {
      if unit.strength > 0 || unit.categories != 0 {
        if unit.flags.contains(.cancelled) { symbol |= 1 << 12 }
        if unit.flags.contains(.quoted) { symbol |= 1 << 13 }
      }
      // Scope is part of what a word means, where it means anything.
      if !unit.flags.isDisjoint(with: [.negated, .quoted, .cancelled]),
        unit.classes != ClassSet() || unit.strength > 0
      {
        unit.isMeaningKnown = false
      }
    }
    unit.scopedSymbol = symbol
  }

  private mutating func symbol(
    _ bytes: UnsafeBufferPointer<UInt8>, _ tokens: UnsafeBufferPointer<Token>, _ index: Int, _ quoteDepth: inout Int,
    _ quotedSince: inout Int, _ saySentence: inout UInt32
  ) {
    let token = tokens[index]
    let first = bytes[Int(token.foldedStart)]
    switch first {
    case UInt8(ascii: "!"): if units.count > 0 { units[units.count - 1].flags.insert(.exclaimed) }
    case UInt8(ascii: "?"): if units.count > 0 { units[units.count - 1].flags.insert(.asked) }
    case UInt8(ascii: ","): if units.count > 0 { units[units.count - 1].flags.insert(.comma) }
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      if quoteDepth > 0 {
        quoteDepth = 0
      } else if token.flags.contains(.spaceBefore) || index == 0 || tokens[index - 1].kind == .symbol {
        quoteDepth = 1
        quotedSince = units.count
      }
    case UInt8(ascii: ":"):
      for back in units.indices.suffix(4) where units[back].sentence == token.sentence {
        if hasClass(units[back], roles.say) { saySentence = token.sentence }
      }
    default: break
    }
  }

  private func hasClass(_ unit: Unit, _ number: UInt8) -> Bool {
    number != 0
      && (unit.classes[0] == number || unit.classes[1] == number || unit.classes[2] == number
        || unit.classes[3] == number)
  }

  /// Uses a reading of the tokens from `readings[index]` on; returns the last token covered, or nil where none means
  /// anything.
  private mutating func disguised(
    _ bytes: UnsafeBufferPointer<UInt8>, _ tokens: UnsafeBufferPointer<Token>,
    _ readings: UnsafeBufferPointer<Reading>, _ index: Int
  ) -> Int? {
    let first = Int(readings[index].firstToken)
    let token = tokens[first]
    if token.kind == .word, readings[index].lastToken == readings[index].firstToken {
      // A word that is listed as it stands needs no other reading.
      let record = words.record(of: slice(bytes, token.foldedStart, token.foldedEnd))
      if record.pointee.match.source == .listed { return nil }
    }
    var next = index
    while next < readings.count, Int(readings[next].firstToken) == first {
      let reading = readings[next]
      let form = slice(bytes, reading.foldedStart, reading.foldedEnd)
      let last = Int(reading.lastToken)
      if reading.kind == .wildcard {
        if let match = lexicon.resolveWildcard(form) {
          var record = words.record(of: form, meaning: match)
          append(token, first, last, reading.foldedStart, reading.foldedEnd, &record, .disguised)
          return last
        }
      } else {
        let record = words.record(of: form)
        let match = record.pointee.match
        let isSure =
          match.source != .unknown && (reading.kind != .elongation || match.source == .listed || match.strength >= 2)
        if isSure {
          let flags: Unit.Flags = reading.kind == .hashtag || reading.kind == .elongation ? [] : .disguised
          append(token, first, last, reading.foldedStart, reading.foldedEnd, record, flags)
          return last
        }
        if reading.kind != .elongation, form.count >= 7 || reading.kind == .hashtag, let parts = lexicon.segment(form) {
          appendSegments(
            bytes, token, first, last, Int(reading.foldedStart), parts, reading.kind == .hashtag ? [] : .disguised)
          return last
        }
      }
      next += 1
    }
    let one = readings[index]
    if one.kind == .substitution, digitInside(bytes, tokens, one) {
      // No known word, but letters after all: its n-grams may tell.
      let record = words.record(of: slice(bytes, one.foldedStart, one.foldedEnd))
      append(token, first, Int(one.lastToken), one.foldedStart, one.foldedEnd, record, .disguised)
      return Int(one.lastToken)
    }
    if one.kind == .elongation {
      let record = words.record(of: slice(bytes, one.foldedStart, one.foldedEnd))
      append(token, first, first, one.foldedStart, one.foldedEnd, record, [])
      return first
    }
    return nil
  }

  /// Whether something that is no letter stands between letters, as in "w3thouder" and not in "covid19".
  private func digitInside(
    _ bytes: UnsafeBufferPointer<UInt8>, _ tokens: UnsafeBufferPointer<Token>, _ reading: Reading
  ) -> Bool {
    let from = Int(tokens[Int(reading.firstToken)].foldedStart)
    let to = Int(tokens[Int(reading.lastToken)].foldedEnd)
    var letters = 0
    var seen = false
    var other = false
    for index in from..<to {
      if bytes[index] &- 97 < 26 {
        letters += 1
        if other { seen = true }
      } else if letters > 0 {
        other = true
      }
    }
    return seen && letters >= 3
  }

  private mutating func plain(_ bytes: UnsafeBufferPointer<UInt8>, _ token: Token, _ index: Int) {
    let form = slice(bytes, token.foldedStart, token.foldedEnd)
    if token.kind == .word {
      let record = words.record(of: form)
      count(record)
      if record.pointee.segmentCount == 0 {
        append(token, index, index, token.foldedStart, token.foldedEnd, record, [])
      } else if let parts = lexicon.segment(form) {
        appendSegments(bytes, token, index, index, Int(token.foldedStart), parts, [])
      }
      return
    }
    var match = WordMatch()
    switch token.kind {
    case .number, .emoji, .emoticon, .hashtag: match = lexicon.listed(FixedHash.bytes(form)) ?? match
    default: break
    }
    if match.source != .unknown, token.kind != .emoji, token.kind != .emoticon {
      append(token, index, index, token.foldedStart, token.foldedEnd, words.record(of: form), [])
    } else {
      appendOther(token, index, form, match)
    }
  }

  private mutating func appendSegments(
    _ bytes: UnsafeBufferPointer<UInt8>, _ token: Token, _ first: Int, _ last: Int, _ start: Int, _ parts: [Range<Int>],
    _ flags: Unit.Flags
  ) {
    for part in parts {
      let from = UInt32(start + part.lowerBound)
      let to = UInt32(start + part.upperBound)
      append(token, first, last, from, to, words.record(of: slice(bytes, from, to)), flags)
    }
  }

  /// Appends the unit of a word.
  private mutating func append(
    _ token: Token, _ first: Int, _ last: Int, _ start: UInt32, _ end: UInt32, _ record: UnsafePointer<WordRecord>,
    _ extra: Unit.Flags
  ) {
    let match = record.pointee.match
    var flags = extra
    if token.flags.contains(.capitalised) { flags.insert(.capitalised) }
    if token.flags.contains(.allCapitals) { flags.insert(.allCapitals) }
    if token.flags.contains(.mixedScript) { flags.insert(.disguised) }
    let length = Int(end - start)
    if length >= 3, length <= 40 { flags.insert(.spelled) }
    var symbol = record.pointee.symbol
    // An unknown word with a capital is taken for a name.
    if match.source == .unknown, symbol != ShapeSymbol.foreign, flags.contains(.capitalised),
      !flags.contains(.allCapitals)
    {
      symbol = ShapeSymbol.name
    }
    let isKnown = record.pointee.isSummed
    append(
      Unit(
        kind: .word, flags: flags, sentence: token.sentence, firstToken: UInt32(first), lastToken: UInt32(last),
        foldedStart: start, foldedEnd: end, word: record.pointee.word, lemma: record.pointee.lemma,
        classes: match.classes, modifiers: match.modifierClasses, symbol: symbol, superclass: superclass(match, symbol),
        categories: match.categories, strength: match.strength, source: match.source, patterns: match.patterns,
        isSpellingKnown: isKnown,
        isMeaningKnown: isKnown && symbol == record.pointee.symbol && !flags.contains(.disguised)), record.pointee.sums)
  }

  /// Appends the unit of something that is no word, or no word that is listed.
  private mutating func appendOther(
    _ token: Token, _ index: Int, _ form: UnsafeBufferPointer<UInt8>, _ match: WordMatch
  ) {
    var flags: Unit.Flags = []
    if token.flags.contains(.capitalised) { flags.insert(.capitalised) }
    if token.flags.contains(.allCapitals) { flags.insert(.allCapitals) }
    if token.flags.contains(.mixedScript) { flags.insert(.disguised) }
    var word = FixedHash.bytes(form)
    var symbol = UInt16(match.classes[0])
    var lemma = UInt64(match.lemma)
    switch token.kind {
    case .mention, .url, .email, .phone, .plate, .postcode:
      symbol = Self.symbol(token.kind)
      word = UInt64(symbol)
      lemma = word
    case .number:
      let first = form.first ?? 0
      let isYear = form.count == 4 && (first == UInt8(ascii: "1") || first == UInt8(ascii: "2"))
      symbol = isYear ? ShapeSymbol.year : ShapeSymbol.number
      word = UInt64(400 + min(form.count, 12))
      lemma = word
    case .hashtag, .emoji, .emoticon, .symbol, .word:
      if symbol == 0 { symbol = Self.symbol(token.kind) }
      lemma = word
    }
    append(
      Unit(
        kind: token.kind, flags: flags, sentence: token.sentence, firstToken: UInt32(index), lastToken: UInt32(index),
        foldedStart: token.foldedStart, foldedEnd: token.foldedEnd, word: word, lemma: lemma, classes: match.classes,
        modifiers: match.modifierClasses, symbol: symbol, superclass: superclass(match, symbol),
        categories: match.categories, strength: match.strength, source: match.source, patterns: match.patterns),
      WordSums())
  }

  private mutating func append(_ unit: Unit, _ known: WordSums) {
    units.append(unit)
    sums.append(known)
    patternWords.append(
      PatternWord(
        form: UInt32(truncatingIfNeeded: unit.word), classes: unit.classes, patterns: unit.patterns,
        sentence: unit.sentence))
  }

  private func superclass(_ match: WordMatch, _ symbol: UInt16) -> UInt8 {
    if match.classes[0] == 0 { return Self.superclass(symbol) }
    for place in 0..<4 {
      let found = roles.superclasses[Int(match.classes[place])]
      if found != 0 { return found }
    }
    return 0
  }

  private static func superclass(_ symbol: UInt16) -> UInt8 {
    switch symbol {
    case ShapeSymbol.name: ShapeSuperclass.name
    case ShapeSymbol.number, ShapeSymbol.year: ShapeSuperclass.number
    case ShapeSymbol.mention: ShapeSuperclass.mention
    case ShapeSymbol.emoji: ShapeSuperclass.emoji
    case ShapeSymbol.phone, ShapeSymbol.plate, ShapeSymbol.postcode, ShapeSymbol.email: ShapeSuperclass.privateData
    default: ShapeSuperclass.unknown
    }
  }

  private static func symbol(_ kind: Token.Kind) -> UInt16 {
    switch kind {
    case .mention: ShapeSymbol.mention
    case .url: ShapeSymbol.url
    case .email: ShapeSymbol.email
    case .phone: ShapeSymbol.phone
    case .plate: ShapeSymbol.plate
    case .postcode: ShapeSymbol.postcode
    case .number: ShapeSymbol.number
    case .hashtag: ShapeSymbol.hashtag
    case .emoji, .emoticon: ShapeSymbol.emoji
    case .word, .symbol: ShapeSymbol.unknown
    }
  }

  private func slice(_ bytes: UnsafeBufferPointer<UInt8>, _ start: UInt32, _ end: UInt32) -> UnsafeBufferPointer<UInt8>
  {
    UnsafeBufferPointer(rebasing: bytes[Int(start)..<Int(end)])
  }

  private mutating func matchPatterns() {
    lexicon.match(patternWords.values) { patternMatches.append($0) }
    if patternMatches.count > 0 {
      var found = UnsafeMutableBufferPointer(start: patternMatches.base, count: patternMatches.count)
      found.sort { ($0.first, $0.last, $0.classNumber) < ($1.first, $1.last, $1.classNumber) }
      for match in patternMatches.values where roles.cancelling.contains(match.classNumber) {
        for index in match.first...match.last { units[index].flags.insert(.cancelled) }
      }
    }
    for index in units.indices where units[index].classes[0] != 0 {
      if roles.cancelling.contains(units[index].classes[0]) { units[index].flags.insert(.cancelled) }
    }
  }

  private mutating func markNegation() {
    guard roles.negation != 0 else { return }
    for index in units.indices where hasClass(units[index], roles.negation) {
      for next in index + 1..<max(index + 1, min(index + 5, units.count))
      where units[next].sentence == units[index].sentence {
        units[next].flags.insert(.negated)
        if units[next].flags.contains(.comma) { break }
      }
    }
  }
}
