internal import Casebook
internal import Foundation
internal import Inbox
internal import Logging
internal import Messages
internal import PolicyFile
internal import Weerbaar

/// Brings alerts out, and the digest of the day. An alert tells where to look and not what was written: mail is read on
/// telephones, and reading it again hurts.
struct AlertSender {
  let policy: OfficePolicy
  let casebook: Casebook
  let logger: Logger
  let now: @Sendable () -> Date

  private var zone: TimeZone { policy.quiet?.zone.flatMap { TimeZone(identifier: $0) } ?? .current }

  private func clock() -> (minute: Int, day: String) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: now())
    func two(_ value: Int?) -> String { (value ?? 0) < 10 ? "0\(value ?? 0)" : String(value ?? 0) }
    return (
      (parts.hour ?? 0) * 60 + (parts.minute ?? 0), "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
    )
  }

  /// Sends what waits and may go out now. A channel that fails leaves the alert in the queue.
  func sendPending(isStopping: () -> Bool = { false }) throws {
    let isQuiet = policy.quiet?.holds(minute: clock().minute) == true
    let level = isQuiet ? policy.quiet?.level ?? .urgent : .log
    for alert in try casebook.pendingAlerts(from: level) {
      if isStopping() { return }
      var failures: [String] = []
      let entry = alert.entry
      if !policy.alerts.command.isEmpty {
        if let reason = AlertDelivery.command(policy.alerts.command, AlertSender.json(entry) + "\n") {
          failures.append("command: \(reason)")
        }
      }
      if let address = policy.alerts.webhook,
        let reason = AlertDelivery.webhook(address, secret: policy.alerts.secret, AlertSender.json(entry))
      {
        failures.append("webhook: \(reason)")
      }
      if !policy.alerts.mail.isEmpty {
        let subject = "Weerbaar: \(entry.level.dutchName), zaak \(entry.name.number)"
        if let reason = mail(subject, AlertSender.text(entry)) { failures.append("mail: \(reason)") }
      }
      try casebook.settle(alert, sent: failures.isEmpty)
      if failures.isEmpty {
        logger.info("alert sent", metadata: ["case": "\(entry.name)", "level": "\(entry.level.name)"])
      } else {
        logger.error(
          "an alert could not be sent and is tried again",
          metadata: ["case": "\(entry.name)", "reason": "\(failures.joined(separator: "; "))"])
      }
    }
  }

  /// Sends the digest, once a day from its time on.
  func sendDigest() throws {
    guard let due = policy.alerts.digest else { return }
    let (minute, day) = clock()
    guard minute >= due, try casebook.setting("digest") ?? "" < day else { return }
    let (subject, text) = try Digest.text(casebook, now: now(), day: day)
    if let reason = mail(subject, text) {
      logger.error("the digest could not be sent and is tried again", metadata: ["reason": "\(reason)"])
      return
    }
    try casebook.set("digest", day)
    logger.info("digest sent", metadata: ["day": "\(day)"])
  }

  /// An alert as one JSON object.
  static func json(_ entry: CaseEntry) -> String {
    var out: [UInt8] = []
    func field(_ name: String, _ value: String) {
      out += Array("\(out.isEmpty ? "{" : ",")\"\(name)\":".utf8)
      JSONWriter.append(value, to: &out)
    }
    field("event", "alert")
    field("case", entry.name.description)
    field("level", entry.level.name)
    field("platform", entry.platform.rawValue)
    field("received", entry.received)
    if let time = entry.time { field("time", time) }
    field("categories", entry.categories.map(\.rawValue).joined(separator: " "))
    if let protected = entry.protected { field("protected", protected) }
    field("digest", entry.digest)
    return String(decoding: out, as: UTF8.self) + "}"
  }

  private static func text(_ entry: CaseEntry) -> String {
    var text = "Er is een bericht vastgelegd op het niveau \(entry.level.dutchName).\n\n"
    text += "Zaak:     \(entry.name.number) (bericht \(entry.name))\n"
    text += "Soort:    \(entry.categories.map(\.dutchName).joined(separator: ", "))\n"
    text += "Platform: \(ReportMarkup.platform(entry.platform))\n"
    text += "Verstuurd: \(entry.time.map { DutchDate.minute($0) } ?? "onbekend")\n"
    if let protected = entry.protected { text += "Gaat over: \(protected)\n" }
    text += "\nDe tekst staat bewust niet in deze mail. U leest haar met:\n"
    text += "  weerbaar casebook show \(entry.name)\n\n"
    if entry.level == .urgent { text += "Is iemand nu in gevaar? Bel 112.\n\n" }
    return text + "Een programma maakte deze keuze; een mens beslist.\n"
  }

  // MARK: Channels

  /// Sends a mail by the machine's own sendmail.
  func mail(_ subject: String, _ text: String) -> String? {
    let rules = policy.alerts
    var head = "To: \(rules.mail.joined(separator: ", "))\n"
    if let sender = rules.sender { head += "From: \(sender)\n" }
    head += "Subject: \(AlertSender.encoded(subject))\n"
    head += "Auto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
    head += "Content-Transfer-Encoding: 8bit\n\n"
    return AlertDelivery.command([rules.sendmail, "-t", "-i"], head + text)
  }

  /// A heading as mail wants it: as it is where it is ASCII, else as an encoded word (RFC 2047).
  static func encoded(_ heading: String) -> String {
    let line = String(heading.map { $0.isNewline ? " " : $0 })
    return line.allSatisfy(\.isASCII) ? line : "=?utf-8?B?\(Data(line.utf8).base64EncodedString())?="
  }
}
