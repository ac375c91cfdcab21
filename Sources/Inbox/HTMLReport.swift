internal import Foundation
public import Messages
internal import Weerbaar

/// The report on an inbox: one page, in Dutch unless asked otherwise, that needs nothing from the network. Abusive texts are veiled until the
/// reader asks for them, also for screen readers, because reading them again hurts.
public struct HTMLReport {
  /// Facts about the reading that the account at the end tells.
  public struct Account: Sendable {
    public var exports: [String] = []
    public var files: [String: Int] = [:]
    public var notes: [String] = []
    /// The day on which the report was made, as RFC 3339; nothing where the page must be the same from run to run.
    public var made: String?
    public var version = ""

    public init() {}
  }

  private let result: InboxResult
  private let steps: NextSteps
  private let account: Account
  /// Most messages on the page.
  private let limit: Int
  private let say: Wording

  public init(
    _ result: InboxResult, steps: NextSteps, account: Account, limit: Int = 1000, language: MessageLanguage = .nl
  ) {
    say = Wording(language)
    self.result = result
    self.steps = steps
    self.account = account
    self.limit = limit
  }

  /// Writes the page.
  public func html() -> String {
    let css = ReportMarkup.style
    var js = String(decoding: PackageResources.report_js, as: UTF8.self)
    if !say.isDutch { for (dutch, english) in HTMLReport.scriptTexts { js = js.replacing(dutch, with: english) } }
    return """
      <!DOCTYPE html>
      <html lang="\(say("nl", "en"))">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
      <meta name="referrer" content="no-referrer">
      <meta name="robots" content="noindex">
      <title>\(say("Overzicht van ontvangen berichten", "Overview of messages received"))</title>
      <style>\(css)</style>
      </head>
      <body>
      <a class="skip" href="#inhoud">\(say("Naar de inhoud", "To the content"))</a>
      <header class="top">
      <h1>\(say("Overzicht van ontvangen berichten", "Overview of messages received"))</h1>
      <p>\(escape(period()))</p>
      </header>
      <nav class="toc" aria-label="\(say("Onderdelen van deze pagina", "Parts of this page"))"><ul>
      <li><a href="#overzicht">\(say("Overzicht", "Overview"))</a></li><li><a href="#doen">\(say("Wat u kunt doen", "What you can do"))</a></li><li><a href="#tijdlijn">\(say("Tijdlijn", "Timeline"))</a></li><li><a href="#afzenders">\(say("Afzenders", "Senders"))</a></li><li><a href="#berichten">\(say("Berichten", "Messages"))</a></li><li><a href="#verantwoording">\(say("Verantwoording", "Account"))</a></li>
      </ul></nav>
      <main id="inhoud">
      \(overview())
      \(whatToDo())
      \(timeline())
      \(senders())
      \(messages())
      \(accountSection())
      </main>
      <footer><p>\(say("Deze pagina staat op zichzelf: zij haalt niets van het internet en stuurt niets weg. Zij bevat persoonlijke berichten; bewaar en deel haar met zorg.", "This page stands by itself: it takes nothing from the internet and sends nothing. It holds personal messages; keep and share it with care."))</p></footer>
      <script>\(js)</script>
      </body>
      </html>

      """
  }

  /// The texts of the script.
  private static let scriptTexts = [
    ("Tekst afschermen", "Veil text"), ("Tekst tonen", "Show text"), ("Alle teksten afschermen", "Veil all texts"),
    ("Alle teksten tonen", "Show all texts"), ("1 bericht getoond", "1 message shown"),
    (" berichten getoond", " messages shown"),
  ]

  // MARK: Parts

  private func escape(_ text: String) -> String { HTMLText.escape(text) }

  private func period() -> String {
    guard let first = result.first, let last = result.last else {
      return say.count(result.messages, "berichten", "messages")
    }
    return
      say.count(result.messages, "berichten van", "messages from")
      + " \(say.day(first)) \(say("tot en met", "to")) \(say.day(last))"
  }

  private func badge(_ level: Level) -> String { "<span class=\"level l-\(level.name)\">\(say.name(level))</span>" }

