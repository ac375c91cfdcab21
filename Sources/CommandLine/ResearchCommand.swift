import ArgumentParser
import Foundation
import Messages
import Research

/// `weerbaar research`: studies of messages and of surveys.
struct ResearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "research", abstract: "Study scored messages or a survey: tables, figures, report, methods, manifest.",
    discussion:
      "docs/research.md tells how, and docs/research-data-protection.md what researchers owe to those studied.",
    subcommands: [
      ResearchMessagesCommand.self, ResearchSurveyCommand.self, ResearchSampleCommand.self,
      ResearchGenerateCommand.self, ResearchCoverageCommand.self,
    ])
}

/// What all studies are told.
struct StudyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder for the results: new, empty, or of an earlier study.", valueName: "dir"))
  var out: String

  @Option(help: "The language of the report.")
  var language = MessageLanguage.nl

  @Option(help: ArgumentHelp("The seed of what is drawn; the same seed gives the same bytes.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The probability that intervals are made for.", valueName: "p"))
  var confidence = 0.95

  func validate() throws {
    guard (0.5..<1).contains(confidence) else {
      throw ValidationError("--confidence \(confidence) is out of range; want 0.5 to below 1.")
    }
  }

  /// Does a study and says in one line what is wrong where it cannot be done.
  ///
  /// - Parameters:
  ///   - shown: the file that is named at the end.
  ///   - summaryToOutput: whether the summary is the result, not a diagnostic.
  func run(shown: String = "report.html", summaryToOutput: Bool = false, _ make: () throws -> StudyOutput) throws {
    do {
      let output = try make()
      try output.write(to: out)
      for line in output.summary {
        if summaryToOutput { print(line) } else { printError("weerbaar: \(line)") }
      }
      print("\(out)/\(shown)")
    } catch let failure as Research.Failure {
      printError("weerbaar: \(failure)")
      throw ExitCode(1)
    }
  }
}

/// `weerbaar research messages`: scored messages and a roster in, a study out.
struct ResearchMessagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "messages",
    abstract: "Who receives how much abuse, of what kind, from whom, when; and do groups differ?",
    discussion: """
      The messages are NDJSON as weerbaar score writes it. The roster is CSV, a row a person (or a term of office): id, \
      handles, names, followers, start and end; any other column, such as gender or party, is a group. Persons get \
      pseudonyms unless --names is given.
      """)

  @Argument(help: ArgumentHelp("Scored messages; - is standard input.", valueName: "file"), completion: .file())
  var files: [String]

  @Option(help: ArgumentHelp("Who received the messages.", valueName: "csv"), completion: .file(extensions: ["csv"]))
  var roster: String

  @OptionGroup var study: StudyOptions

  @Option(help: ArgumentHelp("Dates to look around: CSV with date, label and optionally person.", valueName: "csv"))
  var events: String?

  @Option(
    help: ArgumentHelp(
      "Labels that people gave: CSV with id and abusive, as research sample agreement writes it.", valueName: "csv"))
  var labels: String?

  @Option(help: ArgumentHelp("Groups to compare by, parted by commas.", valueName: "columns"))
  var compare = "gender"

  @Option(
    help: ArgumentHelp("Groups to control for, parted by commas (default: function and party).", valueName: "columns"))
  var control: String?

  @Option(
    help: ArgumentHelp(
      "The level that others are compared with, as gender=man; may be repeated.", valueName: "group=level"))
  var reference: [String] = []

  @Option(help: ArgumentHelp("Draws of the bootstrap.", valueName: "n"))
  var draws = 1000

  @Flag(help: "Name the persons of the roster, and withhold no small groups.")
  var names = false

  @Option(help: ArgumentHelp("Groups of fewer persons are withheld.", valueName: "n"))
  var minimumPersons = 5

  @Option(help: ArgumentHelp("Words are shown from this many abusive messages on.", valueName: "n"))
  var wordMessages = 20

  @Option(help: ArgumentHelp("Words are shown from this many senders on.", valueName: "n"))
  var wordSenders = 5

  @Option(help: ArgumentHelp("Days before and from an event that are compared.", valueName: "n"))
  var eventDays = 7

  @Option(help: ArgumentHelp("How many times the usual share makes a burst.", valueName: "factor"))
  var burst = 2.0

  func validate() throws {
    if files.isEmpty { throw ValidationError("name at least one file of scored messages, or -.") }
    if !(100...100_000).contains(draws) {
      throw ValidationError("--draws \(draws) is out of range; want 100 to 100000.")
    }
    if minimumPersons < 1 || wordMessages < 1 || wordSenders < 1 {
      throw ValidationError("--minimum-persons, --word-messages and --word-senders must be 1 or more.")
    }
    if !(1...366).contains(eventDays) {
      throw ValidationError("--event-days \(eventDays) is out of range; want 1 to 366.")
    }
    if burst <= 1 { throw ValidationError("--burst must be above 1.") }
    for item in reference where item.split(separator: "=", maxSplits: 1).count != 2 {
      throw ValidationError("--reference \(item): write it as gender=man.")
    }
  }

  func run() throws {
    func list(_ text: String) -> [String] {
      text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
    var options = MessageStudyOptions(
      inputs: files, roster: roster, compare: list(compare), version: WeerbaarCommand.configuration.version)
    options.events = events
    options.labels = labels
    options.controls = control.map(list)
    for item in reference {
      let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
      options.references[parts[0]] = parts[1]
    }
    options.draws = draws
    options.seed = study.seed
    options.level = study.confidence
    options.language = study.language
    options.showsNames = names
    options.minimumPersons = minimumPersons
    options.wordMessages = wordMessages
    options.wordSenders = wordSenders
    options.eventDays = eventDays
    options.burstScale = burst
    try study.run { try MessageStudy(options).run { printError($0) } }
  }
}

