#if NATS
  import Foundation
  public import Streaming

  /// Answers for the messages of a feed after another sink has made their results safe: acknowledges them, or brings them
  /// to the dead-letter subject with the reason where they cannot be assessed. What was not made safe goes back.
  public final class AcknowledgingSink: AssessmentSink {
    private let sink: any AssessmentSink
    private let connection: BrokerConnection
    private let ackWait: Double
    private let publisher: Publisher
    private let counts: FeedCounts
    private let report: (Wording) -> Void

    /// Makes a stream for the dead-letter subject where none takes it.
    init(
      _ sink: any AssessmentSink, _ connection: BrokerConnection, ackWait: Double, counts: FeedCounts, stop: StopSignal,
      report: @escaping (Wording) -> Void
    ) throws(BrokerError) {
      self.sink = sink
      self.connection = connection
      self.ackWait = ackWait
      self.counts = counts
      self.report = report
      let address = connection.address
      let taker = try connection.stream(taking: address.deadSubject)
      if taker == nil {
        try connection.makeStream("\(address.stream)_DEAD", subject: address.deadSubject, isWorkQueue: false)
      }
      if taker == address.stream, BrokerAddress.covers(address.subject ?? ">", address.deadSubject) {
        throw .circle(subject: address.deadSubject, stream: address.stream)
      }
      publisher = try Publisher(connection, stop: stop, report: report)
    }

    public func write(_ batch: Batch) throws {
      guard let deliveries = batch.attachment as? Deliveries else { return try sink.write(batch) }
      // What waited behind a slow sink must not go to another machine while it is being written.
      if batch.taken.duration(to: .now) > .seconds(ackWait / 4) {
        for delivery in deliveries.messages { delivery.hold() }
      }
      do {
        try sink.write(batch)
      } catch {
        for delivery in deliveries.messages + deliveries.expired { delivery.giveBack() }
        connection.flush()
        throw error
      }
      var reasons = deliveries.refused
      for rejection in batch.rejections {
        let problem = rejection.problem
        reasons[rejection.line] = Wording(en: problem.description(in: .en), nl: problem.description(in: .nl))
      }
      var dead = reasons.sorted { $0.key < $1.key }.map { (deliveries.messages[$0.key], $0.value) }
      let limit = connection.address.maxDeliver
      dead += deliveries.expired.map { delivery in
        let times = delivery.deliveries - 1
        return (
          delivery,
          Wording(
            en: "delivered \(times) times without a result; max-deliver is \(limit)",
            nl: "\(times) keer afgeleverd zonder resultaat; max-deliver is \(limit)")
        )
      }
      if !dead.isEmpty { try bury(dead) }
      for (index, delivery) in deliveries.messages.enumerated() where reasons[index] == nil {
        // Lines behind the one at which a strict run ends were not looked at.
        if index < batch.outputEnds.count { delivery.acknowledge() } else { delivery.giveBack() }
      }
    }

    /// Brings messages to the dead-letter subject, and takes them out of the feed when they are there.
    private func bury(_ dead: [(delivery: Delivery, reason: Wording)]) throws {
      let hold = { for (delivery, _) in dead { delivery.hold() } }
      let postings = try publisher.publish(
        dead.map { letter($0.delivery, $0.reason) }, everySeconds: ackWait / 3, hold: hold)
      for ((delivery, reason), posting) in zip(dead, postings) {
        let place = "\(connection.address.stream):\(delivery.sequence)"
        let subject = connection.address.deadSubject
        if case .refused = posting, try !buryInHalves(delivery, reason, hold) {
          report(
            Wording(
              en: "\(place): \(reason.en); too large for \(subject), so that it stays in the feed",
              nl: "\(place): \(reason.nl); te groot voor \(subject), en dus nog in de feed"))
          continue
        }
        report(
          Wording(
            en: "\(place): \(reason.en); moved to \(subject)",
            nl: "\(place): \(reason.nl); naar \(subject) gebracht"))
        delivery.terminate()
        counts.note(dead: 1)
      }
    }

    /// Brings a message there in two, since the largest that a broker takes is too large with headers; false where half of
    /// it is too large still.
    private func buryInHalves(_ delivery: Delivery, _ reason: Wording, _ hold: () -> Void) throws -> Bool {
      let postings = try publisher.publish(
        [1, 2].map { letter(delivery, reason, half: $0) }, everySeconds: ackWait / 3, hold: hold)
      return postings.allSatisfy { if case .stored = $0 { true } else { false } }
    }

    /// A dead letter: the message as it came, with the reason and where it came from as headers.
    private func letter(_ delivery: Delivery, _ reason: Wording, half: Int? = nil) -> Letter {
      let address = connection.address
      var letter = Letter(
        subject: address.deadSubject,
        id: "dead:\(address.durable):\(address.stream):\(delivery.sequence):\(delivery.timestamp)",
        headers: [
          ("Weerbaar-Reason", reason.en), ("Weerbaar-Stream", address.stream),
          ("Weerbaar-Sequence", "\(delivery.sequence)"), ("Weerbaar-Subject", delivery.subject),
          ("Weerbaar-Deliveries", "\(delivery.deliveries)"),
        ], body: delivery.bytes)
      if let half {
        let middle = letter.body.count / 2
        letter.id += ":\(half)"
        letter.headers.append(("Weerbaar-Part", "\(half)/2"))
        letter.body = UnsafeBufferPointer(rebasing: half == 1 ? letter.body[..<middle] : letter.body[middle...])
      } else {
        letter.headers += delivery.headers
      }
      return letter
    }

    public func finish() throws {
      try sink.finish()
      // Acknowledgements that the server has not got would be deliveries anew.
      connection.flush()
    }
  }
#endif
