import DutchText
public import Foundation

/// Turns the lexicon's files into the tables that scoring uses.
public enum LexiconCompiler {
  /// Reads and compiles a lexicon folder.
  public static func compile(directory: URL) throws -> Lexicon {
    let classes = try LexiconFile.classes(in: directory)
    return try compile(entries: LexiconFile.entries(in: directory, classes: classes), classes: classes)
  }

  /// Compiles entries. The same entries give the same bytes on every machine. O(number of forms).
  public static func compile(entries: [LexiconEntry], classes: [LexiconClass]) throws -> Lexicon {
    var builder = Builder(classes: classes, analyzer: try TextAnalyzer())
    for entry in entries { builder.addForms(of: entry) }
    for entry in entries { try builder.addPatterns(of: entry) }
    return builder.build()
  }

  private struct FormRecord {
    var classes: [UInt8] = []
    var categories: UInt8 = 0
    var strength: UInt8 = 0
    var lemma: UInt32 = 0
    var flags: UInt16 = 0
    var patterns: [UInt32] = []
  }

  private struct DraftElement {
    var words: [UInt64] = []
    var classes: [UInt8] = []
    var isAny = false
    var gapBefore: UInt8 = 0
  }

  private struct Builder {
    let classes: [LexiconClass]
    let numbers: [String: UInt8]
    let analyzer: TextAnalyzer
    var forms: [UInt64: FormRecord] = [:]
    var formsOfLemma: [String: [UInt64]] = [:]
    var abuseForms: [String: UInt64] = [:]
    var patterns: [Lexicon.Pattern] = []
    var drafts: [[DraftElement]] = []

    init(classes: [LexiconClass], analyzer: TextAnalyzer) {
      self.classes = classes
      self.analyzer = analyzer
      numbers = Dictionary(uniqueKeysWithValues: classes.map { ($0.name, UInt8($0.rank + 1)) })
    }

    func mask(_ letters: String) -> UInt8 {
      var mask: UInt8 = 0
      for (bit, letter) in "ixsdtmcp".enumerated() where letters.contains(letter) { mask |= 1 << UInt8(bit) }
      return mask
    }

    /// The folded forms of the tokens of a text.
    func foldedTokens(_ text: String) -> [String] {
      analyzer.analyze(text)
      return analyzer.tokens.filter { $0.kind != .symbol }.map(analyzer.form(of:))
    }

    mutating func addForms(of entry: LexiconEntry) {
      guard entry.inflection != .pattern, let number = numbers[entry.className] else { return }
      let plain = entry.lemma.replacing("|", with: "")
      let lemmaHash = FixedHash.string(foldedTokens(plain).first ?? plain)
      let isPart = entry.inflection != .invariable
      for form in Inflector.forms(of: entry).map({ $0.replacing("|", with: "") }) {
        let parts = foldedTokens(form)
        guard let first = parts.first else { continue }
        if parts.count > 1 {
          addPattern(parts.map { DraftElement(words: [FixedHash.string($0)]) }, entry, number)
          continue
        }
        let hash = FixedHash.string(first)
        var record = forms[hash] ?? FormRecord()
        if record.classes.isEmpty { record.lemma = UInt32(truncatingIfNeeded: lemmaHash) }
        if !record.classes.contains(number) { record.classes.append(number) }
        record.categories |= mask(entry.categories)
        record.strength = max(record.strength, UInt8(entry.strength))
        if isPart, first.utf8.count >= 3 { record.flags |= Lexicon.partFlag }
        record.flags |= Lexicon.segmentFlag
        forms[hash] = record
        formsOfLemma[plain, default: []].append(hash)
        if entry.strength >= 1, !entry.categories.isEmpty, first.utf8.count >= 3,
          first.utf8.allSatisfy({ $0 &- 97 < 26 })
        {
          abuseForms[first] = hash
        }
      }
    }

