internal import Foundation
internal import Messages
internal import Weerbaar

/// The report on an inbox: one page in Dutch that needs nothing from the network. Abusive texts are veiled until the
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

  public init(_ result: InboxResult, steps: NextSteps, account: Account, limit: Int = 1000) {
    self.result = result
    self.steps = steps
    self.account = account
    self.limit = limit
  }

  /// Writes the page.
  public func html() -> String {
    let css = ReportMarkup.style
    let js = String(decoding: PackageResources.report_js, as: UTF8.self)
    return """
      <!DOCTYPE html>
      <html lang="nl">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
      <meta name="referrer" content="no-referrer">
      <meta name="robots" content="noindex">
      <title>Overzicht van ontvangen berichten</title>
      <style>\(css)</style>
      </head>
      <body>
      <a class="skip" href="#inhoud">Naar de inhoud</a>
      <header class="top">
      <h1>Overzicht van ontvangen berichten</h1>
      <p>\(escape(period()))</p>
      </header>
      <nav class="toc" aria-label="Onderdelen van deze pagina"><ul>
      <li><a href="#overzicht">Overzicht</a></li><li><a href="#doen">Wat u kunt doen</a></li><li><a href="#tijdlijn">Tijdlijn</a></li><li><a href="#afzenders">Afzenders</a></li><li><a href="#berichten">Berichten</a></li><li><a href="#verantwoording">Verantwoording</a></li>
      </ul></nav>
      <main id="inhoud">
      \(overview())
      \(whatToDo())
      \(timeline())
      \(senders())
      \(messages())
      \(accountSection())
      </main>
      <footer><p>Deze pagina staat op zichzelf: zij haalt niets van het internet en stuurt niets weg. Zij bevat persoonlijke berichten; bewaar en deel haar met zorg.</p></footer>
      <script>\(js)</script>
      </body>
      </html>

      """
  }

  // MARK: Parts

  private func escape(_ text: String) -> String { ReportMarkup.escape(text) }

  private func period() -> String {
    guard let first = result.first, let last = result.last else {
      return "\(DutchNumber.text(result.messages)) berichten"
    }
    return
      "\(DutchNumber.text(result.messages)) berichten van \(DutchDate.day(first)) tot en met \(DutchDate.day(last))"
  }

  private func badge(_ level: Level) -> String { ReportMarkup.badge(level) }

  private func overview() -> String {
    var out = """
      <section id="overzicht" aria-labelledby="kop-overzicht">
      <h2 id="kop-overzicht">Overzicht</h2>
      <p class="notice"><strong>Een programma maakte deze keuze, een mens beslist.</strong> Het programma kan berichten missen en kan zich vergissen. Lees wat ertoe doet zelf, of vraag iemand anders dat voor u te doen.</p>
      <dl class="figures">
      """
    func figure(_ name: String, _ value: Int) {
      out += "<div><dt>\(name)</dt><dd>\(DutchNumber.text(value))</dd></div>"
    }
    figure("Berichten", result.messages)
    figure("Beoordeeld", result.assessed)
    figure("Vragen aandacht", result.flagged)
    figure("Afzenders", result.senderCount)
    figure("Drie keer of vaker", result.repeatOffenders.count)
    out += "</dl>\n"
    if result.flagged == 0 {
      return out + "<p>Geen bericht viel op.</p></section>"
    }
    let most = max(1, result.levels.dropFirst().max() ?? 1)
    out +=
      "<table><caption>Berichten naar ernst</caption><thead><tr><th scope=\"col\">Niveau</th><th scope=\"col\" class=\"n\">Aantal</th><th scope=\"col\" aria-hidden=\"true\"></th></tr></thead><tbody>"
    for level in Level.allCases.reversed() where level != .none {
      let count = result.levels[level.rawValue]
      let width = count == 0 ? 0 : max(1, count * 100 / most)
      out +=
        "<tr><th scope=\"row\">\(badge(level))</th><td class=\"n\">\(DutchNumber.text(count))</td><td aria-hidden=\"true\" style=\"width:55%\">"
      if count > 0 { out += "<span class=\"bar l-\(level.name)\" style=\"width:\(width)%\"></span>" }
      out += "</td></tr>"
    }
    out +=
      "</tbody></table>\n<table><caption>Berichten naar soort; een bericht kan onder meer dan één soort vallen</caption><thead><tr><th scope=\"col\">Soort</th><th scope=\"col\" class=\"n\">Aantal</th></tr></thead><tbody>"
    for category in Category.allCases.sorted(by: {
      (result.categories[$1.index], $0.index) < (result.categories[$0.index], $1.index)
    }) {
      out +=
        "<tr><th scope=\"row\">\(category.dutchName)</th><td class=\"n\">\(DutchNumber.text(result.categories[category.index]))</td></tr>"
    }
    return out + "</tbody></table></section>"
  }

  private func whatToDo() -> String {
    var out = "<section id=\"doen\" aria-labelledby=\"kop-doen\"><h2 id=\"kop-doen\">Wat u kunt doen</h2>\n"
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
        "<details><summary>Artikelen uit het \(escape(steps.code.name)) die van belang kunnen zijn</summary><p>Of een bericht strafbaar is, beoordeelt het Openbaar Ministerie en beslist de rechter. Het programma noemt alleen artikelen om over te praten met de politie of een jurist.</p><dl>"
      for article in named.sorted(by: { $0.id < $1.id }) {
        out +=
          "<dt><strong>Artikel \(escape(article.id)) · \(escape(article.title))</strong></dt><dd>\(escape(article.text))</dd>"
      }
      out +=
        "</dl><p class=\"source\">Bron: \(escape(steps.code.name)), \(escape(steps.code.source)); opgetekend \(escape(DutchDate.day(steps.recorded))). Raadpleeg altijd de geldende tekst.</p></details>\n"
    }
    out += "<h3>Hulp</h3><ul>"
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
    var out = "<section id=\"tijdlijn\" aria-labelledby=\"kop-tijdlijn\"><h2 id=\"kop-tijdlijn\">Tijdlijn</h2>"
    let days = result.days.keys.sorted()
    guard let first = days.first, let last = days.last else {
      return out + "<p>De berichten hebben geen datum.</p></section>"
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
      "<svg class=\"timeline\" viewBox=\"0 0 \(Int(width)) 190\" role=\"img\" aria-label=\"Berichten die aandacht vragen, per \(byMonth ? "maand" : "dag"); de tabel hieronder geeft dezelfde cijfers\">"
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
          "<text x=\"\(Int(x))\" y=\"174\">\(byMonth ? DutchDate.month(key) : DutchDate.day(key).split(separator: " ").prefix(2).joined(separator: " "))</text>"
      }
    }
    out +=
      "</svg>\n<details><summary>Cijfers van de tijdlijn</summary><div class=\"wide\"><table><caption>Per \(byMonth ? "maand" : "dag")</caption><thead><tr><th scope=\"col\">\(byMonth ? "Maand" : "Dag")</th><th scope=\"col\" class=\"n\">Beoordeeld</th>"
    for level in Level.allCases where level != .none { out += "<th scope=\"col\" class=\"n\">\(level.dutchName)</th>" }
    out += "</tr></thead><tbody>"
    for key in keys {
      guard let bin = bins[key] else { continue }
      out +=
        "<tr><th scope=\"row\">\(byMonth ? DutchDate.month(key) : DutchDate.day(key))</th><td class=\"n\">\(DutchNumber.text(bin.messages))</td>"
      for level in Level.allCases where level != .none {
        out += "<td class=\"n\">\(DutchNumber.text(bin.levels[level.rawValue]))</td>"
      }
      out += "</tr>"
    }
    out += "</tbody></table></div></details>"
    let busiest = result.busiestDays(5)
    if !busiest.isEmpty {
      out +=
        "<p>Drukste dagen: "
        + busiest.map { "\(DutchDate.day($0.day)) (\(DutchNumber.text($0.count.flagged)))" }.joined(separator: ", ")
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
    var out = "<section id=\"afzenders\" aria-labelledby=\"kop-afzenders\"><h2 id=\"kop-afzenders\">Afzenders</h2>"
    guard !flagged.isEmpty else { return out + "<p>Niemand stuurde een bericht dat aandacht vraagt.</p></section>" }
    out +=
      "<div class=\"wide\"><table><caption>\(flagged.count > 100 ? "De honderd afzenders met de ernstigste berichten" : "Wie berichten stuurden die aandacht vragen"), ernstigste eerst</caption><thead><tr><th scope=\"col\">Afzender</th><th scope=\"col\">Platform</th><th scope=\"col\" class=\"n\">Berichten</th><th scope=\"col\" class=\"n\">Aandacht</th><th scope=\"col\">Ernstigste</th><th scope=\"col\">Soort</th><th scope=\"col\">Periode</th><th scope=\"col\" class=\"only-script\"><span class=\"only-script\">Toon</span></th></tr></thead><tbody>"
    for sender in flagged.prefix(100) {
      let categories = Category.allCases.filter { sender.categories[$0.index] > 0 }.sorted {
        sender.categories[$0.index] > sender.categories[$1.index]
      }
      var name = escape(sender.shown)
      if let handle = sender.party.handle, sender.party.name != nil {
        name += " <span class=\"meta\">\(escape(handle))</span>"
      }
      let period =
        sender.first.map { first in
          let last = sender.last ?? first
          return DutchDate.day(first) == DutchDate.day(last)
            ? DutchDate.day(first) : "\(DutchDate.day(first)) – \(DutchDate.day(last))"
        } ?? ""
      out +=
        "<tr><th scope=\"row\">\(name)\(sender.flagged >= 3 ? " <span class=\"tag\">herhaald</span>" : "")</th><td>\(ReportMarkup.platform(sender.platform))</td><td class=\"n\">\(DutchNumber.text(sender.messages))</td><td class=\"n\">\(DutchNumber.text(sender.flagged))</td><td>\(badge(sender.worst))</td><td>\(categories.map(\.dutchName).joined(separator: ", "))</td><td>\(escape(period))</td><td class=\"only-script\"><button type=\"button\" data-sender=\"\(escape(sender.shown.lowercased()))\" aria-label=\"Toon berichten van \(escape(sender.shown))\">Toon</button></td></tr>"
    }
    return out + "</tbody></table></div></section>"
  }

  private func messages() -> String {
    var out = "<section aria-labelledby=\"berichten\"><h2 id=\"berichten\" tabindex=\"-1\">Berichten</h2>"
    guard !result.worst.isEmpty else { return out + "<p>Er zijn geen berichten die aandacht vragen.</p></section>" }
    out +=
      "<p>De teksten zijn afgeschermd tegen onbedoeld herlezen. U kunt ze per bericht tonen.</p><noscript><p class=\"notice\">In deze lezer staat JavaScript uit: de teksten blijven afgeschermd en de filters werken niet. Alle teksten staan in het CSV- of NDJSON-bestand.</p></noscript>"
    let platforms = Set(result.worst.map { $0.message.platform ?? .other }).sorted { $0.rawValue < $1.rawValue }
    out +=
      "<form id=\"filters\" class=\"filters only-script\" aria-label=\"Berichten filteren\"><div><label for=\"f-level\">Vanaf niveau</label><select id=\"f-level\" name=\"level\">"
    for level in Level.allCases where level != .none {
      out += "<option value=\"\(level.rawValue)\">\(level.dutchName)</option>"
    }
    out +=
      "</select></div><div><label for=\"f-category\">Soort</label><select id=\"f-category\" name=\"category\"><option value=\"\">alle</option>"
    for category in Category.allCases { out += "<option value=\"\(category.rawValue)\">\(category.dutchName)</option>" }
    out +=
      "</select></div><div><label for=\"f-platform\">Platform</label><select id=\"f-platform\" name=\"platform\"><option value=\"\">alle</option>"
    for platform in platforms {
      out += "<option value=\"\(platform.rawValue)\">\(ReportMarkup.platform(platform))</option>"
    }
    out +=
      "</select></div><div><label for=\"f-sender\">Afzender</label><input id=\"f-sender\" name=\"sender\" type=\"search\" autocomplete=\"off\"></div><div><label for=\"f-word\">Woord in de tekst</label><input id=\"f-word\" name=\"word\" type=\"search\" autocomplete=\"off\"></div><div><label for=\"f-from\">Vanaf dag</label><input id=\"f-from\" name=\"from\" type=\"date\"></div><div><label for=\"f-to\">Tot en met dag</label><input id=\"f-to\" name=\"to\" type=\"date\"></div><div><button type=\"reset\">Filters wissen</button></div></form>"
    let shown = min(limit, result.worst.count)
    out +=
      "<p class=\"tools only-script\"><button type=\"button\" id=\"everything\" aria-pressed=\"false\">Alle teksten tonen</button> <button type=\"button\" id=\"print\">Afdrukken of als PDF bewaren</button></p><p id=\"shown\" role=\"status\" aria-live=\"polite\">\(shown == 1 ? "1 bericht getoond" : "\(shown) berichten getoond")</p>"
    if result.flagged > shown {
      out +=
        "<p>Deze pagina toont de \(DutchNumber.text(shown)) ernstigste van \(DutchNumber.text(result.flagged)) berichten; alle staan in het CSV- of NDJSON-bestand.</p>"
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
      ReportMarkup.platform(message.platform ?? .other), ReportMarkup.channel(message.channel),
      message.time.map { DutchDate.minute($0) } ?? "zonder datum",
    ]
    if message.source?.zone != nil { meta.append("tijdzone aangenomen") }
    if message.state == .deleted { meta.append("later verwijderd") }
    if message.state == .edited { meta.append("bewerkt") }
    out += "<p class=\"meta\">\(escape(meta.filter { !$0.isEmpty }.joined(separator: " · ")))</p>"
    out += "<p>" + categories.map { "<span class=\"tag\">\($0.dutchName)</span>" }.joined(separator: " ") + "</p>"
    out +=
      "<div class=\"veil closed\"><p class=\"text\" id=\"x\(number)\" aria-hidden=\"true\">\(ReportMarkup.highlighted(message.text, assessment.evidence))</p><button type=\"button\" class=\"only-script\" aria-expanded=\"false\" aria-controls=\"x\(number)\">Tekst tonen</button></div>"
    if let attachments = message.attachments, !attachments.isEmpty {
      out +=
        "<p class=\"meta\">Met \(attachments.count == 1 ? "een bijlage" : "\(attachments.count) bijlagen"): \(escape(attachments.prefix(5).joined(separator: ", ")))</p>"
    }
    let articles = steps.articles(
      for: assessment, repeated: offenders.contains(HTMLReport.key(message.author, message.platform ?? .other)))
    out += "<p><strong>Volgende stap:</strong> \(escape(steps[assessment.level].title.lowercased())).</p>"
    if !articles.isEmpty {
      out +=
        "<p class=\"meta\">Mogelijk van belang, ter beoordeling van politie of jurist: \(articles.map { "artikel \(escape($0.id)) Sr (\(escape($0.title)))" }.joined(separator: ", ")).</p>"
    }
    if !flagged.context.isEmpty {
      out +=
        "<details><summary>Gesprek eromheen (\(flagged.context.count) \(flagged.context.count == 1 ? "bericht" : "berichten"))</summary><ol class=\"thread\">"
      var placed = false
      let here =
        "<li class=\"here\"><span class=\"who\">Het bericht hierboven</span> <span class=\"meta\">\(escape(message.time.map { DutchDate.minute($0) } ?? ""))</span></li>"
      for (place, other) in flagged.context.enumerated() {
        if !placed, (other.message.time ?? "", other.number) > (message.time ?? "", flagged.number) {
          out += here
          placed = true
        }
        let mine = other.message.direction == .outgoing
        let found = other.message
        let text =
          found.text.isEmpty
          ? (found.state == .deleted ? "(verwijderd bericht)" : "(bijlage zonder tekst)") : found.text
        out +=
          "<li><span class=\"who\(mine ? " mine" : "")\">\(mine ? "U" : escape(name(found.author)))</span> <span class=\"meta\">\(escape(found.time.map { DutchDate.minute($0) } ?? ""))</span>"
        let shown = escape(String(text.prefix(1500)))
        if other.isFlagged {
          let id = "x\(number)-\(place)"
          out +=
            "<div class=\"veil closed\"><p class=\"text\" id=\"\(id)\" aria-hidden=\"true\">\(shown)</p><button type=\"button\" class=\"only-script\" aria-expanded=\"false\" aria-controls=\"\(id)\">Tekst tonen</button></div></li>"
        } else {
          out += "<p>\(shown)</p></li>"
        }
      }
      if !placed { out += here }
      out += "</ol></details>"
    }
    var source: [String] = []
    if let place = message.source {
      source.append("Vindplaats: \(place.file), \(place.locator)")
      if let digest = place.sha256 { source.append("SHA-256 \(digest)") }
    }
    source.append("kans op misbruik \(Int(((assessment.score ?? 0) * 100).rounded())) %, ernst \(assessment.severity)")
    out +=
      "<details><summary>Vindplaats en beoordeling</summary><p class=\"source\">\(escape(source.joined(separator: " · ")))"
    if let url = message.url { out += " · adres: \(escape(url))" }
    return out + "</p></details></article>\n"
  }

  private func name(_ party: Party?) -> String { ReportMarkup.name(party) }

  private func accountSection() -> String {
    var out =
      "<section id=\"verantwoording\" aria-labelledby=\"kop-verantwoording\"><h2 id=\"kop-verantwoording\">Verantwoording</h2><ul>"
    func item(_ text: String) { out += "<li>\(escape(text))</li>" }
    if !account.exports.isEmpty { item("Gelezen: \(account.exports.joined(separator: ", ")).") }
    if !account.files.isEmpty {
      item(
        "Bestanden met berichten: "
          + account.files.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ") + ".")
    }
    if result.outgoing > 0 {
      item(
        "\(DutchNumber.text(result.outgoing)) berichten van u of van derden zijn gelezen voor de samenhang en niet beoordeeld."
      )
    }
    if result.unknownDirection > 0 {
      item(
        "Van \(DutchNumber.text(result.unknownDirection)) berichten zegt de export niet of u ze stuurde of ontving; ze zijn beoordeeld alsof u ze ontving."
      )
    }
    if result.duplicates > 0 {
      item("\(DutchNumber.text(result.duplicates)) berichten kwamen vaker voor en zijn één keer geteld.")
    }
    if result.abstained > 0 {
      item(
        "\(DutchNumber.text(result.abstained)) berichten zijn niet in het Nederlands; het programma beoordeelt die niet."
      )
    }
    if !result.model.isEmpty {
      item("Model: \(result.model). Het programma rekent kansen uit en kent de samenhang niet die u kent.")
    }
    if let made = account.made { item("Gemaakt op \(DutchDate.minute(made)).") }
    out += "</ul>"
    if !account.notes.isEmpty {
      out +=
        "<details><summary>Wat niet of met voorbehoud gelezen is (\(account.notes.count))</summary><ul lang=\"en\">"
      for note in account.notes.prefix(200) { out += "<li class=\"source\">\(escape(note))</li>" }
      out += "</ul></details>"
    }
    return out + "</section>"
  }
}
