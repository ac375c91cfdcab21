internal import Foundation
public import Messages

/// What a study of a survey is asked to do.
public struct SurveyStudyOptions: Sendable {
  public var data: String
  public var codebook: String
  public var language = MessageLanguage.nl
  public var level = 0.95
  /// Cells of fewer respondents are withheld.
  public var minimumCell = 5
  /// The program's version, for the manifest.
  public var version: String

  public init(data: String, codebook: String, version: String) {
    self.data = data
    self.codebook = codebook
    self.version = version
  }
}

/// A study of a survey: shares and differences, weighted and not, tests, regressions with controls, trends.
public struct SurveyStudy: Sendable {
  private let options: SurveyStudyOptions

  public init(_ options: SurveyStudyOptions) { self.options = options }

  /// Reads, computes and writes all up. The summary holds the published figures beside those found, in the codebook's order.
  public func run() throws -> StudyOutput {
    let codebook = try Codebook(path: options.codebook)
    let data = try SurveyData(DataTable(path: options.data), codebook)
    let analysis = SurveyAnalysis(data, minimum: options.minimumCell, level: options.level)
    var output = SurveyReport(analysis, options).output()
    output.addManifest(
      study: "survey", version: options.version, inputs: [("data", data.file), ("codebook", codebook.file)], models: [],
      options: [
        ("confidence", NumberText.plain(options.level)), ("language", JSONText.string(options.language.rawValue)),
        ("minimumCell", String(options.minimumCell)),
      ])
    return output
  }
}
