internal import PolicyFile

/// Whom of the protected persons a text speaks of without naming her in full.
///
/// A surname counts beside something else that fits: her function ("wethouder Van Dalen"), a form of address of her gender
/// ("mevrouw Van Dalen"), or her party anywhere in the text. A function by itself ("die wethouder van jullie") counts where
/// it leaves one person only, among those whose party and gender do not contradict the text; a function followed by another
/// name ("wethouder Jansen") counts for nobody.
struct PersonMention {
  private struct Known {
    var index: Int
    /// The words of the name but the first, folded: "van", "dalen".
    var surname: [String]
    var function: [String]
    var party: [String]
    var gender: String?
  }

  private let persons: [Known]

  init(_ protected: [ProtectedPerson]) {
    persons = protected.enumerated().map { index, person in
      let name = Self.words(of: person.name).map(\.folded)
      return Known(
        index: index, surname: Array(name.dropFirst()),
        function: Self.words(of: person.function ?? "").map(\.folded),
        party: Self.words(of: person.party ?? "").map(\.folded),
        gender: person.gender.flatMap { FormsOfAddress.standard.gender(named: $0) })
    }
  }

  /// The places of the persons in the list that the text speaks of. O(words of the text × persons).
  func persons(in text: String) -> Set<Int> {
    let words = Self.words(of: text)
    var found: Set<Int> = []
    for person in persons where !person.surname.isEmpty {
      let speaksOfParty = !person.party.isEmpty && !Self.places(of: person.party, in: words).isEmpty
      for place in Self.places(of: person.surname, in: words) {
        let followsFunction =
          !person.function.isEmpty && Self.ends(words[..<place], with: person.function)
        let title = place > 0 ? FormsOfAddress.standard.gender(titled: words[place - 1].folded) : nil
        if followsFunction || speaksOfParty || (title != nil && title == person.gender) { found.insert(person.index) }
      }
    }
    for function in Set(persons.map(\.function)) where !function.isEmpty {
      let holders = persons.filter { $0.function == function }
      for place in Self.places(of: function, in: words) {
        let after = place + function.count
        if after < words.count, words[after].isName, words[after - 1].isFollowedByName { continue }
        let title = Self.title(before: place, in: words)
        let meant = holders.filter { title == nil || $0.gender == nil || $0.gender == title }
        let ofParty = meant.filter { !$0.party.isEmpty && !Self.places(of: $0.party, in: words).isEmpty }
        let left = ofParty.isEmpty ? meant : ofParty
        if left.count == 1 { found.insert(left[0].index) }
      }
    }
    return found
  }

  /// The gender that a form of address tells: "mevrouw de wethouder".
  private static func title(before place: Int, in words: [Word]) -> String? {
    for back in 1...2 where place - back >= 0 {
      if let gender = FormsOfAddress.standard.gender(titled: words[place - back].folded) { return gender }
    }
    return nil
  }

  private static func ends(_ words: ArraySlice<Word>, with other: [String]) -> Bool {
    words.suffix(other.count).map(\.folded) == other
  }

  private static func places(of sought: [String], in words: [Word]) -> [Int] {
    guard words.count >= sought.count else { return [] }
    return (0...(words.count - sought.count)).filter { start in
      sought.indices.allSatisfy { words[start + $0].folded == sought[$0] }
    }
  }

  private struct Word {
    var folded: String
    /// Whether it begins with a capital letter.
    var isName: Bool
    /// Whether nothing but a space stands between this word and the next.
    var isFollowedByName: Bool
  }

  /// Letters and digits, with hyphens and apostrophes inside.
  private static func words(of text: String) -> [Word] {
    var words: [Word] = []
    var start: String.Index?
    func end(at index: String.Index) {
      guard let begun = start else { return }
      start = nil
      let next = index < text.endIndex ? text.index(after: index) : index
      words.append(
        Word(
          folded: text[begun..<index].lowercased(), isName: text[begun].isUppercase,
          isFollowedByName: index < text.endIndex && text[index] == " " && next < text.endIndex
            && text[next].isUppercase))
    }
    for index in text.indices {
      let character = text[index]
      let isInside = character.isLetter || character.isNumber || (start != nil && "-'’".contains(character))
      if isInside {
        if start == nil { start = index }
      } else {
        end(at: index)
      }
    }
    end(at: text.endIndex)
    return words
  }
}

/// Forms of address and names of the genders, from forms-of-address.csv: gender, kind (`name`: how a policy file may call the
/// gender; `title`: a word that stands before a surname), word.
struct FormsOfAddress {
  static let standard = FormsOfAddress(String(decoding: PackageResources.forms_of_address_csv, as: UTF8.self))

  private var names: [String: String] = [:]
  private var titles: [String: String] = [:]

  init(_ table: String) {
    for line in table.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",").map(String.init)
      guard fields.count == 3 else { continue }
      if fields[1] == "name" { names[fields[2]] = fields[0] } else { titles[fields[2]] = fields[0] }
    }
  }

  func gender(named name: String) -> String? { names[name.lowercased()] }

  func gender(titled word: String) -> String? { titles[word] }
}
