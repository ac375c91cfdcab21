import Foundation
import NaiveBayes

/// Copies of messages in which a name, origin, religion, party, orientation or disability is another, with the same labels, so
/// that such a word carries no weight by itself (counterfactual data augmentation; Lu and others, 2018).
///
/// The words come from `bias/terms.tsv`. Gender is left as it is: what is sexism about a woman need not be about a man.
struct Counterfactuals {
  /// For each word, the words that may stand in its place.
  private let others: [Substring: [String]]

  /// Reads the terms of a corpus folder; nil where it has none.
  init?(_ directory: URL) throws {
    let url = directory.appending(path: "bias/terms.tsv")
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    var others: [Substring: [String]] = [:]
    for (_, list) in try BiasReport.terms(url) where list.dimension != "gender" {
      let words = list.terms.filter { !$0.contains(" ") }
      for word in words { others[word[...]] = words.filter { $0 != word } }
    }
    self.others = others
  }

  /// Up to `copies` copies of a message; none where it holds no such word. The same seed gives the same copies. O(length).
  func copies(of message: LabelledMessage, copies: Int, seed: UInt64) -> [LabelledMessage] {
    let text = message.text
    var places: [Range<String.Index>] = []
    var start = text.startIndex
    while start < text.endIndex {
      guard Self.isLetter(text[start]) else {
        start = text.index(after: start)
        continue
      }
      let end = text[start...].firstIndex { !Self.isLetter($0) } ?? text.endIndex
      if others[text[start..<end]] != nil { places.append(start..<end) }
      start = end
    }
    guard !places.isEmpty else { return [] }
    var random = SplitMix64(seed: seed)
    return (0..<copies).map { _ in
      // A word that stands twice is replaced by the same word twice.
      var chosen: [Substring: String] = [:]
      var copy = message
      copy.text = ""
      var last = text.startIndex
      for place in places {
        let word = text[place]
        if chosen[word] == nil, let list = others[word] {
          chosen[word] = list[random.below(list.count)]
        }
        copy.text += text[last..<place.lowerBound] + (chosen[word] ?? String(word))
        last = place.upperBound
      }
      copy.text += text[last...]
      return copy
    }
  }

  private static func isLetter(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "'" || character == "’"
  }
}
