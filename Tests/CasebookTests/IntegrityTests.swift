import Foundation
import GRDB
import PolicyFile
import TestSupport
import Testing
import Weerbaar

@testable import Casebook

@Suite struct IntegrityTests {
  /// A casebook with every kind of history record.
  private func fill(_ casebook: Casebook) throws {
    _ = try casebook.add(
      [evidence("een"), evidence("twee", "@b"), evidence("drie", time: nil)], policy: .standard, actor: "griffie")
    try casebook.note(CaseName(1), "gebeld", actor: "griffie")
    try casebook.warn(CaseName(1), nil, actor: "griffie")
    try casebook.move(CaseName(1, 1), to: .reported, note: "nr 4", actor: "griffie")
    _ = try casebook.erase(.name(CaseName(2)), reason: "verzoek", actor: "griffie")
    try casebook.recordDossier(1, sha256: String(repeating: "b", count: 64), actor: "griffie")
  }

  private func records(_ casebook: Casebook) throws -> [HistoryRecord] {
    try casebook.read { try Row.fetchAll($0, sql: "SELECT * FROM history ORDER BY number").map(Casebook.record) }
  }

  @Test func everyFlippedBitOfEveryRecordIsFoundAndPlaced() throws {
    try withCasebook { casebook, _ in
      try fill(casebook)
      let records = try records(casebook)
      #expect(HistoryChain.faults(in: records) == [])
      let fields: [WritableKeyPath<HistoryRecord, String>] = [
        \.time, \.actor, \.action, \.subject, \.body, \.previous, \.hash,
      ]
      var flips = 0
      for index in records.indices {
        for field in fields {
          let bytes = Array(records[index][keyPath: field].utf8)
          for place in bytes.indices {
            // The lowest bit keeps the text valid UTF-8.
            var changed = bytes
            changed[place] ^= 1
            var tampered = records
            tampered[index][keyPath: field] = String(decoding: changed, as: UTF8.self)
            let faults = HistoryChain.faults(in: tampered)
            flips += 1
            #expect(faults.contains { $0.place == "history record \(index + 1)" }, "\(index) \(field) \(place)")
          }
        }
      }
      #expect(flips > 2000)
    }
  }

  @Test func removalAndReorderingAreFound() throws {
    try withCasebook { casebook, _ in
      try fill(casebook)
      let records = try records(casebook)
      for index in records.indices.dropLast() {
        var without = records
        without.remove(at: index)
        #expect(HistoryChain.faults(in: without).first?.place == "history record \(index + 2)")
      }
      for index in records.indices.dropLast() {
        var swapped = records
        swapped.swapAt(index, index + 1)
        #expect(!HistoryChain.faults(in: swapped).isEmpty)
        // Also with the numbers exchanged.
        swapped[index].number = index + 1
        swapped[index + 1].number = index + 2
        #expect(!HistoryChain.faults(in: swapped).isEmpty)
      }
    }
  }

  /// Every byte of the history as it lies in the file.
  @Test func everyByteOfTheHistoryInTheFileIsGuarded() throws {
    try Places.withFolder { folder in
      let path = folder.appending(path: "a.casebook").path
      let clock = TestClock("2026-05-02T09:00:00Z")
      let casebook = try Casebook.open(path, creating: true, clock: { clock.now })
      _ = try casebook.add([evidence("een")], policy: .standard, actor: "griffie")
      let texts = try records(casebook).flatMap {
        [$0.time, $0.actor, $0.action, $0.subject, $0.body, $0.previous, $0.hash]
      }
      casebook.close()
      let image = try Data(contentsOf: URL(filePath: path))
      // A record's values lie one after another.
      var places = IndexSet()
      for start in stride(from: 0, to: texts.count, by: 7) {
        let row = Data(texts[start..<start + 7].joined().utf8)
        let range = try #require(image.range(of: row))
        places.insert(integersIn: range)
      }
      #expect(places.count > 600)
      for place in places {
        var changed = image
        changed[place] ^= 1
        let copy = folder.appending(path: "b.casebook")
        try changed.write(to: copy)
        try? FileManager.default.removeItem(atPath: copy.path + "-wal")
        try? FileManager.default.removeItem(atPath: copy.path + "-shm")
        do {
          let opened = try Casebook.open(copy.path)
          #expect(try !opened.verify().isSound, "byte \(place)")
          opened.close()
        } catch is CasebookError {
          // Refused as damaged: found too.
        }
      }
    }
  }

