import ArgumentParser
import Corpus
import Foundation
import Weerbaar

/// `weerbaar evaluate`: a model held against labelled messages.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Hold a model against labelled messages and print how often it is right.",
    discussion: """
      Messages are NDJSON or CSV with a text and a label: abusive (true or false), severity (0 to 4) or categories. What is \
      not labelled is not counted. Test the model on your own mail before you trust it.
      """)

  @Argument(help: "Labelled messages: NDJSON or CSV files, or folders of them.")
  var files: [String] = []

  @Option(help: "Model file; the one that comes with the program where none is named.")
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Measure instead how much the score changes with name, gender, origin, religion and party alone: folder with "
        + "frames.tsv and terms.tsv, such as corpora/bias.", valueName: "folder"))
  var bias: String?

  @OptionGroup var columns: LabelledColumns
  @OptionGroup var output: EvaluationOutput

  func validate() throws {
    if files.isEmpty, bias == nil { throw ValidationError("name the files to evaluate on, or --bias") }
  }

  func run() async throws {
    let scorer = try model.map { try Scorer(modelAt: URL(filePath: $0)) } ?? Scorer()
    if let bias { print(try BiasReport(URL(filePath: bias), scorer: scorer).text, terminator: "") }
    if bias != nil, files.isEmpty { return }
    let messages = try files.flatMap { try CorpusReader.read(URL(filePath: $0), columns: columns.columns) }
    guard !messages.isEmpty else { throw ValidationError("there are no messages in \(files.joined(separator: ", "))") }
    let predictions = try Evaluator.predict(messages, with: scorer)
    try output.write(
      output.report(
        predictions, model: scorer.model.identifier, source: files.joined(separator: ", "),
        threshold: scorer.threshold))
  }
}
