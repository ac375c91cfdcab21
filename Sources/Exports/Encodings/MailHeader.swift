/// The header fields of a mail or of a part of one. Reads RFC 5322, encoded words (RFC 2047), parameters (RFC 2231), and
/// what real programs make of them.
struct MailHeader {
  private(set) var fields: [(name: String, value: [UInt8])] = []
  private let limit = 2000

  /// Takes one more line, without its end.
  mutating func add(_ line: [UInt8]) {
    guard let first = line.first else { return }
    if first == 32 || first == 9 {
      guard !fields.isEmpty, fields[fields.count - 1].value.count < 1 << 17 else { return }
      // Unfolding keeps the white space as one space.
      fields[fields.count - 1].value.append(32)
      fields[fields.count - 1].value += line.drop { $0 == 32 || $0 == 9 }
      return
    }
    guard fields.count < limit, let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
    let name = String(decoding: line[..<colon].filter { $0 > 32 }, as: UTF8.self).lowercased()
    fields.append((name, Array(line[(colon + 1)...].drop { $0 == 32 || $0 == 9 })))
  }

  /// The raw text of the first field of a name that is not empty.
  func raw(_ name: String) -> String? {
    for field in fields where field.name == name && !field.value.allSatisfy({ $0 <= 32 }) {
      return MailHeader.text(field.value)
    }
    return nil
  }

  /// The decoded text of the first field of a name.
  func text(_ name: String) -> String? { raw(name).map(MailHeader.decodeWords) }

  /// All decoded texts of a name.
  func all(_ name: String) -> [String] {
    fields.filter { $0.name == name }.map { MailHeader.decodeWords(MailHeader.text($0.value)) }
  }

