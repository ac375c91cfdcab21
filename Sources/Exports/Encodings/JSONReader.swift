/// What stops the reading of JSON.
struct JSONError: Error, CustomStringConvertible, Equatable {
  enum Reason: Equatable {
    case cutOff
    case tooDeep
    case unexpected(UInt8)
  }

  var reason: Reason
  /// Bytes from the start of the text.
  var offset: Int

  var description: String {
    switch reason {
    case .cutOff: "the file is cut off at byte \(offset)"
    case .tooDeep: "values lie too deep in one another at byte \(offset)"
    case .unexpected(let byte):
      "not valid JSON at byte \(offset): "
        + (byte < 0x80 && byte > 31 ? "\"\(Character(UnicodeScalar(byte)))\"" : "byte \(byte)")
        + " is not expected there"
    }
  }
}

/// Reads JSON from a stream in constant memory: whole documents are walked, small parts of them are taken as values.
///
/// It forgives what real exports contain: control characters and unknown escapes in strings, bare words in place of
/// values, missing and superfluous commas. What it forgave is counted in ``repairs``; a file that ends too early throws
/// only after everything before that place was handed out.
final class JSONReader {
  /// What to do with a value on the way.
  enum Visit { case enter, take, skip }

  private let input: ByteCursor
  private var path = JSONPath()
  /// Places that were not valid JSON and were read all the same.
  private(set) var repairs = 0
  /// Where the first of them lies.
  private(set) var firstRepair = 0
  /// Whether strings held scalars beyond Latin-1, and C1 control characters: evidence for and against mojibake.
  private(set) var sawWide = false
  private(set) var sawControls = false

  private let depthLimit = 128
  /// Longest text kept of one string, in bytes; what is longer is cut.
  private let stringLimit = 1 << 24
  /// Most nodes and bytes in a value that is taken; the rest of a larger one is left out.
  private let nodeLimit = 1 << 20
  private let byteLimit = 1 << 26
  private var nodes = 0
  private var bytes = 0
  private var scratch: [UInt8] = []

  init(_ input: ByteCursor) { self.input = input }

  private func cutOff() -> JSONError { JSONError(reason: .cutOff, offset: input.offset) }

  private func repaired() {
    if repairs == 0 { firstRepair = input.offset }
    repairs += 1
  }

  @inline(__always)
  private func significant() throws -> UInt8 {
    while let byte = try input.peek() {
      guard byte == 32 || byte == 10 || byte == 13 || byte == 9 else { return byte }
      input.advance()
    }
    throw cutOff()
  }

  /// Whether nothing but white space is left.
  func isAtEnd() throws -> Bool {
    try input.skip { $0 <= 32 }
    return try input.peek() == nil
  }

  // MARK: Walking

  /// Walks the next value: `decide` says at each place whether to go in, take the value or pass over it, and `taken`
  /// receives what was taken. Scalars at a place to enter are taken.
  func walk(_ decide: (JSONPath) -> Visit, _ taken: (JSONPath, JSONValue) throws -> Void) throws {
    path.steps.removeAll(keepingCapacity: true)
    try step(0, decide, taken)
  }

  private func step(
    _ depth: Int, _ decide: (JSONPath) -> Visit, _ taken: (JSONPath, JSONValue) throws -> Void
  ) throws {
    guard depth < depthLimit else { throw JSONError(reason: .tooDeep, offset: input.offset) }
    let first = try significant()
    switch decide(path) {
    case .skip:
      try skipValue()
    case .take:
      try taken(path, try value())
    case .enter:
      switch first {
      case UInt8(ascii: "{"):
        try eachMember { key in
          path.steps.append(.key(key))
          try step(depth + 1, decide, taken)
          path.steps.removeLast()
        }
      case UInt8(ascii: "["):
        try eachItem { index in
          path.steps.append(.index(index))
          try step(depth + 1, decide, taken)
          path.steps.removeLast()
        }
      default: try taken(path, try value())
      }
    }
  }

