import DutchText

extension Lexicon {
  /// Looks a folded word up: as it is, as a compound, or with one typing error in an abuse word.
  ///
  /// - Complexity: expected O(1) for listed words; for others O(n²) in the length of the word, at most 40 letters.
  public func resolve(_ word: UnsafeBufferPointer<UInt8>, hash: UInt64) -> WordMatch {
    if let slot = slot(hash) { return WordMatch(slot, slot.classes[0] == 0 ? .unknown : .listed) }
    guard word.count >= 5, word.count <= 40 else { return WordMatch() }
    for byte in word where byte &- 97 >= 26 { return WordMatch() }
    if let found = compound(word) { return found }
    if let found = misspelt(word, hash: hash) { return found }
    return openCompound(word) ?? WordMatch()
  }

  /// The word for a hash, where it is listed.
  public func listed(_ hash: UInt64) -> WordMatch? {
    slot(hash).flatMap { $0.classes[0] == 0 ? nil : WordMatch($0, .listed) }
  }

  private func part(_ word: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Slot? {
    guard range.count >= 3 else { return nil }
    let hash = FixedHash.bytes(word[range])
    guard partFilter.mayContain(hash), let slot = slot(hash), slot.flags & Self.partFlag != 0 else { return nil }
    return slot
  }

  /// The part that ends before `end` and starts at `start`, with or without a linking -s-, -e- or -en-.
  private func modifier(_ word: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Slot? {
    if let whole = part(word, start..<end) { return whole }
    let last = word[end - 1]
    if last == UInt8(ascii: "s") || last == UInt8(ascii: "e"), end - start >= 4,
      let linked = part(word, start..<end - 1)
    {
      return linked
    }
    if last == UInt8(ascii: "n"), end - start >= 5, word[end - 2] == UInt8(ascii: "e") {
      return part(word, start..<end - 2)
    }
    return nil
  }

  /// A word made of known parts: two, or three. The longest head wins.
  private func compound(_ word: UnsafeBufferPointer<UInt8>) -> WordMatch? {
    guard word.count >= 6 else { return nil }
    for cut in 3...word.count - 3 {
      guard let head = part(word, cut..<word.count) else { continue }
      if let first = modifier(word, 0, cut) { return join(first, head) }
      guard cut >= 6 else { continue }
      for inner in 3...cut - 3 {
        if let second = modifier(word, inner, cut), let first = modifier(word, 0, inner) {
          var match = join(first.strength >= second.strength ? first : second, head)
          match.categories |= second.categories
          return match
        }
      }
    }
    return nil
  }

  private func join(_ modifier: Slot, _ head: Slot) -> WordMatch {
    var match = WordMatch(head, .compound)
    match.modifierClasses = modifier.classes
    match.categories |= modifier.strength >= 2 ? modifier.categories : 0
    match.patterns = 0
    return match
  }

  /// An unknown word whose head is a strong abuse word of four letters or more.
  private func openCompound(_ word: UnsafeBufferPointer<UInt8>) -> WordMatch? {
    guard word.count >= 7 else { return nil }
    for cut in 2...word.count - 4 {
      if let head = part(word, cut..<word.count), head.strength >= 3 {
        var match = WordMatch(head, .openCompound)
        match.patterns = 0
        return match
      }
    }
    for cut in (5..<word.count - 2).reversed() {
      if let first = part(word, 0..<cut), first.strength >= 3 {
        var match = WordMatch(first, .openCompound)
        match.patterns = 0
        return match
      }
    }
    return nil
  }

  private func abuseForm(_ number: UInt32) -> Slice<UnsafeBufferPointer<UInt8>> {
    abuseBytes.values[Int(abuseStarts[Int(number)])..<Int(abuseStarts[Int(number) + 1])]
  }

  private func match(form number: UInt32, _ source: WordMatch.Source) -> WordMatch? {
    slot(FixedHash.bytes(abuseForm(number))).map {
      var match = WordMatch($0, source)
      match.patterns = 0
      return match
    }
  }

  /// An abuse word of five letters or more with one letter too few, too many, wrong, or two swapped.
  private func misspelt(_ word: UnsafeBufferPointer<UInt8>, hash: UInt64) -> WordMatch? {
    if let number = deletionForm(hash) { return match(form: number, .fuzzy) }
    guard word.count >= 6 else { return nil }
    for skipped in word.indices {
      let key = Fuzzy.hash(word, without: skipped)
      guard fuzzyFilter.mayContain(key) else { continue }
      if let slot = slot(key), slot.strength >= 3 {
        var match = WordMatch(slot, .fuzzy)
        match.patterns = 0
        return match
      }
      if let number = deletionForm(key) { return match(form: number, .fuzzy) }
    }
    if word.count >= 7, let number = scrambledForm(Fuzzy.scrambleKey(word)) { return match(form: number, .fuzzy) }
    return nil
  }

  private func scrambledForm(_ key: UInt64) -> UInt32? { find(key, scrambleKeys, scrambleForms) }

  private func deletionForm(_ key: UInt64) -> UInt32? { find(key, deletionKeys, deletionForms) }

  private func find(_ key: UInt64, _ keys: PlainTable<UInt64>, _ forms: PlainTable<UInt32>) -> UInt32? {
    guard fuzzyFilter.mayContain(key) else { return nil }
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low < keys.count && keys[low] == key ? forms[low] : nil
  }

  /// The abuse word that a form with `*` for hidden letters stands for: one to four letters for each `*`; alone, or with
  /// known words before or after it.
  public func resolveWildcard(_ form: UnsafeBufferPointer<UInt8>) -> WordMatch? {
    let letters = form.count { $0 != UInt8(ascii: "*") }
    guard letters >= 1, form.count <= 30, form.first != UInt8(ascii: "*") else { return nil }
    if let whole = wildcardForm(form, least: 1) { return match(form: whole, .wildcard) }
    guard letters >= 5, form.count <= 20, let star = form.firstIndex(of: UInt8(ascii: "*")) else { return nil }
    for cut in 3..<max(4, star) where cut < star {
      guard part(form, 0..<cut) != nil || cut >= 4 else { continue }
      if let found = wildcardForm(slice(form, cut, form.count), least: 3) { return match(form: found, .wildcard) }
    }
    guard let lastStar = form.lastIndex(of: UInt8(ascii: "*")) else { return nil }
    for end in stride(from: form.count - 3, to: lastStar, by: -1) where part(form, end..<form.count) != nil {
      for start in [0] + Array(3..<max(3, star)) where end - start >= 3 {
        if let found = wildcardForm(slice(form, start, end), least: 3) { return match(form: found, .wildcard) }
      }
    }
    return nil
  }

  private func slice(_ form: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: form[start..<end])
  }

  /// The best abuse form of strength `least` or more that fits a form with wildcards.
  private func wildcardForm(_ form: UnsafeBufferPointer<UInt8>, least: UInt8) -> UInt32? {
    let letters = form.count { $0 != UInt8(ascii: "*") }
    guard form.first != UInt8(ascii: "*"), letters >= 1, letters < form.count else { return nil }
    var best: (number: UInt32, rank: Int)?
    // The forms are in alphabetical order: those that begin as the form does before its first wildcard stand together.
    let prefix = form.prefix { $0 != UInt8(ascii: "*") }
    var low = 0
    var high = max(0, abuseStarts.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if abuseForm(UInt32(middle)).lexicographicallyPrecedes(prefix) { low = middle + 1 } else { high = middle }
    }
    var number = low
    while number < abuseStarts.count - 1 {
      let candidate = abuseForm(UInt32(number))
      guard candidate.starts(with: prefix) else { break }
      // With so few letters shown, more must not be hidden than shown by much.
      if candidate.count > letters, candidate.count - letters <= max(2, letters),
        Self.matches(form, 0, candidate, candidate.startIndex),
        let slot = slot(FixedHash.bytes(candidate)), slot.strength >= least
      {
        let rank = (candidate.count - letters) * 2 + (3 - Int(slot.strength)) * 3
        if best.map({ rank < $0.rank }) ?? true { best = (UInt32(number), rank) }
      }
      number += 1
    }
    return best?.number
  }

  private static func matches(
    _ form: UnsafeBufferPointer<UInt8>, _ at: Int, _ candidate: Slice<UnsafeBufferPointer<UInt8>>, _ from: Int
  ) -> Bool {
    if at == form.count { return from == candidate.endIndex }
    if form[at] == UInt8(ascii: "*") {
      for hidden in 1...4 where from + hidden <= candidate.endIndex {
        if matches(form, at + 1, candidate, from + hidden) { return true }
      }
      return false
    }
    guard from < candidate.endIndex, candidate[from] == form[at] else { return false }
    return matches(form, at + 1, candidate, from + 1)
  }

  /// Cuts words that run together ("jebenteenhoer") into listed words; nil where that cannot be done throughout.
  ///
  /// The cut with the fewest words wins. O(n²) for at most 60 letters.
  public func segment(_ word: UnsafeBufferPointer<UInt8>) -> [Range<Int>]? {
    guard word.count >= 6, word.count <= 60 else { return nil }
    for byte in word where byte &- 97 >= 26 { return nil }
    var ranges: [Range<Int>] = []
    withUnsafeTemporaryAllocation(of: (cost: Int32, from: Int32).self, capacity: word.count + 1) { best in
      best.initialize(repeating: (.max, 0))
      best[0].cost = 0
      for start in word.indices where best[start].cost != .max {
        var hash = FixedHash.Running()
        for end in start + 1...min(start + 24, word.count) {
          hash.add(word[end - 1])
          guard end - start >= 2 || word[start] == UInt8(ascii: "u") else { continue }
          let price = best[start].cost + (end - start <= 2 ? 14 : 10)
          guard price < best[end].cost else { continue }
          let key = hash.value
          guard segmentFilter.mayContain(key), let slot = slot(key), slot.flags & Self.segmentFlag != 0 else {
            continue
          }
          best[end] = (price, Int32(start))
        }
      }
      guard best[word.count].cost != .max else { return }
      var end = word.count
      while end > 0 {
        let start = Int(best[end].from)
        ranges.append(start..<end)
        end = start
      }
    }
    guard ranges.count >= 2, word.count >= ranges.count * 3 else { return nil }
    return ranges.reversed()
  }
}
