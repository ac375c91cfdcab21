internal import Messages

/// YouTube: comments from Google Takeout (`comments.csv`, and older JSON), and comment threads as the YouTube API gives
/// them.
struct YouTube: ExportFormat {
  let name = "youtube"
  let title = "YouTube comments"

  private static func columns(_ head: FileHead) -> TableColumns? {
    guard head.content == .text, let line = head.lines.first, line.contains(",") else { return nil }
    guard let names = try? TableReader(ByteCursor(line), delimiter: UInt8(ascii: ",")).next() else { return nil }
    return TableColumns(names)
  }

  private static let textNames = [
    "Comment Text", "Reactietekst", "Tekst van reactie", "Commenttekst", "Live chat text", "Livechattekst",
    "Tekst van livechat",
    "Kommentartext", "Texte du commentaire",
  ]
  private static let timeNames = [
    "Comment Create Timestamp", "Tijdstempel voor maken van reactie", "Tijdstempel van reactie",
    "Aanmaaktijdstempel van reactie",
    "Live Chat Create Timestamp", "Tijdstempel voor maken van livechat", "Erstellungszeitstempel des Kommentars",
  ]

  func recognises(head: FileHead) -> Bool {
    guard let columns = YouTube.columns(head) else { return false }
    return columns.index(YouTube.textNames) != nil && columns.names.count >= 4
  }

  private static func isThread(_ value: JSONValue?) -> Bool {
    value?["snippet"]?["topLevelComment"] != nil || value?["snippet"]?["textDisplay"] != nil
      || value?["snippet"]?["textOriginal"] != nil
  }

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    YouTube.isThread(outline["items"]?[0]) || YouTube.isThread(outline[0]) || YouTube.isThread(outline)
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    if file.outline != nil {
      try JSONRecords.each(file, input, context, lists: ["items"]) { value, locator in
        if let top = value["snippet"]?["topLevelComment"] {
          try comment(top, nil, locator, context)
          for (index, reply) in (value["replies"]?["comments"]?.items ?? []).enumerated() {
            try comment(reply, top["id"]?.text, "\(locator) replies[\(index)]", context)
          }
        } else {
          try comment(value, value["snippet"]?["parentId"]?.text, locator, context)
        }
      }
      return
    }
    let reader = TableReader(input, delimiter: UInt8(ascii: ","))
    guard let header = try reader.next() else { return }
    let columns = TableColumns(header)
    let text = columns.index(YouTube.textNames)
    let time =
      columns.index(YouTube.timeNames)
      ?? columns.names.firstIndex { $0.lowercased().contains("timestamp") || $0.lowercased().contains("tijdstempel") }
    while let row = try reader.next() {
      let locator = "line \(reader.line)"
      guard let raw = row.field(text) else {
        context.remark(locator, "rows without a comment; left out")
        continue
      }
      var message = Message(
        id: row.field(columns.index("Comment ID", "Reactie-ID", "ID van reactie", "Live Chat ID")),
        text: YouTube.text(raw),
        platform: .youtube, channel: .comment, direction: .outgoing)
      message.author = row.field(columns.index("Channel ID", "Kanaal-ID")).map { Party(id: $0) }
      message.inReplyTo = row.field(columns.index("Parent Comment ID", "ID van bovenliggende reactie"))
      message.conversation =
        row.field(columns.index("Video ID", "Video-ID")) ?? row.field(columns.index("Post ID", "Post-ID"))
      if let video = row.field(columns.index("Video ID", "Video-ID")) {
        message.url = "https://www.youtube.com/watch?v=\(video)" + (message.id.map { "&lc=\($0)" } ?? "")
      }
      message.setTime(row.field(time), utc: true, context, at: locator)
      try context.emit(message, at: locator)
    }
    if reader.isCutOff { context.damage("line \(reader.line)", "the file ends in the middle of a comment") }
  }

  /// Takeout writes the pieces of a comment as JSON objects with commas between them.
  private static func text(_ raw: String) -> String {
    guard raw.hasPrefix("{") || raw.hasPrefix("[{") else { return raw }
    let wrapped = raw.hasPrefix("[") ? raw : "[\(raw)]"
    guard let value = try? JSONReader(ByteCursor(wrapped)).value() else { return raw }
    let pieces = value.items.map { piece in
      if let runs = piece["takeoutSegments"] { return runs.items.compactMap { $0["text"]?.text }.joined() }
      return piece["text"]?.text ?? piece["emoji"]?["shortcuts"]?[0]?.text ?? ""
    }
    let joined = pieces.joined()
    return joined.isEmpty ? raw : joined
  }

  private func comment(_ value: JSONValue, _ parent: String?, _ locator: String, _ context: ReadContext) throws {
    guard let snippet = value["snippet"], let text = snippet["textOriginal"]?.text ?? snippet["textDisplay"]?.text
    else {
      context.damage(locator, "a comment without text")
      return
    }
    var message = Message(
      id: value["id"]?.text, text: HTMLText.plainIfMarkup(text), platform: .youtube, channel: .comment)
    message.author = Party(
      id: snippet["authorChannelId"]?["value"]?.text, name: snippet["authorDisplayName"]?.text)
    message.inReplyTo = parent
    if parent != nil { message.channel = .reply }
    message.conversation = snippet["videoId"]?.text ?? parent ?? message.id
    message.setTime(snippet["publishedAt"]?.text, utc: true, context, at: locator)
    if let video = snippet["videoId"]?.text, let id = message.id {
      message.url = "https://www.youtube.com/watch?v=\(video)&lc=\(id)"
    }
    try context.emit(message, at: locator)
  }
}
