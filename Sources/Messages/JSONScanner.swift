/// A slow and exact JSON reader: says what is wrong with a line and where, and finds the places of an object's fields.
///
/// The fast reader decides most lines. This one takes over where that one refuses (to say precisely why, or to accept
/// what it cannot hold, such as a number of forty digits) and where a line has to be cut into its fields.
struct JSONScanner {
  /// A field of the outermost object. Ranges are bytes of the line; a key's includes its quotation marks.
  struct Field: Equatable {
    var key: Range<Int>
    var value: Range<Int>
    var kind: LineProblem.Kind
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// For each open bracket, whether it is an object's.
  private var open: [Bool] = []

  /// - Parameter bytes: one line, without its end.
  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The fields of the line's object, appended to `fields`. O(length), nesting of any depth.
  mutating func fields(into fields: inout [Field]) throws(LineProblem) {
    if let invalid = Self.firstInvalidByte(bytes) { throw .notUTF8(byte: invalid + 1) }
    skipSpace()
    guard position < bytes.count else { throw .empty }
    guard bytes[position] == UInt8(ascii: "{") else {
      let kind = try value()
      try end()
      throw .notAnObject(kind)
    }
    position += 1
    skipSpace()
    if peek() == UInt8(ascii: "}") {
      position += 1
      return try end()
    }
    while true {
      skipSpace()
      let key = position
      guard try byte() == UInt8(ascii: "\"") else { throw unexpected() }
      try string()
      let keyEnd = position
      skipSpace()
      guard try byte() == UInt8(ascii: ":") else { throw unexpected() }
      position += 1
      skipSpace()
      let start = position
      let kind = try value()
      fields.append(Field(key: key..<keyEnd, value: start..<position, kind: kind))
      skipSpace()
      let next = try byte()
      position += 1
      if next == UInt8(ascii: ",") { continue }
      if next == UInt8(ascii: "}") { return try end() }
      position -= 1
      throw unexpected()
    }
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private func byte() throws(LineProblem) -> UInt8 {
    guard position < bytes.count else { throw .syntax(.endOfLine, byte: position + 1) }
    return bytes[position]
  }

  private func unexpected() -> LineProblem { .syntax(.unexpected(bytes[position]), byte: position + 1) }

  private mutating func skipSpace() {
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

  private mutating func end() throws(LineProblem) {
    skipSpace()
    if position < bytes.count { throw .syntax(.afterTheEnd, byte: position + 1) }
  }

  /// Passes one value, without recursion.
  private mutating func value() throws(LineProblem) -> LineProblem.Kind {
    open.removeAll(keepingCapacity: true)
    var outer: LineProblem.Kind?
    while true {
      // A value begins here.
      skipSpace()
      let kind: LineProblem.Kind
      switch try byte() {
      case UInt8(ascii: "\""):
        try string()
        kind = .string
      case UInt8(ascii: "{"):
        position += 1
        if outer == nil { outer = .object }
        skipSpace()
        if try byte() == UInt8(ascii: "}") {
          position += 1
          kind = .object
        } else {
          open.append(true)
          try key()
          continue
        }
      case UInt8(ascii: "["):
        position += 1
        if outer == nil { outer = .array }
        skipSpace()
        if try byte() == UInt8(ascii: "]") {
          position += 1
          kind = .array
        } else {
          open.append(false)
          continue
        }
      case UInt8(ascii: "t"):
        try word("true")
        kind = .boolean
      case UInt8(ascii: "f"):
        try word("false")
        kind = .boolean
      case UInt8(ascii: "n"):
        try word("null")
        kind = .null
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        try number()
        kind = .number
      default: throw unexpected()
      }
      if outer == nil { outer = kind }
      // A value has ended; so may what holds it.
      closing: while let isObject = open.last {
        skipSpace()
        let next = try byte()
        if next == UInt8(ascii: ",") {
          position += 1
          if isObject { try key() }
          break closing
        }
        guard next == UInt8(ascii: isObject ? "}" : "]") else { throw unexpected() }
        position += 1
        open.removeLast()
      }
      if open.isEmpty { return outer ?? kind }
    }
  }

  private mutating func key() throws(LineProblem) {
    skipSpace()
    guard try byte() == UInt8(ascii: "\"") else { throw unexpected() }
    try string()
    skipSpace()
    guard try byte() == UInt8(ascii: ":") else { throw unexpected() }
    position += 1
  }

  private mutating func word(_ word: StaticString) throws(LineProblem) {
    for offset in 0..<word.utf8CodeUnitCount {
      guard try byte() == word.utf8Start[offset] else { throw unexpected() }
      position += 1
    }
    if let next = peek(), next &- 97 < 26 || next &- 48 < 10 || next == UInt8(ascii: "_") { throw unexpected() }
  }

  private mutating func digits() -> Int {
    let start = position
    while let next = peek(), next &- 48 < 10 { position += 1 }
    return position - start
  }

  private mutating func number() throws(LineProblem) {
    let start = position
    if peek() == UInt8(ascii: "-") { position += 1 }
    let first = position
    let count = digits()
    guard count > 0, count == 1 || bytes[first] != UInt8(ascii: "0") else { throw .syntax(.badNumber, byte: start + 1) }
    if peek() == UInt8(ascii: ".") {
      position += 1
      guard digits() > 0 else { throw .syntax(.badNumber, byte: start + 1) }
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      position += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw .syntax(.badNumber, byte: start + 1) }
    }
    if let next = peek(), !Self.isSpace(next),
      ![UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(next)
    {
      throw .syntax(.badNumber, byte: start + 1)
    }
  }

  /// Passes a string, from its first quotation mark to behind its last.
  private mutating func string() throws(LineProblem) {
    position += 1
    while true {
      guard position < bytes.count else { throw .syntax(.endOfLineInString, byte: position + 1) }
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return
      }
      if byte < 32 { throw .syntax(.controlCharacter(byte), byte: position + 1) }
      if byte == UInt8(ascii: "\\") { _ = try escape() } else { position += 1 }
    }
  }

  /// Passes one escape, surrogate pairs as one, and gives its scalar.
  private mutating func escape() throws(LineProblem) -> UInt32 {
    let start = position
    guard position + 1 < bytes.count else { throw .syntax(.endOfLineInString, byte: bytes.count + 1) }
    let letter = bytes[position + 1]
    position += 2
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt32(letter)
    case UInt8(ascii: "b"): return 8
    case UInt8(ascii: "f"): return 12
    case UInt8(ascii: "n"): return 10
    case UInt8(ascii: "r"): return 13
    case UInt8(ascii: "t"): return 9
    case UInt8(ascii: "u"):
      let first = try hexadecimal(start)
      guard first >= 0xD800, first < 0xE000 else { return first }
      guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw .syntax(.loneSurrogate, byte: start + 1) }
      position += 2
      let second = try hexadecimal(start)
      guard second >= 0xDC00, second < 0xE000 else { throw .syntax(.loneSurrogate, byte: start + 1) }
      return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    default: throw .syntax(.badEscape, byte: start + 1)
    }
  }

