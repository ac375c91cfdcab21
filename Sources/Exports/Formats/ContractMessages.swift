internal import Messages

/// Messages in the form that the program itself reads and writes: NDJSON with a `text` and the fields of the contract.
struct ContractMessages: ExportFormat {
  let name = "ndjson"
  let title = "messages (NDJSON)"

  func recognises(outline: JSONValue, head: FileHead) -> Bool {
    let value = outline.isArray ? outline[0] : outline
    return value?["text"]?.text != nil
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    try JSONRecords.each(file, input, context) { value, locator in
      guard let text = value["text"]?.text else {
        context.damage(locator, "a record without a text")
        return
      }
      var message = Message(text: text)
      message.original = context.line.map { String(decoding: $0, as: UTF8.self) }
      message.id = value["id"]?.scalar
      message.platform = value["platform"]?.text.flatMap(Message.Platform.init)
      message.channel = value["channel"]?.text.flatMap(Message.Channel.init)
      message.direction = value["direction"]?.text.flatMap(Message.Direction.init)
      message.author = ContractMessages.party(value["author"])
      message.recipient = ContractMessages.party(value["recipient"])
      message.conversation = value["conversation"]?.scalar
      message.inReplyTo = value["inReplyTo"]?.scalar
      message.url = value["url"]?.text
      message.subject = value["subject"]?.text
      message.quoted = value["quoted"]?.text
      message.signature = value["signature"]?.text
      if let attachments = value["attachments"]?.items.compactMap(\.text), !attachments.isEmpty {
        message.attachments = attachments
      }
      message.state = value["state"]?.text.flatMap(Message.State.init)
      if let time = value["time"]?.text { message.setTime(time, context, at: locator) }
      try context.emit(message, at: locator)
    }
  }

  private static func party(_ value: JSONValue?) -> Party? {
    guard let value else { return nil }
    if let text = value.text { return Party(name: text) }
    let party = Party(id: value["id"]?.scalar, handle: value["handle"]?.text, name: value["name"]?.text)
    return party.key == nil ? nil : party
  }
}
