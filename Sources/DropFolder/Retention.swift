internal import Casebook
internal import Foundation
internal import Logging
internal import PolicyFile

/// Erases what the policy no longer keeps, once a day.
enum Retention {
  /// A clock that jumps further ahead than this is not believed at once: what is erased does not come back.
  private static let longestJump = 45

  static func apply(_ rules: RetentionRules, _ casebook: Casebook, actor: String, logger: Logger) throws {
    guard !rules.days.isEmpty else { return }
    let now = Int(Date().timeIntervalSince1970) / 86_400
    let last = try casebook.setting("retention").flatMap { Int($0) }
    if last == now { return }
    if let last, now - last > longestJump {
      logger.warning(
        "the clock says that more than \(longestJump) days went by; nothing is erased today",
        metadata: ["days": "\(now - last)"])
    } else {
      let outcome = try casebook.erase(.retention(rules), reason: "retention", actor: actor)
      if outcome.messages > 0 {
        logger.notice("erased what is no longer kept", metadata: ["messages": "\(outcome.messages)"])
      }
    }
    try casebook.set("retention", String(now))
  }
}