  private mutating func hexadecimal(_ start: Int) throws(LineProblem) -> UInt32 {
    guard position + 4 <= bytes.count else { throw .syntax(.endOfLineInString, byte: bytes.count + 1) }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = bytes[position]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - 48
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - 87
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - 55
      default: throw .syntax(.badEscape, byte: start + 1)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// Appends the content of a string that ``fields(into:)`` has found good. O(length).
  static func unescape(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, into out: inout [UInt8]
  ) throws(LineProblem) {
    var scanner = JSONScanner(bytes)
    scanner.position = range.lowerBound + 1
    while scanner.position < range.upperBound - 1 {
      let byte = bytes[scanner.position]
      if byte == UInt8(ascii: "\\") {
        let scalar = try scanner.escape()
        if let unicode = UnicodeScalar(scalar), let units = UTF8.encode(unicode) { out.append(contentsOf: units) }
      } else {
        out.append(byte)
        scanner.position += 1
      }
    }
  }

  /// The first byte that cannot stand in UTF-8, by Unicode's table 3-7. O(length).
  static func firstInvalidByte(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var index = 0
    while index < bytes.count {
      let first = bytes[index]
      if first < 0x80 {
        index += 1
        continue
      }
      let length: Int
      var lowest: UInt8 = 0x80
      var highest: UInt8 = 0xBF
      switch first {
      case 0xC2...0xDF: length = 2
      case 0xE0...0xEF:
        length = 3
        if first == 0xE0 { lowest = 0xA0 }
        if first == 0xED { highest = 0x9F }
      case 0xF0...0xF4:
        length = 4
        if first == 0xF0 { lowest = 0x90 }
        if first == 0xF4 { highest = 0x8F }
      default: return index
      }
      for offset in 1..<length {
        guard index + offset < bytes.count, bytes[index + offset] >= lowest, bytes[index + offset] <= highest else {
          return index
        }
        lowest = 0x80
        highest = 0xBF
      }
      index += length
    }
    return nil
  }
}
