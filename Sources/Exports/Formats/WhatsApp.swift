internal import Messages

/// A chat exported from WhatsApp on Android or iOS, as text. Dates follow the phone's settings; the order of day and
/// month is told from the whole file.
struct WhatsApp: ExportFormat {
  let name = "whatsapp"
  let title = "WhatsApp chat"

  func recognises(head: FileHead) -> Bool {
    guard head.content == .text else { return false }
    var heads = 0
    var authored = 0
    for (number, line) in head.lines.enumerated() where number < 60 {
      let bytes = Array(line.utf8)
      guard let header = WhatsAppHeader(bytes) else {
        if heads == 0, number > 3, !line.isEmpty { return false }
        continue
      }
      heads += 1
      if Line(bytes, header).author != nil { authored += 1 }
    }
    return authored > 0 || heads > 1
  }

  /// A line with a head, cut into author and text.
  private struct Line {
    var author: String?
    var text: String

    init(_ bytes: [UInt8], _ header: WhatsAppHeader) {
      let rest = String(decoding: bytes[header.end...], as: UTF8.self)
      let phrases = PlatformPhrases.whatsApp
      let colon =
        rest.range(of: ": ") ?? (rest.hasSuffix(":") ? rest.index(before: rest.endIndex)..<rest.endIndex : nil)
      guard let colon else {
        text = rest
        return
      }
      let name = PlatformPhrases.strip(rest[..<colon.lowerBound])
      // A line of WhatsApp itself may hold a colon, in the name of a group for instance.
      let quotes = name.filter { $0 == "\"" || $0 == "“" || $0 == "”" }.count
      guard !name.isEmpty, name.unicodeScalars.count <= 120, quotes % 2 == 0,
        !(phrases.matches("system", PlatformPhrases.strip(rest)) && phrases.matches("system", name)),
        !phrases.matches("notice", name)
      else {
        text = rest
        return
      }
      author = name
      text = String(rest[colon.upperBound...])
    }
  }

