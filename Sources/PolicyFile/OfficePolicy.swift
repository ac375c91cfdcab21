public import Weerbaar

/// A person whom the office protects.
public struct ProtectedPerson: Sendable, Equatable {
  public var name: String
  /// Her accounts and addresses, without regard to capitals and a leading @.
  public var handles: [String] = []
  public var gender: String?
  /// Her office, such as "wethouder".
  public var function: String?
  public var party: String?

  public init(name: String) { self.name = name }
}

/// A sender whom the office knows.
public struct KnownSender: Sendable, Equatable {
  public var name: String?
  public var handles: [String] = []
  /// The day on which the sender was warned, as year-month-day.
  public var warned: String?
  /// Every abusive message of this sender has this level at least.
  public var level: Level?
  /// Whether an alert goes out for this sender's messages.
  public var alerts = true

  public init() {}
}

/// When a sender's message goes a level up.
public struct EscalationRules: Sendable, Equatable {
  /// From the how manieth abusive message within the window on; nil for never.
  public var `repeat`: Int? = 3
  /// The window, in days. A message that comes later than this after the last opens a new case.
  public var window = 30
  /// Whether a message after a warning goes up.
  public var warned = true
  /// Whether a message goes up whose level rises above all that the sender wrote in the window before.
  public var rising = false
  /// Rules raise no message above this level.
  public var highest = Level.police

  public init() {}
}

/// What makes messages of many senders one campaign.
public struct CampaignRules: Sendable, Equatable {
  /// The least part that two texts have in common, 0 to 1.
  public var similarity = 0.6
  /// The least number of senders.
  public var senders = 3
  /// The window in days.
  public var days = 7

  public init() {}
}

/// What makes messages of many accounts within a short time a burst.
public struct BurstRules: Sendable, Equatable {
  public var messages = 10
  public var accounts = 5
  public var minutes = 60

  public init() {}
}

/// Hours in which alerts wait, except from a level on.
public struct QuietHours: Sendable, Equatable {
  /// Minutes since midnight. Where `from` is later than `to`, the night lies between.
  public var from = 0
  public var to = 0
  /// From this level on an alert goes out all the same.
  public var level = Level.urgent
  /// The time zone, such as Europe/Amsterdam; that of the machine where nil.
  public var zone: String?

  public init() {}

  /// Whether a minute of the day is quiet.
  public func holds(minute: Int) -> Bool {
    from <= to ? (from..<to).contains(minute) : minute >= from || minute < to
  }
}

/// How long content is kept after it came in, in days; for ever where a level is not named.
public struct RetentionRules: Sendable, Equatable {
  public var days: [Level: Int] = [:]
  /// Whether cases that are reported or with the police wait until they are closed.
  public var keepsOpen = true

  public init() {}
}

/// To whom alerts go.
public struct AlertRules: Sendable, Equatable {
  /// The lowest level that gives an alert.
  public var level = Level.police
  /// A program and its arguments; it gets the alert as JSON on standard input.
  public var command: [String] = []
  /// An address that gets the alert as JSON by POST.
  public var webhook: String?
  /// A file with the secret with which the webhook's body is signed.
  public var secret: String?
  /// Mail addresses.
  public var mail: [String] = []
  /// The sender of the mail.
  public var sender: String?
  public var sendmail = "/usr/sbin/sendmail"
  /// When the digest of the day goes out by mail, in minutes since midnight; nil for never.
  public var digest: Int?

  public init() {}
}

/// A text that replaces the program's own about what to do at a level.
public struct StepText: Sendable, Equatable {
  public var title: String?
  public var step: String?

  public init() {}
}

/// What an office does with messages, apart from the boundaries of the levels.
public struct OfficePolicy: Sendable, Equatable {
  /// The lowest level that the casebook keeps.
  public var keptLevel = Level.log
  /// Messages of a conversation that are kept before and after a message.
  public var context = 3
  public var escalation = EscalationRules()
  public var campaign = CampaignRules()
  public var burst = BurstRules()
  public var protected: [ProtectedPerson] = []
  public var senders: [KnownSender] = []
  public var quiet: QuietHours?
  public var retention = RetentionRules()
  public var alerts = AlertRules()
  public var steps: [Level: StepText] = [:]

  /// What holds without a policy file.
  public static let standard = OfficePolicy()

  public init() {}

