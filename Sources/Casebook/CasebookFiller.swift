public import Messages
public import PolicyFile
public import Weerbaar

/// Takes the assessed messages of a reading in their order, and puts those into the casebook that belong there, with the
/// messages around them.
public final class CasebookFiller {
  private let casebook: Casebook
  private let policy: OfficePolicy
  private let actor: String
  private var window: ConversationWindow
  private var ordinals = MessageOrdinals()
  private var assessments: [Assessment?] = []
  /// What came of it.
  public private(set) var added = 0
  public private(set) var known = 0

  public init(_ casebook: Casebook, policy: OfficePolicy, actor: String) {
    self.casebook = casebook
    self.policy = policy
    self.actor = actor
    window = ConversationWindow(size: 1024, length: policy.context)
  }

  /// Whether a message belongs in the casebook: it came in, and its level is high enough.
  public static func keeps(_ message: Message, _ assessment: Assessment?, _ policy: OfficePolicy) -> Bool {
    guard let assessment, message.direction != .outgoing else { return false }
    return assessment.abusive && assessment.level >= policy.keptLevel
  }

  /// Takes the next message.
  public func add(_ message: Message, _ assessment: Assessment?) throws {
    assessments.append(assessment)
    try window.add(message, take)
  }

  /// Ends the reading.
  public func finish() throws { try window.finish(take) }

  private func take(_ run: ConversationWindow.Run) throws {
    var evidence: [CaseEvidence] = []
    var counts: [Int] = []
    for (place, index) in run.messages.indices.enumerated() {
      let message = run.messages[index]
      let ordinal = ordinals.next(message)
      guard let assessment = assessments[place], CasebookFiller.keeps(message, assessment, policy) else { continue }
      evidence.append(run.evidence(at: index, assessment))
      counts.append(ordinal)
    }
    assessments.removeFirst(run.messages.count)
    guard !evidence.isEmpty else { return }
    let outcome = try casebook.add(evidence, ordinals: counts, policy: policy, actor: actor)
    added += outcome.added.count
    known += outcome.known
  }
}
