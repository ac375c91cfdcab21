#if NATS
  internal import CNATS
  import Foundation
  import Streaming

  /// A message to publish.
  struct Letter {
    var subject: String
    /// The message id by which the broker knows a letter that it has already (`Nats-Msg-Id`).
    var id: String
    var headers: [(name: String, value: String)]
    var body: UnsafeBufferPointer<UInt8>
  }

  /// What became of a letter.
  enum Posting: Equatable {
    /// The broker has stored it, or had it already.
    case stored(isDuplicate: Bool)
    /// It will never be stored, and why.
    case refused(Wording)
  }

  /// Publishes letters and waits until the broker has said of each that it is stored. One batch at a time.
  final class Publisher: @unchecked Sendable {
    /// Seconds to wait for the broker's word on a letter.
    private static let patience: TimeInterval = 10
    /// Largest pause between tries, in seconds.
    private static let longestPause = 30.0

    private let connection: BrokerConnection
    private let stop: StopSignal
    private let report: (Wording) -> Void
    private let answers = Answers()
    private var context: OpaquePointer?

    /// - Parameter report: told when the broker takes nothing, once for each reason.
    init(_ connection: BrokerConnection, stop: StopSignal, report: @escaping (Wording) -> Void) throws(BrokerError) {
      self.connection = connection
      self.stop = stop
      self.report = report
      var options = jsOptions()
      jsOptions_Init(&options)
      options.PublishAsync.MaxPending = 20_000
      options.PublishAsync.StallWait = Int64(Self.patience * 1000)
      options.PublishAsync.AckHandler = { _, message, acknowledgement, problem, closure in
        guard let message, let closure else { return }
        Unmanaged<Answers>.fromOpaque(closure).takeUnretainedValue().take(message, acknowledgement, problem)
        natsMsg_Destroy(message)
      }
      // Retained for good: an answer may come when the publisher is gone.
      options.PublishAsync.AckHandlerClosure = Unmanaged.passRetained(answers).toOpaque()
      context = try connection.makeContext(&options)
    }

    deinit { jsCtx_Destroy(context) }

    /// Publishes letters. What the broker does not take now is tried again with growing pauses until it does: that is how
    /// a broker that is full or away holds the feed back.
    ///
    /// - Parameter hold: called before each new try, so that the messages whose results these are stay ours meanwhile.
    /// - Returns: what became of each.
    /// - Throws: ``BrokerError/cannotPublish(subject:reason:)`` where the run was asked to end while letters are not stored.
    func publish(_ letters: [Letter], everySeconds limit: Double, hold: () -> Void) throws(BrokerError) -> [Posting] {
      answers.begin(letters.count)
      var open = Array(letters.indices)
      var pause = 0.5
      var reported: Wording?
      while true {
        for index in open { send(letters[index], index) }
        let outcomes = answers.wait(seconds: Self.patience + 2)
        open = open.filter { if case .done = outcomes[$0] { false } else { true } }
        guard let first = open.first else {
          return outcomes.map { if case .done(let posting) = $0 { posting } else { .refused(Wording("unknown")) } }
        }
        let silence = Wording(en: "the broker does not answer", nl: "de broker antwoordt niet")
        let reason = if case .failed(let reason) = outcomes[first] { reason } else { silence }
        if stop.isSet { throw .cannotPublish(subject: letters[first].subject, reason: reason) }
        if reason != reported {
          let subject = letters[first].subject
          report(
            Wording(
              en: "\(subject): the broker takes nothing: \(reason.en); trying again until it does",
              nl: "\(subject): de broker neemt niets aan: \(reason.nl); er wordt opnieuw geprobeerd tot het lukt"))
          reported = reason
        }
        hold()
        _ = stop.pause(milliseconds: Int32(min(pause, limit, Self.longestPause) * 1000))
        hold()
        pause = min(pause * 2, Self.longestPause)
      }
    }

    private func send(_ letter: Letter, _ index: Int) {
      var message: OpaquePointer?
      let status = letter.body.withMemoryRebound(to: CChar.self) {
        natsMsg_Create(&message, letter.subject, nil, $0.baseAddress, Int32($0.count))
      }
      guard status == NATS_OK, let created = message else {
        return answers.set(index, .failed(Wording(BrokerConnection.reason(status))))
      }
      natsMsgHeader_Set(message, "Nats-Msg-Id", letter.id)
      for header in letter.headers { natsMsgHeader_Add(message, header.name, header.value) }
      var options = jsPubOptions()
      jsPubOptions_Init(&options)
      options.MaxWait = Int64(Self.patience * 1000)
      // The answer may come before the call returns.
      answers.expect(created, for: index)
      let sent = js_PublishMsgAsync(context, &message, &options)
      guard sent != NATS_OK else { return }
      let reason = Wording(BrokerConnection.reason(sent))
      let tooLarge = Wording(en: "larger than the broker takes", nl: "groter dan de broker aanneemt")
      answers.expectNoMore(created)
      natsMsg_Destroy(message)
      answers.set(index, sent == NATS_MAX_PAYLOAD ? .done(.refused(tooLarge)) : .failed(reason))
    }
  }

  /// The broker's answers to the letters of one batch, as threads of the client library bring them.
  private final class Answers: @unchecked Sendable {
    enum Outcome {
      case unknown
      case done(Posting)
      case failed(Wording)
    }

    private let condition = NSCondition()
    // These are touched under the condition's lock only.
    /// Letters on their way, by the library's message, to their index.
    private var onTheirWay: [OpaquePointer: Int] = [:]
    private var outcomes: [Outcome] = []

    func begin(_ number: Int) { condition.withLock { outcomes = Array(repeating: .unknown, count: number) } }

    func expect(_ message: OpaquePointer, for index: Int) { condition.withLock { onTheirWay[message] = index } }

    func expectNoMore(_ message: OpaquePointer) { condition.withLock { _ = onTheirWay.removeValue(forKey: message) } }

    func set(_ index: Int, _ outcome: Outcome) { condition.withLock { outcomes[index] = outcome } }

    /// Waits until every letter that is on its way was answered, or the time is over; later answers count for nothing.
    func wait(seconds: TimeInterval) -> [Outcome] {
      let deadline = Date(timeIntervalSinceNow: seconds)
      condition.lock()
      defer { condition.unlock() }
      while !onTheirWay.isEmpty, condition.wait(until: deadline) {}
      onTheirWay.removeAll()
      return outcomes
    }

    func take(
      _ message: OpaquePointer, _ acknowledgement: UnsafeMutablePointer<jsPubAck>?,
      _ problem: UnsafeMutablePointer<jsPubAckErr>?
    ) {
      condition.lock()
      defer { condition.unlock() }
      guard let index = onTheirWay.removeValue(forKey: message) else { return }
      if let acknowledgement {
        outcomes[index] = .done(.stored(isDuplicate: acknowledgement.pointee.Duplicate))
      } else if let problem = problem?.pointee {
        let reason = problem.ErrText.map { String(cString: $0) } ?? String(cString: natsStatus_GetText(problem.Err))
        if problem.ErrCode == JSStreamMessageExceedsMaximumErr {
          outcomes[index] = .done(.refused(Wording(reason)))
        } else if problem.Err == NATS_NO_RESPONDERS {
          outcomes[index] = .failed(
            Wording(
              en: "no stream takes this subject any more; make one that does",
              nl: "geen stream neemt dit onderwerp nog aan; maak er een"))
        } else {
          outcomes[index] = .failed(Wording(reason))
        }
      } else {
        outcomes[index] = .failed(
          Wording(en: "the broker's answer cannot be read", nl: "het antwoord van de broker is onleesbaar"))
      }
      if onTheirWay.isEmpty { condition.broadcast() }
    }
  }
#endif
