internal import Messages

/// Recognises messages that lie in more than one export.
///
/// Where a platform numbers its messages for all the world (X, mail, YouTube), the number decides. Elsewhere platform,
/// time, author and text do, and only between files: whoever writes "Ja" twice in a minute wrote twice. WhatsApp names
/// people as each phone's owner does; there two chats count as one when half of the messages in the time that they have
/// in common are the same.
struct Deduplicator {
  private var seen: Set<UInt64> = []
  private var file = ""
  private var ordinals: [UInt64: Int] = [:]
  /// Messages left out so far.
  private(set) var duplicates = 0
  /// Whether there are more messages than can be remembered.
  private(set) var isFull = false
  private let limit: Int

  private struct Chat {
    var file: String
    var keys: [UInt64: Int]
    var first: String
    var last: String
  }

  private var chats: [Chat] = []
  private var held: [Message] = []

  init(limit: Int = 3_000_000) { self.limit = limit }

  /// FNV-1a, the same on every machine.
  private static func hash(_ parts: String?...) -> UInt64 {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for part in parts {
      for byte in (part ?? "").utf8 {
        value ^= UInt64(byte)
        value &*= 0x0000_0100_0000_01B3
      }
      value ^= 0xFF
      value &*= 0x0000_0100_0000_01B3
    }
    return value
  }

  /// Takes the next message and hands on those that are new.
  mutating func add(_ message: Message, _ body: (Message) throws -> Void) rethrows {
    let source = message.source?.file ?? ""
    if source != file {
      try releaseChat(body)
      file = source
      ordinals = [:]
    }
    if message.platform == .whatsapp {
      held.append(message)
      return
    }
    if let id = message.id, isGlobal(message) {
      try pass(message, Deduplicator.hash(message.platform?.rawValue, id), body)
      return
    }
    guard message.time != nil else { return try body(message) }
    let key = Deduplicator.hash(
      message.platform?.rawValue, message.time, message.author?.id ?? message.author?.name ?? message.author?.handle,
      message.text)
    let ordinal = ordinals[key, default: 0]
    ordinals[key] = ordinal + 1
    try pass(message, key &+ UInt64(ordinal) &* 0x9E37_79B9_7F4A_7C15, body)
  }

  /// Ends the input.
  mutating func finish(_ body: (Message) throws -> Void) rethrows { try releaseChat(body) }

  private func isGlobal(_ message: Message) -> Bool {
    switch message.platform {
    case .x, .email, .youtube: true
    case .other: message.id?.contains("://") == true
    default: false
    }
  }

  private mutating func pass(_ message: Message, _ key: UInt64, _ body: (Message) throws -> Void) rethrows {
    if seen.contains(key) {
      duplicates += 1
      return
    }
    if seen.count < limit { seen.insert(key) } else { isFull = true }
    try body(message)
  }

  private mutating func releaseChat(_ body: (Message) throws -> Void) rethrows {
    guard !held.isEmpty else { return }
    let messages = held
    held = []
    // Android gives no seconds.
    let keys = messages.map { Deduplicator.hash(String(($0.time ?? "").prefix(16)), $0.text) }
    let times = messages.compactMap(\.time)
    let first = times.min() ?? ""
    let last = times.max() ?? ""
    var counts: [UInt64: Int] = [:]
    for key in keys { counts[key, default: 0] += 1 }
    var known: [UInt64: Int] = [:]
    for chat in chats where chat.file != file && chat.first <= last && first <= chat.last {
      // Compare only the time that both have.
      let from = max(first, chat.first).prefix(16)
      let to = max(from, min(last, chat.last).prefix(16))
      var shared = 0
      var total = 0
      for (message, key) in zip(messages, keys)
      where (message.time ?? "").prefix(16) >= from && (message.time ?? "").prefix(16) <= to {
        total += 1
        if chat.keys[key] != nil { shared += 1 }
      }
      if shared >= 3 && shared * 2 >= total || shared > 0 && shared == messages.count {
        for (key, count) in chat.keys { known[key] = max(known[key] ?? 0, count) }
      }
    }
    chats.append(Chat(file: file, keys: counts, first: first, last: last))
    for (message, key) in zip(messages, keys) {
      if let left = known[key], left > 0 {
        known[key] = left - 1
        duplicates += 1
      } else {
        try body(message)
      }
    }
  }
}
