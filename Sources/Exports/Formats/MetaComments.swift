internal import Messages

/// Comments and posts of Instagram and Facebook in JSON: `post_comments_1.json`, `reels_comments.json`,
/// `comments.json`, `your_posts_1.json`, comments in groups, and what others wrote on her timeline.
///
/// Instagram names its fields in the language of the phone; the one with the longest text that is no owner's name is the
/// comment where the name is not known. Since 2024 both platforms also write `label_values`.
struct MetaComments: ExportFormat {
  let name = "meta-comments"
  let title = "Instagram or Facebook comments and posts (JSON)"

  private static let lists = [
    "comments_v2", "comments", "group_comments_v2", "group_comments", "group_posts_v2", "group_posts",
    "wall_posts_sent_to_you", "comments_reels_comments", "comments_media_comments", "media_comments",
    "comments_story_comments", "group_posts_and_comments_v2", "live_comments", "threads_comments",
    "text_post_app_text_posts",
  ]

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    for list in MetaComments.lists {
      guard let found = outline[list] else { continue }
      if MetaComments.isEntry((found["activity_log_data"] ?? found)[0]) { return true }
      if found[0]?[0]?.text != nil, found[0]?[1]?.text != nil { return true }
    }
    return MetaComments.isEntry(outline[0])
  }

  private static func isEntry(_ value: JSONValue?) -> Bool {
    guard let value else { return false }
    if let map = value["string_map_data"] {
      return map.members.contains { MetaLabels.isComment($0.key) }
    }
    if let labels = value["label_values"]?.items, !labels.isEmpty {
      return labels.contains { MetaLabels.isComment(Mojibake.repair($0["label"]?.text ?? "")) }
    }
    for item in value["data"]?.items ?? [] {
      if item["comment"]?["comment"] != nil || item["post"]?.text != nil { return true }
    }
    return false
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    let json = JSONReader(input)
    let isIncoming = file.outline?["wall_posts_sent_to_you"] != nil
    try json.walk({ path in
      if path.lastIndex != nil { return .take }
      return .enter
    }) { path, value in
      try entry(value, isIncoming, file, "\(path)", context)
    }
    context.remarkRepairs(json)
  }

  private func entry(
    _ value: JSONValue, _ isIncoming: Bool, _ file: SurveyedFile, _ locator: String, _ context: ReadContext
  ) throws {
    func repaired(_ text: String?) -> String? { text.map { Mojibake.repair($0, fileIsAffected: file.isMojibake) } }
    if let text = repaired(value[1]?.text), let date = value[0]?.text {
      // Instagram before 2021: [time, text, owner of the post].
      var message = Message(text: text, platform: .instagram, channel: .comment, direction: .outgoing)
      message.author = context.ownerParty(.instagram)
      message.setTime(date, utc: true, context, at: locator)
      message.recipient = repaired(value[2]?.text).map { Party(handle: $0) }
      message.conversation = message.recipient?.handle
      try context.emit(message, at: locator)
      return
    }
    var fields: [(label: String, value: String)] = []
    var timestamp = value["timestamp"]?.integer
    for member in value["string_map_data"]?.members ?? [] {
      if let text = repaired(member.value["value"]?.text), !text.isEmpty {
        fields.append((repaired(member.key) ?? member.key, text))
      }
      if let seconds = member.value["timestamp"]?.integer, seconds > 0 { timestamp = timestamp ?? seconds }
    }
    for label in value["label_values"]?.items ?? [] {
      if let text = repaired(label["value"]?.text), !text.isEmpty {
        fields.append((repaired(label["label"]?.text) ?? "", text))
      }
      if let seconds = label["timestamp_value"]?.integer, seconds > 0 { timestamp = timestamp ?? seconds }
    }
    if value["string_map_data"] != nil || value["label_values"] != nil {
      guard let text = fields.first(where: { MetaLabels.isComment($0.label) })?.value else {
        context.remark(locator, "entries without a comment; left out")
        return
      }
      let platform: Message.Platform = file.path.lowercased().contains("facebook") ? .facebook : .instagram
      var message = Message(text: text, platform: platform, channel: .comment, direction: .outgoing)
      message.author = context.ownerParty(platform)
      message.recipient = fields.first { MetaLabels.isOwner($0.label) }.map { Party(handle: $0.value) }
      message.conversation = message.recipient?.handle
      message.setTime(epoch: timestamp, context, at: locator)
      let media = (value["media_list_data"]?.items ?? []).compactMap { $0["uri"]?.text }.filter { !$0.isEmpty }
      if !media.isEmpty { message.attachments = media }
      try context.emit(message, at: locator)
      return
    }
    let title = repaired(value["title"]?.text)
    var found = false
    for item in value["data"]?.items ?? [] {
      var message = Message(text: "", platform: .facebook)
      if let comment = item["comment"], let text = repaired(comment["comment"]?.text) {
        message.text = text
        message.channel = .comment
        message.author = repaired(comment["author"]?.text).map { Party(name: $0) }
        message.conversation = repaired(comment["group"]?.text)
        timestamp = comment["timestamp"]?.integer ?? timestamp
      } else if let text = repaired(item["post"]?.text) {
        message.text = text
        message.channel = .post
      } else {
        continue
      }
      found = true
      if isIncoming {
        message.direction = .incoming
        // "Jan Jansen wrote on your timeline." names the author in front.
        if message.author == nil, let title {
          message.author = Party(name: MetaLabels.actor(title))
        }
      } else {
        message.direction = .outgoing
        message.author = message.author ?? context.ownerParty(.facebook)
      }
      message.conversation = message.conversation ?? title
      message.setTime(epoch: timestamp, context, at: locator)
      let media = (value["attachments"]?.items ?? []).flatMap { $0["data"]?.items ?? [] }
        .compactMap { $0["media"]?["uri"]?.text ?? $0["external_context"]?["url"]?.text }
      if !media.isEmpty { message.attachments = media }
      try context.emit(message, at: locator)
    }
    if !found { context.remark(locator, "entries without words, such as shared photographs; left out") }
  }
}