  /// Bytes that should have been encoded are UTF-8 or, failing that, Windows-1252.
  private static func text(_ bytes: [UInt8]) -> String {
    var text =
      String(validating: bytes, as: UTF8.self) ?? CharsetDecoder("windows-1252")?.decode(bytes)
      ?? String(decoding: bytes, as: UTF8.self)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  // MARK: Encoded words

  /// Decodes `=?charset?B?…?=` and `=?charset?Q?…?=`; white space between two of them disappears. Pieces of one charset
  /// that follow one another are decoded together, because programs cut characters in two.
  static func decodeWords(_ text: String) -> String {
    guard text.contains("=?") else { return text }
    var out = ""
    var rest = text[...]
    var pending: [UInt8] = []
    var pendingCharset = ""
    func flush() {
      guard !pending.isEmpty else { return }
      out += decode(pending, charset: pendingCharset)
      pending = []
    }
    while let open = rest.range(of: "=?") {
      let between = rest[..<open.lowerBound]
      guard let (charset, bytes, end) = word(rest[open.lowerBound...]) else {
        flush()
        out += rest[..<open.upperBound]
        rest = rest[open.upperBound...]
        continue
      }
      if pending.isEmpty || !between.allSatisfy(\.isWhitespace) {
        flush()
        out += between
      }
      if charset != pendingCharset { flush() }
      pendingCharset = charset
      pending += bytes
      rest = rest[end...]
    }
    flush()
    return out + rest
  }

  private static func word(_ text: Substring) -> (String, [UInt8], Substring.Index)? {
    let body = text.dropFirst(2)
    guard let first = body.firstIndex(of: "?") else { return nil }
    let charset = body[..<first].prefix { $0 != "*" }.lowercased()
    let afterCharset = body[body.index(after: first)...]
    guard let kind = afterCharset.first, let second = afterCharset.dropFirst().first, second == "?" else { return nil }
    let encoded = afterCharset.dropFirst(2)
    guard let close = encoded.range(of: "?=") else { return nil }
    let content = Array(encoded[..<close.lowerBound].utf8)
    switch kind {
    case "B", "b": return (charset, TransferEncoding.base64(content), close.upperBound)
    case "Q", "q":
      return (
        charset, TransferEncoding.quotedPrintable(content.map { $0 == UInt8(ascii: "_") ? 32 : $0 }, isHeader: true),
        close.upperBound
      )
    default: return nil
    }
  }

  /// Bytes of a named charset; of an unknown one UTF-8 or Windows-1252.
  static func decode(_ bytes: [UInt8], charset: String?) -> String {
    let lowered = charset?.lowercased() ?? ""
    // ASCII and UTF-8 are claimed by mails that are something else.
    if ["", "us-ascii", "ascii", "utf-8", "utf8", "unknown", "unknown-8bit", "default", "x-user-defined"].contains(
      lowered)
    {
      if let text = String(validating: bytes, as: UTF8.self) { return text }
      if lowered.hasPrefix("utf") { return String(decoding: bytes, as: UTF8.self) }
      return CharsetDecoder("windows-1252")?.decode(bytes) ?? String(decoding: bytes, as: UTF8.self)
    }
    if let decoder = CharsetDecoder(lowered) { return decoder.decode(bytes) }
    return String(validating: bytes, as: UTF8.self) ?? CharsetDecoder("windows-1252")?.decode(bytes)
      ?? String(decoding: bytes, as: UTF8.self)
  }

  // MARK: Parameters

  /// A field such as Content-Type: its value, in lower case, and its parameters.
  func structured(_ name: String) -> (value: String, parameters: [String: String])? {
    guard let text = raw(name) else { return nil }
    var pieces: [String] = []
    var piece = ""
    var inQuotes = false
    var escaped = false
    for character in text {
      if escaped {
        piece.append(character)
        escaped = false
      } else if character == "\\", inQuotes {
        escaped = true
        piece.append(character)
      } else if character == "\"" {
        inQuotes.toggle()
        piece.append(character)
      } else if character == ";", !inQuotes {
        pieces.append(piece)
        piece = ""
      } else {
        piece.append(character)
      }
    }
    pieces.append(piece)
    var parameters: [String: String] = [:]
    var continued: [String: [(number: Int, value: String, encoded: Bool)]] = [:]
    for piece in pieces.dropFirst() {
      guard let equals = piece.firstIndex(of: "=") else { continue }
      var key = piece[..<equals].filter { !$0.isWhitespace }.lowercased()
      var value = String(piece[piece.index(after: equals)...].drop(while: \.isWhitespace))
      while value.last?.isWhitespace == true { value.removeLast() }
      if value.hasPrefix("\"") {
        value.removeFirst()
        if value.hasSuffix("\"") { value.removeLast() }
        value = value.replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
      }
      guard key.contains("*") else {
        parameters[key] = parameters[key] ?? MailHeader.decodeWords(value)
        continue
      }
      let encoded = key.hasSuffix("*")
      if encoded { key.removeLast() }
      let number = key.firstIndex(of: "*").flatMap { Int(key[key.index(after: $0)...]) } ?? 0
      continued[String(key.prefix { $0 != "*" }), default: []].append((number, value, encoded))
    }
    for (key, parts) in continued {
      var bytes: [UInt8] = []
      var charset: String?
      for part in parts.sorted(by: { $0.number < $1.number }) {
        var value = part.value[...]
        if part.encoded, charset == nil, let first = value.firstIndex(of: "'"),
          let second = value[value.index(after: first)...].firstIndex(of: "'")
        {
          charset = String(value[..<first])
          value = value[value.index(after: second)...]
        }
        bytes += part.encoded ? MailHeader.unpercent(Array(value.utf8)) : Array(value.utf8)
      }
      parameters[key] = MailHeader.decode(bytes, charset: charset)
    }
    return (pieces[0].filter { !$0.isWhitespace }.lowercased(), parameters)
  }

  private static func unpercent(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = TransferEncoding.hex(bytes[index + 1], bytes[index + 2])
      {
        out.append(value)
        index += 3
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return out
  }

  // MARK: Addresses

  /// Reads a list of addresses: `Name <a@b>`, `a@b (Name)`, quoted names with commas, groups.
  static func addresses(_ raw: String) -> [(name: String?, address: String?)] {
    var out: [(name: String?, address: String?)] = []
    var words = ""
    var angle: String?
    var comment = ""
    var depth = 0
    var inQuotes = false
    var inAngle = false
    var escaped = false
    func finish() {
      var name = decodeWords(words)
      name = String(name.drop(while: \.isWhitespace))
      while name.last?.isWhitespace == true { name.removeLast() }
      var address = angle.map { $0.filter { !$0.isWhitespace } }
      if address == nil, name.contains("@") {
        address = name.split(separator: " ").first { $0.contains("@") }.map(String.init)
        name = decodeWords(comment)
      }
      if name.isEmpty { name = decodeWords(comment) }
      if address?.isEmpty == false || !name.isEmpty {
        out.append((name.isEmpty ? nil : name, address.flatMap { $0.isEmpty ? nil : $0.lowercased() }))
      }
      words = ""
      angle = nil
      comment = ""
    }
    for character in raw {
      if escaped {
        escaped = false
        if depth > 0 { comment.append(character) } else { words.append(character) }
      } else if character == "\\", inQuotes || depth > 0 {
        escaped = true
      } else if depth > 0 {
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        if depth > 0 { comment.append(character) }
      } else if inQuotes {
        if character == "\"" { inQuotes = false } else { words.append(character) }
      } else if inAngle {
        if character == ">" { inAngle = false } else { angle = (angle ?? "") + String(character) }
      } else {
        switch character {
        case "\"": inQuotes = true
        case "(": depth = 1
        case "<":
          inAngle = true
          angle = ""
        case ",", ";": finish()
        case ":":
          // A group's name; an address has no colon outside its brackets.
          if !words.contains("@") { words = "" } else { words.append(character) }
        default: words.append(character)
        }
      }
    }
    finish()
    return out
  }
}

/// The ways in which mail carries bytes in ASCII.
enum TransferEncoding {
  static func hex(_ high: UInt8, _ low: UInt8) -> UInt8? {
    func digit(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 48...57: byte - 48
      case 65...70: byte - 55
      case 97...102: byte - 87
      default: nil
      }
    }
    guard let upper = digit(high), let lower = digit(low) else { return nil }
    return upper << 4 | lower
  }

  /// Decodes base64; bytes that do not belong are passed over.
  static func base64(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count * 3 / 4)
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
      let value: UInt32
      switch byte {
      case 65...90: value = UInt32(byte) - 65
      case 97...122: value = UInt32(byte) - 71
      case 48...57: value = UInt32(byte) + 4
      case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
      case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
      case UInt8(ascii: "="):
        bits = 0
        count = 0
        continue
      default: continue
      }
      bits = bits << 6 | value
      count += 1
      switch count {
      case 2: out.append(UInt8(truncatingIfNeeded: bits >> 4))
      case 3: out.append(UInt8(truncatingIfNeeded: bits >> 2))
      case 4:
        out.append(UInt8(truncatingIfNeeded: bits))
        count = 0
        bits = 0
      default: break
      }
    }
    return out
  }

  /// Decodes quoted-printable; a "=" that begins nothing stays.
  static func quotedPrintable(_ bytes: [UInt8], isHeader: Bool = false) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == UInt8(ascii: "=") else {
        out.append(byte)
        index += 1
        continue
      }
      if index + 2 < bytes.count, let value = hex(bytes[index + 1], bytes[index + 2]) {
        out.append(value)
        index += 3
        continue
      }
      // A soft line end, perhaps with white space before it.
      var end = index + 1
      while end < bytes.count, bytes[end] == 32 || bytes[end] == 9 || bytes[end] == 13 { end += 1 }
      if !isHeader, end < bytes.count, bytes[end] == 10 {
        index = end + 1
      } else if !isHeader, end == bytes.count {
        index = end
      } else {
        out.append(byte)
        index += 1
      }
    }
    return out
  }

  /// Decodes uuencode.
  static func uuencode(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for line in bytes.split(separator: 10) {
      if line.starts(with: "begin ".utf8) || line.starts(with: "end".utf8) { continue }
      guard let first = line.first else { continue }
      let length = Int((first &- 32) & 63)
      var decoded: [UInt8] = []
      let content = Array(line.dropFirst())
      var index = 0
      while index + 3 < content.count, decoded.count < length {
        let values = content[index..<index + 4].map { UInt32(($0 &- 32) & 63) }
        let bits = values[0] << 18 | values[1] << 12 | values[2] << 6 | values[3]
        decoded += [
          UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits),
        ]
        index += 4
      }
      out += decoded.prefix(length)
    }
    return out
  }
}
