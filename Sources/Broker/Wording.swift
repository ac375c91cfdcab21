public import Messages

/// A sentence for people, in the languages of the program's messages.
public struct Wording: Sendable, Equatable {
  public var en: String
  public var nl: String

  init(en: String, nl: String) {
    self.en = en
    self.nl = nl
  }

  /// What a server or library says, in its own language.
  init(_ text: String) { self.init(en: text, nl: text) }

  /// The sentence in one language.
  public func text(in language: MessageLanguage) -> String {
    switch language {
    case .en: en
    case .nl: nl
    }
  }
}
