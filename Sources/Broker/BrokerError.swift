public import Messages

/// Why a feed at a broker cannot be read, or results cannot be brought there.
public enum BrokerError: Error, Sendable, Equatable {
  /// An address that cannot be read, without its password, and what is wrong with it.
  case badAddress(String, reason: String)
  /// The program was built without the trait `NATS`.
  case notBuilt
  case cannotConnect(to: String, reason: String)
  /// A file that the address names.
  case cannotRead(file: String)
  /// The server refuses this user.
  case notLetIn(at: String, reason: String)
  /// The server has no JetStream.
  case noJetStream(at: String)
  /// A stream that is not there, and that cannot be made because no subject is named, or that cannot be made at all.
  case noStream(String, reason: Wording)
  /// A stream that does not take a subject.
  case subjectNotTaken(String, stream: String, subjects: [String])
  /// Results that would be read as messages again.
  case circle(subject: String, stream: String)
  /// A durable consumer that does not fit the address.
  case consumer(String, stream: String, reason: Wording)
  /// The stream or its consumer was removed, or the connection is lost for good.
  case feedLost(String, reason: Wording)
  /// Results that the broker did not take until the run was asked to end.
  case cannotPublish(subject: String, reason: Wording)

  /// What happened and what to do about it, in one line.
  public func description(in language: MessageLanguage) -> String { wording.text(in: language) }

  private var wording: Wording {
    switch self {
    case .badAddress(let address, let reason): Wording("\(address): \(reason)")
    case .notBuilt:
      Wording(
        en: "this program was built without NATS; install libnats-dev and build it with swift build -c release "
          + "--traits NATS",
        nl: "dit programma is zonder NATS gebouwd; installeer libnats-dev en bouw het met swift build -c release "
          + "--traits NATS")
    case .cannotConnect(let address, let reason):
      Wording(
        en: "\(address): cannot connect: \(reason); does nats-server run there, and may this machine reach it?",
        nl: "\(address): geen verbinding: \(reason); draait nats-server daar, en mag deze machine erbij?")
    case .cannotRead(let file):
      Wording(
        en: "\(file): cannot be read; does it exist, and may this user read it?",
        nl: "\(file): kan niet gelezen worden; bestaat het, en mag deze gebruiker het lezen?")
    case .notLetIn(let address, let reason):
      Wording(
        en: "\(address): the server does not let this user in: \(reason); name one in the address, as "
          + "nats://NAME:PASSWORD@HOST, or in a file with creds=",
        nl: "\(address): de server laat deze gebruiker niet binnen: \(reason); noem er een in het adres, als "
          + "nats://NAAM:WACHTWOORD@HOST, of in een bestand met creds=")
    case .noJetStream(let address):
      Wording(
        en: "\(address): the server has no JetStream; start it as nats-server --jetstream",
        nl: "\(address): de server heeft geen JetStream; start hem als nats-server --jetstream")
    case .noStream(let stream, let reason):
      Wording(
        en: "the stream \(stream) is not there and cannot be made: \(reason.en)",
        nl: "de stream \(stream) is er niet en kan niet gemaakt worden: \(reason.nl)")
    case .subjectNotTaken(let subject, let stream, let subjects):
      Wording(
        en:
          "the stream \(stream) takes \(subjects.joined(separator: ", ")), not \(subject); name a subject that it takes, "
          + "or another stream",
        nl:
          "de stream \(stream) neemt \(subjects.joined(separator: ", ")) aan, niet \(subject); noem een onderwerp dat hij "
          + "aanneemt, of een andere stream")
    case .circle(let subject, let stream):
      Wording(
        en: "what goes to \(subject) would be read from the stream \(stream) again; name a subject that is not read",
        nl: "wat naar \(subject) gaat zou opnieuw uit de stream \(stream) gelezen worden; noem een onderwerp dat niet "
          + "gelezen wordt")
    case .consumer(let durable, let stream, let reason):
      Wording(
        en: "the consumer \(durable) of the stream \(stream) cannot be used: \(reason.en)",
        nl: "de consumer \(durable) van de stream \(stream) kan niet gebruikt worden: \(reason.nl)")
    case .feedLost(let address, let reason):
      Wording(en: "\(address): the feed is lost: \(reason.en)", nl: "\(address): de feed is weg: \(reason.nl)")
    case .cannotPublish(let subject, let reason):
      Wording(
        en: "\(subject): the broker takes no results: \(reason.en); what was not published stays in the feed",
        nl: "\(subject): de broker neemt geen resultaten aan: \(reason.nl); wat niet gepubliceerd is blijft in de feed")
    }
  }
}

extension BrokerError: CustomStringConvertible {
  public var description: String { description(in: .en) }
}
