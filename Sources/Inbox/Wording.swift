internal import Messages
internal import Weerbaar

/// Words, numbers and dates in the language of the reader.
struct Wording: Sendable {
  let language: MessageLanguage
  var isDutch: Bool { language == .nl }

  init(_ language: MessageLanguage) { self.language = language }

  func callAsFunction(_ dutch: String, _ english: String) -> String { isDutch ? dutch : english }

  func number(_ number: Int) -> String {
    let dutch = DutchNumber.text(number)
    return isDutch ? dutch : dutch.replacing(".", with: ",")
  }

  /// A number with its noun.
  func count(_ count: Int, _ dutch: String, _ english: String) -> String { "\(number(count)) \(self(dutch, english))" }

  func name(_ level: Level) -> String {
    guard !isDutch else { return level.dutchName }
    switch level {
    case .none: return "none"
    case .log: return "note it"
    case .report: return "report it"
    case .police: return "consider the police"
    case .urgent: return "urgent"
    }
  }

  func name(_ category: Category) -> String { isDutch ? category.dutchName : category.rawValue }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  /// "14 mei 2024", "14 May 2024"; the text itself where it is no date.
  func day(_ time: String) -> String {
    guard !isDutch else { return DutchDate.day(time) }
    let parts = time.prefix(10).split(separator: "-")
    guard parts.count == 3, let month = Int(parts[1]), (1...12).contains(month), let day = Int(parts[2]) else {
      return time
    }
    return "\(day) \(Wording.months[month - 1]) \(parts[0])"
  }

  func minute(_ time: String) -> String {
    guard !isDutch else { return DutchDate.minute(time) }
    let clock = time.dropFirst(11).prefix(5)
    return clock.count == 5 ? "\(day(time)), \(clock)\(time.hasSuffix("Z") ? " UTC" : "")" : day(time)
  }

  func month(_ key: String) -> String {
    guard !isDutch else { return DutchDate.month(key) }
    let parts = key.split(separator: "-")
    guard parts.count >= 2, let month = Int(parts[1]), (1...12).contains(month) else { return key }
    return "\(Wording.months[month - 1].prefix(3)) \(parts[0])"
  }

  func platform(_ platform: Message.Platform) -> String { ReportMarkup.platform(platform, language) }

  func channel(_ channel: Message.Channel?) -> String { ReportMarkup.channel(channel, language) }

  func place(_ locator: String) -> String { ReportMarkup.place(locator, language) }

  var unknown: String { self("onbekend", "unknown") }

  func shown(_ sender: Sender) -> String {
    sender.party.name ?? sender.party.handle ?? sender.party.id ?? unknown
  }

  func name(_ party: Party?) -> String { ReportMarkup.name(party?.key == nil ? nil : party, language) }
}
