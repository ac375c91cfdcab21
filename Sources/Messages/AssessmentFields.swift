/// Which fields of an assessment are written.
public struct AssessmentFields: OptionSet, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let abusive = AssessmentFields(rawValue: 1)
  public static let score = AssessmentFields(rawValue: 2)
  public static let severity = AssessmentFields(rawValue: 4)
  public static let level = AssessmentFields(rawValue: 8)
  public static let categories = AssessmentFields(rawValue: 16)
  public static let target = AssessmentFields(rawValue: 32)
  public static let language = AssessmentFields(rawValue: 64)
  public static let evidence = AssessmentFields(rawValue: 128)
  public static let model = AssessmentFields(rawValue: 256)
  public static let all = AssessmentFields(rawValue: 511)

  /// Names, in the order in which they are written.
  public static let names: [(name: String, field: AssessmentFields)] = [
    ("abusive", .abusive), ("score", .score), ("severity", .severity), ("level", .level), ("categories", .categories),
    ("target", .target), ("language", .language), ("evidence", .evidence), ("model", .model),
  ]
}

/// Which fields of an assessed message are written: fields of the message by name, and fields of the assessment as
/// `assessment.NAME`, or all of them as `assessment`.
public struct FieldSelection: Sendable, Equatable {
  /// A name that asks for nothing that exists.
  public struct UnknownName: Error, CustomStringConvertible, Sendable, Equatable {
    public let name: String

    public var description: String {
      "an assessment has no field \"\(name)\"; it has \(AssessmentFields.names.map(\.name).joined(separator: ", "))"
    }
  }

  /// All names in the order asked for.
  public let names: [String]
  /// The message's own fields among them.
  public let messageFields: [String]
  public let assessmentFields: AssessmentFields

  /// Reads a list with commas, such as `id,text,assessment.level`. A list without any field of the assessment asks for
  /// the whole of it.
  public init(_ list: String) throws(UnknownName) {
    var names: [String] = []
    var messageFields: [String] = []
    var fields: AssessmentFields = []
    for part in list.split(separator: ",") {
      let name = String(part.trimmingSpaces)
      if names.contains(name) || name.isEmpty { continue }
      names.append(name)
      if name == "assessment" {
        fields = .all
      } else if name.hasPrefix("assessment.") {
        let field = String(name.dropFirst("assessment.".count))
        guard let known = AssessmentFields.names.first(where: { $0.name == field }) else {
          throw UnknownName(name: field)
        }
        fields.insert(known.field)
      } else {
        messageFields.append(name)
      }
    }
    if fields.isEmpty {
      fields = .all
      names.append("assessment")
    }
    self.names = names
    self.messageFields = messageFields
    assessmentFields = fields
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var part = self
    while part.first == " " { part.removeFirst() }
    while part.last == " " { part.removeLast() }
    return part
  }
}
