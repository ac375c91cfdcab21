import ArgumentParser
import Casebook
import Foundation
import Inbox
import Messages
import PolicyFile
import Weerbaar

extension CaseState: ExpressibleByArgument {}

extension CaseName: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension Weerbaar.Category: ExpressibleByArgument {}

/// `weerbaar casebook`: the evidence of an office.
struct CasebookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "casebook", abstract: "The casebook: what was kept as evidence, and what was done with it.",
    discussion: """
      A casebook is one file. `weerbaar inbox EXPORT --casebook FILE` and `weerbaar watch FOLDER --casebook FILE` fill it. \
      Cases have numbers such as 3, their messages such as 3.2. Each command takes --casebook FILE, or reads the \
      environment variable WEERBAAR_CASEBOOK. docs/casebook.md tells more.
      """,
    subcommands: [
      ListCommand.self, ShowCommand.self, NoteCommand.self, ResolveCommand.self, DossierCommand.self,
      VerifyCommand.self, EraseCommand.self, ExportCommand.self, StatsCommand.self,
    ])

  /// The casebook, and who works with it.
  struct Options: ParsableArguments {
    @Option(
      help: ArgumentHelp("The casebook; the environment variable WEERBAAR_CASEBOOK unless given.", valueName: "file"),
      completion: .file())
    var casebook: String?

    @Option(help: "The language of what is printed.")
    var language = MessageLanguage.nl

    var path: String? { casebook ?? ProcessInfo.processInfo.environment["WEERBAAR_CASEBOOK"] }

    func validate() throws {
      if path?.isEmpty != false { throw ValidationError("name the casebook with --casebook FILE") }
    }

    func open() throws -> Casebook { try Casebook.open(path ?? "") }

    var text: CaseText {
      let terminal = Terminal()
      let isTerminal = isatty(STDOUT_FILENO) == 1
      return CaseText(language: language, columns: isTerminal ? terminal.width : 120, colour: terminal.hasColour)
    }
  }

  /// Who does something.
  struct Actor: ParsableArguments {
    @Option(help: ArgumentHelp("Who does this; your user name unless given.", valueName: "name"))
    var by: String?

    var name: String {
      if let by, !by.isEmpty { return by }
      return CasebookCommand.user
    }
  }

  /// The user's name on this machine.
  static var user: String { getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(geteuid())" }

  /// Runs a command, and says in one line what is wrong.
  static func run(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as CasebookError {
      printError("weerbaar: \(error)")
      throw ExitCode(1)
    } catch let error as PolicyError {
      printError("weerbaar: \(error)")
      throw ExitCode(1)
    } catch is OutputBuffer.Closed {
      // Whoever read the output has seen enough.
    }
  }

  /// The texts on what to do, with the office's own where a policy has them.
  static func texts(_ policy: String?, _ language: MessageLanguage = .nl) throws -> NextSteps {
    let office = try policy.map { try PolicyFile(contentsOf: URL(filePath: $0)) }?.office
    return try NextSteps.standard(office, language)
  }

  static func print(_ text: String) throws {
    let output = OutputBuffer(FileHandle.standardOutput)
    try output.write(Array(text.utf8))
    try output.flush()
  }
}

extension NextSteps {
  /// The texts that come with the program, with an office's own in their place.
  static func standard(_ office: OfficePolicy?, _ language: MessageLanguage = .nl) throws -> NextSteps {
    var steps = try NextSteps.standard(language)
    for (level, text) in office?.steps ?? [:] { steps.replace(level, title: text.title, step: text.step) }
    return steps
  }
}

/// A day, or a time in RFC 3339.
struct DayArgument: ExpressibleByArgument {
  let seconds: Int
  /// Whether it names a whole day.
  let isDay: Bool

  init?(argument: String) {
    guard let seconds = Casebook.seconds(argument) else { return nil }
    self.seconds = seconds
    isDay = argument.count == 10
  }
}

extension CasebookCommand {
  struct ListCommand: ParsableCommand {
    enum Output: String, ExpressibleByArgument, CaseIterable { case table, ndjson, csv }

    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List messages, newest first.",
      discussion: """
        The table leaves out the texts, because reading them again hurts; --text adds them. A line of NDJSON is the \
        message as it came in with its assessment and a field "case".
        """)

