import Foundation
import FoundationXML
import Messages
import TestSupport
import Testing

@testable import Research

@Suite struct MessageStudyTests {
  /// A study of made-up messages.
  private func study(
    in folder: URL, messages: Int = 4000, persons: Int = 40, labels: String? = nil, roster: String? = nil,
    change: (inout MessageStudyOptions) -> Void = { _ in }
  ) throws -> StudyOutput {
    let maker = MessageMaker(messages: messages, persons: persons, seed: 7)
    let lines = folder.appending(path: "m.ndjson")
    var bytes: [UInt8] = []
    maker.lines { bytes += $0 }
    try Data(bytes).write(to: lines)
    let rosterFile = folder.appending(path: "roster.csv")
    try Data((roster ?? maker.roster()).utf8).write(to: rosterFile)
    var options = MessageStudyOptions(
      inputs: [lines.path], roster: rosterFile.path, compare: ["gender"], version: "test")
    options.draws = 200
    options.references = ["gender": "man"]
    change(&options)
    return try MessageStudy(options).run { _ in }
  }

  private func rows(_ output: StudyOutput, _ table: String) throws -> [[String: String]] {
    let text = try #require(output.content("tables/\(table).csv"))
    let data = try DataTable(Array(text.utf8), file: table)
    return data.rows.map { Dictionary(uniqueKeysWithValues: zip(data.header, $0)) }
  }

  private func value(_ rows: [[String: String]], _ wanted: [String: String]) throws -> Double {
    let found = rows.filter { row in wanted.allSatisfy { row[$0.key] == $0.value } }
    #expect(found.count == 1, "\(wanted)")
    return try #require(found.first?["value"].flatMap(Double.init))
  }

  @Test func countsAreThoseOfTheMessages() throws {
    try Places.withFolder { folder in
      let output = try study(in: folder)
      let maker = MessageMaker(messages: 4000, persons: 40, seed: 7)
      let roster = try DataTable(Array(maker.roster().utf8), file: "roster")
      let genders = try roster.column("gender")
      var counted: [String: (all: Int, abusive: Int)] = [:]
      var senders: Set<String> = []
      let text = try String(contentsOf: folder.appending(path: "m.ndjson"), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let handle = try #require((object["recipient"] as? [String: Any])?["handle"] as? String)
        let person = try #require(Int(handle.dropFirst(5)))
        let isAbusive = try #require((object["assessment"] as? [String: Any])?["abusive"] as? Bool)
        let gender = roster.rows[person - 1][genders]
        counted[gender, default: (0, 0)].all += 1
        if isAbusive { counted[gender, default: (0, 0)].abusive += 1 }
        senders.insert("\(object["platform"] ?? "")\((object["author"] as? [String: Any])?["handle"] ?? "")")
      }
      let groups = try rows(output, "by_group")
      for (gender, expected) in counted {
        let keys = ["group": "gender", "level": gender]
        #expect(try value(groups, keys.merging(["measure": "messages"]) { $1 }) == Double(expected.all))
        #expect(try value(groups, keys.merging(["measure": "abusive"]) { $1 }) == Double(expected.abusive))
      }
      let overview = try rows(output, "overview")
      #expect(try value(overview, ["measure": "counted"]) == 4000)
      #expect(try value(overview, ["measure": "senders"]) == Double(senders.count))
      // Classes of senders add up to all of them.
      let classes = try rows(output, "senders").filter {
        $0["by"] == "abusive messages sent" && $0["measure"] == "senders"
      }
      #expect(classes.compactMap { $0["value"].flatMap(Double.init) }.reduce(0, +) == Double(senders.count))
    }
  }

