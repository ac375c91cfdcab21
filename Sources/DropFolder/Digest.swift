internal import Casebook
internal import Foundation
internal import Inbox
internal import Weerbaar

/// The digest of a day, in Dutch and without the words of any message.
enum Digest {
  static func text(_ casebook: Casebook, now: Date, day: String) throws -> (subject: String, text: String) {
    let since = Int(now.timeIntervalSince1970) - 86_400
    let fresh = try casebook.arrivals(since: since)
    let total = fresh.values.reduce(0, +)
    let open = try casebook.caseFiles().filter { $0.state != .closed && $0.kind == .sender && $0.messages > 0 }
    var text = "Beste collega,\n\n"
    if total == 0 {
      text += "De afgelopen 24 uur is niets nieuws vastgelegd.\n"
    } else {
      text +=
        "De afgelopen 24 uur \(total == 1 ? "is 1 bericht" : "zijn \(DutchNumber.text(total)) berichten") vastgelegd:\n"
      for level in Level.allCases.reversed() where fresh[level, default: 0] > 0 {
        text += "  \(level.dutchName): \(DutchNumber.text(fresh[level, default: 0]))\n"
      }
    }
    let waiting = open.filter { $0.state == .new && $0.level >= .police }.sorted {
      ($1.level, $0.number) < ($0.level, $1.number)
    }
    if !waiting.isEmpty {
      text += "\nDeze zaken wachten op iemand die ze bekijkt:\n"
      for file in waiting.prefix(10) {
        let last = DutchDate.day(Date(timeIntervalSince1970: Double(file.last)).formatted(.iso8601))
        text +=
          "  zaak \(file.number): \(file.level.dutchName), \(file.messages == 1 ? "1 bericht" : "\(file.messages) berichten"), laatste op \(last)\n"
      }
      if waiting.count > 10 { text += "  en nog \(waiting.count - 10)\n" }
    }
    text += "\nOpen zaken: \(DutchNumber.text(open.count)). U bekijkt ze met: weerbaar casebook list\n"
    let head = try casebook.head()
    let records = head.records == 1 ? "1 regel" : "\(DutchNumber.text(head.records)) regels"
    text += "\nStand van het zaakboek: \(records), laatste vingerafdruk\n\(head.hash)\n"
    text += "Bewaar deze mail: met die vingerafdruk toont u later aan dat er niets is veranderd.\n"
    let subject =
      "Weerbaar: \(total == 0 ? "niets nieuws" : total == 1 ? "1 bericht" : "\(DutchNumber.text(total)) berichten") op \(DutchDate.day(day))"
    return (subject, text)
  }
}
