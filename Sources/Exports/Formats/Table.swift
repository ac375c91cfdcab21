internal import Foundation
internal import Messages

/// Any table with a column of texts, as delimited text: 4CAT's CSV, and what people export from other programs. The
/// column is named with `--text-column` or known by its name; delimiter and encoding are found.
struct Table: ExportFormat {
  let name = "table"
  let title = "table (CSV)"
  /// The column that the user named.
  var textColumn: String?

  func recognises(head: FileHead) -> Bool {
    guard head.content == .text, let (columns, delimiter) = Table.header(head) else { return false }
    guard columns.names.count > 1 || head.fileName.lowercased().hasSuffix(".csv") else { return false }
    // Prose has commas too: the rows must be as wide as the header.
    if textColumn != nil, TableColumns.textColumn(columns, textColumn) != nil { return true }
    guard TableColumns.textColumn(columns, nil) != nil else { return false }
    let reader = TableReader(ByteCursor(MemoryStream(head.bytes)), delimiter: delimiter)
    var rows = 0
    var fitting = 0
    while rows < 20, let row = try? reader.next() {
      rows += 1
      if row.count == columns.names.count { fitting += 1 }
    }
    return rows > 1 && fitting * 2 > rows
  }

  static func header(_ head: FileHead) -> (TableColumns, UInt8)? {
    let delimiter = TableReader.delimiter(head.bytes)
    guard let names = try? TableReader(ByteCursor(MemoryStream(head.bytes)), delimiter: delimiter).next() else {
      return nil
    }
    return (TableColumns(names), delimiter)
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    guard let (_, delimiter) = Table.header(file.head) else { return }
    let reader = TableReader(input, delimiter: delimiter)
    guard let names = try reader.next() else { return }
    let mapper = try TableMapper(TableColumns(names), context)
    if file.head.encoding != .utf8(mark: 0), file.head.encoding != .utf8(mark: 3) {
      context.remark(nil, "read as \(file.head.encoding.name)")
    }
    while let row = try reader.next() { try mapper.emit(row, at: "line \(reader.line)", context) }
    if reader.isCutOff { context.damage("line \(reader.line)", "the file ends inside quotation marks") }
  }
}

extension TableColumns {
  private static let textNames = [
    "text", "tekst", "body", "full_text", "tweet", "message", "bericht", "berichttekst", "content", "inhoud", "comment",
    "comment_text",
    "reactie", "opmerking", "post", "post_text", "caption", "message_text", "Comment Text", "vraag", "toelichting",
  ]

  /// The column with the text: the one that was asked for, else one with a usual name.
  static func textColumn(_ columns: TableColumns, _ asked: String?) -> Int? {
    if let asked { return columns.index([asked]) }
    return columns.index(textNames)
  }
}

/// Turns rows into messages.
struct TableMapper {
  private let columns: TableColumns
  private let text: Int

  init(_ columns: TableColumns, _ context: ReadContext) throws {
    self.columns = columns
    guard let text = TableColumns.textColumn(columns, context.options.textColumn) else {
      let asked =
        context.options.textColumn.map { "there is no column \($0)" }
        ?? "no column is known to hold the text; name it with --text-column"
      throw ExportError(
        file: context.file.path, message: "\(asked); the columns are \(columns.names.joined(separator: ", "))")
    }
    self.text = text
  }

  /// The platform that an address leads to.
  private static func platform(_ address: String) -> Message.Platform? {
    guard let host = URLComponents(string: address)?.host?.lowercased() else { return nil }
    let sites: [(String, Message.Platform)] = [
      ("x.com", .x), ("twitter.com", .x), ("instagram.com", .instagram), ("facebook.com", .facebook),
      ("tiktok.com", .tiktok), ("linkedin.com", .linkedin), ("youtube.com", .youtube), ("youtu.be", .youtube),
      ("t.me", .telegram),
    ]
    return sites.first { host == $0.0 || host.hasSuffix("." + $0.0) }?.1
  }

  func emit(_ row: [String], at locator: String, _ context: ReadContext) throws {
    guard let body = row.field(text) else {
      context.remark(nil, "rows without a text; left out")
      return
    }
    var message = Message(text: body)
    message.id = row.field(columns.index("id", "message_id", "tweet_id", "post_id", "comment_id", "nummer"))
    message.platform =
      row.field(columns.index("platform", "source_platform", "bron")).map {
        Message.Platform(rawValue: $0.lowercased()) ?? FourCAT.platform($0)
      } ?? row.field(columns.index("url", "link", "post_url")).flatMap(TableMapper.platform) ?? .other
    message.channel = row.field(columns.index("channel", "kanaal")).flatMap {
      Message.Channel(rawValue: $0.lowercased())
    }
    message.direction = row.field(columns.index("direction", "richting")).flatMap {
      Message.Direction(rawValue: $0.lowercased())
    }
    let author = Party(
      id: row.field(columns.index("author_id", "user_id", "from_id", "sender_id")),
      handle: row.field(
        columns.index(
          "author_username", "author_handle", "username", "screen_name", "handle", "user_name", "gebruikersnaam"))
        // Beside the full name, the author is the handle.
        ?? (columns.has("author_fullname") ? row.field(columns.index("author")) : nil),
      name: row.field(
        columns.index(
          "author_fullname", "author", "author_name", "from", "sender", "name", "naam", "afzender", "van", "user",
          "auteur")))
    if author.key != nil { message.author = author }
    let recipient = Party(name: row.field(columns.index("recipient", "to", "aan", "ontvanger")))
    if recipient.key != nil { message.recipient = recipient }
    message.conversation = row.field(columns.index("conversation", "thread_id", "conversation_id", "gesprek", "thread"))
    message.inReplyTo = row.field(columns.index("in_reply_to", "inReplyTo", "reply_to", "in_reply_to_status_id"))
    message.url = row.field(columns.index("url", "link", "post_url"))
    if let subject = row.field(columns.index("subject", "onderwerp")) {
      message.subject = subject
      if !MailText.isReply(subject), subject != body { message.text = "\(subject)\n\n\(body)" }
    }
    var time = row.field(
      columns.index(
        "time", "timestamp", "created_at", "date", "datetime", "datum", "tijd", "tijdstip", "published", "published_at",
        "date_utc", "posted", "verzonden"))
    // Day and clock in columns of their own.
    if let day = row.field(columns.index("date", "datum", "dag")),
      let clock = row.field(columns.index("time", "tijd", "uur")),
      clock.contains(":"), !clock.contains("-"), !clock.contains("/"), !day.contains(":")
    {
      time = "\(day) \(clock)"
    }
    if let time {
      if let seconds = Int(time), Timestamp(epoch: seconds) != nil {
        message.setTime(epoch: seconds, context, at: locator)
      } else {
        // 4CAT gives times in UTC and says so next to them.
        message.setTime(
          time,
          utc: columns.index("unix_timestamp", "timestamp_unix", "date_utc") != nil || columns.has("thread_id", "body"),
          context, at: locator)
      }
    }
    try context.emit(message, at: locator)
  }
}
