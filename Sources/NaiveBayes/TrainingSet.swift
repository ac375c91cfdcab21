/// Sixteen yes/no questions that are answered together. The trainer does not know what they mean.
public typealias Lanes = SIMD16<Float>

/// One text to learn from: the features of its parts, of the whole, and the answers.
public struct Bag: Sendable {
  /// Feature hashes of each part (sentence).
  public var parts: [[UInt64]]
  /// Feature hashes of the whole.
  public var whole: [UInt64]
  /// Bit k is the answer to question k.
  public var answers: UInt16
  /// Bit k says whether question k is asked of this text.
  public var asked: UInt16
  /// How much the text counts.
  public var weight: Float
  /// Texts of one group are kept in one fold.
  public var group: Int

  public init(parts: [[UInt64]], whole: [UInt64], answers: UInt16, asked: UInt16 = .max, weight: Float = 1, group: Int)
  {
    self.parts = parts
    self.whole = whole
    self.answers = answers
    self.asked = asked
    self.weight = weight
    self.group = group
  }
}

/// Numbers of distinct hashes, found in expected O(1).
struct HashNumbers: Sendable {
  /// The hash of each number.
  let hashes: [UInt64]
  private let table: [UInt32]
  private let mask: Int

  /// The number of a hash is its place in `hashes`. O(n).
  init(_ hashes: [UInt64]) {
    var size = 16
    while size < hashes.count * 2 { size *= 2 }
    var slots = [UInt32](repeating: .max, count: size)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (size - 1)
      while slots[slot] != .max { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(number)
    }
    self.hashes = hashes
    table = slots
    mask = size - 1
  }

  /// The number of a hash, or nil.
  func number(_ hash: UInt64) -> UInt32? {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let number = table[slot]
      if number == .max { return nil }
      if hashes[Int(number)] == hash { return number }
      slot = (slot + 1) & mask
    }
  }
}

/// Features that occur in enough texts, numbered from the most frequent on: what is used often then lies close together.
struct FeatureIndex: Sendable {
  let numbers: HashNumbers
  /// The hash of each number.
  var hashes: [UInt64] { numbers.hashes }
  /// In how many texts the feature of each number occurs.
  let texts: [UInt32]

  /// Keeps the features that occur in at least `minimum` of the chosen bags. Expected O(n log n) in the distinct features.
  init(bags: [Bag], chosen: [Int], minimum: Int) {
    var counts = TextCounts()
    for (text, index) in chosen.enumerated() {
      for part in bags[index].parts { for hash in part { counts.add(hash, text: text) } }
      for hash in bags[index].whole { counts.add(hash, text: text) }
    }
    let kept = counts.entries.filter { $0.texts >= UInt32(max(minimum, 1)) }
      .sorted { ($1.texts, $0.hash) < ($0.texts, $1.hash) }
    numbers = HashNumbers(kept.map(\.hash))
    texts = kept.map(\.texts)
  }

  /// In how many texts each hash occurs.
  private struct TextCounts {
    struct Entry {
      var hash: UInt64 = 0
      /// 0 where the place is free.
      var texts: UInt32 = 0
      /// The text that was counted last, so that no text counts twice.
      var last: UInt32 = 0
    }

    private(set) var entries = [Entry](repeating: Entry(), count: 1 << 16)
    private var used = 0

    mutating func add(_ hash: UInt64, text: Int) {
      let slot = slot(hash)
      if entries[slot].texts == 0 {
        entries[slot] = Entry(hash: hash, texts: 1, last: UInt32(text))
        used += 1
        if used * 3 > entries.count * 2 { grow() }
      } else if entries[slot].last != UInt32(text) {
        entries[slot].texts += 1
        entries[slot].last = UInt32(text)
      }
    }

    private func slot(_ hash: UInt64) -> Int {
      var slot = Int(truncatingIfNeeded: hash) & (entries.count - 1)
      while entries[slot].texts != 0, entries[slot].hash != hash { slot = (slot + 1) & (entries.count - 1) }
      return slot
    }

    private mutating func grow() {
      let old = entries
      entries = [Entry](repeating: Entry(), count: old.count * 2)
      for entry in old where entry.texts != 0 { entries[slot(entry.hash)] = entry }
    }
  }
}

/// Bags with numbered features, laid out in one piece.
struct IndexedBags: Sendable {
  /// Features of all rows; row r is `features[starts[r]..<starts[r + 1]]`.
  var features: [UInt32] = []
  var starts: [Int] = [0]
  /// Number of features of each row, those without a number included.
  var sizes: [Int] = []
  /// For each bag the first row; its last row is the whole, the others are the parts.
  var firstRow: [Int] = [0]

  init(bags: [Bag], chosen: [Int], index: FeatureIndex) {
    for number in chosen {
      for part in bags[number].parts { append(part, index) }
      append(bags[number].whole, index)
      firstRow.append(starts.count - 1)
    }
  }

  private mutating func append(_ hashes: [UInt64], _ index: FeatureIndex) {
    for hash in hashes { if let number = index.numbers.number(hash) { features.append(number) } }
    starts.append(features.count)
    sizes.append(hashes.count)
  }
}
