/// One word in the sequence that patterns are matched against.
public struct PatternWord: Sendable {
  /// Low half of the hash of the folded form.
  public var form: UInt32
  public var classes: ClassSet
  /// From ``WordMatch/patterns``.
  public var patterns: UInt32
  public var sentence: UInt32

  public init(form: UInt32, classes: ClassSet, patterns: UInt32, sentence: UInt32) {
    self.form = form
    self.classes = classes
    self.patterns = patterns
    self.sentence = sentence
  }
}

/// A pattern found in a text.
public struct PatternMatch: Sendable, Equatable {
  public var classNumber: UInt8
  public var categories: UInt8
  public var strength: UInt8
  /// The words covered, first and last inclusive.
  public var first: Int
  public var last: Int
}

extension Lexicon {
  /// Finds every pattern in `words`, each at most once for each anchor, within sentences. Linear in the number of words
  /// for a given lexicon: a word is tried only with the patterns that it anchors.
  public func match(_ words: UnsafeBufferPointer<PatternWord>, _ found: (PatternMatch) -> Void) {
    for index in words.indices where words[index].patterns != 0 {
      let list = Int(words[index].patterns)
      for offset in 1...Int(patternLists[list]) {
        let pattern = patterns[Int(patternLists[list + offset])]
        let anchor = Int(pattern.anchor)
        guard let last = extend(words, index, pattern, anchor, step: 1),
          let first = extend(words, index, pattern, anchor, step: -1)
        else { continue }
        found(
          PatternMatch(
            classNumber: pattern.classNumber, categories: pattern.categories, strength: pattern.strength, first: first,
            last: last))
      }
    }
  }

  /// The place of the last element in one direction, or nil where the elements cannot be laid out.
  private func extend(
    _ words: UnsafeBufferPointer<PatternWord>, _ at: Int, _ pattern: Pattern, _ element: Int, step: Int
  ) -> Int? {
    let next = element + step
    guard next >= 0, next < Int(pattern.elementCount) else { return at }
    let wanted = elements[Int(pattern.firstElement) + next]
    // The gap belongs to the right one of two neighbouring elements.
    let gap = Int(step > 0 ? wanted.gapBefore : elements[Int(pattern.firstElement) + element].gapBefore)
    for distance in 1...gap + 1 {
      let place = at + step * distance
      guard place >= 0, place < words.count, words[place].sentence == words[at].sentence else { return nil }
      if fits(words[place], wanted), let end = extend(words, place, pattern, next, step: step) { return end }
    }
    return nil
  }

  private func fits(_ word: PatternWord, _ element: Element) -> Bool {
    if element.kind == 2 { return true }
    let form = max(word.form, 256)
    for index in Int(element.firstAlternative)..<Int(element.firstAlternative) + Int(element.alternativeCount) {
      let alternative = alternatives[index]
      if alternative == form { return true }
      if alternative < 256 {
        let number = UInt8(truncatingIfNeeded: alternative)
        if word.classes[0] == number || word.classes[1] == number || word.classes[2] == number
          || word.classes[3] == number
        {
          return true
        }
      }
    }
    return false
  }
}