  // MARK: First pass

  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) throws {
    guard let input else { return }
    struct Tally {
      var count = 0
      var largest = (0, 0)
      var dayMonth = 0
      var monthDay = 0
      var lastDayMonth = Int.min
      var lastMonthDay = Int.min
    }
    var tallies: [WhatsAppHeader.Style: Tally] = [:]
    var authors: [String: Int] = [:]
    var owner: String?
    let phrases = PlatformPhrases.whatsApp
    while let bytes = try input.line() {
      guard let header = WhatsAppHeader(bytes) else { continue }
      var tally = tallies[header.style] ?? Tally()
      tally.count += 1
      tally.largest = (max(tally.largest.0, header.numbers.0), max(tally.largest.1, header.numbers.1))
      if let clock = header.clock(.dayMonth) {
        if clock.seconds < tally.lastDayMonth { tally.dayMonth += 1 }
        tally.lastDayMonth = clock.seconds
      } else {
        tally.dayMonth += 1
      }
      if let clock = header.clock(.monthDay) {
        if clock.seconds < tally.lastMonthDay { tally.monthDay += 1 }
        tally.lastMonthDay = clock.seconds
      } else {
        tally.monthDay += 1
      }
      tallies[header.style] = tally
      let line = Line(bytes, header)
      if let author = line.author, authors.count < 10_000 {
        let text = PlatformPhrases.strip(line.text)
        if phrases.isOwn(line.text) { continue }
        authors[author, default: 0] += 1
        if phrases.matches("deleted-own", text) || phrases.matches("self", author) { owner = author }
      }
    }
    let most = tallies.values.map(\.count).max() ?? 0
    let styles = tallies.filter { $0.value.count == most || ($0.value.count >= 3 && $0.value.count * 10 >= most) }
    file.details["styles"] = styles.keys.map(WhatsApp.text).sorted().joined(separator: "|")
    let chosen = styles.max { $0.value.count < $1.value.count }
    if let (style, tally) = chosen, !style.yearFirst {
      var order = WhatsAppHeader.Order.dayMonth
      if tally.largest.1 > 12, tally.largest.0 <= 12 {
        order = .monthDay
      } else if tally.largest.0 <= 12, tally.monthDay < tally.dayMonth {
        order = .monthDay
      } else if tally.largest.0 <= 12, tally.largest.1 <= 12, tally.monthDay == tally.dayMonth {
        // Only phones set to American English combine slashes with a clock of twelve hours and a year of two digits.
        if style.separator == UInt8(ascii: "/"), style.halfDay { order = .monthDay }
        file.details["open-order"] = "yes"
      }
      file.details["order"] = order.rawValue
    }
    let others = authors.keys
    file.details["authors"] = others.count > 2 ? "group" : "pair"
    let name = WhatsApp.chatName(file.path)
    file.details["conversation"] = name
    if owner == nil, others.count == 2, let partner = others.first(where: { Owner.fold($0) == Owner.fold(name) }) {
      owner = others.first { $0 != partner }
    }
    if let owner { facts.ownersByFile[file.member.index] = Owner(names: [owner]) }
    if others.count > 1 { facts.sawConversation(.whatsapp, others) }
  }

  private static func text(_ style: WhatsAppHeader.Style) -> String {
    "\(style.bracket) \(style.separator) \(style.yearDigits) \(style.yearFirst) \(style.comma) \(style.seconds) \(style.halfDay)"
  }

  /// The name of the chat: from the file's name, else from the archive's.
  static func chatName(_ path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    for part in parts.reversed() {
      var stem = part
      for suffix in [".txt", ".zip", ".TXT", ".ZIP"] where stem.hasSuffix(suffix) {
        stem = String(stem.dropLast(suffix.count))
      }
      if let name = PlatformPhrases.whatsApp.capture("chat-name", stem) { return name }
    }
    return parts.last.map { $0.hasSuffix(".txt") ? String($0.dropLast(4)) : $0 } ?? path
  }

  // MARK: Second pass

  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {
    let styles = Set((file.details["styles"] ?? "").split(separator: "|").map(String.init))
    let order = file.details["order"].flatMap(WhatsAppHeader.Order.init) ?? .dayMonth
    if file.details["open-order"] != nil {
      context.remark(
        nil,
        "the file does not tell which number of a date is the month; the "
          + (order == .dayMonth ? "second" : "first") + " was taken")
    }
    var pending: (header: WhatsAppHeader, line: Line, number: Int)?
    var body = ""
    var number = 0
    var before = 0
    while let bytes = try input.line() {
      number += 1
      if let header = WhatsAppHeader(bytes), styles.contains(WhatsApp.text(header.style)) {
        if let pending { try emit(pending.header, pending.line, body, pending.number, order, file, context) }
        let line = Line(bytes, header)
        pending = (header, line, number)
        body = line.text
      } else if pending == nil {
        if !bytes.allSatisfy({ $0 <= 32 }) { before += 1 }
      } else if body.utf8.count < 1 << 22 {
        body += "\n"
        body += String(decoding: bytes, as: UTF8.self)
      }
    }
    if let pending { try emit(pending.header, pending.line, body, pending.number, order, file, context) }
    if before > 0 { context.damage("line 1", "lines before the first message", count: before) }
  }

  private func emit(
    _ header: WhatsAppHeader, _ line: Line, _ body: String, _ number: Int, _ order: WhatsAppHeader.Order,
    _ file: SurveyedFile, _ context: ReadContext
  ) throws {
    let phrases = PlatformPhrases.whatsApp
    let locator = "line \(number)"
    let stripped = PlatformPhrases.strip(body)
    guard let author = line.author else {
      context.remark(nil, "lines of WhatsApp itself, such as who joined; left out")
      return
    }
    if phrases.isOwn(body) || phrases.matches("call", stripped) && stripped.utf8.count < 60 {
      context.remark(nil, "lines of WhatsApp itself, such as who joined; left out")
      return
    }
    var message = Message(text: "", platform: .whatsapp)
    message.conversation = file.details["conversation"]
    let isPair = file.details["authors"] == "pair"
    message.channel = isPair ? .dm : .chat
    message.author = WhatsApp.party(author)
    if let clock = header.clock(order) ?? header.clock(order == .dayMonth ? .monthDay : .dayMonth) {
      message.setTime(clock, context, at: locator)
    } else {
      context.damage(locator, "a date that does not exist")
    }
    var text = body
    while text.last?.isWhitespace == true { text.removeLast() }
    if let shorter = phrases.removing("edited", from: text) {
      text = shorter
      message.state = .edited
    }
    var attachments: [String] = []
    if phrases.matches("deleted", stripped) || phrases.matches("deleted-own", stripped) {
      message.state = .deleted
      text = ""
    } else {
      (text, attachments) = WhatsApp.attachments(text)
    }
    let first = text.split(separator: "\n", maxSplits: 1).first.map { PlatformPhrases.strip($0) } ?? ""
    if phrases.matches("poll", first) {
      text = text.split(separator: "\n").map { PlatformPhrases.strip($0) }.joined(separator: "\n")
    }
    while let mark = text.unicodeScalars.first, mark.value == 0x200E || mark.value == 0x200F {
      text.unicodeScalars.removeFirst()
    }
    message.text = text
    if !attachments.isEmpty { message.attachments = attachments }
    if isPair, let owner = context.owner(.whatsapp), let author = message.author, owner.matches(author),
      let partner = file.details["conversation"]
    {
      message.recipient = WhatsApp.party(partner)
    }
    try context.emit(message, at: locator)
  }

  /// Cuts the names of files off a text.
  private static func attachments(_ text: String) -> (String, [String]) {
    let phrases = PlatformPhrases.whatsApp
    var kept: [Substring] = []
    var found: [String] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let stripped = PlatformPhrases.strip(line)
      if let open = stripped.lastIndex(of: "<"), let name = phrases.capture("attached", String(stripped[open...])) {
        found.append(name)
        let before = PlatformPhrases.strip(stripped[..<open])
        // "Manifest.pdf • 116 pagina's" repeats the name.
        if !before.isEmpty, !before.contains(" • ") { kept.append(Substring(before)) }
      } else if number == 0, let name = phrases.capture("attached", stripped) {
        found.append(name)
      } else if phrases.matches("omitted", stripped) {
        // "null" stands for a photograph that may be seen once.
        found.append(stripped == "null" ? "media" : stripped.trimmingAngles)
      } else {
        kept.append(line)
      }
    }
    guard !found.isEmpty else { return (text, []) }
    return (kept.joined(separator: "\n"), found)
  }

  /// A number is a handle, and "~ Name" is a name that its owner chose.
  private static func party(_ name: String) -> Party {
    var stripped = PlatformPhrases.strip(name)
    if stripped.hasPrefix("~") { stripped = PlatformPhrases.strip(stripped.dropFirst()) }
    let digits = stripped.filter { $0.isNumber || $0 == "+" }
    if stripped.hasPrefix("+"), digits.count >= 8, stripped.allSatisfy({ $0.isNumber || "+ -()".contains($0) }) {
      return Party(handle: digits)
    }
    return Party(name: stripped)
  }
}

extension String {
  /// Without the angle brackets around it.
  fileprivate var trimmingAngles: String { hasPrefix("<") && hasSuffix(">") ? String(dropFirst().dropLast()) : self }
}

extension PlatformPhrases {
  /// Whether the text of a line with an author is WhatsApp's own and no message.
  func isOwn(_ body: String) -> Bool {
    let stripped = PlatformPhrases.strip(body)
    if matches("notice", stripped) { return true }
    guard let mark = body.unicodeScalars.first, mark.value == 0x200E || mark.value == 0x200F else { return false }
    if matches("deleted", stripped) || matches("deleted-own", stripped) { return false }
    return matches("system", stripped) || matches("call", stripped)
  }
}
