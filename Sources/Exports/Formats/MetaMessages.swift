internal import Messages

/// Conversations of Instagram and Facebook in JSON: `messages/inbox/NAME/message_N.json` (also archived threads,
/// filtered threads and message requests), the export of end-to-end encrypted chats from Messenger, and Instagram's
/// `messages.json` of before 2021.
///
/// All but the encrypted export hold UTF-8 that was read as Latin-1.
struct MetaMessages: ExportFormat {
  let name = "meta-messages"
  let title = "Instagram or Facebook messages (JSON)"

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    if outline["messages"]?.isArray == true, outline["participants"]?.isArray == true {
      guard let first = outline["messages"]?[0] else { return true }
      return first["sender_name"] != nil || first["senderName"] != nil || first["timestamp_ms"] != nil
    }
    return outline[0]?["conversation"]?.isArray == true && outline[0]?["participants"]?.isArray == true
  }

  /// Instagram and Facebook give messages the same shape; other marks tell them apart.
  static func platform(_ file: SurveyedFile, _ context: ReadContext?) -> Message.Platform {
    let path = file.path.lowercased()
    if path.contains("your_instagram_activity") || path.contains("instagram") { return .instagram }
    if path.contains("your_facebook_activity") || path.contains("facebook") || path.contains("e2ee") {
      return .facebook
    }
    if let outline = file.outline {
      if outline["threadName"] != nil || outline[path: "messages"]?[0]?["senderName"] != nil { return .facebook }
      if outline[0]?["conversation"] != nil { return .instagram }
      for message in outline["messages"]?.items ?? [] {
        if message["is_geoblocked_for_viewer"] != nil || message["is_unsent_image_by_messenger_kid_parent"] != nil {
          // Both platforms write these; only Facebook writes a type or a bumped message.
          if message["type"] != nil || message["bumped_message_metadata"] != nil || message["ip"] != nil {
            return .facebook
          }
        }
        if message["type"] != nil { return .facebook }
        if let link = message["share"]?["link"]?.text {
          if link.contains("instagram.com") { return .instagram }
          if link.contains("facebook.com") { return .facebook }
        }
      }
      if outline["thread_type"] != nil { return .facebook }
    }
    if let facts = context?.facts {
      let instagram = facts.owners[.instagram] != nil
      let facebook = facts.owners[.facebook] != nil
      if instagram != facebook { return instagram ? .instagram : .facebook }
    }
    return file.outline?["magic_words"] != nil && file.outline?["thread_type"] == nil ? .instagram : .facebook
  }

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) {
    guard let outline = file.outline else { return }
    let platform = MetaMessages.platform(file, nil)
    func names(_ participants: JSONValue?) -> [String] {
      (participants?.items ?? []).compactMap { $0["name"]?.text ?? $0.text }.map { Mojibake.repair($0) }
    }
    if outline["participants"] != nil { facts.sawConversation(platform, names(outline["participants"])) }
    for thread in outline.items where thread["conversation"] != nil {
      facts.sawConversation(platform, names(thread["participants"]))
    }
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    let json = JSONReader(input)
    let platform = MetaMessages.platform(file, context)
    func repaired(_ text: String?) -> String? { text.map { Mojibake.repair($0, fileIsAffected: file.isMojibake) } }

    if file.outline?.isArray == true {
      try readOldInstagram(json, context, repaired)
      return
    }
    let participants = (file.outline?["participants"]?.items ?? []).compactMap { repaired($0["name"]?.text ?? $0.text) }
    let thread =
      file.outline?["thread_path"]?.text?.split(separator: "/").last.map(String.init)
      ?? file.outline?["threadName"]?.text ?? MetaMessages.folder(file.path)
    let title = repaired(file.outline?["title"]?.text)
    var left = 0
    try json.walk({ path in
      if path.count == 0 || path.count == 1 && path.key(0) == "messages" { return .enter }
      return path.count == 2 ? .take : .skip
    }) { path, value in
      let locator = "\(path)"
      guard value.isObject else {
        context.damage(locator, "an entry that is no message")
        return
      }
      let sender = repaired(value["sender_name"]?.text ?? value["senderName"]?.text)
      var message = Message(
        text: repaired(value["content"]?.text ?? value["text"]?.text) ?? "", platform: platform,
        channel: participants.count > 2 ? .chat : .dm)
      let words = message.text
      let own = MetaMessages.own(words, by: sender)
      if own == .attached { message.text = "" }
      message.setTime(epoch: value["timestamp_ms"]?.integer ?? value["timestamp"]?.integer, context, at: locator)
      if let sender, !sender.isEmpty { message.author = Party(name: sender) }
      message.conversation = thread ?? title
      if participants.count == 2, let sender, participants.contains(sender) {
        message.recipient = participants.first { $0 != sender }.map { Party(name: $0) }
      }
      if let shared = repaired(value["share"]?["share_text"]?.text), !shared.isEmpty { message.quoted = shared }
      var attachments: [String] = []
      for key in ["photos", "videos", "audio_files", "files", "gifs", "media"] {
        for item in value[key]?.items ?? [] {
          if let uri = item["uri"]?.text ?? item["name"]?.text { attachments.append(uri) }
        }
      }
      if let sticker = value["sticker"]?["uri"]?.text { attachments.append(sticker) }
      if let link = value["share"]?["link"]?.text { attachments.append(link) }
      if own == .attached, attachments.isEmpty { attachments.append(words) }
      if !attachments.isEmpty { message.attachments = attachments }
      if value["is_unsent"]?.isTrue == true || value["isUnsent"]?.isTrue == true {
        message.state = .deleted
      }
      if own == .nothing || own == nil && message.text.isEmpty && attachments.isEmpty && message.state == nil {
        // Calls, reactions and other things that carry no words of a person.
        left += 1
        return
      }
      if let type = value["type"]?.text, ["Subscribe", "Unsubscribe", "Call"].contains(type) {
        left += 1
        return
      }
      try context.emit(message, at: locator)
    }
    if left > 0 { context.remark(nil, "entries without words or files, such as calls; left out", count: left) }
    context.remarkRepairs(json)
  }

  /// What stands where a person's words would.
  enum Own {
    /// The platform's own words about something that happened.
    case nothing
    /// Its words in the place of a file.
    case attached
  }

  /// Whether a text is the platform's and not its sender's: a trace of a reaction, or who did what in a conversation.
  static func own(_ text: String, by sender: String?) -> Own? {
    let phrases = PlatformPhrases.meta
    let line = PlatformPhrases.strip(text)
    guard line.utf8.count < 300, !line.contains("\n") else { return nil }
    var done = [line]
    // "Jan left the group": people write such sentences too, but not with their own name in front.
    let first = sender?.split(separator: " ").first.map(String.init)
    for name in [sender, first, "You", "Je", "U", "Jij"].compactMap(\.self)
    where line.lowercased().hasPrefix(name.lowercased() + " ") {
      let rest = PlatformPhrases.strip(line.dropFirst(name.count))
      if phrases.matches("notice", rest) { return .nothing }
      if phrases.matches("attached", rest) { return .attached }
      done.append(rest)
    }
    // A reaction holds no more than an emoji.
    for rest in done where rest.unicodeScalars.count < 60 && phrases.matches("reaction", rest) {
      if let emoji = phrases.capture("reaction", rest), emoji.contains(where: { $0.isLetter }) { continue }
      return .nothing
    }
    return nil
  }

  /// The folder a file lies in.
  static func folder(_ path: String) -> String? {
    let parts = path.split(separator: "/")
    return parts.count > 1 ? String(parts[parts.count - 2]) : parts.first.map(String.init)
  }

  private func readOldInstagram(
    _ json: JSONReader, _ context: ReadContext, _ repaired: (String?) -> String?
  ) throws {
    var participants: [String] = []
    try json.walk({ path in
      if path.count < 2 { return .enter }
      if path.key(1) == "participants" { return .take }
      guard path.key(1) == "conversation" else { return .skip }
      return path.count == 2 ? .enter : .take
    }) { path, value in
      if path.key(1) == "participants" {
        participants = value.items.compactMap { repaired($0.text) }
        return
      }
      let locator = "\(path)"
      let sender = repaired(value["sender"]?.text)
      var message = Message(
        text: repaired(value["text"]?.text) ?? "", platform: .instagram, channel: participants.count > 2 ? .chat : .dm)
      message.setTime(value["created_at"]?.text, utc: true, context, at: locator)
      message.author = sender.map { Party(handle: $0) }
      message.conversation = participants.sorted().joined(separator: ", ")
      if participants.count == 2, let other = participants.first(where: { $0 != sender }) {
        message.recipient = Party(handle: other)
      }
      var attachments: [String] = []
      for key in [
        "media", "media_url", "link", "story_share", "media_share_url", "voice_media", "animated_media_images",
      ] {
        if let text = value[key]?.text, !text.isEmpty { attachments.append(text) }
      }
      for member in value["animated_media_images"]?.members ?? [] {
        if attachments.isEmpty, let url = member.value["url"]?.text { attachments.append(url) }
      }
      if let caption = repaired(value["media_share_caption"]?.text), !caption.isEmpty { message.quoted = caption }
      if !attachments.isEmpty { message.attachments = attachments }
      if message.text.isEmpty, attachments.isEmpty {
        context.remark(nil, "entries without words or files, such as likes; left out")
        return
      }
      try context.emit(message, at: locator)
    }
  }
}
