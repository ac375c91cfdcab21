import Foundation
import Messages
import TestSupport
import Testing
import Weerbaar

private let scorer = Result { try Scorer(modelAt: Places.model) }

/// What the program must make of a line.
private func expected(_ line: String, text: String) throws -> String {
  var json: [UInt8] = []
  JSONWriter.append(try scorer.get().assess(text), to: &json)
  return line.dropLast() + ",\"assessment\":" + String(decoding: json, as: UTF8.self) + "}\n"
}

/// Lines of the corpus, as messages.
private func feed(_ number: Int) throws -> [String] {
  let files = try FileManager.default.contentsOfDirectory(
    at: Places.corpora.appending(path: "messages"), includingPropertiesForKeys: nil
  )
  .sorted { $0.path < $1.path }
  var lines: [String] = []
  for file in files where lines.count < number {
    lines += try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }
  return Array(lines.prefix(number))
}

@Suite struct ScoreTests {
  @Test func messagesComeOutAsTheyCameInWithAnAssessment() throws {
    let lines = [
      (
        #"{"id":"1","text":"Dank u wel voor uw snelle antwoord, mevrouw De Vries."}"#,
        "Dank u wel voor uw snelle antwoord, mevrouw De Vries."
      ),
      (
        #"{"text":"vieze hoer ik weet waar je woont 😡","z": [1, 2.50] ,"a":{"é":"\u00e9"}}"#,
        "vieze hoer ik weet waar je woont 😡"
      ),
      (
        #"{"author":{"handle":"@x"},"text":"We \u006bennen de weg naar uw huis.\nGroet"}"#,
        "We kennen de weg naar uw huis.\nGroet"
      ),
      (#"{"text":""}"#, ""),
      (#"{"text":"Это предложение написано по-русски."}"#, "Это предложение написано по-русски."),
    ]
    let run = try Program.run(["score"], input: Data((lines.map(\.0).joined(separator: "\n") + "\n").utf8))
    #expect(run.output == (try lines.map { try expected($0.0, text: $0.1) }.joined()))
    #expect(run.status == 0)
    #expect(run.error.hasPrefix("weerbaar: read 5, assessed 5, rejected 0, abstained 1; none "))
  }

  @Test func aTruncatedLastLineIsReportedAndNothingElseIsLost() throws {
    let input = "\u{FEFF}{\"text\":\"een\"}\r\n\n{\"text\":\"tw"
    let run = try Program.run(["score", "-"], input: Data(input.utf8))
    #expect(run.output == (try expected(#"{"text":"een"}"#, text: "een")))
    #expect(
      run.error == """
        stdin:2: the line is empty; every line must hold one JSON object
        stdin:3: not valid JSON: the line ends inside a string (cut short?) at byte 12
        weerbaar: read 3, assessed 1, rejected 2, abstained 0; none 1, log 0, report 0, police 0, urgent 0

        """)
    #expect(run.status == 3)
  }

  @Test func badLinesAreNamedAndKept() throws {
    try Places.withFolder { (folder: URL) throws in
      let good = #"{"text":"goed"}"#
      let bad: [[UInt8]] = [
        [], Array("{\"text\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8), Array(#"{"text":"\ud83d"}"#.utf8),
        Array(#"{"text":7}"#.utf8), Array("{\"text\":\"a\u{0}\"}".utf8), Array("[]".utf8), Array(#"{"id":"1"}"#.utf8),
      ]
      var content: [UInt8] = []
      for line in bad { content += line + [10] + Array(good.utf8) + [10] }
      try Data(content).write(to: folder.appending(path: "feed.ndjson"))
      let run = try Program.run(["score", "feed.ndjson", "--rejects", "bad.ndjson", "--jobs", "3"], directory: folder)
      #expect(run.output == (try String(repeating: expected(good, text: "goed"), count: bad.count)))
      #expect(
        run.error == """
          feed.ndjson:1: the line is empty; every line must hold one JSON object
          feed.ndjson:3: invalid UTF-8 at byte 10; convert the file to UTF-8
          feed.ndjson:5: not valid JSON: lone surrogate escape, half a character at byte 10
          feed.ndjson:7: the field "text" is a number; want a string
          feed.ndjson:9: not valid JSON: NUL byte inside a string must be escaped at byte 11
          feed.ndjson:11: the line is an array; want an object with a string "text"
          feed.ndjson:13: the object has no field "text"
          weerbaar: read 14, assessed 7, rejected 7, abstained 0; none 7, log 0, report 0, police 0, urgent 0

          """)
      #expect(run.status == 3)
      #expect(try Data(contentsOf: folder.appending(path: "bad.ndjson")) == Data(bad.flatMap { $0 + [10] }))
    }
  }

  @Test func strictStopsAtTheFirst() throws {
    let input = "{\"text\":\"een\"}\n{\"text\":2}\n{\"text\":3}\n{\"text\":\"vier\"}\n"
    for jobs in ["1", "2"] {
      let run = try Program.run(["score", "--strict", "--jobs", jobs, "--language", "nl"], input: Data(input.utf8))
      #expect(run.output == (try expected(#"{"text":"een"}"#, text: "een")))
      #expect(
        run.error == """
          stdin:2: het veld "text" is een getal; hier hoort een tekst
          weerbaar: gestopt bij de eerste afgekeurde regel, zoals --strict vraagt

          """)
      #expect(run.status == 1)
    }
  }

  @Test func theOutputDoesNotDependOnTheNumberOfThreads() throws {
    var lines = try feed(150)
    lines.insert("kapot", at: 77)
    // Several batches, so that there is an order to keep.
    let padding = String(repeating: "x", count: 3000)
    let input = Data((lines.map { $0.dropLast() + ",\"p\":\"\(padding)\"}" }.joined(separator: "\n")).utf8)
    let one = try Program.run(["score", "--jobs", "1"], input: input)
    #expect(one.status == 3)
    #expect(one.output.split(separator: "\n").count == 150)
    for jobs in ["2", "5"] {
      let many = try Program.run(["score", "--jobs", jobs], input: input)
      #expect(many.outputBytes == one.outputBytes)
      #expect(many.error == one.error)
    }
  }

  @Test func onlyAskedForLevelsAndFieldsAreWritten() throws {
    let lines = try feed(60)
    let input = Data(lines.joined(separator: "\n").utf8)
    let all = try Program.run(["score", "--fields", "id,assessment.level"], input: input)
    let some = try Program.run(["score", "--fields", "id,assessment.level", "--min-level", "report"], input: input)
    let wanted = all.output.split(separator: "\n").filter { !$0.contains("\"none\"") && !$0.contains("\"log\"") }
    #expect(some.output.split(separator: "\n") == wanted)
    #expect(!wanted.isEmpty && wanted.count < 60)
    #expect(some.error == all.error)
  }

  @Test func csvGoesInAndOut() throws {
    let input = Data("nr;bericht\r\n1;\"Dag mevrouw;\nalles goed?\"\r\n2\r\n3;vieze hoer\r\n".utf8)
    let first = try scorer.get().assess("Dag mevrouw;\nalles goed?").abusive
    let run = try Program.run(
      ["score", "--input", "csv", "--text-column", "bericht", "--fields", "nr,text,assessment.abusive"], input: input)
    #expect(
      run.output == """
        {"nr":"1","text":"Dag mevrouw;\\nalles goed?","assessment":{"abusive":\(first)}}
        {"nr":"3","text":"vieze hoer","assessment":{"abusive":true}}

        """)
    #expect(
      run.error.hasPrefix(
        "stdin:4: the record has 1 cells; the header has 2\nweerbaar: read 3, assessed 2, rejected 1, "))
    #expect(run.status == 3)
    let csv = try Program.run(
      [
        "score", "--input", "csv", "--text-column", "bericht", "--output", "csv", "--fields",
        "nr,bericht,assessment.abusive",
      ],
      input: input)
    #expect(csv.output == "nr;bericht;abusive\n1;\"Dag mevrouw;\nalles goed?\";\(first)\n3;vieze hoer;true\n")
  }

  @Test func wrongUsageIsNamed() throws {
    for arguments in [
      ["score", "--jobs", "0"], ["score", "--threshold", "2"], ["score", "--min-level", "much"],
      ["score", "--text-column", "a"],
      ["score", "--fields", "assessment.lvl"], ["score", "--nonsense"],
    ] {
      let run = try Program.run(arguments)
      #expect(run.status == 64)
      #expect(run.error.hasPrefix("Error: "))
      #expect(run.output.isEmpty)
    }
  }

  @Test func whatCannotBeOpenedEndsTheRunBeforeItsStart() throws {
    try Places.withFolder { (folder: URL) throws in
      try Data("WEERBAARxxxx".utf8).write(to: folder.appending(path: "short.model"))
      var bytes = try Data(contentsOf: Places.model)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: folder.appending(path: "damaged.model"))
      try Data("levels = 3\n".utf8).write(to: folder.appending(path: "policy.toml"))
      let input = Data("{\"text\":\"een\"}\n".utf8)
      for (arguments, message) in [
        (["none.ndjson"], "weerbaar: none.ndjson: cannot be opened: No such file or directory\n"),
        (["/"], "weerbaar: /: the folder has no file that ends in .ndjson or .jsonl\n"),
        (["--rejects", "/none/such"], "weerbaar: /none/such: cannot be opened: No such file or directory\n"),
        (["--model", "none.model"], "none.model: the model cannot be opened"),
        (["--model", "short.model"], "short.model: "),
        (
          ["--model", "damaged.model"],
          "damaged.model: the model file is damaged: its SHA-256 is not that of its content"
        ),
        (["--policy", "policy.toml"], "policy.toml:1: levels must be a table"),
        (["--policy", "none.toml"], "none.toml: the policy cannot be read"),
      ] {
        let run = try Program.run(["score"] + arguments, input: input, directory: folder)
        #expect(run.status == 1)
        #expect(run.error.contains(message))
        #expect(run.output.isEmpty)
      }
    }
  }

  @Test func aPolicyMovesTheLevels() throws {
    try Places.withFolder { (folder: URL) throws in
      try Data("threshold = 0.0\n[levels]\nurgent = 1\n".utf8).write(to: folder.appending(path: "policy.toml"))
      let run = try Program.run(
        ["score", "--policy", "policy.toml", "--fields", "assessment.level"],
        input: Data("{\"text\":\"dank u\"}\n".utf8),
        directory: folder)
      #expect(run.output == "{\"assessment\":{\"level\":\"urgent\"}}\n")
    }
  }

  @Test func hugeAndOddTextsTakeTheirTimeInProportion() throws {
    let marks = "a" + String(repeating: "\u{301}", count: 100_000)
    let long = String(repeating: "U liegt tegen de raad. ", count: 4_000)
    let input = [marks, long, String(repeating: "h", count: 100_000), String(repeating: "h o e r ", count: 5_000)]
    let lines = input.map { "{\"text\":\"\($0)\"}\n" }.joined()
    let run = try Program.run(["score", "--fields", "assessment.language"], input: Data(lines.utf8))
    #expect(run.status == 0)
    #expect(run.output.split(separator: "\n").count == 4)
  }

  // MARK: Ends of the run

  @Test func aReaderThatHasSeenEnoughEndsTheRunQuietly() throws {
    let lines = try feed(150)
    let padded = lines.map { $0.dropLast() + ",\"p\":\"" + String(repeating: "x", count: 3000) + "\"}" }
    let run = try Program.shell(
      "\"$WEERBAAR\" score | head -n 1 | wc -l; echo ${PIPESTATUS[0]}", input: Data(padded.joined(separator: "\n").utf8)
    )
    #expect(run.output == "1\n0\n")
    #expect(run.error.isEmpty)
  }

  @Test func aFullDiskIsReported() throws {
    for jobs in ["1", "2"] {
      let run = try Program.shell(
        "\"$WEERBAAR\" score --jobs \(jobs) > /dev/full", input: Data("{\"text\":\"een\"}\n".utf8))
      #expect(
        run.error
          == "weerbaar: stdout: cannot be written: No space left on device; every line written so far is whole\n")
      #expect(run.status == 1)
    }
  }

  @Test func aFileThatMayGrowNoFurtherEndsWithAWholeLine() throws {
    try Places.withFolder { (folder: URL) throws in
      let lines = try feed(100)
      let run = try Program.shell(
        "ulimit -f 20; \"$WEERBAAR\" score > out.ndjson", input: Data(lines.joined(separator: "\n").utf8),
        directory: folder)
      #expect(run.status == 1)
      #expect(run.error.hasPrefix("weerbaar: stdout: cannot be written: File too large"))
      let written = try Data(contentsOf: folder.appending(path: "out.ndjson"))
      #expect(written.last == 10)
      #expect(written.count > 10_000)
      for line in written.split(separator: 10) { _ = try JSONSerialization.jsonObject(with: line) }
    }
  }

  @Test func aRequestToEndFinishesWhatWasTaken() throws {
    try Places.withFolder { (folder: URL) throws in
      let run = try Program.shell(
        """
        mkfifo feed
        "$WEERBAAR" score --jobs 2 < feed > out.ndjson 2> log & pid=$!
        exec 3> feed
        echo '{"text":"een"}' >&3
        printf '{"text":"half' >&3
        until [ -s out.ndjson ]; do sleep 0.05; done
        kill -TERM $pid
        wait $pid; echo $?
        """, directory: folder)
      #expect(run.output == "0\n")
      #expect(
        try String(contentsOf: folder.appending(path: "out.ndjson"), encoding: .utf8)
          == expected(#"{"text":"een"}"#, text: "een"))
      #expect(
        try String(contentsOf: folder.appending(path: "log"), encoding: .utf8).hasPrefix(
          "weerbaar: read 1, assessed 1, rejected 0"))
    }
  }

  // MARK: Feeds

  @Test func packedFilesAndFoldersAreRead() throws {
    try Places.withFolder { (folder: URL) throws in
      let lines = try feed(60).map { $0 + "\n" }
      for (name, part) in [("a.ndjson", lines[0..<20]), ("b.jsonl", lines[20..<40]), ("c.ndjson", lines[40..<60])] {
        try Data(part.joined().utf8).write(to: folder.appending(path: name))
      }
      try Data("not a feed".utf8).write(to: folder.appending(path: "notes.txt"))
      let run = try Program.shell(
        """
        "$WEERBAAR" score --jobs 1 a.ndjson b.jsonl c.ndjson > plain 2> log0
        gzip b.jsonl; gzip -c c.ndjson > second.gz; head -c 0 /dev/null | gzip > empty.ndjson.gz
        "$WEERBAAR" score . > folder 2> log1; echo $?
        cat a.ndjson | gzip > two.gz; gzip -dc b.jsonl.gz | gzip >> two.gz
        cat two.gz second.gz | "$WEERBAAR" score > joined 2> log2; echo $?
        head -c 300 b.jsonl.gz > cut.gz
        "$WEERBAAR" score cut.gz > cut 2> log3; echo $?
        cat log3
        """, directory: folder)
      let parts = run.output.split(separator: "\n").map(String.init)
      #expect(parts[0..<3] == ["0", "0", "1"])
      #expect(parts[3].hasPrefix("weerbaar: cut.gz: the compressed file is damaged: "))
      let plain = try Data(contentsOf: folder.appending(path: "plain"))
      #expect(plain.count > 1000)
      #expect(try Data(contentsOf: folder.appending(path: "folder")) == plain)
      #expect(try Data(contentsOf: folder.appending(path: "joined")) == plain)
    }
  }

  @Test func aGrowingFileIsFollowedThroughRotationAndTruncation() throws {
    try Places.withFolder { (folder: URL) throws in
      let run = try Program.shell(
        """
        line() { echo "{\\"id\\":$1,\\"text\\":\\"dag\\"}"; }
        seen() { until [ "$(wc -l < out)" -ge $1 ]; do sleep 0.05; done; }
        line 1 > feed; : > out
        "$WEERBAAR" score --follow --fields id,assessment.language feed > out 2> log & pid=$!
        seen 1
        printf '{"id":2,' >> feed; sleep 0.3; echo '"text":"dag"}' >> feed; seen 2
        line 3 >> feed; mv feed old; line 4 >> old; sleep 0.3; line 5 > feed; seen 5
        printf '{"id":6,"text":"dag"}' >> feed; sleep 0.3; line 7 > new; mv new feed; seen 7
        line 8 > feed.tmp; : > feed; sleep 0.3; cat feed.tmp > feed; seen 8
        kill -TERM $pid; wait $pid; echo $?
        """, directory: folder)
      #expect(run.output == "0\n")
      let ids = try String(contentsOf: folder.appending(path: "out"), encoding: .utf8).split(separator: "\n").map {
        $0.prefix { $0 != "," }
      }
      #expect(ids == (1...8).map { "{\"id\":\($0)" })
    }
  }

  @Test func alertsReachACommandAndTheCountsAFile() throws {
    try Places.withFolder { (folder: URL) throws in
      let input = "{\"id\":1,\"text\":\"dank u\"}\n{\"id\":2,\"text\":\"vieze kankerhoer, ik maak je af\"}\n"
      let run = try Program.run(
        [
          "score", "--min-level", "report", "--alert", "cat >> alerts; echo >> alerts", "--alert", "exit 0",
          "--metrics", "metrics", "--fields", "id,assessment.level",
        ], input: Data(input.utf8), directory: folder)
      #expect(run.status == 0)
      let alerts = try String(contentsOf: folder.appending(path: "alerts"), encoding: .utf8)
      #expect(alerts.split(separator: "\n").count == 1)
      let beginning = "{\"id\":2,\"text\":\"vieze kankerhoer, ik maak je af\",\"assessment\":{\"abusive\":true"
      #expect(alerts.hasPrefix(beginning))
      #expect(run.output.hasPrefix("{\"id\":2,\"assessment\":{\"level\":"))
      #expect(run.error.components(separatedBy: "alerts: sent 1, failed 0, left out 0").count == 3)
      let metrics = try String(contentsOf: folder.appending(path: "metrics"), encoding: .utf8)
      #expect(metrics.contains("\nweerbaar_read_total 2\n"))
      #expect(metrics.contains("\nweerbaar_level_total{level=\"none\"} 1\n"))
      #expect(metrics.contains("\nweerbaar_latency_seconds_bucket{le=\"+Inf\"} 2\n"))
      #expect(metrics.contains("\nweerbaar_alerts_total{state=\"sent\"} 2\n"))
    }
  }
}