    mutating func addPatterns(of entry: LexiconEntry) throws(LexiconError) {
      guard let number = numbers[entry.className] else { return }
      if let parted = Inflector.partedForms(of: entry) {
        let finite = parted.finite.compactMap { foldedTokens($0).first }.map { FixedHash.string($0) }
        addPattern(
          [DraftElement(words: finite), DraftElement(words: [FixedHash.string(parted.particle)], gapBefore: 4)], entry,
          number)
        return
      }
      guard entry.inflection == .pattern else { return }
      var elements: [DraftElement] = []
      var gap: UInt8 = 0
      for piece in entry.lemma.split(separator: " ").map(String.init) {
        if piece == "..." || piece == "…" {
          gap = 4
          continue
        }
        var element = DraftElement()
        element.gapBefore = elements.isEmpty ? 0 : gap
        gap = 0
        if piece == "*" {
          element.isAny = true
          elements.append(element)
          continue
        }
        var tail: [String] = []
        for alternative in piece.split(separator: "/").map(String.init) {
          if alternative.hasPrefix("<"), alternative.hasSuffix(">") {
            let name = String(alternative.dropFirst().dropLast())
            // <group> stands for every class whose name begins with group_.
            let family = classes.filter { $0.name.hasPrefix(name + "_") }.compactMap { numbers[$0.name] }
            guard let found = numbers[name].map({ [$0] }) ?? (family.isEmpty ? nil : family) else {
              throw LexiconError(
                file: entry.file, line: entry.line,
                message: "pattern names class <\(name)>, which is not in classes.tsv")
            }
            element.classes.append(contentsOf: found)
          } else {
            let tokens = foldedTokens(alternative)
            guard let first = tokens.first else { continue }
            element.words.append(FixedHash.string(first))
            element.words.append(contentsOf: formsOfLemma[alternative.lowercased()] ?? [])
            if tokens.count > 1 { tail = Array(tokens.dropFirst()) }
          }
        }
        guard !element.words.isEmpty || !element.classes.isEmpty else { continue }
        element.words = Array(Set(element.words)).sorted()
        elements.append(element)
        elements.append(contentsOf: tail.map { DraftElement(words: [FixedHash.string($0)]) })
      }
      while elements.last?.isAny == true { elements.removeLast() }
      while elements.first?.isAny == true { elements.removeFirst() }
      guard elements.contains(where: { !$0.words.isEmpty && $0.classes.isEmpty }) else {
        throw LexiconError(
          file: entry.file, line: entry.line, message: "pattern \(entry.lemma) needs at least one place with words only"
        )
      }
      addPattern(elements, entry, number)
    }

    mutating func addPattern(_ elements: [DraftElement], _ entry: LexiconEntry, _ number: UInt8) {
      guard elements.count <= 16 else { return }
      drafts.append(elements)
      patterns.append(
        Lexicon.Pattern(
          firstElement: 0, elementCount: UInt8(elements.count), anchor: 0, classNumber: number,
          categories: mask(entry.categories), strength: UInt8(entry.strength)))
    }

    mutating func build() -> Lexicon {
      var uses: [UInt64: Int] = [:]
      for draft in drafts { for element in draft { for word in element.words { uses[word, default: 0] += 1 } } }
      var elements: [Lexicon.Element] = []
      var alternatives: [UInt32] = []
      for index in drafts.indices {
        let draft = drafts[index]
        patterns[index].firstElement = UInt32(elements.count)
        // The rarest place with words only anchors the pattern; common Dutch words would have it tried too often.
        let cost = draft.map { element in
          element.words.isEmpty || !element.classes.isEmpty
            ? Int.max
            : element.words.reduce(0) { sum, word in
              sum + (uses[word] ?? 0) + (LanguageIdentifier.standard.languages(of: word) & 1 == 1 ? 10_000 : 0)
            }
        }
        let anchor = cost.indices.min { cost[$0] < cost[$1] } ?? 0
        patterns[index].anchor = UInt8(anchor)
        for word in draft[anchor].words { forms[word, default: FormRecord()].patterns.append(UInt32(index)) }
        for element in draft {
          let start = alternatives.count
          // Words and classes are told apart by size: class numbers are below 256, and no hash half is taken below that.
          alternatives.append(contentsOf: element.words.map { max(UInt32(truncatingIfNeeded: $0), 256) }.sorted())
          alternatives.append(contentsOf: element.classes.map(UInt32.init))
          elements.append(
            Lexicon.Element(
              firstAlternative: UInt32(start), alternativeCount: UInt16(alternatives.count - start),
              kind: element.isAny ? 2 : 0, gapBefore: element.gapBefore, signs: Self.signs(element)))
        }
      }
      var candidates = [Lexicon.Candidate(isLast: 1)]
      let hashes = forms.keys.sorted()
      let capacity = max(16, hashes.count * 5 / 4)
      var slots = [Lexicon.Slot](repeating: Lexicon.Slot(), count: capacity)
      for hash in hashes {
        guard let record = forms[hash] else { continue }
        var slot = Lexicon.Slot()
        slot.hash = hash
        slot.lemma = record.lemma
        for (place, number) in record.classes.sorted().prefix(4).enumerated() { slot.classes[place] = number }
        slot.categories = record.categories
        slot.strength = record.strength
        slot.flags = record.flags
        if !record.patterns.isEmpty {
          slot.patterns = UInt32(candidates.count)
          candidates += record.patterns.map { candidate(Int($0)) }
          candidates[candidates.count - 1].isLast = 1
        }
        var index = Int(hash.multipliedFullWidth(by: UInt64(capacity)).high)
        while slots[index].hash != 0 { index = index + 1 == capacity ? 0 : index + 1 }
        slots[index] = slot
      }
      return lexicon(slots, elements, alternatives, candidates)
    }

