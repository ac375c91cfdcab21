internal import CDropFolder
internal import Casebook
internal import Foundation
public import Logging
internal import PolicyFile
internal import Synchronization

/// Watches a folder: what is dropped in it is assessed, its results lie in `done` beside it, and what is abusive is kept
/// in the casebook.
///
/// A file goes from the folder to `working` and from there to `done` or `quarantine`, by renaming only: nothing is
/// deleted. How far a file is stands in the casebook, in the same transaction as the messages; so a crash at any moment
/// leaves each message there exactly once.
public final class DropFolder: Sendable {
  /// What a run came to.
  public struct Outcome: Sendable, Equatable {
    public var done = 0
    public var quarantined = 0
    /// Files that were not complete when the run ended.
    public var left = 0

    public init() {}
  }

  private let layout: FolderLayout
  private let options: DropFolderOptions
  private let casebook: Casebook
  private let runner: JobRunner
  private let board: StatusBoard
  private let logger: Logger
  private let stopping: @Sendable () -> Bool
  private let queue = JobQueue()
  /// Alerts may take long, and must not keep the folder waiting.
  private let careQueue = DispatchQueue(label: "weerbaar.care")
  private let isCaring = Mutex(false)
  private let failure = Mutex<(any Error)?>(nil)
  private let lock: FolderLockHolder

  private final class FolderLockHolder: @unchecked Sendable {
    let lock: FolderLock
    init(_ lock: FolderLock) { self.lock = lock }
  }

  /// Takes the folder.
  /// - Parameters:
  ///   - casebook: the file that keeps the evidence; where nil only the progress is kept, in the folder itself.
  ///   - isStopping: asked often; true ends the run after the messages at hand.
  /// - Throws: ``FolderError`` where the folder cannot be used, `CasebookError` where the casebook cannot.
  public init(
    _ folder: String, casebook path: String?, options: DropFolderOptions, pool: AssessorPool, logger: Logger,
    isStopping: @escaping @Sendable () -> Bool
  ) throws {
    layout = FolderLayout(folder)
    try layout.prepare()
    lock = FolderLockHolder(try FolderLock(layout))
    casebook = try Casebook.open(path ?? layout.own + "/progress.casebook", creating: true, thoroughly: true)
    self.options = options
    self.logger = logger
    stopping = isStopping
    var status = DaemonStatus()
    status.process = getpid()
    status.folder = layout.root
    status.casebook = path
    status.started = Date().formatted(.iso8601)
    board = StatusBoard(status)
    runner = JobRunner(
      layout: layout, options: options, casebook: casebook, keepsEvidence: path != nil, pool: pool, logger: logger,
      board: board, isStopping: isStopping)
  }

  // MARK: Running

  /// Works until it is told to stop, or with ``DropFolderOptions/once`` until all is worked off.
  public func run() throws -> Outcome {
    var notifier = ServiceNotifier()
    let watch = weerbaar_watch_open(layout.root)
    if watch < 0 { logger.warning("no notices of the file system; the folder is gone through every minute") }
    defer { if watch >= 0 { close(watch) } }
    var arrivals = Arrivals(folder: layout.root, settle: options.settle)
    try recover()
    try sweep(&arrivals)
    let workers = (0..<max(1, options.workers)).map { _ in Worker(self) }
    defer {
      queue.close()
      for worker in workers { worker.join() }
      careQueue.sync {}
      casebook.close()
      board.change { $0.state = "stopped" }
      board.save(layout, always: true)
    }
    logger.info("watching", metadata: ["folder": "\(layout.root)", "waiting": "\(arrivals.count)"])
    notifier.send("READY=1\nSTATUS=\(layout.root)")
    var lastSweep = ContinuousClock.now
    var lastSave = ContinuousClock.now - .seconds(60)
    var lastCare: ContinuousClock.Instant?
    let begun = ContinuousClock.now
    while !stopping() {
      if let error = failure.withLock({ $0 }) {
        notifier.send("STOPPING=1")
        throw error
      }
      if watch >= 0 { drain(watch, &arrivals) }
      if ContinuousClock.now - lastSweep >= options.sweep {
        lastSweep = .now
        try sweep(&arrivals)
      }
      let taken = try take(&arrivals)
      if lastCare.map({ ContinuousClock.now - $0 >= .seconds(15) }) ?? true {
        lastCare = .now
        startCare()
      }
      board.change { $0.waiting = arrivals.count }
      if ContinuousClock.now - lastSave >= .seconds(2) {
        lastSave = .now
        board.save(layout)
      }
      notifier.keepAlive()
      if options.once, taken == .nothingReady, queue.isIdle {
        // What still changes after twice the settling time is not waited for.
        let isLate = ContinuousClock.now - begun > options.settle * 2 + .seconds(1)
        if arrivals.count == 0 || isLate {
          try sweep(&arrivals)
          if arrivals.count == 0 || isLate { break }
        }
      }
      wait(watch, milliseconds: taken == .some ? 5 : queue.isIdle ? 250 : 20)
    }
    if stopping() { notifier.send("STOPPING=1") }
    queue.close()
    for worker in workers { worker.join() }
    if let error = failure.withLock({ $0 }) { throw error }
    // With --once, what came in last is told too.
    careQueue.sync { if options.once { care() } }
    let status = board.now
    var outcome = Outcome()
    outcome.done = status.done
    outcome.quarantined = status.quarantined
    outcome.left = arrivals.count
    logger.info(
      "ended",
      metadata: ["done": "\(outcome.done)", "quarantined": "\(outcome.quarantined)", "left": "\(outcome.left)"])
    return outcome
  }

