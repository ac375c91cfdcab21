internal import CLibXML

/// Feeds XML to a handler piece by piece. Entities of the document's own are not expanded and nothing is loaded from
/// elsewhere.
final class XMLReader {
  private var parser: xmlParserCtxtPtr?
  private let box: Box

  private final class Box {
    let handler: any MarkupHandler
    init(_ handler: any MarkupHandler) { self.handler = handler }
  }

  init(_ handler: any MarkupHandler) {
    box = Box(handler)
    var callbacks = xmlSAXHandler()
    callbacks.startElement = { context, name, attributes in
      guard let context, let name else { return }
      var found: [String: String] = [:]
      if var cursor = attributes {
        while let key = cursor.pointee {
          found[String(cString: key)] = cursor[1].map { String(cString: $0) } ?? ""
          cursor += 2
        }
      }
      Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().handler.start(String(cString: name), found)
    }
    callbacks.endElement = { context, name in
      guard let context, let name else { return }
      Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().handler.end(String(cString: name))
    }
    callbacks.characters = { context, bytes, count in
      guard let context, let bytes, count > 0 else { return }
      let text = String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
      Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().handler.text(text)
    }
    parser = xmlCreatePushParserCtxt(&callbacks, Unmanaged.passUnretained(box).toOpaque(), nil, 0, nil)
    if let parser {
      xmlCtxtUseOptions(
        parser,
        Int32(
          XML_PARSE_RECOVER.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            | XML_PARSE_NONET.rawValue))
    }
  }

  deinit { if let parser { xmlFreeParserCtxt(parser) } }

  /// Reads a document to its end.
  /// - Returns: whether it was well formed.
  @discardableResult
  func read(_ input: ByteCursor) throws -> Bool {
    guard let parser else { return false }
    var piece: [UInt8] = []
    while try input.peek() != nil {
      piece.removeAll(keepingCapacity: true)
      var count = 0
      try input.take(into: &piece, limit: .max) { _ in
        count += 1
        return count <= 16_384
      }
      let result = piece.withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) { xmlParseChunk(parser, $0.baseAddress, Int32($0.count), 0) }
      }
      if result != 0, parser.pointee.disableSAX == 1 { return false }
    }
    return xmlParseChunk(parser, nil, 0, 1) == 0
  }
}
