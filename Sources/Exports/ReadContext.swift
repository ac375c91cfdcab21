internal import Messages

/// What a format needs in its second pass: the facts, the clock, and where messages and notes go.
final class ReadContext {
  let file: SurveyedFile
  let facts: InputFacts
  let zone: LocalZone
  let options: ExportOptions
  private let owners: (Message.Platform) -> Owner?
  private let sink: (Message) throws -> Void
  private let noteSink: (ReadNote) -> Void
  private(set) var count = 0
  /// The line that is being read, where the file is one of lines of JSON.
  var line: [UInt8]?

  init(
    file: SurveyedFile, facts: InputFacts, zone: LocalZone, options: ExportOptions,
    owners: @escaping (Message.Platform) -> Owner?, sink: @escaping (Message) throws -> Void,
    note: @escaping (ReadNote) -> Void
  ) {
    self.file = file
    self.facts = facts
    self.zone = zone
    self.options = options
    self.owners = owners
    self.sink = sink
    noteSink = note
  }

  /// The owner of the export on a platform, where it is known.
  func owner(_ platform: Message.Platform) -> Owner? {
    var found = owners(platform)
    if let own = facts.ownersByFile[file.member.index] {
      if found == nil { found = own } else { found?.merge(own) }
    }
    if !options.me.isEmpty {
      var named = Owner()
      for me in options.me { named.add(id: me, handle: me, name: me) }
      named.party = options.me.first.map { Party(handle: nil, name: $0) }
      if found == nil { found = named } else { found?.merge(named) }
    }
    return found
  }

  /// The owner as a party.
  func ownerParty(_ platform: Message.Platform) -> Party? {
    owner(platform)?.party
  }

  /// Hands out a message. The direction is told from the author where it is open; of a direct message that came in, the
  /// owner is the recipient; source and conversation are filled in.
  func emit(_ message: Message, at locator: String) throws {
    var message = message
    let platform = message.platform ?? .other
    message.platform = platform
    if message.direction == nil, let author = message.author, author.key != nil, let owner = owner(platform) {
      message.direction = owner.matches(author) ? .outgoing : .incoming
    }
    if message.direction == nil {
      remark(locator, "the export does not tell who you are, so direction is left open; name yourself with --me")
    }
    if message.recipient == nil, message.direction == .incoming { message.recipient = ownerParty(platform) }
    message.source = Source(
      file: file.path, locator: locator, sha256: file.digest, zone: message.source?.zone)
    count += 1
    try sink(message)
  }

  /// Says where a file was not valid JSON though its messages could be read.
  func remarkRepairs(_ json: JSONReader) {
    guard json.repairs > 0 else { return }
    remark("byte \(json.firstRepair)", "places that are no valid JSON; read as well as could be", count: json.repairs)
  }

  /// Says what was assumed or left out on purpose.
  func remark(_ locator: String?, _ text: String, count: Int = 1) {
    noteSink(ReadNote(kind: .remark, file: file.path, locator: locator, message: text, count: count))
  }

  /// Says what could not be read.
  func damage(_ locator: String?, _ text: String, count: Int = 1) {
    noteSink(ReadNote(kind: .damage, file: file.path, locator: locator, message: text, count: count))
  }

  /// A clock's time as RFC 3339, and the zone where it had to be assumed.
  func time(_ clock: ClockTime?, at locator: String) -> (text: String?, assumed: String?) {
    guard let clock else { return (nil, nil) }
    guard clock.offset == nil else { return (zone.instant(clock).0.rfc3339, nil) }
    let (instant, reading) = zone.instant(clock)
    remark(nil, "the export gives times without a zone; they are read as \(zone.name) (--zone changes that)")
    switch reading {
    case .plain: break
    case .skippedHour:
      remark(
        locator, "a time that does not exist in \(zone.name) because the clock went forward; read as an hour later")
    case .doubledHour:
      remark(locator, "a time that comes twice in \(zone.name) because the clock went back; the first is taken")
    }
    return (instant.rfc3339, zone.name)
  }
}

extension Message {
  /// Sets the time from a clock, and marks the source where the zone was assumed.
  mutating func setTime(_ clock: ClockTime?, _ context: ReadContext, at locator: String) {
    let (text, assumed) = context.time(clock, at: locator)
    time = text
    if let assumed { source = Source(file: "", locator: "", zone: assumed) }
  }

  /// Sets the time from a date in words or digits, in UTC where `utc` and the text names no zone.
  mutating func setTime(_ text: String?, utc: Bool = false, _ context: ReadContext, at locator: String) {
    guard let text, !text.isEmpty else {
      context.remark(locator, "a message without a date")
      return
    }
    guard var clock = DateParser.parse(text) else {
      context.damage(locator, "a date that cannot be read: \(text.prefix(60))")
      return
    }
    guard (1970...2100).contains(clock.year) else {
      context.damage(locator, "a date that cannot be right: \(text.prefix(60))")
      return
    }
    if utc, clock.offset == nil { clock.offset = 0 }
    setTime(clock, context, at: locator)
  }

  /// Sets the time from seconds, milliseconds or smaller since 1970.
  mutating func setTime(epoch: Int?, _ context: ReadContext, at locator: String) {
    guard let epoch else {
      context.remark(locator, "a message without a date")
      return
    }
    guard let instant = Timestamp(epoch: epoch) else {
      context.damage(locator, "a time that cannot be right: \(epoch)")
      return
    }
    time = instant.rfc3339
  }
}
