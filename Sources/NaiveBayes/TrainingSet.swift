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

/// Texts to learn from whose features have been numbered once, for all trainings on parts of them.
public struct TrainingSet: Sendable {
  /// Features that occur in at least `minimum` texts, by their hashes.
  let hashes: [UInt64]
  let rows: IndexedBags
  let answers: [UInt16]
  let asked: [UInt16]
  let weights: [Float]
  /// For each text, what is never in training and test at once.
  public let groups: [Int]

  public var count: Int { answers.count }

  /// Whether a text counts in training.
  public func counts(_ text: Int) -> Bool { weights[text] > 0 }

  /// Numbers the features of texts. Expected O(features).
  /// - Parameter minimum: features of fewer texts are left out, as every training on a part would.
  public init(_ bags: [Bag], minimum: Int) {
    var counts = TextCounts()
    for (text, bag) in bags.enumerated() {
      for part in bag.parts { for hash in part { counts.add(hash, text: text) } }
      for hash in bag.whole { counts.add(hash, text: text) }
    }
    hashes = counts.entries.filter { $0.texts >= UInt32(max(minimum, 1)) }.map(\.hash)
    let numbers = HashNumbers(hashes)
    rows = IndexedBags(bags: bags, numbers: numbers)
    answers = bags.map(\.answers)
    asked = bags.map(\.asked)
    weights = bags.map(\.weight)
    groups = bags.map(\.group)
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

/// The features of a training, numbered from the most frequent on: what is used often then lies close together.
struct FeatureIndex: Sendable {
  /// The hash of each number.
  let hashes: [UInt64]
  /// In how many of the chosen texts the feature of each number occurs.
  let texts: [UInt32]
  /// The number of each feature of the training set; `absent` where it has none.
  let numbers: [UInt32]

  static let absent = UInt32.max

  /// Keeps the features that occur in at least `minimum` of the chosen texts. O(features + n log n) for n distinct ones.
  init(_ set: TrainingSet, chosen: [Int], minimum: Int) {
    var texts = [UInt32](repeating: 0, count: set.hashes.count)
    var last = [UInt32](repeating: Self.absent, count: set.hashes.count)
    for (place, text) in chosen.enumerated() {
      for position in set.rows.positions(ofBag: text) {
        let feature = Int(set.rows.features[position])
        guard last[feature] != UInt32(place) else { continue }
        last[feature] = UInt32(place)
        texts[feature] += 1
      }
    }
    let kept = texts.indices.filter { texts[$0] >= UInt32(max(minimum, 1)) }
      .sorted { (texts[$1], set.hashes[$0]) < (texts[$0], set.hashes[$1]) }
    var numbers = [UInt32](repeating: Self.absent, count: texts.count)
    for (number, feature) in kept.enumerated() { numbers[feature] = UInt32(number) }
    self.numbers = numbers
    hashes = kept.map { set.hashes[$0] }
    self.texts = kept.map { texts[$0] }
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

  /// Features without a number are left out.
  init(bags: [Bag], numbers: HashNumbers) {
    func append(_ hashes: [UInt64]) {
      for hash in hashes { if let number = numbers.number(hash) { features.append(number) } }
      starts.append(features.count)
      sizes.append(hashes.count)
    }
    for bag in bags {
      for part in bag.parts { append(part) }
      append(bag.whole)
      firstRow.append(starts.count - 1)
    }
  }

  /// The chosen texts of a set, with the numbers of an index.
  init(_ set: TrainingSet, chosen: [Int], index: FeatureIndex) {
    for bag in chosen {
      for row in set.rows.firstRow[bag]..<set.rows.firstRow[bag + 1] {
        for position in set.rows.starts[row]..<set.rows.starts[row + 1] {
          let number = index.numbers[Int(set.rows.features[position])]
          if number != FeatureIndex.absent { features.append(number) }
        }
        starts.append(features.count)
        sizes.append(set.rows.sizes[row])
      }
      firstRow.append(starts.count - 1)
    }
  }

  /// Where the features of all rows of a text stand.
  @inline(__always)
  func positions(ofBag bag: Int) -> Range<Int> { starts[firstRow[bag]]..<starts[firstRow[bag + 1]] }
}
