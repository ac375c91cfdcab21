internal import CSimdjson
public import Weerbaar

/// Reads NDJSON messages one after another, with buffers of its own. Use one parser for each thread.
///
/// The line itself stays as it is: a parser finds the text to assess, and copies the line with an assessment added, all
/// other fields byte for byte and in their order. An ordinary line costs no allocation.
///
/// ```swift
/// let parser = LineParser()
/// try parser.parse(line)                       // throws a LineProblem
/// let assessment = parser.withText { worker.assess(utf8: $0) }
/// parser.append(assessment, to: &output)
/// ```
public final class LineParser {
  /// Bytes that must be readable behind a line; their value does not matter.
  public static let padding = weerbaar_json_padding

  private let parser: OpaquePointer
  private var line = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  private var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  /// Whether the fast reader holds the line; where it does not, `fields` does.
  private var isHeld = false
  private var fields: [JSONScanner.Field] = []
  private var fieldsAreFound = false
  private var hasAssessment = false
  /// The text of a line that the fast reader does not hold.
  private var unescaped: [UInt8] = []

  /// Opens a parser.
  public init() {
    guard let parser = weerbaar_json_open() else { fatalError("out of memory for a JSON parser") }
    self.parser = parser
  }

  deinit { weerbaar_json_close(parser) }

  /// Reads one line, without its end. It must stay where it is, followed by ``padding`` readable bytes, until the next
  /// line is read. O(length).
  public func parse(_ line: UnsafeBufferPointer<UInt8>) throws(LineProblem) {
    self.line = line
    fieldsAreFound = false
    guard let base = line.baseAddress, !line.isEmpty else { throw .empty }
    let found = weerbaar_json_parse(parser, base, line.count)
    isHeld = found.valid == 1
    guard isHeld, found.root == weerbaar_json_object else { return try parseSlowly() }
    hasAssessment = found.assessment_fields > 0
    guard found.text_fields == 1 else { throw found.text_fields == 0 ? .textMissing : .textTwice }
    guard found.text.kind == weerbaar_json_string else { throw .textIs(Self.kind(found.text.kind)) }
    text = UnsafeBufferPointer(start: found.text.bytes, count: found.text.count)
  }

  private static func kind(_ kind: weerbaar_json_kind) -> LineProblem.Kind {
    switch kind {
    case weerbaar_json_boolean: .boolean
    case weerbaar_json_number: .number
    case weerbaar_json_string: .string
    case weerbaar_json_array: .array
    case weerbaar_json_object: .object
    default: .null
    }
  }

  /// Says why the line is no message; or holds it after all, where only the fast reader could not.
  private func parseSlowly() throws(LineProblem) {
    isHeld = false
    try findFields()
    hasAssessment = fields.contains { isNamed($0, "assessment") }
    let texts = fields.filter { isNamed($0, "text") }
    guard let field = texts.first else { throw .textMissing }
    guard texts.count == 1 else { throw .textTwice }
    guard field.kind == .string else { throw .textIs(field.kind) }
    unescaped.removeAll(keepingCapacity: true)
    try JSONScanner.unescape(line, field.value, into: &unescaped)
  }

