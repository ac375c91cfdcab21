/// Research on scored messages and on surveys: from data to tables, figures, a report, a methods text and a manifest that
/// another group can make again to the same bytes.
///
/// - `Statistics` holds the methods, each a small file that knows nothing of messages or surveys.
/// - `Messages` counts scored messages in one pass and compares who receives abuse: ``MessageStudy``.
/// - `Survey` analyses microdata by a codebook: ``SurveyStudy``.
/// - `Sampling` draws messages for people to label and measures their agreement: ``LabellingSample``.
/// - `Report` writes what the studies found.
public enum Research {
  /// A problem with what the user gave, and the cure.
  public struct Failure: Error, CustomStringConvertible, Sendable, Equatable {
    public let description: String

    public init(_ description: String) { self.description = description }
  }
}