  private func eachMember(_ body: (String) throws -> Void) throws {
    input.advance()
    while true {
      let byte = try significant()
      switch byte {
      case UInt8(ascii: "}"):
        input.advance()
        return
      case UInt8(ascii: ","): input.advance()
      case UInt8(ascii: "\""):
        let key = try string()
        let separator = try significant()
        if separator == UInt8(ascii: ":") {
          input.advance()
          let next = try significant()
          if next == UInt8(ascii: ",") || next == UInt8(ascii: "}") {
            repaired()
            continue
          }
          try body(key)
        } else {
          repaired()
        }
      case UInt8(ascii: "]"):
        // A closing bracket of another kind: the object ends here.
        repaired()
        return
      default:
        repaired()
        try bareWord(keepingText: false)
      }
    }
  }

  private func eachItem(_ body: (Int) throws -> Void) throws {
    input.advance()
    var index = 0
    while true {
      let byte = try significant()
      switch byte {
      case UInt8(ascii: "]"):
        input.advance()
        return
      case UInt8(ascii: ","): input.advance()
      case UInt8(ascii: "}"):
        repaired()
        return
      case UInt8(ascii: ":"):
        repaired()
        input.advance()
      default:
        try body(index)
        index += 1
      }
    }
  }

  // MARK: Values

  /// Reads the next value whole.
  func value() throws -> JSONValue {
    nodes = 0
    bytes = 0
    return try value(0, outline: nil)
  }

  /// How much of a document its outline keeps.
  struct OutlineLimits {
    var depth = 7
    var items = 12
    var members = 200
    var textBytes = 400
  }

  /// Reads the next value whole, and keeps its outline: the first items of arrays and the start of long texts. Of a
  /// document that ends too early it is the outline of what is there; ``failure`` tells.
  func outline(_ limits: OutlineLimits = OutlineLimits()) throws -> JSONValue {
    nodes = 0
    bytes = 0
    failure = nil
    do {
      return try value(0, outline: limits)
    } catch let error as JSONError {
      failure = failure ?? error
      return .null
    }
  }

  /// What stopped the outline, which then is that of the part before it.
  private(set) var failure: JSONError?

  private func value(_ depth: Int, outline: OutlineLimits?) throws -> JSONValue {
    guard depth < depthLimit else { throw JSONError(reason: .tooDeep, offset: input.offset) }
    nodes += 1
    switch try significant() {
    case UInt8(ascii: "{"):
      var members: [JSONValue.Member] = []
      try partly(outline) {
        try eachMember { key in
          if let outline, depth >= outline.depth || members.count >= outline.members {
            try skipValue()
          } else if outline == nil, nodes >= nodeLimit || bytes >= byteLimit {
            repaired()
            try skipValue()
          } else {
            members.append(JSONValue.Member(key: key, value: try value(depth + 1, outline: outline)))
            if let failure { throw failure }
          }
        }
      }
      return .object(members)
    case UInt8(ascii: "["):
      var items: [JSONValue] = []
      try partly(outline) {
        try eachItem { _ in
          if let outline, depth >= outline.depth || items.count >= outline.items {
            try skipValue()
          } else if outline == nil, nodes >= nodeLimit || bytes >= byteLimit {
            repaired()
            try skipValue()
          } else {
            items.append(try value(depth + 1, outline: outline))
            if let failure { throw failure }
          }
        }
      }
      return .array(items)
    case UInt8(ascii: "\""):
      let text = try string(limit: outline?.textBytes ?? stringLimit)
      bytes += text.utf8.count
      return .string(text)
    default:
      return try bareWord(keepingText: true)
    }
  }

  /// In an outline, an error ends the value but keeps what was read of it.
  private func partly(_ outline: OutlineLimits?, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as JSONError where outline != nil {
      failure = failure ?? error
    }
  }

