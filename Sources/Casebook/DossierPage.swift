internal import Foundation
internal import Inbox
internal import Messages
internal import Weerbaar

/// The dossier as one page in Dutch that needs nothing from the network and prints to PDF. Its order is that of a police
/// report and of an incident register.
struct DossierPage {
  private let dossier: Dossier
  private let casefile: CaseFile

  init(_ dossier: Dossier) {
    self.dossier = dossier
    casefile = dossier.casefile
  }

  private func escape(_ text: String) -> String { HTMLText.escape(text) }

  func html() -> String {
    let style = ReportMarkup.style + String(decoding: PackageResources.dossier_css, as: UTF8.self)
    let title = "Dossier zaak \(casefile.number)"
    return """
      <!DOCTYPE html>
      <html lang="nl">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
      <meta name="referrer" content="no-referrer">
      <meta name="robots" content="noindex">
      <title>\(title)</title>
      <style>\(style)</style>
      </head>
      <body>
      <a class="skip" href="#inhoud">Naar de inhoud</a>
      <header class="top">
      <h1>\(title)</h1>
      <p>\(ReportMarkup.badge(casefile.level)) \(escape(casefile.kind.dutchName)) · stand: \(casefile.state.dutchName) · opgemaakt \(escape(DutchDate.minute(dossier.made)))</p>
      </header>
      <main id="inhoud">
      <p class="notice">Deze pagina bevat berichten woordelijk; zij kunnen kwetsen. Een programma koos ze uit. Of iets strafbaar is, beoordelen politie, Openbaar Ministerie en rechter.</p>
      \(facts())
      \(messages())
      \(articles())
      \(earlier())
      \(steps())
      \(integrity())
      \(form())
      </main>
      <footer><p>Deze pagina staat op zichzelf: zij haalt niets van het internet en stuurt niets weg. Zij bevat persoonlijke gegevens; bewaar en deel haar met zorg.</p></footer>
      </body>
      </html>

      """
  }

  private func section(_ id: String, _ title: String, _ body: String) -> String {
    "<section id=\"\(id)\" aria-labelledby=\"kop-\(id)\"><h2 id=\"kop-\(id)\">\(title)</h2>\(body)</section>"
  }

  private func list(_ items: [(String, String)]) -> String {
    "<dl class=\"facts\">"
      + items.filter { !$0.1.isEmpty }.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined() + "</dl>"
  }

  private func distinct(_ values: [String]) -> [String] {
    var seen: [String] = []
    for value in values where !value.isEmpty && !seen.contains(value) { seen.append(value) }
    return seen
  }

  private func several(_ values: [String], _ most: Int = 12) -> String {
    let found = distinct(values)
    let shown = found.prefix(most).map(escape).joined(separator: ", ")
    return found.count > most ? "\(shown) en nog \(found.count - most)" : shown
  }

  private func period() -> String {
    let first = dossier.entries.first?.time ?? Moment.text(seconds: casefile.first)
    let last = dossier.entries.last?.time ?? Moment.text(seconds: casefile.last)
    if dossier.entries.count < 2 { return escape(DutchDate.minute(first)) }
    return "\(escape(DutchDate.minute(first))) tot en met \(escape(DutchDate.minute(last)))"
  }

  /// Who, whom, when, where.
  private func facts() -> String {
    let senders = casefile.shownSender.map { [$0] } ?? dossier.entries.map(\.shownSender)
    let recipients = dossier.entries.compactMap { entry in
      entry.evidence?.message.recipient.map { ReportMarkup.name($0) }
    }
    let channels = dossier.entries.map { entry in
      let channel = ReportMarkup.channel(entry.evidence?.message.channel)
      return ReportMarkup.platform(entry.platform) + (channel.isEmpty ? "" : " (\(channel))")
    }
    let links = dossier.entries.compactMap { $0.evidence?.message.url }
    return section(
      "feiten", "1. Wie, aan wie, wanneer, waar",
      list([
        ("Wie (voor zover bekend)", several(senders)),
        ("Aan wie", several(recipients)), ("Gaat over", several(dossier.entries.compactMap(\.protected))),
        ("Wanneer", period()), ("Waar", several(channels)), ("Adres op internet", several(links)),
        ("Aantal berichten", DutchNumber.text(dossier.entries.count)),
        ("Soort", several(dossier.categories.map(\.dutchName))),
        ("Hoogste niveau", ReportMarkup.badge(casefile.level)),
        ("Verloop", course()),
      ]))
  }

