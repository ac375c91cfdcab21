internal import AbuseLexicon
internal import DutchText

/// Turns analyzed text into units: looks words up, takes the reading of a disguise where it means something, cuts words
/// that run together, finds patterns, and marks scope.
struct UnitBuilder {
  let lexicon: Lexicon
  let roles: ClassRoles
  private(set) var units: [Unit] = []
  private(set) var patternMatches: [PatternMatch] = []
  private var patternWords: [PatternWord] = []
  private var stemBuffer = [UInt8](repeating: 0, count: 64)

  init(lexicon: Lexicon) {
    self.lexicon = lexicon
    roles = ClassRoles(lexicon)
  }

  mutating func build(_ analyzer: TextAnalyzer) {
    units.removeAll(keepingCapacity: true)
    patternMatches.removeAll(keepingCapacity: true)
    patternWords.removeAll(keepingCapacity: true)
    let tokens = analyzer.tokens
    let readings = analyzer.readings
    analyzer.folded.withUnsafeBufferPointer { bytes in
      var token = 0
      var reading = 0
      var quoteDepth = 0
      var quotedSince = 0
      var saySentence: UInt32 = .max
      while token < tokens.count {
        while reading < readings.count, Int(readings[reading].firstToken) < token { reading += 1 }
        if tokens[token].kind == .symbol, reading >= readings.count || Int(readings[reading].firstToken) != token {
          symbol(bytes, tokens, token, &quoteDepth, &quotedSince, &saySentence)
          token += 1
          continue
        }
        let before = units.count
        var last = token
        if reading < readings.count, Int(readings[reading].firstToken) == token {
          last = disguised(bytes, tokens, readings, reading) ?? token
        }
        if units.count == before { plain(bytes, tokens[token], token) }
        if quoteDepth > 0, units.count - quotedSince > 40 { quoteDepth = 0 }
        for index in before..<units.count where quoteDepth > 0 || units[index].sentence == saySentence {
          units[index].flags.insert(.quoted)
        }
        token = max(token, last) + 1
      }
    }
    matchPatterns()
    markNegation()
  }

