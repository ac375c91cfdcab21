internal import Messages

/// A part of a report.
enum ReportBlock: Sendable {
  case paragraph(String)
  /// Something that must not be overlooked.
  case notice(title: String, String)
  case list([String])
  /// Key figures.
  case figures([(name: String, value: String)])
  /// A table; columns of numbers stand right.
  case table(caption: String, header: [String], rows: [[String]], numbers: Set<Int>)
  /// A table that is folded away until it is asked for; open in print.
  case details(title: String, [ReportBlock])
  case figure(Chart)
  case heading(String)
}

struct ReportSection: Sendable {
  var id: String
  var title: String
  var blocks: [ReportBlock]
}

/// One page that needs nothing from the network, to read on a screen, on paper and with a screen reader.
struct ReportPage: Sendable {
  var title: String
  var subtitle: String
  var sections: [ReportSection]
  var language: MessageLanguage
  private var figureNumber = 0

  init(title: String, subtitle: String, sections: [ReportSection], language: MessageLanguage) {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
    self.language = language
  }

  /// Writes the page.
  func html() -> String {
    let isDutch = language == .nl
    let css = String(decoding: PackageResources.report_css, as: UTF8.self)
    var out = """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
      <meta name="referrer" content="no-referrer">
      <meta name="robots" content="noindex">
      <title>\(HTMLText.escape(title))</title>
      <style>\(css)</style>
      </head>
      <body>
      <a class="skip" href="#inhoud">\(isDutch ? "Naar de inhoud" : "Skip to content")</a>
      <header class="top">
      <h1>\(HTMLText.escape(title))</h1>
      <p>\(HTMLText.escape(subtitle))</p>
      </header>
      <nav class="toc" aria-label="\(isDutch ? "Onderdelen van deze pagina" : "Parts of this page")"><ul>

      """
    for section in sections {
      out += "<li><a href=\"#\(section.id)\">\(HTMLText.escape(section.title))</a></li>\n"
    }
    out += "</ul></nav>\n<main id=\"inhoud\">\n"
    var figures = 0
    var tables = 0
    for section in sections {
      out += "<section id=\"\(section.id)\" aria-labelledby=\"kop-\(section.id)\">\n"
      out += "<h2 id=\"kop-\(section.id)\">\(HTMLText.escape(section.title))</h2>\n"
      for block in section.blocks { append(block, to: &out, &figures, &tables) }
      out += "</section>\n"
    }
    let foot =
      isDutch
      ? "Deze pagina staat op zichzelf: zij haalt niets van het internet en stuurt niets weg. De cijfers staan ook in de map tables, de figuren in figures, de verantwoording in methods.md en de herkomst in manifest.json."
      : "This page stands alone: it takes nothing from the network and sends nothing. The figures are in the folder tables too, the charts in figures, the account of methods in methods.md and the provenance in manifest.json."
    out += "</main>\n<footer><p>\(foot)</p></footer>\n</body>\n</html>\n"
    return out
  }

  private func append(_ block: ReportBlock, to out: inout String, _ figures: inout Int, _ tables: inout Int) {
    let isDutch = language == .nl
    switch block {
    case .paragraph(let text): out += "<p>\(HTMLText.escape(text))</p>\n"
    case .heading(let text): out += "<h3>\(HTMLText.escape(text))</h3>\n"
    case .notice(let title, let text):
      out += "<p class=\"notice\"><strong>\(HTMLText.escape(title))</strong> \(HTMLText.escape(text))</p>\n"
    case .list(let items):
      out += "<ul>" + items.map { "<li>\(HTMLText.escape($0))</li>" }.joined() + "</ul>\n"
    case .figures(let list):
      out += "<dl class=\"figures\">"
      for item in list {
        out += "<div><dt>\(HTMLText.escape(item.name))</dt><dd>\(HTMLText.escape(item.value))</dd></div>"
      }
      out += "</dl>\n"
    case .table(let caption, let header, let rows, let numbers):
      tables += 1
      out += "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"\(HTMLText.escape(caption))\"><table>"
      out += "<caption>\(isDutch ? "Tabel" : "Table") \(tables). \(HTMLText.escape(caption))</caption>\n<thead><tr>"
      for (index, cell) in header.enumerated() {
        out += "<th scope=\"col\"\(numbers.contains(index) ? " class=\"n\"" : "")>\(HTMLText.escape(cell))</th>"
      }
      out += "</tr></thead>\n<tbody>\n"
      for row in rows {
        out += "<tr>"
        for (index, cell) in row.enumerated() {
          let style = numbers.contains(index) ? " class=\"n\"" : ""
          out +=
            index == 0
            ? "<th scope=\"row\"\(style)>\(HTMLText.escape(cell))</th>" : "<td\(style)>\(HTMLText.escape(cell))</td>"
        }
        out += "</tr>\n"
      }
      out += "</tbody></table></div>\n"
    case .details(let title, let blocks):
      out += "<details><summary>\(HTMLText.escape(title))</summary>\n"
      for block in blocks { append(block, to: &out, &figures, &tables) }
      out += "</details>\n"
    case .figure(let chart):
      figures += 1
      out += "<figure>\n\(chart.svg)\n<figcaption>\(isDutch ? "Figuur" : "Figure") \(figures). "
      out +=
        "<strong>\(HTMLText.escape(chart.title)).</strong> \(HTMLText.escape(chart.caption))</figcaption>\n</figure>\n"
    }
  }
}
