internal import Messages

/// LinkedIn's `messages.csv`. Profile.csv tells who the owner is; without it the folder or the one person who is in
/// every conversation does.
struct LinkedInMessages: ExportFormat {
  let name = "linkedin"
  let title = "LinkedIn (CSV)"

  private enum Kind { case messages, comments, profile }

  private static func kind(_ head: FileHead) -> (Kind, header: Int)? {
    guard head.content == .text else { return nil }
    // Some LinkedIn files begin with a few lines of notes.
    for (number, line) in head.lines.prefix(6).enumerated() where line.contains(",") {
      guard let header = try? TableReader(ByteCursor(line), delimiter: UInt8(ascii: ",")).next() else { continue }
      let columns = TableColumns(header)
      if columns.has("FROM", "TO", "DATE", "CONTENT") { return (.messages, number) }
      if columns.names.count == 3, columns.has("Date", "Link", "Message") { return (.comments, number) }
      if columns.has("First Name", "Last Name", "Headline") { return (.profile, number) }
    }
    return nil
  }

  func recognises(head: FileHead) -> Bool { LinkedInMessages.kind(head) != nil }

  func holdsMessages(_ file: SurveyedFile) -> Bool { LinkedInMessages.kind(file.head)?.0 != .profile }

  private struct Table {
    let reader: TableReader
    let columns: TableColumns
  }

  private func open(_ file: SurveyedFile, _ input: ByteCursor) throws -> Table? {
    guard let (_, header) = LinkedInMessages.kind(file.head) else { return nil }
    for _ in 0..<header { _ = try input.line() }
    let reader = TableReader(input, delimiter: UInt8(ascii: ","))
    guard let names = try reader.next() else { return nil }
    return Table(reader: reader, columns: TableColumns(names))
  }

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) throws {
    guard let input, let kind = LinkedInMessages.kind(file.head)?.0, let table = try open(file, input) else { return }
    let columns = table.columns
    if kind == .profile {
      guard let row = try table.reader.next() else { return }
      let name = [row.field(columns.index("First Name")), row.field(columns.index("Last Name"))].compactMap(\.self)
      facts.owners[.linkedin] = Owner(names: [name.joined(separator: " ")])
      return
    }
    guard kind == .messages else { return }
    var sent: [String: Int] = [:]
    while let row = try table.reader.next() {
      let from = row.field(columns.index("FROM")) ?? ""
      let to = (row.field(columns.index("TO")) ?? "").split(separator: ",").map { String($0) }
      facts.sawConversation(.linkedin, [from] + to)
      let folder = (row.field(columns.index("FOLDER")) ?? row.field(columns.index("Direction")) ?? "").uppercased()
      if folder == "SENT" || folder == "OUTGOING" { sent[from, default: 0] += 1 }
    }
    if let sender = sent.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key, facts.owners[.linkedin] == nil {
      facts.ownersByFile[file.member.index] = Owner(names: [sender])
    }
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    guard let kind = LinkedInMessages.kind(file.head)?.0, let table = try open(file, input) else { return }
    let columns = table.columns
    while let row = try table.reader.next() {
      let locator = "line \(table.reader.line)"
      if kind == .comments {
        guard let text = row.field(columns.index("Message")) else { continue }
        var message = Message(text: text, platform: .linkedin, channel: .comment, direction: .outgoing)
        message.author = context.ownerParty(.linkedin)
        message.url = row.field(columns.index("Link"))
        message.conversation = message.url
        message.setTime(row.field(columns.index("Date")), utc: true, context, at: locator)
        try context.emit(message, at: locator)
        continue
      }
      guard row.count > 2 else {
        context.damage(locator, "a row with too few columns")
        continue
      }
      if row.field(columns.index("IS MESSAGE DRAFT"))?.lowercased() == "yes" {
        context.remark(nil, "drafts that were never sent; left out")
        continue
      }
      let to = (row.field(columns.index("TO")) ?? "").split(separator: ",").map { $0.drop { $0 == " " } }
      var message = Message(
        text: HTMLText.plainIfMarkup(row.field(columns.index("CONTENT")) ?? ""), platform: .linkedin,
        channel: to.count > 1 ? .chat : .dm)
      message.setTime(row.field(columns.index("DATE")), utc: true, context, at: locator)
      message.author = party(row.field(columns.index("FROM")), row.field(columns.index("SENDER PROFILE URL")))
      if to.count == 1 {
        message.recipient = party(
          String(to[0]), row.field(columns.index("RECIPIENT PROFILE URLS", "RECIPIENT PROFILE URL")))
      }
      message.conversation =
        row.field(columns.index("CONVERSATION ID")) ?? row.field(columns.index("CONVERSATION TITLE"))
        ?? ([row.field(columns.index("FROM")) ?? ""] + to.map(String.init)).sorted().joined(separator: ", ")
      if let subject = row.field(columns.index("SUBJECT")) {
        message.subject = subject
        if !MailText.isReply(subject) {
          message.text = message.text.isEmpty ? subject : "\(subject)\n\n\(message.text)"
        }
      }
      if let attachments = row.field(columns.index("ATTACHMENTS")) {
        message.attachments = attachments.split(separator: " ").map(String.init)
      }
      let folder = (row.field(columns.index("FOLDER")) ?? row.field(columns.index("Direction")) ?? "").uppercased()
      if folder == "SENT" || folder == "OUTGOING" { message.direction = .outgoing }
      if folder == "INCOMING" { message.direction = .incoming }
      try context.emit(message, at: locator)
    }
    if table.reader.isCutOff { context.damage("line \(table.reader.line)", "the file ends in the middle of a message") }
  }

  private func party(_ name: String?, _ url: String?) -> Party? {
    guard name != nil || url != nil else { return nil }
    let slug = url?.split(separator: "/").last.map(String.init)
    return Party(handle: slug, name: name)
  }
}
