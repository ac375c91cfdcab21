internal import Messages

/// TikTok's `user_data.json` (`user_data_tiktok.json`): direct messages by chat, and her own comments. Times are UTC.
///
/// The names of the sections changed over the years ("Direct Messages" / "Direct Message", "Chat History" /
/// "Direct Messages"), so the lists are found by what is in them.
struct TikTok: ExportFormat {
  let name = "tiktok"
  let title = "TikTok (JSON)"

  private static let sections: Set<String> = [
    "Activity", "Your Activity", "App Settings", "Comment", "Direct Message", "Direct Messages", "Profile",
    "Profile And Settings", "Video", "Ads and data", "Tiktok Live", "TikTok Live", "Tiktok Shopping", "TikTok Shopping",
    "Likes and Favorites", "Post", "Location Review", "Income+ Wallet", "Income Plus Wallet Transactions",
  ]

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    let keys = outline.members.map(\.key)
    guard keys.contains(where: TikTok.sections.contains) else { return false }
    if keys.filter(TikTok.sections.contains).count >= 2 { return true }
    return TikTok.contains(outline, 0) {
      $0 == "ChatHistory" || $0 == "CommentsList" || $0.hasPrefix("Chat History with") || $0 == "ProfileMap"
    }
  }

  private static func contains(_ value: JSONValue, _ depth: Int, _ holds: (String) -> Bool) -> Bool {
    depth < 6 && value.members.contains { holds($0.key) || contains($0.value, depth + 1, holds) }
  }

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) {
    func visit(_ value: JSONValue, _ depth: Int) {
      for member in value.members {
        if member.key == "ProfileMap" || member.key == "ProfileInfo"
          || depth > 0 && member.value["userName"]?.text != nil
        {
          let map = member.value
          if let handle = map["userName"]?.text {
            var owner = Owner()
            owner.add(handle: handle, name: map["displayName"]?.text ?? map["name"]?.text)
            facts.owners[.tiktok] = owner
          }
        } else if member.key.hasPrefix("Chat History with") {
          let names = member.value.items.compactMap { $0["From"]?.text }
          facts.sawConversation(.tiktok, names + [TikTok.partner(member.key)])
        } else if depth < 6 {
          visit(member.value, depth + 1)
        }
      }
    }
    if let outline = file.outline { visit(outline, 0) }
  }

  /// "Chat History with gebruiker1:" names the other.
  private static func partner(_ key: String) -> String {
    var name = key.replacing("Chat History with", with: "")[...]
    while name.last == ":" || name.last == " " { name = name.dropLast() }
    return String(name.drop { $0 == " " })
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    let json = JSONReader(input)
    try json.walk({ path in
      guard path.lastIndex == nil else { return .take }
      if path.count > 7 { return .skip }
      guard let key = path.lastKey, path.count == 1 else { return .enter }
      // Sections that can be large and hold no messages.
      return key.contains("Ads") || key.contains("Shopping") || key == "App Settings" ? .skip : .enter
    }) { path, value in
      guard value.isObject, path.lastIndex != nil else { return }
      let list = path.key(path.count - 2) ?? ""
      let locator = "\(path)"
      let keys = path.keys.joined(separator: "/")
      if let text = value["Content"]?.text ?? value["content"]?.text,
        let from = value["From"]?.text ?? value["from"]?.text
      {
        let isGroup = keys.contains("Group")
        var message = Message(text: text, platform: .tiktok, channel: isGroup ? .chat : .dm)
        message.author = Party(handle: from)
        let partner = TikTok.partner(list)
        message.conversation = partner
        message.setTime(value["Date"]?.text ?? value["date"]?.text, utc: true, context, at: locator)
        if !isGroup {
          if context.owner(.tiktok) == nil { message.direction = from == partner ? .incoming : .outgoing }
          if from != partner { message.recipient = Party(handle: partner) }
        }
        try context.emit(message, at: locator)
      } else if list == "CommentsList" || keys.contains("Comment"),
        let text = value["comment"]?.text ?? value["Comment"]?.text
      {
        var message = Message(text: text, platform: .tiktok, channel: .comment, direction: .outgoing)
        message.author = context.ownerParty(.tiktok)
        message.setTime(value["date"]?.text ?? value["Date"]?.text, utc: true, context, at: locator)
        if let url = value["url"]?.text ?? value["Url"]?.text, !url.isEmpty { message.url = url }
        if let photo = value["photo"]?.text ?? value["Photo"]?.text, !photo.isEmpty, photo != "N/A" {
          message.attachments = [photo]
        }
        message.conversation = message.url ?? "comments"
        try context.emit(message, at: locator)
      }
    }
    context.remarkRepairs(json)
  }
}
