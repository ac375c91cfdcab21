import Foundation
import Messages
import Testing

@testable import Exports

@Suite struct ArchiveTests {
  private let account = "window.YTD.account.part0 = [{\"account\":{\"username\":\"a\",\"accountId\":\"1\"}}]"
  private func direct(_ text: String) -> String {
    "window.YTD.direct_messages.part0 = [{\"dmConversation\":{\"conversationId\":\"1-2\",\"messages\":[{\"messageCreate\":{\"recipientId\":\"1\",\"text\":\"\(text)\",\"senderId\":\"2\",\"id\":\"9\",\"createdAt\":\"2024-01-01T10:00:00Z\"}}]}}]"
  }

  @Test func theOwnerMayComeLast() throws {
    var zip = ZipWriter()
    zip.add("data/direct-messages.js", direct("eerst"))
    zip.add("data/account.js", account)
    let folder = try TemporaryFolder()
    let outcome = try readExports([try folder.write("x.zip", zip.finish())])
    #expect(outcome.messages.map(\.direction) == [.incoming])
  }

  @Test func pathsStayInside() throws {
    var zip = ZipWriter()
    zip.add("../../etc/data/direct-messages.js", direct("boven"))
    zip.add("/abs/data/account.js", account)
    let folder = try TemporaryFolder()
    let outcome = try readExports([try folder.write("x.zip", zip.finish())])
    #expect(outcome.messages.first?.source?.file == "x.zip/etc/data/direct-messages.js")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["x.zip"])
  }

