internal import Crypto
public import Foundation

/// Posts each alert to a web address, by the `curl` program. It has arrived when the answer is 2xx.
///
/// With a secret, a request has the header `Weerbaar-Signature: t=SECONDS,v1=HEX`: the HMAC-SHA-256, with the secret as
/// key, of the seconds since 1970 as text, a full stop, and the body. Every request has `Weerbaar-Delivery`, which is the
/// same when an alert is tried again. Redirects are not followed.
public struct WebhookChannel: AlertChannel {
  public let name: String
  private let url: String
  private let secret: String?
  private let limit: TimeInterval
  private let now: @Sendable () -> Date

  /// - Parameters:
  ///   - url: an `https` or `http` address.
  ///   - secret: the key of the signature; requests are not signed where nil.
  ///   - limit: seconds after which a request is given up.
  public init(
    url: String, secret: String?, limit: TimeInterval = 10, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.url = url
    self.secret = secret
    self.limit = limit
    self.now = now
    // An address may hold a key behind its question mark, which is nobody's business.
    name = url.split(separator: "?").first.map(String.init) ?? url
  }

  /// The value of the header `Weerbaar-Signature` for a body sent at a time.
  public static func signature(of body: Data, secret: String, seconds: Int) -> String {
    var code = HMAC<SHA256>(key: SymmetricKey(data: Data(secret.utf8)))
    code.update(data: Data("\(seconds).".utf8))
    code.update(data: body)
    return "t=\(seconds),v1=\(hex(code.finalize()))"
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  public func deliver(_ body: Data) throws(AlertFailure) {
    var headers = [
      "Content-Type: application/json", "User-Agent: weerbaar",
      "Weerbaar-Delivery: \(Self.hex(SHA256.hash(data: body)).prefix(32))",
    ]
    if let secret {
      let seconds = Int(now().timeIntervalSince1970)
      headers.append("Weerbaar-Signature: \(Self.signature(of: body, secret: secret, seconds: seconds))")
    }
    // All of it goes in by standard input: arguments could be read by anyone on the machine.
    var settings = "url = \(Self.quoted(url))\nrequest = \"POST\"\nsilent\nproto = \"=http,https\"\n"
    settings += "max-time = \(Int(limit))\noutput = \"/dev/null\"\nwrite-out = \"%{http_code}\"\n"
    for header in headers { settings += "header = \(Self.quoted(header))\n" }
    settings += "data-raw = \(Self.quoted(String(decoding: body, as: UTF8.self)))\n"
    let program = ChildProgram(command: ["/usr/bin/env", "curl", "--config", "-"], limit: limit + 5)
    let (status, output) = try program.run(Data(settings.utf8))
    guard status != 127 else {
      throw AlertFailure(reason: "webhooks need the program curl; install it", mayPass: false)
    }
    guard status == 0 else {
      throw AlertFailure(reason: "\(name): no answer (curl ended with \(status))", mayPass: status != 3 && status != 1)
    }
    let code = Int(String(decoding: output, as: UTF8.self)) ?? 0
    guard !(200..<300).contains(code) else { return }
    throw AlertFailure(
      reason: "\(name): answered \(code)", mayPass: code >= 500 || code == 408 || code == 429 || code == 0)
  }

  /// A string as curl's settings want it.
  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\":
        out.unicodeScalars.append("\\")
        out.unicodeScalars.append(scalar)
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
