internal import Foundation
public import Messages

/// The status of a daemon, for people.
public struct DaemonText {
  private let isDutch: Bool

  public init(_ language: MessageLanguage) { isDutch = language == .nl }

  private func say(_ dutch: String, _ english: String) -> String { isDutch ? dutch : english }

  /// The text, without a line end at its end.
  public func text(_ status: DaemonStatus, isRunning: Bool) -> String {
    var lines: [String] = []
    let state =
      !isRunning
      ? say("draait niet", "does not run")
      : status.state == "no-room" ? say("wacht op schijfruimte", "waits for room on the disk") : say("draait", "runs")
    lines.append("\(status.folder): \(state)" + (isRunning ? " (\(say("proces", "process")) \(status.process))" : ""))
    if let casebook = status.casebook { lines.append("  \(say("zaakboek", "casebook")): \(casebook)") }
    lines.append(
      "  \(say("gestart", "started")): \(status.started), \(say("bijgewerkt", "updated")): \(status.updated)")
    lines.append(
      "  \(say("wacht", "waiting")): \(status.waiting), \(say("klaar", "done")): \(status.done), "
        + "\(say("apart gezet", "quarantined")): \(status.quarantined)")
    lines.append(
      "  \(say("berichten", "messages")): \(status.messages), \(say("vragen aandacht", "flagged")): \(status.flagged), "
        + "\(say("nieuw in het zaakboek", "new in the casebook")): \(status.added)")
    if status.alertsWaiting > 0 {
      lines.append("  \(say("waarschuwingen die wachten", "alerts waiting")): \(status.alertsWaiting)")
    }
    for file in status.working {
      let name = String(file.name.map { $0.isNewline ? " " : $0 })
      lines.append("  \(say("bezig", "working")): \(name) (\(file.messages) \(say("berichten", "messages")))")
    }
    if let problem = status.problem { lines.append("  \(say("probleem", "problem")): \(problem)") }
    return lines.joined(separator: "\n")
  }
}
