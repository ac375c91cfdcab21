#if NATS
  internal import CNATS
  import Foundation

  /// A message that the broker gave to this process, and that waits for an answer.
  struct Delivery {
    let message: OpaquePointer
    /// Place in the stream, from 1.
    let sequence: UInt64
    /// Nanoseconds since 1970 at which the stream took it. With ``sequence`` it is this message's and no other's, also
    /// where a stream is made anew.
    let timestamp: Int64
    /// How often it was given to somebody, this time included.
    let deliveries: Int
    /// Messages that were behind it in the feed.
    let behind: Int

    /// Reads what the broker says of a message; nil where it came from no stream.
    init?(_ message: OpaquePointer) {
      var found: UnsafeMutablePointer<jsMsgMetaData>?
      guard natsMsg_GetMetaData(&found, message) == NATS_OK, let data = found?.pointee else { return nil }
      defer { jsMsgMetaData_Destroy(found) }
      self.message = message
      sequence = data.Sequence.Stream
      timestamp = data.Timestamp
      deliveries = Int(data.NumDelivered)
      behind = Int(data.NumPending)
    }

    /// The payload.
    var bytes: UnsafeBufferPointer<UInt8> {
      let count = Int(natsMsg_GetDataLength(message))
      guard count > 0, let start = natsMsg_GetData(message) else { return UnsafeBufferPointer(start: nil, count: 0) }
      return UnsafeRawBufferPointer(start: start, count: count).assumingMemoryBound(to: UInt8.self)
    }

    var subject: String { natsMsg_GetSubject(message).map { String(cString: $0) } ?? "" }

    /// The value of a header.
    func header(_ name: String) -> String? {
      var value: UnsafePointer<CChar>?
      guard natsMsgHeader_Get(message, name, &value) == NATS_OK else { return nil }
      return value.map { String(cString: $0) }
    }

    /// The headers of whoever published it, without those that are for the broker.
    var headers: [(name: String, value: String)] {
      var keys: UnsafeMutablePointer<UnsafePointer<CChar>?>?
      var count: Int32 = 0
      guard natsMsgHeader_Keys(message, &keys, &count) == NATS_OK, let keys else { return [] }
      defer { free(keys) }
      return (0..<Int(count)).compactMap { index in
        guard let key = keys[index].map({ String(cString: $0) }), !key.hasPrefix("Nats-") else { return nil }
        return header(key).map { (key, $0) }
      }
    }

    /// What names this message among all that a broker sees: its publisher's `Nats-Msg-Id`, or else stream, place and
    /// time. The same however often it is delivered.
    func identity(in stream: String) -> String {
      header("Nats-Msg-Id") ?? "\(stream):\(sequence):\(timestamp)"
    }

    /// Done: it goes out of the feed.
    func acknowledge() { natsMsg_Ack(message, nil) }
    /// Never to be delivered again.
    func terminate() { natsMsg_Term(message, nil) }
    /// To be delivered to somebody else, now.
    func giveBack() { natsMsg_Nak(message, nil) }
    /// Still being worked on: the time until it goes to somebody else begins anew.
    func hold() { natsMsg_InProgress(message, nil) }
  }

  /// The messages of a batch: what goes with it from the source to the sinks. Owned by one of them at a time, as the
  /// batch is.
  final class Deliveries: @unchecked Sendable {
    /// One for each line of the batch, in its order.
    var messages: [Delivery] = []
    /// Messages that were delivered too often, and are no lines of the batch.
    var expired: [Delivery] = []
    /// Why the result of a message cannot be published, by its index in ``messages``.
    var refused: [Int: Wording] = [:]

    deinit { for delivery in messages + expired { natsMsg_Destroy(delivery.message) } }
  }
#endif
