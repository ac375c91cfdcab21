internal import Foundation

/// Stretches of time in which a share is higher than usual: the two-state automaton for batches of Kleinberg ("Bursty and
/// hierarchical structure in streams", 2003, section 4).
enum Bursts {
  struct Burst: Equatable {
    /// Places in the series, first and last.
    var first: Int
    var last: Int
    /// How much likelier the burst makes the counts, in nats.
    var weight: Double
  }

  /// Finds bursts.
  ///
  /// - Parameters:
  ///   - events, totals: for each day its messages of interest and all its messages.
  ///   - scale: how many times the usual share a burst's share is.
  ///   - cost: what beginning a burst costs, in units of ln(days).
  static func find(events: [Int], totals: [Int], scale: Double = 2, cost: Double = 1) -> [Burst] {
    let allEvents = Double(events.reduce(0, +))
    let all = Double(totals.reduce(0, +))
    guard events.count > 1, allEvents > 0, allEvents < all else { return [] }
    let usual = allEvents / all
    let raised = min(0.9999, usual * scale)
    guard raised > usual else { return [] }
    let begin = cost * log(Double(events.count))
    func loss(_ index: Int, _ p: Double) -> Double {
      -(Double(events[index]) * log(p) + Double(totals[index] - events[index]) * log(1 - p))
    }
    // Viterbi's algorithm over two states.
    var costs = (0.0, Double.infinity)
    var cameFrom: [(Int, Int)] = []
    for index in events.indices {
      let calm = loss(index, usual)
      let burst = loss(index, raised)
      let toCalm = costs.0 <= costs.1 ? 0 : 1
      let toBurst = costs.1 <= costs.0 + begin ? 1 : 0
      cameFrom.append((toCalm, toBurst))
      costs = (min(costs.0, costs.1) + calm, min(costs.0 + begin, costs.1) + burst)
    }
    var state = costs.0 <= costs.1 ? 0 : 1
    var states = [Int](repeating: 0, count: events.count)
    for index in events.indices.reversed() {
      states[index] = state
      state = state == 0 ? cameFrom[index].0 : cameFrom[index].1
    }
    var found: [Burst] = []
    var index = 0
    while index < states.count {
      guard states[index] == 1 else {
        index += 1
        continue
      }
      var last = index
      while last + 1 < states.count, states[last + 1] == 1 { last += 1 }
      let weight = (index...last).reduce(0) { $0 + loss($1, usual) - loss($1, raised) }
      found.append(Burst(first: index, last: last, weight: weight))
      index = last + 1
    }
    return found
  }
}
