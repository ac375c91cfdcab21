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
  let cancelling: Set<UInt8>
  /// Patterns that say that the text quotes, reports or condemns.
  let reporting: Set<UInt8>
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
    cancelling = Set(["cancel_idiom", "literal_frame", "homonym_name"].map(lexicon.classNumber).filter { $0 != 0 })
    reporting = Set(
      ["quote_frame", "report_verb", "condemn", "report_frame", "official_frame"].map(lexicon.classNumber)
        .filter { $0 != 0 })
  }
}