  @Test func sameInputsSameBytes() throws {
    try Places.withFolder { folder in
      let first = try study(in: folder)
      let second = try study(in: folder)
      #expect(first.files.map(\.path) == second.files.map(\.path))
      for (a, b) in zip(first.files, second.files) { #expect(a.content == b.content, "\(a.path)") }
      let other = try study(in: folder) { $0.seed = 2 }
      #expect(other.content("tables/differences.csv") != first.content("tables/differences.csv"))
    }
  }

  @Test func nobodyIsNamedAndNoTextIsCopied() throws {
    try Places.withFolder { folder in
      let output = try study(in: folder) { $0.wordMessages = 4 }
      for file in output.files {
        #expect(!file.content.contains("gen_"), "\(file.path)")
        #expect(!file.content.contains("Gegenereerd Persoon"), "\(file.path)")
        #expect(!file.content.contains("@s1"), "\(file.path)")
        // Two words in a row would be text of a message.
        #expect(file.content.firstMatch(of: /woord[a-z]+ woord/) == nil, "\(file.path)")
      }
      let named = try study(in: folder) { $0.showsNames = true }
      #expect(named.content("tables/by_person.csv")?.contains("Gegenereerd Persoon") == true)
      let words = try rows(output, "words").filter { $0["measure"] == "abusive messages with it, this level" }
      #expect(!words.isEmpty)
      #expect(words.contains { $0["word"]?.hasPrefix("merk") == true })
    }
  }

  @Test func figuresAndPageAreWellFormed() throws {
    try Places.withFolder { folder in
      for language in MessageLanguage.allCases {
        let output = try study(in: folder) { $0.language = language }
        let figures = output.files.filter { $0.path.hasSuffix(".svg") }
        #expect(figures.count >= 8)
        for figure in figures {
          #expect(throws: Never.self, "\(figure.path)") { try XMLDocument(xmlString: figure.content) }
          #expect(!figure.content.contains("nan") && !figure.content.contains("inf\""), "\(figure.path)")
        }
        let page = try #require(output.content("report.html"))
        #expect(page.contains("<html lang=\"\(language.rawValue)\">"))
        #expect(
          !page.contains("http://")
            || page.replacing("http://www.w3.org/2000/svg", with: "").firstMatch(of: /https?:\/\//) == nil)
        // Every figure's parts have names of their own, so that they can be told apart by a screen reader.
        let ids = page.matches(of: /\sid="([^"]+)"/).map { String($0.output.1) }
        #expect(Set(ids).count == ids.count)
        #expect(
          page.contains(language == .nl ? "Deze cijfers zijn niet gecorrigeerd." : "These figures are uncorrected."))
      }
    }
  }

  @Test func theManifestNamesWhatWentInAndWhatCameOut() throws {
    try Places.withFolder { folder in
      let output = try study(in: folder)
      let text = try #require(output.content("manifest.json"))
      let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let outputs = try #require(object["outputs"] as? [[String: String]])
      #expect(outputs.map { $0["file"] } == output.files.map(\.path).filter { $0 != "manifest.json" })
      #expect((object["inputs"] as? [[String: Any]])?.count == 2)
      #expect((object["models"] as? [[String: Any]])?.first?["model"] as? String == "generated-1+00000000")
      try output.write(to: folder.appending(path: "out").path)
      try output.write(to: folder.appending(path: "out").path)
      #expect(throws: Research.Failure.self) { try output.write(to: folder.path) }
    }
  }

  @Test func labelsCorrectWhatTheModelGetsWrong() throws {
    try Places.withFolder { folder in
      // The truth is written on the lines; every fourth message is labelled.
      _ = try study(in: folder, messages: 12_000)
      let text = try String(contentsOf: folder.appending(path: "m.ndjson"), encoding: .utf8)
      var labels = "id,abusive,stratum,probability\n"
      var abusive = 0
      for (number, line) in text.split(separator: "\n").enumerated() {
        let isAbusive = line.contains("\"truth\":true")
        if isAbusive { abusive += 1 }
        if number % 4 == 0 { labels += "m\(number + 1),\(isAbusive ? 1 : 0),s,0.25\n" }
      }
      let file = folder.appending(path: "labels.csv")
      try Data(labels.utf8).write(to: file)
      let output = try study(in: folder, messages: 12_000) { $0.labels = file.path }
      let overview = try rows(output, "overview")
      let truth = Double(abusive) / 12_000
      for measure in ["share abusive, corrected (Rogan-Gladen)", "share abusive, corrected (prediction-powered)"] {
        let found = try value(overview, ["measure": measure])
        #expect(abs(found - truth) < 0.015, "\(measure): \(found), truth \(truth)")
      }
      let instrument = try rows(output, "instrument")
      #expect(abs(try value(instrument, ["measure": "sensitivity"]) - 0.8) < 0.08)
      #expect(abs(try value(instrument, ["measure": "specificity"]) - 0.97) < 0.02)
      #expect(output.content("report.html")?.contains("Gecorrigeerd met labels.") == true)
      let differences = try rows(output, "differences").filter {
        $0["measure"] == "difference, corrected (prediction-powered)" && $0["group"] == "gender"
      }
      #expect(differences.count == 1 && differences[0]["lower"]?.isEmpty == false)
    }
  }

