internal import Messages

/// JSON in text.
enum JSONText {
  static func quoted(_ text: String) -> String {
    var out: [UInt8] = []
    JSONWriter.append(text, to: &out)
    return String(decoding: out, as: UTF8.self)
  }
}
