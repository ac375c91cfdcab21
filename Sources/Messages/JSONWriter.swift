public import Weerbaar

/// Appends JSON to a buffer of bytes. Keeps no state; what it writes is the same on every machine.
public enum JSONWriter {
  private static let hex = Array("0123456789abcdef".utf8)

  /// Appends a string with its quotation marks.
  public static func append(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\"")])
      case UInt8(ascii: "\\"): out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\\")])
      case 10: out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
      case 13: out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
      case 9: out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
      case 0..<32:
        out.append(contentsOf: "\\u00".utf8)
        out.append(hex[Int(byte >> 4)])
        out.append(hex[Int(byte & 15)])
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
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

  /// Appends an assessment as the contract writes it.
  public static func append(_ assessment: Assessment, to out: inout [UInt8]) {
    out.append(contentsOf: assessment.abusive ? "{\"abusive\":true,\"score\":".utf8 : "{\"abusive\":false,\"score\":".utf8)
    if let score = assessment.score { append(score, digits: 4, to: &out) } else { out.append(contentsOf: "null".utf8) }
    out.append(contentsOf: ",\"severity\":".utf8)
    append(assessment.severity, to: &out)
    out.append(contentsOf: ",\"level\":\"".utf8)
    out.append(contentsOf: assessment.level.name.utf8)
    out.append(contentsOf: "\",\"categories\":{".utf8)
    for category in Category.allCases {
      out.append(contentsOf: category == .insult ? "\"".utf8 : ",\"".utf8)
      out.append(contentsOf: category.rawValue.utf8)
      out.append(contentsOf: "\":".utf8)
      append(assessment.categories[category], digits: 4, to: &out)
    }
    out.append(contentsOf: "},\"target\":\"".utf8)
    out.append(contentsOf: assessment.target.rawValue.utf8)
    out.append(contentsOf: "\",\"language\":\"".utf8)
    out.append(contentsOf: assessment.language.utf8)
    out.append(contentsOf: assessment.abstained ? "\",\"abstained\":\"language\",\"evidence\":[".utf8 : "\",\"evidence\":[".utf8)
    for (index, evidence) in assessment.evidence.enumerated() {
      out.append(contentsOf: index == 0 ? "{\"category\":\"".utf8 : ",{\"category\":\"".utf8)
      out.append(contentsOf: evidence.category.rawValue.utf8)
      out.append(contentsOf: "\",\"start\":".utf8)
      append(evidence.start, to: &out)
      out.append(contentsOf: ",\"end\":".utf8)
      append(evidence.end, to: &out)
      out.append(contentsOf: ",\"text\":".utf8)
      append(evidence.text, to: &out)
      out.append(contentsOf: ",\"weight\":".utf8)
      append(evidence.weight, digits: 2, to: &out)
      out.append(UInt8(ascii: "}"))
    }
    out.append(contentsOf: "],\"model\":".utf8)
    append(assessment.model, to: &out)
    out.append(UInt8(ascii: "}"))
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