  @Test func linksAreNotFollowed() throws {
    var zip = ZipWriter()
    // A link in a zip is a file whose mode says so.
    zip.add("data/direct-messages.js", Array("/etc/passwd".utf8), attributes: 0o120777 << 16)
    zip.add("data/account.js", account)
    zip.add("data/direct-messages-part1.js", direct("echt"))
    let folder = try TemporaryFolder()
    let outcome = try readExports([try folder.write("x.zip", zip.finish())])
    #expect(outcome.texts == ["echt"])
    #expect(outcome.notes(.remark).contains { $0.message.contains("links") })
    let secret = try folder.write("buiten/geheim.txt", "01-01-2024 10:00 - A: geheim\n")
    let inside = folder.url.appending(path: "export")
    try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: inside.appending(path: "chat.txt").path, withDestinationPath: secret)
    try folder.write("export/echt.txt", "01-01-2024 10:00 - A: open\n")
    let loose = try readExports([inside.path])
    #expect(loose.texts == ["open"])
    #expect(loose.notes(.remark).contains { $0.message.contains("links") })
  }

  @Test func aDamagedMemberLeavesTheOthers() throws {
    var zip = ZipWriter()
    zip.add("data/account.js", account)
    zip.add("data/direct-messages.js", Array(direct("stuk").utf8), breakChecksum: true)
    zip.add("data/direct-messages-part1.js", direct("heel"))
    let folder = try TemporaryFolder()
    let outcome = try readExports([try folder.write("x.zip", zip.finish())])
    #expect(outcome.texts.contains("heel"))
    #expect(outcome.notes(.damage).contains { $0.file.hasSuffix("data/direct-messages.js") })
  }

  @Test func aCutOffArchiveIsReadToItsEnd() throws {
    var zip = ZipWriter()
    zip.add("data/account.js", account)
    zip.add("data/direct-messages.js", direct("heel"))
    zip.add("data/direct-messages-part1.js", direct(String(repeating: "weg ", count: 200)))
    var bytes = zip.finish()
    bytes.removeLast(700)
    let folder = try TemporaryFolder()
    let outcome = try readExports([try folder.write("x.zip", bytes)])
    #expect(outcome.texts.contains("heel"))
    #expect(!outcome.notes(.damage).isEmpty)
  }

  @Test func encryptedMembersAreTold() throws {
    var zip = ZipWriter()
    zip.add("data/account.js", account)
    zip.add("data/direct-messages.js", Array(direct("geheim").utf8), flags: 0x0801)
    let folder = try TemporaryFolder()
    let outcome = try readExports([try folder.write("x.zip", zip.finish())])
    #expect(outcome.messages.isEmpty)
    #expect(outcome.notes(.damage).contains { $0.message.contains("encrypted") || $0.message.contains("Passphrase") })
  }

  @Test func archivesInArchivesAreRead() throws {
    var inner = ZipWriter()
    inner.add("_chat.txt", "[01-02-2024 10:00:00] Bert: van binnen\n")
    var outer = ZipWriter()
    outer.add("WhatsApp Chat - Bert.zip", inner.finish())
    outer.add("los.txt", "01-02-2024 10:00 - Klaas: van buiten\n")
    let folder = try TemporaryFolder()
    let outcome = try readExports([try folder.write("alles.zip", outer.finish())])
    #expect(Set(outcome.texts) == ["van binnen", "van buiten"])
    #expect(outcome.messages.first { $0.text == "van binnen" }?.conversation == "Bert")
  }

  @Test func bottomlessNestingEnds() throws {
    var bytes = Array("01-02-2024 10:00 - Klaas: diep\n".utf8)
    for level in 0..<8 {
      var zip = ZipWriter()
      zip.add(level == 0 ? "chat.txt" : "laag\(level).zip", bytes)
      bytes = zip.finish()
    }
    let folder = try TemporaryFolder()
    #expect(try readExports([try folder.write("diep.zip", bytes)]).messages.isEmpty)
  }

  @Test func bombsAreStopped() throws {
    // A member that claims to be JSON and unpacks without end.
    let container = ArchiveContainer(
      bytes: try gzip(Array("[{\"text\":\"a\"},".utf8) + [UInt8](repeating: 32, count: 4_000_000)), name: "bom.json.gz",
      limits: ArchiveLimits(ratio: 20, floor: 100_000))
    let reader = ExportReader(containers: [container], options: ExportOptions())
    let summary = try reader.read { _ in }
    #expect(summary.notes.contains { $0.kind == .damage && $0.message.contains("zip bomb") })
  }

  /// Packs with the gzip program, which every system has.
  private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let file = try folder.write("in", bytes)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-9", file]
    try process.run()
    process.waitUntilExit()
    return Array(try Data(contentsOf: URL(filePath: file + ".gz")))
  }

  @Test func manySmallFiles() throws {
    let folder = try TemporaryFolder()
    for number in 0..<2000 {
      try folder.write(
        "cur/\(number)",
        "From: a\(number)@b.nl\nTo: c@d.nl\nDate: Mon, 1 Jan 2024 10:00:00 +0100\nSubject: x\n\nTekst \(number)\n")
    }
    let outcome = try readExports([folder.url.path])
    #expect(outcome.messages.count == 2000)
    #expect(outcome.messages.last?.text.hasSuffix("Tekst 1999") == true)
  }

  @Test func whatIsNoExportIsTold() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("lijst.txt", "boodschappen\nmelk\n")
    let outcome = try readExports([file])
    #expect(outcome.messages.isEmpty)
    #expect(outcome.summary.otherFiles == ["lijst.txt"])
    #expect { try readExports([folder.url.path + "/weg"]) } throws: { "\($0)".contains("no such file") }
  }

  @Test func wrongDatesAreTold() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "berichten.ndjson",
      "{\"text\":\"a\",\"time\":\"gisteren\",\"direction\":\"incoming\"}\n{\"text\":\"b\",\"time\":\"2024-02-31T10:00:00Z\",\"direction\":\"incoming\"}\n"
    )
    let outcome = try readExports([file])
    #expect(outcome.messages.map(\.time) == [nil, nil])
    #expect(outcome.notes(.damage).count == 2)
  }
}

@Suite struct FuzzTests {
  @Test func changedExportsNeverCrash() throws {
    var corpus: [(path: String, bytes: [UInt8])] = []
    for file in DiskFile.list(folder: fixtures.path, name: "f", note: { _ in }) {
      corpus.append((file.shown, Array(try Data(contentsOf: URL(filePath: file.disk)))))
    }
    corpus.append(("x.zip", try ZipWriter.folder(fixtures.appending(path: "x-archive"))))
    #expect(corpus.count > 30)
    var fuzzer = ExportFuzzer(seed: 7, corpus: corpus)
    var messages = 0
    for _ in 0..<1000 {
      let input = fuzzer.mutated()
      messages += (try? fuzzer.read(input)) ?? 0
    }
    #expect(messages > 300)
  }

  @Test func theSameSeedGivesTheSameInputs() {
    var first = ExportFuzzer(seed: 3, corpus: [("a", Array("abcdef".utf8))])
    var second = ExportFuzzer(seed: 3, corpus: [("a", Array("abcdef".utf8))])
    for _ in 0..<20 { #expect(first.mutated().bytes == second.mutated().bytes) }
  }
}
