internal import AbuseLexicon
internal import DutchText

/// The features of a text: hashes, and the units that each comes from. Those of a part (sentence) stand together, those of
/// the whole come last. What units have ready-made sums for is left out.
struct FeatureList: ~Copyable {
  /// Where a part ends in the features and in the units.
  struct End: BitwiseCopyable {
    var feature: Int
    var unit: Int
  }

  /// A feature that comes from no unit in particular.
  static let nowhere = UInt64.max

  private(set) var hashes = PlainBuffer<UInt64>(capacity: 1024)
  /// The first unit in the high half and the last in the low half, or ``nowhere``.
  private(set) var spans = PlainBuffer<UInt64>(capacity: 1024)
  private(set) var parts = PlainBuffer<End>(capacity: 64)

  var count: Int { hashes.count }

  mutating func removeAll() {
    hashes.removeAll()
    spans.removeAll()
    parts.removeAll()
  }

  /// Makes room for `number` more features.
  @inline(__always)
  mutating func reserve(_ number: Int) {
    hashes.reserve(hashes.count + number)
    spans.reserve(hashes.count + number)
  }

  /// Adds a feature, and the units it comes from, first and last inclusive. There must be room.
  @inline(__always)
  mutating func add(_ hash: UInt64, _ first: Int, _ last: Int) {
    hashes.base[hashes.count] = hash
    spans.base[spans.count] = UInt64(truncatingIfNeeded: first) << 32 | UInt64(truncatingIfNeeded: last)
    hashes.commit(1)
    spans.commit(1)
  }

  /// Adds a feature that comes from no unit in particular. There must be room.
  @inline(__always)
  mutating func add(_ hash: UInt64) {
    hashes.base[hashes.count] = hash
    spans.base[spans.count] = Self.nowhere
    hashes.commit(1)
    spans.commit(1)
  }

  mutating func endPart(unit: Int) { parts.append(End(feature: count, unit: unit)) }
}