  private func overview() -> String {
    var out = """
      <section id="overzicht" aria-labelledby="kop-overzicht">
      <h2 id="kop-overzicht">\(say("Overzicht", "Overview"))</h2>
      <p class="notice"><strong>\(say("Een programma maakte deze keuze, een mens beslist.", "A program made this choice, a person decides."))</strong> \(say("Het programma kan berichten missen en kan zich vergissen. Lees wat ertoe doet zelf, of vraag iemand anders dat voor u te doen.", "The program can miss messages and can be wrong. Read what matters yourself, or ask somebody else to do it for you."))</p>
      <dl class="figures">
      """
    func figure(_ name: String, _ value: Int) {
      out += "<div><dt>\(name)</dt><dd>\(say.number(value))</dd></div>"
    }
    figure(say("Berichten", "Messages"), result.messages)
    figure(say("Beoordeeld", "Assessed"), result.assessed)
    figure(say("Vragen aandacht", "Flagged"), result.flagged)
    figure(say("Afzenders", "Senders"), result.senderCount)
    figure(say("Drie keer of vaker", "Three times or more"), result.repeatOffenders.count)
    out += "</dl>\n"
    if result.flagged == 0 {
      return out + "<p>\(say("Geen bericht viel op.", "No message stood out."))</p></section>"
    }
    let most = max(1, result.levels.dropFirst().max() ?? 1)
    out +=
      "<table><caption>\(say("Berichten naar ernst", "Messages by gravity"))</caption><thead><tr><th scope=\"col\">\(say("Niveau", "Level"))</th><th scope=\"col\" class=\"n\">\(say("Aantal", "Number"))</th><th scope=\"col\" aria-hidden=\"true\"></th></tr></thead><tbody>"
    for level in Level.allCases.reversed() where level != .none {
      let count = result.levels[level.rawValue]
      let width = count == 0 ? 0 : max(1, count * 100 / most)
      out +=
        "<tr><th scope=\"row\">\(badge(level))</th><td class=\"n\">\(say.number(count))</td><td aria-hidden=\"true\" style=\"width:55%\">"
      if count > 0 { out += "<span class=\"bar l-\(level.name)\" style=\"width:\(width)%\"></span>" }
      out += "</td></tr>"
    }
    out +=
      "</tbody></table>\n<table><caption>\(say("Berichten naar soort; een bericht kan onder meer dan één soort vallen", "Messages by kind; a message can be of more than one kind"))</caption><thead><tr><th scope=\"col\">\(say("Soort", "Kind"))</th><th scope=\"col\" class=\"n\">\(say("Aantal", "Number"))</th></tr></thead><tbody>"
    for category in Category.allCases.sorted(by: {
      (result.categories[$1.index], $0.index) < (result.categories[$0.index], $1.index)
    }) {
      out +=
        "<tr><th scope=\"row\">\(say.name(category))</th><td class=\"n\">\(say.number(result.categories[category.index]))</td></tr>"
    }
    return out + "</tbody></table></section>"
  }

  private func whatToDo() -> String {
    var out =
      "<section id=\"doen\" aria-labelledby=\"kop-doen\"><h2 id=\"kop-doen\">\(say("Wat u kunt doen", "What you can do"))</h2>\n"
    let present = Level.allCases.reversed().filter { $0 != .none && result.levels[$0.rawValue] > 0 }
    for level in present.isEmpty ? [Level.none] : present {
      let step = steps[level]
      out += "<h3>\(badge(level)) \(escape(step.title))</h3><p>\(escape(step.step))</p>\n"
    }
    var named: [NextSteps.Article] = []
    for flagged in result.worst {
      for article in steps.articles(for: flagged.assessment, repeated: isRepeated(flagged))
      where !named.contains(where: { $0.id == article.id }) {
        named.append(article)
      }
    }
    if !named.isEmpty {
      out +=
        "<details><summary>\(say("Artikelen uit het \(escape(steps.code.name)) die van belang kunnen zijn", "Articles of the Dutch penal code that may apply"))</summary><p>\(say("Of een bericht strafbaar is, beoordeelt het Openbaar Ministerie en beslist de rechter. Het programma noemt alleen artikelen om over te praten met de politie of een jurist.", "Whether a message is an offence is for the prosecution to judge and for a court to decide. The program only names articles to talk over with the police or a lawyer."))</p><dl>"
      for article in named.sorted(by: { $0.id < $1.id }) {
        out +=
          "<dt><strong>\(say("Artikel", "Article")) \(escape(article.id)) · \(escape(article.title))</strong></dt><dd>\(escape(article.text))</dd>"
      }
      out +=
        "</dl><p class=\"source\">\(say("Bron", "Source")): \(escape(steps.code.name)), \(escape(steps.code.source))\(say("; opgetekend \(escape(say.day(steps.recorded))). Raadpleeg altijd de geldende tekst.", "; recorded \(escape(say.day(steps.recorded))). Always consult the text in force."))</p></details>\n"
    }
    out += "<h3>\(say("Hulp", "Help"))</h3><ul>"
    for support in steps.support {
      out +=
        "<li><strong>\(escape(support.name))</strong>: \(escape(support.text)) <span class=\"source\">(\(escape(support.source)))</span></li>"
    }
    return out + "</ul></section>"
  }

