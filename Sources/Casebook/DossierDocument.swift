internal import Foundation
internal import Inbox
internal import Messages
internal import Weerbaar

/// The dossier as JSON. Its schema is docs/dossier.schema.json.
struct DossierDocument {
  private let dossier: Dossier

  init(_ dossier: Dossier) { self.dossier = dossier }

  private struct Case: Encodable {
    var number: Int
    var kind: String
    var state: String
    var level: String
    var messages: Int
    var first: String
    var last: String
    var sender: Party?
    var platform: String?
    var warned: String?

    init(_ file: CaseFile) {
      number = file.number
      kind = file.kind.rawValue
      state = file.state.rawValue
      level = file.level.name
      messages = file.messages
      first = Moment.text(seconds: file.first)
      last = Moment.text(seconds: file.last)
      if file.senderName != nil || file.senderHandle != nil {
        sender = Party(handle: file.senderHandle, name: file.senderName)
      }
      platform = file.platform?.rawValue
      warned = file.warned.map { Moment.text(seconds: $0) }
    }
  }

  private struct Entry: Encodable {
    var id: String
    var level: String
    var assessedLevel: String
    var reasons: [String]
    var state: String
    var received: String
    var digest: String
    var erased: Bool
    var protected: String?
    var joined: [Int]
    var message: Message?
    var original: String?
    var assessment: StoredAssessment?
    var before: [Message]?
    var after: [Message]?
  }

  private struct Step: Encodable {
    var time: String
    var actor: String
    var action: String
    var subject: String
    var state: String?
    var note: String?
    var record: Int
    var hash: String
  }

  private struct Article: Encodable {
    var id: String
    var title: String
    var text: String
  }

  private struct Integrity: Encodable {
    var head: String
    var records: Int
  }

  private struct Document: Encodable {
    var format = "weerbaar-dossier-1"
    var made: String
    var `case`: Case
    var categories: [String]
    var messages: [Entry]
    var articles: [Article]
    var otherCases: [Case]
    var steps: [Step]
    var integrity: Integrity
  }

  func bytes() -> [UInt8] {
    let document = Document(
      made: dossier.made, case: Case(dossier.casefile), categories: dossier.categories.map(\.rawValue),
      messages: dossier.entries.map { entry in
        let evidence = entry.evidence
        return Entry(
          id: entry.name.description, level: entry.level.name, assessedLevel: entry.assessedLevel.name,
          reasons: entry.reasons.map(\.rawValue), state: entry.state.rawValue, received: entry.received,
          digest: entry.digest, erased: entry.isErased, protected: entry.protected, joined: entry.joined,
          message: evidence?.message, original: evidence?.message.original,
          assessment: evidence.map { StoredAssessment($0.assessment) }, before: evidence?.before,
          after: evidence?.after)
      },
      articles: dossier.articles.map { Article(id: $0.id, title: $0.title, text: $0.text) },
      otherCases: dossier.earlier.map(Case.init),
      steps: dossier.steps.map { step in
        Step(
          time: step.record.time, actor: step.record.actor, action: step.record.action, subject: step.record.subject,
          state: step.state?.rawValue, note: step.note, record: step.record.number, hash: step.record.hash)
      }, integrity: Integrity(head: dossier.head, records: dossier.records))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Encoding values like these cannot fail: there is no number that JSON cannot hold.
    return ((try? encoder.encode(document)).map { Array($0) } ?? []) + [10]
  }
}
