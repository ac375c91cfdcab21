internal import DutchText
internal import Messages
internal import Weerbaar

/// What is counted of messages that belong together.
struct CellSums: Sendable {
  var messages = 0
  var abusive = 0
  var abstained = 0
  var score = 0.0
  var scoreSquares = 0.0
  /// Messages of each severity, 0 to 4.
  var severities = SIMD8<UInt32>()
  var categories = SIMD8<UInt32>()

  static func += (left: inout CellSums, right: CellSums) {
    left.messages += right.messages
    left.abusive += right.abusive
    left.abstained += right.abstained
    left.score += right.score
    left.scoreSquares += right.scoreSquares
    left.severities &+= right.severities
    left.categories &+= right.categories
  }

  @inline(__always)
  mutating func add(_ line: ScoredLine) {
    messages += 1
    let score = line.score
    self.score += score
    scoreSquares += score * score
    severities[line.severity] &+= 1
    guard line.isAbusive else { return }
    abusive += 1
    let bits = line.categories
    for index in 0..<8 where bits & (1 << UInt8(index)) != 0 { categories[index] &+= 1 }
  }
}

/// A label that people gave a message, found back among the messages.
struct FoundLabel: Sendable {
  var isAbusive: Bool
  var stratum: Int
  var weight: Double
  /// Filled when the message is found.
  var term = -1
  var month = -1
  var platform = -1
  var predictedAbusive = false
  var score = 0.0
  var isFound = false
}

/// The sums of all messages, made in one pass. Memory grows with persons, senders, days and words, not with messages.
struct MessageSums {
  /// Where messages went that are not in the sums.
  struct Account: Sendable, Equatable {
    var read = 0
    var rejected = 0
    var outgoing = 0
    var unmatched = 0
    var outsideOffice = 0
    var abstained = 0
    var counted = 0
    var withoutTime = 0
    var withoutSender = 0
  }

  /// A place of the finest sums: term of office, month (-1 where unknown) and platform (the last where unknown).
  struct Cell: Sendable {
    var term: Int
    var month: Int
    var platform: Int
    var sums = CellSums()
  }

  static let platforms = Message.Platform.allCases.map(\.rawValue)

  let roster: Roster
  var account = Account()
  private(set) var cells: [Cell] = []
  private var cellTable = KeyTable()
  private var lastCell = (key: UInt64.max, index: 0)
  /// Messages and abusive messages of a person on a day.
  private(set) var days: [(person: Int, day: Int, messages: Int, abusive: Int)] = []
  private var dayTable = KeyTable()
  /// Of each sender: messages, and abusive ones.
  private(set) var senders: [(messages: UInt32, abusive: UInt32)] = []
  private var senderTable = KeyTable()
  /// Of each sender and person: messages, and abusive ones.
  private(set) var pairs: [(sender: UInt32, person: UInt32, messages: UInt32, abusive: UInt32)] = []
  private var pairTable = KeyTable()
  private(set) var words: WordCounts
  /// Models that assessed the messages, with how many.
  private(set) var models: [(hash: UInt64, name: String, messages: Int)] = []
  private var lastModel = -1
  var labels: [FoundLabel] = []
  var labelPlaces: [UInt64: Int] = [:]

  init(roster: Roster, words: WordCounts) {
    self.roster = roster
    self.words = words
  }

  /// Adds one message.
  mutating func add(_ line: ScoredLine) {
    account.read += 1
    if let direction = line[.direction], direction.count == 8, direction[0] == UInt8(ascii: "o") {
      account.outgoing += 1
      return
    }
    guard let person = roster.person(line) else {
      account.unmatched += 1
      return
    }
    let day = line[.time].flatMap { CalendarDay($0) }
    guard let term = roster.term(of: person, on: day) else {
      account.outsideOffice += 1
      return
    }
    if day == nil { account.withoutTime += 1 }
    let month = day?.month ?? -1
    let platform = line[.platform].map { Self.platform($0) } ?? Self.platforms.count
    let key = ByteHash.mix(UInt64(term) << 32 | UInt64(UInt16(truncatingIfNeeded: month)) << 8 | UInt64(platform))
    let cell: Int
    if key == lastCell.key {
      cell = lastCell.index
    } else {
      let (index, isNew) = cellTable.number(key)
      if isNew { cells.append(Cell(term: term, month: month, platform: platform)) }
      cell = index
      lastCell = (key, index)
    }
    if line.hasAbstained {
      account.abstained += 1
      cells[cell].sums.abstained += 1
      return
    }
    account.counted += 1
    cells[cell].sums.add(line)
    let isAbusive = line.isAbusive
    if let day {
      let (index, isNew) = dayTable.number(
        ByteHash.mix(UInt64(person) << 32 | UInt64(UInt32(truncatingIfNeeded: day.number))))
      if isNew { days.append((person, day.number, 0, 0)) }
      days[index].messages += 1
      if isAbusive { days[index].abusive += 1 }
    }
    var sender = -1
    if let author = line.author {
      let hash = ByteHash.hash(author, seed: UInt64(platform + 1), folding: true)
      let (index, isNew) = senderTable.number(hash)
      if isNew { senders.append((0, 0)) }
      senders[index].messages += 1
      if isAbusive { senders[index].abusive += 1 }
      let (pair, isNewPair) = pairTable.number(ByteHash.mix(hash ^ (UInt64(person + 1) &* 0x9E37_79B9_7F4A_7C15)))
      if isNewPair { pairs.append((UInt32(index), UInt32(person), 0, 0)) }
      pairs[pair].messages += 1
      if isAbusive { pairs[pair].abusive += 1 }
      sender = index
    } else {
      account.withoutSender += 1
    }
    if isAbusive, let text = line[.text] { words.add(text, term: term, sender: sender) }
    if let model = line[.model] {
      let hash = ByteHash.hash(model)
      if lastModel < 0 || models[lastModel].hash != hash {
        lastModel = models.firstIndex { $0.hash == hash } ?? models.count
        if lastModel == models.count { models.append((hash, String(decoding: model, as: UTF8.self), 0)) }
      }
      models[lastModel].messages += 1
    }
    if !labelPlaces.isEmpty, let id = line[.id], let place = labelPlaces[ByteHash.hash(id)] {
      labels[place].term = term
      labels[place].month = month
      labels[place].platform = platform
      labels[place].predictedAbusive = isAbusive
      labels[place].score = line.score
      labels[place].isFound = true
    }
  }