  private var offenders: Set<String> { Set(result.repeatOffenders.map { HTMLReport.key($0.party, $0.platform) }) }

  private static func key(_ party: Party?, _ platform: Message.Platform?) -> String {
    "\(platform?.rawValue ?? "") \(party?.handle ?? party?.id ?? party?.name ?? "")"
  }

  private func isRepeated(_ flagged: FlaggedMessage) -> Bool {
    flagged.message.author.map { author in
      result.senders.prefix(500).contains {
        $0.flagged >= 3
          && HTMLReport.key($0.party, $0.platform) == HTMLReport.key(author, flagged.message.platform ?? .other)
      }
    } ?? false
  }

  private func timeline() -> String {
    var out =
      "<section id=\"tijdlijn\" aria-labelledby=\"kop-tijdlijn\"><h2 id=\"kop-tijdlijn\">\(say("Tijdlijn", "Timeline"))</h2>"
    let days = result.days.keys.sorted()
    guard let first = days.first, let last = days.last else {
      return out + "<p>\(say("De berichten hebben geen datum.", "The messages have no date."))</p></section>"
    }
    // Days up to ten weeks, months beyond.
    let byMonth = days.count > 70 || first.prefix(7) != last.prefix(7) && days.count > 40
    var bins: [String: DayCount] = [:]
    for (day, count) in result.days {
      let key = byMonth ? String(day.prefix(7)) : day
      var bin = bins[key] ?? DayCount()
      bin.messages += count.messages
      bin.flagged += count.flagged
      for level in count.levels.indices { bin.levels[level] += count.levels[level] }
      bins[key] = bin
    }
    var keys = bins.keys.sorted()
    if byMonth, let start = keys.first, let end = keys.last { keys = HTMLReport.months(start, end) }
    if keys.count > 240 { keys = Array(keys.suffix(240)) }
    let most = max(1, keys.map { bins[$0]?.flagged ?? 0 }.max() ?? 1)
    let height = 150.0
    let step = min(60.0, 900.0 / Double(max(1, keys.count)))
    let width = 940.0
    out +=
      "<svg class=\"timeline\" viewBox=\"0 0 \(Int(width)) 190\" role=\"img\" aria-label=\"\(say("Berichten die aandacht vragen, per", "Messages that ask for attention, by")) \(byMonth ? say("maand; de tabel hieronder geeft dezelfde cijfers", "month; the table below gives the same figures") : say("dag; de tabel hieronder geeft dezelfde cijfers", "day; the table below gives the same figures"))\">"
    out +=
      "<line x1=\"36\" y1=\"155\" x2=\"\(Int(width))\" y2=\"155\" stroke=\"#8b95a3\"/><text x=\"30\" y=\"14\" text-anchor=\"end\">\(most)</text><text x=\"30\" y=\"158\" text-anchor=\"end\">0</text>"
    let colours = ["#6b7482", "#2f6f8f", "#9a6200", "#b3261e", "#7a0c1c"]
    // Labels need room.
    let every = max(1, Int((70 / step).rounded(.up)))
    for (index, key) in keys.enumerated() {
      var y = 155.0
      let x = 38 + Double(index) * step
      for level in Level.allCases where level != .none {
        let count = bins[key]?.levels[level.rawValue] ?? 0
        guard count > 0 else { continue }
        let size = Double(count) * (height - 10) / Double(most)
        y -= size
        out +=
          "<rect x=\"\(Int(x * 10) / 10)\" y=\"\(Int(y * 10) / 10)\" width=\"\(max(2, Int(min(36, step * 0.8))))\" height=\"\(Double(Int(size * 10)) / 10)\" fill=\"\(colours[level.rawValue])\"/>"
      }
      if index % every == 0 {
        out +=
          "<text x=\"\(Int(x))\" y=\"174\">\(byMonth ? say.month(key) : say.day(key).split(separator: " ").prefix(2).joined(separator: " "))</text>"
      }
    }
    out +=
      "</svg>\n<details><summary>\(say("Cijfers van de tijdlijn", "Figures of the timeline"))</summary><div class=\"wide\"><table><caption>\(byMonth ? say("Per maand", "By month") : say("Per dag", "By day"))</caption><thead><tr><th scope=\"col\">\(byMonth ? say("Maand", "Month") : say("Dag", "Day"))</th><th scope=\"col\" class=\"n\">\(say("Beoordeeld", "Assessed"))</th>"
    for level in Level.allCases where level != .none { out += "<th scope=\"col\" class=\"n\">\(say.name(level))</th>" }
    out += "</tr></thead><tbody>"
    for key in keys {
      guard let bin = bins[key] else { continue }
      out +=
        "<tr><th scope=\"row\">\(byMonth ? say.month(key) : say.day(key))</th><td class=\"n\">\(say.number(bin.messages))</td>"
      for level in Level.allCases where level != .none {
        out += "<td class=\"n\">\(say.number(bin.levels[level.rawValue]))</td>"
      }
      out += "</tr>"
    }
    out += "</tbody></table></div></details>"
    let busiest = result.busiestDays(5)
    if !busiest.isEmpty {
      out +=
        "<p>\(say("Drukste dagen", "Busiest days")): "
        + busiest.map { "\(say.day($0.day)) (\(say.number($0.count.flagged)))" }.joined(separator: ", ")
        + ".</p>"
    }
    return out + "</section>"
  }

