/// A short signature of a text, by which near-identical texts are found: MinHash over runs of five letters.
///
/// Two signatures agree in about that part of their places which is the Jaccard similarity of the two sets of runs
/// (Broder, "On the resemblance and containment of documents", 1997). Texts that agree in 0.6 of their runs share one of
/// the 16 bands with probability 1 - (1 - 0.6^3)^16 = 0.98.
struct TextSignature: Equatable {
  static let length = 48
  static let bandLength = 3
  static let bands = length / bandLength
  /// A shorter text is written by many people without knowing of each other.
  static let leastLetters = 24

  let values: [UInt32]

  /// The signature of a text; nil where it is too short to tell a campaign by.
  init?(_ text: String) {
    var letters: [UInt32] = []
    // What differs from copy to copy is left out: the one addressed, links, punctuation, capitals.
    for word in text.lowercased().split(whereSeparator: \.isWhitespace)
    where !word.hasPrefix("@") && !word.hasPrefix("http") {
      for scalar in word.unicodeScalars where scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        letters.append(scalar.value)
      }
    }
    guard letters.count >= TextSignature.leastLetters else { return nil }
    var values = [UInt32](repeating: .max, count: TextSignature.length)
    for start in 0...letters.count - 5 {
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for letter in letters[start..<start + 5] { hash = (hash ^ UInt64(letter)) &* 0x0000_0100_0000_01B3 }
      for index in values.indices {
        // One mixed hash for each place (splitmix64).
        var mixed = hash &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        values[index] = min(values[index], UInt32(truncatingIfNeeded: mixed >> 32))
      }
    }
    self.values = values
  }

  init?(bytes: [UInt8]) {
    guard bytes.count == TextSignature.length * 4 else { return nil }
    values = (0..<TextSignature.length).map { index in
      (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[index * 4 + $1]) }
    }
  }

  var bytes: [UInt8] { values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } } }

  /// One number for each band.
  var bandValues: [Int64] {
    (0..<TextSignature.bands).map { band in
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for value in values[band * TextSignature.bandLength..<(band + 1) * TextSignature.bandLength] {
        hash = (hash ^ UInt64(value)) &* 0x0000_0100_0000_01B3
      }
      return Int64(bitPattern: hash)
    }
  }

  /// The estimated similarity, 0 to 1.
  func similarity(_ other: TextSignature) -> Double {
    var same = 0
    for index in values.indices where values[index] == other.values[index] { same += 1 }
    return Double(same) / Double(TextSignature.length)
  }
}
