internal import Messages

/// Mail: mbox (also as Google Takeout and Thunderbird write it), single messages (.eml, .emlx), and the files of a Maildir.
///
/// The text is what the sender wrote; quoted mail and signatures are set apart. A subject that is no reply stands above
/// the text. Who the owner is, is told by where mail was delivered.
struct Mail: ExportFormat {
  let name = "mail"
  let title = "e-mail"
  let readsBytes = true

  private static let usual: Set<String> = [
    "from", "to", "date", "subject", "received", "return-path", "message-id", "mime-version", "delivered-to", "cc",
    "content-type", "reply-to", "x-gm-thrid", "x-gmail-labels", "envelope-to", "in-reply-to", "references", "sender",
    "x-mozilla-status", "dkim-signature", "received-spf", "x-mailer", "importance", "x-original-to",
  ]

  func recognises(head: FileHead) -> Bool {
    guard head.content == .text || head.content == .html || head.content == .binary else { return false }
    var lines = head.lines[...]
    if lines.isEmpty { lines = FileHead.lines(head.bytes)[...] }
    if let first = lines.first, Mail.isSeparator(Array(first.utf8)) { return true }
    // .emlx begins with the length of the mail.
    if let first = lines.first, !first.isEmpty, first.allSatisfy({ $0.isNumber || $0 == " " }) {
      lines = lines.dropFirst()
    }
    while let first = lines.first, first.allSatisfy(\.isWhitespace) { lines = lines.dropFirst() }
    var known: Set<String> = []
    var other = 0
    for (number, line) in lines.prefix(60).enumerated() {
      if line.isEmpty { break }
      if line.first == " " || line.first == "\t" {
        if number == 0 { return false }
        continue
      }
      guard let colon = line.firstIndex(of: ":") else {
        other += 1
        continue
      }
      let field = line[..<colon]
      guard !field.contains(" ") || field.hasSuffix(" "), field.utf8.allSatisfy({ $0 > 31 && $0 < 127 }) else {
        other += 1
        continue
      }
      let name = field.lowercased().filter { $0 != " " }
      if Mail.usual.contains(name) { known.insert(name) }
    }
    // One field is little to go by; then the name of the file may count.
    if known.count == 1, other == 0, head.fileName.lowercased().hasSuffix(".eml") { return true }
    return known.count >= 2 && known.count > other
      && !known.isDisjoint(with: ["from", "to", "date", "subject", "received", "message-id", "return-path", "sender"])
  }

  /// Whether a line is the first of a mail in an mbox: "From " and, as a rule, a sender and a date.
  static func isSeparator(_ line: [UInt8]) -> Bool {
    guard line.starts(with: "From ".utf8), line.count > 10, line.count < 400 else { return false }
    let text = String(decoding: line.dropFirst(5), as: UTF8.self)
    let words = text.split(separator: " ")
    guard words.count >= 3 else { return false }
    // "From - Tue May 14 …" and "From jan@example.nl Tue May 14 08:00:00 2024".
    return text.contains(":") && words.contains { $0.count == 4 && $0.allSatisfy(\.isNumber) }
      && (words[0] == "-" || words[0].contains("@") || words[0] == "MAILER-DAEMON" || words.count >= 5)
  }