  private func wait(_ watch: Int32, milliseconds: Int32) {
    guard watch >= 0 else {
      usleep(UInt32(milliseconds) * 1000)
      return
    }
    var waits = [pollfd(fd: watch, events: Int16(POLLIN), revents: 0)]
    // Events of a busy writer must not make the loop spin.
    if poll(&waits, 1, milliseconds) > 0 { usleep(5000) }
  }

  private func drain(_ watch: Int32, _ arrivals: inout Arrivals) {
    final class Events {
      var found: [(name: [UInt8], movedIn: Bool)] = []
      var lost = false
    }
    let events = Events()
    _ = weerbaar_watch_read(
      watch,
      { context, name, movedIn in
        guard let context else { return }
        let events = Unmanaged<Events>.fromOpaque(context).takeUnretainedValue()
        guard let name else {
          events.lost = true
          return
        }
        let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
        events.found.append((Array(bytes), movedIn != 0))
      }, Unmanaged.passUnretained(events).toOpaque())
    for event in events.found where !isOwn(event.name) { arrivals.note(event.name, movedIn: event.movedIn) }
    if events.lost {
      logger.notice("more happened in the folder than the system could tell; going through it")
      try? sweep(&arrivals)
    }
  }

  /// Whether a name is that of the casebook and its companions, where that lies in the folder.
  private func isOwn(_ name: [UInt8]) -> Bool {
    let file = URL(filePath: casebook.path)
    guard file.deletingLastPathComponent().standardizedFileURL == URL(filePath: layout.root).standardizedFileURL else {
      return false
    }
    return name.starts(with: Array(file.lastPathComponent.utf8))
  }

  private func sweep(_ arrivals: inout Arrivals) throws {
    for name in try FolderLayout.names(in: layout.root) where !isOwn(name) { arrivals.note(name, movedIn: false) }
  }

  /// What came of looking for complete files.
  private enum Taken {
    case some
    /// All that is there was looked at, and nothing is complete.
    case nothingReady
    /// No worker was free, so that complete files may be there.
    case busy
  }

  /// Takes complete files, as many as workers are free.
  private func take(_ arrivals: inout Arrivals) throws -> Taken {
    var took = false
    guard queue.hasRoom(options.workers) else { return .busy }
    for name in arrivals.names {
      guard queue.hasRoom(options.workers), !stopping() else { return took ? .some : .busy }
      let shown = FolderLayout.shown(name)
      do {
        switch arrivals.judge(name) {
        case .wait: continue
        // What comes into an empty folder is seen at the next sweep.
        case .gone, .empty: arrivals.forget(name)
        case .refused(let reason):
          arrivals.forget(name)
          if try runner.quarantine(name, reason) { noteQuarantine(shown, reason) }
        case .ready:
          if let job = try runner.take(name, number: queue.nextNumber()) {
            logger.info("taken", metadata: ["file": "\(shown)", "job": "\(job.id)"])
            queue.add(job)
            took = true
          }
          arrivals.forget(name)
        }
      } catch let failure as WriteFailure where failure.isFull {
        try noRoom(failure.path)
        return took ? .some : .busy
      } catch CasebookError.full(let path) {
        try noRoom(path)
        return took ? .some : .busy
      } catch let failure as WriteFailure {
        arrivals.forget(name)
        logger.error("the file cannot be moved", metadata: ["file": "\(shown)", "reason": "\(failure.reason)"])
        board.change { $0.problem = "\(shown): \(failure.reason)" }
      }
    }
    return took ? .some : .nothingReady
  }

