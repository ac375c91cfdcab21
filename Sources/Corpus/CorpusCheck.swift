import Foundation
import Weerbaar

/// What a corpus must satisfy, and what in it does not.
public struct CorpusReport: Sendable {
  /// What is wrong; empty where the corpus is sound.
  public var faults: [String] = []
  public var statistics: CorpusStatistics

  /// Checks labels, pairs, identifiers, near-duplicates, leakage between writers and balance. O(total length).
  public init(_ messages: [LabelledMessage]) {
    statistics = CorpusStatistics(messages)
    var identifiers: Set<String> = []
    for message in messages {
      if let wrong = message.contradiction { faults.append("\(message.id): \(wrong)") }
      if !identifiers.insert(message.id).inserted { faults.append("\(message.id): the id stands twice") }
    }
    for (pair, members) in Dictionary(grouping: messages.filter { $0.pair != nil }, by: \.pair).sorted(by: {
      ($0.key ?? "") < ($1.key ?? "")
    }) {
      if members.count != 2 || members.count(where: \.abusive) != 1 {
        faults.append("pair \(pair ?? ""): want one abusive and one clean message, found \(members.count)")
      } else if members[0].writer != members[1].writer {
        faults.append("pair \(pair ?? ""): its messages have two writers, so that they could part in a split")
      }
    }
    for (batch, members) in Dictionary(grouping: messages, by: \.batch) where Set(members.map(\.writer)).count > 1 {
      faults.append("batch \(batch): has several writers, so that it could leak between training and test")
    }
    faults += NearDuplicates.find(messages).map(\.description)
    faults += Self.imbalances(statistics)
  }

  /// Ways in which clean and abusive messages differ more than a reader should notice.
  private static func imbalances(_ statistics: CorpusStatistics) -> [String] {
    let abusive = statistics.abusive
    let clean = statistics.clean
    guard abusive.messages > 100, clean.messages > 100 else { return [] }
    var found: [String] = []
    for (name, left, right) in [
      ("begin with a capital", abusive.startsWithCapital, clean.startsWithCapital),
      ("end with punctuation", abusive.endsWithPunctuation, clean.endsWithPunctuation),
      ("hold a digit", abusive.holdsDigit, clean.holdsDigit),
      ("name a day, a month or a year", abusive.holdsDate, clean.holdsDate),
    ] where abs(left - right) > 0.15 {
      found.append(
        "\(Int(left * 100)) % of the abusive and \(Int(right * 100)) % of the clean messages \(name); want at most 15 apart"
      )
    }
    if abs(abusive.words[1] - clean.words[1]) > 4 {
      found.append(
        "the median length is \(abusive.words[1]) words abusive and \(clean.words[1]) clean; want at most 4 apart")
    }
    // A topic that is nearly always abusive, or hardly ever, would become evidence by itself.
    let share = Double(abusive.messages) / Double(abusive.messages + statistics.hardNegatives)
    for (topic, sides) in statistics.topics.sorted(by: { $0.key < $1.key }) where !topic.isEmpty {
      let all = sides[0] + sides[1]
      guard all >= 150 else { continue }
      let own = Double(sides[0]) / Double(all)
      if abs(own - share) > 0.4 {
        found.append(
          "\(Int(own * 100)) % of the \(all) messages and hard negatives on the topic \(topic) are abusive, of all \(Int(share * 100)) %; want at "
            + "most 40 apart")
      }
    }
    return found
  }
}
