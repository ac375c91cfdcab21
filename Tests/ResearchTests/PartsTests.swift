import Foundation
import TestSupport
import Testing

@testable import Research

@Suite struct PartsTests {
  @Test func daysAreThoseOfTheCalendar() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    var random = SeededGenerator(seed: 3)
    for _ in 0..<500 {
      let number = Int.random(in: -20_000...40_000, using: &random)
      let date = Date(timeIntervalSince1970: Double(number) * 86_400)
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      let day = try #require(
        CalendarDay(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0), "\(number)")
      #expect(day.number == number)
      #expect(CalendarDay(day.text)?.number == number)
    }
    for wrong in ["2021-02-29", "2021-13-01", "2021-00-10", "21-02-2021", "2021/02/03", "2021-2-3", ""] {
      #expect(CalendarDay(wrong) == nil, "\(wrong)")
    }
    #expect(CalendarDay("2021-02-26T23:59:59+01:00")?.text == "2021-02-26")
  }

  @Test func keysKeepTheirNumbers() {
    var random = SeededGenerator(seed: 8)
    var table = KeyTable()
    var known: [UInt64: Int] = [:]
    for _ in 0..<20_000 {
      let key = random.next() % 5000
      let (index, isNew) = table.number(key)
      #expect(isNew == (known[key] == nil))
      if isNew { known[key] = known.count }
      #expect(index == known[key])
    }
    #expect(table.count == known.count)
    #expect(table.find(5001) == nil)
  }

  /// The bursts found are those of the cheapest of all sequences of states.
  @Test func burstsAreOptimal() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<60 {
      let days = Int.random(in: 2...10, using: &random)
      let totals = (0..<days).map { _ in Int.random(in: 0...30, using: &random) }
      let events = totals.map { Int.random(in: 0...max(0, $0 / 2), using: &random) }
      let all = Double(totals.reduce(0, +))
      let sum = Double(events.reduce(0, +))
      guard sum > 0, sum < all else { continue }
      let p = [sum / all, min(0.9999, 2 * sum / all)]
      func cost(_ states: [Int]) -> Double {
        var cost = 0.0
        var last = 0
        for (day, state) in states.enumerated() {
          if state > last { cost += log(Double(days)) }
          cost -= Double(events[day]) * log(p[state]) + Double(totals[day] - events[day]) * log(1 - p[state])
          last = state
        }
        return cost
      }
      let cheapest = (0..<(1 << days)).map { bits in cost((0..<days).map { bits >> $0 & 1 }) }.min() ?? 0
      var states = [Int](repeating: 0, count: days)
      for burst in Bursts.find(events: events, totals: totals) {
        for day in burst.first...burst.last { states[day] = 1 }
      }
      #expect(isClose(cost(states), cheapest, 1e-9))
    }
    #expect(Bursts.find(events: [0, 0], totals: [5, 5]).isEmpty)
  }

  @Test func nothingWithheldCanBeTold() {
    var random = SeededGenerator(seed: 12)
    for _ in 0..<2000 {
      let counts = (0..<Int.random(in: 2...7, using: &random)).map { _ in
        Int.random(in: 0...12, using: &random)
      }
      let hidden = Suppression.withheld(counts, minimum: 5)
      for (place, count) in counts.enumerated() where count > 0 && count < 5 { #expect(hidden.contains(place)) }
      // Either enough is hidden together, or all there is.
      if !hidden.isEmpty {
        let sum = hidden.reduce(0) { $0 + counts[$1] }
        let rest = counts.indices.filter { !hidden.contains($0) && counts[$0] > 0 }
        #expect(rest.isEmpty || (hidden.count > 1 && sum >= 5))
      }
    }
    #expect(Suppression.withheld([10, 20], minimum: 5).isEmpty)
    #expect(Suppression.withheld([3, 20, 9], minimum: 5) == [0, 2])
  }

  @Test func aSampleIsAllocatedWhole() {
    #expect(LabellingSample.allocate(10, [100, 100]) == [5, 5])
    #expect(LabellingSample.allocate(10, [3, 100]) == [3, 7])
    #expect(LabellingSample.allocate(1000, [3, 4]) == [3, 4])
    #expect(LabellingSample.allocate(1, [3, 4]) == [2, 2])
  }

  @Test func numbersAreWrittenAlikeEverywhere() {
    #expect(NumberText.plain(0.1 + 0.2) == "0.3")
    #expect(NumberText.plain(3) == "3")
    #expect(NumberText.plain(.nan) == "")
    #expect(NumberText.number(339_932, .nl) == "339.932")
    #expect(NumberText.number(-1234.56, digits: 1, .en) == "−1,234.6")
    #expect(NumberText.number(-0.01, digits: 1, .nl) == "0,0")
    #expect(NumberText.percent(0.4702, digits: 0, .nl) == "47 %")
    #expect(NumberText.p(0.0004, .en) == "< 0.001")
  }

  /// Few runs, so wide bounds: an interval that misses its promise by much is found.
  @Test func intervalsHoldAboutWhatTheyPromise() {
    let results = CoverageSimulation(runs: 120, seed: 3).run()
    #expect(results.count == 9)
    for result in results {
      #expect(result.coverage > 0.87, "\(result.method): \(result.coverage)")
      #expect(result.covered <= result.runs)
    }
  }
}
