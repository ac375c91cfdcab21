internal import Foundation
internal import Inbox
internal import Messages
internal import Weerbaar

/// What was done, in words.
enum CaseWords {
  static func step(_ step: CaseStep, _ language: MessageLanguage = .nl) -> String? {
    guard let action = HistoryRecord.Action(rawValue: step.record.action) else { return nil }
    func say(_ dutch: String, _ english: String) -> String { language == .nl ? dutch : english }
    let subject = step.record.subject.contains(".") ? say("bericht", "message") + " \(step.record.subject): " : ""
    let hadNote = HistoryBody(step.record.body)["note"] != nil
    let note = step.note.map { ": \($0)" } ?? (hadNote ? ": " + say("(gewist)", "(erased)") : "")
    switch action {
    case .open: return say("zaak geopend", "case opened")
    case .state:
      let state = step.state.map { say($0.dutchName, $0.rawValue) } ?? "?"
      return subject + say("stand", "state") + ": \(state)\(note)"
    case .note: return subject + say("aantekening", "note") + note
    case .warn: return subject + say("afzender gewaarschuwd", "sender warned") + note
    case .dossier:
      let fingerprint = HistoryBody(step.record.body)["sha256"]?.prefix(12) ?? ""
      return say("dossier gemaakt (vingerafdruk", "dossier made (fingerprint") + " \(fingerprint)…)"
    case .erase: return subject + say("inhoud gewist", "content erased")
    case .begin, .add, .raise, .join, .file: return nil
    }
  }
}