  /// Reads the mails of a file one after another.
  private func eachMail(
    _ input: ByteCursor, _ body: (inout MailParser, _ number: Int, _ labels: [String]) throws -> Void
  ) throws {
    var parser = MailParser()
    var number = 0
    var any = false
    var isBox = false
    var afterBlank = true
    var first = true
    while let line = try input.line(limit: 1 << 20) {
      if first {
        var start = line
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { start.removeFirst(3) }
        if Mail.isSeparator(start) {
          isBox = true
          first = false
          continue
        }
        if start.allSatisfy({ $0 &- 48 < 10 || $0 <= 32 }) { continue }
        first = false
        any = true
        parser.add(start)
        continue
      }
      if isBox, afterBlank, Mail.isSeparator(line) {
        if any {
          number += 1
          try body(&parser, number, [])
        }
        parser = MailParser()
        any = false
        afterBlank = false
        continue
      }
      afterBlank = line.isEmpty
      any = true
      if isBox, let mark = line.firstIndex(where: { $0 != UInt8(ascii: ">") }), mark > 0,
        line[mark...].starts(with: "From ".utf8)
      {
        parser.add(Array(line.dropFirst()))
      } else {
        parser.add(line)
      }
    }
    if any {
      number += 1
      try body(&parser, number, [])
    }
  }

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) throws {
    guard let input else { return }
    try eachMail(input) { parser, _, _ in
      _ = parser.finish()
      let header = parser.header
      var delivered: [String] = []
      for name in ["delivered-to", "x-original-to", "envelope-to", "x-delivered-to", "x-envelope-to"] {
        for value in header.all(name) { delivered += MailHeader.addresses(value).compactMap(\.address) }
      }
      var to: [String] = []
      for name in ["to", "cc"] {
        for value in header.all(name) { to += MailHeader.addresses(value).compactMap(\.address) }
      }
      facts.sawMail(
        delivered: Set(delivered), to: Set(to),
        from: Mail.isSent(header) ? MailHeader.addresses(header.raw("from") ?? "").first?.address : nil)
    }
  }

  /// Whether Gmail labelled a mail as sent.
  private static func isSent(_ header: MailHeader) -> Bool {
    let labels = header.text("x-gmail-labels")?.lowercased() ?? ""
    return labels.split(separator: ",").contains {
      ["sent", "verzonden", "gesendet", "envoyés"].contains($0.filter { $0 != "\"" && $0 != " " })
    }
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    try eachMail(input) { parser, number, _ in
      let locator = "mail \(number)"
      let text = parser.finish()
      let header = parser.header
      guard !header.fields.isEmpty else {
        context.damage(locator, "a mail without a header")
        return
      }
      let parts = MailText(text)
      var message = Message(text: parts.own, platform: .email, channel: .mail)
      message.quoted = parts.quoted
      message.signature = parts.signature
      if let subject = header.text("subject") {
        message.subject = subject
        if !MailText.isReply(subject) {
          message.text = message.text.isEmpty ? subject : "\(subject)\n\n\(message.text)"
        }
      }
      message.id = Mail.identifiers(header.raw("message-id") ?? "").first ?? header.raw("message-id")
      let references = Mail.identifiers(header.raw("references") ?? "")
      message.inReplyTo = Mail.identifiers(header.raw("in-reply-to") ?? "").first ?? references.last
      message.conversation =
        header.raw("x-gm-thrid") ?? references.first ?? message.inReplyTo ?? message.id ?? message.subject
      message.author = Mail.party(header.raw("from") ?? header.raw("sender") ?? header.raw("return-path"))
      message.recipient = Mail.party(header.raw("to") ?? header.raw("delivered-to") ?? header.raw("x-original-to"))
      setTime(&message, header, locator, context)
      if !parser.attachments.isEmpty { message.attachments = parser.attachments }
      if message.author == nil { context.remark(locator, "a mail without a sender") }
      if Mail.isSent(header) { message.direction = .outgoing }
      if parser.isCut { context.damage(locator, "a mail with more than 8 MiB of text; the rest of it is left out") }
      try context.emit(message, at: locator)
    }
  }

  private func setTime(_ message: inout Message, _ header: MailHeader, _ locator: String, _ context: ReadContext) {
    let date = header.text("date")
    func isDate(_ text: String) -> Bool { DateParser.parse(text).map { (1970...2100).contains($0.year) } == true }
    if let date, isDate(date) {
      message.setTime(date, context, at: locator)
      return
    }
    // The stamp of the last server that handled the mail stands behind the last semicolon.
    for received in header.all("received") {
      if let stamp = received.split(separator: ";").last, received.contains(";"), isDate(String(stamp)) {
        context.remark(
          locator,
          date == nil
            ? "a mail without a date; the time of delivery is taken"
            : "a mail with a date that cannot be read; the time of delivery is taken")
        message.setTime(String(stamp), context, at: locator)
        return
      }
    }
    message.setTime(date, context, at: locator)
  }

  private static func identifiers(_ text: String) -> [String] {
    var out: [String] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      out.append(String(rest[rest.index(after: open)..<close]))
      rest = rest[rest.index(after: close)...]
    }
    return out
  }

  private static func party(_ raw: String?) -> Party? {
    guard let raw, let first = MailHeader.addresses(raw).first else { return nil }
    return Party(handle: first.address, name: first.name)
  }
}
