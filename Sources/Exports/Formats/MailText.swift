/// The parts of a mail's text: what the sender wrote, what she quotes, and what her program or telephone adds.
///
/// The marks of quotations are in `Resources/mail-quotes.tsv`. A closing such as "Met vriendelijke groet" stays with the
/// sender's words, because a friendly close is part of how a menace sounds.
struct MailText: Equatable {
  /// What the sender wrote.
  var own = ""
  /// What is quoted or forwarded; nil where nothing is.
  var quoted: String?
  /// The signature below "-- ", and lines such as "Verstuurd vanaf mijn iPhone".
  var signature: String?

  private struct Marks {
    var attributions: [(begin: String, end: String)] = []
    var infixes: [String] = []
    var separators: [String] = []
    var labels: Set<String> = []
    var sentFrom: [String] = []
  }

  private static let marks: Marks = {
    var made = Marks()
    for row in TextTable.rows(PackageResources.mail_quotes_tsv) where row.count >= 2 {
      switch row[0] {
      case "attribution": made.attributions.append((row[1], row.count > 2 ? row[2] : ""))
      case "infix": made.infixes.append(row[1])
      case "separator": made.separators.append(row[1])
      case "label": made.labels.insert(row[1])
      case "sent-from": made.sentFrom.append(row[1])
      default: break
      }
    }
    return made
  }()

  private static let replyMarks: Set<String> = [
    "re", "fw", "fwd", "antw", "antwoord", "doorst", "betr", "aw", "wg", "sv", "vs", "rv", "res", "enc", "tr", "rif",
    "r", "i",
  ]

  /// Whether a subject begins with a mark such as "Re:", "Antw:" or "FW:".
  static func isReply(_ subject: String) -> Bool {
    guard let colon = subject.firstIndex(of: ":") else { return false }
    let mark = subject[..<colon].lowercased().filter { $0 != " " && !$0.isNumber && $0 != "[" && $0 != "]" }
    return replyMarks.contains(mark)
  }

  init() {}

  /// Cuts the text of a mail.
  init(_ text: String) {
    let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var mine: [String] = []
    var quotation: [String] = []
    var signing: [String] = []
    var inSignature = false
    var index = 0
    while index < lines.count {
      let line = lines[index]
      if MailText.isQuoted(line) {
        inSignature = false
        quotation.append(line)
        index += 1
        continue
      }
      if let length = MailText.quotationHead(lines, index) {
        let next = lines[(index + length)...].first { !MailText.isBlank($0) }
        quotation += lines[index..<index + length]
        index += length
        // Without signs before its lines the quotation goes on to the end; with them it ends where they do.
        if next.map(MailText.isQuoted) != true {
          quotation += lines[index...]
          index = lines.count
        }
        inSignature = false
        continue
      }
      if !inSignature, MailText.opensSignature(line, lines, index) { inSignature = true }
      if inSignature {
        signing.append(line)
      } else if MailText.isSentFrom(line), line.utf8.count < 90 {
        signing.append(line)
      } else {
        mine.append(line)
      }
      index += 1
    }
    own = MailText.trimmed(mine)
    let joined = MailText.trimmed(quotation)
    quoted = joined.isEmpty ? nil : joined
    let signed = MailText.trimmed(signing)
    signature = signed.isEmpty ? nil : signed
  }

  private static func isBlank(_ line: String) -> Bool { line.allSatisfy(\.isWhitespace) }

  private static func isQuoted(_ line: String) -> Bool {
    let start = line.drop { $0 == " " || $0 == "\t" }
    return start.first == ">" || start.hasPrefix("&gt;") || start.hasPrefix("|>")
  }

  private static func trimmed(_ lines: [String]) -> String {
    var kept = lines[...]
    while let first = kept.first, isBlank(first) { kept = kept.dropFirst() }
    while let last = kept.last, isBlank(last) { kept = kept.dropLast() }
    var out: [String] = []
    for line in kept {
      if isBlank(line) {
        if out.last?.isEmpty != true { out.append("") }
      } else {
        var shorter = line[...]
        while shorter.last?.isWhitespace == true { shorter = shorter.dropLast() }
        out.append(String(shorter))
      }
    }
    return out.joined(separator: "\n")
  }

  /// "-- " by itself; "--" and a few underscores too, where at most a dozen lines follow.
  private static func opensSignature(_ line: String, _ lines: [String], _ index: Int) -> Bool {
    if line == "-- " { return true }
    let bare = line.filter { !$0.isWhitespace }
    guard bare == "--" || bare == "—" || bare == "__" else { return false }
    var rest = 0
    for line in lines[(index + 1)...] {
      if isQuoted(line) { break }
      if !isBlank(line) { rest += 1 }
    }
    return (1...12).contains(rest)
  }

