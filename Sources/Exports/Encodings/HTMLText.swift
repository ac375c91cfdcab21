internal import CLibXML

/// Events of an HTML page, read as a stream by libxml2, which forgives what browsers forgive.
protocol MarkupHandler: AnyObject {
  func start(_ element: String, _ attributes: [String: String])
  func end(_ element: String)
  func text(_ text: String)
}

/// Feeds HTML to a handler piece by piece.
final class HTMLReader {
  private let handler: any MarkupHandler
  private var parser: htmlParserCtxtPtr?
  private let box: Box

  private final class Box {
    let handler: any MarkupHandler
    init(_ handler: any MarkupHandler) { self.handler = handler }
  }

  init(_ handler: any MarkupHandler) {
    self.handler = handler
    box = Box(handler)
    var callbacks = htmlSAXHandler()
    callbacks.startElement = { context, name, attributes in
      guard let context, let name else { return }
      var found: [String: String] = [:]
      if var cursor = attributes {
        while let key = cursor.pointee {
          found[String(cString: key).lowercased()] = cursor[1].map { String(cString: $0) } ?? ""
          cursor += 2
        }
      }
      Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().handler.start(String(cString: name).lowercased(), found)
    }
    callbacks.endElement = { context, name in
      guard let context, let name else { return }
      Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().handler.end(String(cString: name).lowercased())
    }
    callbacks.characters = { context, bytes, count in
      guard let context, let bytes, count > 0 else { return }
      let text = String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
      Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().handler.text(text)
    }
    callbacks.ignorableWhitespace = callbacks.characters
    callbacks.cdataBlock = { _, _, _ in }
    parser = htmlCreatePushParserCtxt(
      &callbacks, Unmanaged.passUnretained(box).toOpaque(), nil, 0, nil, XML_CHAR_ENCODING_UTF8)
    if let parser {
      htmlCtxtUseOptions(
        parser,
        Int32(
          HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
            | HTML_PARSE_NONET.rawValue | HTML_PARSE_IGNORE_ENC.rawValue)
      )
    }
  }

  deinit { if let parser { htmlFreeParserCtxt(parser) } }

  /// Feeds UTF-8.
  func feed(_ bytes: [UInt8]) {
    guard let parser else { return }
    // libxml2 takes a zero for the end of the text.
    let clean = bytes.contains(0) ? bytes.filter { $0 != 0 } : bytes
    clean.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { _ = htmlParseChunk(parser, $0.baseAddress, Int32($0.count), 0) }
    }
  }

  func finish() { if let parser { _ = htmlParseChunk(parser, nil, 0, 1) } }

  /// Reads a page to its end.
  static func read(_ input: ByteCursor, _ handler: any MarkupHandler) throws {
    let reader = HTMLReader(handler)
    var piece: [UInt8] = []
    while try input.peek() != nil {
      piece.removeAll(keepingCapacity: true)
      var count = 0
      try input.take(into: &piece, limit: .max) { byte in
        count += 1
        return count < 16_384 || byte & 0xC0 == 0x80
      }
      if let byte = try input.next() { piece.append(byte) }
      // Do not end in the middle of a character.
      while let last = try input.peek(), last & 0xC0 == 0x80 {
        piece.append(last)
        input.advance()
      }
      reader.feed(piece)
    }
    reader.finish()
  }
}

/// The readable text of HTML: blocks on lines of their own, white space as a browser shows it.
final class HTMLText: MarkupHandler {
  private var out: [UInt8] = []
  private var hidden = 0
  private var preformatted = 0
  private var pendingSpace = false
  private let limit = 1 << 24
  /// Depth of elements that hold what the author quotes.
  private var quoteDepth = 0
  private var quotingElements: [Bool] = []

  private static let blocks: Set<String> = [
    "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "header",
    "footer", "pre", "hr", "dl", "dt", "dd", "form", "center", "address", "figure", "tbody", "thead", "body",
  ]
  private static let voids: Set<String> = [
    "br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr", "param",
  ]

  /// Converts a page or a part of one.
  static func plain(_ html: String) -> String {
    let made = HTMLText()
    let reader = HTMLReader(made)
    reader.feed(Array(html.utf8))
    reader.finish()
    return made.result
  }

  /// Converts where the text holds elements; leaves "a < b" alone.
  static func plainIfMarkup(_ text: String) -> String {
    guard
      text.utf8.contains(UInt8(ascii: "<")) || text.contains("&amp;") || text.contains("&#") || text.contains("&lt;")
        || text.contains("&quot;")
    else { return text }
    let lowered = text.lowercased()
    let marks = [
      "<p", "<br", "<div", "<span", "<a ", "</", "<b>", "<i>", "&amp;", "&#", "&quot;", "&lt;", "&gt;", "&nbsp;",
    ]
    return marks.contains { lowered.contains($0) } ? plain(text) : text
  }

  /// The text, without white space at its ends and with at most one empty line in a row.
  var result: String {
    let lines = String(decoding: out, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    var kept: [String] = []
    for line in lines {
      var trimmed = line
      while let last = trimmed.last, last == " " || last == "\u{A0}" { trimmed = trimmed.dropLast() }
      if trimmed.isEmpty || trimmed == ">", kept.last == "" || kept.isEmpty { continue }
      kept.append(String(trimmed))
    }
    while kept.last == "" { kept.removeLast() }
    return kept.joined(separator: "\n")
  }

  private func newLine() {
    pendingSpace = false
    if let last = out.last, last != 10 { out.append(10) }
  }

  private func beginLine() {
    guard quoteDepth > 0, out.isEmpty || out.last == 10 else { return }
    for _ in 0..<min(quoteDepth, 8) { out.append(UInt8(ascii: ">")) }
    out.append(32)
  }

  func start(_ element: String, _ attributes: [String: String]) {
    switch element {
    case "script", "style", "head", "title", "template", "noscript":
      hidden += 1
    case "br":
      pendingSpace = false
      out.append(10)
    case "pre":
      newLine()
      preformatted += 1
    case "blockquote":
      newLine()
      quoteDepth += 1
    case "img":
      if hidden == 0, let alternative = attributes["alt"], !alternative.isEmpty, alternative.unicodeScalars.count <= 8 {
        // Emoji come as pictures whose alternative is the character.
        text(alternative)
      }
    case "td", "th": pendingSpace = true
    default: if HTMLText.blocks.contains(element) { newLine() }
    }
    if element == "p", out.count > 1, out[out.count - 2] != 10 { out.append(10) }
    if element == "li" {
      beginLine()
      out += Array("- ".utf8)
    }
  }

  func end(_ element: String) {
    switch element {
    case "script", "style", "head", "title", "template", "noscript": hidden = max(0, hidden - 1)
    case "pre":
      preformatted = max(0, preformatted - 1)
      newLine()
    case "blockquote":
      newLine()
      quoteDepth = max(0, quoteDepth - 1)
    default: if HTMLText.blocks.contains(element) { newLine() }
    }
  }

  func text(_ text: String) {
    guard hidden == 0, out.count < limit else { return }
    if preformatted > 0 {
      for byte in text.utf8 where byte != 13 {
        if byte != 10 { beginLine() }
        out.append(byte)
      }
      return
    }
    for byte in text.utf8 {
      if byte == 32 || byte == 10 || byte == 13 || byte == 9 {
        pendingSpace = true
      } else {
        if pendingSpace, let last = out.last, last != 10, last != 32 { out.append(32) }
        pendingSpace = false
        beginLine()
        out.append(byte)
      }
    }
  }
}
