internal import Casebook
internal import Crypto
internal import Exports
internal import Foundation
internal import Inbox
internal import Logging
internal import Messages
internal import Weerbaar

/// What became of a file.
enum JobOutcome: Equatable {
  case done(messages: Int, flagged: Int, added: Int)
  case refused(String)
  /// The daemon stops; the work goes on at the next start.
  case stopped
  /// There is no room; the work goes on when there is.
  case noRoom(String)
}

/// Works one file off: from its place in `working` to `done` or `quarantine`. Each step can be repeated, so that a
/// process that ends at any instruction leaves nothing twice and nothing undone.
struct JobRunner {
  let layout: FolderLayout
  let options: DropFolderOptions
  let casebook: Casebook
  /// Whether messages are kept as evidence, or only marks of progress.
  let keepsEvidence: Bool
  let pool: AssessorPool
  let logger: Logger
  let board: StatusBoard
  let isStopping: @Sendable () -> Bool

  private struct Stopped: Error {}

  /// Messages between two marks.
  private static let runLength = 250
  private static let mostAttempts = 3

  private func folder(_ job: Job) -> String { layout.working + "/" + job.id }
  private func input(_ job: Job) -> String { folder(job) + "/" + job.shown }
  private func results(_ job: Job) -> String { layout.working + "/" + job.id + ".assessed.ndjson.part" }

  // MARK: Taking

  /// Moves a file from the folder to its working place. Nil where it is gone.
  func take(_ name: [UInt8], number: Int) throws -> Job? {
    let now = Int(Date().timeIntervalSince1970)
    let id = "\(now)-\(getpid())-\(number)"
    let job = Job(id: id, name: name, shown: FolderLayout.shown(name), taken: now)
    try casebook.save(job)
    guard mkdir(folder(job), 0o700) == 0 else {
      let code = errno
      try casebook.finish(job)
      throw WriteFailure(path: folder(job), code: code)
    }
    let error = FolderLayout.move(
      FolderLayout.path(layout.root, name), FolderLayout.path(folder(job), Array(job.shown.utf8)))
    guard error == 0 else {
      rmdir(folder(job))
      try casebook.finish(job)
      if error == ENOENT { return nil }
      throw WriteFailure(path: layout.root, code: error)
    }
    return job
  }

  /// Whether the file of a job lies in its working place.
  func isInPlace(_ job: Job) -> Bool { FolderLayout.exists(FolderLayout.path(folder(job), Array(job.shown.utf8))) }

  /// Clears the working place of a job that never began.
  func clear(_ job: Job) throws {
    rmdir(folder(job))
    unlink(results(job))
    try casebook.finish(job)
  }

  // MARK: Working

  /// Works a job off, from where it stands.
  func run(_ job: Job) throws -> JobOutcome {
    var job = job
    do {
      if job.state == .done || job.state == .refused { return try place(&job, reason: nil, notes: "", digest: nil) }
      while true {
        guard let fingerprint = Fingerprint(FolderLayout.path(folder(job), Array(job.shown.utf8))) else {
          // Somebody took it away from the working place.
          try clear(job)
          return .refused("the file is gone from the working folder")
        }
        if job.fingerprint != fingerprint.content {
          // What was done belongs to another content.
          if !job.fingerprint.isEmpty { job.attempts += 1 }
          job.messages = 0
          job.bytes = 0
          job.flagged = 0
          job.fingerprint = fingerprint.content
        }
        if job.attempts >= JobRunner.mostAttempts {
          return try refuse(&job, "the file kept changing while it was read; put it here when it is complete")
        }
        job.state = .working
        try casebook.save(job)
        let reading: Reading
        do {
          reading = try read(&job)
        } catch let error as ExportError {
          return try refuse(&job, error.message)
        }
        let after = Fingerprint(FolderLayout.path(folder(job), Array(job.shown.utf8)))
        if after?.content != job.fingerprint {
          logger.warning("the file changed while it was read; it is read again", metadata: ["file": "\(job.shown)"])
          continue
        }
        if reading.messages == 0 { return try refuse(&job, reading.reason) }
        return try place(&job, reason: nil, notes: reading.notes, digest: reading.digest)
      }
    } catch is Stopped {
      return .stopped
    } catch let failure as WriteFailure where failure.isFull {
      return .noRoom(failure.path)
    } catch CasebookError.full(let file) {
      return .noRoom(file)
    }
  }

  private struct Reading {
    var messages = 0
    var notes = ""
    var reason = ""
    var digest = ""
  }

