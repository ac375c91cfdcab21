/// Hands out the records of a JSON file one by one: the lines of NDJSON, the items of an array, or of the array that is
/// the value of a key.
enum JSONRecords {
  /// - Parameter lists: keys under which an object at the root holds its records; without one of them the object itself
  ///   is a record.
  static func each(
    _ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext, lists: Set<String> = [],
    _ body: (JSONValue, _ locator: String) throws -> Void
  ) throws {
    let hasList = file.outline?.members.contains { lists.contains($0.key) && $0.value.isArray } == true
    // A document that holds its records in a list may stand on one line.
    if !hasList, isLines(file) {
      var number = 0
      while let line = try input.line(limit: 1 << 27) {
        number += 1
        guard let first = line.first(where: { $0 > 32 }) else { continue }
        let locator = "line \(number)"
        guard first == UInt8(ascii: "{") else {
          context.damage(locator, "a line that is no JSON object")
          continue
        }
        let reader = JSONReader(ByteCursor(MemoryStream(line), capacity: max(64, min(line.count, 1 << 16))))
        do {
          let value = try reader.value()
          guard try reader.isAtEnd() else {
            context.damage(locator, "a line with more than one JSON object")
            continue
          }
          if reader.repairs > 0 { context.damage(locator, "a line that is no valid JSON; read as well as could be") }
          context.line = reader.repairs > 0 ? nil : line
          try body(value, locator)
        } catch is JSONError {
          context.damage(locator, "a line that is no complete JSON object")
        }
      }
      return
    }
    let json = JSONReader(input)
    while try !json.isAtEnd() {
      try json.walk({ path in
        if path.count == 0 { return file.outline?.isArray == true || hasList ? .enter : .take }
        if path.index(0) != nil { return .take }
        guard let key = path.key(0), lists.contains(key) else { return .skip }
        return path.count == 1 ? .enter : .take
      }) { path, value in
        if value.isObject { try body(value, "\(path)") }
      }
    }
    context.remarkRepairs(json)
  }

  /// Whether every line is an object of its own: then damage to one leaves the others whole.
  static func isLines(_ file: SurveyedFile) -> Bool {
    guard let line = file.head.lines.first(where: { !$0.allSatisfy(\.isWhitespace) }), line.hasPrefix("{") else {
      return false
    }
    let reader = JSONReader(ByteCursor(line))
    guard (try? reader.value()) != nil else {
      // A line longer than what was looked at; a document over several lines breaks off sooner.
      return file.head.lines.count == 1 && !file.head.isComplete
    }
    return true
  }
}