  private func noteQuarantine(_ name: String, _ reason: String) {
    board.change { $0.quarantined += 1 }
    logger.warning("quarantined", metadata: ["file": "\(name)", "reason": "\(reason)"])
  }

  private func noRoom(_ path: String) throws {
    if options.once { throw FolderError.noRoom(path) }
    logger.error("there is no room; waiting for it", metadata: ["path": "\(path)"])
    board.change {
      $0.state = "no-room"
      $0.problem = "there is no room at \(path)"
    }
    let until = ContinuousClock.now + options.patience
    while ContinuousClock.now < until, !stopping() { usleep(100_000) }
  }

  // MARK: Recovery

  /// Takes up what an earlier run left.
  private func recover() throws {
    var known: Set<String> = []
    for job in try casebook.jobs() {
      known.insert(job.id)
      let isInPlace = runner.isInPlace(job)
      if isInPlace || job.state == .done || job.state == .refused {
        logger.notice("taken up again", metadata: ["file": "\(job.shown)", "messages": "\(job.messages)"])
        queue.add(job)
      } else {
        // Recorded but not moved, or taken away by hand.
        if job.state == .working {
          logger.warning("the file is gone from the working folder", metadata: ["file": "\(job.shown)"])
        }
        try runner.clear(job)
      }
    }
    // Files whose job this casebook does not know, as after a change of casebook, begin anew.
    for id in try FolderLayout.names(in: layout.working) {
      let text = String(decoding: id, as: UTF8.self)
      guard !known.contains(text), !known.contains(where: { text.hasPrefix($0 + ".") }) else { continue }
      if text.hasSuffix(".part") {
        unlink(layout.working + "/" + text)
        continue
      }
      for name in (try? FolderLayout.names(in: layout.working + "/" + text)) ?? [] {
        let free = FolderLayout.free(name, in: layout.root, with: [])
        if FolderLayout.move(
          FolderLayout.path(layout.working + "/" + text, name), FolderLayout.path(layout.root, free)) == 0
        {
          logger.notice("begins anew", metadata: ["file": "\(FolderLayout.shown(name))"])
        }
      }
      rmdir(layout.working + "/" + text)
    }
  }

  // MARK: Care

  private func startCare() {
    let isBusy = isCaring.withLock { busy in
      defer { busy = true }
      return busy
    }
    guard !isBusy else { return }
    careQueue.async {
      self.care()
      self.isCaring.withLock { $0 = false }
    }
  }

  /// What is done now and then: alerts, the digest, retention, the backup of the day.
  private func care() {
    do {
      let sender = AlertSender(policy: options.policy, casebook: casebook, logger: logger, now: { Date() })
      if options.sendsAlerts {
        try sender.sendPending(isStopping: stopping)
        let waiting = try casebook.alertCount()
        board.change { $0.alertsWaiting = waiting }
      }
      guard runner.keepsEvidence else { return }
      if options.sendsAlerts { try sender.sendDigest() }
      try Retention.apply(options.policy.retention, casebook, actor: options.actor, logger: logger)
      try casebook.backUp()
    } catch CasebookError.full(let path) {
      board.change { $0.problem = "there is no room at \(path)" }
    } catch {
      logger.error("\(error)")
      board.change { $0.problem = "\(error)" }
    }
  }

  // MARK: Workers

  private final class Worker: @unchecked Sendable {
    private let ended = DispatchSemaphore(value: 0)
    private let joined = Mutex(false)

