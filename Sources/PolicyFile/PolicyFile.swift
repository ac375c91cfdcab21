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
/// ```
public struct PolicyFile: Sendable, Equatable {
  public let policy: EscalationPolicy
  /// From this probability on a message is abusive; the model's own threshold where nil.
  public let threshold: Double?

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
    func fail(_ message: String) -> PolicyError { PolicyError(file: file, message: message) }
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let place = error.source.begin
      throw PolicyError(file: "\(file):\(place.line):\(place.column)", message: "not valid TOML: \(error.description)")
    } catch {
      throw fail("not valid TOML: \(error)")
    }
    func known(_ table: TOMLTable, _ names: [String], in place: String) throws(PolicyError) {
      for key in table.keys where !names.contains(key) {
        throw fail("unknown key \"\(key)\" in \(place); it knows \(names.joined(separator: ", "))")
      }
    }
    func probability(_ table: TOMLTable, _ key: String, in place: String) throws(PolicyError) -> Double? {
      guard let value = table[key] else { return nil }
      guard let number = value.double ?? value.int.map(Double.init), (0...1).contains(number) else {
        throw fail("\(key) in \(place) must be a number from 0 to 1")
      }
      return number
    }
    try known(table, ["threshold", "levels", "categories"], in: "the policy")
    threshold = try probability(table, "threshold", in: "the policy")
    var policy = EscalationPolicy.standard
    if let value = table["levels"] {
      guard let levels = value.table else { throw fail("levels must be a table: [levels]") }
      let names = Level.allCases.filter { $0 != .none }
      try known(levels, names.map(\.name), in: "[levels]")
      for level in names {
        guard let value = levels[level.name] else { continue }
        guard let severity = value.int, (1...5).contains(severity) else {
          throw fail("\(level.name) in [levels] must be a severity from 1 to 4, or 5 for never")
        }
        policy.severityFor[level] = severity
      }
    }
    if let value = table["categories"] {
      guard let categories = value.table else { throw fail("categories must be tables: [categories.threat]") }
      try known(categories, Category.allCases.map(\.rawValue), in: "[categories]")
      for category in Category.allCases {
        guard let value = categories[category.rawValue] else { continue }
        let place = "[categories.\(category.rawValue)]"
        guard let floor = value.table else { throw fail("\(category.rawValue) must be a table: \(place)") }
        try known(floor, ["threshold", "level"], in: place)
        guard let threshold = try probability(floor, "threshold", in: place) else {
          throw fail("\(place) needs a threshold")
        }
        guard let name = floor["level"]?.string, let level = Level(name: name) else {
          throw fail("\(place) needs a level: \(Level.allCases.map(\.name).joined(separator: ", "))")
        }
        policy.categoryFloors[category] = (threshold, level)
      }
    }
    self.policy = policy
  }
}
