import Casebook
import Foundation
import Inbox
import Logging
import PolicyFile
import Synchronization
import TestSupport
import Testing
import Weerbaar

@testable import DropFolder

/// Calls "trut" abusive.
private struct WordAssessor: TextAssessor {
  func assess(_ text: String) -> Assessment {
    let found = text.contains("trut")
    var scores = CategoryScores()
    if found { scores[.insult] = 0.9 }
    return Assessment(
      abusive: found, score: found ? 0.9 : 0.1, severity: found ? 2 : 0, level: found ? .report : .none,
      categories: scores, target: found ? .recipient : .none, language: "nl", evidence: [], model: "test-1+00000000")
  }
}

@Suite struct DropFolderTests {
  private struct Place {
    var root: URL
    var casebook: String { root.appending(path: "zaken.casebook").path }
    var folder: String { root.appending(path: "in").path }

    func names(_ part: String = "") throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder + "/" + part).sorted()
    }

    func run(
      settle: Duration = .zero, policy: OfficePolicy = .standard, isStopping: @escaping @Sendable () -> Bool = { false }
    ) throws -> DropFolder.Outcome {
      var options = DropFolderOptions()
      options.settle = settle
      options.once = true
      options.policy = policy
      var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      logger.logLevel = .critical
      let pool = AssessorPool(size: 2) { WordAssessor() }
      return try DropFolder(
        folder, casebook: casebook, options: options, pool: pool, logger: logger, isStopping: isStopping
      ).run()
    }
  }

  private func withPlace(_ body: (Place) throws -> Void) throws {
    try Places.withFolder { root in
      let place = Place(root: root)
      try FileManager.default.createDirectory(atPath: place.folder, withIntermediateDirectories: true)
      try body(place)
    }
  }

  private func lines(_ count: Int, _ prefix: String = "a") -> String {
    (0..<count).map { "{\"id\":\"\(prefix)\($0)\",\"text\":\"trut \($0)\",\"eigen\":{\"x\": \($0)}}\n" }.joined()
  }

  private func write(_ text: String, _ place: Place, _ name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: place.folder + "/" + name))
  }

  @Test func aFileGoesToDoneWithItsResultsBesideIt() throws {
    try withPlace { place in
      try write(lines(700), place, "berichten.ndjson")
      #expect(try place.run().done == 1)
      #expect(try place.names("done") == ["berichten.ndjson", "berichten.ndjson.assessed.ndjson"])
      #expect(try place.names("working") == [])
      let results = try String(contentsOfFile: place.folder + "/done/berichten.ndjson.assessed.ndjson", encoding: .utf8)
      #expect(results.split(separator: "\n").count == 700)
      #expect(results.hasPrefix("{\"id\":\"a0\",\"text\":\"trut 0\",\"eigen\":{\"x\": 0},\"assessment\":{"))
      #expect(try Casebook.open(place.casebook).count() == 700)
      // The same again: nothing is new, and nothing is overwritten.
      try write(lines(700), place, "berichten.ndjson")
      #expect(try place.run().done == 1)
      #expect(try place.names("done").contains("berichten (2).ndjson.assessed.ndjson"))
      let casebook = try Casebook.open(place.casebook)
      #expect(try casebook.count() == 700)
      #expect(try casebook.verify().faults == [])
    }
  }

  // More files than workers can be given at once, for longer than the time after which a changing file is left alone.
  @Test func onceEndsWhenNoCompleteFileIsLeft() throws {
    try withPlace { place in
      for number in 0..<200 { try write(lines(2, "\(number)-"), place, "\(number).ndjson") }
      let outcome = try place.run()
      #expect(outcome.done == 200)
      #expect(outcome.left == 0)
      #expect(try Casebook.open(place.casebook).count() == 400)
    }
  }

  @Test func whatIsNoExportGoesToQuarantineWithTheReason() throws {
    try withPlace { place in
      try write("zomaar", place, "a.bin")
      symlink("/etc/hostname", place.folder + "/link")
      mkfifo(place.folder + "/pijp", 0o600)
      try write(lines(1), place, "half.part")
      try write(lines(1), place, ".verborgen")
      mkdir(place.folder + "/leeg", 0o700)
      mkdir(place.folder + "/export", 0o700)
      try write(lines(3), place, "export/berichten.ndjson")
      let outcome = try place.run()
      #expect(outcome.done == 1)
      #expect(outcome.quarantined == 3)
      #expect(
        try place.names("quarantine")
          == ["a.bin", "a.bin.reason.txt", "link", "link.reason.txt", "pijp", "pijp.reason.txt"])
      #expect(try place.names("done") == ["export", "export.assessed.ndjson"])
      #expect(
        try Set(place.names()) == [".verborgen", ".weerbaar", "done", "half.part", "leeg", "quarantine", "working"])
      let reason = try String(contentsOfFile: place.folder + "/quarantine/link.reason.txt", encoding: .utf8)
      #expect(reason.contains("links are not followed"))
    }
  }

  @Test func anyNameThatTheSystemAllowsIsGood() throws {
    try withPlace { place in
      let long = String(repeating: "n", count: 248) + ".ndjson"
      let names: [[UInt8]] = [
        Array("met spatie.ndjson".utf8), Array("met\nregel.ndjson".utf8), Array("emoji \u{1F600}.ndjson".utf8),
        Array(long.utf8), [0xFF, 0xFE, 0x41], Array("\"';$(x)&.ndjson".utf8), Array("-rf".utf8),
        Array(String(repeating: "\u{20AC}", count: 85).utf8), [UInt8](repeating: 0xFF, count: 255),
      ]
      for (index, name) in names.enumerated() {
        let path = FolderLayout.path(place.folder, name)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        #expect(descriptor >= 0)
        let text = Array(lines(2, "n\(index)-").utf8)
        #expect(Foundation.write(descriptor, text, text.count) == text.count)
        close(descriptor)
      }
      #expect(try place.run().done == names.count)
      let done = try FolderLayout.names(in: place.folder + "/done")
      for name in names {
        #expect(done.contains(name))
        #expect(done.contains(FolderLayout.name(name, adding: JobRunner.resultEnd)))
      }
      #expect(try Casebook.open(place.casebook).count() == names.count * 2)
    }
  }

  @Test func aRunThatIsStoppedGoesOnWhereItWas() throws {
    try withPlace { place in
      try write(lines(3000), place, "a.ndjson")
      for stop in [1500, 4000, 2600] {
        let calls = Mutex(0)
        _ = try place.run {
          calls.withLock {
            $0 += 1
            return $0 > stop
          }
        }
      }
      _ = try place.run()
      let results = try String(contentsOfFile: place.folder + "/done/a.ndjson.assessed.ndjson", encoding: .utf8)
      let ids = results.split(separator: "\n").map { String($0.prefix(while: { $0 != "," })) }
      #expect(ids == (0..<3000).map { "{\"id\":\"a\($0)\"" })
      #expect(try Casebook.open(place.casebook).count() == 3000)
    }
  }

  @Test func aFileThatIsChangedWhileItIsReadIsReadAgain() throws {
    try withPlace { place in
      try write(lines(600), place, "a.ndjson")
      let changed = Mutex(0)
      let folder = place.folder
      let more = Data(lines(1, "later").utf8)
      _ = try place.run {
        changed.withLock { count in
          count += 1
          guard count == 300 else { return }
          // In the working place, through a descriptor that somebody kept.
          for id in (try? FileManager.default.contentsOfDirectory(atPath: folder + "/working")) ?? [] {
            if let handle = FileHandle(forWritingAtPath: folder + "/working/\(id)/a.ndjson") {
              _ = try? handle.seekToEnd()
              try? handle.write(contentsOf: more)
            }
          }
        }
        return false
      }
      let results = try String(contentsOfFile: place.folder + "/done/a.ndjson.assessed.ndjson", encoding: .utf8)
      #expect(results.split(separator: "\n").count == 601)
      #expect(try Casebook.open(place.casebook).count() == 601)
    }
  }

  @Test func aFileThatIsStillWrittenIsLeftAlone() throws {
    try withPlace { place in
      let path = place.folder + "/groeit.ndjson"
      _ = FileManager.default.createFile(atPath: path, contents: Data(lines(1).utf8))
      let handle = try #require(FileHandle(forWritingAtPath: path))
      // Nothing changes, but its writer has it open.
      let outcome = try place.run(settle: .milliseconds(10))
      #expect(outcome.done == 0)
      #expect(outcome.left == 1)
      try handle.close()
      #expect(try place.run(settle: .milliseconds(10)).done == 1)
    }
  }

  @Test func aFileIsCompleteWhenItStaysTheSameWhateverTheClockSays() throws {
    try withPlace { place in
      let path = place.folder + "/a.ndjson"
      try write(lines(1), place, "a.ndjson")
      // As after the clock was set back: the file is of tomorrow.
      var times = [timeval(tv_sec: time(nil) + 86400, tv_usec: 0), timeval(tv_sec: time(nil) + 86400, tv_usec: 0)]
      utimes(path, &times)
      var arrivals = Arrivals(folder: place.folder, settle: .milliseconds(300))
      arrivals.note(Array("a.ndjson".utf8), movedIn: false)
      #expect(arrivals.judge(Array("a.ndjson".utf8)) == .wait)
      usleep(350_000)
      #expect(arrivals.judge(Array("a.ndjson".utf8)) == .ready)
      try write(lines(2), place, "a.ndjson")
      #expect(arrivals.judge(Array("a.ndjson".utf8)) == .wait)
      arrivals.note(Array("a.ndjson".utf8), movedIn: true)
      #expect(arrivals.judge(Array("a.ndjson".utf8)) == .ready)
      unlink(path)
      #expect(arrivals.judge(Array("a.ndjson".utf8)) == .gone)
    }
  }

  @Test func twoDaemonsDoNotShareAFolder() throws {
    try withPlace { place in
      let layout = FolderLayout(place.folder)
      try layout.prepare()
      #expect(FolderLock.holder(layout) == nil)
      let lock = try FolderLock(layout)
      #expect(FolderLock.holder(layout) == String(getpid()))
      let error = #expect(throws: FolderError.self) { _ = try place.run() }
      #expect(error?.description.contains("process \(getpid())") == true)
      withExtendedLifetime(lock) {}
    }
  }

  @Test func aFolderThatCannotServeIsNamed() throws {
    try withPlace { place in
      #expect(throws: FolderError.notAFolder(place.folder + "/x")) { try FolderLayout(place.folder + "/x").prepare() }
      try write("", place, "done")
      #expect(throws: FolderError.self) { try FolderLayout(place.folder).prepare() }
    }
  }

  @Test func filesOfAnotherCasebookBeginAnew() throws {
    try withPlace { place in
      try write(lines(3000), place, "a.ndjson")
      let calls = Mutex(0)
      _ = try place.run {
        calls.withLock {
          $0 += 1
          return $0 > 1500
        }
      }
      #expect(try place.names("working").count == 2)
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: place.casebook + end) }
      #expect(try place.run().done == 1)
      #expect(try place.names("working") == [])
      #expect(try Casebook.open(place.casebook).count() == 3000)
    }
  }

  // MARK: Alerts

  @Test func alertsAndDigestGoOutAndAreTriedAgain() throws {
    try withPlace { place in
      let out = place.root.appending(path: "mail.txt").path
      let script = place.root.appending(path: "sendmail").path
      try Data("#!/bin/sh\n[ -e \(out).fail ] && exit 75\ncat >> \(out)\n".utf8).write(to: URL(filePath: script))
      chmod(script, 0o700)
      var policy = OfficePolicy()
      policy.alerts.level = .report
      policy.alerts.mail = ["veiligheid@gemeente.example"]
      policy.alerts.sendmail = script
      policy.alerts.digest = 0
      _ = FileManager.default.createFile(atPath: out + ".fail", contents: nil)
      try write(lines(2), place, "a.ndjson")
      _ = try place.run(policy: policy)
      #expect(!FileManager.default.fileExists(atPath: out))
      try FileManager.default.removeItem(atPath: out + ".fail")
      let casebook = try Casebook.open(place.casebook, clock: { Date() + 600 })
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let sender = AlertSender(policy: policy, casebook: casebook, logger: logger, now: { Date() + 600 })
      try sender.sendPending()
      try sender.sendDigest()
      try sender.sendDigest()
      let mail = try String(contentsOfFile: out, encoding: .utf8)
      #expect(mail.components(separatedBy: "Subject: Weerbaar: melden, zaak").count == 3)
      #expect(mail.components(separatedBy: "Subject: Weerbaar: 2 berichten op").count == 2)
      #expect(mail.contains("To: veiligheid@gemeente.example"))
      #expect(!mail.contains("trut"), "the words of a message go into no mail")
      #expect(try casebook.alertCount() == 0)
    }
  }

  @Test func alertsWaitInQuietHours() throws {
    try withPlace { place in
      let out = place.root.appending(path: "alert.json").path
      var policy = OfficePolicy()
      policy.alerts.level = .report
      policy.alerts.command = ["/bin/sh", "-c", "cat >> \(out)"]
      var quiet = QuietHours()
      quiet.from = 0
      quiet.to = 1440
      policy.quiet = quiet
      try write(lines(1), place, "a.ndjson")
      _ = try place.run(policy: policy)
      #expect(!FileManager.default.fileExists(atPath: out))
      policy.quiet = nil
      _ = try place.run(policy: policy)
      let text = try String(contentsOfFile: out, encoding: .utf8)
      let alert = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(alert["case"] as? String == "1.1")
      #expect(alert["level"] as? String == "report")
    }
  }

  @Test func aClockThatJumpsErasesNothing() throws {
    try withPlace { place in
      try write(lines(1), place, "a.ndjson")
      var policy = OfficePolicy()
      policy.retention.days = [.report: 30]
      _ = try place.run(policy: policy)
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let casebook = try Casebook.open(place.casebook, clock: { Date() + 400 * 86400 })
      // The last run is said to be a year ago.
      try casebook.set("retention", String(Int(Date().timeIntervalSince1970) / 86400 - 400))
      try Retention.apply(policy.retention, casebook, actor: "t", logger: logger)
      #expect(try casebook.verify().erased == 0)
      try casebook.set("retention", String(Int(Date().timeIntervalSince1970) / 86400 - 1))
      try Retention.apply(policy.retention, casebook, actor: "t", logger: logger)
      #expect(try casebook.verify().erased == 1)
    }
  }

  @Test func namesThatAreTooLongAreShortened() {
    let name = Array(String(repeating: "\u{20AC}", count: 85).utf8)
    let result = FolderLayout.name(name, adding: JobRunner.resultEnd)
    #expect(result.count <= 255)
    #expect(String(validating: result, as: UTF8.self) != nil)
    #expect(FolderLayout.name(Array("brief.txt".utf8), number: 2) == Array("brief (2).txt".utf8))
    #expect(FolderLayout.name(name, number: 12).count <= 255)
    #expect(FolderLayout.name(Array(".x".utf8), number: 2) == Array(".x (2)".utf8))
  }
}
