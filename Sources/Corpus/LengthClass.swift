/// How long a text is, in five classes of words.
struct LengthClass {
  private let number: Int

  init(_ text: String) {
    let count = text.split(whereSeparator: \.isWhitespace).count
    number = [3, 6, 18, 60].firstIndex { count <= $0 } ?? 4
  }

  /// The words in figures.
  var words: String { ["1-3", "4-6", "7-18", "19-60", "61+"][number] }

  /// A name that sorts by length.
  var title: String {
    ["1: up to 3 words", "2: 4 to 6 words", "3: 7 to 18 words", "4: 19 to 60 words", "5: over 60 words"][number]
  }
}
