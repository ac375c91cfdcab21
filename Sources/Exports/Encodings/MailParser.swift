/// Reads one mail line by line. Text parts are kept, other parts only by name, so that a mail with large attachments
/// takes no more memory than its text.
struct MailParser {
  private enum State { case header, body }

  private struct Part {
    var header = MailHeader()
    /// The number of the nearest multipart/alternative around it.
    var alternative: Int?
    var body: [UInt8] = []
    var keeps = false
  }

  private struct Boundary {
    var line: [UInt8]
    var alternative: Int?
  }

  /// A readable part.
  private struct TextPart {
    var text: String
    var isHTML: Bool
    var alternative: Int?
  }

  /// The mail's own header.
  private(set) var header = MailHeader()
  private var state = State.header
  private var part = Part()
  private var boundaries: [Boundary] = []
  private var texts: [TextPart] = []
  private(set) var attachments: [String] = []
  private var isTop = true
  private var alternatives = 0
  private let bodyLimit = 1 << 23
  /// Whether a text was longer than is kept.
  private(set) var isCut = false

  init() {}

  /// Takes a line without its end.
  mutating func add(_ line: [UInt8]) {
    if state == .header {
      // Some mails have no empty line below their header; a boundary ends it too.
      if line.isEmpty || (!isTop || !boundaries.isEmpty) && line.starts(with: [45, 45]) && closes(line) != nil {
        beginBody()
        if line.isEmpty { return }
      } else {
        if isTop, !part.header.fields.isEmpty, line[0] != 32, line[0] != 9, !line.contains(UInt8(ascii: ":")) {
          // No field and no continuation: some program broke a line. Left out.
        } else {
          part.header.add(line)
        }
        return
      }
    }
    if line.starts(with: [45, 45]), let depth = closes(line) {
      endPart()
      boundaries.removeLast(boundaries.count - depth - 1)
      let isLast =
        line.count >= boundaries[depth].line.count + 2 && line[boundaries[depth].line.count...].starts(with: [45, 45])
      if isLast {
        boundaries.removeLast()
        part = Part()
        part.keeps = false
        state = .body
      } else {
        part = Part()
        part.alternative = boundaries[depth].alternative
        state = .header
      }
      return
    }
    guard part.keeps else { return }
    if part.body.count + line.count < bodyLimit {
      part.body += line
      part.body.append(10)
    } else {
      isCut = true
    }
  }

  /// The place of the boundary that a line is, innermost first.
  private func closes(_ line: [UInt8]) -> Int? {
    for index in boundaries.indices.reversed() {
      let boundary = boundaries[index].line
      guard line.starts(with: boundary) else { continue }
      let rest = line[boundary.count...]
      if rest.allSatisfy({ $0 <= 32 }) || rest.starts(with: [45, 45]) { return index }
    }
    return nil
  }

  private mutating func beginBody() {
    state = .body
    if isTop {
      header = part.header
      isTop = false
    }
    let type = part.header.structured("content-type")
    let value = type?.value ?? "text/plain"
    if value.hasPrefix("multipart/"), boundaries.count < 40, var boundary = type?.parameters["boundary"] {
      while boundary.last?.isWhitespace == true { boundary.removeLast() }
      var alternative = part.alternative
      if value == "multipart/alternative" {
        alternatives += 1
        alternative = alternatives
      }
      boundaries.append(Boundary(line: [45, 45] + Array(boundary.utf8), alternative: alternative))
      return
    }
    let disposition = part.header.structured("content-disposition")
    let name = disposition?.parameters["filename"] ?? type?.parameters["name"]
    let isText =
      value.hasPrefix("text/plain") || value.hasPrefix("text/html") || value == "text" || value.isEmpty
      || value == "text/enriched" || !value.contains("/") || value.hasPrefix("multipart/")
    if disposition?.value == "attachment" && name != nil || !isText
      || disposition?.value == "attachment" && !texts.isEmpty
    {
      attachments.append(name ?? value)
    } else {
      part.keeps = true
    }
  }

  private mutating func endPart() {
    if state == .header { beginBody() }
    guard part.keeps, !part.body.isEmpty else { return }
    let type = part.header.structured("content-type")
    var bytes = part.body
    let encoding =
      part.header.raw("content-transfer-encoding")?.lowercased().filter { ("a"..."z").contains($0) || $0.isNumber }
      ?? ""
    if encoding.hasPrefix("base64") {
      bytes = TransferEncoding.base64(bytes)
    } else if encoding.hasPrefix("quotedprintable") || encoding == "qp" {
      bytes = TransferEncoding.quotedPrintable(bytes)
    } else if encoding.contains("uue") || encoding.contains("uuencode") {
      bytes = TransferEncoding.uuencode(bytes)
    }
    var text = MailHeader.decode(bytes, charset: type?.parameters["charset"])
    text = String(text.unicodeScalars.filter { $0.value >= 32 || $0.value == 9 || $0.value == 10 || $0.value == 13 })
    let isHTML =
      type?.value.hasPrefix("text/html") == true
      || type == nil && text.prefix(200).lowercased().contains("<html")
    if isHTML {
      text = HTMLText.plain(text)
    } else if type?.parameters["format"]?.lowercased() == "flowed" {
      text = MailParser.unflow(text, deletingSpace: type?.parameters["delsp"]?.lowercased() == "yes")
    }
    texts.append(TextPart(text: text, isHTML: isHTML, alternative: part.alternative))
    part.keeps = false
  }

  /// Joins the lines that a mail program broke (RFC 3676).
  private static func unflow(_ text: String, deletingSpace: Bool) -> String {
    var out: [String] = []
    var open = false
    for line in text.replacing("\r", with: "").split(separator: "\n", omittingEmptySubsequences: false) {
      var line = String(line)
      if line.hasPrefix(" ") { line.removeFirst() }
      let quoted = line.hasPrefix(">")
      if open, !quoted, let last = out.last, !last.hasPrefix(">") {
        out[out.count - 1] = (deletingSpace ? String(last.dropLast()) : last) + line
      } else {
        out.append(line)
      }
      open = line.hasSuffix(" ") && line != "-- " && !quoted
    }
    return out.joined(separator: "\n")
  }

  /// Ends the mail and gives its text: of alternatives the plain one where it says anything.
  mutating func finish() -> String {
    if state == .header { beginBody() }
    endPart()
    var chosen: [String] = []
    var done: Set<Int> = []
    func says(_ text: String) -> Bool { text.contains { !$0.isWhitespace } }
    for part in texts {
      guard let group = part.alternative else {
        if says(part.text) { chosen.append(part.text) }
        continue
      }
      guard done.insert(group).inserted else { continue }
      let options = texts.filter { $0.alternative == group && says($0.text) }
      if let best = options.first(where: { !$0.isHTML }) ?? options.first { chosen.append(best.text) }
    }
    return chosen.joined(separator: "\n\n")
  }
}