  /// The place of a platform in the list; `other` for one that is not in it.
  static func platform(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    for (index, known) in platforms.enumerated() where known.utf8.count == name.count {
      if known.utf8.elementsEqual(name) { return index }
    }
    return platforms.count - 1
  }
}

/// In how many abusive messages a word stands, for each level of the groups compared.
struct WordCounts {
  /// Most different words that are held. Beyond it, words seen once are forgotten.
  static let limit = 1 << 20

  private let analyzer: TextAnalyzer
  private let hidden: Set<String>
  /// For each term of office, the places in a word's counts that it adds to.
  private let placesOfTerm: [[Int]]
  let width: Int
  private var table: [String: Int] = [:]
  private(set) var words: [String] = []
  private(set) var counts: [UInt32] = []
  private(set) var totals: [UInt32] = []
  /// The first senders of each word, to tell whether at least this many use it.
  private var firstSenders: [[Int32]] = []
  private let senderFloor: Int
  private(set) var forgotten = 0
  private var seen: Set<Int> = []

  /// - Parameters:
  ///   - hidden: words that are never counted, such as names.
  ///   - placesOfTerm: for each term of office, places from 0 to `width`.
  ///   - senderFloor: how many senders a word must have to be shown.
  init(hidden: Set<String>, placesOfTerm: [[Int]], width: Int, senderFloor: Int) throws {
    analyzer = try TextAnalyzer()
    self.hidden = hidden
    self.placesOfTerm = placesOfTerm
    self.width = width
    self.senderFloor = senderFloor
  }

  /// Counts the words of a message, each once. Mentions, numbers, addresses and names of the roster are no words.
  mutating func add(_ text: UnsafeBufferPointer<UInt8>, term: Int, sender: Int) {
    analyzer.analyze(utf8: text)
    seen.removeAll(keepingCapacity: true)
    for token in analyzer.tokens where token.kind == .word || token.kind == .hashtag {
      let form = analyzer.form(of: token)
      guard form.utf8.count > 1 else { continue }
      let word: Int
      if let found = table[form] {
        word = found
      } else {
        if hidden.contains(form) || hidden.contains(form.filter { $0 != "#" }) { continue }
        if words.count >= Self.limit { forgetRareWords() }
        word = words.count
        table[form] = word
        words.append(form)
        counts.append(contentsOf: repeatElement(0, count: width))
        totals.append(0)
        firstSenders.append([])
      }
      guard seen.insert(word).inserted else { continue }
      totals[word] += 1
      for place in placesOfTerm[term] { counts[word * width + place] += 1 }
      if sender >= 0, firstSenders[word].count < senderFloor, !firstSenders[word].contains(Int32(sender)) {
        firstSenders[word].append(Int32(sender))
      }
    }
  }

  /// Whether enough messages by enough senders have a word.
  func isCommon(_ word: Int, messages: Int) -> Bool {
    totals[word] >= messages && firstSenders[word].count >= senderFloor
  }

  private mutating func forgetRareWords() {
    var least: UInt32 = 1
    var kept: [Int] = []
    while true {
      kept = words.indices.filter { totals[$0] > least }
      if kept.count < Self.limit * 3 / 4 { break }
      least += 1
    }
    forgotten += words.count - kept.count
    words = kept.map { words[$0] }
    counts = kept.flatMap { counts[$0 * width..<($0 + 1) * width] }
    totals = kept.map { totals[$0] }
    firstSenders = kept.map { firstSenders[$0] }
    table = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0) })
    seen.removeAll()
  }
}
