public import Messages
internal import Weerbaar

/// The summary of an inbox, made to fit one screen of a terminal.
public struct TerminalSummary {
  /// The width and height of the screen, and whether it shows colours.
  public var columns = 80
  public var rows = 40
  public var colour = false
  private let say: Wording

  public init(columns: Int = 80, rows: Int = 40, colour: Bool = false, language: MessageLanguage = .nl) {
    say = Wording(language)
    self.columns = max(40, columns)
    self.rows = max(20, rows)
    self.colour = colour
  }

  private func painted(_ text: String, _ code: String) -> String { colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

  private static func colourCode(_ level: Level) -> String {
    switch level {
    case .none: "0"
    case .log: "36"
    case .report: "33"
    case .police: "31"
    case .urgent: "1;41;97"
    }
  }

  /// Writes the summary; every line is at most as wide as the screen.
  public func text(_ result: InboxResult, _ steps: NextSteps) -> String {
    var lines: [String] = []
    let period =
      result.first.map { first in " · \(say.day(first)) – \(say.day(result.last ?? first))" } ?? ""
    lines.append(
      painted(
        say.count(result.messages, "berichten", "messages") + " · "
          + say.count(result.senderCount, "afzenders", "senders") + period,
        "1"))
    var also: [String] = []
    if result.outgoing > 0 {
      also.append(
        say.count(
          result.outgoing, "van uzelf of van derden (alleen gelezen)", "of your own or of others (read only)"))
    }
    if result.duplicates > 0 {
      also.append(say.count(result.duplicates, "dubbel (één keer geteld)", "twice (counted once)"))
    }
    if result.abstained > 0 {
      also.append(
        say.count(result.abstained, "in een andere taal (niet beoordeeld)", "in another language (not assessed)"))
    }
    if !also.isEmpty { lines += wrap(also.joined(separator: " · ")) }
    lines.append("")
    if result.flagged == 0 {
      lines.append(
        say(
          "Geen bericht viel op. Een programma mist soms iets: twijfelt u, lees het dan met iemand samen.",
          "No message stood out. A program misses things: where in doubt, read it together with somebody."))
      return lines.map { clip($0) }.joined(separator: "\n") + "\n"
    }
    lines.append(
      painted(
        say.count(
          result.flagged, result.flagged == 1 ? "bericht vraagt uw aandacht" : "berichten vragen uw aandacht",
          result.flagged == 1 ? "message asks for your attention" : "messages ask for your attention"),
        "1"))
    let most = result.levels.dropFirst().max() ?? 1
    for level in Level.allCases.reversed() where level != .none && result.levels[level.rawValue] > 0 {
      let count = result.levels[level.rawValue]
      let bar = String(repeating: "█", count: max(1, count * 24 / max(1, most)))
      lines.append(
        "  " + painted(say.name(level).padded(19), TerminalSummary.colourCode(level))
          + say.number(count).leftPadded(7) + "  "
          + painted(bar, TerminalSummary.colourCode(level)))
    }
    let categories = Category.allCases.filter { result.categories[$0.index] > 0 }.sorted {
      (result.categories[$1.index], $0.index) < (result.categories[$0.index], $1.index)
    }
    if !categories.isEmpty {
      lines += wrap(
        say("Soort: ", "Kind: ")
          + categories.map { "\(say.name($0)) \(say.number(result.categories[$0.index]))" }.joined(
            separator: ", "))
    }
    let days = result.busiestDays(3)
    if days.count > 1 {
      lines += wrap(
        say("Drukste dagen: ", "Busiest days: ")
          + days.map { "\(say.day($0.day)) (\(say.number($0.count.flagged)))" }.joined(separator: ", "))
    }
    let offenders = result.repeatOffenders
    if !offenders.isEmpty {
      let shown = offenders.prefix(3).map {
        "\(say.shown($0)) (\(say.number($0.flagged)) \(say("van", "of")) \(say.number($0.messages)))"
      }
      lines += wrap(
        say("Herhaald, drie keer of vaker: ", "Repeatedly, three times or more: ") + shown.joined(separator: ", ")
          + (offenders.count > 3 ? say(" en nog", " and") + " \(offenders.count - 3)" + say("", " more") : ""))
    }
    // The worst ones get the room that is left after the steps.
    let worstLevel = result.worst.first?.assessment.level ?? .none
    let levels = Level.allCases.reversed().filter { $0 != .none && result.levels[$0.rawValue] > 0 }
    var stepLines: [String] = ["", painted(say("Wat u kunt doen", "What you can do"), "1")]
    for level in levels {
      var step = "\(say.name(level)): \(steps[level].step)"
      let found = result.worst.filter { $0.assessment.level == level }.flatMap {
        steps.articles(for: $0.assessment, repeated: false)
      }
      var named: [String] = []
      for article in found where !named.contains(article.id) { named.append(article.id) }
      if !named.isEmpty {
        step +=
          say(" Mogelijk van belang: artikel ", " May apply: Dutch penal code, article ")
          + named.joined(separator: ", ") + say(" Sr.", ".")
      }
      var wrapped = wrap(step, indent: "  ")
      let allowed = level == worstLevel ? 5 : 2
      if wrapped.count > allowed {
        wrapped = Array(wrapped.prefix(allowed))
        wrapped[allowed - 1] = String(wrapped[allowed - 1].prefix(columns - 2)) + " …"
      }
      stepLines += wrapped
    }
    stepLines.append(say("Hulp: ", "Help: ") + "\(steps.support.map(\.name).joined(separator: ", ")).")
    stepLines.append(
      say("Een programma koos deze berichten; een mens beslist.", "A program chose these messages; a person decides."))
    let room = rows - 1 - lines.count - stepLines.count - 2
    let shown = max(1, min(3, room / 2))
    lines.append("")
    lines.append(painted(say("De ernstigste", "The gravest") + " \(min(shown, result.worst.count))", "1"))
    for flagged in result.worst.prefix(shown) {
      let author = flagged.message.author.map { $0.name ?? $0.handle ?? $0.id ?? say.unknown } ?? say.unknown
      let platform = say.platform(flagged.message.platform ?? .other)
      let date = flagged.message.time.map { say.day($0) } ?? say("zonder datum", "no date")
      lines.append(
        "  " + painted(say.name(flagged.assessment.level), TerminalSummary.colourCode(flagged.assessment.level))
          + " · \(author) · \(platform) · \(date)")
      lines.append("    " + excerpt(flagged))
    }
    return (lines + stepLines).map { clip($0) }.joined(separator: "\n") + "\n"
  }

  /// A stretch of the text around the strongest evidence, with the evidence marked.
  private func excerpt(_ flagged: FlaggedMessage) -> String {
    let width = columns - 8
    let scalars = Array(flagged.message.text.unicodeScalars).map {
      $0.properties.isWhitespace || $0.value < 32 || $0.value == 127 ? " " : $0
    }
    let focus = flagged.assessment.evidence.first?.start ?? 0
    var from = scalars.count <= width ? 0 : max(0, min(focus - width / 4, scalars.count - width))
    while from > 0, from < scalars.count, scalars[from] != " ", focus - from < width / 2 { from -= 1 }
    let to = min(scalars.count, from + width)
    var marks = [Bool](repeating: false, count: scalars.count)
    for evidence in flagged.assessment.evidence {
      for index in max(0, evidence.start)..<max(evidence.start, min(evidence.end, scalars.count)) {
        marks[index] = true
      }
    }
    var out = from > 0 ? "…" : "“"
    var on = false
    for index in from..<max(from, to) {
      if marks[index] != on {
        on.toggle()
        out += colour ? (on ? "\u{1B}[1;4m" : "\u{1B}[0m") : (on ? "[" : "]")
      }
      out.unicodeScalars.append(scalars[index])
    }
    if on { out += colour ? "\u{1B}[0m" : "]" }
    return out + (to < scalars.count ? "…" : "”")
  }

  private func wrap(_ text: String, indent: String = "") -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + word.count + 1 > columns {
        lines.append(line)
        line = indent.isEmpty ? "  " : indent + "  "
        line += word
      } else {
        line += line.isEmpty ? indent + word : " " + word
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// Cuts a line that is too wide; escape sequences take no room.
  private func clip(_ line: String) -> String {
    var out = ""
    var width = 0
    var inEscape = false
    for character in line {
      if character == "\u{1B}" { inEscape = true }
      if inEscape {
        out.append(character)
        if character.isLetter { inEscape = false }
        continue
      }
      guard width < columns else { continue }
      out.append(character)
      width += 1
    }
    return out
  }
}

extension String {
  func padded(_ width: Int) -> String { count >= width ? self : self + String(repeating: " ", count: width - count) }
  func leftPadded(_ width: Int) -> String {
    count >= width ? self : String(repeating: " ", count: width - count) + self
  }
}

/// Numbers as Dutch readers write them.
public enum DutchNumber {
  /// With a full stop between thousands.
  public static func text(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var out = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out.append(".") }
      out.append(digit)
    }
    return number < 0 ? "-" + out : out
  }
}

/// Dates as Dutch readers write them, from RFC 3339.
public enum DutchDate {
  private static let months = [
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december",
  ]

  /// "14 mei 2024"; the text itself where it is no date.
  public static func day(_ time: String) -> String {
    let parts = time.prefix(10).split(separator: "-")
    guard parts.count == 3, let month = Int(parts[1]), (1...12).contains(month), let day = Int(parts[2]) else {
      return time
    }
    return "\(day) \(months[month - 1]) \(parts[0])"
  }

  /// "14 mei 2024, 10:05"; with "UTC" where the time is told in it.
  public static func minute(_ time: String) -> String {
    let clock = time.dropFirst(11).prefix(5)
    return clock.count == 5 ? "\(day(time)), \(clock)\(time.hasSuffix("Z") ? " UTC" : "")" : day(time)
  }

  /// "mei 2024" of "2024-05".
  public static func month(_ key: String) -> String {
    let parts = key.split(separator: "-")
    guard parts.count >= 2, let month = Int(parts[1]), (1...12).contains(month) else { return key }
    return "\(month == 3 ? "mrt" : String(months[month - 1].prefix(3))) \(parts[0])"
  }
}