/// The profile in an Instagram or Facebook export, which tells who the owner is.
struct MetaProfile: ExportFormat {
  let name = "meta-profile"
  let title = "Instagram or Facebook profile (JSON)"

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    outline["profile_user"] != nil || outline["profile_v2"]?["name"] != nil
      || outline["profile"]?["name"]?["full_name"] != nil
      || outline["username"]?.text != nil && outline["date_joined"] != nil
  }

  func holdsMessages(_ file: SurveyedFile) -> Bool { false }

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) {
    guard let outline = file.outline else { return }
    if let user = outline["profile_user"]?[0] {
      var owner = facts.owners[.instagram] ?? Owner()
      for member in user["string_map_data"]?.members ?? [] {
        guard let value = member.value["value"]?.text, !value.isEmpty else { continue }
        let label = Mojibake.repair(member.key)
        if MetaLabels.isUserName(label) { owner.add(handle: Mojibake.repair(value)) }
        if MetaLabels.isDisplayName(label) { owner.add(name: Mojibake.repair(value)) }
      }
      facts.owners[.instagram] = owner
    } else if let handle = outline["username"]?.text {
      var owner = facts.owners[.instagram] ?? Owner()
      owner.add(handle: handle, name: outline["name"]?.text.map { Mojibake.repair($0) })
      facts.owners[.instagram] = owner
    } else {
      let name = (outline["profile_v2"] ?? outline["profile"])?["name"]
      var owner = facts.owners[.facebook] ?? Owner()
      if let full = name?["full_name"]?.text { owner.add(name: Mojibake.repair(full)) }
      if !owner.isEmpty { facts.owners[.facebook] = owner }
    }
  }
}
