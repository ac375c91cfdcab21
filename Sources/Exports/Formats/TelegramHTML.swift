internal import Messages

/// Telegram Desktop's HTML export: `messages.html`, `messages2.html` and so on.
struct TelegramHTML: ExportFormat {
  let name = "telegram-html"
  let title = "Telegram (HTML)"

  func recognises(head: FileHead) -> Bool {
    guard head.content == .html else { return false }
    let start = String(decoding: head.bytes.prefix(6000), as: UTF8.self)
    return start.contains("class=\"page_wrap")
      && (start.contains("tgme") || start.contains("Exported Data") || start.contains("class=\"message"))
      && String(decoding: head.bytes, as: UTF8.self).contains("class=\"message ")
  }

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    let page = Page()
    var failure: (any Error)?
    // The closure holds the page; without this the two would keep each other.
    defer { page.onMessage = { _ in } }
    page.onMessage = { found in
      guard failure == nil else { return }
      if found.isService {
        context.remark(nil, "lines of Telegram itself, such as calls and who joined; left out")
        return
      }
      let locator = "#\(found.id)"
      if found.isForwarded {
        context.remark(nil, "messages that somebody passed on; they stand under the name of who did so")
      }
      var message = Message(
        id: found.id.replacing("message", with: ""), text: found.text, platform: .telegram, channel: .chat)
      message.author = found.author.isEmpty ? nil : Party(name: found.author)
      message.conversation = page.title.isEmpty ? MetaMessages.folder(file.path) : page.title
      // Of a chat of two, the title is the other's name.
      if Owner.fold(found.author) == Owner.fold(page.title) { message.channel = .dm }
      message.inReplyTo = found.replyTo
      if !found.attachments.isEmpty { message.attachments = found.attachments }
      message.setTime(found.date, context, at: locator)
      do { try context.emit(message, at: locator) } catch { failure = error }
    }
    try HTMLReader.read(input, page)
    page.finish()
    if let failure { throw failure }
  }

  private struct Found {
    var id: String
    var isService = false
    var isForwarded = false
    var author = ""
    var date: String?
    var text = ""
    var replyTo: String?
    var attachments: [String] = []
  }

  /// Follows the classes of the page's elements.
  private final class Page: MarkupHandler {
    var onMessage: (Found) -> Void = { _ in }
    private var heading = ""
    var title: String { PlatformPhrases.strip(heading.replacing("\n", with: "")) }
    private var classes: [String] = []
    private var current: Found?
    private var messageDepth = 0
    private var lastAuthor = ""
    private var body: HTMLText?
    private var bodyDepth = 0

    private static let voids: Set<String> = ["br", "img", "meta", "link", "input", "hr", "source"]

    func start(_ element: String, _ attributes: [String: String]) {
      let name = attributes["class"] ?? ""
      let words = name.split(separator: " ").map(String.init)
      if element == "div", words.first == "message" {
        finish()
        current = Found(id: attributes["id"] ?? "", isService: words.contains("service"))
        messageDepth = classes.count
        if words.contains("joined") { current?.author = lastAuthor }
      }
      if current != nil {
        if words.contains("forwarded") { current?.isForwarded = true }
        if words.contains("date"), !isForwarded, let title = attributes["title"] { current?.date = title }
        if words.contains("text"), body == nil {
          body = HTMLText()
          bodyDepth = classes.count
        } else {
          body?.start(element, attributes)
        }
        if element == "a", let link = attributes["href"] {
          if link.hasPrefix("#go_to_message") { current?.replyTo = String(link.dropFirst("#go_to_message".count)) }
          if body == nil, words.contains(where: { $0.hasSuffix("_wrap") || $0.hasPrefix("media") }) {
            current?.attachments.append(link)
          }
        }
      }
      if !Page.voids.contains(element) { classes.append(name) }
    }

    func end(_ element: String) {
      guard !Page.voids.contains(element) else { return }
      _ = classes.popLast()
      if let finished = body {
        if classes.count <= bodyDepth {
          body = nil
          let text = finished.result
          if current?.text.isEmpty == true {
            current?.text = text
          } else if !text.isEmpty {
            current?.text += "\n\(text)"
          }
        } else {
          finished.end(element)
        }
      }
      if current != nil, classes.count < messageDepth { finish() }
    }

    func text(_ text: String) {
      if let body {
        body.text(text)
        return
      }
      let place = classes.last ?? ""
      if current == nil, place.contains("text bold"), classes.contains(where: { $0.contains("page_header") }) {
        heading += text
      } else if current != nil, !isForwarded, place.contains("from_name") {
        current?.author += text
      }
    }

    /// Inside what somebody passed on: name and time there are those of the first writer.
    private var isForwarded: Bool {
      classes.contains { $0.split(separator: " ").contains("forwarded") }
    }

    func finish() {
      guard var found = current else { return }
      current = nil
      found.author = PlatformPhrases.strip(found.author.replacing("\n", with: ""))
      if found.author.isEmpty, !found.isService { found.author = lastAuthor }
      if !found.author.isEmpty { lastAuthor = found.author }
      if found.isService || !found.text.isEmpty || !found.attachments.isEmpty { onMessage(found) }
    }
  }
}
