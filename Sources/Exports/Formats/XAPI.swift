internal import Messages

/// Posts as the programming interfaces of X give them: version 2 (one post a line, or responses with `data` and
/// `includes`), twarc's output, flattened or not, and version 1.1.
struct XAPI: ExportFormat {
  let name = "x-api"
  let title = "X API or twarc (JSON)"

  private static func isPost(_ value: JSONValue?) -> Bool {
    guard let value, value["id_str"] != nil || value["id"] != nil else { return false }
    if value["text"]?.text != nil,
      value["edit_history_tweet_ids"] != nil || value["author_id"] != nil || value["conversation_id"] != nil
        || value["public_metrics"] != nil || value["referenced_tweets"] != nil
    {
      return true
    }
    return (value["full_text"]?.text != nil || value["text"]?.text != nil) && value["created_at"] != nil
      && (value["user"]?["screen_name"] != nil || value["id_str"] != nil && value["entities"] != nil)
  }

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    if XAPI.isPost(outline) || XAPI.isPost(outline[0]) { return true }
    if XAPI.isPost(outline["data"]) || XAPI.isPost(outline["data"]?[0]) || XAPI.isPost(outline["statuses"]?[0]) {
      return true
    }
    return XAPI.isPost(outline[0]?["data"]?[0])
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    try JSONRecords.each(file, input, context, lists: ["statuses"]) { value, locator in
      if let data = value["data"], data.isArray || data.isObject {
        var users: [String: Party] = [:]
        for user in value["includes"]?["users"]?.items ?? [] {
          if let id = user["id"]?.scalar { users[id] = XAPI.party(user) }
        }
        if data.isObject { return try post(data, users, locator, context) }
        for (index, item) in data.items.enumerated() { try post(item, users, "\(locator) data[\(index)]", context) }
      } else if XAPI.isPost(value) {
        try post(value, [:], locator, context)
      } else if value["errors"] != nil {
        context.remark(locator, "messages of X about errors; left out")
      } else {
        context.remark(locator, "records without a post, such as notices of deletion; left out")
      }
    }
  }

  private static func party(_ user: JSONValue) -> Party {
    Party(
      id: user["id_str"]?.scalar ?? user["id"]?.scalar, handle: user["username"]?.text ?? user["screen_name"]?.text,
      name: user["name"]?.text)
  }

  private func post(_ value: JSONValue, _ users: [String: Party], _ locator: String, _ context: ReadContext) throws {
    let text: String?
    if let original = value["retweeted_status"], let full = XAPI.text(original) {
      // The text of a repost is cut off; that of the original is whole.
      text = "RT @\(original["user"]?["screen_name"]?.text ?? "?"): \(full)"
    } else {
      text = XAPI.text(value)
    }
    guard let text else {
      context.damage(locator, "a post without text")
      return
    }
    var message = Message(id: value["id_str"]?.scalar ?? value["id"]?.scalar, text: XText.unescape(text), platform: .x)
    message.setTime(value["created_at"]?.text, utc: true, context, at: locator)
    if let author = value["author"] ?? value["user"] {
      message.author = XAPI.party(author)
    } else if let id = value["author_id"]?.scalar {
      message.author = users[id] ?? Party(id: id)
    }
    message.inReplyTo =
      value["in_reply_to_status_id_str"]?.scalar ?? value["in_reply_to_status_id"]?.scalar
      ?? value["referenced_tweets"]?.items.first { $0["type"]?.text == "replied_to" }?["id"]?.scalar
    if let id = value["in_reply_to_user_id_str"]?.scalar ?? value["in_reply_to_user_id"]?.scalar {
      message.recipient =
        value["in_reply_to_user"].map(XAPI.party) ?? users[id]
        ?? Party(id: id, handle: value["in_reply_to_screen_name"]?.text)
    }
    var mentions: [Party] = []
    for mention in (value["entities"]?["mentions"] ?? value["entities"]?["user_mentions"])?.items ?? [] {
      mentions.append(XAPI.party(mention))
    }
    let owner = context.owner(.x)
    let mentioned = owner.flatMap { owner in mentions.first { owner.matches($0) } }
    message.channel =
      mentioned != nil && message.inReplyTo == nil ? .mention : message.inReplyTo != nil ? .reply : .post
    if let mentioned, message.recipient == nil { message.recipient = mentioned }
    message.conversation =
      value["conversation_id"]?.scalar ?? value["conversation_id_str"]?.scalar ?? message.inReplyTo ?? message.id
    if let handle = message.author?.handle, let id = message.id { message.url = "https://x.com/\(handle)/status/\(id)" }
    try context.emit(message, at: locator)
  }

  private static func text(_ value: JSONValue) -> String? {
    value["note_tweet"]?["text"]?.text ?? value["extended_tweet"]?["full_text"]?.text ?? value["full_text"]?.text
      ?? value["text"]?.text
  }
}
