package import AbuseLexicon
internal import DutchText
internal import NaiveBayes

/// Scores texts one after another with buffers of its own. Use one worker for each thread.
public final class ScoringWorker {
  private let model: Model
  private let policy: EscalationPolicy
  private let threshold: Double
  private let analyzer: TextAnalyzer
  private var builder: UnitBuilder
  private let extractor: FeatureExtractor
  private let languages: LanguageIdentifier

  init(model: Model, policy: EscalationPolicy, threshold: Double?) throws(ICUError) {
    self.model = model
    self.policy = policy
    self.threshold = threshold ?? model.parameters.threshold
    analyzer = try TextAnalyzer()
    builder = UnitBuilder(lexicon: model.lexicon)
    extractor = FeatureExtractor(families: FeatureFamilies(rawValue: model.parameters.families), roles: builder.roles)
    languages = LanguageIdentifier()
  }

  /// Assesses one text. O(length).
  public func assess(_ text: String) -> Assessment {
    var copy = text
    return copy.withUTF8 { assess(utf8: $0) }
  }

  /// Assesses valid UTF-8. O(length).
  public func assess(utf8 text: UnsafeBufferPointer<UInt8>) -> Assessment {
    analyzer.analyze(utf8: text)
    let lexicon = model.lexicon
    let foreignClass = builder.roles.foreign
    let language = languages.identify(analyzer) { word in
      lexicon.listed(word).map { $0.classes[0] != foreignClass } ?? false
    }
    guard language == "nl" || (language == "und" && analyzer.foreignLetterCount == 0) else {
      return Assessment(
        abusive: false, score: nil, severity: 0, level: .none, categories: CategoryScores(), target: .none,
        language: language, evidence: [], model: model.identifier)
    }
    builder.build(analyzer)
    let scores = rawScores()
    let decision = model.parameters.decide(scores, threshold: threshold)
    return Assessment(
      abusive: decision.abusive, score: decision.score, severity: decision.severity,
      level: policy.level(severity: decision.severity, abusive: decision.abusive, categories: decision.categories),
      categories: decision.categories, target: decision.target, language: language,
      evidence: decision.abusive ? evidence(text, scores, decision.categories) : [], model: model.identifier)
  }

  private func rawScores() -> Lanes {
    var sink = ScoringSink(weights: model.weights)
    extract(&sink)
    return sink.finish()
  }

  private func extract<Sink: FeatureSink>(_ sink: inout Sink) {
    builder.units.withUnsafeBufferPointer { units in
      builder.patternMatches.withUnsafeBufferPointer { patterns in
        analyzer.folded.withUnsafeBufferPointer { folded in
          extractor.extract(units: units, patterns: patterns, folded: folded, into: &sink)
        }
      }
    }
  }

  // MARK: Evidence

  private func evidence(
    _ text: UnsafeBufferPointer<UInt8>, _ scores: Lanes, _ categories: CategoryScores
  ) -> [Evidence] {
    var sink = AttributionSink(weights: model.weights, units: builder.units.count)
    extract(&sink)
    let contributions = sink.contributions
    struct Candidate {
      var first: Int
      var last: Int
      var weight: Float
      var category: Category
    }
    var candidates: [Candidate] = []
    var index = 0
    while index < contributions.count {
      let weight = contributions[index][Lane.abusive]
      guard weight > 0.25 else {
        index += 1
        continue
      }
      var last = index
      var sum = contributions[index]
      while last + 1 < contributions.count, contributions[last + 1][Lane.abusive] > 0.25,
        builder.units[last + 1].sentence == builder.units[index].sentence, last - index < 7
      {
        last += 1
        sum += contributions[last]
      }
      var best = categories.highest
      var bestValue = -Float.infinity
      for category in Category.allCases {
        let value = sum[Lane.firstCategory + category.index] + Float(categories[category]) * 3
        if value > bestValue {
          bestValue = value
          best = category
        }
      }
      candidates.append(Candidate(first: index, last: last, weight: sum[Lane.abusive], category: best))
      index = last + 1
    }
    candidates.sort { $0.weight != $1.weight ? $0.weight > $1.weight : $0.first < $1.first }
    if candidates.isEmpty,
      let strongest = contributions.indices.max(by: {
        contributions[$0][Lane.abusive] < contributions[$1][Lane.abusive]
      })
    {
      candidates = [
        Candidate(
          first: strongest, last: strongest, weight: contributions[strongest][Lane.abusive],
          category: categories.highest)
      ]
    }
    let offsets = ScalarOffsets(text)
    return candidates.prefix(8).map { candidate in
      let start = Int(analyzer.tokens[Int(builder.units[candidate.first].firstToken)].start)
      let end = Int(analyzer.tokens[Int(builder.units[candidate.last].lastToken)].end)
      return Evidence(
        category: candidate.category, start: start, end: end, text: offsets.slice(start, end),
        weight: Double((candidate.weight * 100).rounded()) / 100)
    }
  }

