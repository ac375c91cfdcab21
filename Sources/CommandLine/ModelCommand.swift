import ArgumentParser
import Foundation
import Messages
import Weerbaar

/// `weerbaar model`: what the model is.
struct ModelCommand: AsyncParsableCommand {
  enum Output: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Say what the model is: name, hash, size, lexicon, thresholds, corpus.")

  @Option(help: ArgumentHelp("The model to look at instead of the one that comes with the program.", valueName: "file"))
  var model: String?

  @Option(help: "A text to read, or one JSON object.")
  var output = Output.text

  @Option(help: "The language of the text.")
  var language = MessageLanguage.en

  func run() async throws {
    let model = try self.model.map { try Model(contentsOf: URL(filePath: $0)) } ?? Model.standard()
    switch output {
    case .text: print(ModelDescription(model: model, language: language).text)
    case .json: print(String(decoding: try ModelDescription(model: model, language: language).json(), as: UTF8.self))
    }
  }
}
