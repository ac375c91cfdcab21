internal import Crypto
internal import Foundation

/// What a study made: files in memory, until they are written to a folder together.
public struct StudyOutput: Sendable {
  /// Paths inside the folder, with their content.
  public private(set) var files: [(path: String, content: String)] = []
  /// A few lines for the terminal.
  public var summary: [String] = []

  mutating func add(_ path: String, _ content: String) { files.append((path, content)) }

  mutating func add(_ table: TidyTable) { add("tables/\(table.name).csv", table.csv) }

  mutating func add(_ chart: Chart) { add("figures/\(chart.name).svg", chart.svg + "\n") }

  /// The content of a file, by its path.
  public func content(_ path: String) -> String? { files.first { $0.path == path }?.content }

  /// Adds the manifest: what went in, with hashes, and what came out.
  ///
  /// - Parameters:
  ///   - options: the study's options, as JSON values in order.
  mutating func addManifest(
    study: String, version: String, inputs: [(role: String, file: ReadFile)], models: [(name: String, messages: Int)],
    options: [(String, String)]
  ) {
    func quote(_ text: String) -> String { JSONText.string(text) }
    var out = "{\n"
    out += "  \"study\": \(quote(study)),\n"
    out += "  \"program\": {\"name\": \"weerbaar\", \"version\": \(quote(version))},\n"
    out +=
      "  \"libraries\": {\"lapack\": \(quote(Matrix.lapackVersion)), \"boost\": \(quote(Distributions.boostVersion))},\n"
    out += "  \"inputs\": [\n"
    out += inputs.map {
      "    {\"role\": \(quote($0.role)), \"file\": \(quote($0.file.name)), \"bytes\": \($0.file.bytes), \"sha256\": \(quote($0.file.sha256))}"
    }.joined(separator: ",\n")
    out += "\n  ],\n  \"models\": ["
    out += models.map { "{\"model\": \(quote($0.name)), \"messages\": \($0.messages)}" }.joined(separator: ", ")
    out += "],\n  \"options\": {\n"
    out += options.map { "    \(quote($0.0)): \($0.1)" }.joined(separator: ",\n")
    out += "\n  },\n  \"outputs\": [\n"
    out += files.map {
      "    {\"file\": \(quote($0.path)), \"sha256\": \(quote(SHA256.hash(data: Data($0.content.utf8)).hex))}"
    }.joined(separator: ",\n")
    out += "\n  ]\n}\n"
    add("manifest.json", out)
  }

  /// Writes all files to a folder. A folder that holds an earlier study is emptied of that study's files first; one that
  /// holds anything else without a manifest is left alone.
  public func write(to folder: String) throws {
    let manager = FileManager.default
    let base = URL(filePath: folder, directoryHint: .isDirectory)
    do {
      try manager.createDirectory(at: base, withIntermediateDirectories: true)
      let present = try manager.contentsOfDirectory(atPath: base.path)
      if !present.isEmpty {
        guard present.contains("manifest.json") else {
          throw Research.Failure("\(folder): the folder holds other things; name a new or an empty folder with --out")
        }
        for stale in ["tables", "figures"] where present.contains(stale) {
          try manager.removeItem(at: base.appending(path: stale))
        }
      }
      for file in files {
        let url = base.appending(path: file.path)
        try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.content.utf8).write(to: url)
      }
    } catch let failure as Research.Failure {
      throw failure
    } catch {
      throw Research.Failure("\(folder): the results cannot be written: \(error.localizedDescription)")
    }
  }
}

/// JSON values as text.
enum JSONText {
  static func string(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{0}"..."\u{1F}":
        let code = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - code.count) + code
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  static func list(_ items: [String]) -> String { "[" + items.map { string($0) }.joined(separator: ", ") + "]" }
}
