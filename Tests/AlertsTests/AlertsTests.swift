import Alerts
import Foundation
import Synchronization
import TestSupport
import Testing

/// Fails as often as it is told, and keeps what arrives.
private final class TestChannel: AlertChannel {
  let name = "test"
  private let state = Mutex<(failures: Int, arrived: [String], tries: Int)>((0, [], 0))
  let mayPass: Bool

  init(failures: Int, mayPass: Bool = true) {
    self.mayPass = mayPass
    state.withLock { $0.failures = failures }
  }

  var arrived: [String] { state.withLock { $0.arrived } }
  var tries: Int { state.withLock { $0.tries } }

  func deliver(_ body: Data) throws(AlertFailure) {
    let failed = state.withLock { state in
      state.tries += 1
      if state.failures > 0 {
        state.failures -= 1
        return true
      }
      state.arrived.append(String(decoding: body, as: UTF8.self))
      return false
    }
    if failed { throw AlertFailure(reason: "broken", mayPass: mayPass) }
  }
}

private var quick: AlertRules {
  var rules = AlertRules()
  rules.firstDelay = 0.001
  rules.perMinute = 10_000
  return rules
}

@Suite struct AlertDispatcherTests {
  @Test func alertsArriveInOrderAndAreTriedAgain() {
    let channel = TestChannel(failures: 3)
    let alerts = AlertDispatcher(channel: channel, rules: quick)
    for number in 0..<50 { alerts.submit(Data("\(number)".utf8)) }
    let counts = alerts.finish()
    #expect(channel.arrived == (0..<50).map(String.init))
    #expect(counts.delivered == 50 && counts.failed == 0 && counts.dropped == 0)
    #expect(channel.tries == 53)
  }

  @Test func whatCannotPassIsGivenUpAtOnce() {
    let channel = TestChannel(failures: 1, mayPass: false)
    let reasons = Mutex<[String]>([])
    let alerts = AlertDispatcher(channel: channel, rules: quick) { reason in reasons.withLock { $0.append(reason) } }
    for number in 0..<3 { alerts.submit(Data("\(number)".utf8)) }
    let counts = alerts.finish()
    #expect(channel.arrived == ["1", "2"])
    #expect(counts.delivered == 2 && counts.failed == 1)
    #expect(reasons.withLock { $0 } == ["an alert was not sent: broken"])
  }

  @Test func moreThanTheQueueHoldsIsCountedAndDropped() {
    let channel = TestChannel(failures: .max)
    var rules = quick
    rules.capacity = 10
    rules.patience = 0.1
    rules.firstDelay = 60
    let alerts = AlertDispatcher(channel: channel, rules: rules)
    let taken = (0..<100).count { alerts.submit(Data("\($0)".utf8)) }
    // One may be on its way already.
    #expect((10...11).contains(taken))
    let counts = alerts.finish()
    #expect(counts.dropped == 100 - taken && counts.failed == taken)
  }
}

@Suite struct ChannelTests {
  @Test func aCommandGetsTheAlertAndItsStatusCounts() throws {
    try Places.withFolder { (folder: URL) throws in
      let file = folder.appending(path: "got").path
      try CommandChannel(shell: "cat > '\(file)'").deliver(Data("{\"a\":1}".utf8))
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "{\"a\":1}")
    }
    #expect(throws: AlertFailure(reason: "exit 3: ended with 3", mayPass: true)) {
      try CommandChannel(shell: "exit 3").deliver(Data())
    }
    #expect(throws: AlertFailure.self) { try CommandChannel(["/none/such"]).deliver(Data()) }
    // A program that does not read its input, and one that does not end.
    try CommandChannel(shell: "exit 0").deliver(Data(repeating: 65, count: 1 << 20))
    #expect(throws: AlertFailure.self) { try CommandChannel(shell: "sleep 60", limit: 0.2).deliver(Data()) }
  }

  /// The signature is HMAC-SHA-256 of "SECONDS.BODY" with the secret, as `openssl dgst -sha256 -hmac` gives it.
  @Test func theSignatureIsThatOfTheScheme() {
    #expect(
      WebhookChannel.signature(of: Data("{}".utf8), secret: "geheim", seconds: 1_700_000_000)
        == "t=1700000000,v1=75e8aa01e776401a6bfda6664664c1271ca25506052e3b8c43308bdf92f3c8d5")
  }

  /// A receiver on this machine that answers what it is told to, one request each.
  @Test func aWebhookIsPostedSignedAndItsAnswerCounts() throws {
    try Places.withFolder { (folder: URL) throws in
      let script = folder.appending(path: "receiver.py")
      try Data(
        """
        import http.server, json
        answers = [500, 204, 400]
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                with open("requests", "a") as out:
                    out.write(json.dumps([self.path, body, self.headers["Weerbaar-Signature"],
                                          self.headers["Weerbaar-Delivery"], self.headers["Content-Type"]]) + "\\n")
                self.send_response(answers.pop(0))
                self.end_headers()
            def log_message(self, *args): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        open("port.part", "w").write(str(server.server_port))
        import os; os.rename("port.part", "port")
        server.timeout = 20
        for _ in range(3): server.handle_request()
        """.utf8
      ).write(to: script)
      let server = Process()
      server.executableURL = URL(filePath: "/usr/bin/env")
      server.arguments = ["python3", script.path]
      server.currentDirectoryURL = folder
      try server.run()
      defer { server.terminate() }
      let port = folder.appending(path: "port")
      while server.isRunning, !FileManager.default.fileExists(atPath: port.path) { usleep(20_000) }
      let number = try String(contentsOf: port, encoding: .utf8)
      let body = Data("{\"text\":\"één \\\"regel\\\" \\n @bestand\"}".utf8)
      let hook = WebhookChannel(
        url: "http://127.0.0.1:\(number)/hook?key=1", secret: "geheim",
        now: { Date(timeIntervalSince1970: 1_700_000_000) })
      #expect(hook.name == "http://127.0.0.1:\(number)/hook")
      #expect(throws: AlertFailure(reason: "\(hook.name): answered 500", mayPass: true)) { try hook.deliver(body) }
      try hook.deliver(body)
      #expect(throws: AlertFailure(reason: "\(hook.name): answered 400", mayPass: false)) { try hook.deliver(body) }
      server.terminate()
      server.waitUntilExit()
      let requests = try String(contentsOf: folder.appending(path: "requests"), encoding: .utf8)
        .split(separator: "\n").map { try JSONDecoder().decode([String].self, from: Data($0.utf8)) }
      #expect(requests.count == 3)
      for request in requests {
        #expect(request[0] == "/hook?key=1" && request[4] == "application/json")
        #expect(Data(request[1].utf8) == body)
        #expect(request[2] == WebhookChannel.signature(of: body, secret: "geheim", seconds: 1_700_000_000))
        #expect(request[3] == requests[0][3] && request[3].count == 32)
      }
      #expect(throws: AlertFailure.self) { try hook.deliver(body) }
    }
  }
}