  private func read(_ job: inout Job) throws -> Reading {
    let file = try ResultFile(results(job), mark: job.bytes)
    if file.length != job.bytes {
      job.messages = 0
      job.bytes = 0
      job.flagged = 0
    }
    let mark = job.messages
    var progress = JobProgress(job: job.id, messages: job.messages, bytes: job.bytes, flagged: job.flagged)
    var position = 0
    var ordinals = MessageOrdinals()
    var added = 0
    var digest = ""
    let policy = options.policy

    let id = job.id
    func take(_ run: ConversationWindow.Run) throws {
      if isStopping() { throw Stopped() }
      let start = position
      position += run.messages.count
      // What lies before the mark is done; it is read again only for what follows from it.
      let indices = Array(run.messages.indices)
      let texts: [String?] = indices.enumerated().map { place, index in
        let message = run.messages[index]
        guard start + place >= mark else { return nil }
        // A line of the contract is assessed whatever it says; of an export, what came in.
        if message.original != nil { return message.text }
        return message.direction != .outgoing && message.text.contains { !$0.isWhitespace } ? message.text : nil
      }
      let assessments = position > mark ? pool.assess(texts) : []
      var lines: [UInt8] = []
      var evidence: [CaseEvidence] = []
      var counts: [Int] = []
      for (place, index) in indices.enumerated() {
        let message = run.messages[index]
        if digest.isEmpty { digest = message.source?.sha256 ?? "" }
        let ordinal = ordinals.next(message)
        guard start + place >= mark else { continue }
        let assessment = assessments[place].map { policy.placed($0, message) }
        MessageFiles.appendLine(message, assessment, to: &lines)
        if assessment?.abusive == true { progress.flagged += 1 }
        guard keepsEvidence, let assessment, CasebookFiller.keeps(message, assessment, policy) else { continue }
        evidence.append(run.evidence(at: index, assessment))
        counts.append(ordinal)
      }
      guard position > mark else { return }
      try file.append(lines)
      progress.messages = position
      progress.bytes = file.length
      // Evidence and mark are one transaction: a crash leaves both or neither.
      let outcome = try casebook.add(
        evidence, ordinals: counts, policy: policy, actor: options.actor, progress: progress,
        alerts: options.sendsAlerts)
      added += outcome.added.count
      board.advance(id, messages: progress.messages)
    }

    let reader = try ExportReader([input(job)], options: options.exports)
    var window = ConversationWindow(size: JobRunner.runLength, length: keepsEvidence ? policy.context : 0)
    try reader.survey { _ in }
    let summary = try reader.read { message in
      if isStopping() { throw Stopped() }
      try window.add(message, take)
    }
    try window.finish(take)
    job.messages = progress.messages
    job.bytes = progress.bytes
    job.flagged = progress.flagged
    job.added += added
    var reading = Reading(messages: summary.messages, digest: digest)
    let notes = summary.notes.map(\.description)
    // What was assumed is no news beside each file; what could not be read is.
    if summary.isDamaged { reading.notes = notes.joined(separator: "\n") + "\n" }
    reading.reason =
      notes.isEmpty
      ? (summary.mediaFiles > 0
        ? "there is no text in it, only files such as photographs" : "no messages of a known kind were found in it")
      : notes.prefix(20).joined(separator: "\n")
    return reading
  }

  // MARK: Placing

  static let resultEnd = ".assessed.ndjson"
  static let reasonEnd = ".reason.txt"
  static let notesEnd = ".notes.txt"

  private func refuse(_ job: inout Job, _ reason: String) throws -> JobOutcome {
    job.state = .refused
    return try place(&job, reason: reason, notes: "", digest: nil)
  }

  /// Chooses the last name, and brings results and file there.
  private func place(_ job: inout Job, reason: String?, notes: String, digest: String?) throws -> JobOutcome {
    let isRefused = job.state == .refused
    let target = isRefused ? layout.quarantine : layout.done
    if job.placed == nil {
      if !isRefused { job.state = .done }
      job.placed = FolderLayout.free(
        job.name, in: target, with: [JobRunner.resultEnd, JobRunner.reasonEnd, JobRunner.notesEnd])
      let beside = layout.working + "/" + job.id + ".text.part"
      // The text is there before the state says so, and so is never missed.
      if let reason {
        try ResultFile.write(
          reason + "\n",
          to: FolderLayout.path(target, FolderLayout.name(job.placed ?? [], adding: JobRunner.reasonEnd)),
          temporary: beside)
      } else if !notes.isEmpty {
        try ResultFile.write(
          notes, to: FolderLayout.path(target, FolderLayout.name(job.placed ?? [], adding: JobRunner.notesEnd)),
          temporary: beside)
      }
      try casebook.complete(job, sha256: keepsEvidence && !isRefused ? digest : nil, actor: options.actor)
    }
    let name = job.placed ?? job.name
    if isRefused {
      unlink(results(job))
    } else if FolderLayout.exists(results(job).utf8CString.map { $0 }) {
      let goal = FolderLayout.path(target, FolderLayout.name(name, adding: JobRunner.resultEnd))
      let error = FolderLayout.move(results(job).utf8CString.map { $0 }, goal)
      if error == EEXIST {
        // Somebody put a file of that name there meanwhile.
        job.placed = nil
        return try place(&job, reason: reason, notes: notes, digest: nil)
      }
      if error != 0 { throw WriteFailure(path: layout.done, code: error) }
    }
    if isInPlace(job) {
      let error = FolderLayout.move(
        FolderLayout.path(folder(job), Array(job.shown.utf8)), FolderLayout.path(target, name))
      if error == EEXIST {
        job.placed = nil
        return try place(&job, reason: reason, notes: notes, digest: nil)
      }
      if error != 0 { throw WriteFailure(path: target, code: error) }
    }
    rmdir(folder(job))
    FolderLayout.sync(folder: target)
    try casebook.finish(job)
    return isRefused
      ? .refused(reason ?? "") : .done(messages: job.messages, flagged: job.flagged, added: job.added)
  }

  /// Brings something that is no export to quarantine, with the reason beside it.
  func quarantine(_ name: [UInt8], _ reason: String) throws -> Bool {
    let placed = FolderLayout.free(name, in: layout.quarantine, with: [JobRunner.reasonEnd])
    let error = FolderLayout.move(FolderLayout.path(layout.root, name), FolderLayout.path(layout.quarantine, placed))
    if error == ENOENT { return false }
    if error != 0 { throw WriteFailure(path: layout.quarantine, code: error) }
    try ResultFile.write(
      reason + "\n", to: FolderLayout.path(layout.quarantine, FolderLayout.name(placed, adding: JobRunner.reasonEnd)),
      temporary: layout.own + "/reason.part")
    FolderLayout.sync(folder: layout.quarantine)
    return true
  }
}
