import ArgumentParser
import Corpus
import Foundation

/// Where an evaluation goes: the terminal, and files if asked for.
struct EvaluationOutput: ParsableArguments {
  @Option(name: .customLong("by"), help: "Figures for each group of messages: \(choices).")
  var grouping: EvaluationReport.Grouping?

  @Option(help: "How many of the worst errors of each sort to show, with their texts.")
  var errors = 0

  @Option(
    help: ArgumentHelp("Write everything as JSON here; - is standard output, in place of the table.", valueName: "file")
  )
  var json: String?

  @Option(help: ArgumentHelp("Write a page with plots here.", valueName: "file"))
  var html: String?

  @Option(help: "Language of the page: nl or en.")
  var language: ReportWords.Language = .nl

  @Option(help: "How often the bootstrap draws for the intervals.")
  var draws = 1000

  private static var choices: String {
    EvaluationReport.Grouping.allCases.map(\.rawValue).joined(separator: ", ")
  }

  func validate() throws {
    guard draws >= 0, errors >= 0 else { throw ValidationError("--draws and --errors take 0 or more") }
  }

  func report(
    _ predictions: [Prediction], model: String, source: String, threshold: Double,
    method: EvaluationReport.Method = .model
  ) -> EvaluationReport {
    EvaluationReport(
      predictions, model: model, source: source, threshold: threshold, method: method, grouping: grouping,
      errors: errors, draws: draws)
  }

  func write(_ report: EvaluationReport) throws {
    if json != "-" {
      print(EvaluationText(report, words: try ReportWords(.en)).text(errors: errors > 0), terminator: "")
    }
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      let data = try encoder.encode(report) + Data("\n".utf8)
      if json == "-" { FileHandle.standardOutput.write(data) } else { try data.write(to: URL(filePath: json)) }
    }
    if let html {
      let page = EvaluationPage(report, words: try ReportWords(language)).html()
      try Data(page.utf8).write(to: URL(filePath: html))
    }
  }
}

extension EvaluationReport.Grouping: ExpressibleByArgument {}
extension ReportWords.Language: ExpressibleByArgument {}

/// Which columns of a CSV file hold text and label.
struct LabelledColumns: ParsableArguments {
  @Option(help: "CSV: the column with the text; found by its name where it has a usual one.")
  var textColumn: String?

  @Option(help: "CSV: the column that says abusive or not.")
  var labelColumn: String?

  var columns: LabelledTable.Columns { LabelledTable.Columns(text: textColumn, label: labelColumn) }
}
