import Streaming
import Testing

@testable import Broker

/// What is wrong with an address.
private func problem(_ text: String) -> String? {
  do {
    _ = try BrokerAddress(text)
    return nil
  } catch {
    return error.description
  }
}

@Suite struct BrokerAddressTests {
  @Test func allPartsAreRead() throws {
    let address = try BrokerAddress(
      "nats://jan:ge%20h%40im@een.example,[::1]:4333/FEED/raad.*.in?durable=kantoor&ack-wait=60&max-deliver=3&dead=dood&batch=7"
        + "&replicas=3&creds=%2Fetc%2Fa%20b&ca=ca.pem")
    #expect(address.hosts == ["een.example", "[::1]:4333"])
    #expect(address.servers == ["nats://een.example", "nats://[::1]:4333"])
    #expect(address.user == "jan" && address.password == "ge h@im")
    #expect(address.stream == "FEED" && address.subject == "raad.*.in" && !address.isEncrypted)
    #expect(address.durable == "kantoor" && address.ackWait == 60 && address.maxDeliver == 3 && address.batch == 7)
    #expect(address.deadSubject == "dood" && address.replicas == 3)
    #expect(address.credentials == "/etc/a b" && address.authorities == "ca.pem")
    #expect(address.description == "nats://een.example,[::1]:4333/FEED/raad.*.in")
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let address = try BrokerAddress("tls://localhost/FEED")
    #expect(address.isEncrypted && address.subject == nil && address.durable == "weerbaar" && address.ackWait == nil)
    #expect(address.maxDeliver == 5 && address.deadSubject == "dead.FEED" && address.batch == 500)
    #expect(address.servers == ["tls://localhost"] && address.user == nil)
    let token = try BrokerAddress("nats://s3cr3t@localhost/FEED")
    #expect(token.user == "s3cr3t" && token.password == nil)
    #expect(try BrokerAddress("nats://localhost/FEED/").subject == nil)
  }

  @Test(arguments: [
    ("nats://localhost", "want a stream behind the host"), ("nats://localhost/", "want a stream behind the host"),
    ("nats://localhost/A/b/c", "want a stream behind the host"), ("http://localhost/A", "want nats://"),
    ("nats://:x@localhost/A", "want a name before the @"), ("nats://j:%zz@localhost/A", "write a % in a password"),
    ("nats://localhost/A.B", "the stream's name"), ("nats:///A", "want the name or address of a host"),
    ("nats://a,,b/A", "want the name or address of a host"), ("nats://localhost:x/A", "x is no port"),
    ("nats://[::1]:99999/A", "99999 is no port"), ("nats://localhost/A/b..c", "the subject must be words"),
    ("nats://localhost/A/%3E.b", "the subject must be words"),
    ("nats://localhost/A/b%20c", "the subject must be words"),
    ("nats://localhost/A?durabel=x", "there is no option durabel; there are durable, ack-wait"),
    ("nats://localhost/A?durable", "durable needs a value"), ("nats://localhost/A?durable=a.b", "durable must not"),
    ("nats://localhost/A?ack-wait=0", "ack-wait=0 is out of range; want 1 to 86400"),
    ("nats://localhost/A?dead=x.*", "dead must be a subject"),
    ("nats://localhost/A?batch=veel", "batch=veel is out of range"),
  ])
  func whatIsWrongIsNamed(text: String, wanted: String) {
    #expect(problem(text)?.contains(wanted) == true, "\(problem(text) ?? "no problem")")
  }

  @Test func aPasswordIsInNoMessage() {
    #expect(
      problem("nats://jan:geheim@localhost")
        == "nats://…@localhost: want a stream behind the host, as nats://HOST:PORT/STREAM/SUBJECT")
    #expect(problem("nats://jan:ge@heim@localhost/A?x=1")?.contains("heim") == false)
  }

  @Test func subjectsAreCovered() {
    for (pattern, subject, isCovered) in [
      ("a", "a", true), ("a", "b", false), ("a", "a.b", false), (">", "a.b", true), ("a.>", "a", false),
      ("a.>", "a.b.c", true), ("a.*", "a.b", true), ("a.*", "a.>", false), ("a.>", "a.*", true),
      ("a.*.c", "a.*.c", true),
      ("a.b", "a.*", false), ("*.*", "a", false),
    ] { #expect(BrokerAddress.covers(pattern, subject) == isCovered, "\(pattern) \(subject)") }
  }

  #if !NATS
    @Test func withoutTheTraitTheCureIsNamed() throws {
      let address = try BrokerAddress("nats://localhost/FEED/feed")
      #expect(throws: BrokerError.notBuilt) { _ = try BrokerFeed(from: address, stop: StopSignal()) { _ in } }
      #expect(BrokerError.notBuilt.description.contains("--traits NATS"))
    }
  #endif
}
