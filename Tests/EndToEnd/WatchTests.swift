import Foundation
import TestSupport
import Testing

/// The daemon and the casebook as built, from outside.
@Suite struct WatchTests {
  private func messages(_ count: Int, _ prefix: String) -> Data {
    Data(
      (0..<count).map { number in
        "{\"id\":\"\(prefix)-\(number)\",\"text\":\"Vuile trut, rot op, kutwijf nr \(number)\","
          + "\"author\":{\"handle\":\"@a\(number % 40)\"},\"time\":\"2026-05-01T10:00:00Z\"}\n"
      }.joined().utf8)
  }

  private func ids(_ casebook: String) throws -> [String] {
    let list = try Program.run(["casebook", "list", "--casebook", casebook, "--output", "ndjson"])
    return try list.output.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return object?["id"] as? String ?? ""
    }
  }

  /// Ends the daemon at random moments. The run with 200 moments is Benchmarks/kill-daemon.py.
  @Test func killedAtAnyMomentEachMessageIsThereOnce() throws {
    try Places.withFolder { root in
      let folder = root.appending(path: "in")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let casebook = root.appending(path: "zaken.casebook").path
      for number in 0..<3 { try messages(150, "f\(number)").write(to: folder.appending(path: "f\(number).ndjson")) }
      var generator = SeededGenerator(seed: 11)
      let arguments = ["watch", folder.path, "--casebook", casebook, "--once", "--settle", "0"]
      for _ in 0..<8 {
        let process = Process()
        process.executableURL = Places.program
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        usleep(UInt32.random(in: 20_000...1_500_000, using: &generator))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
      let last = try Program.run(arguments)
      #expect(last.status == 0, "\(last.error)")
      let found = try ids(casebook)
      #expect(found.count == 450)
      #expect(Set(found).count == 450)
      for number in 0..<3 {
        let results = try String(
          contentsOf: folder.appending(path: "done/f\(number).ndjson.assessed.ndjson"), encoding: .utf8)
        #expect(results.split(separator: "\n").count == 150)
      }
      #expect(try Program.run(["casebook", "verify", "--casebook", casebook]).status == 0)
    }
  }

  @Test func withoutRoomItWaitsAndGoesOn() throws {
    try Places.withFolder { root in
      let folder = root.appending(path: "in")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let casebook = root.appending(path: "zaken.casebook").path
      try messages(600, "a").write(to: folder.appending(path: "a.ndjson"))
      // A limit on the size of files stands for a full disk, without the rights that a small disk takes.
      let limited = try Program.shell(
        "ulimit -f 200; $WEERBAAR watch \(folder.path) --casebook \(casebook) --once --settle 0")
      #expect(limited.status == 1, "\(limited.error)")
      let free = try Program.run(["watch", folder.path, "--casebook", casebook, "--once", "--settle", "0"])
      #expect(free.status == 0, "\(free.error)")
      let found = try ids(casebook)
      #expect(found.count == 600)
      #expect(Set(found).count == 600)
      #expect(try Program.run(["casebook", "verify", "--casebook", casebook]).status == 0)
    }
  }

  @Test func theServiceManagerHearsThatItIsReady() throws {
    try Places.withFolder { root in
      let folder = root.appending(path: "in")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let path = "/tmp/weerbaar-\(UUID().uuidString.prefix(8))"
      let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      defer {
        close(descriptor)
        unlink(path)
      }
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      #expect(bound == 0)
      let run = try Program.run(
        ["watch", folder.path, "--once", "--settle", "0"], environment: ["NOTIFY_SOCKET": path])
      #expect(run.status == 0, "\(run.error)")
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      #expect(count > 0)
      #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).hasPrefix("READY=1\n"))
      let status = try Program.run(["watch", folder.path, "--status", "--language", "en"])
      #expect(status.status == 1)
      #expect(status.output.contains("does not run"))
    }
  }

  @Test func anOfficeWorksWithItsCasebook() throws {
    try Places.withFolder { root in
      let casebook = root.appending(path: "zaken.casebook").path
      let export = Places.root.appending(path: "examples/feed.ndjson").path
      let inbox = try Program.run(["inbox", export, "--casebook", casebook])
      #expect(inbox.status == 0, "\(inbox.error)")
      let again = try Program.run(["inbox", export, "--casebook", casebook])
      #expect(again.error.contains(" 0 new"))
      func run(_ arguments: String...) throws -> Program.Run {
        try Program.run(["casebook"] + arguments + ["--casebook", casebook], directory: root)
      }
      let list = try run("list", "--level", "report")
      #expect(list.output.contains("Afzender"))
      #expect(try run("list", "--output", "csv").output.contains("case,case_level,case_state"))
      #expect(try run("note", "1", "gebeld").status == 0)
      #expect(try run("resolve", "1", "--state", "reported", "--note", "nr 7").status == 0)
      let shown = try run("show", "1")
      #expect(shown.output.contains("stand: gemeld") && shown.output.contains("gebeld"))
      #expect(try run("dossier", "1", "--out", "d.zip").status == 0)
      #expect(try run("export", "--register").output.contains("Nummer;Datum"))
      #expect(try run("stats", "--output", "json").output.contains("\"messages\""))
      #expect(try run("erase", "1", "--reason", "verzoek", "--yes").status == 0)
      let verify = try run("verify")
      #expect(verify.status == 0, "\(verify.output)")
      #expect(verify.output.contains("gewist"))
      #expect(try run("show", "999").status == 1)
      #expect(try run("list", "--level", "hoog").status == 64)
    }
  }
}
