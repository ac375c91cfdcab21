/// Makes the forms of Dutch words by the rules of Dutch spelling. It makes a form too many rather than one too few.
enum Inflector {
  private static let vowels = Set("aeiouy")

  private static func isVowel(_ character: Character?) -> Bool { character.map(vowels.contains) ?? false }

  /// All forms of an entry, the lemma first; for a separable verb the joined forms.
  static func forms(of entry: LexiconEntry) -> [String] {
    var forms: [String]
    switch entry.inflection {
    case .invariable, .pattern: forms = [entry.lemma]
    case .noun(let plural): forms = noun(entry.lemma, plural: plural)
    case .verb: forms = verb(entry.lemma, extra: entry.extraForms)
    case .adjective: forms = adjective(entry.lemma)
    }
    let joined = entry.lemma.contains("|") ? separable(entry).map { $0.0 + $0.1 } : entry.extraForms
    forms.append(contentsOf: joined)
    var seen: Set<String> = []
    return forms.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// For a separable verb such as `op|zouten`: the particle and the parted finite forms ("zout", "op").
  static func partedForms(of entry: LexiconEntry) -> (particle: String, finite: [String])? {
    let parts = entry.lemma.split(separator: "|").map(String.init)
    guard parts.count == 2, entry.inflection == .verb else { return nil }
    let extra = entry.extraForms.filter { !$0.hasPrefix(parts[0]) }
    return (parts[0], verb(parts[1], extra: extra).filter { !$0.hasPrefix("ge") } + extra)
  }

  private static func separable(_ entry: LexiconEntry) -> [(String, String)] {
    entry.extraForms.map { ("", $0) }
  }

  /// Endings that -en, -e or -er need: huis → huiz, wijf → wijv, slet → slett, haar → har.
  static func opened(_ word: String) -> [String] {
    let letters = Array(word)
    guard let last = letters.last, !isVowel(last), letters.count >= 2 else { return [word] }
    let before = letters[letters.count - 2]
    let beforeThat = letters.count >= 3 ? letters[letters.count - 3] : nil
    var bases: [String]
    if isVowel(before), before == beforeThat {
      bases = [String(letters.dropLast(2)) + String(last)]
    } else if isVowel(before), !isVowel(beforeThat), !"wxj".contains(last) {
      bases = [word + String(last), word]
    } else {
      bases = [word]
    }
    let voiced: Character? = last == "f" ? "v" : last == "s" ? "z" : nil
    let afterDiphthong = before == "j" && beforeThat == "i"
    if let voiced, isVowel(before) || afterDiphthong || "lrn".contains(before) {
      bases += bases.filter { !$0.hasSuffix(String([last, last])) }.map { String($0.dropLast()) + String(voiced) }
    }
    return bases
  }

  private static func noun(_ lemma: String, plural: String?) -> [String] {
    var forms = [lemma]
    let last = lemma.last
    switch plural {
    case "en":
      if last == "e" { forms += [lemma + "n", lemma + "ën"] } else { forms += opened(lemma).map { $0 + "en" } }
    case "s":
      forms.append(lemma + "s")
      if isVowel(last), last != "e" { forms.append(lemma + "'s") }
    case "eren":
      forms += [lemma + "eren"]
      forms += opened(lemma).map { $0 + "eren" }
    default: break
    }
    guard plural != nil else { return forms }
    var diminutives: [String] = []
    let letters = Array(lemma)
    let before = letters.count >= 2 ? letters[letters.count - 2] : nil
    let beforeThat = letters.count >= 3 ? letters[letters.count - 3] : nil
    let short = isVowel(before) && !isVowel(beforeThat)
    switch last {
    case "m": diminutives = short ? [lemma + "metje", lemma + "pje"] : [lemma + "pje"]
    case "n", "l", "r": diminutives = short ? [lemma + String(last ?? "n") + "etje", lemma + "tje"] : [lemma + "tje"]
    case "g":
      diminutives =
        short
        ? [lemma + "getje", lemma + "je"]
        : lemma.hasSuffix("ng")
          ? [lemma + "etje", String(lemma.dropLast()) + "kje"] : [lemma + "je"]
    case "w": diminutives = [lemma + "tje"]
    case "a", "o", "u": diminutives = [lemma + String(last ?? "a") + "tje", lemma + "tje"]
    case "e": diminutives = [lemma + "tje"]
    default: diminutives = [lemma + "je"]
    }
    if short, "bpd".contains(last ?? " ") { diminutives.append(lemma + String(last ?? " ") + "etje") }
    return forms + diminutives + diminutives.map { $0 + "s" }
  }

  private static func adjective(_ lemma: String) -> [String] {
    let bases = opened(lemma)
    var forms = [lemma] + bases.map { $0 + "e" } + bases.flatMap { [$0 + "er", $0 + "ere"] }
    if lemma.hasSuffix("r") { forms += [lemma + "der", lemma + "dere"] }
    forms +=
      lemma.hasSuffix("s")
      ? [lemma + "t", lemma + "te", lemma + "ten"] : [lemma + "st", lemma + "ste", lemma + "sten"]
    forms.append(lemma + "s")
    return forms
  }

  /// The stem of an infinitive: slopen → sloop, trappen → trap, leven → leef.
  static func verbStem(_ infinitive: String) -> String {
    guard infinitive.hasSuffix("en"), infinitive.count > 3 else {
      return infinitive.hasSuffix("n") ? String(infinitive.dropLast()) : infinitive
    }
    var letters = Array(infinitive.dropLast(2))
    guard let last = letters.last, !isVowel(last) else { return String(letters) }
    let before = letters.count >= 2 ? letters[letters.count - 2] : nil
    let beforeThat = letters.count >= 3 ? letters[letters.count - 3] : nil
    if before == last {
      letters.removeLast()
    } else if let before, isVowel(before), !isVowel(beforeThat), before != "i" || letters.count <= 3 {
      // An open syllable: the vowel is written double in the stem, but not in an unstressed -el, -er, -en, -em, -ig.
      let unstressed = before == "e" && "lrnm".contains(last) && letters.count > 3
      if !unstressed, before != "i", before != "y" { letters.insert(before, at: letters.count - 1) }
    }
    if letters.last == "v" { letters[letters.count - 1] = "f" }
    if letters.last == "z" { letters[letters.count - 1] = "s" }
    return String(letters)
  }

  private static func verb(_ lemma: String, extra: [String]) -> [String] {
    let parts = lemma.split(separator: "|").map(String.init)
    let particle = parts.count == 2 ? parts[0] : ""
    let infinitive = parts.last ?? lemma
    let stem = verbStem(infinitive)
    let unvoiced = "tkfschpx"
    let root = String(infinitive.hasSuffix("en") ? infinitive.dropLast(2) : infinitive.dropLast(1))
    let soft = root.last.map { unvoiced.contains($0) } ?? false
    let past = soft ? "te" : "de"
    var finite = [stem, stem.hasSuffix("t") ? stem : stem + "t", stem + past, stem + past + "n", infinitive]
    if extra.isEmpty == false { finite += extra.filter { !$0.hasPrefix("ge") } }
    let ending = stem.hasSuffix("t") || stem.hasSuffix("d") ? "" : soft ? "t" : "d"
    let prefixed = ["be", "ge", "her", "ont", "ver", "er"].contains {
      infinitive.hasPrefix($0) && infinitive.count > $0.count + 4
    }
    let participle = (prefixed ? "" : "ge") + stem + ending
    var forms = particle.isEmpty ? finite : finite.map { particle + $0 }
    if !particle.isEmpty { forms.insert(particle + infinitive, at: 0) } else { forms.insert(infinitive, at: 0) }
    forms += [particle + participle]
    forms += opened(participle).map { particle + $0 + "e" }
    forms += [particle + infinitive + "d", particle + infinitive + "de"]
    if !particle.isEmpty { forms.append(particle + "te" + infinitive) }
    return forms
  }
}