  /// What each word contributed to the score for abuse, with its place; for explanations.
  public func contributions(_ text: String) -> [(start: Int, end: Int, weight: Double)] {
    analyzer.analyze(text)
    builder.build(analyzer)
    var sink = AttributionSink(weights: model.weights, units: builder.units.count)
    extract(&sink)
    return zip(builder.units, sink.contributions).map { unit, weights in
      (
        Int(analyzer.tokens[Int(unit.firstToken)].start), Int(analyzer.tokens[Int(unit.lastToken)].end),
        Double(weights[Lane.abusive])
      )
    }
  }
}

/// Slices UTF-8 by Unicode scalars.
struct ScalarOffsets {
  private let text: UnsafeBufferPointer<UInt8>

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  func slice(_ start: Int, _ end: Int) -> String {
    var scalar = -1
    var from = text.count
    var to = text.count
    for (index, byte) in text.enumerated() where byte & 0xC0 != 0x80 {
      scalar += 1
      if scalar == start { from = index }
      if scalar == end {
        to = index
        break
      }
    }
    return String(decoding: UnsafeBufferPointer(rebasing: text[min(from, to)..<to]), as: UTF8.self)
  }
}

/// Sums the weights of features.
struct ScoringSink: FeatureSink {
  let weights: WeightTable
  private var pool: PartPool
  private var sum = SIMD16<Int32>(repeating: 0)
  private var features = 0
  private var inPart = false

  init(weights: WeightTable) {
    self.weights = weights
    pool = PartPool(sharpness: weights.sharpness)
  }

  private mutating func closePart() {
    if inPart { pool.add(Lanes(sum) * (weights.steps * PartPool.norm(features))) }
    sum = SIMD16(repeating: 0)
    features = 0
  }

  mutating func beginPart() {
    closePart()
    inPart = true
  }

  mutating func beginWhole() {
    closePart()
    inPart = false
  }

  @inline(__always)
  mutating func add(_ hash: UInt64, _ first: Int, _ last: Int) {
    features += 1
    if let row = weights.row(hash) { sum &+= SIMD16<Int32>(truncatingIfNeeded: row) }
  }

  func finish() -> Lanes {
    weights.intercept + pool.result + Lanes(sum) * (weights.steps * (PartPool.norm(features) * weights.wholeShare))
  }
}

/// Divides the weight of each feature over the units that it comes from.
struct AttributionSink: FeatureSink {
  let weights: WeightTable
  private(set) var contributions: [Lanes]

  init(weights: WeightTable, units: Int) {
    self.weights = weights
    contributions = [Lanes](repeating: .zero, count: units)
  }

  mutating func beginPart() {}
  mutating func beginWhole() {}

  mutating func add(_ hash: UInt64, _ first: Int, _ last: Int) {
    guard first >= 0, let row = weights.row(hash) else { return }
    let value = Lanes(SIMD16<Int32>(truncatingIfNeeded: row)) * weights.steps
    if last - first <= 6 {
      // A pair belongs to its two ends.
      contributions[first] += value / 2
      contributions[last] += value / 2
    }
  }
}

/// Keeps the hashes of features, for training.
struct CollectingSink: FeatureSink {
  private(set) var parts: [[UInt64]] = []
  private(set) var whole: [UInt64] = []
  private var inWhole = false

  mutating func beginPart() { parts.append([]) }
  mutating func beginWhole() { inWhole = true }

  mutating func add(_ hash: UInt64, _ first: Int, _ last: Int) {
    if inWhole { whole.append(hash) } else { parts[parts.count - 1].append(hash) }
  }
}

/// Makes training material: the features of texts.
package final class FeatureCollector {
  private let analyzer: TextAnalyzer
  private var builder: UnitBuilder
  private let extractor: FeatureExtractor

  package init(lexicon: Lexicon, families: FeatureFamilies) throws {
    analyzer = try TextAnalyzer()
    builder = UnitBuilder(lexicon: lexicon)
    extractor = FeatureExtractor(families: families, roles: builder.roles)
  }

  package func features(_ text: String) -> (parts: [[UInt64]], whole: [UInt64]) {
    analyzer.analyze(text)
    builder.build(analyzer)
    var sink = CollectingSink()
    builder.units.withUnsafeBufferPointer { units in
      builder.patternMatches.withUnsafeBufferPointer { patterns in
        analyzer.folded.withUnsafeBufferPointer { folded in
          extractor.extract(units: units, patterns: patterns, folded: folded, into: &sink)
        }
      }
    }
    return (sink.parts, sink.whole)
  }
}
