internal import AbuseLexicon
internal import CWeights
internal import DutchText
internal import NaiveBayes

/// What a word adds to the scores wherever it stands, in steps of the weight table.
struct WordSums: BitwiseCopyable {
  /// Of the form, its lemma and its letters.
  var spelling = SIMD16<Int16>.zero
  /// Of its classes, outside any scope.
  var meaning = SIMD16<Int16>.zero
  /// How many features each sum is of, those without weight included.
  var spellingCount: UInt16 = 0
  var meaningCount: UInt16 = 0
}

/// All that is known of a word form by itself.
struct WordRecord: BitwiseCopyable {
  /// The form, padded with zeros; zeros alone where the record is empty or its word too long to be kept.
  var key = (UInt64(0), UInt64(0), UInt64(0))
  var word: UInt64 = 0
  var lemma: UInt64 = 0
  var match = WordMatch()
  /// The languages in which it is common, as bits.
  var languages: UInt32 = 0
  var symbol: UInt16 = 0
  /// Number of words that it is cut into where they run together; 0 where it stays one.
  var segmentCount: UInt8 = 0
  /// Whether the lexicon has it as Dutch.
  var isDutch = false
  var isSummed = false
  var sums = WordSums()
}

/// Finds out what there is to know of a word, and remembers it: of the words in a feed, nearly all were met before. The
/// memory has a fixed size, and a new word takes the place of an old one. What it answers does not depend on what it
/// has seen. One for each thread.
final class WordMemory {
  private typealias Key = (UInt64, UInt64, UInt64)

  /// The longest word that is remembered, in bytes.
  private static let longest = 24
  private static let indexBits: UInt64 = 17
  /// Bytes of all records.
  private static let size = MemoryLayout<WordRecord>.stride << Int(indexBits)

  let lexicon: Lexicon
  let extractor: FeatureExtractor
  private let weights: WeightTable?
  private let languages = LanguageIdentifier.standard
  /// Zeros at first, which are empty records; pages that no word falls on are never touched.
  private let records: UnsafeMutablePointer<WordRecord>
  /// For words too long to be remembered.
  private let passing: UnsafeMutablePointer<WordRecord>
  private let stem: UnsafeMutableBufferPointer<UInt8>
  private var features = FeatureList()
  private var places = PlainBuffer<Int32>()

  /// - Parameter weights: what sums are made with; without it there are none.
  init(lexicon: Lexicon, families: FeatureFamilies, weights: WeightTable?) {
    self.lexicon = lexicon
    extractor = FeatureExtractor(families: families, roles: ClassRoles(lexicon))
    self.weights = weights
    guard let zeros = weerbaar_zeros(Self.size) else { fatalError("out of memory for the memory of words") }
    records = zeros.bindMemory(to: WordRecord.self, capacity: 1 << Int(Self.indexBits))
    passing = .allocate(capacity: 1)
    passing.initialize(to: WordRecord())
    stem = .allocate(capacity: 64)
    stem.initialize(repeating: 0)
  }

  deinit {
    weerbaar_release(records, Self.size)
    passing.deallocate()
    stem.deallocate()
  }

  /// The record of a form; valid until the next call. Expected O(1) for words met before.
  ///
  /// - Parameter form: folded text of at least one byte, behind which ``PlainBuffer/slack`` more can be read.
  @inline(__always)
  func record(of form: UnsafeBufferPointer<UInt8>) -> UnsafePointer<WordRecord> {
    guard form.count <= Self.longest, let base = form.baseAddress else { return pass(form) }
    let key = Self.key(base, form.count)
    let record = place(key)
    if record.pointee.key.0 == key.0, record.pointee.key.1 == key.1, record.pointee.key.2 == key.2 {
      return UnsafePointer(record)
    }
    fill(record, form)
    record.pointee.key = key
    return UnsafePointer(record)
  }

  /// Has the place of a form's record brought near, for a look-up soon after.
  @inline(__always)
  func expect(_ form: UnsafeBufferPointer<UInt8>) {
    guard form.count <= Self.longest, let base = form.baseAddress else { return }
    weerbaar_prefetch(place(Self.key(base, form.count)), MemoryLayout<WordRecord>.stride)
  }

  @inline(__always)
  private func place(_ key: Key) -> UnsafeMutablePointer<WordRecord> {
    records + Int(FixedHash.combine(key.0 ^ key.2, key.1) >> (64 - Self.indexBits))
  }