  init(_ root: PolicyTable) throws(PolicyError) {
    let levels = Level.allCases.filter { $0 != .none }
    if let table = try root.sub("casebook") {
      try table.allow(["level", "context"])
      if let level = try table.level("level") {
        guard level != .none else { throw table.fail("level", "level in [casebook] must be log or higher") }
        keptLevel = level
      }
      context = try table.whole("context", 0...50, "a number of messages") ?? context
    }
    if let table = try root.sub("escalation") {
      try table.allow(["repeat", "window", "warned", "rising", "highest"])
      if let count = try table.whole("repeat", 0...1000, "a number of messages, 0 for never") {
        escalation.repeat = count == 0 ? nil : count
      }
      escalation.window = try table.whole("window", 1...3660, "a number of days") ?? escalation.window
      escalation.warned = try table.flag("warned") ?? escalation.warned
      escalation.rising = try table.flag("rising") ?? escalation.rising
      escalation.highest = try table.level("highest") ?? escalation.highest
    }
    if let table = try root.sub("campaign") {
      try table.allow(["similarity", "senders", "days"])
      campaign.similarity = try table.probability("similarity") ?? campaign.similarity
      campaign.senders = try table.whole("senders", 2...10000, "a number of senders") ?? campaign.senders
      campaign.days = try table.whole("days", 1...3660, "a number of days") ?? campaign.days
    }
    if let table = try root.sub("burst") {
      try table.allow(["messages", "accounts", "minutes"])
      burst.messages = try table.whole("messages", 2...10000, "a number of messages") ?? burst.messages
      burst.accounts = try table.whole("accounts", 1...10000, "a number of accounts") ?? burst.accounts
      burst.minutes = try table.whole("minutes", 1...10080, "a number of minutes") ?? burst.minutes
    }
    for table in try root.list("protected") {
      try table.allow(["name", "handles", "gender", "function", "party"])
      guard let name = try table.text("name") else { throw table.fail(nil, "[[protected]] needs a name") }
      var person = ProtectedPerson(name: name)
      person.handles = try table.texts("handles") ?? []
      person.gender = try table.text("gender")
      person.function = try table.text("function")
      person.party = try table.text("party")
      protected.append(person)
    }
    for table in try root.list("senders") {
      try table.allow(["name", "handles", "warned", "level", "alerts"])
      var sender = KnownSender()
      sender.name = try table.text("name")
      sender.handles = try table.texts("handles") ?? []
      guard sender.name != nil || !sender.handles.isEmpty else {
        throw table.fail(nil, "[[senders]] needs a name or handles")
      }
      sender.warned = try table.day("warned")
      sender.level = try table.level("level")
      sender.alerts = try table.flag("alerts") ?? true
      senders.append(sender)
    }
    if let table = try root.sub("quiet") {
      try table.allow(["from", "to", "level", "zone"])
      var hours = QuietHours()
      guard let from = try table.clock("from"), let to = try table.clock("to") else {
        throw table.fail(nil, "[quiet] needs from and to")
      }
      hours.from = from
      hours.to = to
      hours.level = try table.level("level") ?? hours.level
      hours.zone = try table.text("zone")
      quiet = hours
    }
    if let table = try root.sub("retention") {
      try table.allow(levels.map(\.name) + ["keep-open"])
      for level in levels {
        retention.days[level] = try table.whole(level.name, 1...36600, "a number of days")
      }
      retention.keepsOpen = try table.flag("keep-open") ?? true
    }
    if let table = try root.sub("alerts") { alerts = try OfficePolicy.alerts(table) }
    if let table = try root.sub("steps") {
      try table.allow(levels.map(\.name))
      for level in levels {
        guard let sub = try table.sub(level.name) else { continue }
        try sub.allow(["title", "step"])
        var text = StepText()
        text.title = try sub.text("title")
        text.step = try sub.text("step")
        steps[level] = text
      }
    }
  }

  private static func alerts(_ table: PolicyTable) throws(PolicyError) -> AlertRules {
    try table.allow(["level", "command", "webhook", "secret", "mail", "sender", "sendmail", "digest"])
    var rules = AlertRules()
    rules.level = try table.level("level") ?? rules.level
    rules.command = try table.texts("command") ?? []
    rules.webhook = try table.text("webhook")
    if let address = rules.webhook, !address.hasPrefix("https://"), !address.hasPrefix("http://") {
      throw table.fail("webhook", "webhook in [alerts] must be an address that begins with https://")
    }
    rules.secret = try table.text("secret")
    rules.mail = try table.texts("mail") ?? []
    for address in rules.mail + [try table.text("sender")].compactMap(\.self)
    where !address.contains("@") || address.contains(where: { $0.isWhitespace || $0 == "," || $0 == "<" }) {
      throw table.fail("mail", "\(address) in [alerts] is no mail address")
    }
    rules.sender = try table.text("sender")
    rules.sendmail = try table.text("sendmail") ?? rules.sendmail
    rules.digest = try table.clock("digest")
    if rules.digest != nil, rules.mail.isEmpty { throw table.fail("digest", "digest in [alerts] needs mail") }
    return rules
  }
}
