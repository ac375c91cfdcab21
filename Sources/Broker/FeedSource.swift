#if NATS
  internal import CNATS
  import Foundation
  public import Streaming

  /// Messages of a stream, through a durable consumer that any number of processes may share. Each message becomes a line;
  /// ``AcknowledgingSink`` answers for it when its result is safe.
  public final class FeedSource: MessageSource {
    private let connection: BrokerConnection
    private let stop: StopSignal
    private let drains: Bool
    private let counts: FeedCounts
    private var subscription: OpaquePointer?
    private var isFirst = true
    private var emptyTries = 0
    /// Bytes of a message in the mean, so that what is asked for at once stays bounded.
    private var meanSize = 512.0
    private let name: String
    /// Seconds after which the broker gives a message that was not answered to another machine.
    let ackWait: Double

    /// How long one question for messages waits, in milliseconds: a request to end is heard after that time at the latest.
    private static let patience: Int64 = 500
    /// Bytes of messages that are asked for at once, in the mean.
    private static let batchBytes = 1 << 20

    /// Makes the stream and the consumer where they are not there, and joins.
    ///
    /// - Parameters:
    ///   - drains: whether the feed ends as soon as no message waits and none is with anybody unacknowledged.
    ///   - counts: where it is noted what goes by.
    init(_ connection: BrokerConnection, drains: Bool, counts: FeedCounts, stop: StopSignal) throws(BrokerError) {
      self.connection = connection
      self.stop = stop
      self.drains = drains
      self.counts = counts
      name = connection.address.stream
      try connection.prepareStream(taking: connection.address.subject, isWorkQueue: true)
      ackWait = try connection.prepareConsumer()
      subscription = try connection.subscribe()
    }

    deinit { natsSubscription_Destroy(subscription) }

    public func fill(_ batch: Batch) throws -> Bool {
      batch.file = name
      while !stop.isSet {
        let deliveries = try fetch()
        guard !deliveries.messages.isEmpty || !deliveries.expired.isEmpty else {
          if try isOver() { return false }
          continue
        }
        emptyTries = 0
        for delivery in deliveries.messages { append(delivery.bytes, to: batch) }
        batch.countTurnedAway(deliveries.expired.count)
        batch.attachment = deliveries
        batch.startsFile = isFirst
        isFirst = false
        return true
      }
      return false
    }

    /// Appends a payload as one line. Line breaks are blanks between the parts of JSON, and so are carriage returns, but
    /// only the former would end the line; inside a string neither may stand.
    private func append(_ bytes: UnsafeBufferPointer<UInt8>, to batch: Batch) {
      let end = bytes.last == 10 ? bytes.count - 1 : bytes.count
      let line = UnsafeBufferPointer(rebasing: bytes[0..<end])
      if line.contains(10) {
        line.map { $0 == 10 ? 13 : $0 }.withUnsafeBufferPointer { batch.append($0) }
      } else {
        batch.append(line)
      }
      [UInt8(10)].withUnsafeBufferPointer { batch.append($0) }
    }

    /// Asks for messages, and waits for some at most ``patience``.
    private func fetch() throws(BrokerError) -> Deliveries {
      let limit = max(1, min(connection.address.batch, Int(Double(Self.batchBytes) / meanSize)))
      var list = natsMsgList()
      var code = jsErrCode(0)
      let status = natsSubscription_Fetch(&list, subscription, Int32(limit), Self.patience, &code)
      defer { natsMsgList_Destroy(&list) }
      let deliveries = Deliveries()
      guard status == NATS_OK else {
        if status != NATS_TIMEOUT { try recover(from: status) }
        return deliveries
      }
      var bytes = 0
      for index in 0..<Int(list.Count) {
        guard let message = list.Msgs[index], let delivery = Delivery(message) else { continue }
        // From here on it is ours to destroy.
        list.Msgs[index] = nil
        bytes += delivery.bytes.count
        if delivery.deliveries > connection.address.maxDeliver {
          deliveries.expired.append(delivery)
        } else {
          deliveries.messages.append(delivery)
        }
      }
      let all = deliveries.messages + deliveries.expired
      if !all.isEmpty {
        // A sudden large message counts at once, so that the next batch is small.
        meanSize = max(meanSize * 0.9 + Double(bytes) / Double(all.count) * 0.1, Double(bytes) / Double(all.count))
        counts.note(
          delivered: all.count, redelivered: all.count { $0.deliveries > 1 }, waiting: all.last?.behind ?? 0)
      }
      return deliveries
    }

    /// Looks whether the feed is still there after a question that failed; waits a moment where it may come back.
    private func recover(from status: natsStatus) throws(BrokerError) {
      let reason = BrokerConnection.reason(status)
      if connection.isClosed { throw .feedLost(connection.address.description, reason: Wording(reason)) }
      try seeThatItIsThere()
      _ = stop.pause(milliseconds: 500)
    }

    private func seeThatItIsThere() throws(BrokerError) {
      let backlog: BrokerConnection.Backlog?
      // While the server is away nothing can be said; the connection comes back by itself.
      do { backlog = try connection.backlog() } catch { return }
      guard let backlog else { throw removed }
      counts.note(delivered: 0, redelivered: 0, waiting: backlog.waiting)
    }

    private var removed: BrokerError {
      .feedLost(
        connection.address.description,
        reason: Wording(
          en: "the stream or its consumer \(connection.address.durable) was removed",
          nl: "de stream of zijn consumer \(connection.address.durable) is verwijderd"))
    }

    /// Whether there is nothing left, where the feed is to end then. Looks now and then whether it is still there.
    private func isOver() throws(BrokerError) -> Bool {
      emptyTries += 1
      guard drains else {
        if emptyTries % 20 == 0 { try seeThatItIsThere() }
        return false
      }
      let backlog: BrokerConnection.Backlog?
      do { backlog = try connection.backlog() } catch { return false }
      guard let backlog else { throw removed }
      return backlog.waiting == 0 && backlog.unacknowledged == 0
    }
  }
#endif
