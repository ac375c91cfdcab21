internal import Messages

/// Messages and comments of Instagram and Facebook in HTML: `messages/inbox/NAME/message_1.html`, `post_comments_1.html`
/// and the like. The pages mark their parts with the same classes over the years: a box with a name, a body and a date.
struct MetaHTML: ExportFormat {
  let name = "meta-html"
  let title = "Instagram or Facebook (HTML)"

  private static let boxes: Set<String> = ["_a6-g", "pam", "uiBoxWhite"]
  private static let names: Set<String> = ["_a6-h", "_2lek"]
  private static let bodies: Set<String> = ["_a6-p", "_2let"]
  private static let dates: Set<String> = ["_a6-o", "_2lem", "_a72d"]

  func recognises(head: FileHead) -> Bool {
    guard head.content == .html else { return false }
    let text = String(decoding: head.bytes, as: UTF8.self)
    guard text.contains("uiBoxWhite") || text.contains("_a6-g") else { return false }
    return text.contains("_a6-p") || text.contains("_2let")
  }

  func holdsMessages(_ file: SurveyedFile) -> Bool {
    let path = file.path.lowercased()
    return path.contains("message") || path.contains("comment") || path.contains("inbox") || path.contains("post")
      || file.head.lines.joined().contains("_a6-p")
  }

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) throws {
    guard let input else { return }
    let page = Page()
    var senders: Set<String> = []
    page.onBox = { box in if !box.name.isEmpty, senders.count < 1000 { senders.insert(box.name) } }
    try HTMLReader.read(input, page)
    page.finish()
    file.details["title"] = page.title
    if MetaHTML.isConversation(file.path) {
      facts.sawConversation(MetaHTML.platform(file), senders.union([page.title].filter { !$0.isEmpty }))
      file.details["senders"] = "\(senders.count)"
    }
  }

  private static func isConversation(_ path: String) -> Bool {
    let lowered = path.lowercased()
    return lowered.contains("/message") && !lowered.contains("comment")
  }

  private static func platform(_ file: SurveyedFile) -> Message.Platform {
    let path = file.path.lowercased()
    if path.contains("instagram") { return .instagram }
    if path.contains("facebook") { return .facebook }
    return String(decoding: file.head.bytes, as: UTF8.self).lowercased().contains("instagram") ? .instagram : .facebook
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    let page = Page()
    let platform = MetaHTML.platform(file)
    let isConversation = MetaHTML.isConversation(file.path)
    var number = 0
    var failure: (any Error)?
    page.onBox = { box in
      guard failure == nil else { return }
      number += 1
      let locator = "box \(number)"
      var message = Message(text: box.body, platform: platform)
      if isConversation {
        guard !box.name.isEmpty else { return }
        switch MetaMessages.own(box.body, by: box.name) {
        case .nothing:
          context.remark(nil, "entries without words or files, such as calls; left out")
          return
        case .attached:
          message.text = ""
          if box.attachments.isEmpty { message.attachments = [box.body] }
        case nil: break
        }
        message.author = Party(name: box.name)
        message.channel = (file.details["senders"].flatMap(Int.init) ?? 2) > 2 ? .chat : .dm
        message.conversation = MetaMessages.folder(file.path) ?? file.details["title"]
      } else {
        // A table of labels and values: the comment is the value of the label that says so.
        guard
          let text = box.values.first(where: { MetaLabels.isComment($0.label) })?.value
            ?? (box.values.isEmpty && !box.body.isEmpty ? box.body : nil)
        else {
          context.remark(locator, "entries without a comment; left out")
          return
        }
        message.text = text
        message.channel = .comment
        message.direction = .outgoing
        message.author = context.ownerParty(platform)
        message.recipient = box.values.first { MetaLabels.isOwner($0.label) }.map { Party(handle: $0.value) }
        message.conversation = message.recipient?.handle ?? box.name
      }
      if !box.attachments.isEmpty { message.attachments = box.attachments }
      guard !message.text.isEmpty || message.attachments != nil else {
        context.remark(locator, "entries without words or files, such as calls; left out")
        return
      }
      let date = box.date.isEmpty ? box.values.last { DateParser.parse($0.value) != nil }?.value : box.date
      // The pages write dates in the language of the account; month before day in English with slashes alone.
      message.setTime(date, context, at: locator)
      do { try context.emit(message, at: locator) } catch { failure = error }
    }
    try HTMLReader.read(input, page)
    page.finish()
    if let failure { throw failure }
  }

  private struct Box {
    var name = ""
    var body = ""
    var date = ""
    var attachments: [String] = []
    var values: [(label: String, value: String)] = []
  }

  private final class Page: MarkupHandler {
    var onBox: (Box) -> Void = { _ in }
    private(set) var title = ""
    private enum Field { case none, name, body, date }
    private var box: Box?
    private var depth = 0
    private var boxDepth = 0
    private var field = Field.none
    private var fieldDepth = 0
    private var text = HTMLText()
    private var inTitle = false
    private var cellDepth = 0
    private var label = ""
    private var pendingLabel = ""
    private var value = HTMLText()
    private var inCell = false
    private var inValue = false
    private var list = 0

    private static let voids: Set<String> = ["br", "img", "meta", "link", "input", "hr", "source", "base", "col"]

    func start(_ element: String, _ attributes: [String: String]) {
      let words = Set((attributes["class"] ?? "").split(separator: " ").map(String.init))
      if element == "title" { inTitle = true }
      if !words.isDisjoint(with: MetaHTML.boxes), box == nil || field == .none {
        flush()
        box = Box()
        boxDepth = depth
      } else if box != nil, field == .none {
        if !words.isDisjoint(with: MetaHTML.names) { begin(.name) }
        if !words.isDisjoint(with: MetaHTML.bodies) { begin(.body) }
        if !words.isDisjoint(with: MetaHTML.dates) { begin(.date) }
      } else if field == .body {
        // Reactions are a list below the words.
        if element == "ul" { list += 1 }
        if element == "td" {
          inCell = true
          cellDepth = depth
          label = ""
          value = HTMLText()
          inValue = false
        } else if inCell, element == "div" {
          inValue = true
        }
        if list == 0 { text.start(element, attributes) }
        for key in ["src", "href"] {
          if let link = attributes[key], !link.isEmpty,
            element == "img" || element == "video" || element == "audio" || element == "a",
            box?.attachments.contains(link) == false
          {
            box?.attachments.append(link)
          }
        }
      }
      if !Page.voids.contains(element) { depth += 1 }
    }

    private func begin(_ new: Field) {
      field = new
      fieldDepth = depth
      text = HTMLText()
      list = 0
    }

    func end(_ element: String) {
      guard !Page.voids.contains(element) else { return }
      depth -= 1
      if element == "title" { inTitle = false }
      if field == .body, element == "ul" { list = max(0, list - 1) }
      if inCell, depth <= cellDepth {
        inCell = false
        let name = PlatformPhrases.strip(label)
        let text = value.result
        if !name.isEmpty, !text.isEmpty {
          box?.values.append((name, text))
        } else if !pendingLabel.isEmpty, !name.isEmpty {
          // Label and value in cells of their own.
          box?.values.append((pendingLabel, name))
          pendingLabel = ""
        } else {
          pendingLabel = name
        }
      }
      if field != .none {
        if depth <= fieldDepth {
          let found = text.result
          switch field {
          case .name: box?.name = found
          case .body: box?.body = found
          case .date: box?.date = found
          case .none: break
          }
          field = .none
        } else if list == 0 {
          text.end(element)
        }
      }
      if box != nil, depth <= boxDepth { flush() }
    }

    func text(_ piece: String) {
      if inTitle { title += piece }
      guard field != .none else { return }
      if inCell { if inValue { value.text(piece) } else { label += piece } }
      if list == 0 { text.text(piece) }
    }

    private func flush() {
      guard let found = box else { return }
      box = nil
      field = .none
      inCell = false
      if !found.body.isEmpty || !found.attachments.isEmpty || !found.values.isEmpty { onBox(found) }
    }

    func finish() { flush() }
  }
}