  /// How the level went over time.
  private func course() -> String {
    let levels = dossier.entries.map(\.level)
    guard levels.count > 1 else { return "" }
    let shown = levels.suffix(12).map(\.dutchName).joined(separator: " → ")
    return (levels.count > 12 ? "… → " : "") + shown
  }

  private static let shownMessages = 500

  private func messages() -> String {
    var out = "<p>Oudste eerst, letterlijk zoals ontvangen. Gemarkeerd is wat het programma opviel.</p>"
    if dossier.entries.count > DossierPage.shownMessages {
      out +=
        "<p>Hier staan de eerste \(DossierPage.shownMessages); alle staan in berichten.ndjson en dossier.json.</p>"
    }
    for entry in dossier.entries.prefix(DossierPage.shownMessages) { out += message(entry) }
    return section("berichten", "2. Wat er is geschreven", out)
  }

  private func message(_ entry: CaseEntry) -> String {
    let id = "b\(entry.name.number)-\(entry.name.message ?? 0)"
    var out =
      "<article class=\"message level-\(entry.level.name)\" id=\"\(id)\" aria-labelledby=\"t\(id)\"><h3 id=\"t\(id)\">Bericht \(entry.name) \(ReportMarkup.badge(entry.level))</h3>"
    guard let evidence = entry.evidence else {
      return out
        + "<p>De inhoud van dit bericht is gewist. Het kwam binnen op \(escape(DutchDate.minute(entry.received))); vingerafdruk van de inhoud: <code>\(entry.digest)</code>.</p></article>"
    }
    let message = evidence.message
    let assessment = evidence.assessment
    let when = message.time.map { DutchDate.minute($0) } ?? "zonder datum"
    out += "<h4>Woordelijk</h4>"
    if let subject = message.subject { out += "<p class=\"meta\">Onderwerp: \(escape(subject))</p>" }
    out += "<blockquote class=\"verbatim\">\(ReportMarkup.highlighted(message.text, assessment.evidence))</blockquote>"
    var facts: [(String, String)] = [
      ("Van", escape(ReportMarkup.name(message.author))),
      ("Aan", escape(message.recipient.map { ReportMarkup.name($0) } ?? "")), ("Verstuurd", escape(when)),
      ("Vastgelegd", escape(DutchDate.minute(entry.received))),
    ]
    if let zone = message.source?.zone { facts.append(("Tijdzone", "aangenomen: \(escape(zone))")) }
    if let state = message.state {
      facts.append(("Daarna", state == .deleted ? "door de afzender verwijderd" : "door de afzender bewerkt"))
    }
    if let url = message.url { facts.append(("Adres", escape(url))) }
    if let attachments = message.attachments, !attachments.isEmpty {
      facts.append(("Bijlagen", several(attachments, 20)))
    }
    out += list(facts)
    out +=
      "<h4>Weergave in het gesprek</h4><div class=\"screen\" role=\"group\" aria-label=\"Nagemaakte weergave van het gesprek\">"
    out +=
      "<p class=\"bar-top\">\(escape(ReportMarkup.platform(entry.platform)))\(message.conversation == nil ? "" : " · gesprek")</p>"
    for other in evidence.before { out += bubble(other, nil) }
    out += bubble(message, assessment)
    for other in evidence.after { out += bubble(other, nil) }
    out +=
      "</div><p class=\"source\">Nagemaakt uit de gegevens; geen schermafbeelding. Voeg een schermafbeelding bij als u die hebt.</p>"
    out += "<h4>Waarom dit bericht opviel</h4><ul>"
    for category in Category.allCases.filter({ assessment.categories[$0] >= 0.5 }).sorted(by: {
      assessment.categories[$0] > assessment.categories[$1]
    }) {
      let pieces = assessment.evidence.filter { $0.category == category }.map { "“\(escape($0.text))”" }
      let percent = Int((assessment.categories[category] * 100).rounded())
      out +=
        "<li>\(category.dutchName), kans \(percent) %"
        + (pieces.isEmpty ? "" : ": \(distinct(pieces).joined(separator: ", "))") + "</li>"
    }
    out +=
      "<li>kans op misbruik \(Int(((assessment.score ?? 0) * 100).rounded())) %, ernst \(assessment.severity) van 4, model \(escape(assessment.model))</li>"
    if !entry.reasons.isEmpty {
      out +=
        "<li>niveau verhoogd van \(entry.assessedLevel.dutchName) naar \(entry.level.dutchName): \(entry.reasons.map(\.dutchName).joined(separator: ", "))</li>"
    }
    out += "</ul>"
    if let source = message.source {
      out +=
        "<p class=\"source\">Bron: \(escape(source.file)), \(escape(ReportMarkup.place(source.locator)))\(source.sha256.map { " · SHA-256 van het bestand <code>\($0)</code>" } ?? "") · vingerafdruk van de vastlegging <code>\(entry.digest)</code></p>"
    }
    return out + "</article>"
  }

