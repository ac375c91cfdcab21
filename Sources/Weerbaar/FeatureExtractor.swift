internal import AbuseLexicon
internal import DutchText

/// Takes features as they are made: counts them, sums their weights, or looks who brought them.
protocol FeatureSink {
  /// Begins the next part (sentence).
  mutating func beginPart()
  /// Begins the features of the whole; comes last.
  mutating func beginWhole()
  /// A feature, and the units it comes from, first and last inclusive; -1 where it comes from none.
  mutating func add(_ hash: UInt64, _ first: Int, _ last: Int)
}

/// The families of features. A family can be switched off to see what it is worth.
public struct FeatureFamilies: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let words = FeatureFamilies(rawValue: 1)
  public static let lemmas = FeatureFamilies(rawValue: 2)
  public static let characters = FeatureFamilies(rawValue: 4)
  public static let wordPairs = FeatureFamilies(rawValue: 8)
  public static let skipPairs = FeatureFamilies(rawValue: 16)
  public static let classes = FeatureFamilies(rawValue: 32)
  public static let classSequences = FeatureFamilies(rawValue: 64)
  public static let classPairs = FeatureFamilies(rawValue: 128)
  public static let classWords = FeatureFamilies(rawValue: 256)
  public static let shape = FeatureFamilies(rawValue: 512)
  public static let patterns = FeatureFamilies(rawValue: 1024)
  public static let scope = FeatureFamilies(rawValue: 2048)
  public static let whole = FeatureFamilies(rawValue: 4096)
  public static let skeleton = FeatureFamilies(rawValue: 8192)
  public static let sets = FeatureFamilies(rawValue: 16384)
  public static let all = FeatureFamilies(rawValue: 32767)
}

/// Makes the features of a text from its units.
struct FeatureExtractor {
  let families: FeatureFamilies
  let roles: ClassRoles

  /// Hash seeds of the families; changing one changes the model.
  private enum Seed {
    static let word: UInt64 = 1 << 56
    static let lemma: UInt64 = 2 << 56
    static let characters: UInt64 = 3 << 56
    static let wordPair: UInt64 = 4 << 56
    static let lemmaPair: UInt64 = 5 << 56
    static let skipPair: UInt64 = 6 << 56
    static let classOne: UInt64 = 7 << 56
    static let classTwo: UInt64 = 8 << 56
    static let classThree: UInt64 = 9 << 56
    static let classSkip: UInt64 = 10 << 56
    static let classWord: UInt64 = 11 << 56
    static let wordClass: UInt64 = 12 << 56
    static let first: UInt64 = 13 << 56
    static let last: UInt64 = 14 << 56
    static let shape: UInt64 = 15 << 56
    static let pattern: UInt64 = 16 << 56
    static let modifier: UInt64 = 17 << 56
    static let source: UInt64 = 18 << 56
    static let wholeClass: UInt64 = 19 << 56
    static let wholePair: UInt64 = 20 << 56
    static let wholePattern: UInt64 = 21 << 56
    static let wholeShape: UInt64 = 22 << 56
    static let scoped: UInt64 = 23 << 56
    static let strength: UInt64 = 24 << 56
    static let classFour: UInt64 = 25 << 56
    static let reported: UInt64 = 26 << 56
    static let skeleton: UInt64 = 27 << 56
    static let skeletonWord: UInt64 = 28 << 56
    static let pair: UInt64 = 29 << 56
    static let triple: UInt64 = 30 << 56
    static let wholeSuperclassPair: UInt64 = 31 << 56
  }

  @inline(__always)
  private func hash(_ seed: UInt64, _ a: UInt64) -> UInt64 { FixedHash.combine(seed, a) }

