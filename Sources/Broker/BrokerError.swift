/// Why a feed at a broker cannot be read, or results cannot be brought there.
public enum BrokerError: Error, Sendable, Equatable {
  /// An address that cannot be read, without its password, and what is wrong with it.
  case badAddress(String, reason: String)
  /// The program was built without the trait `NATS`.
  case notBuilt
  case cannotConnect(to: String, reason: String)
  /// The server has no JetStream.
  case noJetStream(at: String)
  /// A stream that is not there, and that cannot be made because no subject is named, or that cannot be made at all.
  case noStream(String, reason: String)
  /// A stream that does not take a subject.
  case subjectNotTaken(String, stream: String, subjects: [String])
  /// Results that would be read as messages again.
  case circle(subject: String, stream: String)
  /// A durable consumer that does not fit the address.
  case consumer(String, stream: String, reason: String)
  /// The stream or its consumer was removed, or the connection is lost for good.
  case feedLost(String, reason: String)
  /// Results that the broker did not take until the run was asked to end.
  case cannotPublish(subject: String, reason: String)

  /// What happened and what to do about it, in one line.
  public var description: String {
    switch self {
    case .badAddress(let address, let reason): "\(address): \(reason)"
    case .notBuilt:
      "this program was built without NATS; install libnats-dev and build it with swift build -c release --traits NATS"
    case .cannotConnect(let address, let reason):
      "\(address): cannot connect: \(reason); does nats-server run there, and may this machine reach it?"
    case .noJetStream(let address): "\(address): the server has no JetStream; start it as nats-server --jetstream"
    case .noStream(let stream, let reason): "the stream \(stream) is not there and cannot be made: \(reason)"
    case .subjectNotTaken(let subject, let stream, let subjects):
      "the stream \(stream) takes \(subjects.joined(separator: ", ")), not \(subject); name a subject that it takes, or another "
        + "stream"
    case .circle(let subject, let stream):
      "what goes to \(subject) would be read from the stream \(stream) again; name a subject that is not read"
    case .consumer(let durable, let stream, let reason):
      "the consumer \(durable) of the stream \(stream) cannot be used: \(reason)"
    case .feedLost(let address, let reason): "\(address): the feed is lost: \(reason)"
    case .cannotPublish(let subject, let reason):
      "\(subject): the broker takes no results: \(reason); what was not published stays in the feed"
    }
  }
}

extension BrokerError: CustomStringConvertible {}