/// The families of features. A family can be switched off to see what it is worth.
public struct FeatureFamilies: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let words = FeatureFamilies(rawValue: 1)
  public static let lemmas = FeatureFamilies(rawValue: 2)
  public static let characters = FeatureFamilies(rawValue: 4)
  public static let wordPairs = FeatureFamilies(rawValue: 8)
  public static let classes = FeatureFamilies(rawValue: 32)
  public static let classSequences = FeatureFamilies(rawValue: 64)
  public static let classWords = FeatureFamilies(rawValue: 256)
  public static let shape = FeatureFamilies(rawValue: 512)
  public static let patterns = FeatureFamilies(rawValue: 1024)
  public static let scope = FeatureFamilies(rawValue: 2048)
  public static let whole = FeatureFamilies(rawValue: 4096)
  public static let skeleton = FeatureFamilies(rawValue: 8192)
  public static let all: FeatureFamilies = [
    .words, .lemmas, .characters, .wordPairs, .classes, .classSequences, .classWords, .shape, .patterns, .scope, .whole,
    .skeleton,
  ]
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
    static let classOne: UInt64 = 7 << 56
    static let classTwo: UInt64 = 8 << 56
    static let classThree: UInt64 = 9 << 56
    static let classWord: UInt64 = 11 << 56
    static let wordClass: UInt64 = 12 << 56
    static let first: UInt64 = 13 << 56
    static let last: UInt64 = 14 << 56
    static let shape: UInt64 = 15 << 56
    static let pattern: UInt64 = 16 << 56
    static let modifier: UInt64 = 17 << 56
    static let source: UInt64 = 18 << 56
    static let wholeClass: UInt64 = 19 << 56
    static let wholePattern: UInt64 = 21 << 56
    static let wholeShape: UInt64 = 22 << 56
    static let scoped: UInt64 = 23 << 56
    static let strength: UInt64 = 24 << 56
    static let classFour: UInt64 = 25 << 56
    static let reported: UInt64 = 26 << 56
    static let skeleton: UInt64 = 27 << 56
    static let skeletonWord: UInt64 = 28 << 56
  }

  @inline(__always)
  private func hash(_ seed: UInt64, _ a: UInt64) -> UInt64 { FixedHash.combine(seed, a) }

  @inline(__always)
  private func hash(_ seed: UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 { FixedHash.combine(seed ^ a, b) }

  /// A feature that comes from units further apart is evidence for none of them.
  static let reach = 6

  /// The most features that one unit can add, its letters apart.
  private static let mostOfUnit = 64
  /// The most features of a sentence, or of the whole, apart from those of its units and patterns.
  private static let mostOfPart = 320

  /// Appends the features of a text.
  func extract(
    units: UnsafeBufferPointer<Unit>, patterns: UnsafeBufferPointer<PatternMatch>, folded: UnsafeBufferPointer<UInt8>,
    into list: inout FeatureList
  ) {
    var start = 0
    var pattern = 0
    while start < units.count {
      var end = start
      var letters = 0
      while end < units.count, units[end].sentence == units[start].sentence {
        if !units[end].isSpellingKnown { letters += Int(units[end].foldedEnd - units[end].foldedStart) }
        end += 1
      }
      var patternEnd = pattern
      while patternEnd < patterns.count, patterns[patternEnd].first < end { patternEnd += 1 }
      list.reserve((end - start) * Self.mostOfUnit + letters * 4 + (patternEnd - pattern) * 2 + Self.mostOfPart)
      part(
        UnsafeBufferPointer(rebasing: units[start..<end]), start,
        UnsafeBufferPointer(rebasing: patterns[pattern..<patternEnd]), folded, &list)
      list.endPart(unit: end)
      start = end
      pattern = patternEnd
    }
    list.reserve(patterns.count + Self.mostOfPart)
    if families.contains(.whole) { whole(units, patterns, &list) }
  }

  private func part(
    _ all: UnsafeBufferPointer<Unit>, _ base: Int, _ patterns: UnsafeBufferPointer<PatternMatch>,
    _ folded: UnsafeBufferPointer<UInt8>, _ list: inout FeatureList
  ) {
    guard let units = all.baseAddress else { return }
    let count = all.count
    let hasPairs = families.contains(.wordPairs)
    let hasSequences = families.contains(.classSequences)
    let hasClassWords = families.contains(.classWords)
    // What stands before the unit, nearest first.
    var word: UInt64 = 1
    var lemmas = (UInt64(1), UInt64(1), UInt64(1))
    let start = UInt64(ShapeSymbol.start)
    var symbols = (start, start, start)
    for index in 0..<count {
      let unit = units + index
      let at = base + index
      if !unit.pointee.isSpellingKnown {
        let form = UnsafeBufferPointer(rebasing: folded[Int(unit.pointee.foldedStart)..<Int(unit.pointee.foldedEnd)])
        spelling(
          unit.pointee.word, unit.pointee.lemma, unit.pointee.flags.contains(.spelled) ? form : nil, at: at, &list)
      }
      if !unit.pointee.isMeaningKnown { meaning(unit, at: at, &list) }
      let lemma = unit.pointee.lemma
      let symbol = UInt64(unit.pointee.scopedSymbol)
      let from = max(base, at - 1)
      if hasPairs {
        list.add(hash(Seed.wordPair, word, unit.pointee.word), from, at)
        list.add(hash(Seed.lemmaPair, lemmas.0, lemma), from, at)
      }
      if hasSequences {
        list.add(hash(Seed.classTwo, symbols.0, symbol), from, at)
        let three = hash(Seed.classThree, symbols.1 << 16 | symbols.0, symbol)
        list.add(three, max(base, at - 2), at)
        if index > 2 { list.add(hash(Seed.classFour, symbols.2, three), at - 3, at) }
      }
      if hasClassWords {
        if index > 0 {
          list.add(hash(Seed.classWord, symbols.0, lemma), at - 1, at)
          list.add(hash(Seed.wordClass, lemmas.0, symbol), at - 1, at)
        }
        if index > 1 {
          list.add(hash(Seed.classWord, symbols.1, lemma), at - 2, at)
          list.add(hash(Seed.wordClass, lemmas.1, symbol), at - 2, at)
        }
        if index > 2 {
          list.add(hash(Seed.classWord, symbols.2, lemma), at - 3, at)
          list.add(hash(Seed.wordClass, lemmas.2, symbol), at - 3, at)
        }
      }
      word = unit.pointee.word
      lemmas = (lemma, lemmas.0, lemmas.1)
      symbols = (symbol, symbols.0, symbols.1)
    }
    guard count > 0 else { return }
    let last = base + count - 1
    if hasPairs { list.add(hash(Seed.wordPair, word, 2), last, last) }
    if hasSequences {
      let end = UInt64(ShapeSymbol.end)
      list.add(hash(Seed.classTwo, symbols.0, end), last, last)
      list.add(hash(Seed.classThree, symbols.1 << 16 | symbols.0, end), base + max(0, count - 2), last)
    }
    if families.contains(.shape) { shape(all, base, &list) }
    if families.contains(.patterns) {
      for match in patterns {
        let flags = units[match.first - base].flags
        let scope = (flags.contains(.negated) ? 1 << 8 : 0) | (flags.contains(.quoted) ? UInt64(1) << 9 : 0)
        list.add(hash(Seed.pattern, UInt64(match.classNumber)), match.first, match.last)
        if scope != 0 { list.add(hash(Seed.pattern, UInt64(match.classNumber) | scope), match.first, match.last) }
      }
    }
    if families.contains(.scope) { scope(all, base, patterns, &list) }
    if families.contains(.skeleton) { skeleton(all, base, &list) }
  }

  /// The sentence without the words that carry no meaning of their own: who, what, to whom, in this order.
  private func skeleton(_ units: UnsafeBufferPointer<Unit>, _ base: Int, _ list: inout FeatureList) {
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
      list.add(hash(Seed.skeleton, last.0 << 10 | current), places.0, at)
      list.add(hash(Seed.skeleton, last.1 << 20 | last.0 << 10 | current), places.1, at)
      list.add(hash(Seed.skeleton, last.2 << 30 | last.1 << 20 | last.0 << 10 | current, 3), places.2, at)
      list.add(hash(Seed.skeletonWord, lemmas.0, current), places.0, at)
      list.add(hash(Seed.skeletonWord ^ 1, lemma, last.0), places.0, at)
      list.add(hash(Seed.skeletonWord ^ 2, lemmas.1, current), places.1, at)
      list.add(hash(Seed.skeletonWord ^ 3, lemma, last.1), places.1, at)
      last = (current, last.0, last.1)
      lemmas = (lemma, lemmas.0)
      places = (at, places.0, places.1)
    }
  }

  /// The features of a word's form: itself, its lemma, and its letters where a form is given.
  func spelling(
    _ word: UInt64, _ lemma: UInt64, _ form: UnsafeBufferPointer<UInt8>?, at: Int, _ list: inout FeatureList
  ) {
    if families.contains(.words) { list.add(hash(Seed.word, word), at, at) }
    if families.contains(.lemmas) { list.add(hash(Seed.lemma, lemma), at, at) }
    if families.contains(.characters), let form { characters(form, at, &list) }
  }

  private func characters(
    _ form: UnsafeBufferPointer<UInt8>, _ at: Int, _ list: inout FeatureList
  ) {
    let count = form.count
    // The word with a boundary mark at each end; n-grams of three to six.
    func byte(_ index: Int) -> UInt64 { index == 0 || index == count + 1 ? 0x7E : UInt64(form[index - 1]) }
    for first in 0..<max(0, count) {
      var gram = byte(first) << 8 | byte(first + 1)
      for length in 3...6 where first + length <= count + 2 {
        gram = gram << 8 | byte(first + length - 1)
        list.add(hash(Seed.characters, gram), at, at)
      }
    }
  }

  /// The features of what a word means by itself, in its scope.
  func meaning(_ unit: UnsafePointer<Unit>, at: Int, _ list: inout FeatureList) {
    guard families.contains(.classes) else { return }
    let unit = unit.pointee
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
      list.add(hash(Seed.classOne, number), at, at)
      if scope != 0 { list.add(hash(Seed.scoped, number | scope), at, at) }
    }
    for place in 0..<4 where unit.modifiers[place] != 0 {
      list.add(hash(Seed.modifier, UInt64(unit.modifiers[place])), at, at)
      list.add(hash(Seed.modifier, UInt64(unit.modifiers[place]) << 8 | UInt64(unit.classes[0])), at, at)
    }
    if unit.source != .listed || unit.flags.contains(.disguised) {
      let disguised: UInt64 = unit.flags.contains(.disguised) ? 1 << 8 : 0
      list.add(hash(Seed.source, UInt64(unit.source.rawValue) | disguised), at, at)
      list.add(hash(Seed.source, UInt64(unit.symbol) << 16 | UInt64(unit.source.rawValue) | disguised), at, at)
    }
    if unit.strength > 0 {
      list.add(hash(Seed.strength, UInt64(unit.strength) | scope), at, at)
      list.add(hash(Seed.strength, UInt64(unit.strength) << 8 | UInt64(unit.categories) << 20 | 1 << 40), at, at)
    }
  }

  private func shape(
    _ units: UnsafeBufferPointer<Unit>, _ base: Int, _ list: inout FeatureList
  ) {
    let first = units[0]
    let last = units[units.count - 1]
    func add(_ kind: UInt64, _ value: UInt64) { list.add(hash(Seed.shape, kind << 16 | value)) }
    let count = units.count
    add(1, UInt64(count <= 6 ? count : count <= 10 ? 7 : count <= 16 ? 8 : count <= 28 ? 9 : 10))
    if last.flags.contains(.asked) { add(2, 1) }
    if last.flags.contains(.exclaimed) { add(2, 2) }
    var capitals = 0
    for unit in units where unit.flags.contains(.allCapitals) { capitals += 1 }
    if capitals * 2 > count { add(3, 1) } else if capitals > 0 { add(3, 2) }
    list.add(hash(Seed.first, first.lemma), base, base)
    list.add(hash(Seed.first, UInt64(first.scopedSymbol), 1), base, base)
    list.add(hash(Seed.last, last.lemma), base + count - 1, base + count - 1)
    list.add(hash(Seed.last, UInt64(last.scopedSymbol), 1), base + count - 1, base + count - 1)
    list.add(hash(Seed.last, UInt64(first.scopedSymbol) << 16 | UInt64(last.scopedSymbol), 2), base, base + count - 1)
  }

  /// What the sentence as a whole says of its abuse words: who is addressed, whether it reports.
  private func scope(
    _ units: UnsafeBufferPointer<Unit>, _ base: Int, _ patterns: UnsafeBufferPointer<PatternMatch>,
    _ list: inout FeatureList
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
        list.add(hash(Seed.reported, UInt64(unit.symbol) << 16 | UInt64(bit)), base + place, base + place)
        list.add(hash(Seed.reported, UInt64(strongest) << 32 | UInt64(bit)), base + place, base + place)
      }
      if reports == 1 {
        list.add(hash(Seed.reported, UInt64(unit.symbol) << 16 | 99), base + place, base + place)
        list.add(hash(Seed.reported, 98), base + place, base + place)
      }
    }
    list.add(hash(Seed.reported, 97 << 16 | UInt64(strongest) << 8 | persons))
  }

  private func whole(
    _ units: UnsafeBufferPointer<Unit>, _ patterns: UnsafeBufferPointer<PatternMatch>, _ list: inout FeatureList
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
          list.add(hash(Seed.wholeClass, UInt64(number)), index, index)
        }
      }
    }
    var lastPattern = UInt8(0)
    for match in patterns where match.classNumber != lastPattern {
      lastPattern = match.classNumber
      list.add(hash(Seed.wholePattern, UInt64(match.classNumber)), match.first, match.last)
    }
    let count = units.count
    let size = count <= 4 ? count : count <= 8 ? 5 : count <= 15 ? 6 : count <= 30 ? 7 : count <= 60 ? 8 : 9
    list.add(hash(Seed.wholeShape, UInt64(size)))
    let sentences = units.last.map { Int($0.sentence) + 1 } ?? 0
    list.add(hash(Seed.wholeShape, 1 << 8 | UInt64(min(sentences, 6))))
    if count > 2, capitals * 2 > count { list.add(hash(Seed.wholeShape, 2 << 8)) }
  }
}
