internal import Crypto
internal import Foundation
public import Inbox
internal import Messages
internal import Weerbaar

/// All there is on a case, to hand to the police or to an incident register.
public struct Dossier: Sendable {
  public let casefile: CaseFile
  /// Oldest first.
  public let entries: [CaseEntry]
  public let steps: [CaseStep]
  /// Other cases of the same sender.
  public let earlier: [CaseFile]
  /// When it was made, in RFC 3339.
  public let made: String
  /// The hash of the last history record and the number of records when it was made.
  public let head: String
  public let records: Int
  public let texts: NextSteps

  /// The gravest message: highest level, then highest severity and score.
  var gravest: CaseEntry? {
    entries.filter { !$0.isErased }.max { left, right in
      func rank(_ entry: CaseEntry) -> (Int, Int, Double) {
        (entry.level.rawValue, entry.evidence?.assessment.severity ?? 0, entry.evidence?.assessment.score ?? 0)
      }
      return rank(left) < rank(right)
    } ?? entries.first
  }

  var isRepeated: Bool { casefile.kind == .sender && entries.count >= 3 }

  /// The articles that may apply to its messages, each once.
  var articles: [NextSteps.Article] {
    var found: [NextSteps.Article] = []
    for entry in entries {
      guard let evidence = entry.evidence else { continue }
      var assessment = evidence.assessment
      assessment.level = max(assessment.level, entry.level)
      for article in texts.articles(for: assessment, repeated: isRepeated)
      where !found.contains(where: { $0.id == article.id }) {
        found.append(article)
      }
    }
    return found.sorted { $0.id < $1.id }
  }

  /// The kinds of abuse in its messages, most frequent first.
  var categories: [Category] {
    var counts: [Category: Int] = [:]
    for entry in entries { for category in entry.categories { counts[category, default: 0] += 1 } }
    return Category.allCases.filter { counts[$0] != nil }.sorted {
      (counts[$1] ?? 0, $0.index) < (counts[$0] ?? 0, $1.index)
    }
  }

  /// A file of the dossier.
  public struct File: Sendable {
    public var name: String
    public var bytes: [UInt8]
  }

  /// The files of the dossier: the page, the same as JSON, the messages as lines, and the hashes of all.
  public func files() -> [File] {
    var lines: [UInt8] = []
    for entry in entries { Casebook.appendLine(entry, to: &lines) }
    var files = [
      File(name: "dossier.html", bytes: Array(DossierPage(self).html().utf8)),
      File(name: "dossier.json", bytes: DossierDocument(self).bytes()),
      File(name: "berichten.ndjson", bytes: lines),
    ]
    let sums = files.map { "\(SHA256.hash(data: $0.bytes).hexadecimal)  \($0.name)\n" }.joined()
    files.append(File(name: "SHA256SUMS", bytes: Array(sums.utf8)))
    return files
  }

  /// The hash of the list of hashes, by which the history knows the dossier.
  public static func digest(of files: [File]) -> String {
    SHA256.hash(data: files.first { $0.name == "SHA256SUMS" }?.bytes ?? []).hexadecimal
  }
}

extension Casebook {
  /// Gathers all there is on a case.
  public func dossier(_ number: Int, texts: NextSteps) throws -> Dossier {
    let casefile = try caseFile(number)
    var filter = EntryFilter()
    filter.casefile = number
    filter.isAscending = true
    let head = try head()
    return Dossier(
      casefile: casefile, entries: try entries(filter), steps: try steps(of: number),
      earlier: try casefile.others.map { try caseFile($0) }, made: Moment.text(clock()), head: head.hash,
      records: head.records, texts: texts)
  }

  /// Writes all cases as rows of a register, in the order of their numbers. Spreadsheets take the result as it is: with a
  /// byte order mark, semicolons as in Dutch spreadsheets, and no cell that is taken for a formula.
  public func exportRegister(
    _ columns: RegisterColumns, texts: NextSteps, separator: Character = ";", _ body: ([UInt8]) throws -> Void
  ) throws {
    func cell(_ text: String) -> String {
      let isFormula = text.first.map { "=+-@\t\r".contains($0) } == true
      let safe = isFormula ? "'" + text : text
      guard safe.contains(where: { $0 == separator || $0 == "\"" || $0.isNewline }) else { return safe }
      return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
    let end = "\r\n"
    let heading = columns.columns.map { cell($0.heading) }.joined(separator: String(separator))
    try body(Array(("\u{FEFF}" + heading + end).utf8))
    for file in try caseFiles() {
      let dossier = try dossier(file.number, texts: texts)
      let row = columns.columns.map { cell(dossier.registerField($0.field)) }.joined(separator: String(separator))
      try body(Array((row + end).utf8))
    }
  }
}

extension Dossier {
  private func day(_ time: String) -> String {
    let parts = time.prefix(10).split(separator: "-")
    return parts.count == 3 ? "\(parts[2])-\(parts[1])-\(parts[0])" : time
  }

  private func day(of state: CaseState) -> String {
    steps.last { $0.state == state }.map { day($0.record.time) } ?? ""
  }

  func registerField(_ field: String) -> String {
    func distinct(_ values: [String]) -> String {
      var seen: [String] = []
      for value in values where !value.isEmpty && !seen.contains(value) { seen.append(value) }
      return seen.joined(separator: ", ")
    }
    if field.hasPrefix("=") { return String(field.dropFirst()) }
    let first = entries.first
    switch field {
    case "number": return String(casefile.number)
    case "date": return day(first?.time ?? Moment.text(seconds: casefile.first))
    case "time": return String((first?.time ?? "").dropFirst(11).prefix(5))
    case "last-date": return day(entries.last?.time ?? Moment.text(seconds: casefile.last))
    case "recorded": return first.map { day($0.received) } ?? ""
    case "level": return casefile.level.dutchName
    case "level-name": return casefile.level.name
    case "state": return casefile.state.dutchName
    case "kind": return casefile.kind.dutchName
    case "kinds": return categories.map(\.dutchName).joined(separator: ", ")
    case "messages": return String(casefile.messages)
    case "platform": return distinct(entries.map { ReportMarkup.platform($0.platform) })
    case "sender": return casefile.shownSender ?? distinct(entries.map(\.shownSender))
    case "handle": return casefile.senderHandle ?? distinct(entries.compactMap(\.senderHandle))
    case "protected": return distinct(entries.compactMap(\.protected))
    case "recipient":
      return distinct(
        entries.compactMap { entry in
          entry.evidence?.message.recipient.map { $0.name ?? $0.handle ?? $0.id ?? "" } ?? entry.protected
        })
    case "text": return gravest?.evidence?.message.text ?? ""
    case "articles": return articles.map(\.id).joined(separator: ", ")
    case "step": return texts[casefile.level].title
    case "notes": return steps.compactMap(\.note).joined(separator: " | ")
    case "reported": return day(of: .reported)
    case "police": return day(of: .police)
    case "closed": return day(of: .closed)
    case "digest": return gravest?.digest ?? ""
    default: return ""
    }
  }
}
