/// One word in the sequence that patterns are matched against.
public struct PatternWord: Sendable, BitwiseCopyable {
  /// Low half of the hash of the folded form.
  public var form: UInt32
  public var classes: ClassSet
  /// From ``WordMatch/patterns``.
  public var patterns: UInt32
  public var sentence: UInt32
  /// The signs of the word.
  let signs: Signs

  public init(form: UInt32, classes: ClassSet, patterns: UInt32, sentence: UInt32) {
    self.form = form
    self.classes = classes
    self.patterns = patterns
    self.sentence = sentence
    var signs = Signs()
    signs.add(form: form)
    for place in 0..<4 where classes[place] != 0 { signs.add(classNumber: classes[place]) }
    self.signs = signs
  }
}

/// A pattern found in a text.
public struct PatternMatch: Sendable, Equatable, BitwiseCopyable {
  public var classNumber: UInt8
  public var categories: UInt8
  public var strength: UInt8
  /// The words covered, first and last inclusive.
  public var first: Int
  public var last: Int
}

/// Words and classes as bits: one that is there has its bit, one that is not there may share it.
struct Signs: BitwiseCopyable, Sendable {
  private(set) var words: UInt32 = 0
  private(set) var classes: UInt32 = 0

  static let all = Signs(words: .max, classes: .max)

  @inline(__always)
  mutating func add(form: UInt32) { words |= 1 << (form >> 27) }

  @inline(__always)
  mutating func add(classNumber: UInt8) { classes |= 1 << UInt32(classNumber & 31) }

  @inline(__always)
  func meets(_ other: Signs) -> Bool { words & other.words | classes & other.classes != 0 }
}

extension Lexicon {
  /// Finds every pattern in `words`, each at most once for each anchor, within sentences. Linear in the number of words
  /// for a given lexicon: a word is tried only with the patterns that it anchors, and with those only where the words
  /// beside it may be what they ask for.
  public func match(_ words: UnsafeBufferPointer<PatternWord>, _ found: (PatternMatch) -> Void) {
    var start = 0
    while start < words.count {
      var end = start
      while end < words.count, words[end].sentence == words[start].sentence { end += 1 }
      let sentence = UnsafeBufferPointer(rebasing: words[start..<end])
      for index in sentence.indices where sentence[index].patterns != 0 { match(sentence, index, start, found) }
      start = end
    }
  }

  /// Finds the patterns of one sentence that the word at `index` anchors.
  private func match(
    _ words: UnsafeBufferPointer<PatternWord>, _ index: Int, _ base: Int, _ found: (PatternMatch) -> Void
  ) {
    guard var candidate = candidates.values.baseAddress.map({ $0 + Int(words[index].patterns) }) else { return }
    while true {
      if mayStand(candidate, words, index) {
        let pattern = patterns[Int(candidate.pointee.pattern)]
        let anchor = Int(pattern.anchor)
        if let last = extend(words, index, pattern, anchor, step: 1),
          let first = extend(words, index, pattern, anchor, step: -1)
        {
          found(
            PatternMatch(
              classNumber: pattern.classNumber, categories: pattern.categories, strength: pattern.strength,
              first: base + first, last: base + last))
        }
      }
      if candidate.pointee.isLast != 0 { return }
      candidate += 1
    }
  }

  /// Whether the words beside the anchor may be what a pattern asks for there.
  @inline(__always)
  private func mayStand(
    _ candidate: UnsafePointer<Candidate>, _ words: UnsafeBufferPointer<PatternWord>, _ index: Int
  ) -> Bool {
    let right = candidate.pointee.rightGap
    if right != .max, !Self.stands(candidate.pointee.right, words, index + 1, index + 2 + Int(right)) { return false }
    let left = candidate.pointee.leftGap
    return left == .max || Self.stands(candidate.pointee.left, words, index - 1 - Int(left), index)
  }

  /// Whether a word with some of these signs stands in a range of the sentence.
  @inline(__always)
  private static func stands(
    _ signs: Signs, _ words: UnsafeBufferPointer<PatternWord>, _ from: Int, _ to: Int
  ) -> Bool {
    var index = max(0, from)
    let end = min(words.count, to)
    while index < end {
      if words[index].signs.meets(signs) { return true }
      index += 1
    }
    return false
  }

  /// The place of the last element in one direction, or nil where the elements cannot be laid out.
  private func extend(
    _ words: UnsafeBufferPointer<PatternWord>, _ at: Int, _ pattern: Pattern, _ element: Int, step: Int
  ) -> Int? {
    let next = element + step
    guard next >= 0, next < Int(pattern.elementCount) else { return at }
    let elements = elements.values
    let wanted = elements[Int(pattern.firstElement) + next]
    // The gap belongs to the right one of two neighbouring elements.
    let gap = Int(step > 0 ? wanted.gapBefore : elements[Int(pattern.firstElement) + element].gapBefore)
    for distance in 1...gap + 1 {
      let place = at + step * distance
      guard place >= 0, place < words.count else { return nil }
      if fits(words[place], wanted), let end = extend(words, place, pattern, next, step: step) { return end }
    }
    return nil
  }

  private func fits(_ word: PatternWord, _ element: Element) -> Bool {
    if element.kind == 2 { return true }
    guard element.signs.meets(word.signs) else { return false }
    let form = max(word.form, 256)
    let alternatives = alternatives.values
    for index in Int(element.firstAlternative)..<Int(element.firstAlternative) + Int(element.alternativeCount) {
      let alternative = alternatives[index]
      if alternative == form { return true }
      if alternative < 256, any(word.classes .== UInt8(truncatingIfNeeded: alternative)) { return true }
    }
    return false
  }
}