/// `weerbaar research generate`: data that nobody gave, to try the studies out.
struct ResearchGenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Make data to try the studies out; every file says that it is generated.",
    subcommands: [Messages.self, Survey.self])

  struct Messages: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make scored messages of made-up words, and a roster.")

    @Option(help: ArgumentHelp("Number of messages.", valueName: "n"))
    var count = 20_000

    @Option(help: ArgumentHelp("Number of persons on the roster.", valueName: "n"))
    var persons = 150

    @Option(help: ArgumentHelp("Where the roster goes.", valueName: "csv"))
    var roster: String

    @Option(help: ArgumentHelp("Where the messages go; standard output unless given.", valueName: "file"))
    var output: String?

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    func validate() throws {
      if count < 1 || persons < 2 { throw ValidationError("--count must be 1 or more, --persons 2 or more.") }
    }

    func run() throws {
      let maker = MessageMaker(messages: count, persons: persons, seed: seed)
      try Data(maker.roster().utf8).write(to: URL(filePath: roster))
      if let output, !FileManager.default.createFile(atPath: output, contents: nil) {
        printError("weerbaar: \(output): the file cannot be written")
        throw ExitCode(1)
      }
      let handle = output.flatMap { FileHandle(forWritingAtPath: $0) } ?? FileHandle.standardOutput
      try maker.lines { try handle.write(contentsOf: Data($0)) }
    }
  }
  struct Survey: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make survey data with the marginals published on the Monitor Integriteit en Veiligheid 2022.",
      discussion: "examples/research/codebook.toml describes the columns.")

    @Option(help: ArgumentHelp("Where the data go; standard output unless given.", valueName: "csv"))
    var output: String?

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    func run() throws {
      let data = Data(SurveyMaker(seed: seed).csv().utf8)
      if let output { try data.write(to: URL(filePath: output)) } else { FileHandle.standardOutput.write(data) }
    }
  }
}

/// `weerbaar research survey`: microdata and a codebook in, a study out.
struct ResearchSurveyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survey", abstract: "Shares, differences, tests, regressions and trends from survey microdata.",
    discussion: """
      The data are CSV with a header. The codebook is TOML: it maps columns, values, missing codes, weights, strata and \
      clusters, and says what is asked. Published figures that it names are printed beside those found, in its order.
      """)

  @Argument(help: ArgumentHelp("The answers.", valueName: "csv"), completion: .file(extensions: ["csv"]))
  var data: String

  @Option(help: ArgumentHelp("What the columns mean.", valueName: "toml"), completion: .file(extensions: ["toml"]))
  var codebook: String

  @OptionGroup var study: StudyOptions

  @Option(help: ArgumentHelp("Cells of fewer respondents are withheld.", valueName: "n"))
  var minimumCell = 5

  func validate() throws {
    if minimumCell < 1 { throw ValidationError("--minimum-cell must be 1 or more.") }
  }

  func run() throws {
    var options = SurveyStudyOptions(
      data: data, codebook: codebook, version: WeerbaarCommand.configuration.version)
    options.language = study.language
    options.level = study.confidence
    options.minimumCell = minimumCell
    try study.run(summaryToOutput: true) { try SurveyStudy(options).run() }
  }
}

