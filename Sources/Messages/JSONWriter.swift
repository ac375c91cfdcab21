public import Weerbaar

/// Appends JSON to a buffer of bytes. Keeps no state; what it writes is the same on every machine.
public enum JSONWriter {
  private static let hex = Array("0123456789abcdef".utf8)

  /// Appends a string with its quotation marks.
  public static func append(_ text: String, to out: inout [UInt8]) {
    var copy = text
    copy.withUTF8 { append(utf8: $0, to: &out) }
  }

  /// Appends a string of valid UTF-8 with its quotation marks.
  public static func append(utf8 text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    var start = 0
    for index in text.indices where needsEscape(text[index]) {
      out.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      escape(text[index], to: &out)
      start = index + 1
    }
    out.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    out.append(UInt8(ascii: "\""))
  }

  @inline(__always)
  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func escape(_ byte: UInt8, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(byte)
    case 10: out.append(UInt8(ascii: "n"))
    case 13: out.append(UInt8(ascii: "r"))
    case 9: out.append(UInt8(ascii: "t"))
    default:
      append(raw: "u00", to: &out)
      out.append(hex[Int(byte >> 4)])
      out.append(hex[Int(byte & 15)])
    }
  }

  /// Appends a probability, from 0 to 1, with at most four decimals.
  static func append(probability: Double, to out: inout [UInt8]) {
    let value = UInt64((probability * 10_000).rounded(.toNearestOrAwayFromZero))
    guard value > 0, value < 10_000 else { return append(raw: value == 0 ? "0" : "1", to: &out) }
    // The bytes of "0.dddd", first byte lowest, without the zeros at the end.
    let digits =
      UInt32(value / 1000) | (UInt32(value / 100 % 10) << 8) | (UInt32(value / 10 % 10) << 16)
      | (UInt32(value % 10) << 24)
    let text = 0x3030_3030_2E30 | (UInt64(digits) << 16)
    let length = 6 - digits.leadingZeroBitCount / 8
    withUnsafeBytes(of: text.littleEndian) { bytes in
      out.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[0..<length]))
    }
  }

  /// Appends a number with at most `digits` decimals, without zeros at its end.
  public static func append(_ number: Double, digits: Int, to out: inout [UInt8]) {
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    var value = Int((number * Double(scale)).rounded(.toNearestOrAwayFromZero))
    if value < 0 {
      out.append(UInt8(ascii: "-"))
      value = -value
    }
    append(value / scale, to: &out)
    var rest = value % scale
    guard rest > 0 else { return }
    out.append(UInt8(ascii: "."))
    while rest > 0 {
      scale /= 10
      out.append(UInt8(ascii: "0") + UInt8(rest / scale))
      rest %= scale
    }
  }

  /// Appends a whole number.
  public static func append(_ number: Int, to out: inout [UInt8]) {
    if number < 0 { out.append(UInt8(ascii: "-")) }
    var digits: (UInt64, Int) = (0, 0)
    var rest = number.magnitude
    repeat {
      digits.0 = digits.0 * 16 + UInt64(rest % 10)
      digits.1 += 1
      rest /= 10
    } while rest > 0 && digits.1 < 15
    if rest > 0 { append(Int(rest), to: &out) }
    for _ in 0..<digits.1 {
      out.append(UInt8(ascii: "0") + UInt8(digits.0 & 15))
      digits.0 >>= 4
    }
  }

  /// Appends an assessment as the contract writes it, or only some of its fields.
  public static func append(_ assessment: Assessment, fields: AssessmentFields = .all, to out: inout [UInt8]) {
    var separator = UInt8(ascii: "{")
    func key(_ name: StaticString, _ field: AssessmentFields) -> Bool {
      guard fields.contains(field) else { return false }
      out.append(separator)
      separator = UInt8(ascii: ",")
      append(raw: name, to: &out)
      return true
    }
    if key("\"abusive\":", .abusive) { append(raw: assessment.abusive ? "true" : "false", to: &out) }
    if key("\"score\":", .score) {
      if let score = assessment.score { append(probability: score, to: &out) } else { append(raw: "null", to: &out) }
    }
    if key("\"severity\":", .severity) { append(assessment.severity, to: &out) }
    if key("\"level\":\"", .level) {
      out.append(contentsOf: assessment.level.name.utf8)
      out.append(UInt8(ascii: "\""))
    }
    if key("\"categories\":{", .categories) {
      for category in Category.allCases {
        append(raw: Self.key(category), to: &out)
        append(probability: assessment.categories[category], to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
    if key("\"target\":\"", .target) {
      out.append(contentsOf: assessment.target.rawValue.utf8)
      out.append(UInt8(ascii: "\""))
    }
    if key("\"language\":\"", .language) {
      out.append(contentsOf: assessment.language.utf8)
      append(raw: assessment.abstained ? "\",\"abstained\":\"language\"" : "\"", to: &out)
    }
    if key("\"evidence\":[", .evidence) {
      for (index, evidence) in assessment.evidence.enumerated() {
        append(raw: index == 0 ? "{\"category\":\"" : ",{\"category\":\"", to: &out)
        out.append(contentsOf: evidence.category.rawValue.utf8)
        append(raw: "\",\"start\":", to: &out)
        append(evidence.start, to: &out)
        append(raw: ",\"end\":", to: &out)
        append(evidence.end, to: &out)
        append(raw: ",\"text\":", to: &out)
        append(evidence.text, to: &out)
        append(raw: ",\"weight\":", to: &out)
        append(evidence.weight, digits: 2, to: &out)
        out.append(UInt8(ascii: "}"))
      }
      out.append(UInt8(ascii: "]"))
    }
    if key("\"model\":", AssessmentFields.model) { append(assessment.model, to: &out) }
    if separator == UInt8(ascii: "{") { out.append(separator) }
    out.append(UInt8(ascii: "}"))
  }

  /// The key of a category behind what stands before it.
  private static func key(_ category: Category) -> StaticString {
    switch category {
    case .insult: "\"insult\":"
    case .sexism: ",\"sexism\":"
    case .sexual: ",\"sexual\":"
    case .discrimination: ",\"discrimination\":"
    case .threat: ",\"threat\":"
    case .intimidation: ",\"intimidation\":"
    case .incitement: ",\"incitement\":"
    case .doxing: ",\"doxing\":"
    }
  }

  @inline(__always)
  private static func append(raw text: StaticString, to out: inout [UInt8]) {
    out.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends a message as one JSON object; fields that are nil are left out.
  public static func append(_ message: Message, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "{"))
    var first = true
    func key(_ name: String) {
      if !first { out.append(UInt8(ascii: ",")) }
      first = false
      append(name, to: &out)
      out.append(UInt8(ascii: ":"))
    }
    func field(_ name: String, _ value: String?) {
      guard let value else { return }
      key(name)
      append(value, to: &out)
    }
    func party(_ name: String, _ party: Party?) {
      guard let party else { return }
      key(name)
      out.append(UInt8(ascii: "{"))
      first = true
      field("id", party.id)
      field("handle", party.handle)
      field("name", party.name)
      out.append(UInt8(ascii: "}"))
      first = false
    }
    field("id", message.id)
    field("text", message.text)
    field("time", message.time)
    field("platform", message.platform?.rawValue)
    field("channel", message.channel?.rawValue)
    field("direction", message.direction?.rawValue)
    party("author", message.author)
    party("recipient", message.recipient)
    field("conversation", message.conversation)
    field("inReplyTo", message.inReplyTo)
    field("url", message.url)
    field("subject", message.subject)
    field("quoted", message.quoted)
    field("signature", message.signature)
    if let attachments = message.attachments, !attachments.isEmpty {
      key("attachments")
      out.append(UInt8(ascii: "["))
      for (index, attachment) in attachments.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        append(attachment, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    }
    field("state", message.state?.rawValue)
    if let source = message.source {
      key("source")
      out.append(UInt8(ascii: "{"))
      first = true
      field("file", source.file)
      field("locator", source.locator)
      field("sha256", source.sha256)
      field("zone", source.zone)
      out.append(UInt8(ascii: "}"))
    }
    out.append(UInt8(ascii: "}"))
  }
}
