import Alerts
import ArgumentParser
import Broker
import Foundation
import Messages
import Streaming
import Weerbaar

extension AssessedMessageWriter.Format: ExpressibleByArgument {}

/// `weerbaar score`: messages in, the same messages with assessments out.
struct ScoreCommand: AsyncParsableCommand {
  enum Input: String, ExpressibleByArgument, CaseIterable {
    case ndjson, csv
  }

  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Assess messages: NDJSON (or CSV) in, the same with assessments out.",
    discussion: """
      Every line is a JSON object with a string "text". It comes out as it came in, with one field more, "assessment". \
      An assessment that it had before is replaced. Lines that are no such object are named on standard error and left \
      out. The order of the input is kept.

      Exit codes: 0 all lines assessed, 1 the run could not start or finish, 3 finished with lines rejected, 64 wrong usage.
      """)

  @Argument(help: ArgumentHelp("Files and folders to read; none or - is standard input.", valueName: "file"))
  var files: [String] = []

  @OptionGroup var scorer: ScorerOptions

  @Option(help: ArgumentHelp("Threads that score; the output does not depend on it.", valueName: "n"))
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: ArgumentHelp("Write only messages at or above this level.", valueName: "level"))
  var minLevel = Level.none

  @Option(
    help: ArgumentHelp(
      "Write only these fields, as id,text,assessment.level; fields of the assessment that none is asked of come all.",
      valueName: "names"))
  var fields: String?

  @Option(help: "How the messages come in.")
  var input = Input.ndjson

  @Option(help: ArgumentHelp("With --input csv: the column that holds the text (default: text).", valueName: "name"))
  var textColumn: String?

  @Option(help: "How the results go out.")
  var output = AssessedMessageWriter.Format.ndjson

  @Flag(help: "Stop at the first line that is rejected.")
  var strict = false

  @Option(help: ArgumentHelp("Keep rejected lines, as they came, in this file.", valueName: "file"))
  var rejects: String?

  @Flag(help: "Wait for more at the end of the file, as a log grows; it may be rotated or cut back.")
  var follow = false

  @Option(
    help: ArgumentHelp(
      "Read a feed at a NATS JetStream broker, which any number of machines may share: "
        + "nats://host:port/STREAM/SUBJECT?durable=NAME. See docs/streaming.md.", valueName: "address"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "With --from: publish the results at a broker, as nats://host:port/STREAM/SUBJECT, instead of writing them.",
      valueName: "address"))
  var to: String?

  @Flag(help: "With --from: end when the feed is empty and all of it is acknowledged, instead of waiting for more.")
  var drain = false

  @Option(
    help: ArgumentHelp(
      "Hand each message at or above --min-level (report, where that is not given) to a command, on its standard input, or "
        + "to a webhook by its https:// address; may be given several times. Webhooks are signed with the key in "
        + "WEERBAAR_ALERT_SECRET.", valueName: "command|url"))
  var alert: [String] = []

  @Option(help: ArgumentHelp("Most alerts a minute to each receiver; more wait their turn.", valueName: "n"))
  var alertRate = 60

  @Option(
    help: ArgumentHelp("Keep counts of the run in this file, in the text format of Prometheus.", valueName: "file"))
  var metrics: String?

  @Option(help: "The language of the program's own messages.")
  var language = MessageLanguage.en

  func validate() throws {
    guard (1...1024).contains(jobs) else { throw ValidationError("--jobs \(jobs) is out of range; want 1 to 1024.") }
    guard alertRate >= 1 else { throw ValidationError("--alert-rate \(alertRate) is out of range; want 1 or more.") }
    if textColumn != nil, input != .csv { throw ValidationError("--text-column needs --input csv.") }
    try validateBroker()
    do {
      _ = try fields.map { try FieldSelection($0) }
    } catch let error as FieldSelection.UnknownName {
      throw ValidationError("--fields: \(error.description).")
    }
  }

  private func validateBroker() throws {
    guard let from else {
      if to != nil || drain { throw ValidationError("\(drain ? "--drain" : "--to") needs --from.") }
      return
    }
    guard files.isEmpty, !follow, input == .ndjson, rejects == nil else {
      throw ValidationError(
        "--from stands alone: without files, --follow, --input csv and --rejects (the dead-letter subject takes those)."
      )
    }
    if to != nil, output != .ndjson { throw ValidationError("--to publishes NDJSON; leave --output out.") }
    do {
      _ = try BrokerAddress(from)
      _ = try to.map { try BrokerAddress($0) }
    } catch let error as BrokerError {
      throw ValidationError(error.description)
    }
  }

  func run() async throws {
    let stop = StopSignal()
    let handlers = stop.handleTermination()
    defer { withExtendedLifetime(handlers) {} }
    let writer = AssessedMessageWriter(format: output, selection: try fields.map { try FieldSelection($0) })
    let alerts = dispatchers()
    do {
      let ends = try makeEnds(writer, stop)
      let scorer = try scorer.makeScorer()
      let sink: any AssessmentSink =
        alerts.isEmpty ? ends.sink : AlertingSink(ends.sink) { body in for alert in alerts { alert.submit(body) } }
      let collected = try metrics.map { try MetricsFile($0, alerts: alerts, feed: ends.feed?.counts) }
      defer { collected?.finish() }
      defer { finish(alerts) }
      let pipeline = ScoringPipeline(
        scorer: scorer,
        options: ScoringOptions(
          jobs: jobs, minimumLevel: minLevel, stopsAtRejection: strict, writer: writer,
          alertLevel: alerts.isEmpty ? nil : minLevel == .none ? .report : minLevel, marksResults: ends.feed != nil),
        metrics: collected?.metrics)
      let counts = try pipeline.run(from: ends.source, to: sink)
      printError(summary(counts))
      if let feed = ends.feed { printError(summary(feed.counts.soFar)) }
      if counts.rejected > 0 || (ends.feed?.counts.soFar.dead ?? 0) > 0 { throw ExitCode(3) }
    } catch StreamError.outputClosed {
      // Whoever read the output has seen enough.
      return
    } catch let error as StreamError {
      printError("weerbaar: " + error.description(in: language))
      throw ExitCode(1)
    } catch let error as BrokerError {
      printError("weerbaar: " + error.description(in: language))
      throw ExitCode(1)
    }
  }

  /// Where messages come from and where results go.
  private func makeEnds(
    _ writer: AssessedMessageWriter, _ stop: StopSignal
  ) throws -> (source: any MessageSource, sink: any AssessmentSink, feed: BrokerFeed?) {
    guard let from else {
      let source = try FileSource(
        paths: files.isEmpty ? ["-"] : files, format: input == .csv ? .csv(textColumn: textColumn) : .ndjson,
        follows: follow, stop: stop)
      let sink = try DescriptorSink(
        output: STDOUT_FILENO, diagnostics: STDERR_FILENO, rejects: rejects, writer: writer, language: language)
      return (source, sink, nil)
    }
    let feed = try BrokerFeed(from: BrokerAddress(from), drains: drain, stop: stop) { [language] in
      printError("weerbaar: " + $0.text(in: language))
    }
    if let to { return (feed.source, try feed.makeSink(to: BrokerAddress(to)), feed) }
    // The feed's own sink names what is rejected, by its place in the stream.
    let output = try DescriptorSink(output: STDOUT_FILENO, writer: writer, language: language)
    return (feed.source, try feed.makeSink(around: output), feed)
  }

  private func dispatchers() -> [AlertDispatcher] {
    var rules = AlertRules()
    rules.perMinute = alertRate
    let secret = ProcessInfo.processInfo.environment["WEERBAAR_ALERT_SECRET"].flatMap { $0.isEmpty ? nil : $0 }
    return alert.map { name in
      AlertDispatcher(channel: .named(name, secret: secret), rules: rules) { printError("weerbaar: \($0)") }
    }
  }

  private func finish(_ alerts: [AlertDispatcher]) {
    for alert in alerts {
      let counts = alert.finish()
      guard counts.submitted > 0 else { continue }
      let parts =
        language == .nl
        ? "meldingen: verstuurd \(counts.delivered), mislukt \(counts.failed), weggelaten \(counts.dropped)"
        : "alerts: sent \(counts.delivered), failed \(counts.failed), left out \(counts.dropped)"
      printError("weerbaar: \(parts)")
    }
  }

  private func summary(_ numbers: FeedCounts.Numbers) -> String {
    language == .nl
      ? "weerbaar: afgeleverd \(numbers.delivered), opnieuw afgeleverd \(numbers.redelivered), gepubliceerd "
        + "\(numbers.published), daarvan dubbel \(numbers.duplicates), onbestelbaar \(numbers.dead)"
      : "weerbaar: delivered \(numbers.delivered), delivered again \(numbers.redelivered), published "
        + "\(numbers.published), of those duplicates \(numbers.duplicates), dead letters \(numbers.dead)"
  }

  private func summary(_ counts: RunCounts) -> String {
    let isDutch = language == .nl
    let levels = Level.allCases.map { "\(isDutch ? $0.dutchName : $0.name) \(counts.levels[$0.rawValue])" }
    let parts =
      isDutch
      ? "gelezen \(counts.read), beoordeeld \(counts.assessed), afgekeurd \(counts.rejected), onthouden \(counts.abstained)"
      : "read \(counts.read), assessed \(counts.assessed), rejected \(counts.rejected), abstained \(counts.abstained)"
    return "weerbaar: \(parts); \(levels.joined(separator: ", "))"
  }
}
