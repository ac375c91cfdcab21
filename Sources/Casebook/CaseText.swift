internal import Foundation
public import Inbox
public import Messages
internal import Weerbaar

/// What a terminal shows of a casebook, in Dutch or English.
public struct CaseText {
  private let language: MessageLanguage
  private var isDutch: Bool { language == .nl }
  private let columns: Int
  private let colour: Bool

  public init(language: MessageLanguage, columns: Int, colour: Bool) {
    self.language = language
    self.columns = max(60, columns)
    self.colour = colour
  }

  private func say(_ dutch: String, _ english: String) -> String { isDutch ? dutch : english }

  private func name(_ level: Level) -> String { isDutch ? level.dutchName : level.name }
  private func name(_ state: CaseState) -> String { isDutch ? state.dutchName : state.rawValue }
  private func name(_ kind: CaseKind) -> String { isDutch ? kind.dutchName : kind.rawValue }
  private func name(_ category: Weerbaar.Category) -> String { isDutch ? category.dutchName : category.rawValue }

  private func painted(_ text: String, _ level: Level) -> String {
    guard colour else { return text }
    let code = ["0", "36", "33", "31", "1;41;97"][level.rawValue]
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }

  private func bold(_ text: String) -> String { colour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  /// Text on one line: controls, which could lead a terminal astray, become spaces.
  private func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar {
          case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": " "
          default: scalar
          }
        }))
  }

  private func fitted(_ text: String, _ width: Int) -> String {
    let clean = shortened(plain(text), width)
    return clean + String(repeating: " ", count: width - clean.count)
  }

  private func day(_ time: String?) -> String {
    guard let time else { return say("zonder datum", "no date") }
    // Times come from many zones; the reader's own clock makes them comparable.
    guard time.count > 10, let seconds = Moment.seconds(time) else { return String(time.prefix(10)) }
    let date = Date(timeIntervalSince1970: Double(seconds))
    let local = Moment.text(date + Double(TimeZone.current.secondsFromGMT(for: date)))
    return String(local.prefix(16)).replacing("T", with: " ")
  }

  // MARK: List

  private var widths: (sender: Int, kinds: Int) {
    let left = columns - (8 + 17 + 22 + 10 + 10 + 2)
    let sender = max(12, left / 2)
    return (sender, max(10, left - sender))
  }

  /// The head of the list.
  public func listHead() -> String {
    let cells = [
      fitted(say("Nummer", "Number"), 8), fitted(say("Verstuurd", "Sent"), 17), fitted(say("Niveau", "Level"), 22),
      fitted(say("Stand", "State"), 10), fitted("Platform", 10), fitted(say("Afzender", "Sender"), widths.sender),
      say("Soort", "Kind"),
    ]
    return bold(cells.joined()) + "\n"
  }

  /// A line of the list, without the text of the message: reading it again hurts.
  public func listLine(_ entry: CaseEntry, showingText: Bool) -> String {
    let level = painted(fitted(name(entry.level) + (entry.reasons.isEmpty ? "" : " ↑"), 22), entry.level)
    // When an erased message was sent is erased too; when it came in is another thing.
    let sent = entry.isErased && entry.time == nil ? "–" : day(entry.time ?? entry.received)
    let kinds =
      entry.isErased ? say("(gewist)", "(erased)") : entry.categories.map(name).joined(separator: ", ")
    var line =
      fitted(entry.name.description, 8) + fitted(sent, 17) + level
      + fitted(name(entry.state), 10) + fitted(ReportMarkup.platform(entry.platform, language), 10)
      + fitted(entry.shownSender, widths.sender - 1) + " " + shortened(plain(kinds), widths.kinds) + "\n"
    if showingText, let evidence = entry.evidence {
      line += "        " + String(plain(evidence.message.text).prefix(columns - 8)) + "\n"
    }
    return line
  }

  private func shortened(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : text.prefix(width - 1) + "…"
  }

  /// What stands under the list.
  public func listEnd(_ shown: Int, of total: Int) -> String {
    if total == 0 { return say("Het zaakboek is leeg.\n", "The casebook is empty.\n") }
    if shown == 0 {
      return say(
        "Geen bericht voldoet; er zijn er \(DutchNumber.text(total)) in het zaakboek.\n",
        "No message fits; the casebook holds \(total).\n")
    }
    return say(
      "\(DutchNumber.text(shown)) van \(DutchNumber.text(total)) berichten. ↑ is: verhoogd door een regel.\n",
      "\(shown) of \(total) messages. ↑ means: raised by a rule.\n")
  }

  // MARK: Show

  /// A case with its messages and what was done.
  public func show(_ dossier: Dossier, only message: CaseName? = nil, texts: NextSteps) -> String {
    let file = dossier.casefile
    var out =
      bold(say("Zaak \(file.number)", "Case \(file.number)")) + " · \(name(file.kind)) · "
      + painted(name(file.level), file.level) + " · \(say("stand", "state")): \(name(file.state))\n"
    if let sender = file.shownSender { out += "\(say("Afzender", "Sender")): \(plain(sender))\n" }
    if let warned = file.warned {
      out += say("Gewaarschuwd op ", "Warned on ") + Moment.text(seconds: warned).prefix(10) + "\n"
    }
    if !file.others.isEmpty {
      let others = file.others.map(String.init).joined(separator: ", ")
      out += say("Andere zaken van deze afzender: ", "Other cases of this sender: ") + others + "\n"
    }
    for entry in dossier.entries where message == nil || entry.name == message { out += "\n" + show(entry) }
    let steps = dossier.steps.filter { message == nil || $0.record.subject == message?.description }
    let told = steps.compactMap { step in CaseWords.step(step, language).map { (step.record, $0) } }
    if !told.isEmpty {
      out += "\n" + bold(say("Wat er is gedaan", "What was done")) + "\n"
      for (record, text) in told { out += "  \(day(record.time))  \(plain(record.actor)): \(plain(text))\n" }
    }
    let next = texts[file.level]
    out += "\n" + bold(say("Volgende stap", "Next step")) + "\n  \(next.title). \(next.step)\n"
    let articles = dossier.articles.map { "\($0.id) (\($0.title))" }
    if !articles.isEmpty {
      out +=
        say("  Mogelijk van belang: artikel ", "  May apply: article ") + articles.joined(separator: ", ") + " Sr.\n"
    }
    return out
  }

  private func show(_ entry: CaseEntry) -> String {
    var out =
      bold(say("Bericht \(entry.name)", "Message \(entry.name)")) + " · "
      + painted(name(entry.level), entry.level) + " · \(name(entry.state)) · \(day(entry.time)) · "
      + ReportMarkup.platform(entry.platform, language) + "\n"
    guard let evidence = entry.evidence else {
      return out + say("  De inhoud is gewist.", "  The content was erased.") + "\n  SHA-256 \(entry.digest)\n"
    }
    out += "  \(say("Van", "From")): \(plain(ReportMarkup.name(evidence.message.author, language)))"
    if let recipient = evidence.message.recipient {
      out += " · \(say("aan", "to")): \(plain(ReportMarkup.name(recipient, language)))"
    }
    out += "\n"
    for other in evidence.before {
      out += "  │ \(plain(ReportMarkup.name(other.author, language))): \(plain(other.text))\n"
    }
    let lines = evidence.message.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for line in lines { out += "  ┃ \(plain(String(line)))\n" }
    for other in evidence.after {
      out += "  │ \(plain(ReportMarkup.name(other.author, language))): \(plain(other.text))\n"
    }
    let percent = Int(((evidence.assessment.score ?? 0) * 100).rounded())
    out +=
      "  \(entry.categories.map(name).joined(separator: ", ")) · \(say("kans", "probability")) \(percent) % · "
      + say("ernst", "severity") + " \(evidence.assessment.severity)\n"
    if !entry.reasons.isEmpty {
      let reasons = entry.reasons.map { isDutch ? $0.dutchName : $0.rawValue }.joined(separator: ", ")
      out += "  \(say("verhoogd van", "raised from")) \(name(entry.assessedLevel)): \(reasons)\n"
    }
    if !entry.joined.isEmpty {
      out += "  \(say("ook in zaak", "also in case")) \(entry.joined.map(String.init).joined(separator: ", "))\n"
    }
    if let source = evidence.message.source {
      out +=
        "  \(say("bron", "source")): \(plain(source.file)), \(plain(ReportMarkup.place(source.locator, language)))\n"
    }
    return out + "  SHA-256 \(entry.digest)\n"
  }

  // MARK: Other

  /// Numbers on the casebook.
  public func statistics(_ statistics: CasebookStatistics) -> String {
    func number(_ value: Int) -> String { isDutch ? DutchNumber.text(value) : String(value) }
    var out =
      bold("\(number(statistics.messages)) \(say("berichten", "messages"))")
      + " · \(number(statistics.senders)) \(say("afzenders", "senders"))"
    if statistics.erased > 0 { out += " · \(number(statistics.erased)) \(say("gewist", "erased"))" }
    if let first = statistics.first, let last = statistics.last {
      out += " · \(Moment.text(seconds: first).prefix(10)) – \(Moment.text(seconds: last).prefix(10))"
    }
    out += "\n"
    func part(_ title: String, _ rows: [(String, Int)]) {
      let rows = rows.filter { $0.1 > 0 }
      guard !rows.isEmpty else { return }
      out += "\n" + bold(title) + "\n"
      for (name, count) in rows {
        out +=
          "  \(fitted(name, 22))\(String(repeating: " ", count: max(0, 8 - number(count).count)))\(number(count))\n"
      }
    }
    part(say("Zaken", "Cases"), CaseKind.allCases.map { (name($0), statistics.cases[$0.rawValue] ?? 0) })
    part(say("Niveau", "Level"), Level.allCases.reversed().map { (name($0), statistics.levels[$0.name] ?? 0) })
    part(say("Stand", "State"), CaseState.allCases.map { (name($0), statistics.states[$0.rawValue] ?? 0) })
    part(
      say("Soort", "Kind"),
      Weerbaar.Category.allCases.map { (name($0), statistics.categories[$0.rawValue] ?? 0) }.sorted { $0.1 > $1.1 })
    part("Platform", statistics.platforms.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) })
    part(say("Maand", "Month"), statistics.months.sorted { $0.key < $1.key }.suffix(12).map { ($0.key, $0.value) })
    return out
  }

  /// What verification found.
  public func verification(_ report: VerificationReport) -> String {
    var out = ""
    for fault in report.faults { out += "\(fault)\n" }
    if report.faultCount > report.faults.count {
      out += say(
        "en nog \(report.faultCount - report.faults.count)\n", "and \(report.faultCount - report.faults.count) more\n")
    }
    let counts = say(
      "\(report.records) regels geschiedenis, \(report.messages) berichten, waarvan \(report.erased) gewist",
      "\(report.records) history records, \(report.messages) messages, \(report.erased) of them erased")
    out +=
      report.isSound
      ? say("In orde: \(counts).\n", "Sound: \(counts).\n")
      : say(
        "NIET in orde: \(report.faultCount) fouten; \(counts).\n",
        "NOT sound: \(report.faultCount) faults; \(counts).\n")
    return out + "head \(report.head)\n"
  }
}
