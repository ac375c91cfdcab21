import Foundation
import Inbox
import Messages
import PolicyFile
import TestSupport
import Testing
import Weerbaar

@testable import Casebook

@Suite struct CasebookTests {
  @Test func aMessageIsKeptWholeAndListed() throws {
    try withCasebook { casebook, _ in
      var item = evidence("Trut, ga weg \u{1F600}\n tweede regel", id: "7")
      item.message.original = "{\"id\":\"7\", \"eigen\":[1,  2],\"text\":\"Trut, ga weg \u{1F600}\\n tweede regel\"}"
      item.before = [message("Wat vindt u?", "@ander")]
      let outcome = try casebook.add([item], policy: .standard, actor: "test")
      #expect(outcome.added.map(\.name) == [CaseName(1, 1)])
      let found = try casebook.entries()
      #expect(found.count == 1)
      #expect(found.first?.evidence?.message.text == item.message.text)
      #expect(found.first?.evidence?.before.first?.text == "Wat vindt u?")
      #expect(found.first?.received == "2026-05-02T09:00:00Z")
      var line: [UInt8] = []
      Casebook.appendLine(try #require(found.first), to: &line)
      let text = String(decoding: line, as: UTF8.self)
      #expect(text.hasPrefix("{\"id\":\"7\", \"eigen\":[1,  2],\"text\":"))
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
      #expect((object["case"] as? [String: Any])?["id"] as? String == "1.1")
      #expect((object["assessment"] as? [String: Any])?["level"] as? String == "report")
    }
  }

  @Test func theSameMessageTwiceIsOneEntry() throws {
    try withCasebook { casebook, _ in
      let items = [
        evidence("met nummer", id: "1"), evidence("zonder nummer"), evidence("zonder tijd", time: nil),
      ]
      #expect(try casebook.add(items, policy: .standard, actor: "test").added.count == 3)
      let again = try casebook.add(items, policy: .standard, actor: "test")
      #expect(again.added.isEmpty)
      #expect(again.known == 3)
      // The second of two equal messages in one file is a message of its own.
      let second = try casebook.add([evidence("zonder nummer")], ordinals: [1], policy: .standard, actor: "test")
      #expect(second.added.count == 1)
      #expect(try casebook.count() == 4)
    }
  }

  @Test func onlyItsOwnerMayReadIt() throws {
    try withCasebook { casebook, _ in
      _ = try casebook.add([evidence("a")], policy: .standard, actor: "test")
      try casebook.backUp()
      for path in [casebook.path, casebook.path + "-wal", casebook.path + ".backup-2026-05-02"] {
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600, "\(path)")
      }
    }
  }

  @Test func aSenderHasOneCaseUntilThePauseIsLongOrTheCaseIsClosed() throws {
    try withCasebook { casebook, _ in
      func add(_ text: String, _ time: String, _ author: String = "@boos") throws -> CaseName? {
        try casebook.add([evidence(text, author, time: time)], policy: .standard, actor: "t").added.first?.name
      }
      #expect(try add("een", "2026-05-01T10:00:00Z") == CaseName(1, 1))
      #expect(try add("twee", "2026-05-20T10:00:00Z", "@BOOS") == CaseName(1, 2))
      #expect(try add("drie", "2026-05-20T10:00:00Z", "@ander") == CaseName(2, 1))
      #expect(try add("vier", "2026-08-01T10:00:00Z") == CaseName(3, 1))
      try casebook.move(CaseName(3), to: .closed, actor: "t")
      #expect(try add("vijf", "2026-08-02T10:00:00Z") == CaseName(4, 1))
      #expect(try casebook.caseFile(4).others == [1, 3])
      #expect(try casebook.verify().faults == [])
    }
  }

