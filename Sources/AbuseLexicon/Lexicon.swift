import DutchText

/// Up to four class numbers; 0 is "none", class k of classes.tsv is k + 1.
public typealias ClassSet = SIMD4<UInt8>

/// The compiled lexicon: every form of every entry in one hash table, the multiword patterns, and the tables that undo
/// disguises. Made by ``LexiconCompiler``, kept in the model file.
public final class Lexicon: Sendable {
  /// One form in the hash table.
  struct Slot: BitwiseCopyable {
    var hash: UInt64 = 0
    /// Where in `candidates` the patterns are that this form anchors; 0 is none.
    var patterns: UInt32 = 0
    /// Low half of the hash of the lemma.
    var lemma: UInt32 = 0
    var classes = ClassSet()
    var categories: UInt8 = 0
    var strength: UInt8 = 0
    var flags: UInt16 = 0
  }

  struct Pattern: BitwiseCopyable {
    var firstElement: UInt32
    var elementCount: UInt8
    var anchor: UInt8
    var classNumber: UInt8
    var categories: UInt8
    var strength: UInt8
    var reserved: (UInt8, UInt8, UInt8) = (0, 0, 0)
  }

  /// A pattern that a form anchors, with what tells soonest that it is not there. The candidates of a form stand
  /// together, so that they are read in one go.
  struct Candidate: BitwiseCopyable {
    /// The signs of the elements to the left and right of the anchor.
    var left = Signs.all
    var right = Signs.all
    var pattern: UInt32 = 0
    /// How many words may stand between the anchor and those elements; 255 where there is none.
    var leftGap: UInt8 = .max
    var rightGap: UInt8 = .max
    /// 1 for the last candidate of a form.
    var isLast: UInt8 = 0
    var reserved: UInt8 = 0
  }

  struct Element: BitwiseCopyable {
    /// Alternatives are low halves of form hashes, in order, or class numbers.
    var firstAlternative: UInt32
    var alternativeCount: UInt16
    /// 0 words, 1 classes, 2 any word.
    var kind: UInt8
    /// Most words that may stand between this element and the one before.
    var gapBefore: UInt8
    /// The signs of the alternatives.
    var signs = Signs.all
  }

  static let partFlag: UInt16 = 1
  static let segmentFlag: UInt16 = 2

  /// Names of the classes; number k is at k - 1.
  public let classNames: [String]
  /// Names of the superclasses; number k is at k - 1.
  public let superclassNames: [String]
  /// The superclass of each class number, 0 where there is none.
  public let superclasses: [UInt8]
  let slots: PlainTable<Slot>
  let patterns: PlainTable<Pattern>
  let elements: PlainTable<Element>
  let alternatives: PlainTable<UInt32>
  let candidates: PlainTable<Candidate>
  /// Forms of strong abuse words, for wildcards and typing errors: bytes, and where each form starts.
  let abuseBytes: PlainTable<UInt8>
  let abuseStarts: PlainTable<UInt32>
  let deletionKeys: PlainTable<UInt64>
  let deletionForms: PlainTable<UInt32>
  /// Keys of words whose inner letters may have changed places, and the abuse forms beside them.
  let scrambleKeys: PlainTable<UInt64>
  let scrambleForms: PlainTable<UInt32>
  /// Which hashes may be those of forms that compounds are made of, of forms that run-together words are cut into, and of
  /// forms or keys by which a typing error is undone.
  let partFilter: HashFilter
  let segmentFilter: HashFilter
  let fuzzyFilter: HashFilter

  /// Number of forms.
  public var formCount: Int { slots.values.count { $0.hash != 0 } }
  /// Number of multiword patterns.
  public var patternCount: Int { patterns.count }

  /// The number of a class, or 0.
  public func classNumber(_ name: String) -> UInt8 {
    classNames.firstIndex(of: name).map { UInt8($0 + 1) } ?? 0
  }

  /// The number of a superclass, or 0.
  public func superclassNumber(_ name: String) -> UInt8 {
    superclassNames.firstIndex(of: name).map { UInt8($0 + 1) } ?? 0
  }

  /// The slot of a form. Expected O(1).
  @inline(__always)
  func slot(_ hash: UInt64) -> Slot? {
    let count = UInt64(slots.count)
    guard count > 0 else { return nil }
    var index = Int(hash.multipliedFullWidth(by: count).high)
    for _ in 0..<slots.count {
      let slot = slots[index]
      if slot.hash == hash { return slot }
      if slot.hash == 0 { return nil }
      index += 1
      if index == slots.count { index = 0 }
    }
    return nil
  }

