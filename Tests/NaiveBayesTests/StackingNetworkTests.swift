import TestSupport
import Testing

@testable import NaiveBayes

@Suite struct StackingNetworkTests {
  private struct Texts {
    var scores: [Lanes]
    var answers: [UInt16]
    var asked: [UInt16]
    var weights: [Float]

    var network: StackingNetwork {
      StackingNetwork.fit(
        scores: scores, answers: answers, asked: asked, weights: weights, chosen: Array(scores.indices))
    }
  }

  /// Texts whose answer no straight line gives: question 0 holds where exactly one of the scores 1 and 2 is above zero.
  private func texts(_ count: Int, seed: UInt64) -> Texts {
    var generator = SeededGenerator(seed: seed)
    var scores: [Lanes] = []
    var answers: [UInt16] = []
    for _ in 0..<count {
      var score = Lanes.zero
      for lane in 0..<14 { score[lane] = Float.random(in: -2...2, using: &generator) }
      scores.append(score)
      answers.append(((score[1] > 0) != (score[2] > 0) ? 1 : 0) | (score[3] > 0.5 ? 2 : 0))
    }
    return Texts(
      scores: scores, answers: answers, asked: [UInt16](repeating: 0b11, count: count),
      weights: [Float](repeating: 1, count: count))
  }

  @Test func itLearnsWhatNoSumOfScoresCanSay() {
    let known = texts(6_000, seed: 1)
    let network = known.network
    let fresh = texts(2_000, seed: 2)
    for question in 0..<2 {
      let right = fresh.scores.indices.count { text in
        (network.logOdds(fresh.scores[text])[question] > 0) == (fresh.answers[text] >> UInt16(question) & 1 == 1)
      }
      #expect(right > 1_850, "question \(question): \(right)")
    }
  }

  @Test func whatIsNotAskedTeachesNothing() {
    var known = texts(3_000, seed: 3)
    let first = known.network
    // Other answers to questions that are not asked.
    known.answers = known.answers.map { $0 ^ 0xFF00 }
    let second = known.network
    #expect(first == second)
    known.answers = known.answers.map { $0 ^ 1 }
    #expect(known.network != first)
  }

  @Test func whatCountsForNothingTeachesNothing() {
    var known = texts(3_000, seed: 6)
    for text in known.weights.indices where text % 2 == 0 { known.weights[text] = 0 }
    let first = known.network
    for text in known.answers.indices where text % 2 == 0 { known.answers[text] ^= 0b11 }
    #expect(known.network == first)
    known.weights = known.weights.map { _ in 1 }
    #expect(known.network != first)
  }

  @Test func bytesGiveTheSameNetworkAndDamageIsSeen() {
    let known = texts(500, seed: 4)
    let network = known.network
    var bytes = network.encode()
    bytes.withUnsafeBytes { #expect(StackingNetwork(decoding: $0) == network) }
    bytes.dropLast().withUnsafeBytes { #expect(StackingNetwork(decoding: $0) == nil) }
    // A number that is none.
    bytes.replaceSubrange(400..<404, with: [0, 0, 0xC0, 0x7F])
    bytes.withUnsafeBytes { #expect(StackingNetwork(decoding: $0) == nil) }
  }

  /// The arithmetic in C against the formula.
  @Test func theAnswersFollowTheFormula() {
    let known = texts(300, seed: 5)
    let network = known.network
    let numbers = network.encode().withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { (place: Int) -> Float in
        Float(bitPattern: bytes.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self).littleEndian)
      }
    }
    let count = 256
    let hidden = Array(numbers[32..<(32 + 17 * count)])
    let output = Array(numbers[(32 + 17 * count)...])
    #expect(output.count == (count + 1) * 16)
    for score in known.scores.prefix(50) {
      let input = (0..<16).map { (score[$0] - numbers[$0]) * numbers[16 + $0] }
      var units = [Float](repeating: 0, count: count)
      for unit in units.indices {
        units[unit] = hidden[16 * count + unit]
        for lane in 0..<16 { units[unit] += hidden[lane * count + unit] * input[lane] }
        units[unit] = max(0, units[unit])
      }
      let found = network.logOdds(score)
      for question in 0..<16 {
        var expected = output[count * 16 + question]
        for unit in units.indices { expected += output[unit * 16 + question] * units[unit] }
        #expect(abs(found[question] - expected) < 1e-4)
      }
    }
  }
}