  @Test func rulesRaiseTheLevelByOneAndSayWhy() throws {
    try withCasebook { casebook, _ in
      func add(_ text: String, _ level: Level, _ time: String, _ policy: OfficePolicy = .standard) throws
        -> AddOutcome.Added
      {
        let outcome = try casebook.add([evidence(text, "@boos", level, time: time)], policy: policy, actor: "t")
        return try #require(outcome.added.first)
      }
      #expect(try add("een", .log, "2026-05-01T10:00:00Z").level == .log)
      #expect(try add("twee", .log, "2026-05-02T10:00:00Z").level == .log)
      let third = try add("drie", .log, "2026-05-03T10:00:00Z")
      #expect(third.level == .report)
      #expect(third.reasons == [.repeat])
      // Never above the highest that rules may give.
      #expect(try add("vier", .police, "2026-05-04T10:00:00Z").level == .police)
      #expect(try add("vijf", .urgent, "2026-05-04T11:00:00Z").level == .urgent)
      // Long after, only the warning counts.
      try casebook.warn(CaseName(1), "stopgesprek", at: Casebook.seconds("2026-06-01"), actor: "t")
      let warned = try add("zes", .log, "2026-09-01T10:00:00Z")
      #expect(warned.level == .report)
      #expect(warned.reasons == [.warned])
      var known = KnownSender()
      known.handles = ["boos"]
      known.level = .police
      var policy = OfficePolicy()
      policy.senders = [known]
      policy.escalation.warned = false
      #expect(try add("zeven", .log, "2026-12-01T10:00:00Z", policy).level == .police)
      policy.senders = []
      policy.escalation.repeat = nil
      policy.escalation.rising = true
      let rising = try add("acht", .report, "2026-12-02T10:00:00Z", policy)
      #expect(rising.reasons == [.rising])
      #expect(try casebook.verify().faults == [])
    }
  }

  @Test func nearlyTheSameTextOfSeveralSendersIsACampaign() throws {
    try withCasebook { casebook, _ in
      let text = "Mevrouw de wethouder, u bent een schande voor deze stad en u hoort hier niet thuis"
      let variants = [text, "@wethouder " + text.uppercased() + "!!!", text + " https://x.example/1", text]
      for (index, variant) in variants.enumerated() {
        _ = try casebook.add([evidence(variant, "@a\(index)")], policy: .standard, actor: "t")
      }
      _ = try casebook.add(
        [evidence("Een heel andere tekst over dezelfde vergadering van gisteren", "@b")], policy: .standard, actor: "t")
      let campaigns = try casebook.caseFiles().filter { $0.kind == .campaign }
      #expect(campaigns.map(\.messages) == [4])
      var filter = EntryFilter()
      filter.casefile = campaigns.first?.number
      #expect(try casebook.entries(filter).count == 4)
      #expect(try casebook.verify().faults == [])
    }
  }

  @Test func manyMessagesOfSeveralAccountsInAnHourAreABurst() throws {
    try withCasebook { casebook, _ in
      for index in 0..<12 {
        let minute = 10 + index
        _ = try casebook.add(
          [evidence("bericht \(index)", "@a\(index % 6)", time: "2026-05-01T10:\(minute):00Z")], policy: .standard,
          actor: "t")
      }
      _ = try casebook.add([evidence("laat", "@z", time: "2026-05-01T15:00:00Z")], policy: .standard, actor: "t")
      #expect(try casebook.caseFiles().filter { $0.kind == .burst }.map(\.messages) == [12])
      #expect(try casebook.verify().faults == [])
    }
  }

