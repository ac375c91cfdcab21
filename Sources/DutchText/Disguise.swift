extension TextAnalysis {
  /// Adds readings in which disguises are undone: spaced and dotted letters, elongation, digits and symbols for letters,
  /// wildcards, hashtags. What a reading means is for the lexicon to say; a form without disguise gets no reading.
  mutating func addReadings() {
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      if token.flags.contains(.plain), token.kind == .symbol || token.foldedEnd - token.foldedStart > 1 {
        // Letters alone, with nothing but closing punctuation beside them.
        if token.kind == .word {
          if token.flags.contains(.repeats) { addElongation(index, index) }
          let start = Int(token.foldedStart)
          if folded[start] == folded[start + 1] { addDoubling(index) }
        }
        index += 1
        continue
      }
      if let last = spacedLetters(from: index) {
        addSpaced(index, last)
        index = last + 1
        continue
      }
      switch tokens[index].kind {
      case .hashtag: addHashtag(index)
      case .symbol: if startsDisguise(index) { index = addGlued(from: index) }
      case .word, .number, .email, .url: index = addGlued(from: index)
      default: break
      }
      index += 1
    }
  }

  private func range(_ index: Int) -> Range<Int> { Int(tokens[index].foldedStart)..<Int(tokens[index].foldedEnd) }

  /// Appends a byte that stands earlier in the folded text.
  private mutating func appendCopy(_ index: Int) {
    let byte = folded[index]
    folded.append(byte)
  }

  private mutating func addReading(_ kind: Reading.Kind, _ first: Int, _ last: Int, from start: Int) {
    guard folded.count - start >= 2 else {
      folded.removeLast(folded.count - start)
      return
    }
    readings.append(
      Reading(
        kind: kind, firstToken: UInt32(first), lastToken: UInt32(last), foldedStart: UInt32(start),
        foldedEnd: UInt32(folded.count)))
  }

  // MARK: Spaced and dotted letters

  private func isSingleLetter(_ index: Int) -> Bool {
    let token = tokens[index]
    guard token.foldedEnd - token.foldedStart == 1 else { return false }
    let byte = folded[Int(token.foldedStart)]
    return byte &- 97 < 26 || (token.kind == .number && byte &- 48 < 10)
  }

  /// Single letters with separators (".", "-", "_", "*", "/", "·" or spaces) between them, three letters or more.
  private func spacedLetters(from start: Int) -> Int? {
    if tokens[start].kind == .word {
      let form = folded[range(start)]
      if form.count >= 5, isDotted(form) {
        // "h.o.e.r" is one word to ICU; what follows it may go on.
        return start
      }
    }
    guard isSingleLetter(start), tokens[start].kind == .word else { return nil }
    var letters = 1
    var last = start
    var index = start + 1
    var gaps = 0
    while index < tokens.count {
      if isSingleLetter(index) {
        letters += 1
        last = index
        gaps = 0
      } else if tokens[index].kind == .symbol, gaps < 2, isSeparator(index) {
        gaps += 1
      } else {
        break
      }
      index += 1
    }
    return letters >= 3 ? last : nil
  }

  private func isSeparator(_ index: Int) -> Bool {
    let form = folded[range(index)]
    return form.elementsEqual("·".utf8) || (form.count == 1 && ".-_*/,|~+".utf8.contains(form[form.startIndex]))
  }

  /// Letters with a dot or an underscore between each two.
  private func isDotted(_ form: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var letters = 0
    for (offset, byte) in form.enumerated() {
      if offset % 2 == 0 {
        guard byte &- 97 < 26 || byte &- 48 < 10 else { return false }
        letters += 1
      } else if byte != UInt8(ascii: "."), byte != UInt8(ascii: "_") {
        return false
      }
    }
    return letters >= 3
  }

  private mutating func addSpaced(_ first: Int, _ last: Int) {
    var from = first
    for index in first...last {
      // Where letters stand one space apart, two spaces or more part the words.
      let isGap = index < last && tokens[index + 1].start - tokens[index].end >= 2
      guard isGap || index == last else { continue }
      addJoinedLetters(from, index)
      from = index + 1
    }
  }

  private mutating func addJoinedLetters(_ first: Int, _ last: Int) {
    let start = folded.count
    for index in range(first).lowerBound..<range(last).upperBound {
      let byte = folded[index]
      if byte &- 97 < 26 {
        folded.append(byte)
      } else if let letter = Self.substitute(byte), byte &- 48 < 10 {
        folded.append(letter)
      }
    }
    addReading(.spaced, first, last, from: start)
  }

  // MARK: One chunk: elongation, substitution, wildcards

  /// The letter that a digit or symbol stands for.
  private static func substitute(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0"): UInt8(ascii: "o")
    case UInt8(ascii: "1"), UInt8(ascii: "!"), UInt8(ascii: "|"): UInt8(ascii: "i")
    case UInt8(ascii: "3"): UInt8(ascii: "e")
    case UInt8(ascii: "4"), UInt8(ascii: "@"): UInt8(ascii: "a")
    case UInt8(ascii: "5"), UInt8(ascii: "$"): UInt8(ascii: "s")
    case UInt8(ascii: "6"), UInt8(ascii: "9"): UInt8(ascii: "g")
    case UInt8(ascii: "7"), UInt8(ascii: "+"): UInt8(ascii: "t")
    case UInt8(ascii: "8"): UInt8(ascii: "b")
    case UInt8(ascii: "("): UInt8(ascii: "c")
    default: nil
    }
  }

  private static func isWildcard(_ byte: UInt8) -> Bool { "*#%?^~-_.+=&".utf8.contains(byte) }

  /// Currency signs that stand for letters, as UTF-8, and the letter.
  private static let currencies: [([UInt8], UInt8)] = [
    ([0xE2, 0x82, 0xAC], UInt8(ascii: "e")), ([0xC2, 0xA3], UInt8(ascii: "l")), ([0xC2, 0xA5], UInt8(ascii: "y")),
    ([0xC2, 0xA2], UInt8(ascii: "c")),
  ]

  /// The letter that a currency sign at `index` stands for, and the sign's length.
  private func currency(_ index: Int, _ end: Int) -> (UInt8, Int)? {
    for (sign, letter) in Self.currencies
    where index + sign.count <= end && folded[index..<index + sign.count].elementsEqual(sign) {
      return (letter, sign.count)
    }
    return nil
  }

  /// Reads the tokens that stand together without white space, from `first` on; returns the last of them.
  private mutating func addGlued(from first: Int) -> Int {
    var last = first
    while last + 1 < tokens.count, !tokens[last + 1].flags.contains(.spaceBefore), isGlue(last + 1) { last += 1 }
    var begin = first
    var end = last
    // Punctuation around a word is no part of it; an asterisk at its end may hide letters.
    while begin < end, tokens[begin].kind == .symbol, !startsDisguise(begin) { begin += 1 }
    while end > begin, tokens[end].kind == .symbol, !folded[range(end)].elementsEqual("*".utf8) { end -= 1 }
    // "subsidie-sl*t": a whole word before a hyphen stays a word of its own.
    while end - begin >= 3, end - begin < 24, tokens[begin].kind == .word, range(begin).count >= 4,
      folded[range(begin + 1)].elementsEqual("-".utf8), range(begin + 2).count < 4 || end - begin > 3,
      (begin + 2...end).contains(where: { folded[range($0)].elementsEqual("*".utf8) })
    { begin += 2 }
    if begin == end {
      addOneToken(begin)
    } else if end - begin < 24 {
      addSeveralTokens(begin, end)
      for index in begin...end where tokens[index].kind == .word { addElongation(index, index) }
    }
    return last
  }

  private func isGlue(_ index: Int) -> Bool {
    switch tokens[index].kind {
    case .word, .number, .symbol: true
    case .mention, .hashtag: !tokens[index].flags.contains(.spaceBefore)
    default: false
    }
  }

  /// Whether a symbol may stand for the first letter of a word: a bracket does not where another closes it.
  private func startsDisguise(_ index: Int) -> Bool {
    let form = folded[range(index)]
    if form.count == 1, form.first == UInt8(ascii: "(") {
      var next = index + 1
      while next < tokens.count, next - index < 40 {
        if folded[range(next)].elementsEqual(")".utf8) { return false }
        next += 1
      }
      return true
    }
    return (form.count == 1 && form.first == UInt8(ascii: "$"))
      || currency(range(index).lowerBound, range(index).upperBound) != nil
  }

  private mutating func addOneToken(_ index: Int) {
    guard tokens[index].kind == .word else { return }
    addElongation(index, index)
    addDoubling(index)
    addSubstitution(index, index)
    addDotted(index)
  }

  /// "dom.me", "kut_wijf": dots and underscores inside a word, left out.
  private mutating func addDotted(_ index: Int) {
    let source = range(index)
    guard source.count >= 5,
      source.contains(where: { folded[$0] == UInt8(ascii: ".") || folded[$0] == UInt8(ascii: "_") })
    else { return }
    let start = folded.count
    for at in source where folded[at] &- 97 < 26 { appendCopy(at) }
    addReading(.spaced, index, index, from: start)
  }

  /// "vvuuiill": every letter written twice.
  private mutating func addDoubling(_ index: Int) {
    let source = range(index)
    guard source.count >= 6, source.count.isMultiple(of: 2) else { return }
    for at in stride(from: source.lowerBound, to: source.upperBound, by: 2) where folded[at] != folded[at + 1] {
      return
    }
    let start = folded.count
    for at in stride(from: source.lowerBound, to: source.upperBound, by: 2) { appendCopy(at) }
    addReading(.spaced, index, index, from: start)
  }

  private mutating func addElongation(_ first: Int, _ last: Int) {
    let source = range(first).lowerBound..<range(last).upperBound
    var longRuns = 0
    var from = source.lowerBound
    while from < source.upperBound {
      let end = runEnd(from, source.upperBound)
      if end - from >= 3 { longRuns += 1 }
      from = end
    }
    guard longRuns > 0 else { return }
    // Each long run stands for one letter or for two; of three runs or fewer every choice is tried.
    for choice in 0..<(1 << min(longRuns, 3)) {
      let start = folded.count
      var number = 0
      var from = source.lowerBound
      while from < source.upperBound {
        let end = runEnd(from, source.upperBound)
        var letters = end - from
        if letters >= 3 {
          letters = 1 + (choice >> min(number, 2) & 1)
          number += 1
        }
        let letter = folded[from]
        for _ in 0..<letters { folded.append(letter) }
        from = end
      }
      addReading(.elongation, first, last, from: start)
    }
  }

  /// The end of the run of one byte repeated that begins at `start`.
  private func runEnd(_ start: Int, _ limit: Int) -> Int {
    var end = start + 1
    while end < limit, folded[end] == folded[start] { end += 1 }
    return end
  }

  /// Digits read as letters. A number with a letter at its end or start ("2e", "3D", "A12", "20u") is no disguise.
  private mutating func addSubstitution(_ first: Int, _ last: Int) {
    let source = range(first).lowerBound..<range(last).upperBound
    var letters = 0
    var substituted = 0
    var ones = 0
    var changes = 0
    var previousIsLetter: Bool?
    var skip = 0
    for index in source {
      if skip > 0 {
        skip -= 1
        continue
      }
      let byte = folded[index]
      let isLetter = byte &- 97 < 26
      if isLetter {
        letters += 1
      } else if Self.substitute(byte) != nil {
        substituted += 1
        if byte == UInt8(ascii: "1") || byte == UInt8(ascii: "|") { ones += 1 }
      } else if let found = currency(index, source.upperBound) {
        substituted += 1
        skip = found.1 - 1
      } else {
        return
      }
      if let previousIsLetter, previousIsLetter != isLetter { changes += 1 }
      previousIsLetter = isLetter
    }
    guard substituted > 0, letters >= 1, letters + substituted >= 3, changes >= 2 || letters > substituted else {
      return
    }
    for alternative in ones > 0 ? [UInt8(ascii: "i"), UInt8(ascii: "l")] : [0] {
      let start = folded.count
      for index in source {
        let byte = folded[index]
        if byte &- 97 < 26 {
          folded.append(byte)
        } else if byte == UInt8(ascii: "1") || byte == UInt8(ascii: "|") {
          folded.append(alternative)
        } else if let letter = Self.substitute(byte) ?? currency(index, source.upperBound)?.0 {
          folded.append(letter)
        }
      }
      addReading(.substitution, first, last, from: start)
    }
  }

  /// "k*t", "kl@@tzak", "h-o-e-r", "kut_wijf": tokens glued together with symbols among them.
  private mutating func addSeveralTokens(_ first: Int, _ last: Int) {
    let source = range(first).lowerBound..<range(last).upperBound
    guard source.count <= 48 else { return }
    var letters = 0
    var wildcards = 0
    var substitutes = 0
    var singles = 0
    var groups = 0
    var shortGroups = 0
    var length = 0
    var index = source.lowerBound
    while index < source.upperBound {
      let byte = folded[index]
      if byte &- 97 < 26 {
        letters += 1
        let before = index == source.lowerBound || folded[index - 1] &- 97 >= 26
        let after = index + 1 == source.upperBound || folded[index + 1] &- 97 >= 26
        if before && after { singles += 1 }
        length = before ? 1 : length + 1
        if before { groups += 1 }
        if after, length <= 2 { shortGroups += 1 }
      } else if Self.isWildcard(byte) {
        wildcards += 1
      } else if Self.substitute(byte) != nil {
        substitutes += 1
      } else if let found = currency(index, source.upperBound) {
        substitutes += 1
        index += found.1 - 1
      } else {
        return
      }
      index += 1
    }
    guard letters >= 1, letters + wildcards + substitutes >= 3 else { return }
    if wildcards > 0 {
      if groups >= 3, shortGroups >= 1 { addLettersOnly(first, last, source) }
      let start = folded.count
      var index = source.lowerBound
      while index < source.upperBound {
        let byte = folded[index]
        if byte &- 97 < 26 {
          folded.append(byte)
        } else if Self.isWildcard(byte) {
          if folded.count > start, folded.last != UInt8(ascii: "*") { folded.append(UInt8(ascii: "*")) }
        } else if let letter = Self.substitute(byte) {
          folded.append(letter)
        } else if let found = currency(index, source.upperBound) {
          folded.append(found.0)
          index += found.1 - 1
        }
        index += 1
      }
      let form = start..<folded.count
      addReading(.wildcard, first, last, from: start)
      if singles >= 3 {
        // Perhaps separators rather than wildcards: the letters alone.
        let joined = folded.count
        for read in form where folded[read] != UInt8(ascii: "*") { appendCopy(read) }
        addReading(.spaced, first, last, from: joined)
      }
    } else if substitutes > 0 {
      addSubstitution(first, last)
    }
  }

  /// "le-u-ge-naar": pieces of a word, joined.
  private mutating func addLettersOnly(_ first: Int, _ last: Int, _ source: Range<Int>) {
    let start = folded.count
    for index in source where folded[index] &- 97 < 26 { appendCopy(index) }
    addReading(.spaced, first, last, from: start)
  }

  // MARK: Hashtags

  private mutating func addHashtag(_ index: Int) {
    let source = range(index).dropFirst()
    let start = folded.count
    for at in source where folded[at] != UInt8(ascii: "_") { appendCopy(at) }
    addReading(.hashtag, index, index, from: start)
  }
}