  /// All months from one to another.
  private static func months(_ first: String, _ last: String) -> [String] {
    let from = first.split(separator: "-").compactMap { Int($0) }
    let to = last.split(separator: "-").compactMap { Int($0) }
    guard from.count == 2, to.count == 2, to[0] - from[0] < 100 else { return [first, last] }
    return (from[0] * 12 + from[1] - 1...max(from[0] * 12 + from[1] - 1, to[0] * 12 + to[1] - 1)).map { month in
      let number = month % 12 + 1
      return "\(month / 12)-\(number < 10 ? "0" : "")\(number)"
    }
  }

  private func senders() -> String {
    let flagged = result.senders.filter { $0.flagged > 0 }
    var out =
      "<section id=\"afzenders\" aria-labelledby=\"kop-afzenders\"><h2 id=\"kop-afzenders\">\(say("Afzenders", "Senders"))</h2>"
    guard !flagged.isEmpty else {
      return out
        + "<p>\(say("Niemand stuurde een bericht dat aandacht vraagt.", "Nobody sent a message that asks for attention."))</p></section>"
    }
    out +=
      "<div class=\"wide\"><table><caption>\(flagged.count > 100 ? say("De honderd afzenders met de ernstigste berichten", "The hundred senders with the gravest messages") : say("Wie berichten stuurden die aandacht vragen", "Who sent messages that ask for attention"))\(say(", ernstigste eerst", ", gravest first"))</caption><thead><tr><th scope=\"col\">\(say("Afzender", "Sender"))</th><th scope=\"col\">Platform</th><th scope=\"col\" class=\"n\">\(say("Berichten", "Messages"))</th><th scope=\"col\" class=\"n\">\(say("Aandacht", "Flagged"))</th><th scope=\"col\">\(say("Ernstigste", "Gravest"))</th><th scope=\"col\">\(say("Soort", "Kind"))</th><th scope=\"col\">\(say("Periode", "Period"))</th><th scope=\"col\" class=\"only-script\"><span class=\"only-script\">\(say("Toon", "Show"))</span></th></tr></thead><tbody>"
    for sender in flagged.prefix(100) {
      let categories = Category.allCases.filter { sender.categories[$0.index] > 0 }.sorted {
        sender.categories[$0.index] > sender.categories[$1.index]
      }
      var name = escape(say.shown(sender))
      if let handle = sender.party.handle, sender.party.name != nil {
        name += " <span class=\"meta\">\(escape(handle))</span>"
      }
      let period =
        sender.first.map { first in
          let last = sender.last ?? first
          return say.day(first) == say.day(last)
            ? say.day(first) : "\(say.day(first)) – \(say.day(last))"
        } ?? ""
      out +=
        "<tr><th scope=\"row\">\(name)\(sender.flagged >= 3 ? " <span class=\"tag\">\(say("herhaald", "repeated"))</span>" : "")</th><td>\(say.platform(sender.platform))</td><td class=\"n\">\(say.number(sender.messages))</td><td class=\"n\">\(say.number(sender.flagged))</td><td>\(badge(sender.worst))</td><td>\(categories.map { say.name($0) }.joined(separator: ", "))</td><td>\(escape(period))</td><td class=\"only-script\"><button type=\"button\" data-sender=\"\(escape(say.shown(sender).lowercased()))\" aria-label=\"\(say("Toon berichten van", "Show messages of")) \(escape(say.shown(sender)))\">\(say("Toon", "Show"))</button></td></tr>"
    }
    return out + "</tbody></table></div></section>"
  }

  private func messages() -> String {
    var out =
      "<section aria-labelledby=\"berichten\"><h2 id=\"berichten\" tabindex=\"-1\">\(say("Berichten", "Messages"))</h2>"
    guard !result.worst.isEmpty else {
      return out
        + "<p>\(say("Er zijn geen berichten die aandacht vragen.", "There are no messages that ask for attention."))</p></section>"
    }
    out +=
      "<p>\(say("De teksten zijn afgeschermd tegen onbedoeld herlezen. U kunt ze per bericht tonen.", "The texts are veiled, so that nobody reads them again unawares. You can show them one by one."))</p><noscript><p class=\"notice\">\(say("In deze lezer staat JavaScript uit: de teksten blijven afgeschermd en de filters werken niet. Alle teksten staan in het CSV- of NDJSON-bestand.", "JavaScript is off in this reader: the texts stay veiled and the filters do not work. All texts are in the CSV or NDJSON file."))</p></noscript>"
    let platforms = Set(result.worst.map { $0.message.platform ?? .other }).sorted { $0.rawValue < $1.rawValue }
    out +=
      "<form id=\"filters\" class=\"filters only-script\" aria-label=\"\(say("Berichten filteren", "Filter messages"))\"><div><label for=\"f-level\">\(say("Vanaf niveau", "From level"))</label><select id=\"f-level\" name=\"level\">"
    for level in Level.allCases where level != .none {
      out += "<option value=\"\(level.rawValue)\">\(say.name(level))</option>"
    }
    out +=
      "</select></div><div><label for=\"f-category\">\(say("Soort", "Kind"))</label><select id=\"f-category\" name=\"category\"><option value=\"\">\(say("alle", "all"))</option>"
    for category in Category.allCases { out += "<option value=\"\(category.rawValue)\">\(say.name(category))</option>" }
    out +=
      "</select></div><div><label for=\"f-platform\">Platform</label><select id=\"f-platform\" name=\"platform\"><option value=\"\">\(say("alle", "all"))</option>"
    for platform in platforms {
      out += "<option value=\"\(platform.rawValue)\">\(say.platform(platform))</option>"
    }
    out +=
      "</select></div><div><label for=\"f-sender\">\(say("Afzender", "Sender"))</label><input id=\"f-sender\" name=\"sender\" type=\"search\" autocomplete=\"off\"></div><div><label for=\"f-word\">\(say("Woord in de tekst", "Word in the text"))</label><input id=\"f-word\" name=\"word\" type=\"search\" autocomplete=\"off\"></div><div><label for=\"f-from\">\(say("Vanaf dag", "From day"))</label><input id=\"f-from\" name=\"from\" type=\"date\"></div><div><label for=\"f-to\">\(say("Tot en met dag", "Until day"))</label><input id=\"f-to\" name=\"to\" type=\"date\"></div><div><button type=\"reset\">\(say("Filters wissen", "Clear filters"))</button></div></form>"
    let shown = min(limit, result.worst.count)
    out +=
      "<p class=\"tools only-script\"><button type=\"button\" id=\"everything\" aria-pressed=\"false\">\(say("Alle teksten tonen", "Show all texts"))</button> <button type=\"button\" id=\"print\">\(say("Afdrukken of als PDF bewaren", "Print or keep as PDF"))</button></p><p id=\"shown\" role=\"status\" aria-live=\"polite\">\(shown == 1 ? say("1 bericht getoond", "1 message shown") : "\(shown) \(say("berichten getoond", "messages shown"))")</p>"
    if result.flagged > shown {
      out +=
        "<p>\(say("Deze pagina toont de \(say.number(shown)) ernstigste van \(say.number(result.flagged)) berichten; alle staan in het CSV- of NDJSON-bestand.", "This page shows the \(say.number(shown)) gravest of \(say.number(result.flagged)) messages; all are in the CSV or NDJSON file."))</p>"
    }
    let offenders = offenders
    for (index, flagged) in result.worst.prefix(limit).enumerated() { out += article(flagged, index + 1, offenders) }
    return out + "</section>"
  }

  private func article(_ flagged: FlaggedMessage, _ number: Int, _ offenders: Set<String>) -> String {
    let message = flagged.message
    let assessment = flagged.assessment
    let categories = Category.allCases.filter { assessment.categories[$0] >= 0.5 }.sorted {
      assessment.categories[$0] > assessment.categories[$1]
    }
    let author = name(message.author)
    let searchable = [message.author?.name, message.author?.handle, message.author?.id].compactMap(\.self).joined(
      separator: " "
    ).lowercased()
    var out =
      "<article class=\"message level-\(assessment.level.name)\" id=\"m\(number)\" aria-labelledby=\"t\(number)\" data-level=\"\(assessment.level.rawValue)\" data-categories=\"\(categories.map(\.rawValue).joined(separator: " "))\" data-platform=\"\((message.platform ?? .other).rawValue)\" data-sender=\"\(escape(searchable))\" data-day=\"\(escape(String((message.time ?? "").prefix(10))))\">"
    out += "<h3 id=\"t\(number)\">\(badge(assessment.level)) \(escape(author))</h3>"
    var meta = [
      say.platform(message.platform ?? .other), say.channel(message.channel),
      message.time.map { say.minute($0) } ?? say("zonder datum", "no date"),
    ]
    if message.source?.zone != nil { meta.append(say("tijdzone aangenomen", "time zone assumed")) }
    if message.state == .deleted { meta.append(say("later verwijderd", "deleted later")) }
    if message.state == .edited { meta.append(say("bewerkt", "edited")) }
    out += "<p class=\"meta\">\(escape(meta.filter { !$0.isEmpty }.joined(separator: " · ")))</p>"
    out += "<p>" + categories.map { "<span class=\"tag\">\(say.name($0))</span>" }.joined(separator: " ") + "</p>"
    out +=
      "<div class=\"veil closed\"><p class=\"text\" id=\"x\(number)\" aria-hidden=\"true\">\(ReportMarkup.highlighted(message.text, assessment.evidence))</p><button type=\"button\" class=\"only-script\" aria-expanded=\"false\" aria-controls=\"x\(number)\">\(say("Tekst tonen", "Show text"))</button></div>"
    if let attachments = message.attachments, !attachments.isEmpty {
      out +=
        "<p class=\"meta\">\(attachments.count == 1 ? say("Met een bijlage", "With an attachment") : "\(say("Met", "With")) \(attachments.count) \(say("bijlagen", "attachments"))"): \(escape(attachments.prefix(5).joined(separator: ", ")))</p>"
    }
    let articles = steps.articles(
      for: assessment, repeated: offenders.contains(HTMLReport.key(message.author, message.platform ?? .other)))
    out +=
      "<p><strong>\(say("Volgende stap", "Next step")):</strong> \(escape(steps[assessment.level].title.lowercased())).</p>"
    if !articles.isEmpty {
      out +=
        "<p class=\"meta\">\(say("Mogelijk van belang, ter beoordeling van politie of jurist: ", "May apply, for the police or a lawyer to judge: "))\(articles.map { "\(say("artikel", "article")) \(escape($0.id)) Sr (\(escape($0.title)))" }.joined(separator: ", ")).</p>"
    }
    if !flagged.context.isEmpty {
      out +=
        "<details><summary>\(say("Gesprek eromheen", "Conversation around it")) (\(flagged.context.count) \(flagged.context.count == 1 ? say("bericht", "message") : say("berichten", "messages")))</summary><ol class=\"thread\">"
      var placed = false
      let here =
        "<li class=\"here\"><span class=\"who\">\(say("Het bericht hierboven", "The message above"))</span> <span class=\"meta\">\(escape(message.time.map { say.minute($0) } ?? ""))</span></li>"
      for (place, other) in flagged.context.enumerated() {
        if !placed, (other.message.time ?? "", other.number) > (message.time ?? "", flagged.number) {
          out += here
          placed = true
        }
        let mine = other.message.direction == .outgoing
        let found = other.message
        let text =
          found.text.isEmpty
          ? (found.state == .deleted
            ? say("(verwijderd bericht)", "(deleted message)")
            : say("(bijlage zonder tekst)", "(attachment without text)")) : found.text
        out +=
          "<li><span class=\"who\(mine ? " mine" : "")\">\(mine ? say("U", "You") : escape(name(found.author)))</span> <span class=\"meta\">\(escape(found.time.map { say.minute($0) } ?? ""))</span>"
        let shown = escape(String(text.prefix(1500)))
        if other.isFlagged {
          let id = "x\(number)-\(place)"
          out +=
            "<div class=\"veil closed\"><p class=\"text\" id=\"\(id)\" aria-hidden=\"true\">\(shown)</p><button type=\"button\" class=\"only-script\" aria-expanded=\"false\" aria-controls=\"\(id)\">\(say("Tekst tonen", "Show text"))</button></div></li>"
        } else {
          out += "<p>\(shown)</p></li>"
        }
      }
      if !placed { out += here }
      out += "</ol></details>"
    }
    var source: [String] = []
    if let place = message.source {
      source.append("\(say("Vindplaats", "Place")): \(place.file), \(say.place(place.locator))")
      if let digest = place.sha256 { source.append("SHA-256 \(digest)") }
    }
    source.append(
      "\(say("kans op misbruik", "probability of abuse")) \(Int(((assessment.score ?? 0) * 100).rounded())) %, \(say("ernst", "severity")) \(assessment.severity)"
    )
    out +=
      "<details><summary>\(say("Vindplaats en beoordeling", "Place and assessment"))</summary><p class=\"source\">\(escape(source.joined(separator: " · ")))"
    if let url = message.url { out += " \(say("· adres", "· address")): \(escape(url))" }
    return out + "</p></details></article>\n"
  }

  private func name(_ party: Party?) -> String { say.name(party) }

  private func accountSection() -> String {
    var out =
      "<section id=\"verantwoording\" aria-labelledby=\"kop-verantwoording\"><h2 id=\"kop-verantwoording\">\(say("Verantwoording", "Account"))</h2><ul>"
    func item(_ text: String) { out += "<li>\(escape(text))</li>" }
    if !account.exports.isEmpty { item("\(say("Gelezen", "Read")): \(account.exports.joined(separator: ", ")).") }
    if !account.files.isEmpty {
      item(
        say("Bestanden met berichten: ", "Files with messages: ")
          + account.files.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ") + ".")
    }
    if result.outgoing > 0 {
      item(
        "\(say("\(say.number(result.outgoing)) berichten van u of van derden zijn gelezen voor de samenhang en niet beoordeeld.", "\(say.number(result.outgoing)) messages of your own or of others were read for context and not assessed."))"
      )
    }
    if result.unknownDirection > 0 {
      item(
        "\(say("Van \(say.number(result.unknownDirection)) berichten zegt de export niet of u ze stuurde of ontving; ze zijn beoordeeld alsof u ze ontving.", "Of \(say.number(result.unknownDirection)) messages the export does not tell whether you sent or received them; they are assessed as if you received them."))"
      )
    }
    if result.duplicates > 0 {
      item(
        "\(say("\(say.number(result.duplicates)) berichten kwamen vaker voor en zijn één keer geteld.", "\(say.number(result.duplicates)) messages occurred more than once and were counted once."))"
      )
    }
    if result.abstained > 0 {
      item(
        "\(say("\(say.number(result.abstained)) berichten zijn niet in het Nederlands; het programma beoordeelt die niet.", "\(say.number(result.abstained)) messages are not in Dutch; the program does not assess those."))"
      )
    }
    if !result.model.isEmpty {
      item(
        "Model: \(result.model). \(say("Het programma rekent kansen uit en kent de samenhang niet die u kent.", "The program works out probabilities and does not know the context that you know."))"
      )
    }
    if let made = account.made { item("\(say("Gemaakt op", "Made on")) \(say.minute(made)).") }
    out += "</ul>"
    if !account.notes.isEmpty {
      out +=
        "<details><summary>\(say("Wat niet of met voorbehoud gelezen is (\(account.notes.count))", "What was not read, or with reservations (\(account.notes.count))"))</summary><ul lang=\"en\">"
      for note in account.notes.prefix(200) { out += "<li class=\"source\">\(escape(note))</li>" }
      out += "</ul></details>"
    }
    return out + "</section>"
  }
}