  private mutating func symbol(
    _ bytes: UnsafeBufferPointer<UInt8>, _ tokens: [Token], _ index: Int, _ quoteDepth: inout Int,
    _ quotedSince: inout Int, _ saySentence: inout UInt32
  ) {
    let token = tokens[index]
    let first = bytes[Int(token.foldedStart)]
    switch first {
    case UInt8(ascii: "!"): if !units.isEmpty { units[units.count - 1].flags.insert(.exclaimed) }
    case UInt8(ascii: "?"): if !units.isEmpty { units[units.count - 1].flags.insert(.asked) }
    case UInt8(ascii: ","): if !units.isEmpty { units[units.count - 1].flags.insert(.comma) }
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
    _ bytes: UnsafeBufferPointer<UInt8>, _ tokens: [Token], _ readings: [Reading], _ index: Int
  ) -> Int? {
    let first = Int(readings[index].firstToken)
    let token = tokens[first]
    if token.kind == .word, readings[index].lastToken == readings[index].firstToken {
      // A word that is listed as it stands needs no other reading.
      let form = slice(bytes, token.foldedStart, token.foldedEnd)
      if lexicon.listed(FixedHash.bytes(form)) != nil { return nil }
    }
    var next = index
    while next < readings.count, Int(readings[next].firstToken) == first {
      let reading = readings[next]
      let form = slice(bytes, reading.foldedStart, reading.foldedEnd)
      let last = Int(reading.lastToken)
      if reading.kind == .wildcard {
        if let match = lexicon.resolveWildcard(form) {
          append(bytes, token, first, last, reading.foldedStart, reading.foldedEnd, match, .disguised)
          return last
        }
      } else {
        let hash = FixedHash.bytes(form)
        let match = lexicon.resolve(form, hash: hash)
        let isSure =
          match.source != .unknown && (reading.kind != .elongation || match.source == .listed || match.strength >= 2)
        if isSure {
          let flags: Unit.Flags = reading.kind == .hashtag || reading.kind == .elongation ? [] : .disguised
          append(bytes, token, first, last, reading.foldedStart, reading.foldedEnd, match, flags)
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
    if readings[index].kind == .substitution, digitInside(bytes, tokens, readings[index]) {
      // No known word, but letters after all: its n-grams may tell.
      let reading = readings[index]
      append(
        bytes, token, first, Int(reading.lastToken), reading.foldedStart, reading.foldedEnd, WordMatch(), .disguised,
        kind: .word)
      return Int(reading.lastToken)
    }
    if readings[index].kind == .elongation {
      let reading = readings[index]
      let form = slice(bytes, reading.foldedStart, reading.foldedEnd)
      append(
        bytes, token, first, first, reading.foldedStart, reading.foldedEnd,
        lexicon.resolve(form, hash: FixedHash.bytes(form)), [])
      return first
    }
    return nil
  }

  /// Whether something that is no letter stands between letters, as in "w3thouder" and not in "covid19".
  private func digitInside(_ bytes: UnsafeBufferPointer<UInt8>, _ tokens: [Token], _ reading: Reading) -> Bool {
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
    var match = WordMatch()
    switch token.kind {
    case .word:
      match = lexicon.resolve(form, hash: FixedHash.bytes(form))
      if match.source != .listed, match.source != .compound, form.count >= 9, let parts = lexicon.segment(form),
        parts.count >= 3 || match.source == .unknown
      {
        appendSegments(bytes, token, index, index, Int(token.foldedStart), parts, [])
        return
      }
    case .number, .emoji, .emoticon, .hashtag:
      match = lexicon.listed(FixedHash.bytes(form)) ?? match
    default: break
    }
    append(bytes, token, index, index, token.foldedStart, token.foldedEnd, match, [])
  }

  private mutating func appendSegments(
    _ bytes: UnsafeBufferPointer<UInt8>, _ token: Token, _ first: Int, _ last: Int, _ start: Int, _ parts: [Range<Int>],
    _ flags: Unit.Flags
  ) {
    for part in parts {
      let from = UInt32(start + part.lowerBound)
      let to = UInt32(start + part.upperBound)
      let form = slice(bytes, from, to)
      append(
        bytes, token, first, last, from, to, lexicon.resolve(form, hash: FixedHash.bytes(form)), flags, kind: .word)
    }
  }

  private mutating func append(
    _ bytes: UnsafeBufferPointer<UInt8>, _ token: Token, _ first: Int, _ last: Int, _ start: UInt32, _ end: UInt32,
    _ match: WordMatch, _ extra: Unit.Flags, kind given: Token.Kind? = nil
  ) {
    let form = slice(bytes, start, end)
    let kind =
      given ?? (match.source == .unknown || token.kind == .emoji || token.kind == .emoticon ? token.kind : .word)
    var flags = extra
    if token.flags.contains(.capitalised) { flags.insert(.capitalised) }
    if token.flags.contains(.allCapitals) { flags.insert(.allCapitals) }
    if token.flags.contains(.mixedScript) { flags.insert(.disguised) }
    var word = FixedHash.bytes(form)
    var symbol = UInt16(match.classes[0])
    var lemma = UInt64(match.lemma)
    switch kind {
    case .word:
      if form.count >= 3, form.count <= 40 { flags.insert(.spelled) }
      if match.source == .unknown { symbol = shape(form, flags) }
      if match.source != .listed { lemma = stemHash(form) }
    case .mention, .url, .email, .phone, .plate, .postcode:
      symbol = Self.symbol(kind)
      word = UInt64(symbol)
      lemma = word
    case .number:
      symbol =
        form.count == 4 && form.first.map { $0 == UInt8(ascii: "1") || $0 == UInt8(ascii: "2") } ?? false
        ? ShapeSymbol.year : ShapeSymbol.number
      word = UInt64(400 + min(form.count, 12))
      lemma = word
    case .hashtag, .emoji, .emoticon, .symbol:
      if symbol == 0 { symbol = Self.symbol(kind) }
      lemma = word
    }
    if symbol == 0 { symbol = ShapeSymbol.unknown }
    var superclass: UInt8 = 0
    for place in 0..<4 where superclass == 0 { superclass = lexicon.superclasses[Int(match.classes[place])] }
    if match.classes[0] == 0 { superclass = Self.superclass(symbol) }
    units.append(
      Unit(
        kind: kind, flags: flags, sentence: token.sentence, firstToken: UInt32(first), lastToken: UInt32(last),
        foldedStart: start, foldedEnd: end, word: word, lemma: lemma, classes: match.classes,
        modifiers: match.modifierClasses, symbol: symbol, superclass: superclass, categories: match.categories,
        strength: match.strength,
        source: match.source, patterns: match.patterns))
    patternWords.append(
      PatternWord(
        form: UInt32(truncatingIfNeeded: word), classes: match.classes, patterns: match.patterns,
        sentence: token.sentence))
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

  /// A guess at what an unknown word is, from its ending.
  private func shape(_ form: UnsafeBufferPointer<UInt8>, _ flags: Unit.Flags) -> UInt16 {
    func ends(_ suffix: StaticString) -> Bool {
      let length = suffix.utf8CodeUnitCount
      guard form.count > length + 2 else { return false }
      for offset in 0..<length where form[form.count - length + offset] != suffix.utf8Start[offset] { return false }
      return true
    }
    if let first = form.first, first >= 0x80 { return ShapeSymbol.foreign }
    if flags.contains(.capitalised), !flags.contains(.allCapitals), units.last?.sentence == nil || !startsSentence() {
      return ShapeSymbol.name
    }
    if ends("je") || ends("jes") { return ShapeSymbol.diminutive }
    if ends("ing") || ends("heid") || ends("tie") || ends("schap") || ends("iteit") { return ShapeSymbol.noun }
    if ends("ig") || ends("ige") || ends("lijk") || ends("lijke") || ends("isch") || ends("baar") {
      return ShapeSymbol.adjective
    }
    if ends("en") { return ShapeSymbol.infinitive }
    return ShapeSymbol.unknown
  }

  private func startsSentence() -> Bool { units.isEmpty }

  private mutating func stemHash(_ form: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard form.count < 60 else { return FixedHash.bytes(form) & 0xffff_ffff }
    return stemBuffer.withUnsafeMutableBufferPointer { out in
      let count = Stemmer.stem(form, into: out)
      return FixedHash.bytes(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(out)[0..<count])) & 0xffff_ffff
    }
  }

  private func slice(_ bytes: UnsafeBufferPointer<UInt8>, _ start: UInt32, _ end: UInt32) -> UnsafeBufferPointer<UInt8>
  {
    UnsafeBufferPointer(rebasing: bytes[Int(start)..<Int(end)])
  }

  private mutating func matchPatterns() {
    patternWords.withUnsafeBufferPointer { words in
      lexicon.match(words) { patternMatches.append($0) }
    }
    patternMatches.sort { ($0.first, $0.last, $0.classNumber) < ($1.first, $1.last, $1.classNumber) }
    for match in patternMatches where roles.cancelling.contains(match.classNumber) {
      for index in match.first...match.last { units[index].flags.insert(.cancelled) }
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
