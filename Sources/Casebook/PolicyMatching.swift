internal import Foundation
public import Messages
public import PolicyFile
public import Weerbaar

/// Finds protected persons and known senders in messages.
extension OfficePolicy {
  /// Small letters, without a leading @.
  static func folded(_ handle: String) -> String {
    let small = handle.lowercased()
    return small.hasPrefix("@") ? String(small.dropFirst()) : small
  }

  private static func names(_ party: Party, _ name: String?, _ handles: [String]) -> Bool {
    let own = [party.handle, party.id, party.name].compactMap { $0.map(folded) }
    return own.contains { own in handles.contains { folded($0) == own } || name.map { folded($0) == own } == true }
  }

  /// The known sender who wrote a message.
  public func knownSender(of message: Message) -> KnownSender? {
    guard let author = message.author else { return nil }
    return senders.first { OfficePolicy.names(author, $0.name, $0.handles) }
  }

  /// The protected persons to whom a message is sent, or of whom it speaks: by name or account, by surname beside her
  /// function, a form of address of her gender or her party, or by her function where no other person can be meant.
  public func protectedPersons(in message: Message) -> [ProtectedPerson] {
    guard !protected.isEmpty else { return [] }
    let text = message.text.lowercased()
    let mentioned = PersonMention(protected).persons(in: message.text)
    return protected.enumerated().filter { index, person in
      if mentioned.contains(index) { return true }
      if let recipient = message.recipient, OfficePolicy.names(recipient, person.name, person.handles) { return true }
      return ([person.name] + person.handles).contains { OfficePolicy.holds(text, OfficePolicy.folded($0)) }
    }.map(\.element)
  }

  /// Whether a text holds a name as words of their own.
  private static func holds(_ text: String, _ name: String) -> Bool {
    guard name.count >= 3 else { return false }
    var start = text.startIndex
    while let found = text.range(of: name, range: start..<text.endIndex) {
      let before = found.lowerBound == text.startIndex ? nil : text[text.index(before: found.lowerBound)]
      let after = found.upperBound == text.endIndex ? nil : text[found.upperBound]
      if before.map({ $0.isLetter || $0.isNumber }) != true, after.map({ $0.isLetter || $0.isNumber }) != true {
        return true
      }
      start = text.index(after: found.lowerBound)
    }
    return false
  }

  /// An assessment with the target that the list of protected persons tells: abuse of a person whom the office protects is
  /// aimed at the recipient, also where it is written about her and not to her.
  public func placed(_ assessment: Assessment, _ message: Message) -> Assessment {
    guard assessment.abusive, assessment.target == .person, !protectedPersons(in: message).isEmpty else {
      return assessment
    }
    var placed = assessment
    placed.target = .recipient
    return placed
  }
}
