internal import Messages

/// `outbox.json` of a Mastodon archive (ActivityPub): the owner's own posts. `actor.json` tells who she is.
struct ActivityPub: ExportFormat {
  let name = "mastodon"
  let title = "Mastodon archive (outbox.json)"

  private static let publicAddress = "#Public"

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    if outline["type"]?.text == "OrderedCollection" || outline["type"]?.text == "OrderedCollectionPage" {
      return outline["orderedItems"]?.isArray == true
    }
    return outline["type"]?.text == "Person" && outline["preferredUsername"] != nil
  }

  func holdsMessages(_ file: SurveyedFile) -> Bool {
    guard let items = file.outline?["orderedItems"] else { return false }
    // likes.json and bookmarks.json are collections of addresses.
    return items[0]?.isObject == true
  }

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) {
    guard let outline = file.outline, outline["type"]?.text == "Person" else { return }
    var owner = facts.owners[.other] ?? Owner()
    owner.add(id: outline["id"]?.text, handle: outline["preferredUsername"]?.text, name: outline["name"]?.text)
    facts.owners[.other] = owner
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    try JSONRecords.each(file, input, context, lists: ["orderedItems"]) { value, locator in
      guard let object = value["object"], object.isObject, let html = object["content"]?.text else {
        context.remark(locator, "activities without words, such as boosts; left out")
        return
      }
      var text = HTMLText.plain(html)
      if let warning = object["summary"]?.text, !warning.isEmpty { text = "\(warning)\n\n\(text)" }
      var message = Message(id: object["id"]?.text, text: text, platform: .other)
      let actor = value["actor"]?.text ?? object["attributedTo"]?.text
      message.author = actor.map { Party(id: $0, handle: ActivityPub.handle($0)) }
      if context.owner(.other) == nil { message.direction = .outgoing }
      message.inReplyTo = object["inReplyTo"]?.text
      let audience =
        (value["to"]?.items ?? []) + (value["cc"]?.items ?? []) + (object["to"]?.items ?? [])
        + (object["cc"]?.items ?? [])
      let names = audience.compactMap(\.text)
      let isDirect = !names.contains {
        $0.hasSuffix(ActivityPub.publicAddress) || $0 == "as:Public" || $0.hasSuffix("/followers")
      }
      message.channel = isDirect ? .dm : message.inReplyTo != nil ? .reply : .post
      let mention = object["tag"]?.items.first { $0["type"]?.text == "Mention" }
      if let mention { message.recipient = Party(id: mention["href"]?.text, handle: mention["name"]?.text) }
      message.conversation = object["conversation"]?.text ?? message.inReplyTo ?? message.id
      message.url = object["url"]?.text
      message.setTime(object["published"]?.text ?? value["published"]?.text, utc: true, context, at: locator)
      let files = (object["attachment"]?.items ?? []).compactMap { $0["url"]?.text }
      if !files.isEmpty { message.attachments = files }
      try context.emit(message, at: locator)
    }
  }

  /// The name at the end of `https://mastodon.example/users/fatima`.
  private static func handle(_ address: String) -> String? { address.split(separator: "/").last.map(String.init) }
}
