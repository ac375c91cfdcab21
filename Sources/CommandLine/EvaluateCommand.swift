import ArgumentParser
import Corpus
import Foundation
import Weerbaar

/// `weerbaar evaluate`: a model held against labelled messages.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Hold a model against labelled messages and print how often it is right.")

  @Argument(help: "Labelled messages: an NDJSON file, or a folder of them.")
  var file: String

  @Option(help: "Model file; the one that comes with the program where none is named.")
  var model: String?

  @Flag(help: "Print figures for each kind of message (or functionality).")
  var byKind = false

  @Option(help: "How many of the worst errors to show.")
  var errors = 0

  func run() async throws {
    let scorer = try model.map { try Scorer(modelAt: URL(filePath: $0)) } ?? Scorer()
    let predictions = try Evaluator.predict(CorpusReader.read(URL(filePath: file)), with: scorer)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    print(String(decoding: try encoder.encode(EvaluationFigures(predictions)), as: UTF8.self))
    if byKind {
      for group in GroupFigures.by(predictions, { [$0.functionality ?? $0.kind] }) {
        print(
          "\(group.name)\t\(group.messages)\t\(group.abusive)\t\(group.right)\t\((group.accuracy * 1000).rounded() / 10)"
        )
      }
    }
    let wrong = predictions.filter { $0.abusive != $0.message.abusive }
      .sorted { abs($0.score - scorer.threshold) > abs($1.score - scorer.threshold) }
    for one in wrong.prefix(errors) {
      print("\((one.score * 1000).rounded() / 1000)\t\(one.message.severity)\t\(one.message.kind)\t\(one.message.text)")
    }
  }
}
