internal import Messages

/// Telegram Desktop's JSON export, `result.json`: one chat, or all chats under `chats.list` and `left_chats.list`.
///
/// A text is a string or a list of strings and entities. Some versions wrote bare words and control characters, and an
/// export that was stopped is cut off; both are read as far as they go.
struct TelegramJSON: ExportFormat {
  let name = "telegram-json"
  let title = "Telegram (JSON)"

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    func isChat(_ value: JSONValue?) -> Bool {
      guard let value, let messages = value["messages"], messages.isArray else { return false }
      guard let first = messages[0] else { return value["type"]?.text != nil && value["id"] != nil }
      return first["type"]?.text != nil && first["id"] != nil
        && (first["date"] != nil || first["date_unixtime"] != nil || first["from_id"] != nil || first["text"] != nil)
    }
    for list in ["chats", "left_chats"] {
      if let chats = outline[list]?["list"], chats.isArray {
        return chats.items.isEmpty ? outline["about"] != nil : chats.items.contains(where: isChat)
      }
    }
    return isChat(outline) || outline["personal_information"]?["user_id"] != nil && outline["about"] != nil
  }

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) {
    guard let info = file.outline?["personal_information"], let id = info["user_id"]?.scalar else { return }
    var owner = facts.owners[.telegram] ?? Owner()
    let name = [info["first_name"]?.text, info["last_name"]?.text].compactMap(\.self).filter { !$0.isEmpty }
    owner.add(id: "user\(id)", handle: info["username"]?.text, name: name.joined(separator: " "))
    facts.owners[.telegram] = owner
  }

  private struct Chat {
    var name: String?
    var type = ""
    var id: String?
    /// What tells it from other chats: its name, with its number where another chat has that name too.
    var conversation: String?

    var isPrivate: Bool { type == "personal_chat" || type == "bot_chat" || type == "saved_messages" }
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    let json = JSONReader(input)
    var chat = Chat()
    var depth = -1
    // Chats of different people may have one name.
    var owners: [String: String] = [:]
    defer { context.remarkRepairs(json) }
    try json.walk({ path in
      // `messages` lies at the root, or in an item of a list.
      switch path.count {
      case 0: return .enter
      case 1:
        switch path.key(0) {
        case "chats", "left_chats", "messages": return .enter
        case "name", "type", "id": return .take
        default: return .skip
        }
      case 2:
        if path.key(0) == "messages" { return .take }
        return path.key(1) == "list" ? .enter : .skip
      case 3: return path.index(2) == nil ? .skip : .enter
      case 4:
        switch path.key(3) {
        case "name", "type", "id": return .take
        case "messages": return .enter
        default: return .skip
        }
      default: return .take
      }
    }) { path, value in
      if path.lastIndex == nil {
        let number = path.index(2) ?? -1
        if number != depth {
          depth = number
          chat = Chat()
        }
        switch path.lastKey {
        case "name": chat.name = value.text
        case "type": chat.type = value.text ?? ""
        case "id": chat.id = value.scalar
        default: break
        }
      } else if value.isObject {
        if chat.conversation == nil, let name = chat.name, let id = chat.id {
          chat.conversation = owners[name, default: id] == id ? name : "\(name) (\(id))"
          owners[name] = owners[name] ?? id
        }
        try message(value, chat, "\(path)", context)
      } else {
        context.damage("\(path)", "an entry that is no message")
      }
    }
  }

  private func message(_ value: JSONValue, _ chat: Chat, _ locator: String, _ context: ReadContext) throws {
    let type = value["type"]?.text ?? "message"
    guard type == "message" else {
      context.remark(
        nil,
        type == "service"
          ? "lines of Telegram itself, such as calls and who joined; left out"
          : "entries of the type \(type), which Telegram could not export; left out")
      return
    }
    var message = Message(text: TelegramJSON.text(value["text"]), platform: .telegram)
    if message.text.isEmpty { message.text = TelegramJSON.text(value["text_entities"]) }
    if let question = value["poll"]?["question"] {
      let answers = (value["poll"]?["answers"]?.items ?? []).map { TelegramJSON.text($0["text"]) }
      let poll = ([TelegramJSON.text(question)] + answers).filter { !$0.isEmpty }.joined(separator: "\n")
      message.text += message.text.isEmpty ? poll : "\n\(poll)"
    }
    message.id = value["id"]?.scalar
    let sender = value["from_id"]?.scalar.map(TelegramJSON.identifier)
    let name = value["from"]?.text ?? (chat.isPrivate && sender == chat.id.map { "user\($0)" } ? chat.name : nil)
    if sender != nil || name != nil { message.author = Party(id: sender, name: name) }
    message.conversation = chat.conversation ?? chat.name ?? chat.id
    message.channel = chat.isPrivate ? .dm : chat.type.contains("channel") ? .post : .chat
    if chat.isPrivate, let id = chat.id, let sender {
      // In a chat of two, whoever is not the other is the owner.
      message.direction = chat.type != "saved_messages" && sender == "user\(id)" ? .incoming : .outgoing
      if message.direction == .outgoing { message.recipient = Party(id: "user\(id)", name: chat.name) }
    }
    if let reply = value["reply_to_message_id"]?.scalar { message.inReplyTo = reply }
    if value["forwarded_from"] != nil {
      context.remark(nil, "messages that somebody passed on; they stand under the name of who did so")
    }
    if value["edited"] != nil || value["edited_unixtime"] != nil { message.state = .edited }
    let local = value["date"]?.text.flatMap { DateParser.parse($0) }
    if let seconds = value["date_unixtime"]?.integer, var instant = Timestamp(epoch: seconds) {
      // The clock's time next to the instant tells the zone of the phone.
      if let local, local.offset == nil {
        let offset = local.seconds - instant.seconds
        if abs(offset) <= 14 * 3600, offset % 900 == 0 { instant.offset = offset }
      }
      message.time = instant.rfc3339
    } else if local != nil {
      message.setTime(local, context, at: locator)
    } else {
      message.setTime(value["date"]?.text, context, at: locator)
    }
    var attachments: [String] = []
    for key in ["photo", "file", "sticker_emoji", "media_type"] {
      guard let text = value[key]?.text, !text.isEmpty else { continue }
      if key == "media_type", !attachments.isEmpty { continue }
      if key == "sticker_emoji" { continue }
      attachments.append(PlatformPhrases.telegram.matches("omitted", text) ? value["media_type"]?.text ?? key : text)
    }
    if message.text.isEmpty, let emoji = value["sticker_emoji"]?.text { message.text = emoji }
    if let contact = value["contact_information"] {
      let parts = ["first_name", "last_name", "phone_number"].compactMap { contact[$0]?.text }.filter { !$0.isEmpty }
      if message.text.isEmpty { message.text = parts.joined(separator: " ") }
    }
    if let place = value["location_information"], message.text.isEmpty {
      message.text = [place["latitude"]?.scalar, place["longitude"]?.scalar].compactMap(\.self).joined(separator: ", ")
    }
    if !attachments.isEmpty { message.attachments = attachments }
    try context.emit(message, at: locator)
  }

  /// A string, or a list of strings and of entities with a text.
  static func text(_ value: JSONValue?) -> String {
    switch value {
    case .string(let text): text
    case .array(let pieces): pieces.map { $0.text ?? $0["text"]?.text ?? "" }.joined()
    case .object: TelegramJSON.text(value?["text"])
    default: ""
    }
  }

  /// Older exports give numbers without "user" in front.
  private static func identifier(_ id: String) -> String { id.utf8.allSatisfy { $0 &- 48 < 10 } ? "user\(id)" : id }
}
