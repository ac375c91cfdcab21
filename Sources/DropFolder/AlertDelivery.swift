internal import Alerts
internal import Foundation

/// Brings a body to a receiver. Nil where it arrived, else why not.
enum AlertDelivery {
  static func command(_ command: [String], _ body: String) -> String? { deliver(body, by: CommandChannel(command)) }

  /// - Parameter secret: the file with the secret that signs the request; see docs/streaming.md.
  static func webhook(_ address: String, secret file: String?, _ body: String) -> String? {
    var secret: String?
    if let file {
      guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
        return "the secret \(file) cannot be read"
      }
      secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    return deliver(body, by: WebhookChannel(url: address, secret: secret))
  }

  private static func deliver(_ body: String, by channel: any AlertChannel) -> String? {
    // Writing to a program that ended without reading fails, and ends nothing else.
    signal(SIGPIPE, SIG_IGN)
    do {
      try channel.deliver(Data(body.utf8))
      return nil
    } catch {
      return error.reason
    }
  }
}
