/// The language of what people read on the terminal.
public enum MessageLanguage: String, Sendable, CaseIterable {
  case nl, en
}

/// Why a line is no message that can be assessed. Places are bytes in the line, from 1.
public enum LineProblem: Error, Sendable, Equatable {
  /// What a JSON value is, where a string was wanted.
  public enum Kind: Sendable, Equatable {
    case null, boolean, number, string, array, object

    func name(_ language: MessageLanguage) -> String {
      switch (self, language) {
      case (.null, .en): "null"
      case (.boolean, .en): "a boolean"
      case (.number, .en): "a number"
      case (.string, .en): "a string"
      case (.array, .en): "an array"
      case (.object, .en): "an object"
      case (.null, .nl): "null"
      case (.boolean, .nl): "true of false"
      case (.number, .nl): "een getal"
      case (.string, .nl): "een tekst"
      case (.array, .nl): "een lijst"
      case (.object, .nl): "een object"
      }
    }
  }

  /// What breaks the rules of JSON at a place.
  public enum Syntax: Sendable, Equatable {
    case unexpected(UInt8)
    case endOfLine
    case endOfLineInString
    case controlCharacter(UInt8)
    case badEscape
    case loneSurrogate
    case badNumber
    case afterTheEnd
  }

  case empty
  case tooLong(limit: Int)
  case notUTF8(byte: Int)
  case syntax(Syntax, byte: Int)
  case notAnObject(Kind)
  case textMissing
  case textTwice
  case textIs(Kind)
  /// A CSV record with another number of cells than the header.
  case cells(found: Int, expected: Int)
  /// A quoted CSV cell that no quotation mark ends.
  case openQuote

  /// What is wrong, and where that helps what to do about it, in one line.
  public func description(in language: MessageLanguage) -> String {
    switch (self, language) {
    case (.empty, .en): "the line is empty; every line must hold one JSON object"
    case (.empty, .nl): "de regel is leeg; op elke regel hoort één JSON-object"
    case (.tooLong(let limit), .en): "the line is longer than \(limit) bytes"
    case (.tooLong(let limit), .nl): "de regel is langer dan \(limit) bytes"
    case (.notUTF8(let byte), .en): "invalid UTF-8 at byte \(byte); convert the file to UTF-8"
    case (.notUTF8(let byte), .nl): "ongeldige UTF-8 bij byte \(byte); zet het bestand om naar UTF-8"
    case (.syntax(let syntax, let byte), .en): "not valid JSON: \(Self.name(syntax, language)) at byte \(byte)"
    case (.syntax(let syntax, let byte), .nl): "geen geldige JSON: \(Self.name(syntax, language)) bij byte \(byte)"
    case (.notAnObject(let kind), .en): "the line is \(kind.name(language)); want an object with a string \"text\""
    case (.notAnObject(let kind), .nl):
      "de regel is \(kind.name(language)); hier hoort een object met een tekst \"text\""
    case (.textMissing, .en): "the object has no field \"text\""
    case (.textMissing, .nl): "het object heeft geen veld \"text\""
    case (.textTwice, .en): "the field \"text\" stands more than once; it must be clear which one to assess"
    case (.textTwice, .nl): "het veld \"text\" staat er meer dan eens; welk van de twee telt, is niet te zeggen"
    case (.textIs(let kind), .en): "the field \"text\" is \(kind.name(language)); want a string"
    case (.textIs(let kind), .nl): "het veld \"text\" is \(kind.name(language)); hier hoort een tekst"
    case (.cells(let found, let expected), .en): "the record has \(found) cells; the header has \(expected)"
    case (.cells(let found, let expected), .nl): "de rij heeft \(found) cellen; de kopregel heeft er \(expected)"
    case (.openQuote, .en): "a quoted cell is never closed; look for a stray quotation mark"
    case (.openQuote, .nl): "een cel tussen aanhalingstekens wordt nergens gesloten; zoek het losse aanhalingsteken"
    }
  }

  private static func name(_ syntax: Syntax, _ language: MessageLanguage) -> String {
    switch (syntax, language) {
    case (.unexpected(let byte), .en): "unexpected \(shown(byte, language))"
    case (.unexpected(let byte), .nl): "onverwacht teken \(shown(byte, language))"
    case (.endOfLine, .en): "the line ends too early (cut short?)"
    case (.endOfLine, .nl): "de regel houdt te vroeg op (afgebroken?)"
    case (.endOfLineInString, .en): "the line ends inside a string (cut short?)"
    case (.endOfLineInString, .nl): "de regel houdt midden in een tekst op (afgebroken?)"
    case (.controlCharacter(let byte), .en): "\(shown(byte, language)) inside a string must be escaped"
    case (.controlCharacter(let byte), .nl): "\(shown(byte, language)) in een tekst moet als escape geschreven worden"
    case (.badEscape, .en): "unknown escape"
    case (.badEscape, .nl): "onbekende escape"
    case (.loneSurrogate, .en): "lone surrogate escape, half a character"
    case (.loneSurrogate, .nl): "losse surrogaat-escape, een half teken"
    case (.badNumber, .en): "malformed number"
    case (.badNumber, .nl): "onjuist geschreven getal"
    case (.afterTheEnd, .en): "something stands behind the object"
    case (.afterTheEnd, .nl): "er staat nog iets achter het object"
    }
  }

  private static func shown(_ byte: UInt8, _ language: MessageLanguage) -> String {
    switch byte {
    case 0: language == .nl ? "een NUL-byte" : "NUL byte"
    case 1..<32, 127: (language == .nl ? "besturingsteken " : "control character ") + String(byte)
    case 32..<127: "'" + String(UnicodeScalar(byte)) + "'"
    default: "byte \(byte)"
    }
  }
}