/// `weerbaar research sample`: messages to label, and what labels are worth.
struct ResearchSampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Draw messages for people to label; measure how far they agree.",
    subcommands: [Draw.self, Agreement.self], defaultSubcommand: Draw.self)

  struct Draw: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Draw messages at random within strata, blind to the score, for several coders.",
      discussion: "The files hold the text of messages: keep them safe, and delete them when the labels are done.")

    @Argument(help: ArgumentHelp("Scored messages, each with an id; - is standard input.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("Who received the messages.", valueName: "csv"))
    var roster: String

    @OptionGroup var study: StudyOptions

    @Option(help: ArgumentHelp("Groups that strata are made of, parted by commas.", valueName: "columns"))
    var strata = "gender"

    @Option(help: ArgumentHelp("Where the score is cut into bands, parted by commas.", valueName: "scores"))
    var bands = "0.05,0.2,0.5,0.8"

    @Option(help: ArgumentHelp("Number of messages.", valueName: "n"))
    var size = 1000

    @Option(help: ArgumentHelp("Number of coders.", valueName: "n"))
    var coders = 2

    @Option(help: ArgumentHelp("The share of messages that every coder gets.", valueName: "share"))
    var double = 1.0

    func validate() throws {
      if files.isEmpty { throw ValidationError("name at least one file of scored messages, or -.") }
      if !(1...1_000_000).contains(size) { throw ValidationError("--size \(size) is out of range; want 1 to 1000000.") }
      if !(1...20).contains(coders) { throw ValidationError("--coders \(coders) is out of range; want 1 to 20.") }
      if !(0...1).contains(double) { throw ValidationError("--double \(double) is no share; want 0 to 1.") }
      if cuts == nil { throw ValidationError("--bands \(bands): want rising numbers between 0 and 1, as 0.2,0.5,0.8.") }
    }

    private var cuts: [Double]? {
      let parts = bands.split(separator: ",").map { Double($0.trimmingCharacters(in: .whitespaces)) }
      let cuts = parts.compactMap { $0 }
      let isRising = zip(cuts, cuts.dropFirst()).allSatisfy { $0 < $1 }
      return cuts.count == parts.count && isRising && cuts.allSatisfy { $0 > 0 && $0 < 1 } ? cuts : nil
    }

    func run() throws {
      var options = LabellingSampleOptions(
        inputs: files, roster: roster,
        strata: strata.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
        version: WeerbaarCommand.configuration.version)
      options.bands = cuts ?? options.bands
      options.size = size
      options.coders = coders
      options.doubleCoded = double
      options.seed = study.seed
      try study.run(shown: "key.csv") { try LabellingSample(options).draw { printError($0) } }
    }
  }

  struct Agreement: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure how far coders agree, and join their labels with the key.")

    @Argument(help: ArgumentHelp("What the coders filled in.", valueName: "csv"))
    var coders: [String]

    @Option(help: ArgumentHelp("The sample's key.csv.", valueName: "csv"))
    var key: String

    @Option(help: ArgumentHelp("Decisions on disagreements: CSV with item and abusive.", valueName: "csv"))
    var decisions: String?

    @OptionGroup var study: StudyOptions

    @Option(help: ArgumentHelp("Draws of the bootstrap.", valueName: "n"))
    var draws = 1000

    func validate() throws {
      if coders.count < 2 { throw ValidationError("name the files of at least two coders.") }
      if !(100...100_000).contains(draws) {
        throw ValidationError("--draws \(draws) is out of range; want 100 to 100000.")
      }
    }

    func run() throws {
      var options = LabelAgreementOptions(
        coders: coders, key: key, version: WeerbaarCommand.configuration.version)
      options.decisions = decisions
      options.draws = draws
      options.seed = study.seed
      options.level = study.confidence
      try study.run(shown: "labels.csv") { try LabelAgreement(options).run() }
    }
  }
}

/// `weerbaar research coverage`: whether intervals hold what they promise.
struct ResearchCoverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage", abstract: "Simulate how often the intervals of 95 % hold the true value.")

  @Option(help: ArgumentHelp("Number of runs of each simulation.", valueName: "n"))
  var runs = 2000

  @Option(help: "The seed.")
  var seed: UInt64 = 1

  func validate() throws {
    if !(1...1_000_000).contains(runs) { throw ValidationError("--runs \(runs) is out of range; want 1 to 1000000.") }
  }

  func run() {
    print("method,runs,covered,coverage")
    for result in CoverageSimulation(runs: runs, seed: seed).run() {
      print("\"\(result.method)\",\(result.runs),\(result.covered),\(result.coverage)")
    }
  }
}
