internal import Foundation
internal import GRDB
public import Messages
public import PolicyFile
public import Weerbaar

/// What adding messages came to.
public struct AddOutcome: Sendable {
  /// A message that is new in the casebook.
  public struct Added: Sendable {
    public var name: CaseName
    /// The level after the rules of escalation.
    public var level: Level
    public var evidence: CaseEvidence
    public var reasons: [EscalationReason]
  }

  public var added: [Added] = []
  /// Messages that the casebook had already.
  public var known = 0

  public init() {}
}

/// Why a message stands at a higher level than the classifier gave it.
public enum EscalationReason: String, Sendable, CaseIterable, Codable {
  case `repeat`, warned, rising, known

  public var dutchName: String {
    switch self {
    case .repeat: "herhaald"
    case .warned: "na een waarschuwing"
    case .rising: "wordt ernstiger"
    case .known: "bekende afzender"
    }
  }
}

extension Casebook {
  /// Adds messages in one transaction: all of them or none. A message that is there already is not added again.
  /// - Parameters:
  ///   - progress: how far the file is from which they come, recorded in the same transaction.
  ///   - alerts: puts an alert in the queue for each message from the policy's level on.
  ///   - ordinals: for messages without a number of their own, how many of the same kind came before in their file.
  public func add(
    _ evidence: [CaseEvidence], ordinals: [Int] = [], policy: OfficePolicy, actor: String, progress: JobProgress? = nil,
    alerts: Bool = false
  ) throws(CasebookError) -> AddOutcome {
    try write { db in
      var recorder = try Recorder(db, self, policy, actor, alerts: alerts)
      var outcome = AddOutcome()
      for index in Casebook.inTimeOrder(evidence) {
        if let added = try recorder.add(evidence[index], ordinal: index < ordinals.count ? ordinals[index] : 0) {
          outcome.added.append(added)
        } else {
          outcome.known += 1
        }
      }
      try recorder.history.finish()
      if let progress { try progress.save(db, added: outcome.added.count) }
      return outcome
    }
  }

  /// The places of messages from the oldest on, since exports may stand newest first; as they stand where a time is missing.
  private static func inTimeOrder(_ evidence: [CaseEvidence]) -> [Int] {
    let moments = evidence.compactMap { $0.message.time.flatMap(Moment.seconds) }
    guard moments.count == evidence.count else { return Array(evidence.indices) }
    return evidence.indices.sorted { (moments[$0], $0) < (moments[$1], $1) }
  }

  /// What tells a message from all others. Where a platform numbers its messages for all the world the number does;
  /// elsewhere number, author, time, conversation and text together.
  func identity(of message: Message, ordinal: Int) -> String {
    let platform = message.platform?.rawValue ?? Message.Platform.other.rawValue
    if let id = message.id {
      switch message.platform {
      case .x, .email, .youtube: return hashed("id", platform, id)
      default:
        if id.contains("://") { return hashed("id", platform, id) }
        return hashed(
          "own", platform, id, message.author?.key, message.time, message.conversation, message.text)
      }
    }
    guard let time = message.time else {
      // Nothing but its place tells it from another message with the same words.
      return hashed(
        "place", platform, message.author?.key, message.text, message.source?.sha256, message.source?.locator)
    }
    // A telephone tells minutes only, and names a chat as its owner does.
    if message.platform == .whatsapp {
      return hashed("chat", platform, String(time.prefix(16)), message.author?.name, message.text, String(ordinal))
    }
    return hashed(
      "time", platform, time, message.author?.key, message.conversation, message.text, String(ordinal))
  }
}

/// Counts messages that nothing but their order in their file tells apart, such as "Ja" twice in a minute.
public struct MessageOrdinals: Sendable {
  private var counts: [UInt64: Int] = [:]
  private var file = ""

  public init() {}

  /// How many messages with the same time, author and text came before. O(length of the text).
  public mutating func next(_ message: Message) -> Int {
    if let source = message.source?.file, source != file {
      file = source
      counts = [:]
    }
    guard message.id == nil, let time = message.time else { return 0 }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for part in [time, message.author?.key ?? "", message.conversation ?? "", message.text] {
      for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01B3
    }
    let count = counts[hash, default: 0]
    counts[hash] = count + 1
    return count
  }
}

/// Adds messages inside one transaction: finds their cases and applies the rules of escalation.
private struct Recorder {
  private let db: Database
  private let casebook: Casebook
  private let policy: OfficePolicy
  private let now: Int
  private let alerts: Bool
  var history: HistoryWriter
  private let encoder = JSONEncoder()