  private static func isSentFrom(_ line: String) -> Bool {
    let lowered = line.lowercased().drop { $0 == " " || $0 == "*" || $0 == "_" || $0 == "-" || $0 == "[" || $0 == "<" }
    return marks.sentFrom.contains { lowered.hasPrefix($0) } && !lowered.dropLast(1).contains(". ")
  }

  /// How many lines from here on are the head of a quotation; nil where none begins.
  private static func quotationHead(_ lines: [String], _ index: Int) -> Int? {
    let line = lines[index]
    guard !isBlank(line) else { return nil }
    let lowered = line.lowercased()
    let bare = lowered.filter { !"-_=*> \t".contains($0) }
    // -----Original Message-----
    let framed = lowered.hasPrefix("--") || lowered.hasPrefix("__") || lowered.hasPrefix("==") || lowered.hasSuffix(":")
    if framed, lowered.utf8.count < 90 {
      for separator in marks.separators where bare.hasPrefix(separator.filter { $0 != " " }) {
        // Nothing else may stand on the line but a colon or a name in brackets.
        if bare.count <= separator.count + 24 { return 1 }
      }
    }
    // A block of header fields, also below a line of underscores.
    let rule = line.count >= 8 && line.allSatisfy { $0 == "_" || $0 == "-" || $0 == "=" || $0.isWhitespace }
    if let length = headerBlock(lines, rule ? index + 1 : index) { return length + (rule ? 1 : 0) }
    return attribution(lines, index)
  }

  private static func headerBlock(_ lines: [String], _ start: Int) -> Int? {
    var index = start
    var labels: Set<String> = []
    var blanks = 0
    while index < lines.count, index - start < 14 {
      let line = lines[index].filter { $0 != "*" }
      if isBlank(line) {
        if labels.isEmpty {
          blanks += 1
          if blanks > 1 || start == index && index > 0 && labels.isEmpty && blanks > 1 { return nil }
          index += 1
          continue
        }
        if labels.count >= 3 { break }
        return nil
      }
      let name = line.prefix { $0 != ":" }.lowercased().filter { $0 != " " || false }
      if line.contains(":"), marks.labels.contains(name) {
        if !labels.isEmpty
          || ["from", "van", "von", "de", "da", "fra", "från", "od", "date", "datum", "data"].contains(name)
        {
          labels.insert(name)
        } else {
          return nil
        }
      } else if labels.isEmpty {
        return nil
      } else if labels.count >= 3, !line.hasPrefix(" "), !line.hasPrefix("\t"), !line.contains("@"), !line.contains(";")
      {
        break
      }
      index += 1
    }
    return labels.count >= 3 ? index - start : nil
  }

  private static func attribution(_ lines: [String], _ index: Int) -> Int? {
    var joined = ""
    for length in 1...4 where index + length <= lines.count {
      let line = lines[index + length - 1]
      if length > 1, isBlank(line) || isQuoted(line) { return nil }
      joined += (joined.isEmpty ? "" : " ") + line.lowercased().drop { $0 == " " || $0 == "\t" || $0 == "-" }
      while joined.last?.isWhitespace == true { joined.removeLast() }
      guard joined.utf8.count < 400 else { return nil }
      let hasDigit = joined.contains(where: \.isNumber)
      if joined.hasSuffix(" wrote ----"), isDated(joined) { return length }
      if hasDigit || joined.contains("@"), joined.hasSuffix(":") {
        // Whatever the language: a line with a date above lines with signs of quotation.
        let following = lines[(index + length)...].prefix(2).first { !isBlank($0) }
        if length == 1, isDated(joined), following.map(isQuoted) == true { return length }
        for mark in marks.attributions where joined.hasPrefix(mark.begin) && joined.hasSuffix(mark.end) {
          if joined.count > mark.begin.count + mark.end.count { return length }
        }
        for infix in marks.infixes where joined.contains(infix) && isDated(joined) { return length }
        if joined.contains("@"), joined.contains("<"), isDated(joined), joined.hasSuffix(">:") { return length }
      }
      // "Jan Jansen <jan@example.nl> schreef op 3 mei 2024:" ends in the date.
      if length == 1, !marks.attributions.contains(where: { joined.hasPrefix($0.begin) }), !joined.contains("<"),
        !isDated(joined)
      {
        return nil
      }
    }
    return nil
  }

  /// Whether a line holds a day or a clock's time beside a year.
  private static func isDated(_ line: String) -> Bool {
    let digits = line.split { !$0.isNumber }
    return digits.count >= 2 && digits.contains { $0.count == 4 || $0.count == 2 }
  }
}
