#if NATS
  import CNATS
  import Foundation
  import TestSupport
  import Testing

  /// A real nats-server for one test, and what a test wants of it.
  final class TestBroker {
    struct Stored {
      var subject: String
      var headers: [String: String]
      var body: String
    }

    struct Failure: Error { var reason: String }

    let port: Int
    private let process = Process()
    private var connection: OpaquePointer?
    private var context: OpaquePointer?

    private init(folder: URL, hasJetStream: Bool, maximumPayload: Int, user: String?) throws {
      port = try Self.freePort()
      let configuration = folder.appending(path: "nats.conf")
      var text = "host: 127.0.0.1\nport: \(port)\nmax_payload: \(maximumPayload)\n"
      if let user { text += "authorization { user: \(user), password: \(user) }\n" }
      if hasJetStream { text += "jetstream { store_dir: \"\(folder.path)/store\" }\n" }
      try Data(text.utf8).write(to: configuration)
      process.executableURL = URL(filePath: try Self.program.get())
      process.arguments = ["-c", configuration.path]
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      for _ in 0..<400 where connection == nil {
        natsConnection_ConnectTo(&connection, "nats://\(user.map { "\($0):\($0)@" } ?? "")127.0.0.1:\(port)")
        if connection == nil { usleep(25_000) }
      }
      guard connection != nil else { throw Failure(reason: "nats-server does not start") }
      natsConnection_JetStream(&context, connection, nil)
    }

    deinit {
      jsCtx_Destroy(context)
      natsConnection_Destroy(connection)
      process.terminate()
      process.waitUntilExit()
    }

    /// Gives a server that is there for the time of the call.
    static func with(
      hasJetStream: Bool = true, maximumPayload: Int = 1 << 20, user: String? = nil,
      _ body: (TestBroker) throws -> Void
    ) throws {
      try Places.withFolder { (folder: URL) throws in
        let broker = try TestBroker(
          folder: folder, hasJetStream: hasJetStream, maximumPayload: maximumPayload, user: user)
        try body(broker)
      }
    }

    /// Where nats-server is; fetched where it is not there.
    private static let program = Result {
      let run = try Program.shell("\"\(Places.root.path)/scripts/nats-server\"")
      guard run.status == 0 else { throw Failure(reason: run.error) }
      return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func freePort() throws -> Int {
      let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(probe) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let status = withUnsafeMutablePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(probe, $0, length) == 0 ? getsockname(probe, $0, &length) : -1
        }
      }
      guard status == 0 else { throw Failure(reason: "no free port") }
      return Int(UInt16(bigEndian: address.sin_port))
    }

    /// An address at this server.
    func address(_ rest: String) -> String { "nats://127.0.0.1:\(port)/\(rest)" }

    /// Asks JetStream something in its own JSON.
    @discardableResult
    func ask(_ question: String, _ json: String = "") throws -> [String: Any] {
      var reply: OpaquePointer?
      let status = natsConnection_RequestString(&reply, connection, "$JS.API.\(question)", json, 5_000)
      defer { natsMsg_Destroy(reply) }
      guard status == NATS_OK, let data = natsMsg_GetData(reply) else {
        throw Failure(reason: "\(question): \(String(cString: natsStatus_GetText(status)))")
      }
      let bytes = Data(bytes: data, count: Int(natsMsg_GetDataLength(reply)))
      return try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
    }

    func publish(_ body: String, subject: String = "feed", headers: [String: String] = [:]) throws {
      var message: OpaquePointer?
      natsMsg_Create(&message, subject, nil, body, Int32(body.utf8.count))
      defer { natsMsg_Destroy(message) }
      for (name, value) in headers { natsMsgHeader_Set(message, name, value) }
      let status = js_PublishMsg(nil, context, message, nil, nil)
      guard status == NATS_OK else { throw Failure(reason: "publish: \(String(cString: natsStatus_GetText(status)))") }
    }

    /// How many messages a stream holds.
    func count(_ stream: String) throws -> Int {
      let state = try ask("STREAM.INFO.\(stream)")["state"] as? [String: Any]
      return state?["messages"] as? Int ?? 0
    }

    /// All messages of a stream, in order.
    func messages(_ stream: String) throws -> [Stored] {
      let state = try ask("STREAM.INFO.\(stream)")["state"] as? [String: Any]
      return (UInt64(1)...max(1, UInt64(state?["last_seq"] as? Int ?? 0))).compactMap { sequence in
        var message: OpaquePointer?
        guard js_GetMsg(&message, context, stream, sequence, nil, nil) == NATS_OK else { return nil }
        defer { natsMsg_Destroy(message) }
        var headers: [String: String] = [:]
        var keys: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        var count: Int32 = 0
        if natsMsgHeader_Keys(message, &keys, &count) == NATS_OK, let keys {
          for index in 0..<Int(count) {
            var value: UnsafePointer<CChar>?
            guard let key = keys[index], natsMsgHeader_Get(message, key, &value) == NATS_OK, let value else { continue }
            headers[String(cString: key)] = String(cString: value)
          }
          free(keys)
        }
        let bytes = Data(bytes: natsMsg_GetData(message), count: Int(natsMsg_GetDataLength(message)))
        return Stored(
          subject: String(cString: natsMsg_GetSubject(message)), headers: headers,
          body: String(decoding: bytes, as: UTF8.self))
      }
    }
  }
#endif