  @inline(__always)
  private func hash(_ seed: UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 { FixedHash.combine(seed ^ a, b) }

  func extract<Sink: FeatureSink>(
    units: UnsafeBufferPointer<Unit>, patterns: UnsafeBufferPointer<PatternMatch>, folded: UnsafeBufferPointer<UInt8>,
    into sink: inout Sink
  ) {
    var start = 0
    var pattern = 0
    while start < units.count {
      var end = start + 1
      while end < units.count, units[end].sentence == units[start].sentence { end += 1 }
      var patternEnd = pattern
      while patternEnd < patterns.count, patterns[patternEnd].first < end { patternEnd += 1 }
      sink.beginPart()
      part(
        UnsafeBufferPointer(rebasing: units[start..<end]), start,
        UnsafeBufferPointer(rebasing: patterns[pattern..<patternEnd]), folded, &sink)
      start = end
      pattern = patternEnd
    }
    sink.beginWhole()
    if families.contains(.whole) { whole(units, patterns, &sink) }
  }

  /// The symbol with its scope: an abuse word that is negated, quoted or part of an idiom is another symbol.
  @inline(__always)
  private func symbol(_ unit: Unit) -> UInt64 {
    var symbol = UInt64(unit.symbol)
    if families.contains(.scope), unit.strength > 0 || unit.categories != 0 {
      if unit.flags.contains(.cancelled) { symbol |= 1 << 12 }
      if unit.flags.contains(.quoted) { symbol |= 1 << 13 }
    }
    return symbol
  }

  private func part<Sink: FeatureSink>(
    _ units: UnsafeBufferPointer<Unit>, _ base: Int, _ patterns: UnsafeBufferPointer<PatternMatch>,
    _ folded: UnsafeBufferPointer<UInt8>, _ sink: inout Sink
  ) {
    let count = units.count
    for index in 0..<count {
      let unit = units[index]
      let at = base + index
      if families.contains(.words) { sink.add(hash(Seed.word, unit.word), at, at) }
      if families.contains(.lemmas) { sink.add(hash(Seed.lemma, unit.lemma), at, at) }
      if families.contains(.characters), unit.flags.contains(.spelled) { characters(unit, at, folded, &sink) }
      if families.contains(.classes) { classes(unit, at, &sink) }
      let symbol = symbol(unit)
      // Neighbours.
      let previousWord = index > 0 ? units[index - 1].word : 1
      let previousLemma = index > 0 ? units[index - 1].lemma : 1
      let previousSymbol = index > 0 ? self.symbol(units[index - 1]) : UInt64(ShapeSymbol.start)
      let from = max(base, at - 1)
      if families.contains(.wordPairs) {
        sink.add(hash(Seed.wordPair, previousWord, unit.word), from, at)
        sink.add(hash(Seed.lemmaPair, previousLemma, unit.lemma), from, at)
      }
      if families.contains(.classSequences) {
        sink.add(hash(Seed.classTwo, previousSymbol, symbol), from, at)
        let third = index > 1 ? self.symbol(units[index - 2]) : UInt64(ShapeSymbol.start)
        let three = hash(Seed.classThree, third << 16 | previousSymbol, symbol)
        sink.add(three, max(base, at - 2), at)
        if index > 2 { sink.add(hash(Seed.classFour, self.symbol(units[index - 3]), three), at - 3, at) }
      }
      for distance in 2...6 where index >= distance {
        let other = units[index - distance]
        if families.contains(.skipPairs), distance <= 3 {
          sink.add(hash(Seed.skipPair, other.lemma, unit.lemma), at - distance, at)
        }
        if families.contains(.classPairs) {
          sink.add(hash(Seed.classSkip, self.symbol(other), symbol), at - distance, at)
        }
      }
      if families.contains(.classWords) {
        for distance in 1...3 where index >= distance {
          let other = units[index - distance]
          sink.add(hash(Seed.classWord, self.symbol(other), unit.lemma), at - distance, at)
          sink.add(hash(Seed.wordClass, other.lemma, symbol), at - distance, at)
        }
      }
    }
    guard count > 0 else { return }
    let firstUnit = units[0]
    let lastUnit = units[count - 1]
    if families.contains(.wordPairs) {
      sink.add(hash(Seed.wordPair, lastUnit.word, 2), base + count - 1, base + count - 1)
    }
    if families.contains(.classSequences) {
      sink.add(hash(Seed.classTwo, symbol(lastUnit), UInt64(ShapeSymbol.end)), base + count - 1, base + count - 1)
      let before = count > 1 ? symbol(units[count - 2]) : UInt64(ShapeSymbol.start)
      sink.add(
        hash(Seed.classThree, before << 16 | symbol(lastUnit), UInt64(ShapeSymbol.end)), base + max(0, count - 2),
        base + count - 1)
    }
    if families.contains(.shape) { shape(units, base, &sink, firstUnit, lastUnit) }
    if families.contains(.patterns) {
      for match in patterns {
        let negated = units[match.first - base].flags.contains(.negated) ? 1 << 8 : 0
        let quoted = units[match.first - base].flags.contains(.quoted) ? 1 << 9 : 0
        sink.add(hash(Seed.pattern, UInt64(match.classNumber)), match.first, match.last)
        if negated + quoted != 0 {
          sink.add(hash(Seed.pattern, UInt64(match.classNumber) | UInt64(negated | quoted)), match.first, match.last)
        }
      }
    }
    if families.contains(.scope) { scope(units, base, patterns, &sink) }
    if families.contains(.skeleton) { skeleton(units, base, &sink) }
    if families.contains(.sets) {
      let present = superclasses(units, patterns)
      sets(present, Seed.pair, Seed.triple, &sink)
    }
  }

  /// The sentence without the words that carry no meaning of their own: who, what, to whom, in this order.
  private func skeleton<Sink: FeatureSink>(_ units: UnsafeBufferPointer<Unit>, _ base: Int, _ sink: inout Sink) {
    var last = (UInt64(127), UInt64(127), UInt64(127))
    var lemmas = (UInt64(1), UInt64(1))
    var places = (base, base, base)
    for index in 0...units.count {
      var current: UInt64 = 127
      var lemma: UInt64 = 2
      var at = base + max(0, units.count - 1)
      if index < units.count {
        let unit = units[index]
        guard unit.superclass != 0 else { continue }
        current = UInt64(unit.superclass)
        if unit.flags.contains(.cancelled) { current |= 1 << 7 }
        if unit.flags.contains(.quoted) { current |= 1 << 8 }
        lemma = unit.lemma
        at = base + index
      }
      sink.add(hash(Seed.skeleton, last.0 << 10 | current), places.0, at)
      sink.add(hash(Seed.skeleton, last.1 << 20 | last.0 << 10 | current), places.1, at)
      sink.add(hash(Seed.skeleton, last.2 << 30 | last.1 << 20 | last.0 << 10 | current, 3), places.2, at)
      sink.add(hash(Seed.skeletonWord, lemmas.0, current), places.0, at)
      sink.add(hash(Seed.skeletonWord ^ 1, lemma, last.0), places.0, at)
      sink.add(hash(Seed.skeletonWord ^ 2, lemmas.1, current), places.1, at)
      sink.add(hash(Seed.skeletonWord ^ 3, lemma, last.1), places.1, at)
      last = (current, last.0, last.1)
      lemmas = (lemma, lemmas.0)
      places = (at, places.0, places.1)
    }
  }

  /// The superclasses of words and patterns as bits.
  private func superclasses(
    _ units: UnsafeBufferPointer<Unit>, _ patterns: UnsafeBufferPointer<PatternMatch>
  ) -> (UInt64, UInt64) {
    var present = (UInt64(0), UInt64(0))
    func mark(_ number: UInt8) {
      if number < 64 { present.0 |= 1 << UInt64(number) } else { present.1 |= 1 << UInt64(number - 64) }
    }
    for unit in units where unit.superclass != 0 && unit.superclass != ShapeSuperclass.unknown {
      if !unit.flags.contains(.cancelled) { mark(unit.superclass) }
    }
    for match in patterns {
      let number = roles.superclasses[Int(match.classNumber)]
      if number != 0 { mark(number) }
    }
    return present
  }

  private func sets<Sink: FeatureSink>(
    _ present: (UInt64, UInt64), _ pairSeed: UInt64, _ tripleSeed: UInt64, _ sink: inout Sink
  ) {
    var numbers = InlineArray<16, UInt64>(repeating: 0)
    var count = 0
    var bits = present.0
    while bits != 0, count < 16 {
      numbers[count] = UInt64(bits.trailingZeroBitCount)
      count += 1
      bits &= bits - 1
    }
    bits = present.1
    while bits != 0, count < 16 {
      numbers[count] = UInt64(bits.trailingZeroBitCount + 64)
      count += 1
      bits &= bits - 1
    }
    for a in 0..<count {
      for b in 0..<a {
        sink.add(hash(pairSeed, numbers[a] << 8 | numbers[b]), -1, -1)
        guard tripleSeed != 0, count <= 10 else { continue }
        for c in 0..<b { sink.add(hash(tripleSeed, numbers[a] << 16 | numbers[b] << 8 | numbers[c]), -1, -1) }
      }
    }
  }

  private func characters<Sink: FeatureSink>(
    _ unit: Unit, _ at: Int, _ folded: UnsafeBufferPointer<UInt8>, _ sink: inout Sink
  ) {
    let start = Int(unit.foldedStart)
    let count = Int(unit.foldedEnd) - start
    // The word with a boundary mark at each end; n-grams of three to five.
    func byte(_ index: Int) -> UInt64 {
      index == 0 || index == count + 1 ? 0x7E : UInt64(folded[start + index - 1])
    }
    for first in 0..<max(0, count) {
      var gram = byte(first) << 8 | byte(first + 1)
      for length in 3...6 where first + length <= count + 2 {
        gram = gram << 8 | byte(first + length - 1)
        sink.add(hash(Seed.characters, gram), at, at)
      }
    }
  }

  private func classes<Sink: FeatureSink>(_ unit: Unit, _ at: Int, _ sink: inout Sink) {
    let scope: UInt64
    if families.contains(.scope) {
      scope =
        (unit.flags.contains(.negated) ? 1 << 16 : 0) | (unit.flags.contains(.quoted) ? 1 << 17 : 0)
        | (unit.flags.contains(.cancelled) ? 1 << 18 : 0)
    } else {
      scope = 0
    }
    for place in 0..<4 where unit.classes[place] != 0 {
      let number = UInt64(unit.classes[place])
      sink.add(hash(Seed.classOne, number), at, at)
      if scope != 0 { sink.add(hash(Seed.scoped, number | scope), at, at) }
    }
    for place in 0..<4 where unit.modifiers[place] != 0 {
      sink.add(hash(Seed.modifier, UInt64(unit.modifiers[place])), at, at)
      sink.add(hash(Seed.modifier, UInt64(unit.modifiers[place]) << 8 | UInt64(unit.classes[0])), at, at)
    }
    if unit.source != .listed || unit.flags.contains(.disguised) {
      let disguised: UInt64 = unit.flags.contains(.disguised) ? 1 << 8 : 0
      sink.add(hash(Seed.source, UInt64(unit.source.rawValue) | disguised), at, at)
      sink.add(hash(Seed.source, UInt64(unit.symbol) << 16 | UInt64(unit.source.rawValue) | disguised), at, at)
    }
    if unit.strength > 0 {
      sink.add(hash(Seed.strength, UInt64(unit.strength) | scope), at, at)
      sink.add(hash(Seed.strength, UInt64(unit.strength) << 8 | UInt64(unit.categories) << 20 | 1 << 40), at, at)
    }
  }

  private func shape<Sink: FeatureSink>(
    _ units: UnsafeBufferPointer<Unit>, _ base: Int, _ sink: inout Sink, _ first: Unit, _ last: Unit
  ) {
    func add(_ kind: UInt64, _ value: UInt64) { sink.add(hash(Seed.shape, kind << 16 | value), -1, -1) }
    let count = units.count
    add(1, UInt64(count <= 6 ? count : count <= 10 ? 7 : count <= 16 ? 8 : count <= 28 ? 9 : 10))
    if last.flags.contains(.asked) { add(2, 1) }
    if last.flags.contains(.exclaimed) { add(2, 2) }
    var capitals = 0
    for unit in units where unit.flags.contains(.allCapitals) { capitals += 1 }
    if capitals * 2 > count { add(3, 1) } else if capitals > 0 { add(3, 2) }
    sink.add(hash(Seed.first, first.lemma), base, base)
    sink.add(hash(Seed.first, symbol(first), 1), base, base)
    sink.add(hash(Seed.last, last.lemma), base + count - 1, base + count - 1)
    sink.add(hash(Seed.last, symbol(last), 1), base + count - 1, base + count - 1)
    sink.add(hash(Seed.last, symbol(first) << 16 | symbol(last), 2), base, base + count - 1)
  }

  /// What the sentence as a whole says of its abuse words: who is addressed, whether it reports.
  private func scope<Sink: FeatureSink>(
    _ units: UnsafeBufferPointer<Unit>, _ base: Int, _ patterns: UnsafeBufferPointer<PatternMatch>, _ sink: inout Sink
  ) {
    var strongest = 0
    var place = -1
    var persons: UInt64 = 0
    for (index, unit) in units.enumerated() {
      if Int(unit.strength) > strongest, !unit.flags.contains(.cancelled) {
        strongest = Int(unit.strength)
        place = index
      }
      for slot in 0..<4 where unit.classes[slot] != 0 {
        let number = unit.classes[slot]
        if number == roles.secondPerson { persons |= 1 }
        if number == roles.thirdFeminine { persons |= 2 }
        if number == roles.firstPerson { persons |= 4 }
        if number == roles.must { persons |= 8 }
        if number == roles.roleInPolitics { persons |= 16 }
        if number == roles.negation { persons |= 32 }
      }
    }
    var reports: UInt64 = 0
    for match in patterns where roles.reporting.contains(match.classNumber) { reports = 1 }
    if place >= 0 {
      let unit = units[place]
      for bit in 0..<6 where persons >> UInt64(bit) & 1 == 1 {
        sink.add(hash(Seed.reported, UInt64(unit.symbol) << 16 | UInt64(bit)), base + place, base + place)
        sink.add(hash(Seed.reported, UInt64(strongest) << 32 | UInt64(bit)), base + place, base + place)
      }
      if reports == 1 {
        sink.add(hash(Seed.reported, UInt64(unit.symbol) << 16 | 99), base + place, base + place)
        sink.add(hash(Seed.reported, 98), base + place, base + place)
      }
    }
    sink.add(hash(Seed.reported, 97 << 16 | UInt64(strongest) << 8 | persons), -1, -1)
  }

  private func whole<Sink: FeatureSink>(
    _ units: UnsafeBufferPointer<Unit>, _ patterns: UnsafeBufferPointer<PatternMatch>, _ sink: inout Sink
  ) {
    var seen = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    func has(_ number: Int) -> Bool {
      let bit = UInt64(1) << UInt64(number & 63)
      return switch number >> 6 {
      case 0: seen.0 & bit != 0
      case 1: seen.1 & bit != 0
      case 2: seen.2 & bit != 0
      default: seen.3 & bit != 0
      }
    }
    func mark(_ number: Int) {
      let bit = UInt64(1) << UInt64(number & 63)
      switch number >> 6 {
      case 0: seen.0 |= bit
      case 1: seen.1 |= bit
      case 2: seen.2 |= bit
      default: seen.3 |= bit
      }
    }
    var capitals = 0
    for (index, unit) in units.enumerated() {
      if unit.flags.contains(.allCapitals) { capitals += 1 }
      for slot in 0..<4 where unit.classes[slot] != 0 {
        let number = Int(unit.classes[slot])
        if !has(number) {
          mark(number)
          sink.add(hash(Seed.wholeClass, UInt64(number)), index, index)
        }
      }
    }
    var lastPattern = UInt8(0)
    for match in patterns where match.classNumber != lastPattern {
      lastPattern = match.classNumber
      sink.add(hash(Seed.wholePattern, UInt64(match.classNumber)), match.first, match.last)
    }
    let count = units.count
    let size = count <= 4 ? count : count <= 8 ? 5 : count <= 15 ? 6 : count <= 30 ? 7 : count <= 60 ? 8 : 9
    sink.add(hash(Seed.wholeShape, UInt64(size)), -1, -1)
    let sentences = units.last.map { Int($0.sentence) + 1 } ?? 0
    sink.add(hash(Seed.wholeShape, 1 << 8 | UInt64(min(sentences, 6))), -1, -1)
    if count > 2, capitals * 2 > count { sink.add(hash(Seed.wholeShape, 2 << 8), -1, -1) }
  }
}
