/// The parts of a mail's text: what the sender wrote, what she quotes, and how she signs.
enum MailText {
  private static let replyMarks: Set<String> = [
    "re", "fw", "fwd", "antw", "antwoord", "doorst", "betr", "aw", "wg", "sv", "vs", "rv", "res", "enc", "tr", "rif", "r", "i",
  ]

  /// Whether a subject begins with a mark such as "Re:", "Antw:" or "FW:".
  static func isReply(_ subject: String) -> Bool {
    guard let colon = subject.firstIndex(of: ":") else { return false }
    let mark = subject[..<colon].lowercased().filter { $0 != " " && !$0.isNumber && $0 != "[" && $0 != "]" }
    return replyMarks.contains(mark)
  }
}