  /// A number, true, false, null, or a word that should have been in quotation marks.
  @discardableResult
  private func bareWord(keepingText: Bool) throws -> JSONValue {
    scratch.removeAll(keepingCapacity: true)
    try input.take(into: &scratch, limit: 4096) { byte in
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "["), 10, 13,
        UInt8(ascii: "\""):
        false
      default: true
      }
    }
    while let last = scratch.last, last <= 32 { scratch.removeLast() }
    if scratch.isEmpty {
      guard let byte = try input.next() else { throw cutOff() }
      repaired()
      // Nothing to read here: pass over the one byte, so that the walk goes on.
      return .string(String(decoding: CollectionOfOne(byte), as: UTF8.self))
    }
    let word = String(decoding: scratch, as: UTF8.self)
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    default: break
    }
    if let first = scratch.first, first &- 48 < 10 || first == UInt8(ascii: "-"), Double(word) != nil {
      return .number(word)
    }
    repaired()
    return keepingText ? .string(word) : .null
  }

  /// Passes over the next value without building it.
  func skipValue() throws {
    var depth = 0
    repeat {
      switch try significant() {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        input.advance()
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        input.advance()
        depth -= 1
      case UInt8(ascii: "\""):
        try skipString()
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        if depth == 0 { return }
        input.advance()
      default:
        try input.skip { byte in
          switch byte {
          case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "["), 10, 13,
            UInt8(ascii: "\""), UInt8(ascii: ":"):
            false
          default: true
          }
        }
        // A word that stops at a colon goes on behind it.
        if depth == 0, try input.peek() == UInt8(ascii: ":") {
          repaired()
          try bareWord(keepingText: false)
        }
      }
    } while depth > 0
  }

  private func skipString() throws {
    input.advance()
    while true {
      try input.skip { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
      guard let byte = try input.next() else { throw cutOff() }
      if byte == UInt8(ascii: "\"") { return }
      guard try input.next() != nil else { throw cutOff() }
    }
  }

  /// Reads a string; of one longer than `limit` bytes the start. Malformed UTF-8 and lone surrogates become U+FFFD.
  private func string(limit: Int = 1 << 24) throws -> String {
    input.advance()
    scratch.removeAll(keepingCapacity: true)
    var wide = false
    var high: UInt32 = 0
    while true {
      try input.take(into: &scratch, limit: limit) { byte in
        wide = wide || byte > 0xC3
        return byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      }
      guard let byte = try input.next() else { throw cutOff() }
      if byte == UInt8(ascii: "\"") { break }
      guard let escape = try input.next() else { throw cutOff() }
      var scalar: UInt32
      switch escape {
      case UInt8(ascii: "n"): scalar = 10
      case UInt8(ascii: "t"): scalar = 9
      case UInt8(ascii: "r"): scalar = 13
      case UInt8(ascii: "b"): scalar = 8
      case UInt8(ascii: "f"): scalar = 12
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scalar = UInt32(escape)
      case UInt8(ascii: "u"):
        var unit: UInt32 = 0
        var digits = 0
        while digits < 4, let digit = try input.peek(), let value = hexValue(digit) {
          unit = unit << 4 | value
          digits += 1
          input.advance()
        }
        if digits < 4 {
          repaired()
          unit = 0xFFFD
        }
        if unit >= 0xD800, unit < 0xDC00 {
          high = unit
          guard try input.peek() == UInt8(ascii: "\\") else {
            append(0xFFFD, limit)
            high = 0
            continue
          }
          continue
        }
        if unit >= 0xDC00, unit < 0xE000 {
          unit = high == 0 ? 0xFFFD : 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00)
          high = 0
        }
        scalar = unit
        if scalar > 0xFF { wide = true }
        if scalar >= 0x80, scalar < 0xA0 { sawControls = true }
      default:
        // An escape that JSON does not have, such as \x08 or \': a control character by number, else as it stands.
        repaired()
        if escape == UInt8(ascii: "x"), let first = try input.peek(), let upper = hexValue(first) {
          input.advance()
          if let second = try input.peek(), let lower = hexValue(second) {
            input.advance()
            scalar = upper << 4 | lower
          } else {
            scalar = upper
          }
        } else if escape < 0x80 {
          scalar = UInt32(escape)
        } else {
          if scratch.count < limit { scratch.append(escape) }
          continue
        }
      }
      if high != 0 {
        append(0xFFFD, limit)
        high = 0
      }
      append(scalar, limit)
    }
    if high != 0 { append(0xFFFD, limit) }
    if wide { sawWide = true }
    if scratch.count >= limit {
      // Do not cut a character in two.
      while let last = scratch.last, last & 0xC0 == 0x80 { scratch.removeLast() }
      if let last = scratch.last, last >= 0xC0 { scratch.removeLast() }
    }
    return String(decoding: scratch, as: UTF8.self)
  }

  private func append(_ scalar: UInt32, _ limit: Int) {
    guard scratch.count < limit else { return }
    for byte in String(Character(UnicodeScalar(scalar) ?? "\u{FFFD}")).utf8 { scratch.append(byte) }
  }

  private func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 48...57: UInt32(byte) - 48
    case 65...70: UInt32(byte) - 55
    case 97...102: UInt32(byte) - 87
    default: nil
    }
  }
}