    @OptionGroup var options: Options
    @Option(help: ArgumentHelp("This level or higher, after the rules of escalation.", valueName: "level"))
    var level: Level?
    @Option(help: ArgumentHelp("Only this kind.", valueName: "category"))
    var category: Weerbaar.Category?
    @Option(help: ArgumentHelp("Only senders whose name or account holds this.", valueName: "text"))
    var sender: String?
    @Option(
      help: ArgumentHelp(
        "Only this state: \(CaseState.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "state"))
    var state: CaseState?
    @Option(name: .customLong("case"), help: ArgumentHelp("Only this case.", valueName: "number"))
    var number: Int?
    @Option(help: ArgumentHelp("Sent on or after this day (2026-05-01) or time.", valueName: "day"))
    var since: DayArgument?
    @Option(help: ArgumentHelp("Sent on or before this day, or before this time.", valueName: "day"))
    var until: DayArgument?
    @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
    var limit: Int?
    @Flag(help: "Oldest first.")
    var oldest = false
    @Flag(help: "Show the texts in the table.")
    var text = false
    @Option(help: "How the messages are printed.")
    var output = Output.table

    func validate() throws {
      if let limit, limit < 1 { throw ValidationError("--limit \(limit) is out of range; want 1 or more.") }
    }

    func run() throws {
      try CasebookCommand.run {
        let casebook = try options.open()
        var filter = EntryFilter(level: level)
        filter.category = category
        filter.sender = sender
        filter.state = state
        filter.casefile = number
        filter.since = since?.seconds
        filter.until = until.map { $0.isDay ? $0.seconds + 86400 : $0.seconds }
        filter.limit = limit
        filter.isAscending = oldest
        let out = OutputBuffer(FileHandle.standardOutput)
        let words = options.text
        var shown = 0
        var buffer: [UInt8] = []
        if output == .csv { CaseColumns.appendHeader(to: &buffer) }
        try out.write(buffer)
        try casebook.eachEntry(filter) { entry in
          buffer.removeAll(keepingCapacity: true)
          switch output {
          case .table:
            if shown == 0 { buffer += Array(words.listHead().utf8) }
            buffer += Array(words.listLine(entry, showingText: text).utf8)
          case .ndjson: Casebook.appendLine(entry, to: &buffer)
          case .csv: CaseColumns.appendRow(entry, to: &buffer)
          }
          shown += 1
          try out.write(buffer)
        }
        if output == .table { try out.write(Array(words.listEnd(shown, of: try casebook.count()).utf8)) }
        try out.flush()
      }
    }
  }

  struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show a case or a message, word for word, and what was done with it.")

    @Argument(help: ArgumentHelp("A case such as 3, or a message such as 3.2.", valueName: "number"))
    var name: CaseName
    @OptionGroup var options: Options
    @Option(help: ArgumentHelp("A policy file with the office's own next steps.", valueName: "file"))
    var policy: String?

    func run() throws {
      try CasebookCommand.run {
        let casebook = try options.open()
        let texts = try CasebookCommand.texts(policy, options.language)
        if name.message != nil { _ = try casebook.entry(name) }
        let dossier = try casebook.dossier(name.number, texts: texts)
        try CasebookCommand.print(options.text.show(dossier, only: name.message == nil ? nil : name, texts: texts))
      }
    }
  }

