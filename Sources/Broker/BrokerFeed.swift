public import Streaming

/// A feed at a broker that any number of processes share: what they read, and where results and answers go.
///
/// A message is acknowledged only after its result is stored, so that one whose process is ended goes to another: every
/// message has at least one result, and a second one has the same message id.
///
/// ```swift
/// let feed = try BrokerFeed(from: BrokerAddress("nats://localhost/FEED/feed"), stop: stop) { print($0.en) }
/// let sink = try feed.makeSink(to: BrokerAddress("nats://localhost/RESULTS/results"))
/// let counts = try ScoringPipeline(scorer: scorer, options: options).run(from: feed.source, to: sink)
/// ```
public final class BrokerFeed {
  /// What was delivered and published.
  public let counts = FeedCounts()
  /// The messages, one a line.
  public let source: any MessageSource

  #if NATS
    private let connection: BrokerConnection
    private let ackWait: Double
    private let report: (Wording) -> Void
    private let stop: StopSignal

    /// Joins a feed; makes its stream and consumer where they are not there.
    ///
    /// - Parameters:
    ///   - drains: whether the feed ends as soon as no message waits and none is with anybody unacknowledged.
    ///   - report: told of each message that cannot be assessed, and when the broker takes nothing.
    public init(
      from address: BrokerAddress, drains: Bool = false, stop: StopSignal, report: @escaping (Wording) -> Void
    ) throws(BrokerError) {
      self.report = report
      self.stop = stop
      connection = try BrokerConnection(address)
      let source = try FeedSource(connection, drains: drains, counts: counts, stop: stop)
      ackWait = source.ackWait
      self.source = source
    }

    /// A sink that publishes results, and then answers for their messages. The pipeline must mark results
    /// (``ScoringOptions/marksResults``), also for ``makeSink(around:)``.
    public func makeSink(to address: BrokerAddress) throws(BrokerError) -> any AssessmentSink {
      let feed = connection.address
      if let subject = address.subject, address.stream == feed.stream,
        BrokerAddress.covers(feed.subject ?? ">", subject)
      {
        throw .circle(subject: subject, stream: feed.stream)
      }
      let sink = try ResultSink(
        BrokerConnection(address), feed: feed, ackWait: ackWait, counts: counts, stop: stop, report: report)
      return try makeSink(around: sink)
    }

    /// A sink that answers for messages after another sink has written their results.
    public func makeSink(around sink: any AssessmentSink) throws(BrokerError) -> any AssessmentSink {
      try AcknowledgingSink(
        sink, connection, ackWait: ackWait, counts: counts, stop: stop, report: report)
    }
  #else
    /// Throws ``BrokerError/notBuilt``: this program has no client for a broker.
    public init(
      from address: BrokerAddress, drains: Bool = false, stop: StopSignal, report: @escaping (Wording) -> Void
    ) throws(BrokerError) {
      throw .notBuilt
    }

    /// Throws ``BrokerError/notBuilt``.
    public func makeSink(to address: BrokerAddress) throws(BrokerError) -> any AssessmentSink { throw .notBuilt }

    /// Throws ``BrokerError/notBuilt``.
    public func makeSink(around sink: any AssessmentSink) throws(BrokerError) -> any AssessmentSink { throw .notBuilt }
  #endif
}