  /// Gives the text of the last line: valid UTF-8 without escapes.
  public func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    if isHeld { return try body(text) }
    return try unescaped.withUnsafeBufferPointer(body)
  }

  private func findFields() throws(LineProblem) {
    guard !fieldsAreFound else { return }
    fields.removeAll(keepingCapacity: true)
    var scanner = JSONScanner(line)
    try scanner.fields(into: &fields)
    fieldsAreFound = true
  }

  /// Whether a field has a name, however its key is escaped.
  private func isNamed(_ field: JSONScanner.Field, _ name: String) -> Bool {
    let key = line[field.key.lowerBound + 1..<field.key.upperBound - 1]
    if key.contains(UInt8(ascii: "\\")) {
      var plain: [UInt8] = []
      guard (try? JSONScanner.unescape(line, field.key, into: &plain)) != nil else { return false }
      return plain.elementsEqual(name.utf8)
    }
    return key.elementsEqual(name.utf8)
  }

  // MARK: Copying a line

  /// Appends the last line's object with an assessment added at its end. An assessment that the line had before is left
  /// out, since no field may stand twice. O(length).
  public func append(_ assessment: Assessment, to out: inout [UInt8]) {
    append(to: &out) { JSONWriter.append(assessment, to: &$0) }
  }

  /// Appends the last line's object with a field `assessment` that `write` writes.
  func append(to out: inout [UInt8], assessment write: (inout [UInt8]) -> Void) {
    if hasAssessment {
      // The line was found good, so that its fields can be found again.
      try? findFields()
      var first = true
      out.append(UInt8(ascii: "{"))
      for field in fields where !isNamed(field, "assessment") { copy(field, &first, &out) }
    } else {
      var start = 0
      var end = line.count - 1
      while JSONScanner.isSpace(line[start]) { start += 1 }
      while line[end] != UInt8(ascii: "}") { end -= 1 }
      while JSONScanner.isSpace(line[end - 1]) { end -= 1 }
      out.append(contentsOf: line[start..<end])
    }
    out.append(contentsOf: ",\"assessment\":".utf8)
    write(&out)
    out.append(UInt8(ascii: "}"))
  }

  /// Appends an object with only these fields of the last line, in the line's order, and the assessment. O(length).
  func append(only names: [String], to out: inout [UInt8], assessment write: ((inout [UInt8]) -> Void)?) {
    try? findFields()
    var first = true
    out.append(UInt8(ascii: "{"))
    for field in fields where names.contains(where: { $0 != "assessment" && isNamed(field, $0) }) {
      copy(field, &first, &out)
    }
    if let write {
      out.append(contentsOf: first ? "\"assessment\":".utf8 : ",\"assessment\":".utf8)
      write(&out)
    }
    out.append(UInt8(ascii: "}"))
  }

  private func copy(_ field: JSONScanner.Field, _ first: inout Bool, _ out: inout [UInt8]) {
    if !first { out.append(UInt8(ascii: ",")) }
    first = false
    out.append(contentsOf: line[field.key.lowerBound..<field.value.upperBound])
  }

  // MARK: Fields on demand

  /// The string at a path of field names, such as `["author", "handle"]`; nil where there is none. O(fields).
  public func string(at path: [String]) -> String? {
    guard isHeld else {
      guard path.count == 1, let field = fields.first(where: { isNamed($0, path[0]) && $0.kind == .string }) else {
        return nil
      }
      var plain: [UInt8] = []
      guard (try? JSONScanner.unescape(line, field.value, into: &plain)) != nil else { return nil }
      return String(decoding: plain, as: UTF8.self)
    }
    var pointer = ""
    for name in path {
      pointer += "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
    let value = pointer.withUTF8 { bytes in
      bytes.baseAddress.map { base in
        base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { weerbaar_json_find(parser, $0, bytes.count) }
      }
    }
    guard let value, value.kind == weerbaar_json_string else { return nil }
    return String(decoding: UnsafeBufferPointer(start: value.bytes, count: value.count), as: UTF8.self)
  }

  /// Appends the value of a field as a table shows it: a string without quotation marks and escapes, anything else as
  /// JSON, nothing where the field is absent or null. A name may be a path with dots, such as `author.handle`.
  func appendCell(_ name: String, to out: inout [UInt8]) {
    try? findFields()
    if let field = fields.first(where: { isNamed($0, name) }) {
      switch field.kind {
      case .string: try? JSONScanner.unescape(line, field.value, into: &out)
      case .null: break
      default: out.append(contentsOf: line[field.value])
      }
    } else if name.contains("."), let text = string(at: name.split(separator: ".").map(String.init)) {
      out.append(contentsOf: text.utf8)
    }
  }
}

extension JSONWriter {
  /// Appends a line of JSON as it came in, with an assessment added at its end.
  /// - Returns: false, and nothing appended, where the line is no message.
  public static func append(line: String, _ assessment: Assessment, to out: inout [UInt8]) -> Bool {
    var bytes = Array(line.utf8)
    let count = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: LineParser.padding))
    return bytes.withUnsafeBufferPointer { buffer in
      let parser = LineParser()
      do { try parser.parse(UnsafeBufferPointer(rebasing: buffer[..<count])) } catch { return false }
      parser.append(assessment, to: &out)
      return true
    }
  }
}
