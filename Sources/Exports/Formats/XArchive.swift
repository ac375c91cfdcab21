internal import Messages

/// The archive that X (Twitter) lets its users download: `data/*.js`, each a script that assigns an array to
/// `window.YTD.KIND.partN`. Direct messages, her own posts and replies; account.js tells who she is.
///
/// Older archives have `direct-message.js`, `tweet.js` and posts without the `tweet` wrapper.
struct XArchive: ExportFormat {
  let name = "x-archive"
  let title = "X (Twitter) archive"

  private static func kind(_ head: FileHead) -> String? {
    guard let line = head.lines.first else { return nil }
    for prefix in ["window.YTD.", "YTD."] where line.hasPrefix(prefix) {
      return line.dropFirst(prefix.count).prefix { $0 != "." && $0 != " " && $0 != "=" }.lowercased()
    }
    return nil
  }

  func recognises(head: FileHead) -> Bool { XArchive.kind(head) != nil }

  func holdsMessages(_ file: SurveyedFile) -> Bool {
    switch XArchive.kind(file.head) {
    case "direct_messages", "direct_message", "direct_messages_group", "direct_message_group", "dm", "tweets", "tweet",
      "deleted_tweets", "deleted_tweet", "note_tweet", "community_tweet", "tweetdeck":
      true
    default: false
    }
  }

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) {
    let first = file.outline?[0]
    if XArchive.kind(file.head) == "account", let account = first?["account"] ?? first {
      var owner = facts.owners[.x] ?? Owner()
      owner.add(
        id: account["accountId"]?.scalar, handle: account["username"]?.text, name: account["accountDisplayName"]?.text)
      facts.owners[.x] = owner
      if let id = account["accountId"]?.scalar {
        facts.people["x:\(id)"] = Party(
          id: id, handle: account["username"]?.text, name: account["accountDisplayName"]?.text)
      }
    }
    // Posts name the people they mention; direct messages give only their numbers.
    for item in file.outline?.items ?? [] {
      for mention in (item["tweet"] ?? item)[path: "entities", "user_mentions"]?.items ?? [] {
        guard let id = mention["id_str"]?.scalar ?? mention["id"]?.scalar, id != "-1" else { continue }
        facts.people["x:\(id)"] =
          facts.people["x:\(id)"]
          ?? Party(id: id, handle: mention["screen_name"]?.text, name: mention["name"]?.text)
      }
    }
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    try input.skip { $0 != UInt8(ascii: "=") }
    guard try input.next() != nil else { return }
    let json = JSONReader(input)
    let kind = XArchive.kind(file.head) ?? ""
    if kind.contains("direct_message") || kind == "dm" {
      try readMessages(json, context, isGroup: kind.contains("group"))
    } else {
      try json.walk({ $0.count == 0 ? .enter : .take }) { path, value in
        try readPost(value, kind, "\(path)", context)
      }
    }
    context.remarkRepairs(json)
  }

  private func readMessages(_ json: JSONReader, _ context: ReadContext, isGroup: Bool) throws {
    var conversation: String?
    try json.walk({ path in
      switch path.lastKey {
      case "conversationId": return .take
      case "dmConversation", "messages", nil: break
      default: return .skip
      }
      guard path.lastIndex != nil else { return .enter }
      return path.keys.last == "messages" ? .take : .enter
    }) { path, value in
      if path.lastKey == "conversationId" {
        conversation = value.scalar
        return
      }
      guard path.keys.contains("messages"), let create = value["messageCreate"] ?? value["welcomeMessageCreate"] else {
        // The name of the group, who joined and who left are no messages.
        return
      }
      let locator = "\(path)"
      var message = Message(
        text: XText.unescape(create["text"]?.text ?? ""), platform: .x, channel: isGroup ? .chat : .dm)
      message.id = create["id"]?.scalar
      message.setTime(create["createdAt"]?.text, utc: true, context, at: locator)
      message.author = create["senderId"]?.scalar.map { person($0, context) }
      message.recipient = create["recipientId"]?.scalar.map { person($0, context) }
      message.conversation = conversation
      let media = (create["mediaUrls"]?.items ?? []).compactMap(\.text)
      if !media.isEmpty { message.attachments = media }
      // Archives write an empty list where nothing was edited.
      if let edits = create["editHistory"], !edits.isArray || !edits.items.isEmpty { message.state = .edited }
      if message.author == nil { context.damage(locator, "a message without a sender") }
      try context.emit(message, at: locator)
    }
  }

  private func person(_ id: String, _ context: ReadContext) -> Party {
    context.facts.people["x:\(id)"] ?? Party(id: id)
  }

  private func readPost(_ value: JSONValue, _ kind: String, _ locator: String, _ context: ReadContext) throws {
    if let note = value["noteTweet"] ?? (kind == "note_tweet" ? value : nil) {
      guard let text = note[path: "core", "text"]?.text else {
        context.damage(locator, "a long post without text")
        return
      }
      var message = Message(
        id: note["noteTweetId"]?.scalar, text: text, platform: .x, channel: .post, direction: .outgoing,
        author: owner(context))
      message.setTime(note["createdAt"]?.text, utc: true, context, at: locator)
      message.conversation = message.id
      try context.emit(message, at: locator)
      return
    }
    let post = value["tweet"] ?? value
    guard let text = post["full_text"]?.text ?? post["text"]?.text else {
      context.damage(locator, "a post without text")
      return
    }
    var message = Message(id: post["id_str"]?.scalar ?? post["id"]?.scalar, text: XText.unescape(text), platform: .x)
    message.setTime(post["created_at"]?.text, utc: true, context, at: locator)
    // An archive holds the owner's own posts.
    if let user = post["user"], let handle = user["screen_name"]?.text {
      message.author = Party(id: user["id_str"]?.scalar, handle: handle, name: user["name"]?.text)
    } else {
      message.author = owner(context)
      message.direction = .outgoing
    }
    message.inReplyTo = post["in_reply_to_status_id_str"]?.scalar ?? post["in_reply_to_status_id"]?.scalar
    message.channel = message.inReplyTo == nil ? .post : .reply
    if let id = post["in_reply_to_user_id_str"]?.scalar ?? post["in_reply_to_user_id"]?.scalar {
      var party = person(id, context)
      party.handle = party.handle ?? post["in_reply_to_screen_name"]?.text
      message.recipient = party
    }
    message.conversation = message.inReplyTo ?? message.id
    if let handle = message.author?.handle, let id = message.id { message.url = "https://x.com/\(handle)/status/\(id)" }
    let media =
      (post[path: "extended_entities", "media"] ?? post[path: "entities", "media"])?.items
      .compactMap { $0["media_url_https"]?.text ?? $0["media_url"]?.text } ?? []
    if !media.isEmpty { message.attachments = media }
    if kind.hasPrefix("deleted") { message.state = .deleted }
    try context.emit(message, at: locator)
  }

  private func owner(_ context: ReadContext) -> Party? {
    context.ownerParty(.x)
  }
}

/// X escapes three characters in texts.
enum XText {
  static func unescape(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
  }
}
