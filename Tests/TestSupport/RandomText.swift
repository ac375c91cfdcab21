/// Texts such as the program meets, and worse: words, disguises, emoji, marks, look-alikes, invisible characters.
public enum RandomText {
  private static let pieces: [String] = [
    "wethouder", "mevrouw", "u", "je", "hoer", "kut", "k*t", "kl@@tzak", "h o e r", "h.o.e.r", "klimaatheks", "tr*p",
    "2 uur", "a.u.b.", "3D", "H2O", "1234 AB", "06-12345678", "AB-123-C", "#stemzeweg", "#KlimaatHeks", "@raadslid_1",
    "https://example.org/pad?x=1", "iemand@example.org", "www.example.nl.", "zo'n", "'s avonds", "één", "coördinatie",
    "IJsselmeer", "ﬁets", "Straße", "ŉ", "…", "–", "\u{201C}citaat\u{201D}", ":-)", ":'(", "xD", "<3", "!!!", "?!",
  ]
  private static let scalars: [String] = [
    "a", "e", "Z", "0", "7", " ", " ", " ", "\n", "\t", "\r\n", ".", ",", "!", "*", "-", "_", "@", "#", "$", "'",
    "\u{301}", "\u{308}", "\u{20D7}", "\u{200B}", "\u{200D}", "\u{200C}", "\u{FEFF}", "\u{AD}", "\u{2060}", "\u{FE0F}",
    "а", "е", "о", "р", "с", "х", "і", "ο", "ρ", "Α", "Β", "ц", "ж", "ω", "ñ", "ü", "ø", "ł", "ß", "İ", "ǆ", "Å",
    "👩‍👩‍👧", "🇳🇱", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏽", "❤️", "🔥", "1️⃣", "☠", "㎞", "Ｈ", "ｏ", "𝐡", "𝓮", "ﷺ", "漢", "字", "ع", "ת", "क्षि",
    "\u{0}", "\u{7F}", "\u{85}", "\u{2028}", "\u{202E}", "\u{E0001}", "\u{10FFFF}", "\u{FFFD}", "\u{1F3FB}",
  ]

  /// A text of up to `limit` pieces.
  public static func make(_ generator: inout SeededGenerator, limit: Int = 24) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...limit, using: &generator) {
      if Bool.random(using: &generator) {
        text += pieces.randomElement(using: &generator) ?? ""
        if Int.random(in: 0..<3, using: &generator) > 0 { text += " " }
      } else {
        text += scalars.randomElement(using: &generator) ?? ""
      }
    }
    return text
  }

  /// A text of ASCII only.
  public static func makeASCII(_ generator: inout SeededGenerator, limit: Int = 60) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...limit, using: &generator) {
      if Int.random(in: 0..<4, using: &generator) == 0 {
        text.unicodeScalars.append(UnicodeScalar(UInt8.random(in: 32..<127, using: &generator)))
      } else {
        text +=
          ["a", "b", "e", "k", "t", "A", "Z", "1", "9", ".", ",", "'", "_", " ", ":", "-"].randomElement(
            using: &generator) ?? ""
      }
    }
    return text
  }
}
