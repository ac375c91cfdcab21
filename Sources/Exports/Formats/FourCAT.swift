internal import Messages

/// Items that 4CAT or Zeeschuimer collected, as NDJSON. Both keep a platform's own object and say where it came from.
/// Their CSV is a table, also where it is read by this name.
struct FourCAT: ExportFormat {
  let name = "4cat"
  let title = "4CAT or Zeeschuimer"

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    outline["__import_meta"] != nil || outline["source_platform"] != nil && outline["data"]?.isObject == true
      || outline["thread_id"] != nil && outline["body"]?.text != nil && outline["timestamp"] != nil
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    if file.head.content == .text { return try Table().read(file, input, context) }
    try JSONRecords.each(file, input, context) { value, locator in
      let item = value["data"] ?? value
      let origin = (value["__import_meta"]?["source_platform"] ?? value["source_platform"])?.text ?? ""
      guard let text = FourCAT.text(item) else {
        context.remark(locator, "items without words; left out")
        return
      }
      var message = Message(text: HTMLText.plainIfMarkup(text), platform: FourCAT.platform(origin))
      message.id =
        FourCAT.first(item, [["id_str"], ["rest_id"], ["legacy", "id_str"], ["id"], ["cid"], ["code"]])?.scalar
        ?? value["item_id"]?.scalar
      message.author = FourCAT.author(item)
      message.conversation =
        FourCAT.first(item, [["thread_id"], ["legacy", "conversation_id_str"], ["aweme_id"], ["conversation_id"]])?
        .scalar ?? message.id
      message.inReplyTo = FourCAT.first(item, [["legacy", "in_reply_to_status_id_str"], ["reply_to"]])?.scalar
      message.channel =
        message.inReplyTo != nil ? .reply : item["aweme_id"] != nil || item["cid"] != nil ? .comment : .post
      message.url = FourCAT.first(item, [["url"], ["link"], ["share_url"]])?.text
      let time =
        FourCAT.first(
          item,
          [
            ["created_at"], ["legacy", "created_at"], ["createTime"], ["create_time"], ["taken_at"], ["timestamp"],
            ["date"], ["unix_timestamp"],
            ["createdAt"],
          ]) ?? value["timestamp_collected"]
      if let seconds = time?.integer {
        message.setTime(epoch: seconds, context, at: locator)
      } else {
        message.setTime(time?.text, utc: true, context, at: locator)
      }
      try context.emit(message, at: locator)
    }
  }

  static func platform(_ origin: String) -> Message.Platform {
    let lowered = origin.lowercased()
    for (mark, platform) in [
      ("twitter", Message.Platform.x), ("x.com", .x), ("instagram", .instagram), ("facebook", .facebook),
      ("tiktok", .tiktok),
      ("linkedin", .linkedin), ("youtube", .youtube), ("telegram", .telegram),
    ] where lowered.contains(mark) { return platform }
    return .other
  }

  private static func first(_ value: JSONValue, _ paths: [[String]]) -> JSONValue? {
    for path in paths {
      var found: JSONValue? = value
      for key in path { found = found?[key] }
      if let found, found.scalar?.isEmpty == false { return found }
    }
    return nil
  }

  private static func text(_ item: JSONValue) -> String? {
    first(
      item,
      [
        ["note_tweet", "note_tweet_results", "result", "text"], ["legacy", "full_text"], ["full_text"], ["body"],
        ["text"], ["desc"],
        ["caption", "text"], ["caption"], ["message"], ["content"], ["commentary", "text", "text"], ["title"],
      ])?.text
  }

  private static func author(_ item: JSONValue) -> Party? {
    if let name = first(item, [["author"], ["author_name"]])?.text { return Party(name: name) }
    let core = first(
      item,
      [
        ["core", "user_results", "result", "legacy", "screen_name"],
        ["core", "user_results", "result", "core", "screen_name"],
      ])?.text
    let party = Party(
      id: first(
        item,
        [
          ["author", "id"], ["user", "pk"], ["user", "id"], ["user", "uid"],
          ["core", "user_results", "result", "rest_id"],
        ])?.scalar,
      handle: core
        ?? first(
          item,
          [
            ["author", "uniqueId"], ["user", "username"], ["user", "unique_id"], ["author", "username"],
            ["user", "screen_name"],
          ])?.text,
      name: first(
        item,
        [
          ["author", "nickname"], ["user", "full_name"], ["user", "nickname"], ["author", "name"],
          ["core", "user_results", "result", "legacy", "name"],
        ])?.text)
    return party.key == nil ? nil : party
  }
}
