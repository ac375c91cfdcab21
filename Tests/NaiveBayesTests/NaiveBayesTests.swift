import Foundation
import TestSupport
import Testing

@testable import NaiveBayes

@Suite struct DeterministicMathTests {
  @Test func exponentialIsThatOfTheCLibrary() {
    for step in -8_700...8_700 {
      let x = Float(step) / 100
      #expect(abs(DeterministicMath.exp(x) / Foundation.exp(x) - 1) < 1e-6)
    }
    #expect(DeterministicMath.exp(Float(1000)).isFinite)
    #expect(DeterministicMath.exp(Float(-1000)) > 0)
    var lanes = Lanes.zero
    for lane in 0..<16 { lanes[lane] = Float(lane * 11) - 90 }
    let many = DeterministicMath.exp(lanes)
    for lane in 0..<16 { #expect(many[lane] == DeterministicMath.exp(lanes[lane])) }
  }

  @Test func logarithmIsThatOfTheCLibrary() {
    for x in [1e-300, 1e-9, 0.1, 0.5, 0.999, 1, 1.001, 1.5, 2, 7, 1e9, 1e300] {
      #expect(abs(DeterministicMath.log(x) - Foundation.log(x)) <= 1e-13 * max(1, abs(Foundation.log(x))))
    }
    #expect(DeterministicMath.log(0) == -.infinity)
  }

  @Test func shufflesAreTheSameForGood() {
    var random = SplitMix64(seed: 1)
    var order = Array(0..<10)
    random.shuffle(&order)
    #expect(order.sorted() == Array(0..<10))
    var again = SplitMix64(seed: 1)
    var second = Array(0..<10)
    again.shuffle(&second)
    #expect(order == second)
    var reference = SeededGenerator(seed: 7)
    var ours = SplitMix64(seed: 7)
    for _ in 0..<100 { #expect(ours.next() == reference.next()) }
  }
}

@Suite struct CalibrationTests {
  @Test func plattFindsTheLogisticThatMadeTheData() {
    var random = SplitMix64(seed: 5)
    var scores: [Double] = []
    var answers: [Bool] = []
    for _ in 0..<20_000 {
      let score = random.unit() * 8 - 4
      scores.append(score)
      answers.append(random.unit() < 1 / (1 + Foundation.exp(-(1.5 * score - 0.5))))
    }
    let fit = PlattCalibration.fit(scores: scores, answers: answers)
    #expect(abs(fit.slope - 1.5) < 0.08)
    #expect(abs(fit.offset + 0.5) < 0.08)
    #expect(abs(fit.probability(0) - 1 / (1 + Foundation.exp(-fit.offset))) < 1e-6)
  }

  @Test func plattStaysFiniteOnSeparatedOrOneSidedData() {
    let separated = PlattCalibration.fit(scores: [-2, -1, 1, 2], answers: [false, false, true, true])
    #expect(separated.slope.isFinite && separated.slope > 0)
    #expect(PlattCalibration.fit(scores: [1, 2], answers: [true, true]) == PlattCalibration())
    #expect(PlattCalibration.fit(scores: [], answers: []) == PlattCalibration())
  }

  @Test func isotonicRisesAndFitsBestAmongRisingFunctions() {
    let fit = IsotonicCalibration.fit(scores: [1, 2, 3, 4, 5], answers: [false, true, false, true, true])
    #expect(fit.probabilities == fit.probabilities.sorted())
    #expect(fit.probability(1) == 0)
    #expect(fit.probability(2.5) == 0.5)
    #expect(fit.probability(9) == 1)
    #expect(fit.probability(-9) == 0)
  }
}

/// Bags in which feature 1 speaks for lane 0, feature 2 against it, and feature 3 for lane 1.
private func bags() -> [Bag] {
  (0..<200).map { number in
    let yes = number % 2 == 0
    let other = number % 3 == 0
    var features: [UInt64] = [yes ? 0xAAAA_0001_0000_0001 : 0x5555_0002_0000_0002, 0x1234_0009_0000_0009]
    if other { features.append(0x7777_0003_0000_0003) }
    return Bag(parts: [features], whole: [], answers: (yes ? 1 : 0) | (other ? 2 : 0), group: number % 7)
  }
}

@Suite struct TrainerTests {
  @Test func whatSpeaksForAQuestionGetsItsWeight() {
    let all = bags()
    let set = TrainingSet(all, minimum: 2)
    let model = Trainer.train(set, chosen: Array(all.indices), options: TrainingOptions())
    for (text, bag) in all.enumerated() {
      let score = model.score(text, of: set)
      #expect((score[0] > 0) == (bag.answers & 1 == 1))
      #expect((score[1] > 0) == (bag.answers & 2 == 2))
    }
  }

  @Test func trainingTwiceGivesTheSameBits() {
    let all = bags()
    let set = TrainingSet(all, minimum: 2)
    let first = Trainer.train(set, chosen: Array(all.indices), options: TrainingOptions())
    let second = Trainer.train(set, chosen: Array(all.indices), options: TrainingOptions())
    #expect(WeightTable.encode(first, limit: 100) == WeightTable.encode(second, limit: 100))
  }

  /// Features are counted once a text, however often they stand in it, and numbered from the most frequent on.
  @Test func featuresAreNumberedByTheirTexts() {
    var generator = SeededGenerator(seed: 31)
    let known = (0..<9_000).map { _ in UInt64.random(in: .min ... .max, using: &generator) }
    var all: [Bag] = []
    var texts: [UInt64: Int] = [:]
    for _ in 0..<400 {
      // Few are drawn often, many seldom; some stand twice in a text, in a part and in the whole.
      let drawn = (0..<200).map { _ in
        known[Int.random(in: 0..<known.count, using: &generator) >> Int.random(in: 0...9, using: &generator)]
      }
      all.append(Bag(parts: [Array(drawn[..<120])], whole: Array(drawn[80...]), answers: 0, group: 0))
      for hash in Set(drawn) { texts[hash, default: 0] += 1 }
    }
    let set = TrainingSet(all, minimum: 2)
    let index = FeatureIndex(set, chosen: Array(all.indices), minimum: 3)
    #expect(Set(index.hashes) == Set(texts.filter { $0.value >= 3 }.keys))
    let counts = index.hashes.map { texts[$0] ?? 0 }
    #expect(counts == counts.sorted(by: >))
    for (feature, number) in index.numbers.enumerated() {
      let count = texts[set.hashes[feature]] ?? 0
      #expect(number == FeatureIndex.absent ? count < 3 : index.hashes[Int(number)] == set.hashes[feature])
    }
  }

  @Test func rareFeaturesAreLeftOut() {
    var all = bags()
    all[0].parts[0].append(42)
    let set = TrainingSet(all, minimum: 2)
    let model = Trainer.train(set, chosen: Array(all.indices), options: TrainingOptions())
    #expect(!model.hashes.contains(42))
    #expect(Set(model.hashes).count == model.hashes.count)
  }

  @Test func oneStrongPartIsNotDilutedByManyWeakOnes() {
    var pool = PartPool(sharpness: 1)
    pool.add(Lanes(repeating: 5))
    for _ in 0..<20 { pool.add(Lanes(repeating: -3)) }
    #expect(pool.result[0] > 4)
    var calm = PartPool(sharpness: 1)
    for _ in 0..<50 { calm.add(Lanes(repeating: -3)) }
    #expect(abs(calm.result[0] + 3) < 1e-4)
  }

  /// The packed table gives the model's own scores, but for the rounding of weights to eight bits.
  @Test func thePackedTableAgreesWithTheModel() throws {
    var generator = SeededGenerator(seed: 9)
    let hashes = (0..<5_000).map { _ in UInt64.random(in: 1...UInt64.max, using: &generator) }.sorted()
    let weights = hashes.map { _ in
      var lanes = Lanes.zero
      for lane in 0..<16 { lanes[lane] = Float.random(in: -3...3, using: &generator) }
      return lanes
    }
    let model = LinearModel(
      hashes: hashes, numbers: [], texts: hashes.map { _ in 2 }, weights: weights, intercept: Lanes(repeating: -2),
      sharpness: 1.5, wholeShare: 1)
    try Places.withFolder { (folder: URL) throws in
      let url = folder.appending(path: "w.model")
      // With room to spare, no bucket is full.
      try Data(ModelFile.encode([("weights", WeightTable.encode(model, limit: 80_000))])).write(to: url)
      let table = try ModelFile(contentsOf: url).weights("weights")
      #expect((4_990...5_000).contains(table.count))
      #expect(table.sharpness == 1.5)
      #expect(table.intercept == Lanes(repeating: -2))
      var lost = 0
      for (hash, expected) in zip(hashes, weights) {
        guard let row = table.row(hash) else {
          lost += 1
          continue
        }
        let found = Lanes(SIMD16<Int32>(truncatingIfNeeded: row)) * table.steps
        for lane in 0..<WeightTable.lanes {
          #expect(abs(found[lane] - expected[lane]) <= table.steps[lane] / 2 + 1e-5)
        }
      }
      #expect(lost == 5_000 - table.count)
      var strangers = 0
      for _ in 0..<5_000 {
        if table.row(UInt64.random(in: 1...UInt64.max, using: &generator)) != nil { strangers += 1 }
      }
      // A fingerprint has 21 bits, so a stranger seldom passes for another.
      #expect(strangers <= 1)
      try sumsAndShares(table, hashes)
      #expect(throws: ModelError.self) { try ModelFile(contentsOf: url).weights("none") }
    }
  }

  /// Sums over many features, and what the units that they come from get, are those of the rows one by one.
  private func sumsAndShares(_ table: WeightTable, _ hashes: [UInt64]) throws {
    let features = (0..<700).map { (number: Int) -> UInt64 in
      number % 3 == 0 ? UInt64(number) << 40 : hashes[number * 7]
    }
    var expected = SIMD16<Int32>.zero
    var shares = [SIMD16<Int32>](repeating: .zero, count: 20)
    let spans = features.indices.map { (number: Int) -> (Int, Int) in
      let first = number % 20
      return (first, min(19, first + number % 9))
    }
    for (feature, span) in zip(features, spans) {
      guard let row = table.row(feature) else { continue }
      let wide = SIMD16<Int32>(truncatingIfNeeded: row)
      expected &+= wide
      guard span.1 - span.0 <= 6 else { continue }
      shares[span.0] &+= wide
      shares[span.1] &+= wide
    }
    var places = [Int32](repeating: 0, count: features.count)
    var sum = SIMD16<Int32>.zero
    table.add(features, count: features.count, places: &places, to: &sum)
    var found = [SIMD16<Int32>](repeating: .zero, count: 20)
    let packed = spans.map { UInt64($0.0) << 32 | UInt64($0.1) }
    table.attribute(places, spans: packed, count: features.count, reach: 6, to: &found)
    for lane in 0..<WeightTable.lanes {
      #expect(sum[lane] == expected[lane])
      for unit in 0..<20 { #expect(found[unit][lane] == shares[unit][lane]) }
    }
    #expect(expected != .zero)
  }

  /// What a bucket has no room for is the weakest.
  @Test func aFullTableKeepsTheStrongest() throws {
    var generator = SeededGenerator(seed: 10)
    let hashes = (0..<4_000).map { _ in UInt64.random(in: 1...UInt64.max, using: &generator) }.sorted()
    // Features of one bucket stand together in order, so that strengths are dealt out.
    let strengths = hashes.indices.map { $0 * 37 % 100 }
    let weights = strengths.map { Lanes(repeating: Float($0) / 10 + 0.1) }
    let model = LinearModel(
      hashes: hashes, numbers: [], texts: hashes.map { _ in 2 }, weights: weights, intercept: .zero, sharpness: 1,
      wholeShare: 1)
    try Places.withFolder { (folder: URL) throws in
      let url = folder.appending(path: "w.model")
      try Data(ModelFile.encode([("weights", WeightTable.encode(model, limit: 1_000))])).write(to: url)
      let file = try ModelFile(contentsOf: url)
      let table = try file.weights("weights")
      #expect(table.count > 950)
      let kept = hashes.indices.filter { table.row(hashes[$0]) != nil }.map { strengths[$0] }
      #expect(kept.reduce(0, +) / max(kept.count, 1) > 75)
      #expect(kept.min() ?? 0 > 10)
    }
  }

  /// Of two features with equal weights the one in more texts is kept, and a rare one stays if its weight makes up for it.
  @Test func aFullTableKeepsWhatMovesScoresMost() throws {
    var generator = SeededGenerator(seed: 11)
    let hashes = (0..<4_000).map { _ in UInt64.random(in: 1...UInt64.max, using: &generator) }.sorted()
    let texts = hashes.indices.map { $0 % 4 == 0 ? UInt32(100) : 4 }
    let weights = hashes.indices.map { Lanes(repeating: $0 % 4 == 1 ? 6 : 1) }
    let model = LinearModel(
      hashes: hashes, numbers: [], texts: texts, weights: weights, intercept: .zero, sharpness: 1, wholeShare: 1)
    try Places.withFolder { (folder: URL) throws in
      let url = folder.appending(path: "w.model")
      try Data(ModelFile.encode([("weights", WeightTable.encode(model, limit: 1_000))])).write(to: url)
      let table = try ModelFile(contentsOf: url).weights("weights")
      let kept = hashes.indices.filter { table.row(hashes[$0]) != nil }.map { $0 % 4 }
      #expect(kept.filter { $0 == 1 }.count > kept.filter { $0 == 0 }.count)
      #expect(kept.filter { $0 > 1 }.count * 20 < kept.count)
    }
  }
}