  struct NoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "note", abstract: "Write a note on a case or a message; or record that the sender was warned.")

    @Argument(help: ArgumentHelp("A case such as 3, or a message such as 3.2.", valueName: "number"))
    var name: CaseName
    @Argument(help: "The note.")
    var text: String
    @Flag(help: "The sender was warned: what she writes after it goes a level up.")
    var warned = false
    @OptionGroup var options: Options
    @OptionGroup var actor: Actor

    func validate() throws {
      if text.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty { throw ValidationError("the note is empty") }
    }

    func run() throws {
      try CasebookCommand.run {
        let casebook = try options.open()
        if warned {
          try casebook.warn(name, text, actor: actor.name)
        } else {
          try casebook.note(name, text, actor: actor.name)
        }
        casebook.close()
        printError("weerbaar: noted on \(name)")
      }
    }
  }

  struct ResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resolve", abstract: "Move a case or a message to a state: seen, reported, police, closed.",
      discussion: "A case takes its messages with it. Without --state it is closed.")

    @Argument(help: ArgumentHelp("Cases such as 3, or messages such as 3.2.", valueName: "number"))
    var names: [CaseName]
    @Option(
      help: ArgumentHelp(
        "The new state: \(CaseState.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "state"))
    var state = CaseState.closed
    @Option(help: ArgumentHelp("A note on it, such as the number of the report.", valueName: "text"))
    var note: String?
    @OptionGroup var options: Options
    @OptionGroup var actor: Actor

    func run() throws {
      try CasebookCommand.run {
        let casebook = try options.open()
        for name in names {
          let moved = try casebook.move(name, to: state, note: note, actor: actor.name)
          printError("weerbaar: \(name) is \(state.rawValue), \(moved) \(moved == 1 ? "message" : "messages")")
        }
        casebook.close()
      }
    }
  }

  struct DossierCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "dossier", abstract: "Write the dossier of a case: a page in Dutch, JSON, the messages, and hashes.",
      discussion: """
        --out dossier.zip writes a zip, --out dossier.html or dossier.json that file alone, any other name a folder. The \
        page prints to PDF. The history of the casebook records that the dossier was made.
        """)

    @Argument(help: ArgumentHelp("A case such as 3; of a message such as 3.2, its case.", valueName: "number"))
    var name: CaseName
    @Option(help: ArgumentHelp("Where to.", valueName: "file"), completion: .file())
    var out: String
    @Flag(help: "Overwrite what is there.")
    var force = false
    @Option(help: ArgumentHelp("A policy file with the office's own next steps.", valueName: "file"))
    var policy: String?
    @OptionGroup var options: Options
    @OptionGroup var actor: Actor

    func run() throws {
      try CasebookCommand.run {
        let casebook = try options.open()
        if name.message != nil { _ = try casebook.entry(name) }
        let files = try casebook.dossier(name.number, texts: try CasebookCommand.texts(policy)).files()
        try DossierWriter.write(files, to: out, replacing: force)
        try casebook.recordDossier(name.number, sha256: Dossier.digest(of: files), actor: actor.name)
        casebook.close()
        printError("weerbaar: dossier of case \(name.number): \(out)")
      }
    }
  }

  struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify", abstract: "Find out whether anything was changed, removed or re-ordered, and where.",
      discussion: """
        Prints the head: the hash of the last record. Mail it to yourself or keep it on paper; --head checks later that \
        everything before it is still as it was. Exit code 1 where something is wrong.
        """)

    @OptionGroup var options: Options
    @Option(help: ArgumentHelp("A head that was printed before.", valueName: "hash"))
    var head: String?

    func validate() throws {
      if let head, head.count != 64 || !head.allSatisfy(\.isHexDigit) {
        throw ValidationError("--head wants 64 hexadecimal digits")
      }
    }

    func run() throws {
      try CasebookCommand.run {
        let report = try options.open().verify(head: head)
        try CasebookCommand.print(options.text.verification(report))
        if !report.isSound { throw ExitCode(1) }
      }
    }
  }

  struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "erase", abstract: "Erase the content of a case, a person, or what is older than a period.",
      discussion: """
        A tombstone stays: the level, the day it came in, and a hash that tells nobody anything. The history stays \
        verifiable. Backups beside the casebook are made anew.
        """)

    @Argument(help: ArgumentHelp("Cases such as 3, or messages such as 3.2.", valueName: "number"))
    var names: [CaseName] = []
    @OptionGroup var options: Options
    @Option(help: ArgumentHelp("Everything of this sender, by name or account.", valueName: "name"))
    var sender: String?
    @Option(help: ArgumentHelp("Everything that came in before this day.", valueName: "day"))
    var before: DayArgument?
    @Option(help: ArgumentHelp("Everything that came in more than so many days ago.", valueName: "n"))
    var olderThan: Int?
    @Option(help: ArgumentHelp("Everything that the retention of this policy no longer keeps.", valueName: "file"))
    var policy: String?
    @Option(help: ArgumentHelp("Why, such as the number of the request.", valueName: "text"))
    var reason = ""
    @Flag(help: "Do it; without, the command only counts.")
    var yes = false
    @OptionGroup var actor: Actor

    func validate() throws {
      let given = [!names.isEmpty, sender != nil, before != nil, olderThan != nil, policy != nil].filter { $0 }.count
      if given != 1 {
        throw ValidationError("name cases or messages, or give one of --sender, --before, --older-than and --policy")
      }
      if let olderThan, olderThan < 0 { throw ValidationError("--older-than \(olderThan) is out of range") }
    }

    func run() throws {
      try CasebookCommand.run {
        let casebook = try options.open()
        var targets: [Erasure] = names.map { .name($0) }
        if let sender { targets.append(.sender(sender)) }
        if let before { targets.append(.receivedBefore(before.seconds)) }
        if let olderThan {
          targets.append(.receivedBefore(Int(Date().timeIntervalSince1970) - olderThan * 86400))
        }
        if let policy {
          targets.append(.retention(try PolicyFile(contentsOf: URL(filePath: policy)).office.retention))
        }
        var total = ErasureOutcome()
        for target in targets {
          let outcome = try casebook.erase(target, reason: reason, actor: actor.name, dryRun: !yes)
          total.messages += outcome.messages
          total.notes += outcome.notes
        }
        casebook.close()
        let what = "\(total.messages) messages and \(total.notes) notes"
        printError(yes ? "weerbaar: erased \(what)" : "weerbaar: would erase \(what); give --yes to do it")
      }
    }
  }

  struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write the cases as a table for an incident register (GIR, ARO).",
      discussion: """
        Each office has its own register. --columns names a file with its headings and what stands below each; \
        --print-columns prints the one that is used without, to begin from.
        """)

    @OptionGroup var options: Options
    @Flag(help: "The cases as rows of a register.")
    var register = false
    @Option(help: ArgumentHelp("The file that maps the columns.", valueName: "file"), completion: .file())
    var columns: String?
    @Flag(help: "Print the columns and the fields that there are, and end.")
    var printColumns = false
    @Option(help: ArgumentHelp("Where to; standard output unless given.", valueName: "file"), completion: .file())
    var out: String?
    @Option(help: ArgumentHelp("A policy file with the office's own next steps.", valueName: "file"))
    var policy: String?
    @Option(help: ArgumentHelp("What separates the cells.", valueName: "character"))
    var separator = ";"

    func validate() throws {
      if !register, !printColumns { throw ValidationError("give --register") }
      if separator.count != 1 { throw ValidationError("--separator wants one character") }
    }

    func run() throws {
      try CasebookCommand.run {
        let mapping = try columns.map { try RegisterColumns(contentsOf: $0) } ?? RegisterColumns.standard()
        if printColumns {
          var text = "column,field\n"
          for column in mapping.columns { text += "\(column.heading),\(column.field)\n" }
          for field in RegisterColumns.fields { text += "# \(field.name): \(field.meaning)\n" }
          return try CasebookCommand.print(text + "# =TEXT: a fixed text\n")
        }
        let casebook = try options.open()
        let texts = try CasebookCommand.texts(policy)
        if let out {
          let file = try OutputFile(out)
          try casebook.exportRegister(mapping, texts: texts, separator: separator.first ?? ";") { try file.write($0) }
          try file.close()
        } else {
          let output = OutputBuffer(FileHandle.standardOutput)
          try casebook.exportRegister(mapping, texts: texts, separator: separator.first ?? ";") { try output.write($0) }
          try output.flush()
        }
      }
    }
  }

  struct StatsCommand: ParsableCommand {
    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    static let configuration = CommandConfiguration(commandName: "stats", abstract: "Numbers on the casebook.")

    @OptionGroup var options: Options
    @Option(help: "How they are printed.")
    var output = Output.table

    func run() throws {
      try CasebookCommand.run {
        let statistics = try options.open().statistics()
        if output == .json {
          let encoder = JSONEncoder()
          encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
          return try CasebookCommand.print(String(decoding: try encoder.encode(statistics), as: UTF8.self) + "\n")
        }
        try CasebookCommand.print(options.text.statistics(statistics))
      }
    }
  }
}
