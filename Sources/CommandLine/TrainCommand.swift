import ArgumentParser
import Corpus
import Foundation

/// `weerbaar train`: corpora in, model out.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "train", abstract: "Train a model from corpora alone.")

  @Option(help: "Folder with messages/ and lexicon/.")
  var corpora = "corpora"

  @Option(help: "Where to write the model.")
  var output = "models/weerbaar-nl.model"

  @Option(help: "Threads; the result does not depend on it.")
  var jobs = 2

  func run() async throws {
  }
}