  @Test func listsAreFiltered() throws {
    try withCasebook { casebook, _ in
      _ = try casebook.add(
        [
          evidence("een", "@a", .log, time: "2026-05-01T10:00:00+02:00"),
          evidence("twee", "@b_c", .police, time: "2026-05-02T10:00:00Z"),
          evidence("drie", "@bxc", .urgent, time: "2026-05-03T10:00:00Z"),
        ], policy: .standard, actor: "t")
      try casebook.move(CaseName(2, 1), to: .reported, note: "meldnummer 12", actor: "t")
      func texts(_ change: (inout EntryFilter) -> Void) throws -> [String] {
        var filter = EntryFilter()
        change(&filter)
        return try casebook.entries(filter).compactMap { $0.evidence?.message.text }
      }
      #expect(try texts { $0.level = .police } == ["drie", "twee"])
      #expect(try texts { $0.sender = "B_C" } == ["twee"])
      #expect(try texts { $0.state = .reported } == ["twee"])
      #expect(try texts { $0.category = .threat } == [])
      #expect(
        try texts {
          $0.since = Casebook.seconds("2026-05-02"); $0.until = Casebook.seconds("2026-05-03")
        } == ["twee"])
      #expect(
        try texts {
          $0.isAscending = true; $0.limit = 1
        } == ["een"])
      #expect(try casebook.steps(of: 2).compactMap(\.note) == ["meldnummer 12"])
      #expect(throws: CasebookError.noSuchCase("case 9")) { try casebook.note(CaseName(9), "x", actor: "t") }
      #expect(throws: CasebookError.noSuchCase("message 1.9")) {
        try casebook.move(CaseName(1, 9), to: .seen, actor: "t")
      }
    }
  }

  @Test func erasingLeavesAVerifiableTombstone() throws {
    try withCasebook { casebook, clock in
      _ = try casebook.add(
        [evidence("geheime woorden van boos", "@boos"), evidence("blijft staan", "@ander")], policy: .standard,
        actor: "t")
      try casebook.note(CaseName(1), "over mijnheer Boos", actor: "t")
      try casebook.backUp()
      #expect(try casebook.erase(.sender("BOOS"), reason: "verzoek 3", actor: "t", dryRun: true).messages == 1)
      #expect(try casebook.entries().allSatisfy { !$0.isErased })
      #expect(
        try casebook.erase(.sender("BOOS"), reason: "verzoek 3", actor: "t") == ErasureOutcome(messages: 1, notes: 1))
      #expect(try casebook.entry(CaseName(1, 1)).isErased)
      #expect(try casebook.entry(CaseName(1, 1)).senderHandle == nil)
      #expect(try casebook.verify().faults == [])
      #expect(try casebook.verify().erased == 1)
      // Nothing of it is left in any file, and coming in again it stays erased.
      let folder = URL(filePath: casebook.path).deletingLastPathComponent()
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        let bytes = try Data(contentsOf: folder.appending(path: name))
        #expect(bytes.range(of: Data("geheime woorden".utf8)) == nil, "\(name)")
        #expect(bytes.range(of: Data("mijnheer Boos".utf8)) == nil, "\(name)")
      }
      #expect(
        try casebook.add([evidence("geheime woorden van boos", "@boos")], policy: .standard, actor: "t").added.isEmpty)
      // Retention, and content that is put back.
      clock.set("2027-05-02T09:00:00Z")
      var rules = RetentionRules()
      rules.days = [.report: 90]
      #expect(try casebook.erase(.retention(rules), reason: "termijn", actor: "t").messages == 1)
      #expect(try casebook.verify().faults == [])
      try casebook.tamper("UPDATE content SET salt = x'00', body = x'01' WHERE body IS NULL")
      #expect(try !casebook.verify().isSound)
    }
  }

  @Test func whatIsReportedIsKeptUntilItIsClosed() throws {
    try withCasebook { casebook, clock in
      _ = try casebook.add([evidence("a", "@a"), evidence("b", "@b")], policy: .standard, actor: "t")
      try casebook.move(CaseName(1), to: .police, actor: "t")
      clock.set("2028-01-01T00:00:00Z")
      var rules = RetentionRules()
      rules.days = [.report: 30]
      #expect(try casebook.erase(.retention(rules), reason: "", actor: "t").messages == 1)
      rules.keepsOpen = false
      #expect(try casebook.erase(.retention(rules), reason: "", actor: "t").messages == 1)
    }
  }

  @Test func protectedPersonsAreFoundByNameAndAccount() {
    var policy = OfficePolicy()
    var person = ProtectedPerson(name: "Fatima de Vries")
    person.handles = ["@fdevries"]
    policy.protected = [person]
    var about = message("Die Fatima de Vries moet weg")
    #expect(policy.protectedPersons(in: about).count == 1)
    var aimed = assessment(.report)
    aimed.target = .person
    #expect(policy.placed(aimed, about).target == .recipient)
    about.text = "Die Fatima de Vriesman moet weg"
    #expect(policy.protectedPersons(in: about).isEmpty)
    about.recipient = Party(handle: "FDeVries")
    #expect(policy.protectedPersons(in: about).count == 1)
  }

  @Test func protectedPersonsAreFoundByFunctionGenderAndParty() {
    var policy = OfficePolicy()
    func person(_ name: String, _ gender: String, _ function: String, _ party: String) -> ProtectedPerson {
      var person = ProtectedPerson(name: name)
      person.gender = gender
      person.function = function
      person.party = party
      return person
    }
    policy.protected = [
      person("Fleur van Dalen", "vrouw", "wethouder", "Dorpsbelang"),
      person("Karel Houtman", "m", "wethouder", "Water Natuurlijk"),
      person("Ilse Poortvliet", "V", "burgemeester", ""),
    ]
    func found(_ text: String) -> [String] { policy.protectedPersons(in: message(text)).map(\.name) }
    #expect(found("Wethouder Van Dalen moet opzouten") == ["Fleur van Dalen"])
    #expect(found("mevrouw van dalen moet opzouten") == ["Fleur van Dalen"])
    #expect(found("Meneer Van Dalen, de bakker") == [])
    #expect(found("Van Dalen moet opzouten") == [])
    #expect(found("Die van Dalen van dorpsbelang, tja") == ["Fleur van Dalen"])
    #expect(found("die burgemeester van jullie") == ["Ilse Poortvliet"])
    #expect(found("de burgemeester Poortvliet") == ["Ilse Poortvliet"])
    #expect(found("burgemeester Jansen van Ergensveen") == [])
    #expect(found("de burgemeester. Jansen zei het al") == ["Ilse Poortvliet"])
    #expect(found("die wethouder moet weg") == [])
    #expect(found("Meneer de wethouder moet weg") == ["Karel Houtman"])
    #expect(found("de wethouder van Water Natuurlijk moet weg") == ["Karel Houtman"])
    #expect(found("burgemeesters genoeg") == [])
    #expect(found("") == [])
  }

  @Test func aCaseIsShownInTheLanguageAskedFor() throws {
    try withCasebook { casebook, _ in
      var item = evidence("Trut, ga weg", "@boos")
      item.message.author = nil
      _ = try casebook.add([item], policy: .standard, actor: "test")
      try casebook.move(CaseName(1), to: .police, note: "aangifte 12", actor: "test")
      try casebook.recordDossier(1, sha256: String(repeating: "a", count: 64), actor: "test")
      func shown(_ language: MessageLanguage) throws -> String {
        let texts = try NextSteps.standard(language)
        return CaseText(language: language, columns: 100, colour: false).show(
          try casebook.dossier(1, texts: texts), texts: texts)
      }
      let english = try shown(.en)
      for words in ["What was done", "case opened", "state: police: aangifte 12", "dossier made", "unknown sender"] {
        #expect(english.contains(words))
      }
      let dutch = try shown(.nl)
      for words in ["Wat er is gedaan", "zaak geopend", "dossier gemaakt", "onbekende afzender"] {
        #expect(dutch.contains(words))
        #expect(!english.contains(words))
      }
    }
  }

  @Test func formsOfAddressAreReadableAndTellEachGender() {
    #expect(FormsOfAddress.standard.gender(named: "Vrouw") == "vrouw")
    #expect(FormsOfAddress.standard.gender(named: "M") == "man")
    #expect(FormsOfAddress.standard.gender(titled: "mevr") == "vrouw")
    #expect(FormsOfAddress.standard.gender(titled: "dhr") == "man")
    #expect(FormsOfAddress.standard.gender(titled: "wethouder") == nil)
  }

  /// Instagram, Facebook and X write the newest message first.
  @Test func anExportThatStandsNewestFirstIsKeptInTheOrderOfTime() throws {
    try withCasebook { casebook, _ in
      var policy = OfficePolicy()
      policy.escalation.repeat = 3
      let filler = CasebookFiller(casebook, policy: policy, actor: "test")
      for minute in (0..<5).reversed() {
        var item = message("trut \(minute)", id: "\(minute)", time: "2026-05-01T10:0\(minute):00Z")
        item.conversation = "c"
        try filler.add(item, assessment(.report))
      }
      try filler.finish()
      let entries = try casebook.entries().sorted { $0.name.description < $1.name.description }
      #expect(entries.map { $0.evidence?.message.id } == ["0", "1", "2", "3", "4"])
      #expect(entries.map { $0.reasons.isEmpty } == [true, true, false, false, false])
      #expect(entries[2].evidence?.before.map(\.id) == ["0", "1"])
      #expect(entries[2].evidence?.after.map(\.id) == ["3", "4"])
      #expect(entries[0].evidence?.after.map(\.id) == ["1", "2", "3"])
    }
  }

  /// Whatever the order in which messages come in, the rule on repetition gives them the levels of the order of time.
  @Test func olderMessagesThatComeLaterRaiseThoseAfterThem() throws {
    var generator = SeededGenerator(seed: 20_261_129)
    var policy = OfficePolicy()
    policy.escalation.repeat = 3
    policy.escalation.rising = false
    for round in 0..<12 {
      var items: [CaseEvidence] = []
      for number in 0..<40 {
        let day = number % 28 + 1
        let time = String(format: "2026-%02d-%02dT10:%02d:00Z", Int.random(in: 1...6, using: &generator), day, number)
        let level: Level = Bool.random(using: &generator) ? .log : .report
        items.append(evidence("trut \(number)", "@\(number % 3)", level, id: "\(number)", time: time))
      }
      func levels(_ runs: [[CaseEvidence]]) throws -> [String: String] {
        var found: [String: String] = [:]
        try withCasebook { casebook, _ in
          for run in runs { _ = try casebook.add(run, policy: policy, actor: "test", alerts: true) }
          for entry in try casebook.entries() {
            found[entry.evidence?.message.id ?? ""] = "\(entry.level) \(entry.reasons.map(\.rawValue))"
          }
          let report = try casebook.verify()
          #expect(report.isSound, "\(report.faults)")
          let cases = try casebook.caseFiles()
          for entry in try casebook.entries() {
            #expect(cases.contains { $0.number == entry.name.number && $0.level >= entry.level })
          }
        }
        return found
      }
      let inOrder = try levels([items])
      #expect(inOrder.values.contains { $0.contains("repeat") }, "round \(round)")
      let shuffled = items.shuffled(using: &generator)
      #expect(try levels(shuffled.map { [$0] }) == inOrder, "round \(round)")
      let half = shuffled.count / 2
      #expect(try levels([Array(shuffled[half...]), Array(shuffled[..<half])]) == inOrder, "round \(round)")
    }
  }

  @Test func aRaiseGoesIntoTheHistoryAndPutsAnAlertInTheQueue() throws {
    try withCasebook { casebook, _ in
      var policy = OfficePolicy()
      policy.escalation.repeat = 2
      policy.alerts.level = .police
      let late = evidence("later", id: "2", time: "2026-05-01T11:00:00Z")
      _ = try casebook.add([late], policy: policy, actor: "test", alerts: true)
      #expect(try casebook.alertCount() == 0)
      let old = evidence("eerder", id: "1", time: "2026-05-01T10:00:00Z")
      _ = try casebook.add([old], policy: policy, actor: "test", alerts: true)
      let entry = try casebook.entry(CaseName(1, 1))
      #expect(entry.level == .police)
      #expect(entry.reasons == [.repeat])
      #expect(try casebook.alertCount() == 1)
      #expect(try casebook.verify().isSound)
      try casebook.write { try $0.execute(sql: "UPDATE entry SET level = assessed") }
      #expect(try casebook.verify().faults.map(\.place) == ["message 1.1"])
    }
  }

  @Test func aConversationGivesContextAcrossRuns() throws {
    var window = ConversationWindow(size: 4, lookahead: 4, length: 2)
    var contexts: [String: ([String], [String])] = [:]
    func take(_ run: ConversationWindow.Run) {
      for index in run.messages.indices {
        let found = run.evidence(at: index, assessment(.log))
        contexts[found.message.text] = (found.before.map(\.text), found.after.map(\.text))
      }
    }
    for number in 0..<21 { window.add(message("\(number)", number % 3 == 0 ? "@b" : "@a"), take) }
    window.finish(take)
    #expect(contexts.count == 21)
    #expect(contexts["9"]?.0 == ["3", "6"])
    #expect(contexts["10"]?.0 == ["7", "8"])
    #expect(contexts["10"]?.1 == ["11", "13"])
    #expect(contexts["20"]?.1 == [])
  }

  @Test func timesAreReadInAllZones() {
    #expect(Casebook.seconds("1970-01-01T00:00:00Z") == 0)
    #expect(Casebook.seconds("2026-03-01T00:30:00+02:00") == Casebook.seconds("2026-02-28T22:30:00.250Z"))
    #expect(Casebook.seconds("2024-02-29") == 1_709_164_800)
    #expect(Casebook.seconds("gisteren") == nil)
    #expect(Casebook.seconds("2024-13-01") == nil)
  }
}
