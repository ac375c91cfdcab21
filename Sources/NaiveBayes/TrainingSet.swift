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

/// Features that occur in enough texts, numbered; the hashes are in order.
struct FeatureIndex: Sendable {
  let hashes: [UInt64]
  private let table: [UInt32]
  private let mask: Int

  /// Keeps the features that occur in at least `minimum` of the chosen bags. O(n log n).
  init(bags: [Bag], chosen: [Int], minimum: Int) {
    var seen: [UInt64] = []
    var one: [UInt64] = []
    for index in chosen {
      one.removeAll(keepingCapacity: true)
      for part in bags[index].parts { one.append(contentsOf: part) }
      one.append(contentsOf: bags[index].whole)
      one.sort()
      var previous: UInt64?
      for hash in one where hash != previous {
        seen.append(hash)
        previous = hash
      }
    }
    seen.sort()
    var kept: [UInt64] = []
    var start = 0
    while start < seen.count {
      var end = start + 1
      while end < seen.count, seen[end] == seen[start] { end += 1 }
      if end - start >= minimum { kept.append(seen[start]) }
      start = end
    }
    hashes = kept
    var size = 16
    while size < kept.count * 2 { size *= 2 }
    var slots = [UInt32](repeating: .max, count: size)
    for (number, hash) in kept.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (size - 1)
      while slots[slot] != .max { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(number)
    }
    table = slots
    mask = size - 1
  }

  /// The number of a feature, or nil. Expected O(1).
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
    for hash in hashes { if let number = index.number(hash) { features.append(number) } }
    starts.append(features.count)
    sizes.append(hashes.count)
  }
}
