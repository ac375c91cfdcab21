import DutchText

/// Up to four class numbers; 0 is "none", class k of classes.tsv is k + 1.
public typealias ClassSet = SIMD4<UInt8>

/// The compiled lexicon: every form of every entry in one hash table, the multiword patterns, and the tables that undo
/// disguises. Made by ``LexiconCompiler``, kept in the model file.
public struct Lexicon: Sendable {
  /// One form in the hash table.
  struct Slot: BitwiseCopyable {
    var hash: UInt64 = 0
    /// Where in `patternLists` the patterns are that this form anchors; 0 is none.
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

  struct Element: BitwiseCopyable {
    /// Alternatives are low halves of form hashes, in order, or class numbers.
    var firstAlternative: UInt32
    var alternativeCount: UInt16
    /// 0 words, 1 classes, 2 any word.
    var kind: UInt8
    /// Most words that may stand between this element and the one before.
    var gapBefore: UInt8
  }

  static let partFlag: UInt16 = 1
  static let segmentFlag: UInt16 = 2

  /// Names of the classes; number k is at k - 1.
  public let classNames: [String]
  /// Names of the superclasses; number k is at k - 1.
  public let superclassNames: [String]
  /// The superclass of each class number, 0 where there is none.
  public let superclasses: [UInt8]
  let slots: [Slot]
  let patterns: [Pattern]
  let elements: [Element]
  let alternatives: [UInt32]
  let patternLists: [UInt32]
  /// Forms of strong abuse words, for wildcards and typing errors: bytes, and where each form starts.
  let abuseBytes: [UInt8]
  let abuseStarts: [UInt32]
  let deletionKeys: [UInt64]
  let deletionForms: [UInt32]
  /// Keys of words whose inner letters may have changed places, and the abuse forms beside them.
  let scrambleKeys: [UInt64]
  let scrambleForms: [UInt32]

  /// Number of forms.
  public var formCount: Int { slots.count { $0.hash != 0 } }
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
    for _ in slots.indices {
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
    writer.write(array: slots)
    writer.write(array: patterns)
    writer.write(array: elements)
    writer.write(array: alternatives)
    writer.write(array: patternLists)
    writer.write(array: abuseBytes)
    writer.write(array: abuseStarts)
    writer.write(array: deletionKeys)
    writer.write(array: deletionForms)
    writer.write(array: scrambleKeys)
    writer.write(array: scrambleForms)
    return writer.bytes
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ByteReader.Truncated) {
    var reader = ByteReader(bytes)
    classNames = try reader.readString().split(separator: "\n").map(String.init)
    superclassNames = try reader.readString().split(separator: "\n").map(String.init)
    superclasses = try reader.readArray(UInt8.self)
    guard superclasses.count == 256 else { throw ByteReader.Truncated() }
    slots = try reader.readArray(Slot.self)
    patterns = try reader.readArray(Pattern.self)
    elements = try reader.readArray(Element.self)
    alternatives = try reader.readArray(UInt32.self)
    patternLists = try reader.readArray(UInt32.self)
    abuseBytes = try reader.readArray(UInt8.self)
    abuseStarts = try reader.readArray(UInt32.self)
    deletionKeys = try reader.readArray(UInt64.self)
    deletionForms = try reader.readArray(UInt32.self)
    scrambleKeys = try reader.readArray(UInt64.self)
    scrambleForms = try reader.readArray(UInt32.self)
  }

  init(
    classNames: [String], superclassNames: [String], superclasses: [UInt8], slots: [Slot], patterns: [Pattern],
    elements: [Element], alternatives: [UInt32],
    patternLists: [UInt32], abuseBytes: [UInt8], abuseStarts: [UInt32], deletionKeys: [UInt64], deletionForms: [UInt32],
    scrambleKeys: [UInt64], scrambleForms: [UInt32]
  ) {
    self.classNames = classNames
    self.superclassNames = superclassNames
    self.superclasses = superclasses
    self.slots = slots
    self.patterns = patterns
    self.elements = elements
    self.alternatives = alternatives
    self.patternLists = patternLists
    self.abuseBytes = abuseBytes
    self.abuseStarts = abuseStarts
    self.deletionKeys = deletionKeys
    self.deletionForms = deletionForms
    self.scrambleKeys = scrambleKeys
    self.scrambleForms = scrambleForms
  }
}

/// What the lexicon says of one word.
public struct WordMatch: Sendable {
  /// How the word was found.
  public enum Source: UInt8, Sendable {
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
