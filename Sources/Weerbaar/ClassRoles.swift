internal import AbuseLexicon

/// Numbers of the lexicon classes that the program itself gives a meaning to.
struct ClassRoles: Sendable {
  let negation: UInt8
  let say: UInt8
  let secondPerson: UInt8
  let thirdFeminine: UInt8
  let thirdMasculine: UInt8
  let firstPerson: UInt8
  let must: UInt8
  let roleInPolitics: UInt8
  /// English words that Dutch messages use.
  let foreign: UInt8
  let cancelling: ClassBits
  /// Patterns that say that the text quotes, reports or condemns.
  let reporting: ClassBits
  /// The superclass of each class number.
  let superclasses: [UInt8]

  init(_ lexicon: Lexicon) {
    superclasses = lexicon.superclasses
    negation = lexicon.classNumber("neg")
    say = lexicon.classNumber("say")
    secondPerson = lexicon.classNumber("2p")
    thirdFeminine = lexicon.classNumber("3f")
    thirdMasculine = lexicon.classNumber("3m")
    firstPerson = lexicon.classNumber("1s")
    must = lexicon.classNumber("must")
    foreign = lexicon.classNumber("foreign_common")
    roleInPolitics = lexicon.classNumber("role_politics")
    cancelling = ClassBits(["cancel_idiom", "literal_frame", "homonym_name"].map(lexicon.classNumber))
    reporting = ClassBits(
      ["quote_frame", "report_verb", "condemn", "report_frame", "official_frame"].map(lexicon.classNumber))
  }
}

/// A set of class numbers; 0, "no class", is never in it.
struct ClassBits: Sendable {
  private var bits = SIMD4<UInt64>()

  init(_ numbers: [UInt8]) {
    for number in numbers where number != 0 { bits[Int(number >> 6)] |= 1 << UInt64(number & 63) }
  }

  @inline(__always)
  func contains(_ number: UInt8) -> Bool { bits[Int(number >> 6)] >> UInt64(number & 63) & 1 == 1 }
}
