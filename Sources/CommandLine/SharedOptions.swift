import ArgumentParser
import Foundation
import Messages
import PolicyFile
import Weerbaar

extension Level: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }

  public static var allValueStrings: [String] { allCases.map(\.name) }
  public var defaultValueDescription: String { name }
}

extension MessageLanguage: ExpressibleByArgument {}

/// The model, the policy and the threshold to score with.
struct ScorerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The model to use instead of the one that comes with the program.", valueName: "file"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "A policy file (TOML) that moves the boundaries of the levels; see docs/policy.md.", valueName: "file"))
  var policy: String?

  @Option(help: ArgumentHelp("From this probability on a message is abusive (0 to 1).", valueName: "probability"))
  var threshold: Double?

  func validate() throws {
    if let threshold, !(0...1).contains(threshold) {
      throw ValidationError("--threshold \(threshold) is no probability; want a number from 0 to 1.")
    }
  }

  /// Opens the model and reads the policy.
  func openModel() throws -> Model {
    if let model { return try Model(contentsOf: URL(filePath: model)) }
    return try Model.standard()
  }

  func makeScorer() throws -> Scorer {
    let file = try policy.map { try PolicyFile(contentsOf: URL(filePath: $0)) }
    return Scorer(
      model: try openModel(), policy: file?.policy ?? .standard, threshold: threshold ?? file?.threshold)
  }
}

/// Whether output may use colour, and how wide it is.
struct Terminal {
  let hasColour: Bool
  let width: Int

  /// Looks at a descriptor, and at `NO_COLOR` and `TERM`.
  init(_ descriptor: Int32 = STDOUT_FILENO) {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = isatty(descriptor) == 1
    hasColour = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    var size = winsize()
    let known = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = known ? Int(size.ws_col) : 80
  }

  init(hasColour: Bool, width: Int) {
    self.hasColour = hasColour
    self.width = width
  }

  /// Text in a style of ANSI's, where colour may be used.
  func styled(_ text: String, _ codes: Int...) -> String {
    guard hasColour else { return text }
    return "\u{1B}[" + codes.map(String.init).joined(separator: ";") + "m" + text + "\u{1B}[0m"
  }
}

/// Writes a line to standard error.
func printError(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