    /// A pattern with what must stand beside its anchor for it to be worth trying.
    private func candidate(_ index: Int) -> Lexicon.Candidate {
      let draft = drafts[index]
      let anchor = Int(patterns[index].anchor)
      var candidate = Lexicon.Candidate(pattern: UInt32(index))
      if anchor > 0 {
        candidate.leftGap = draft[anchor].gapBefore
        candidate.left = Self.signs(draft[anchor - 1])
      }
      if anchor + 1 < draft.count {
        candidate.rightGap = draft[anchor + 1].gapBefore
        candidate.right = Self.signs(draft[anchor + 1])
      }
      return candidate
    }

    private static func signs(_ element: DraftElement) -> Signs {
      if element.isAny { return .all }
      var signs = Signs()
      for word in element.words { signs.add(form: UInt32(truncatingIfNeeded: word)) }
      for number in element.classes { signs.add(classNumber: number) }
      return signs
    }

    private func lexicon(
      _ slots: [Lexicon.Slot], _ elements: [Lexicon.Element], _ alternatives: [UInt32],
      _ candidates: [Lexicon.Candidate]
    ) -> Lexicon {
      var bytes: [UInt8] = []
      var starts: [UInt32] = []
      var deletions: [(UInt64, UInt32)] = []
      var scrambles: [(UInt64, UInt32)] = []
      for form in abuseForms.keys.sorted() {
        let letters = Array(form.utf8)
        let number = UInt32(starts.count)
        starts.append(UInt32(bytes.count))
        bytes.append(contentsOf: letters)
        guard let hash = abuseForms[form], forms[hash]?.strength ?? 0 >= 3 else { continue }
        if letters.count >= 7 { scrambles.append((Fuzzy.scrambleKey(letters), number)) }
        if letters.count >= 5 {
          for key in Fuzzy.deletions(letters) { deletions.append((key, number)) }
        }
      }
      starts.append(UInt32(bytes.count))
      deletions.sort { $0 < $1 }
      scrambles.sort { $0 < $1 }
      var superclassNames: [String] = []
      var superclasses = [UInt8](repeating: 0, count: 256)
      for one in classes {
        guard let name = one.superclass else { continue }
        let place = superclassNames.firstIndex(of: name) ?? superclassNames.count
        if place == superclassNames.count { superclassNames.append(name) }
        superclasses[one.rank + 1] = UInt8(place + 1)
      }
      return Lexicon(
        classNames: classes.map(\.name), superclassNames: superclassNames, superclasses: superclasses, slots: slots,
        patterns: patterns, elements: elements,
        alternatives: alternatives, candidates: candidates, abuseBytes: bytes, abuseStarts: starts,
        deletionKeys: deletions.map(\.0), deletionForms: deletions.map(\.1),
        scrambleKeys: scrambles.map(\.0), scrambleForms: scrambles.map(\.1))
    }
  }
}

enum Fuzzy {
  /// A hash that words share whose first and last letters are the same and whose other letters are the same in any order.
  static func scrambleKey(_ word: some RandomAccessCollection<UInt8>) -> UInt64 {
    guard word.count > 2, let first = word.first, let last = word.last else { return FixedHash.bytes(word) }
    return FixedHash.combine(
      FixedHash.bytes(CollectionOfOne(first), CollectionOfOne(last)),
      FixedHash.bytes(word.dropFirst().dropLast().sorted()))
  }

  /// The hash of a word without the letter at a place.
  @inline(__always)
  static func hash(_ word: UnsafeBufferPointer<UInt8>, without skipped: Int) -> UInt64 {
    FixedHash.bytes(word[..<skipped], word[(skipped + 1)...])
  }

  /// Hashes of a word with each of its letters left out once.
  static func deletions(_ word: [UInt8]) -> [UInt64] {
    word.withUnsafeBufferPointer { word in Set(word.indices.map { hash(word, without: $0) }).sorted() }
  }
}