  // MARK: The file's section

  package func encode() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(string: classNames.joined(separator: "\n"))
    writer.write(string: superclassNames.joined(separator: "\n"))
    writer.write(array: superclasses)
    writer.write(table: slots)
    writer.write(table: patterns)
    writer.write(table: elements)
    writer.write(table: alternatives)
    writer.write(table: candidates)
    writer.write(table: abuseBytes)
    writer.write(table: abuseStarts)
    writer.write(table: deletionKeys)
    writer.write(table: deletionForms)
    writer.write(table: scrambleKeys)
    writer.write(table: scrambleForms)
    for filter in [partFilter, segmentFilter, fuzzyFilter] { writer.write(table: filter.words) }
    return writer.bytes
  }

  /// Reads what ``encode()`` wrote. The tables stay where the bytes are.
  ///
  /// - Parameter owner: what keeps the bytes in place as long as it lives.
  package init(decoding bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) throws(ByteReader.Truncated) {
    var reader = ByteReader(bytes)
    classNames = try reader.readString().split(separator: "\n").map(String.init)
    superclassNames = try reader.readString().split(separator: "\n").map(String.init)
    superclasses = try reader.readArray(UInt8.self)
    guard superclasses.count == 256 else { throw ByteReader.Truncated() }
    slots = try reader.readTable(Slot.self, owner)
    patterns = try reader.readTable(Pattern.self, owner)
    elements = try reader.readTable(Element.self, owner)
    alternatives = try reader.readTable(UInt32.self, owner)
    candidates = try reader.readTable(Candidate.self, owner)
    abuseBytes = try reader.readTable(UInt8.self, owner)
    abuseStarts = try reader.readTable(UInt32.self, owner)
    deletionKeys = try reader.readTable(UInt64.self, owner)
    deletionForms = try reader.readTable(UInt32.self, owner)
    scrambleKeys = try reader.readTable(UInt64.self, owner)
    scrambleForms = try reader.readTable(UInt32.self, owner)
    partFilter = try HashFilter(reader.readTable(UInt64.self, owner))
    segmentFilter = try HashFilter(reader.readTable(UInt64.self, owner))
    fuzzyFilter = try HashFilter(reader.readTable(UInt64.self, owner))
  }

  init(
    classNames: [String], superclassNames: [String], superclasses: [UInt8], slots: [Slot], patterns: [Pattern],
    elements: [Element], alternatives: [UInt32],
    candidates: [Candidate], abuseBytes: [UInt8], abuseStarts: [UInt32], deletionKeys: [UInt64],
    deletionForms: [UInt32],
    scrambleKeys: [UInt64], scrambleForms: [UInt32]
  ) {
    partFilter = HashFilter(slots.filter { $0.flags & Self.partFlag != 0 }.map(\.hash))
    segmentFilter = HashFilter(slots.filter { $0.flags & Self.segmentFlag != 0 }.map(\.hash))
    fuzzyFilter = HashFilter(slots.filter { $0.strength >= 3 }.map(\.hash) + deletionKeys + scrambleKeys)
    self.classNames = classNames
    self.superclassNames = superclassNames
    self.superclasses = superclasses
    self.slots = PlainTable(slots)
    self.patterns = PlainTable(patterns)
    self.elements = PlainTable(elements)
    self.alternatives = PlainTable(alternatives)
    self.candidates = PlainTable(candidates)
    self.abuseBytes = PlainTable(abuseBytes)
    self.abuseStarts = PlainTable(abuseStarts)
    self.deletionKeys = PlainTable(deletionKeys)
    self.deletionForms = PlainTable(deletionForms)
    self.scrambleKeys = PlainTable(scrambleKeys)
    self.scrambleForms = PlainTable(scrambleForms)
  }
}

/// What the lexicon says of one word.
public struct WordMatch: Sendable, BitwiseCopyable {
  /// How the word was found.
  public enum Source: UInt8, Sendable, BitwiseCopyable {
    case unknown, listed, compound, openCompound, fuzzy, wildcard
  }
  public var source: Source = .unknown
  public var classes = ClassSet()
  /// Classes of what stands before the head in a compound.
  public var modifierClasses = ClassSet()
  public var categories: UInt8 = 0
  public var strength: UInt8 = 0
  public var lemma: UInt32 = 0
  public var patterns: UInt32 = 0

  public init() {}

  init(_ slot: Lexicon.Slot, _ source: Source) {
    self.source = source
    classes = slot.classes
    categories = slot.categories
    strength = slot.strength
    lemma = slot.lemma
    patterns = slot.patterns
  }
}
