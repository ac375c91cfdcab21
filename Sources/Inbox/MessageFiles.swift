public import Messages
public import Weerbaar

/// Writes assessed messages as lines.
public enum MessageFiles {
  /// Appends a line of NDJSON: the message, and its assessment where it has one. A message that came in as a line keeps
  /// all its fields.
  public static func appendLine(_ message: Message, _ assessment: Assessment?, to out: inout [UInt8]) {
    if let original = message.original {
      if let assessment {
        if JSONWriter.append(line: original, assessment, to: &out) {
          out.append(10)
          return
        }
      } else {
        out.append(contentsOf: original.utf8)
        out.append(10)
        return
      }
    }
    JSONWriter.append(message, to: &out)
    if let assessment {
      out.removeLast()
      out.append(contentsOf: ",\"assessment\":".utf8)
      JSONWriter.append(assessment, to: &out)
      out.append(UInt8(ascii: "}"))
    }
    out.append(10)
  }

  /// The columns of the table.
  public static let columns =
    [
      "time", "platform", "channel", "direction", "author", "recipient", "conversation", "level", "severity", "score",
      "abusive",
      "target", "language",
    ] + Category.allCases.map(\.rawValue) + ["evidence", "text", "file", "locator", "sha256", "id", "url"]

  /// Appends the header of the table, with the mark by which spreadsheets know UTF-8.
  public static func appendHeader(to out: inout [UInt8]) {
    out += [0xEF, 0xBB, 0xBF]
    out += Array(columns.joined(separator: ",").utf8)
    out += [13, 10]
  }

  /// Appends a row of the table.
  public static func appendRow(_ message: Message, _ assessment: Assessment?, to out: inout [UInt8]) {
    var fields: [String] = [
      message.time ?? "", message.platform?.rawValue ?? "", message.channel?.rawValue ?? "",
      message.direction?.rawValue ?? "",
      shown(message.author), shown(message.recipient), message.conversation ?? "", assessment?.level.name ?? "",
      assessment.map { String($0.severity) } ?? "", assessment?.score.map(number) ?? "",
      assessment.map { $0.abusive ? "true" : "false" } ?? "",
      assessment?.target.rawValue ?? "", assessment?.language ?? "",
    ]
    for category in Category.allCases { fields.append(assessment.map { number($0.categories[category]) } ?? "") }
    fields += [
      assessment?.evidence.map(\.text).joined(separator: " | ") ?? "", message.text, message.source?.file ?? "",
      message.source?.locator ?? "", message.source?.sha256 ?? "", message.id ?? "", message.url ?? "",
    ]
    for (index, field) in fields.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      append(field, to: &out)
    }
    out += [13, 10]
  }

  private static func shown(_ party: Party?) -> String {
    guard let party else { return "" }
    if let name = party.name, let handle = party.handle { return "\(name) (\(handle))" }
    return party.name ?? party.handle ?? party.id ?? ""
  }

  private static func number(_ value: Double) -> String {
    var out: [UInt8] = []
    JSONWriter.append(value, digits: 4, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// A spreadsheet takes a field that begins with one of these for a formula and may run it.
  private static func append(_ field: String, to out: inout [UInt8]) {
    let isFormula =
      field.utf8.first.map {
        [UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 9, 13].contains($0)
      } == true
    let needsQuotes =
      isFormula || field.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }
    guard needsQuotes else {
      out += Array(field.utf8)
      return
    }
    out.append(UInt8(ascii: "\""))
    if isFormula { out.append(UInt8(ascii: "'")) }
    for byte in field.utf8 {
      if byte == UInt8(ascii: "\"") { out.append(byte) }
      out.append(byte)
    }
    out.append(UInt8(ascii: "\""))
  }
}
