internal import Foundation
internal import Inbox
internal import Messages
internal import Weerbaar

/// What was done, in Dutch words.
enum CaseWords {
  static func step(_ step: CaseStep) -> String? {
    guard let action = HistoryRecord.Action(rawValue: step.record.action) else { return nil }
    let subject = step.record.subject.contains(".") ? "bericht \(step.record.subject): " : ""
    let hadNote = HistoryBody(step.record.body)["note"] != nil
    let note = step.note.map { ": \($0)" } ?? (hadNote ? ": (gewist)" : "")
    switch action {
    case .open: return "zaak geopend"
    case .state: return subject + "stand: \(step.state?.dutchName ?? "?")\(note)"
    case .note: return subject + "aantekening\(note)"
    case .warn: return subject + "afzender gewaarschuwd\(note)"
    case .dossier: return "dossier gemaakt (vingerafdruk \(HistoryBody(step.record.body)["sha256"]?.prefix(12) ?? "")…)"
    case .erase: return subject + "inhoud gewist"
    case .begin, .add, .join, .file: return nil
    }
  }
}