  /// The bytes of a form, padded with zeros.
  @inline(__always)
  private static func key(_ base: UnsafePointer<UInt8>, _ count: Int) -> Key {
    let bytes = UnsafeRawPointer(base)
    // Eight bytes each; those behind the form are cut off.
    let cut = UInt64.max >> UInt64(-count &* 8 & 63)
    var key: Key = (UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)), 0, 0)
    if count <= 8 {
      key.0 &= cut
    } else {
      key.1 = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      if count <= 16 {
        key.1 &= cut
      } else {
        key.2 = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)) & cut
      }
    }
    return key
  }

  private func pass(_ form: UnsafeBufferPointer<UInt8>) -> UnsafePointer<WordRecord> {
    fill(passing, form)
    return UnsafePointer(passing)
  }

  /// A record of a form as which another word is written, with what is known of that other word.
  func record(of form: UnsafeBufferPointer<UInt8>, meaning match: WordMatch) -> WordRecord {
    var record = WordRecord()
    record.word = FixedHash.bytes(form)
    record.lemma = match.source == .listed ? UInt64(match.lemma) : stemHash(form)
    record.match = match
    record.symbol = match.source == .unknown ? shape(form) : UInt16(match.classes[0])
    if record.symbol == 0 { record.symbol = ShapeSymbol.unknown }
    return record
  }

  @inline(never)
  private func fill(_ slot: UnsafeMutablePointer<WordRecord>, _ form: UnsafeBufferPointer<UInt8>) {
    let match = lexicon.resolve(form, hash: FixedHash.bytes(form))
    var record = record(of: form, meaning: match)
    record.languages = languages.languages(of: record.word)
    record.isDutch = match.source == .listed && match.classes[0] != extractor.roles.foreign
    if match.source != .listed, match.source != .compound, form.count >= 9, let parts = lexicon.segment(form),
      parts.count >= 3 || match.source == .unknown
    {
      record.segmentCount = UInt8(clamping: parts.count)
    }
    if let weights {
      let spelled = form.count >= 3 && form.count <= 40
      features.removeAll()
      features.reserve(256)
      extractor.spelling(record.word, record.lemma, spelled ? form : nil, at: 0, &features)
      record.sums.spellingCount = UInt16(features.count)
      record.sums.spelling = sum(weights)
      features.removeAll()
      features.reserve(256)
      var unit = Unit(
        kind: .word, flags: [], sentence: 0, firstToken: 0, lastToken: 0, foldedStart: 0, foldedEnd: 0,
        word: record.word, lemma: record.lemma, classes: match.classes, modifiers: match.modifierClasses,
        symbol: record.symbol, superclass: 0, categories: match.categories, strength: match.strength,
        source: match.source, patterns: match.patterns)
      extractor.meaning(&unit, at: 0, &features)
      record.sums.meaningCount = UInt16(features.count)
      record.sums.meaning = sum(weights)
      record.isSummed = true
    }
    slot.pointee = record
  }

  /// The sum of the weights of the collected features. A word has fewer than 200, whose sum fits.
  private func sum(_ weights: WeightTable) -> SIMD16<Int16> {
    places.reserve(features.count)
    var sum = SIMD16<Int32>.zero
    weights.add(features.hashes.base, count: features.count, places: places.base, to: &sum)
    return SIMD16<Int16>(truncatingIfNeeded: sum)
  }

  /// A guess at what an unknown word is, from its ending.
  private func shape(_ form: UnsafeBufferPointer<UInt8>) -> UInt16 {
    func ends(_ suffix: StaticString) -> Bool {
      let length = suffix.utf8CodeUnitCount
      guard form.count > length + 2 else { return false }
      for offset in 0..<length where form[form.count - length + offset] != suffix.utf8Start[offset] { return false }
      return true
    }
    if let first = form.first, first >= 0x80 { return ShapeSymbol.foreign }
    if ends("je") || ends("jes") { return ShapeSymbol.diminutive }
    if ends("ing") || ends("heid") || ends("tie") || ends("schap") || ends("iteit") { return ShapeSymbol.noun }
    if ends("ig") || ends("ige") || ends("lijk") || ends("lijke") || ends("isch") || ends("baar") {
      return ShapeSymbol.adjective
    }
    if ends("en") { return ShapeSymbol.infinitive }
    return ShapeSymbol.unknown
  }

  private func stemHash(_ form: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard form.count < 60 else { return FixedHash.bytes(form) & 0xffff_ffff }
    let count = Stemmer.stem(form, into: stem)
    return FixedHash.bytes(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(stem)[0..<count])) & 0xffff_ffff
  }
}
