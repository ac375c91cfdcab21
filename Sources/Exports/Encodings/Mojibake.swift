/// UTF-8 that was read as Latin-1, as in the JSON exports of Instagram and Facebook ("cafÃ©" for "café").
enum Mojibake {
  /// The repaired text, or the same text where it is none.
  ///
  /// A text is repaired as a whole or not at all: all its scalars must lie below U+0100 and be valid UTF-8 when taken as
  /// bytes. Because genuine text can be that by accident ("CAFÉ®", "Spaß«"), it must also hold C1 control characters,
  /// which nobody types, or only sequences that begin with Â or Ã. Where the file as a whole is known to be written this
  /// way (`fileIsAffected`), valid UTF-8 is enough.
  static func repair(_ text: String, fileIsAffected: Bool = false) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var beyond = false
    for scalar in text.unicodeScalars {
      guard scalar.value <= 0xFF else { return text }
      beyond = beyond || scalar.value >= 0x80
      bytes.append(UInt8(scalar.value))
    }
    guard beyond, let repaired = String(validating: bytes, as: UTF8.self) else { return text }
    if fileIsAffected { return repaired }
    let hasControls = bytes.contains { $0 >= 0x80 && $0 < 0xA0 }
    let isWestern = bytes.allSatisfy { $0 < 0xC0 || $0 == 0xC2 || $0 == 0xC3 }
    return hasControls || isWestern ? repaired : text
  }
}
