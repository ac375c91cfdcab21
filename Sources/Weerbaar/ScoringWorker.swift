package import AbuseLexicon
internal import DutchText
internal import NaiveBayes

/// Scores texts one after another with buffers of its own. Use one worker for each thread.
public final class ScoringWorker {
  private let model: Model
  private let policy: EscalationPolicy
  private let threshold: Double
  private let decisions: DecisionTable
  private let analyzer: TextAnalyzer
  private let languages = LanguageIdentifier.standard
  /// All that changes from text to text, in one place so that nothing need be checked at each access.
  private let state: UnsafeMutablePointer<State>

  private struct State: ~Copyable {
    var builder: UnitBuilder
    var features = FeatureList()
    /// Beside each feature where its weights are.
    var places = PlainBuffer<Int32>(capacity: 1024)
    /// What each unit brought.
    var contributions = PlainBuffer<SIMD16<Int32>>()
  }

  init(model: Model, policy: EscalationPolicy, threshold: Double?) throws(ICUError) {
    self.model = model
    self.policy = policy
    self.threshold = threshold ?? model.parameters.threshold
    decisions = DecisionTable(model.parameters)
    analyzer = try TextAnalyzer()
    let memory = WordMemory(
      lexicon: model.lexicon, families: FeatureFamilies(rawValue: model.parameters.families), weights: model.weights)
    state = .allocate(capacity: 1)
    state.initialize(to: State(builder: UnitBuilder(memory)))
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Assesses one text. O(length).
  public func assess(_ text: String) -> Assessment {
    var copy = text
    return copy.withUTF8 { assess(utf8: $0) }
  }

  /// Assesses valid UTF-8. O(length).
  public func assess(utf8 text: UnsafeBufferPointer<UInt8>) -> Assessment {
    analyzer.analyze(utf8: text)
    state.pointee.builder.build(analyzer)
    let language = languages.language(
      state.pointee.builder.languages, letters: analyzer.letterCount, foreignLetters: analyzer.foreignLetterCount)
    guard language == "nl" || (language == "und" && analyzer.foreignLetterCount == 0) else {
      return Assessment(
        abusive: false, score: nil, severity: 0, level: .none, categories: CategoryScores(), target: .none,
        language: language, evidence: [], model: model.identifier)
    }
    let scores = score()
    let decision = decisions.decide(model.network?.logOdds(scores) ?? scores, threshold: threshold)
    return Assessment(
      abusive: decision.abusive, score: decision.score, severity: decision.severity,
      level: policy.level(severity: decision.severity, abusive: decision.abusive, categories: decision.categories),
      categories: decision.categories, target: decision.target, language: language,
      evidence: decision.abusive ? evidence(text, decision.categories) : [], model: model.identifier)
  }

  /// The raw scores of the text that was analyzed: of its parts, pooled, and of the whole.
  private func score() -> Lanes {
    let weights = model.weights
    extract()
    let features = state.pointee.features.hashes.base
    let places = state.pointee.places.base
    let sums = state.pointee.builder.sums.base
    var pool = PartPool(sharpness: weights.sharpness)
    var feature = 0
    var unit = 0
    for end in state.pointee.features.parts.values {
      var sum = SIMD16<Int32>.zero
      var count = end.feature - feature
      weights.add(features + feature, count: count, places: places + feature, to: &sum)
      for index in unit..<end.unit {
        let known = state.pointee.builder.units.base + index
        if known.pointee.isSpellingKnown {
          WeightTable.add(&sums[index].spelling, to: &sum)
          count += Int(sums[index].spellingCount)
        }
        if known.pointee.isMeaningKnown {
          WeightTable.add(&sums[index].meaning, to: &sum)
          count += Int(sums[index].meaningCount)
        }
      }
      pool.add(weights.scores(sum, norm: PartPool.norm(count)))
      feature = end.feature
      unit = end.unit
    }
    var whole = SIMD16<Int32>.zero
    let count = state.pointee.features.count - feature
    weights.add(features + feature, count: count, places: places + feature, to: &whole)
    return weights.intercept + pool.result + weights.scores(whole, norm: PartPool.norm(count) * weights.wholeShare)
  }

  private func extract() {
    state.pointee.features.removeAll()
    let memory = state.pointee.builder.words
    memory.extractor.extract(
      units: state.pointee.builder.units.values, patterns: state.pointee.builder.patternMatches.values,
      folded: analyzer.foldedBuffer, into: &state.pointee.features)
    state.pointee.places.reserve(state.pointee.features.count)
  }

  /// What each unit brought to the scores just made, in half steps: of a feature of several units, the first and the
  /// last get half each.
  private func contributions() -> UnsafeBufferPointer<SIMD16<Int32>> {
    let units = state.pointee.builder.units.values
    let sums = state.pointee.builder.sums.base
    state.pointee.contributions.removeAll()
    for index in units.indices {
      state.pointee.contributions.append(.zero)
      let sum = state.pointee.contributions.base + index
      if units[index].isSpellingKnown { WeightTable.add(&sums[index].spelling, shift: 1, to: sum) }
      if units[index].isMeaningKnown { WeightTable.add(&sums[index].meaning, shift: 1, to: sum) }
    }
    model.weights.attribute(
      state.pointee.places.base, spans: state.pointee.features.spans.base, count: state.pointee.features.count,
      reach: FeatureExtractor.reach,
      to: state.pointee.contributions.base)
    return state.pointee.contributions.values
  }

  // MARK: Evidence

  private func evidence(_ text: UnsafeBufferPointer<UInt8>, _ categories: CategoryScores) -> [Evidence] {
    let contributions = contributions()
    let halfStep = model.weights.steps[Lane.abusive] / 2
    func weight(_ sum: SIMD16<Int32>) -> Float { Float(sum[Lane.abusive]) * halfStep }
    let units = state.pointee.builder.units.values
    let tokens = analyzer.tokenBuffer
    struct Candidate {
      var first: Int
      var last: Int
      var weight: Float
      var category: Category
    }
    var candidates: [Candidate] = []
    var index = 0
    while index < contributions.count {
      guard weight(contributions[index]) > 0.25 else {
        index += 1
        continue
      }
      var last = index
      var sum = contributions[index]
      while last + 1 < contributions.count, weight(contributions[last + 1]) > 0.25,
        units[last + 1].sentence == units[index].sentence, last - index < 7
      {
        last += 1
        sum &+= contributions[last]
      }
      let scores = model.weights.scores(sum, norm: 0.5)
      var best = categories.highest
      var bestValue = -Float.infinity
      for category in Category.allCases {
        let value = scores[Lane.firstCategory + category.index] + Float(categories[category]) * 3
        if value > bestValue {
          bestValue = value
          best = category
        }
      }
      candidates.append(Candidate(first: index, last: last, weight: weight(sum), category: best))
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
          first: strongest, last: strongest, weight: weight(contributions[strongest]),
          category: categories.highest)
      ]
    }
    let offsets = ScalarOffsets(text)
    return candidates.prefix(8).map { candidate in
      let start = Int(tokens[Int(units[candidate.first].firstToken)].start)
      let end = Int(tokens[Int(units[candidate.last].lastToken)].end)
      return Evidence(
        category: candidate.category, start: start, end: end, text: offsets.slice(start, end),
        weight: Double((candidate.weight * 100).rounded()) / 100)
    }
  }

  /// What each word contributed to the score for abuse, with its place; for explanations.
  public func contributions(_ text: String) -> [(start: Int, end: Int, weight: Double)] {
    analyzer.analyze(text)
    state.pointee.builder.build(analyzer)
    _ = score()
    let tokens = analyzer.tokenBuffer
    let step = model.weights.steps[Lane.abusive] / 2
    return zip(state.pointee.builder.units.values, contributions()).map { unit, steps in
      (
        Int(tokens[Int(unit.firstToken)].start), Int(tokens[Int(unit.lastToken)].end),
        Double(Float(steps[Lane.abusive]) * step)
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

/// Makes training material: the features of texts.
package final class FeatureCollector {
  private let analyzer: TextAnalyzer
  private var builder: UnitBuilder
  private var list = FeatureList()

  package init(lexicon: Lexicon, families: FeatureFamilies) throws {
    analyzer = try TextAnalyzer()
    builder = UnitBuilder(WordMemory(lexicon: lexicon, families: families, weights: nil))
  }

  package func features(_ text: String) -> (parts: [[UInt64]], whole: [UInt64]) {
    analyzer.analyze(text)
    builder.build(analyzer)
    list.removeAll()
    builder.words.extractor.extract(
      units: builder.units.values, patterns: builder.patternMatches.values, folded: analyzer.foldedBuffer, into: &list)
    var parts: [[UInt64]] = []
    var start = 0
    for end in list.parts.values {
      parts.append(Array(list.hashes[start..<end.feature]))
      start = end.feature
    }
    return (parts, Array(list.hashes[start..<list.count]))
  }
}
