import ArgumentParser
import Foundation
import Messages
import Weerbaar

/// `weerbaar explain`: one text in, a readable account of its assessment out.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain the assessment of one text: what it rests on, and what argued against.")

  @Argument(help: "The text; standard input where none is given.")
  var text: String?

  @OptionGroup var scorer: ScorerOptions

  @Option(help: "The language of the account.")
  var language = MessageLanguage.nl

  func run() async throws {
    let scorer = try scorer.makeScorer()
    let text = try self.text ?? Self.readStandardInput()
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError(language == .nl ? "Er is geen tekst om uit te leggen." : "There is no text to explain.")
    }
    let worker = try scorer.makeWorker()
    let assessment = worker.assess(text)
    let contributions = assessment.abstained ? [] : worker.contributions(text)
    let explanation = Explanation(
      text: text, assessment: assessment, contributions: contributions, threshold: scorer.threshold, language: language,
      terminal: Terminal())
    print(explanation.rendered)
  }

  private static func readStandardInput() throws -> String {
    let data = FileHandle.standardInput.readDataToEndOfFile()
    guard var text = String(validating: data, as: UTF8.self) else {
      throw ValidationError("Standard input is not valid UTF-8.")
    }
    while text.last?.isNewline == true { text.removeLast() }
    return text
  }
}
