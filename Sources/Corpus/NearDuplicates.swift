/// Two messages that are too like each other.
public struct NearDuplicate: Sendable, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    /// Eight words in a row are the same.
    case sharedWords(String)
    /// The content words are the same to a share above the limit (Jaccard similarity).
    case contentWords(Double)
  }
  public var first: String
  public var second: String
  public var reason: Reason

  public var description: String {
    switch reason {
    case .sharedWords(let words): "\(second) shares eight words in a row with \(first): \(words)"
    case .contentWords(let share): "\(second) has the content words of \(first) (\(Int((share * 100).rounded())) %)"
    }
  }
}

/// Finds messages that repeat each other. The two messages of a pair may be alike: that is what they are for.
public enum NearDuplicates {
  /// Words that say nothing of the content.
  private static let empty = Set(
    """
    de het een en van is dat niet ik je jij u hij zij ze we wij jullie met voor op aan te zijn was heeft hebben maar ook als \
    nog wel naar om door over bij uit dan wat wie dit deze die daar hier mijn jouw uw haar hem ons onze hun er al zo mee heel \
    ben bent hebt had in of
    """.split(separator: " ").map(String.init))

  /// - Parameters:
  ///   - run: how many words in a row may not be shared.
  ///   - similarity: the highest Jaccard similarity of content words, for messages with three or more of them.
  /// - Complexity: expected O(words × messages that share a rare word).
  public static func find(_ messages: [LabelledMessage], run: Int = 8, similarity: Double = 0.6) -> [NearDuplicate] {
    var found: [NearDuplicate] = []
    var runs: [[Substring]: Int] = [:]
    var postings: [Substring: [Int]] = [:]
    let lowered = messages.map { $0.text.lowercased() }
    let words = lowered.map { $0.split { !$0.isLetter && !$0.isNumber } }
    let contents = words.map { Set($0.filter { !empty.contains(String($0)) }) }
    var frequency: [Substring: Int] = [:]
    for content in contents { for word in content { frequency[word, default: 0] += 1 } }
    func isPair(_ a: Int, _ b: Int) -> Bool { messages[a].pair != nil && messages[a].pair == messages[b].pair }
    for index in messages.indices {
      let text = words[index]
      var reported = false
      if text.count >= run {
        for start in 0...text.count - run {
          let key = Array(text[start..<start + run])
          if let other = runs[key] {
            if other != index, !isPair(other, index), !reported {
              reported = true
              found.append(
                NearDuplicate(
                  first: messages[other].id, second: messages[index].id,
                  reason: .sharedWords(key.joined(separator: " "))))
            }
          } else {
            runs[key] = index
          }
        }
      }
      // Two sets with a similarity above 0.6 share one of the rarest 40 per cent of the words of either.
      let content = contents[index].sorted { (frequency[$0] ?? 0, $0) < (frequency[$1] ?? 0, $1) }
      let prefix = content.count - Int((similarity * Double(content.count)).rounded(.up)) + 1
      var seen: Set<Int> = []
      for word in content.prefix(max(1, prefix)) {
        if content.count >= 3, !reported {
          for other in postings[word] ?? [] where seen.insert(other).inserted && !isPair(other, index) {
            let shared = contents[index].intersection(contents[other]).count
            let share = Double(shared) / Double(contents[index].count + contents[other].count - shared)
            if share > similarity {
              reported = true
              found.append(
                NearDuplicate(
                  first: messages[other].id, second: messages[index].id, reason: .contentWords(share)))
              break
            }
          }
        }
        if content.count >= 3 { postings[word, default: []].append(index) }
      }
    }
    return found
  }
}