  private func bubble(_ message: Message, _ assessment: Assessment?) -> String {
    let isMine = message.direction == .outgoing
    let name = isMine ? "U" : ReportMarkup.name(message.author)
    let initial = name.first { $0.isLetter || $0.isNumber }.map { String($0).uppercased() } ?? "?"
    let text =
      assessment.map { ReportMarkup.highlighted(message.text, $0.evidence) }
      ?? escape(message.text.isEmpty ? "(zonder tekst)" : message.text)
    let time = message.time.map { DutchDate.minute($0) } ?? ""
    return
      "<div class=\"bubble\(isMine ? " own" : "")\(assessment == nil ? "" : " it")\"><span class=\"face\" aria-hidden=\"true\">\(escape(initial))</span><div><p class=\"head\"><strong>\(escape(name))</strong> <span class=\"meta\">\(escape(time))</span></p><p class=\"said\">\(text)</p></div></div>"
  }

  private func articles() -> String {
    let found = dossier.articles
    let code = dossier.texts.code
    guard !found.isEmpty else {
      return section("artikelen", "3. Artikelen die van belang kunnen zijn", "<p>Geen artikel dringt zich op.</p>")
    }
    var out =
      "<p>Om over te praten met de politie of een jurist; dit is geen oordeel.</p><dl>"
    for article in found {
      out +=
        "<dt><strong>Artikel \(escape(article.id)) · \(escape(article.title))</strong></dt><dd>\(escape(article.text))</dd>"
    }
    return section(
      "artikelen", "3. Artikelen die van belang kunnen zijn",
      out
        + "</dl><p class=\"source\">Bron: \(escape(code.name)), \(escape(code.source)); opgetekend \(escape(DutchDate.day(dossier.texts.recorded))). Raadpleeg altijd de geldende tekst.</p>"
    )
  }

  private func earlier() -> String {
    var out = ""
    if let warned = casefile.warned {
      out += "<p>De afzender is gewaarschuwd op \(escape(DutchDate.day(Moment.text(seconds: warned)))).</p>"
    }
    if dossier.earlier.isEmpty {
      out +=
        casefile.kind == .sender
        ? "<p>Van deze afzender zijn geen andere zaken vastgelegd.</p>"
        : "<p>Deze zaak heeft berichten van \(DutchNumber.text(Set(dossier.entries.map(\.shownSender)).count)) afzenders. Elk bericht staat ook in de zaak van zijn afzender.</p>"
    } else {
      out +=
        "<div class=\"wide\"><table><caption>Andere zaken van dezelfde afzender</caption><thead><tr><th scope=\"col\">Zaak</th><th scope=\"col\">Periode</th><th scope=\"col\" class=\"n\">Berichten</th><th scope=\"col\">Niveau</th><th scope=\"col\">Stand</th></tr></thead><tbody>"
      for file in dossier.earlier {
        let from = DutchDate.day(Moment.text(seconds: file.first))
        let to = DutchDate.day(Moment.text(seconds: file.last))
        out +=
          "<tr><th scope=\"row\">\(file.number)</th><td>\(from == to ? from : "\(from) – \(to)")</td><td class=\"n\">\(DutchNumber.text(file.messages))</td><td>\(ReportMarkup.badge(file.level))</td><td>\(file.state.dutchName)</td></tr>"
      }
      out += "</tbody></table></div>"
    }
    return section("eerder", "4. Eerdere zaken van dezelfde afzender", out)
  }

