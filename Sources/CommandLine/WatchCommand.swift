import ArgumentParser
import Casebook
import DropFolder
import Exports
import Foundation
import Inbox
import Logging
import Messages
import PolicyFile
import Streaming
import Weerbaar

extension LineLogHandler.Style: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}

/// `weerbaar watch`: a folder in which exports are dropped.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Watch a folder: assess what is dropped in it, and keep the evidence.",
    discussion: """
      Drop exports in FOLDER itself, as you downloaded them. Each goes by way of FOLDER/working to FOLDER/done, with its \
      results beside it as NAME.assessed.ndjson; what cannot be read goes to FOLDER/quarantine, with the reason beside it. \
      Nothing is deleted. A file is taken when it was renamed into the folder, or stayed the same for --settle seconds. \
      docs/watch.md tells more, also on systemd.

      Exit codes: 0 ended as asked, 1 the run could not start or go on, 3 with --once: something went to quarantine.
      """)

  @Argument(help: "The folder.", completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp(
      "Keep what was flagged as evidence in this casebook; made where it does not exist.", valueName: "file"))
  var casebook: String?

  @OptionGroup var scorer: ScorerOptions

  @Flag(help: "Work off what is there, and end: for cron.")
  var once = false

  @Flag(help: "Tell how the daemon of this folder is, and end.")
  var status = false

  @Option(help: ArgumentHelp("A file is complete when it stayed the same for so many seconds.", valueName: "seconds"))
  var settle = 5.0

  @Option(help: ArgumentHelp("Files that are worked off side by side.", valueName: "n"))
  var workers = 2

  @Option(help: ArgumentHelp("Threads that assess.", valueName: "n"))
  var jobs = max(1, ProcessInfo.processInfo.activeProcessorCount)

  @Option(
    name: .customLong("me"),
    help: ArgumentHelp(
      "Your own name, handle or mail address, where exports do not tell; may be repeated.", valueName: "name"))
  var me: [String] = []

  @Option(help: ArgumentHelp("Time zone for times that have none, such as Europe/Amsterdam.", valueName: "zone"))
  var zone: String?

  @Option(help: "How logs are written: json, or text for people; text on a terminal unless given.")
  var logFormat: LineLogHandler.Style?

  @Option(help: "The least grave log messages that are written.")
  var logLevel = Logger.Level.info

  @Option(help: "The language of --status.")
  var language = MessageLanguage.nl

  func validate() throws {
    guard (0...86400).contains(settle) else {
      throw ValidationError("--settle \(settle) is out of range; want 0 to 86400.")
    }
    guard (1...64).contains(workers) else {
      throw ValidationError("--workers \(workers) is out of range; want 1 to 64.")
    }
    guard (1...256).contains(jobs) else { throw ValidationError("--jobs \(jobs) is out of range; want 1 to 256.") }
    if let zone, TimeZone(identifier: zone) == nil {
      throw ValidationError("\(zone) is no time zone; write one as Europe/Amsterdam or UTC")
    }
  }

  func run() throws {
    do {
      if status { return try printStatus() }
      try watch()
    } catch let error as FolderError {
      printError("weerbaar: \(error)")
      throw ExitCode(1)
    } catch let error as CasebookError {
      printError("weerbaar: \(error)")
      throw ExitCode(1)
    } catch let error as PolicyError {
      printError("weerbaar: \(error)")
      throw ExitCode(1)
    }
  }

  private func watch() throws {
    let stop = StopSignal()
    let handlers = stop.handleTermination()
    defer { withExtendedLifetime(handlers) {} }
    var options = DropFolderOptions()
    options.settle = .milliseconds(Int(settle * 1000))
    options.workers = workers
    options.once = once
    options.policy = try scorer.policy.map { try PolicyFile(contentsOf: URL(filePath: $0)) }?.office ?? .standard
    options.exports.me = me
    if let zone, let found = TimeZone(identifier: zone) { options.exports.zone = found }
    let style = logFormat ?? (isatty(STDERR_FILENO) == 1 ? .text : .json)
    let level = logLevel
    var logger = Logger(label: "weerbaar.watch") { LineLogHandler(label: $0, style: style) }
    logger.logLevel = level
    let scorer = try scorer.makeScorer()
    let pool = try AssessorPool(size: jobs) { try scorer.makeWorker() }
    let folder = try DropFolder(
      folder, casebook: casebook, options: options, pool: pool, logger: logger, isStopping: { stop.isSet })
    let outcome = try folder.run()
    if once {
      printError(
        "weerbaar: done \(outcome.done), quarantined \(outcome.quarantined)"
          + (outcome.left > 0 ? ", not complete yet \(outcome.left)" : ""))
      if outcome.quarantined > 0 { throw ExitCode(3) }
    }
  }

  private func printStatus() throws {
    guard let (status, isRunning) = try DropFolder.status(of: folder) else {
      printError("weerbaar: no daemon ever ran in \(folder)")
      throw ExitCode(1)
    }
    print(DaemonText(language).text(status, isRunning: isRunning))
    if !isRunning { throw ExitCode(1) }
  }
}
