import Foundation

/// Where a feed or its results stand at a broker, as `nats://host:port/STREAM/SUBJECT?durable=NAME`.
///
/// Several servers of one cluster may be named, with commas between them. A name and password stand before them, as
/// `nats://name:password@host`, or better in a file that `creds` names; `tls://` asks for an encrypted connection.
public struct BrokerAddress: Sendable, Equatable {
  /// What an address may say behind its question mark.
  public enum Option: String, CaseIterable, Sendable {
    case durable, ackWait = "ack-wait", maxDeliver = "max-deliver", dead, batch, replicas, creds, ca
  }

  /// `HOST` or `HOST:PORT`, one for each server that may be asked first.
  public var hosts: [String]
  /// The name of a user, or a token where there is no password.
  public var user: String?
  public var password: String?
  public var isEncrypted: Bool
  public var stream: String
  /// The subject: of a feed which messages of the stream are read, all where nil; of results where they go.
  public var subject: String?
  /// The name of the consumer that all machines which share a feed have in common.
  public var durable = "weerbaar"
  /// Seconds after which a message that nobody acknowledged is given to another machine; what the consumer has where nil.
  public var ackWait: Int?
  /// How often a message is tried before it counts as one that cannot be assessed.
  public var maxDeliver = 5
  /// The subject for messages that cannot be assessed; ``deadSubject`` where nil.
  public var dead: String?
  /// Most messages that are asked for at once.
  public var batch = 500
  /// Copies that a cluster keeps of a stream that is made here.
  public var replicas = 1
  /// A file with the credentials of a user.
  public var credentials: String?
  /// A file with the certificates of those who may vouch for the server.
  public var authorities: String?

  /// The servers as the client library names them.
  var servers: [String] { hosts.map { scheme + $0 } }
  private var scheme: String { isEncrypted ? "tls://" : "nats://" }

  /// Where messages go that cannot be assessed.
  public var deadSubject: String { dead ?? "dead.\(stream)" }

  /// Whether a text is meant as an address of a broker.
  public static func isAddress(_ text: String) -> Bool { text.hasPrefix("nats://") || text.hasPrefix("tls://") }

  /// Reads an address.
  ///
  /// - Throws: ``BrokerError/badAddress(_:reason:)``.
  public init(_ text: String) throws(BrokerError) {
    func bad(_ reason: String) -> BrokerError { .badAddress(Self.withoutPassword(text), reason: reason) }
    guard Self.isAddress(text), let start = text.range(of: "://")?.upperBound else {
      throw bad("want nats://HOST:PORT/STREAM/SUBJECT")
    }
    isEncrypted = text.hasPrefix("tls://")
    let halves = text[start...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = halves[0].split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, !parts[1].isEmpty else {
      throw bad("want a stream behind the host, as nats://HOST:PORT/STREAM/SUBJECT")
    }
    guard let stream = Self.decoded(parts[1]), Self.isName(stream) else {
      throw bad("the stream's name must not hold spaces, full stops, * or >")
    }
    self.stream = stream
    if parts.count == 3, !parts[2].isEmpty {
      guard let subject = Self.decoded(parts[2]), Self.isSubject(subject) else {
        throw bad("the subject must be words with full stops between them; * and > stand for words")
      }
      self.subject = subject
    }
    var servers = parts[0]
    if let at = servers.lastIndex(of: "@") {
      let names = servers[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(names[0]), !name.isEmpty else { throw bad("want a name before the @") }
      user = name
      if names.count == 2 {
        guard let word = Self.decoded(names[1]) else { throw bad("write a % in a password as %25") }
        password = word
      }
      servers = servers[servers.index(after: at)...]
    }
    hosts = servers.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    for host in hosts {
      guard !host.isEmpty, !host.hasPrefix(":") else { throw bad("want the name or address of a host") }
      // An address of IPv6 stands in brackets, and has colons of its own.
      let rest = host[(host.lastIndex(of: "]") ?? host.startIndex)...]
      if let colon = rest.firstIndex(of: ":"), UInt16(rest[rest.index(after: colon)...]) == nil {
        throw bad("\(rest[rest.index(after: colon)...]) is no port; want a number up to 65535")
      }
    }
    if halves.count == 2 { try read(halves[1], bad) }
  }

  private mutating func read(_ options: Substring, _ bad: (String) -> BrokerError) throws(BrokerError) {
    for option in options.split(separator: "&") {
      let pair = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Option(rawValue: String(pair[0])) else {
        throw bad("there is no option \(pair[0]); there are \(Option.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      guard pair.count == 2, let value = Self.decoded(pair[1]), !value.isEmpty else {
        throw bad("\(name.rawValue) needs a value, as \(name.rawValue)=…")
      }
      func number(_ range: ClosedRange<Int>) throws(BrokerError) -> Int {
        guard let number = Int(value), range.contains(number) else {
          throw bad("\(name.rawValue)=\(value) is out of range; want \(range.lowerBound) to \(range.upperBound)")
        }
        return number
      }
      switch name {
      case .durable:
        guard Self.isName(value) else { throw bad("durable must not hold spaces, full stops, * or >") }
        durable = value
      case .ackWait: ackWait = try number(1...86_400)
      case .maxDeliver: maxDeliver = try number(1...1_000_000)
      case .dead:
        guard Self.isSubject(value), !Self.hasWildcard(value) else {
          throw bad("dead must be a subject without * and >")
        }
        dead = value
      case .batch: batch = try number(1...10_000)
      case .replicas: replicas = try number(1...5)
      case .creds: credentials = value
      case .ca: authorities = value
      }
    }
  }

  /// The text without what stands before an @, which may be a password.
  private static func withoutPassword(_ text: String) -> String {
    guard let start = text.range(of: "://")?.upperBound else { return text }
    let end = text[start...].firstIndex { $0 == "/" || $0 == "?" } ?? text.endIndex
    guard let at = text[start..<end].lastIndex(of: "@") else { return text }
    return text[..<start] + "…" + text[at...]
  }

  /// The text with its %XX read; nil where they make no UTF-8.
  private static func decoded(_ text: Substring) -> String? { String(text).removingPercentEncoding }

  /// Whether a text may be the name of a stream or a consumer.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && !".*>/\\".unicodeScalars.contains($0) }
  }

  /// Whether a text may be a subject, with wildcards or without.
  private static func isSubject(_ text: String) -> Bool {
    let words = text.split(separator: ".", omittingEmptySubsequences: false)
    return words.enumerated().allSatisfy { index, word in
      if word == "*" { return true }
      if word == ">" { return index == words.count - 1 }
      return !word.isEmpty
        && word.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && $0 != "*" && $0 != ">" }
    }
  }

  /// Whether a subject holds * or >.
  static func hasWildcard(_ subject: String) -> Bool {
    subject.split(separator: ".").contains { $0 == "*" || $0 == ">" }
  }

  /// Whether every subject that fits `subject` fits `pattern` too. Both may hold wildcards.
  static func covers(_ pattern: String, _ subject: String) -> Bool {
    let wanted = pattern.split(separator: ".")
    let words = subject.split(separator: ".")
    for (index, want) in wanted.enumerated() {
      if want == ">" { return words.count > index }
      guard index < words.count, words[index] != ">" else { return false }
      if want != "*", want != words[index] { return false }
    }
    return wanted.count == words.count
  }
}

extension BrokerAddress: CustomStringConvertible {
  /// The address for messages: without names, passwords and options.
  public var description: String {
    scheme + hosts.joined(separator: ",") + "/\(stream)" + (subject.map { "/\($0)" } ?? "")
  }
}