  init(_ db: Database, _ casebook: Casebook, _ policy: OfficePolicy, _ actor: String, alerts: Bool) throws {
    self.alerts = alerts
    self.db = db
    self.casebook = casebook
    self.policy = policy
    let date = casebook.clock()
    now = Int(date.timeIntervalSince1970)
    history = try HistoryWriter(db, time: Moment.text(date), actor: actor)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  private func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
    try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }

  private func run(_ sql: String, _ arguments: StatementArguments) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  mutating func add(_ evidence: CaseEvidence, ordinal: Int) throws -> AddOutcome.Added? {
    let message = evidence.message
    let identity = casebook.identity(of: message, ordinal: ordinal)
    if try row("SELECT 1 FROM entry WHERE identity = ?", [identity]) != nil { return nil }
    let moment = message.time.flatMap(Moment.seconds) ?? now
    let sender = try findSender(message)
    let (level, reasons) = try escalate(evidence, sender: sender, moment: moment)
    let file = try findCase(sender: sender, moment: moment, level: level)
    let number = (try row("SELECT messages FROM casefile WHERE id = ?", [file])?["messages"] ?? 0) + 1
    let digest = try Content.insert(try encoder.encode(StoredEvidence(evidence)), db)
    let platform = message.platform?.rawValue ?? Message.Platform.other.rawValue
    let categories = Category.allCases.filter { evidence.assessment.categories[$0] >= 0.5 }.map(\.rawValue)
    let names = policy.protectedPersons(in: message).map(\.name)
    try run(
      """
      INSERT INTO entry (casefile, number, identity, sender, level, assessed, state, moment, time, received, platform,
        categories, reasons, protected, content) VALUES (?, ?, ?, ?, ?, ?, 'new', ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        file, number, identity, sender, level.rawValue, evidence.assessment.level.rawValue, moment, message.time, now,
        platform, categories.joined(separator: " "), reasons.map(\.rawValue).joined(separator: " "),
        names.isEmpty ? nil : names.joined(separator: ", "), digest,
      ])
    let entry = db.lastInsertedRowID
    try run(
      """
      UPDATE casefile SET messages = ?, level = max(level, ?), first = min(first, ?), last = max(last, ?) WHERE id = ?
      """, [number, level.rawValue, moment, moment, file])
    let name = CaseName(file, number)
    var body: [UInt8] = []
    body.append(contentsOf: "{\"identity\":\"\(identity)\",\"level\":\"\(level.name)\",\"assessed\":\"".utf8)
    body.append(contentsOf: "\(evidence.assessment.level.name)\",\"reasons\":\"".utf8)
    body.append(contentsOf: reasons.map(\.rawValue).joined(separator: " ").utf8)
    body.append(contentsOf: "\",\"content\":\"\(digest)\",\"source\":".utf8)
    JSONWriter.append(message.source?.sha256 ?? "", to: &body)
    body.append(UInt8(ascii: "}"))
    try history.append(.add, name.description, String(decoding: body, as: UTF8.self))
    try raiseLater(sender: sender, moment: moment)
    try joinCampaign(entry, name, message, sender: sender, moment: moment, level: level)
    try joinBurst(entry, name, moment: moment, level: level)
    if alerts, level >= policy.alerts.level, policy.knownSender(of: message)?.alerts != false {
      try run("INSERT INTO alert (entry, level) VALUES (?, ?)", [entry, level.rawValue])
    }
    return AddOutcome.Added(name: name, level: level, evidence: evidence, reasons: reasons)
  }

  // MARK: Senders

  private func findSender(_ message: Message) throws -> Int64 {
    let platform = message.platform?.rawValue ?? Message.Platform.other.rawValue
    let key: String
    if let author = message.author?.key {
      key = casebook.hashed("sender", platform, OfficePolicy.folded(author))
    } else {
      // Messages of nobody that is known belong together where their conversation or file does.
      key = casebook.hashed("unknown", platform, message.conversation ?? message.source?.file)
    }
    if let found = try row("SELECT id, name FROM sender WHERE key = ?", [key]) {
      let id: Int64 = found["id"]
      if found["name"] == nil, let name = message.author?.name {
        try run("UPDATE sender SET name = ? WHERE id = ?", [name, id])
      }
      return id
    }
    try run(
      "INSERT INTO sender (key, platform, name, handle) VALUES (?, ?, ?, ?)",
      [key, platform, message.author?.name, message.author?.handle ?? message.author?.id])
    return db.lastInsertedRowID
  }

  /// The level after the rules: at most one up, never above the highest that rules may give.
  private func escalate(_ evidence: CaseEvidence, sender: Int64, moment: Int) throws -> (Level, [EscalationReason]) {
    let assessed = evidence.assessment.level
    let rules = policy.escalation
    var reasons: [EscalationReason] = []
    let known = policy.knownSender(of: evidence.message)
    if rules.repeat != nil || rules.rising {
      let from = moment - rules.window * 86400
      let before = try row(
        "SELECT count(*) AS n, max(assessed) AS level FROM (SELECT assessed FROM entry WHERE sender = ? AND moment > ? "
          + "AND moment <= ? ORDER BY moment DESC LIMIT 1000)", [sender, from, moment])
      reasons = repetition(assessed, count: before?["n"] ?? 0, highest: before?["level"])
    }
    if rules.warned {
      let own: Int? = try row("SELECT warned FROM sender WHERE id = ?", [sender])?["warned"]
      let listed = known?.warned.flatMap(Moment.seconds)
      if [own, listed].contains(where: { $0.map { $0 <= moment } == true }) { reasons.append(.warned) }
    }
    var level = assessed
    if !reasons.isEmpty, assessed < rules.highest { level = Level(rawValue: assessed.rawValue + 1) ?? assessed }
    if level == assessed { reasons = [] }
    if let floor = known?.level, level < floor {
      level = floor
      reasons.append(.known)
    }
    return (level, reasons)
  }

  /// The rules that look at what the sender wrote within the window before: how many messages, and the highest level.
  private func repetition(_ assessed: Level, count: Int, highest: Int?) -> [EscalationReason] {
    var reasons: [EscalationReason] = []
    if let least = policy.escalation.repeat, count + 1 >= least { reasons.append(.repeat) }
    if policy.escalation.rising, let highest, assessed.rawValue > highest { reasons.append(.rising) }
    return reasons
  }

  /// Applies the rules again to later messages of a sender, of whom an older message has just come in: exports may stand
  /// newest first, and mail may come late. Levels only go up; each raise is a record of the history.
  private mutating func raiseLater(sender: Int64, moment: Int) throws {
    let rules = policy.escalation
    guard rules.repeat != nil || rules.rising else { return }
    let window = rules.window * 86400
    let later = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT id, casefile, number, assessed,
            (SELECT count(*) FROM entry AS old WHERE old.sender = new.sender AND old.id <> new.id
              AND old.moment > new.moment - ?2 AND old.moment <= new.moment) AS n,
            (SELECT max(assessed) FROM entry AS old WHERE old.sender = new.sender AND old.id <> new.id
              AND old.moment > new.moment - ?2 AND old.moment <= new.moment) AS highest
          FROM entry AS new WHERE sender = ?1 AND moment > ?3 AND moment < ?3 + ?2 AND level = assessed AND assessed < ?4
          ORDER BY moment LIMIT 100
          """), arguments: [sender, window, moment, rules.highest.rawValue])
    for row in later {
      guard let assessed = Level(rawValue: row["assessed"]), let level = Level(rawValue: assessed.rawValue + 1) else {
        continue
      }
      let reasons = repetition(assessed, count: row["n"], highest: row["highest"])
      guard !reasons.isEmpty else { continue }
      let entry: Int64 = row["id"]
      let told = reasons.map(\.rawValue).joined(separator: " ")
      try run("UPDATE entry SET level = ?, reasons = ? WHERE id = ?", [level.rawValue, told, entry])
      try run(
        """
        UPDATE casefile SET level = max(level, ?1)
        WHERE id = ?2 OR id IN (SELECT casefile FROM member WHERE entry = ?3)
        """, [level.rawValue, row["casefile"] as Int, entry])
      try history.append(
        .raise, CaseName(row["casefile"], row["number"]).description,
        "{\"level\":\"\(level.name)\",\"reasons\":\"\(told)\"}")
      guard alerts, assessed < policy.alerts.level, level >= policy.alerts.level,
        let message = try Casebook.entry(id: entry, db)?.evidence?.message,
        policy.knownSender(of: message)?.alerts != false
      else { continue }
      try run("INSERT OR IGNORE INTO alert (entry, level) VALUES (?, ?)", [entry, level.rawValue])
    }
  }

  // MARK: Cases

  private mutating func open(_ kind: CaseKind, sender: Int64?, moment: Int, level: Level) throws -> Int {
    try run(
      "INSERT INTO casefile (kind, sender, state, level, first, last) VALUES (?, ?, 'new', ?, ?, ?)",
      [kind.rawValue, sender, level.rawValue, moment, moment])
    let id = Int(db.lastInsertedRowID)
    try history.append(.open, String(id), "{\"kind\":\"\(kind.rawValue)\"}")
    return id
  }

  private mutating func findCase(sender: Int64, moment: Int, level: Level) throws -> Int {
    let window = policy.escalation.window * 86400
    let found = try row(
      """
      SELECT id FROM casefile WHERE sender = ? AND kind = 'sender' AND state <> 'closed' AND last >= ? AND first <= ?
      ORDER BY last DESC LIMIT 1
      """, [sender, moment - window, moment + window])
    if let id: Int = found?["id"] { return id }
    return try open(.sender, sender: sender, moment: moment, level: level)
  }

  private mutating func join(_ file: Int, _ entry: Int64, _ name: CaseName, moment: Int, level: Level) throws {
    try run("INSERT OR IGNORE INTO member VALUES (?, ?)", [file, entry])
    guard db.changesCount > 0 else { return }
    try run(
      """
      UPDATE casefile SET messages = messages + 1, level = max(level, ?), first = min(first, ?), last = max(last, ?)
      WHERE id = ?
      """, [level.rawValue, moment, moment, file])
    try history.append(.join, String(file), "{\"message\":\"\(name)\"}")
  }

  private mutating func join(_ file: Int, entry: Int64) throws {
    guard let found = try row("SELECT casefile, number, moment, level FROM entry WHERE id = ?", [entry]) else { return }
    try join(
      file, entry, CaseName(found["casefile"], found["number"]), moment: found["moment"],
      level: Level(rawValue: found["level"]) ?? .none)
  }

  private mutating func joinCampaign(
    _ entry: Int64, _ name: CaseName, _ message: Message, sender: Int64, moment: Int, level: Level
  ) throws {
    guard let signature = TextSignature(message.text) else { return }
    let window = policy.campaign.days * 86400
    let bands = signature.bandValues
    var candidates: [(entry: Int64, sender: Int64)] = []
    var looked: Set<Int64> = []
    var campaign: Int?
    // In a flood the last message tells; more are looked at only until a campaign is found.
    search: for most in [1, 20] {
      for (number, value) in bands.enumerated() {
        let rows = try Row.fetchAll(
          db.cachedStatement(
            sql: """
              SELECT band.entry AS entry, entry.sender AS sender, signature.value AS value FROM band
              JOIN entry ON entry.id = band.entry JOIN signature ON signature.entry = band.entry
              WHERE band.number = ? AND band.value = ? AND entry.moment BETWEEN ? AND ?
              ORDER BY band.entry DESC LIMIT ?
              """), arguments: [number, value, moment - window, moment + window, most])
        for found in rows {
          let other: Int64 = found["entry"]
          guard looked.insert(other).inserted, let bytes: Data = found["value"],
            let known = TextSignature(bytes: Array(bytes)), known.similarity(signature) >= policy.campaign.similarity
          else { continue }
          candidates.append((other, found["sender"]))
          let joined = try row(
            """
            SELECT casefile.id AS id FROM member JOIN casefile ON casefile.id = member.casefile
            WHERE member.entry = ? AND casefile.kind = 'campaign' AND casefile.state <> 'closed'
            """, [other])
          campaign = joined?["id"]
          if campaign != nil { break search }
        }
      }
    }
    try run("INSERT INTO signature VALUES (?, ?)", [entry, Data(signature.bytes)])
    for (number, value) in bands.enumerated() {
      try run("INSERT OR IGNORE INTO band VALUES (?, ?, ?)", [number, value, entry])
    }
    if let campaign { return try join(campaign, entry, name, moment: moment, level: level) }
    guard Set(candidates.map(\.sender) + [sender]).count >= policy.campaign.senders else { return }
    let file = try open(.campaign, sender: nil, moment: moment, level: level)
    for candidate in candidates.sorted(by: { $0.entry < $1.entry }) { try join(file, entry: candidate.entry) }
    try join(file, entry, name, moment: moment, level: level)
  }

  private mutating func joinBurst(_ entry: Int64, _ name: CaseName, moment: Int, level: Level) throws {
    let window = policy.burst.minutes * 60
    let near = try row(
      """
      SELECT id FROM casefile WHERE kind = 'burst' AND state <> 'closed' AND last >= ? AND first <= ?
      ORDER BY last DESC LIMIT 1
      """, [moment - window, moment + window])
    if let id: Int = near?["id"] { return try join(id, entry, name, moment: moment, level: level) }
    for (from, to) in [(moment - window, moment), (moment, moment + window)] {
      let rows = try Row.fetchAll(
        db.cachedStatement(
          sql:
            "SELECT id, sender FROM entry WHERE moment BETWEEN ? AND ? AND time IS NOT NULL ORDER BY moment LIMIT 500"),
        arguments: [from, to])
      let senders = Set(rows.map { $0["sender"] as Int64 })
      guard rows.count >= policy.burst.messages, senders.count >= policy.burst.accounts else { continue }
      let file = try open(.burst, sender: nil, moment: moment, level: level)
      for row in rows { try join(file, entry: row["id"]) }
      return
    }
  }
}
