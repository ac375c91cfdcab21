#if NATS
  import Foundation
  public import Streaming

  /// Publishes the result of each message of a feed to a subject.
  ///
  /// A result's message id is made of the consumer's name and the message's own, so that a result that is published twice,
  /// because a message was delivered twice, is known by the broker as a duplicate within the stream's window, and by
  /// everybody afterwards.
  public final class ResultSink: AssessmentSink {
    private let feed: BrokerAddress
    private let subject: String
    private let ackWait: Double
    private let publisher: Publisher
    private let counts: FeedCounts

    /// Makes the stream where it is not there.
    init(
      _ connection: BrokerConnection, feed: BrokerAddress, ackWait: Double, counts: FeedCounts, stop: StopSignal,
      report: @escaping (Wording) -> Void
    ) throws(BrokerError) {
      let address = connection.address
      guard let subject = address.subject, !BrokerAddress.hasWildcard(subject) else {
        throw .badAddress(
          address.description, reason: "want one subject for the results behind the stream, without * and >")
      }
      try connection.prepareStream(taking: subject, isWorkQueue: false)
      self.feed = feed
      self.subject = subject
      self.ackWait = ackWait
      self.counts = counts
      publisher = try Publisher(connection, stop: stop, report: report)
    }

    public func write(_ batch: Batch) throws {
      guard let deliveries = batch.attachment as? Deliveries else { return }
      try batch.output.withUnsafeBufferPointer { output in
        var letters: [Letter] = []
        var indices: [Int] = []
        var start = 0
        for (index, end) in batch.outputEnds.enumerated() {
          defer { start = end }
          // Nothing where the message was rejected, or is below the level that is asked for.
          guard end > start else { continue }
          let delivery = deliveries.messages[index]
          let body = UnsafeBufferPointer(rebasing: output[start..<(output[end - 1] == 10 ? end - 1 : end)])
          letters.append(
            Letter(
              subject: subject, id: "\(feed.durable):\(delivery.identity(in: feed.stream))", headers: delivery.headers,
              body: body))
          indices.append(index)
        }
        guard !letters.isEmpty else { return }
        let postings = try publisher.publish(letters, everySeconds: ackWait / 3) {
          for delivery in deliveries.messages { delivery.hold() }
        }
        for (index, posting) in zip(indices, postings) {
          guard case .refused(let reason) = posting else { continue }
          deliveries.refused[index] = Wording(
            en: "the result cannot be published: \(reason.en)",
            nl: "het resultaat kan niet gepubliceerd worden: \(reason.nl)")
        }
        counts.note(
          published: postings.count { if case .stored = $0 { true } else { false } },
          duplicates: postings.count { $0 == .stored(isDuplicate: true) })
      }
    }

    public func finish() {}
  }
#endif
