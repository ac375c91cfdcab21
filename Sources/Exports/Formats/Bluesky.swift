internal import Messages

/// Posts of Bluesky in JSON: records of the type `app.bsky.feed.post`, and feeds, threads and notifications as its
/// interface gives them. The repository itself (CAR) is not read.
struct Bluesky: ExportFormat {
  let name = "bluesky"
  let title = "Bluesky (JSON)"

  private static let lists: Set<String> = ["feed", "posts", "notifications", "records"]

  private static func record(_ value: JSONValue?) -> JSONValue? {
    for candidate in [value, value?["record"], value?["value"], value?["post"]?["record"]] {
      if candidate?["$type"]?.text == "app.bsky.feed.post", candidate?["text"]?.text != nil { return candidate }
    }
    return nil
  }

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    if Bluesky.record(outline) != nil || outline.items.contains(where: { Bluesky.record($0) != nil }) { return true }
    return Bluesky.lists.contains { list in outline[list]?.items.contains { Bluesky.record($0) != nil } == true }
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    try JSONRecords.each(file, input, context, lists: Bluesky.lists) { value, locator in
      guard let record = Bluesky.record(value), let text = record["text"]?.text else {
        context.remark(locator, "records without a post, such as likes; left out")
        return
      }
      let shell = value["post"] ?? value
      var message = Message(id: shell["uri"]?.text, text: text, platform: .other)
      if let author = shell["author"] {
        message.author = Party(
          id: author["did"]?.text, handle: author["handle"]?.text, name: author["displayName"]?.text)
      } else if let uri = shell["uri"]?.text {
        // at://did:plc:…/app.bsky.feed.post/…
        message.author = uri.split(separator: "/").dropFirst().first.map { Party(id: String($0)) }
      }
      message.inReplyTo = record["reply"]?["parent"]?["uri"]?.text
      message.channel = message.inReplyTo == nil ? .post : .reply
      message.conversation = record["reply"]?["root"]?["uri"]?.text ?? message.id
      message.setTime(record["createdAt"]?.text, utc: true, context, at: locator)
      try context.emit(message, at: locator)
    }
  }
}
