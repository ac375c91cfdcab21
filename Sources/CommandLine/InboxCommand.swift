import ArgumentParser
import Casebook
import Exports
import Foundation
import Inbox
import Messages
import PolicyFile
import Weerbaar

/// `weerbaar inbox`: an export in, a summary and a report out.
struct InboxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inbox", abstract: "Read an export, find what is serious, and say what can be done.",
    discussion: """
      Give the export as you downloaded it. The summary is printed in Dutch; --report writes a page to read and print.
      """)

  @OptionGroup var arguments: ExportArguments

  @Option(
    help: "Write a page with everything that was found, in Dutch unless --language says otherwise.",
    completion: .file(extensions: ["html"]))
  var report: String?

  @Option(help: "Write a table with all messages and their assessments.", completion: .file(extensions: ["csv"]))
  var csv: String?

  @Option(help: "Write all messages with their assessments as NDJSON.", completion: .file(extensions: ["ndjson"]))
  var ndjson: String?

  @Flag(help: "Replace people other than you by pseudonyms and mask names, numbers and addresses in all files written.")
  var anonymise = false

  @Option(help: "File with the key for pseudonyms, to have the same in later exports; made where it does not exist.")
  var pseudonymKey: String?

  enum Included: String, ExpressibleByArgument, CaseIterable { case outgoing }

  @Option(help: "Assess these too: outgoing.")
  var include: [Included] = []

  @Flag(help: "Write only what was flagged to the CSV and NDJSON files.")
  var flaggedOnly = false

  @Option(
    help: "Keep what was flagged as evidence in this casebook; made where it does not exist.", completion: .file())
  var casebook: String?

  @OptionGroup var scorer: ScorerOptions

  @Option(help: "Threads that assess.")
  var jobs = max(1, ProcessInfo.processInfo.activeProcessorCount)

  @Option(help: "The language of summary and report: nl or en.")
  var language = MessageLanguage.nl

  @Flag(help: "No account of what was read on standard error.")
  var quiet = false

  func validate() throws {
    if jobs < 1 || jobs > 256 { throw ValidationError("the number of threads lies between 1 and 256") }
    if pseudonymKey != nil, !anonymise { throw ValidationError("--pseudonym-key goes with --anonymise") }
  }

  func run() throws {
    do {
      try work()
    } catch let error as ExportError {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      throw ExitCode(1)
    } catch let error as CasebookError {
      printError("weerbaar: \(error)")
      throw ExitCode(1)
    } catch let error as OutputFile.Failure {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      throw ExitCode(1)
    }
  }

  private func work() throws {
    let scorer = try scorer.makeScorer()
    let office = try self.scorer.policy.map { try PolicyFile(contentsOf: URL(filePath: $0)) }?.office ?? .standard
    let steps = try NextSteps.standard(office, language)
    let evidence = try casebook.map { path in
      let opened = try Casebook.open(path, creating: true, thoroughly: true)
      try opened.backUp()
      return (opened, CasebookFiller(opened, policy: office, actor: CasebookCommand.user))
    }
    let options = try arguments.options()
    var anonymizer: Anonymizer?
    if anonymise {
      let folded = Set(options.me.map { $0.lowercased() })
      let made = try Anonymizer(key: try pseudonymKey.map(PseudonymKey.load)) { party in
        [party.name, party.handle, party.id].contains { $0.map { folded.contains($0.lowercased()) } == true }
      }
      // Everyone must be known before the first text is masked.
      _ = try ExportReader(arguments.exports, options: options).read { made.learn($0) }
      anonymizer = made
    }
    let table = try csv.map(OutputFile.init)
    let lines = try ndjson.map(OutputFile.init)
    let reportFile = try report.map(OutputFile.init)
    if let table {
      var header: [UInt8] = []
      MessageFiles.appendHeader(to: &header)
      try table.write(header)
    }
    var analysisOptions = InboxAnalysis.Options()
    analysisOptions.includesOutgoing = include.contains(.outgoing)
    analysisOptions.jobs = jobs
    analysisOptions.adjust = { office.placed($1, $0) }
    var buffer: [UInt8] = []
    let analysis = try InboxAnalysis(options: analysisOptions, makeAssessor: { try scorer.makeWorker() }) { found in
      try evidence?.1.add(found.message, found.assessment)
      guard table != nil || lines != nil, !flaggedOnly || found.isFlagged else { return }
      var message = found.message
      var assessment = found.assessment
      if let anonymizer { (message, assessment) = anonymizer.anonymize(message, assessment) }
      if let lines {
        buffer.removeAll(keepingCapacity: true)
        MessageFiles.appendLine(message, assessment, to: &buffer)
        try lines.write(buffer)
      }
      if let table {
        buffer.removeAll(keepingCapacity: true)
        MessageFiles.appendRow(message, assessment, to: &buffer)
        try table.write(buffer)
      }
    }
    let reader = try ExportReader(arguments.exports, options: options)
    let bar = ProgressBar(isOn: isatty(2) == 1 && !quiet)
    bar.begin("Openen")
    try reader.survey { bar.advance(bytes: $0) }
    bar.begin("Lezen en beoordelen", total: reader.totalBytes)
    let summary = try reader.read(progress: { bar.advance(bytes: $0) }) { message in
      try analysis.add(message)
      bar.advance(messages: 1)
    }
    var result = try analysis.finish()
    try evidence?.1.finish()
    bar.end()
    try table?.close()
    try lines?.close()
    if let anonymizer { result = InboxCommand.anonymous(result, anonymizer) }
    if let reportFile {
      var account = HTMLReport.Account()
      account.exports = anonymise ? [] : arguments.exports.map { URL(filePath: $0).lastPathComponent }
      account.files = summary.files
      account.notes = anonymise ? [] : summary.notes.map(\.description)
      let page = HTMLReport(result, steps: steps, account: account, language: language).html()
      try reportFile.write(Array(page.utf8))
      try reportFile.close()
    }
    let screen = Screen.size
    let colour = isatty(1) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty != false
    if summary.messages > 0 {
      let text = TerminalSummary(columns: screen.columns, rows: screen.rows, colour: colour, language: language)
        .text(result, steps)
      try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
    if !quiet {
      FileHandle.standardError.write(Data(ReadAccount.text(summary).utf8))
      if let casebook, let (opened, filler) = evidence {
        printError("casebook: \(casebook): \(filler.added) new, \(filler.known) known, \(try opened.count()) in all")
      }
      for (name, file) in [("report", report), ("table", csv), ("messages", ndjson)] {
        if let file { FileHandle.standardError.write(Data("\(name): \(file)\n".utf8)) }
      }
    }
    evidence?.0.close()
    if summary.messages == 0 { throw ExitCode(1) }
    if summary.isDamaged { throw ExitCode(3) }
  }

  /// The kept messages and the senders without what tells who they are.
  private static func anonymous(_ result: InboxResult, _ anonymizer: Anonymizer) -> InboxResult {
    var result = result
    for index in result.worst.indices {
      let found = result.worst[index]
      let (message, assessment) = anonymizer.anonymize(found.message, found.assessment)
      result.worst[index].message = message
      result.worst[index].assessment = assessment ?? found.assessment
      result.worst[index].context = found.context.map { other in
        let (message, assessment) = anonymizer.anonymize(other.message, other.assessment)
        return AssessedMessage(message: message, assessment: assessment, number: other.number)
      }
    }
    for index in result.senders.indices {
      let sender = result.senders[index]
      result.senders[index].party = Party(name: anonymizer.pseudonym(sender.party, sender.platform))
    }
    return result
  }
}

