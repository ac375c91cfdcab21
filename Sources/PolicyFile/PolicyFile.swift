public import Foundation
internal import TOMLKit
public import Weerbaar

/// What is wrong with a policy file, and the cure.
public struct PolicyError: Error, CustomStringConvertible, Sendable, Equatable {
  public let file: String
  public let message: String

  public var description: String { "\(file): \(message)" }
}

/// Reads a policy file: TOML that says what an office does with which message. docs/policy.md describes it.
///
/// ```toml
/// threshold = 0.6            # a message is abusive from this probability on
///
/// [levels]                   # the lowest severity of each level
/// report = 1
///
/// [categories.doxing]        # from this probability on, such a message has this level at least
/// threshold = 0.5
/// level = "police"
///
/// [retention]                # days that the casebook keeps the content of such a message
/// log = 90
/// ```
public struct PolicyFile: Sendable, Equatable {
  public let policy: EscalationPolicy
  /// From this probability on a message is abusive; the model's own threshold where nil.
  public let threshold: Double?
  /// What holds for the casebook and the drop folder.
  public let office: OfficePolicy

  /// Reads a file.
  public init(contentsOf url: URL) throws(PolicyError) {
    let text: String
    do {
      text = try String(contentsOf: url, encoding: .utf8)
    } catch {
      throw PolicyError(file: url.relativePath, message: "the policy cannot be read: \(error.localizedDescription)")
    }
    try self.init(text, file: url.relativePath)
  }

  /// Reads the text of a policy file.
  public init(_ text: String, file: String) throws(PolicyError) {
    let root = try PolicyTable(PolicySource(text: text, file: file))
    try root.allow([
      "threshold", "levels", "categories", "casebook", "escalation", "campaign", "burst", "protected", "senders",
      "quiet", "retention", "alerts", "steps",
    ])
    threshold = try root.probability("threshold")
    var policy = EscalationPolicy.standard
    if let levels = try root.sub("levels") {
      let names = Level.allCases.filter { $0 != .none }
      try levels.allow(names.map(\.name))
      for level in names {
        guard levels.has(level.name) else { continue }
        guard let severity = levels.table[level.name]?.int, (1...5).contains(severity) else {
          throw levels.fail(level.name, "\(level.name) in [levels] must be a severity from 1 to 4, or 5 for never")
        }
        policy.severityFor[level] = severity
      }
    }
    if root.has("categories"), root.table["categories"]?.table == nil {
      throw root.fail("categories", "categories must be tables: [categories.threat]")
    }
    if let categories = try root.sub("categories") {
      try categories.allow(Category.allCases.map(\.rawValue))
      for category in Category.allCases {
        guard let floor = try categories.sub(category.rawValue) else { continue }
        try floor.allow(["threshold", "level"])
        guard let threshold = try floor.probability("threshold") else {
          throw floor.fail(nil, "\(floor.place) needs a threshold")
        }
        guard let level = try floor.level("level") else {
          throw floor.fail(
            nil, "\(floor.place) needs a level: \(Level.allCases.map(\.name).joined(separator: ", "))")
        }
        policy.categoryFloors[category] = (threshold, level)
      }
    }
    self.policy = policy
    office = try OfficePolicy(root)
  }
}