  @Test func smallGroupsAreWithheldUnlessPersonsAreNamed() throws {
    try Places.withFolder { folder in
      let maker = MessageMaker(messages: 4000, persons: 40, seed: 7)
      // A third gender of one person.
      var lines = maker.roster().split(separator: "\n").map(String.init)
      lines[1] = lines[1].replacing(",vrouw,", with: ",anders,").replacing(",man,", with: ",anders,")
      let roster = lines.joined(separator: "\n") + "\n"
      let output = try study(in: folder, roster: roster)
      let groups = try rows(output, "by_group").filter { $0["group"] == "gender" }
      let other = groups.filter { $0["level"] == "anders" }
      #expect(other.count == 1 && other[0]["value"] == "" && other[0]["note"] == "suppressed for privacy")
      // One withheld group of three could be told from the total: another is withheld with it.
      #expect(groups.filter { $0["note"] == "suppressed for privacy" }.count == 2)
      let named = try study(in: folder, roster: roster) { $0.showsNames = true }
      #expect(try rows(named, "by_group").allSatisfy { $0["note"] != "suppressed for privacy" })
    }
  }

  @Test func whatIsWrongIsNamedWithItsPlace() throws {
    func failure(_ roster: String) throws -> String? {
      do {
        _ = try Roster(DataTable(Array(roster.utf8), file: "r.csv"))
        return nil
      } catch let failure as Research.Failure {
        return failure.description
      }
    }
    #expect(try failure("handles\n@a\n")?.hasPrefix("r.csv:1: there is no column \"id\"") == true)
    #expect(try failure("id,handles\n1,@a\n2,@A\n")?.hasPrefix("r.csv:3: the handle \"A\"") == true)
    #expect(try failure("id,start\n1,1-2-2020\n")?.hasPrefix("r.csv:2: start") == true)
    #expect(try failure("id,start,end\n1,2020-02-01,2020-01-01\n")?.hasPrefix("r.csv:2: the office ends") == true)
    #expect(try failure("id,start,end\n1,2020-01-01,2020-06-01\n1,2020-05-01,\n")?.contains("two terms") == true)
    #expect(try failure("id,followers\n1,veel\n")?.hasPrefix("r.csv:2: followers") == true)
    #expect(try failure("id,party\n1\n")?.hasPrefix("r.csv:2: 1 cells where the header has 2") == true)
    #expect(try failure("id,start,end\n1,2020-01-01,2020-06-01\n1,2020-06-02,\n") == nil)
  }

  @Test func linesThatAreNoScoredMessagesAreNamed() throws {
    try Places.withFolder { folder in
      let roster = folder.appending(path: "r.csv")
      try Data("id,handles,gender\n1,@a,v\n2,@b,m\n".utf8).write(to: roster)
      let file = folder.appending(path: "m.ndjson")
      let good =
        "{\"id\":\"1\",\"text\":\"x\",\"recipient\":{\"handle\":\"@A\"},\"assessment\":{\"abusive\":false,\"score\":0.1,\"severity\":0}}"
      let lines = [
        good, "{\"text\":\"x\"}", "nee", "{\"text\":\"x\",\"assessment\":{\"abusive\":true}}", "", "[1]",
        good.replacing("@A", with: "@niemand"),
        good.replacing("\"score\":0.1", with: "\"score\":null,\"abstained\":\"language\""),
        good.replacing("\"id\"", with: "\"direction\":\"outgoing\",\"id\""),
      ]
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
      var problems: [String] = []
      var options = MessageStudyOptions(inputs: [file.path], roster: roster.path, compare: ["gender"], version: "test")
      options.draws = 100
      let output = try MessageStudy(options).run { problems.append($0) }
      #expect(problems.count == 5)
      #expect(problems[0].hasPrefix("\(file.path):2: the message has no assessment"))
      #expect(problems[1].hasPrefix("\(file.path):3: "))
      #expect(problems[2].hasPrefix("\(file.path):4: the assessment lacks"))
      let overview = try rows(output, "overview")
      for (name, count) in [
        ("messages read", 9.0), ("rejected", 5), ("outgoing", 1), ("to nobody on the roster", 1),
        ("not assessed (abstained)", 1), ("counted", 1),
      ] {
        #expect(try value(overview, ["measure": name]) == count, "\(name)")
      }
      // One person with messages: no interval, no regression, and both say so.
      let regression = try rows(output, "regression")
      #expect(regression.contains { $0["measure"] == "fit" && $0["note"]?.isEmpty == false })
    }
  }
}
