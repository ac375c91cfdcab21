/// A person as a platform names her. Fields that a platform does not give are nil.
public struct Party: Sendable, Codable, Equatable, Hashable {
  public var id: String?
  public var handle: String?
  public var name: String?

  public init(id: String? = nil, handle: String? = nil, name: String? = nil) {
    self.id = id
    self.handle = handle
    self.name = name
  }

  /// What tells this person from others: the handle, else the id, else the name.
  public var key: String? { handle ?? id ?? name }
}

/// Where a message was read: the file, the place in it, and the file's SHA-256.
public struct Source: Sendable, Codable, Equatable {
  public var file: String
  public var locator: String
  public var sha256: String?
  /// The zone in which the time was read, where the source gives a time without one.
  public var zone: String?

  public init(file: String, locator: String, sha256: String? = nil, zone: String? = nil) {
    self.file = file
    self.locator = locator
    self.sha256 = sha256
    self.zone = zone
  }
}

/// One message in, as the contract describes it. Fields that are not known are nil.
public struct Message: Sendable, Codable, Equatable {
  public enum Platform: String, Sendable, Codable, CaseIterable {
    case x, instagram, facebook, whatsapp, telegram, linkedin, tiktok, youtube, email, other
  }

  public enum Channel: String, Sendable, Codable, CaseIterable {
    case dm, mention, reply, comment, chat, mail, post
  }

  public enum Direction: String, Sendable, Codable, CaseIterable {
    case incoming, outgoing
  }

  public var id: String?
  public var text: String
  /// RFC 3339, with the zone where it is known.
  public var time: String?
  public var platform: Platform?
  public var channel: Channel?
  public var direction: Direction?
  public var author: Party?
  public var recipient: Party?
  public var conversation: String?
  public var inReplyTo: String?
  public var url: String?
  /// The subject line of a mail. It stands in `text` too where the author chose it.
  public var subject: String?
  /// Of a mail or post: what the author quotes from others, and the signature; neither is in `text`.
  public var quoted: String?
  public var signature: String?
  /// Names or links of photographs, films and other files.
  public var attachments: [String]?
  public var state: State?
  public var source: Source?
  /// The line of JSON as it came in, where it came in as one. It is no field of the message.
  public var original: String?

  private enum CodingKeys: String, CodingKey {
    case id, text, time, platform, channel, direction, author, recipient, conversation, inReplyTo, url, subject, quoted
    case signature, attachments, state, source
  }

  /// What happened to a message after it was sent.
  public enum State: String, Sendable, Codable, CaseIterable {
    case edited, deleted
  }

  public init(
    id: String? = nil, text: String, time: String? = nil, platform: Platform? = nil, channel: Channel? = nil,
    direction: Direction? = nil, author: Party? = nil, recipient: Party? = nil, conversation: String? = nil,
    inReplyTo: String? = nil, url: String? = nil, source: Source? = nil
  ) {
    self.id = id
    self.text = text
    self.time = time
    self.platform = platform
    self.channel = channel
    self.direction = direction
    self.author = author
    self.recipient = recipient
    self.conversation = conversation
    self.inReplyTo = inReplyTo
    self.url = url
    self.source = source
  }
}
