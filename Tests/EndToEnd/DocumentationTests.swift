import Foundation
import TestSupport
import Testing

/// The code blocks of a language in a Markdown file.
private func blocks(_ file: String, _ language: String) throws -> [String] {
  let text = try String(contentsOf: Places.root.appending(path: file), encoding: .utf8)
  return text.components(separatedBy: "\n```\(language)\n").dropFirst().compactMap {
    $0.components(separatedBy: "\n```").first
  }
}

/// Runs a line of documentation at the root of the checkout, with the built program as `weerbaar`.
private func run(_ line: String) throws -> Program.Run {
  try Program.shell(
    "PATH=\"$(dirname \"$WEERBAAR\"):$PATH\"; \(line)", directory: Places.root,
    environment: ["WEERBAAR_MODEL": Places.model.path])
}

@Suite struct DocumentationTests {
  @Test(arguments: ["README.md", "LEESMIJ.md"])
  func everyCommandRuns(file: String) throws {
    let commands = try blocks(file, "sh")
    #expect(commands.count >= 4)
    for command in commands {
      let run = try run(command)
      #expect(run.status == 0, "\(command)\n\(run.error)")
      #expect(!run.output.isEmpty, "\(command)")
    }
  }

  /// What stands below a command is what it prints; "…" stands for anything.
  @Test func everyConsoleBlockIsTrue() throws {
    let consoles = try blocks("README.md", "console")
    #expect(!consoles.isEmpty)
    for console in consoles {
      let lines = console.split(separator: "\n", maxSplits: 1)
      let run = try run(String(lines[0].dropFirst(2)))
      var rest = run.output[...]
      for piece in (lines[1] + "\n").components(separatedBy: "…") {
        let found = try #require(rest.range(of: piece), "\(piece) is not in \(run.output)")
        rest = rest[found.upperBound...]
      }
      #expect(rest.isEmpty)
    }
  }

  @Test func theExampleFeedHoldsWhatItsReadmeSays() throws {
    let run = try run("weerbaar score examples/feed.ndjson --fields id,assessment.level")
    #expect(run.output.split(separator: "\n").count == 40)
    #expect(run.error.hasPrefix("weerbaar: read 40, assessed 40, rejected 0, "))
  }
}
