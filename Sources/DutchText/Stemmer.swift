/// A light stemmer for folded Dutch: it takes off the endings of plural, diminutive, verb and adjective, and undoes what
/// Dutch spelling does before them. It is meant to bring forms together, not to find lemmas.
public enum Stemmer {
  /// Writes the stem of an ASCII word to `out` (which must hold `word.count + 1` bytes) and returns its length.
  /// Words of fewer than four letters, or not ASCII, stay as they are. O(n).
  public static func stem(_ word: UnsafeBufferPointer<UInt8>, into out: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var count = word.count
    for index in 0..<count { out[index] = word[index] }
    guard count >= 4 else { return count }
    for index in 0..<count where out[index] &- 97 >= 26 { return count }

    func ends(_ suffix: StaticString, keep: Int) -> Bool {
      let length = suffix.utf8CodeUnitCount
      guard count - length >= keep else { return false }
      for offset in 0..<length where out[count - length + offset] != suffix.utf8Start[offset] { return false }
      return true
    }
    func isVowel(_ index: Int) -> Bool {
      switch out[index] {
      case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"),
        UInt8(ascii: "y"):
        true
      default: false
      }
    }

    // Participles: gesloopt, geslagen.
    if count >= 6, out[0] == UInt8(ascii: "g"), out[1] == UInt8(ascii: "e"), !isVowel(2),
      ends("t", keep: 4) || ends("d", keep: 4) || ends("en", keep: 4)
    {
      for index in 2..<count { out[index - 2] = out[index] }
      count -= 2
      if ends("t", keep: 3) || ends("d", keep: 3) { count -= 1 }
    }
    if ends("heden", keep: 3) {
      count -= 3
      out[count - 2] = UInt8(ascii: "e")
      out[count - 1] = UInt8(ascii: "i")
      out[count] = UInt8(ascii: "d")
      return count + 1
    }
    if ends("etjes", keep: 3) {
      count -= 5
    } else if ends("etje", keep: 3) {
      count -= 4
    } else if ends("pjes", keep: 3) || ends("tjes", keep: 3) {
      count -= 4
    } else if ends("pje", keep: 3) || ends("tje", keep: 3) || ends("jes", keep: 3) {
      count -= 3
    } else if ends("je", keep: 3) {
      count -= 2
    } else if ends("ende", keep: 3) {
      count -= 4
    } else if ends("eren", keep: 4) {
      count -= 2
    } else if ends("sten", keep: 4) {
      count -= 2
    } else if ends("ten", keep: 3) || ends("den", keep: 3) {
      count -= 2
    } else if ends("en", keep: 2) {
      count -= 2
    } else if ends("te", keep: 3) || ends("de", keep: 3) {
      count -= 1
    } else if ends("s", keep: 3), !ends("ss", keep: 1), !isVowel(count - 2) {
      count -= 1
    } else if ends("e", keep: 2) {
      count -= 1
    } else if ends("t", keep: 3), !isVowel(count - 2), !ends("ht", keep: 1), !ends("st", keep: 1) {
      count -= 1
    }

    // Doubled consonants and shortened vowels: trutten, hoeren, slopen, wijven, huizen.
    if count >= 3 {
      let last = count - 1
      if out[last] == UInt8(ascii: "v") { out[last] = UInt8(ascii: "f") }
      if out[last] == UInt8(ascii: "z") { out[last] = UInt8(ascii: "s") }
      if out[last] == out[last - 1], !isVowel(last) { count -= 1 }
    }
    // A double vowel before one consonant is written single, so that sloop and slopen meet.
    if count >= 3, !isVowel(count - 1), isVowel(count - 2), out[count - 2] == out[count - 3] {
      out[count - 2] = out[count - 1]
      count -= 1
    }
    return count
  }

  /// The stem of a folded word.
  public static func stem(_ word: String) -> String {
    let bytes = Array(word.utf8)
    var out = [UInt8](repeating: 0, count: bytes.count + 1)
    let count = bytes.withUnsafeBufferPointer { source in
      out.withUnsafeMutableBufferPointer { stem(source, into: $0) }
    }
    return String(decoding: out.prefix(count), as: UTF8.self)
  }
}