    init(_ folder: DropFolder) {
      let thread = Thread { [ended] in
        folder.work()
        ended.signal()
      }
      thread.stackSize = 8 << 20
      thread.name = "weerbaar-worker"
      thread.start()
    }

    func join() {
      guard
        joined.withLock({ done in
          defer { done = true }
          return !done
        })
      else { return }
      ended.wait()
    }
  }

  private func work() {
    while let job = queue.next() {
      var again = true
      while again, !stopping() { again = work(job) }
      queue.end()
    }
  }

  /// Works a job off. True where it must be tried again.
  private func work(_ job: Job) -> Bool {
    do {
      // After a failure the casebook knows how far the job is.
      let current = try casebook.jobs().first { $0.id == job.id } ?? job
      board.begin(job.id, job.shown, messages: current.messages)
      defer { board.end(job.id) }
      let begun = ContinuousClock.now
      switch try runner.run(current) {
      case .done(let messages, let flagged, let added):
        board.change {
          $0.done += 1
          $0.flagged += flagged
          $0.added += added
          $0.state = "running"
        }
        logger.info(
          "done",
          metadata: [
            "file": "\(job.shown)", "messages": "\(messages)", "flagged": "\(flagged)", "new": "\(added)",
            "milliseconds": "\(Int((ContinuousClock.now - begun) / .milliseconds(1)))",
          ])
      case .refused(let reason): noteQuarantine(job.shown, reason)
      case .stopped: logger.notice("interrupted; it goes on at the next start", metadata: ["file": "\(job.shown)"])
      case .noRoom(let path):
        try noRoom(path)
        return true
      }
      return false
    } catch let error as CasebookError {
      if case .busy = error {
        logger.warning("\(error)")
        return true
      }
      failure.withLock { $0 = $0 ?? error }
    } catch let error as WriteFailure {
      logger.error("\(error.path): \(error.reason)", metadata: ["file": "\(job.shown)"])
      board.change { $0.problem = "\(error.path): \(error.reason)" }
      usleep(1_000_000)
      return !options.once
    } catch {
      failure.withLock { $0 = $0 ?? error }
    }
    return false
  }

  // MARK: Status

  /// How a daemon of a folder is; nil where none ever ran there.
  /// - Returns: the status as it was written last, and whether a daemon runs now.
  public static func status(of folder: String) throws(FolderError) -> (status: DaemonStatus, isRunning: Bool)? {
    let layout = FolderLayout(folder)
    var status = stat()
    guard stat(layout.root, &status) == 0 else { throw .notAFolder(folder) }
    guard let data = FileManager.default.contents(atPath: layout.status),
      let known = try? JSONDecoder().decode(DaemonStatus.self, from: data)
    else { return nil }
    return (known, FolderLock.holder(layout) != nil)
  }
}

/// Jobs on their way to the workers.
private final class JobQueue: Sendable {
  private struct State {
    var jobs: [Job] = []
    var active = 0
    var isClosed = false
    var number = 0
  }

  private let condition = Condition()

  private final class Condition: @unchecked Sendable {
    let condition = NSCondition()
    var state = State()
  }

  private func locked<Result>(_ body: (inout State) -> Result) -> Result {
    condition.condition.lock()
    defer { condition.condition.unlock() }
    return body(&condition.state)
  }

  func nextNumber() -> Int {
    locked {
      $0.number += 1
      return $0.number
    }
  }

  func add(_ job: Job) {
    locked { $0.jobs.append(job) }
    condition.condition.signal()
  }

  /// Whether a worker would be free for one more.
  func hasRoom(_ workers: Int) -> Bool { locked { $0.jobs.count + $0.active < workers + 1 } }

  var isIdle: Bool { locked { $0.jobs.isEmpty && $0.active == 0 } }

  /// Waits for a job; nil when the queue was closed.
  func next() -> Job? {
    condition.condition.lock()
    defer { condition.condition.unlock() }
    while condition.state.jobs.isEmpty, !condition.state.isClosed { condition.condition.wait() }
    guard !condition.state.isClosed else { return nil }
    condition.state.active += 1
    return condition.state.jobs.removeFirst()
  }

  func end() { locked { $0.active -= 1 } }

  func close() {
    locked { $0.isClosed = true }
    condition.condition.broadcast()
  }
}
