/// How far the office is with a message or a case.
public enum CaseState: String, CaseIterable, Sendable, Codable {
  case new, seen, reported, police, closed

  /// The name that Dutch readers see.
  public var dutchName: String {
    switch self {
    case .new: "nieuw"
    case .seen: "gezien"
    case .reported: "gemeld"
    case .police: "aangifte"
    case .closed: "gesloten"
    }
  }
}

/// What joins the messages of a case.
public enum CaseKind: String, CaseIterable, Sendable, Codable {
  /// One sender, without a longer pause than the policy's window.
  case sender
  /// Nearly the same text from several senders.
  case campaign
  /// Many messages of several accounts within a short time.
  case burst

  public var dutchName: String {
    switch self {
    case .sender: "afzender"
    case .campaign: "campagne"
    case .burst: "golf"
    }
  }
}

/// The name of a case, such as 3, or of a message in it, such as 3.2.
public struct CaseName: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var number: Int
  /// The message's number in its case; nil for the case as a whole.
  public var message: Int?

  public init(_ number: Int, _ message: Int? = nil) {
    self.number = number
    self.message = message
  }

  /// Reads "3" or "3.2".
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let number = Int(parts[0]), number > 0 else { return nil }
    self.number = number
    guard parts.count == 2 else { return }
    guard let message = Int(parts[1]), message > 0 else { return nil }
    self.message = message
  }

  public var description: String { message.map { "\(number).\($0)" } ?? String(number) }

  public static func < (left: CaseName, right: CaseName) -> Bool {
    (left.number, left.message ?? 0) < (right.number, right.message ?? 0)
  }
}