  @Test(arguments: [
    ("UPDATE history SET body = replace(body, 'reported', 'closed')", "history record"),
    ("DELETE FROM history WHERE number = 3", "history record 4"),
    ("DELETE FROM history WHERE number = (SELECT max(number) FROM history)", "history"),
    ("UPDATE history SET actor = x'61' WHERE number = 2", "history record 2"),
    ("UPDATE content SET body = body || x'20' WHERE body IS NOT NULL", "message 1.1"),
    ("UPDATE content SET salt = NULL, body = NULL", "message 1.1"),
    ("UPDATE entry SET state = 'closed' WHERE id = 1", "message 1.1"),
    ("UPDATE entry SET level = 0 WHERE id = 1", "message 1.1"),
    ("UPDATE entry SET time = '2020-01-01T00:00:00Z' WHERE id = 1", "message 1.1"),
    ("UPDATE sender SET handle = '@iemand' WHERE handle IS NOT NULL", "message 1.1"),
    ("DELETE FROM band; DELETE FROM signature; DELETE FROM entry WHERE id = 1", "message 1.1"),
    ("UPDATE casefile SET state = 'closed' WHERE id = 1", "case 1"),
    ("INSERT INTO casefile (kind, state, level, first, last) VALUES ('sender', 'new', 1, 1, 1)", "case 3"),
    ("INSERT INTO member SELECT id, 1 FROM casefile WHERE id = 2", "case 2"),
  ])
  func tamperingIsFoundAndPlaced(sql: String, place: String) throws {
    try withCasebook { casebook, _ in
      try fill(casebook)
      #expect(try casebook.verify().faults == [])
      try casebook.tamper(sql)
      let report = try casebook.verify()
      #expect(report.faults.contains { $0.place.hasPrefix(place) }, "\(report.faults)")
    }
  }

  @Test func theHistoryCannotBeChangedByAccident() throws {
    try withCasebook { casebook, _ in
      try fill(casebook)
      #expect(throws: DatabaseError.self) { try casebook.pool.write { try $0.execute(sql: "DELETE FROM history") } }
      #expect(throws: DatabaseError.self) {
        try casebook.pool.write { try $0.execute(sql: "UPDATE history SET actor = 'x'") }
      }
    }
  }

  @Test func aHeadThatWasKeptProvesWhatStoodThen() throws {
    try withCasebook { casebook, _ in
      try fill(casebook)
      let head = try casebook.head().hash
      _ = try casebook.add([evidence("later", "@c")], policy: .standard, actor: "t")
      #expect(try casebook.verify(head: head).isSound)
      #expect(try !casebook.verify(head: String(repeating: "1", count: 64)).isSound)
    }
  }

  @Test func damageIsNamedWithTheBackupAndNothingIsOverwritten() throws {
    try Places.withFolder { folder in
      let path = folder.appending(path: "zaken.casebook").path
      let casebook = try Casebook.open(path, creating: true)
      for number in 0..<200 {
        _ = try casebook.add([evidence("bericht \(number)", "@a\(number)")], policy: .standard, actor: "t")
      }
      try casebook.backUp()
      casebook.close()
      let image = try Data(contentsOf: URL(filePath: path))
      var generator = SeededGenerator(seed: 7)
      for start in [0, 100, 4096, 8192] {
        var broken = image
        for place in start..<min(image.count, start + 3000) {
          broken[place] = UInt8.random(in: 0...255, using: &generator)
        }
        if start > 0 { broken.replaceSubrange(start..<start + 8, with: repeatElement(0xFF, count: 8)) }
        try broken.write(to: URL(filePath: path))
        let error = #expect(throws: CasebookError.self) {
          _ = try Casebook.open(path, creating: true, thoroughly: true)
        }
        guard case .damaged(_, _, let backup) = error else {
          if start >= 4096 || start == 0 { Issue.record("\(start): \(String(describing: error))") }
          continue
        }
        #expect(backup?.contains(".backup-") == true)
        #expect(try Data(contentsOf: URL(filePath: path)) == broken)
      }
    }
  }

  @Test func otherFilesAreNoCasebooksAndStayAsTheyAre() throws {
    try Places.withFolder { folder in
      let text = folder.appending(path: "a.txt")
      try Data("Een brief van meer dan honderd tekens. ".utf8 + Data(repeating: 65, count: 200)).write(to: text)
      #expect(throws: CasebookError.notACasebook(file: text.path)) { try Casebook.open(text.path, creating: true) }
      let other = folder.appending(path: "b.sqlite").path
      try DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE t (a)") }
      let before = try Data(contentsOf: URL(filePath: other))
      #expect(throws: CasebookError.notACasebook(file: other)) { try Casebook.open(other, creating: true) }
      #expect(try Data(contentsOf: URL(filePath: other)) == before)
      #expect(throws: CasebookError.missing(file: other + "x")) { try Casebook.open(other + "x") }
      let newer = folder.appending(path: "c.casebook").path
      let casebook = try Casebook.open(newer, creating: true)
      try casebook.tamper("INSERT INTO grdb_migrations VALUES ('99')")
      casebook.close()
      #expect(throws: CasebookError.tooNew(file: newer)) { try Casebook.open(newer) }
    }
  }

  @Test func aThousandAppendsOfTwoWritersMakeOneChain() throws {
    try withCasebook { casebook, _ in
      let other = try Casebook.open(casebook.path)
      let writers = [casebook, other]
      DispatchQueue.concurrentPerform(iterations: 2) { index in
        for number in 0..<50 {
          _ = try? writers[index].add(
            [evidence("tekst \(index) \(number)", "@\(index)")], policy: .standard, actor: "t")
        }
      }
      #expect(try casebook.count() == 100)
      #expect(try casebook.verify().faults == [])
      other.close()
    }
  }
}
