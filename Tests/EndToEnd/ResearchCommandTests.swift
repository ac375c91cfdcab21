import Foundation
import TestSupport
import Testing

@Suite struct ResearchCommandTests {
  @Test func theSurveyExamplePrintsThePublishedFigures() throws {
    try Places.withFolder { folder in
      let run = try Program.run(
        [
          "research", "survey", "survey.csv", "--codebook", "codebook.toml", "--out", folder.path + "/out",
          "--language",
          "en",
        ], directory: Places.root.appending(path: "examples/research"))
      #expect(run.status == 0, "\(run.error)")
      let lines = run.output.split(separator: "\n").map(String.init)
      #expect(lines.count == 13)
      #expect(lines.first == "Respondents: 3,033 (published 3,033)")
      #expect(lines.contains("Met online aggression, women: 47% (published 47%)"))
      #expect(lines.last == "\(folder.path)/out/report.html")
    }
  }

  @Test func messagesAreGeneratedSampledAndStudied() throws {
    try Places.withFolder { folder in
      let line = """
        set -e
        "$WEERBAAR" research generate messages --count 1500 --persons 20 --roster r.csv > m.ndjson
        "$WEERBAAR" research sample m.ndjson --roster r.csv --size 60 --out s
        "$WEERBAAR" research messages - --roster r.csv --reference gender=man --draws 100 --out o < m.ndjson
        cat o/manifest.json
        """
      let run = try Program.shell(line, directory: folder)
      #expect(run.status == 0, "\(run.error)")
      #expect(run.output.contains("\"file\": \"stdin\""))
      #expect(run.error.contains("counted 1500"))
    }
  }

  @Test func whatIsWrongEndsWithItsExitCode() throws {
    let missing = try Program.run(["research", "messages", "geen.ndjson", "--roster", "geen.csv", "--out", "o"])
    #expect(missing.status == 1)
    #expect(missing.error.hasPrefix("weerbaar: geen.csv: the file cannot be read"))
    let usage = try Program.run(["research", "messages", "x", "--roster", "y", "--out", "o", "--draws", "3"])
    #expect(usage.status == 64)
  }
}