  private func steps() -> String {
    let told = dossier.steps.compactMap { step in
      CaseWords.step(step).map { (step, $0) }
    }
    var out = ""
    if told.isEmpty {
      out += "<p>Nog geen stappen vastgelegd.</p>"
    } else {
      out +=
        "<div class=\"wide\"><table><caption>Wat er is gedaan, oudste eerst</caption><thead><tr><th scope=\"col\">Wanneer</th><th scope=\"col\">Wie</th><th scope=\"col\">Wat</th></tr></thead><tbody>"
      for (step, text) in told {
        out +=
          "<tr><td>\(escape(DutchDate.minute(step.record.time)))</td><td>\(escape(step.record.actor))</td><td>\(escape(text))</td></tr>"
      }
      out += "</tbody></table></div>"
    }
    let next = dossier.texts[casefile.level]
    out +=
      "<h3>Volgende stap bij dit niveau</h3><p><strong>\(escape(next.title)).</strong> \(escape(next.step))</p><h3>Hulp</h3><ul>"
    for support in dossier.texts.support {
      out += "<li><strong>\(escape(support.name))</strong>: \(escape(support.text))</li>"
    }
    return section("stappen", "5. Stappen die zijn gezet", out + "</ul>")
  }

  private func integrity() -> String {
    var out =
      "<p>Elk bericht is bij binnenkomst vastgelegd met een digitale vingerafdruk (SHA-256). Elke handeling staat in een geschiedenis waarvan iedere regel de vingerafdruk van de vorige draagt; een wijziging, weglating of verwisseling breekt die keten.</p>"
    out += list([
      ("Laatste regel van de geschiedenis", "<code>\(dossier.head)</code>"),
      ("Aantal regels", DutchNumber.text(dossier.records)), ("Opgemaakt", escape(DutchDate.minute(dossier.made))),
    ])
    let files = distinct(
      dossier.entries.compactMap { entry in
        entry.evidence?.message.source.flatMap { source in source.sha256.map { "\(source.file)\u{0}\($0)" } }
      })
    if !files.isEmpty {
      out +=
        "<div class=\"wide\"><table><caption>Bronbestanden</caption><thead><tr><th scope=\"col\">Bestand</th><th scope=\"col\">SHA-256</th></tr></thead><tbody>"
      for file in files.prefix(100) {
        let parts = file.split(separator: "\u{0}")
        out += "<tr><td>\(escape(String(parts[0])))</td><td><code>\(escape(String(parts.last ?? "")))</code></td></tr>"
      }
      out += "</tbody></table></div>"
    }
    out += """
      <h3>Zo controleert u dit</h3><ol>
      <li>De bestanden van dit dossier: <code>sha256sum --check SHA256SUMS</code> in de map van het dossier.</li>
      <li>Een bronbestand: <code>sha256sum BESTAND</code>; de uitkomst moet gelijk zijn aan die hierboven.</li>
      <li>Het zaakboek: <code>weerbaar casebook verify --casebook BESTAND --head \(dossier.head)</code>. Dat vergelijkt elk bericht en elke handeling met de geschiedenis, en zegt of deze regel er nog in staat.</li></ol>
      """
    return section("controle", "6. Vingerafdrukken en controle", out)
  }

  /// What is filled in by hand.
  private func form() -> String {
    let lines = [
      "Naam en functie van wie aangifte doet of meldt", "Adres van de organisatie (domicilie)", "Telefoon en e-mail",
      "Andere gegevens over de afzender", "Wat ging eraan vooraf?", "Wat deed dit met u en uw omgeving?",
      "Getuigen", "Schade", "Nummer van melding of aangifte", "Plaats, datum en handtekening",
    ]
    let body = lines.map { "<div class=\"blank\"><p>\($0)</p><span></span></div>" }.joined()
    return section(
      "invullen", "7. Zelf in te vullen",
      "<p>Laat leeg wat u niet weet. Doet uw werkgever aangifte, dan kan het adres van de organisatie worden gebruikt.</p>\(body)"
    )
  }
}
