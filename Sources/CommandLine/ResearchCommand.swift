import ArgumentParser
import Foundation
import Messages
import Research

/// `weerbaar research`: studies of messages and of surveys.
struct ResearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "research", abstract: "Study scored messages or a survey: tables, figures, report, methods, manifest.",
    discussion: "docs/research.md tells how, and docs/research-data-protection.md what researchers owe to those studied.",
    subcommands: [ResearchMessagesCommand.self, ResearchGenerateCommand.self])
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
  func run(_ make: () throws -> StudyOutput) throws {
    do {
      let output = try make()
      try output.write(to: out)
      for line in output.summary { printError("weerbaar: \(line)") }
      print("\(out)/report.html")
    } catch let failure as Research.Failure {
      printError("weerbaar: \(failure)")
      throw ExitCode(1)
    }
  }
}

/// `weerbaar research messages`: scored messages and a roster in, a study out.
struct ResearchMessagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "messages", abstract: "Who receives how much abuse, of what kind, from whom, when; and do groups differ?",
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

  @Option(help: ArgumentHelp("Groups to control for, parted by commas (default: function and party).", valueName: "columns"))
  var control: String?

  @Option(
    help: ArgumentHelp("The level that others are compared with, as gender=man; may be repeated.", valueName: "group=level"))
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
    if !(100...100_000).contains(draws) { throw ValidationError("--draws \(draws) is out of range; want 100 to 100000.") }
    if minimumPersons < 1 || wordMessages < 1 || wordSenders < 1 {
      throw ValidationError("--minimum-persons, --word-messages and --word-senders must be 1 or more.")
    }
    if !(1...366).contains(eventDays) { throw ValidationError("--event-days \(eventDays) is out of range; want 1 to 366.") }
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
    subcommands: [Messages.self])

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
}