/// A key for pseudonyms, in a file of 32 random bytes in hexadecimal.
enum PseudonymKey {
  static func load(_ path: String) throws -> [UInt8] {
    if let text = try? String(contentsOfFile: path, encoding: .utf8) {
      let digits = text.filter(\.isHexDigit)
      guard digits.count >= 32 else { throw ValidationError("\(path) holds no key of 32 or more hexadecimal digits") }
      return Array(digits.utf8)
    }
    var generator = SystemRandomNumberGenerator()
    let digits = (0..<32).map { _ in
      let byte = UInt8.random(in: 0...255, using: &generator)
      return String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data((digits + "\n").utf8), attributes: [.posixPermissions: 0o600])
    else { throw ValidationError("the key cannot be written to \(path)") }
    return Array(digits.utf8)
  }
}

/// A file that is written through a buffer.
final class OutputFile {
  struct Failure: Error, CustomStringConvertible {
    var path: String
    var description: String {
      "\(path): the file cannot be written; check that its folder exists and that there is room"
    }
  }

  private let path: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []

  init(_ path: String) throws {
    self.path = path
    // Messages are private: others on the machine may not read them.
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let opened = FileHandle(forWritingAtPath: path)
    else { throw Failure(path: path) }
    handle = opened
  }

  func write(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count >= 1 << 16 { try flush() }
  }

  private func flush() throws {
    do { try handle.write(contentsOf: Data(buffer)) } catch { throw Failure(path: path) }
    buffer.removeAll(keepingCapacity: true)
  }

  func close() throws {
    try flush()
    do { try handle.close() } catch { throw Failure(path: path) }
  }
}

/// The size of the terminal.
enum Screen {
  static var size: (columns: Int, rows: Int) {
    var window = winsize()
    if ioctl(1, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 {
      return (Int(window.ws_col), Int(window.ws_row))
    }
    return (100, 40)
  }
}

/// Progress on standard error: part done, messages a second, time left.
final class ProgressBar {
  private let isOn: Bool
  private var title = ""
  private var total = 0
  private var bytes = 0
  private var messages = 0
  private var began = ContinuousClock.now
  private var shown = ContinuousClock.now

  init(isOn: Bool) { self.isOn = isOn }

  func begin(_ title: String, total: Int = 0) {
    self.title = title
    self.total = total
    bytes = 0
    messages = 0
    began = .now
    show()
  }

  func advance(bytes: Int = 0, messages: Int = 0) {
    self.bytes += bytes
    self.messages += messages
    guard isOn, ContinuousClock.now - shown > .milliseconds(100) else { return }
    show()
  }

  private func show() {
    guard isOn else { return }
    shown = .now
    let seconds = Double((shown - began).components.seconds) + Double((shown - began).components.attoseconds) / 1e18
    var line = title
    if total > 0 {
      let part = min(1, Double(bytes) / Double(total))
      let filled = Int(part * 24)
      line +=
        " [" + String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
        + "] \(Int(part * 100)) %"
      if seconds > 0.5 {
        line += " · \(DutchNumber.text(Int(Double(messages) / seconds))) berichten/s"
        if part > 0.02 { line += " · nog \(ProgressBar.duration(seconds / part - seconds))" }
      }
    } else if bytes > 0 {
      line += " · \(DutchNumber.text(bytes / 1_000_000)) MB"
    }
    FileHandle.standardError.write(Data("\r\u{1B}[2K\(line)".utf8))
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds).rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }

  func end() { if isOn { FileHandle.standardError.write(Data("\r\u{1B}[2K".utf8)) } }
}
