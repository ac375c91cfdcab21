import Messages

/// One export format: how to recognise it and how to read it. Each lives in a file of its own under `Formats/`, and all
/// are listed in ``Formats/all``.
protocol ExportFormat: Sendable {
  /// The name for `--from`, such as "x-archive".
  var name: String { get }
  /// What people call it.
  var title: String { get }
  /// Whether the format decodes its text itself, from the bytes as they are.
  var readsBytes: Bool { get }

  /// Whether the file is of this format, judged by what is in it. Asked before anything else of the file is read.
  func recognises(head: FileHead) -> Bool
  /// Whether the JSON file is of this format, judged by its outline.
  func recognises(outline: JSONValue, head: FileHead) -> Bool

  /// Whether this format's files hold messages. A format of files that only tell who is who says no to some.
  func holdsMessages(_ file: SurveyedFile) -> Bool

  /// First pass: gathers what must be known before the first message can be made. `input` is nil where the outline was
  /// made from the file already.
  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) throws

  /// Second pass: hands out the messages.
  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws
}

extension ExportFormat {
  var readsBytes: Bool { false }
  func recognises(head: FileHead) -> Bool { false }
  func recognises(outline: JSONValue, head: FileHead) -> Bool { false }
  func holdsMessages(_ file: SurveyedFile) -> Bool { true }
  func survey(_ file: inout SurveyedFile, _ input: ByteCursor?, _ facts: inout InputFacts) throws {}
  func read(_ file: SurveyedFile, _ input: ByteCursor, _ context: ReadContext) throws {}
}

/// What a file looks like from outside: its path and its first bytes.
struct FileHead {
  enum Content { case json, html, xml, text, binary, empty }

  /// The path in the input, with the input's name first.
  let path: String
  /// The first 64 KiB as UTF-8, without a byte order mark.
  let bytes: [UInt8]
  /// The first lines, at most 200.
  let lines: [String]
  let content: Content
  let encoding: TextEncoding
  let isComplete: Bool

  init(path: String, bytes raw: [UInt8], isComplete: Bool) {
    self.path = path
    self.isComplete = isComplete
    encoding = TextEncoding(raw, isComplete: isComplete)
    var decoded: [UInt8] = raw
    if case .utf8(let mark) = encoding {
      decoded.removeFirst(mark)
    } else if let stream = try? encoding.open(MemoryStream(raw)),
      let peeked = try? PeekedStream(stream, limit: raw.count * 3 + 4)
    {
      decoded = peeked.head
    }
    bytes = decoded
    content = FileHead.content(decoded)
    if content == .binary || content == .empty {
      lines = []
    } else {
      lines = FileHead.lines(decoded)
    }
  }

  /// The first lines of a text, whatever ends them.
  static func lines(_ bytes: [UInt8]) -> [String] {
    var out: [String] = []
    for line in bytes.split(maxSplits: 200, omittingEmptySubsequences: false, whereSeparator: { $0 == 10 }).prefix(200)
    {
      for piece in (line.last == 13 ? line.dropLast() : line).split(separator: 13, omittingEmptySubsequences: false) {
        out.append(String(decoding: piece, as: UTF8.self))
      }
    }
    return out
  }

  /// The file's name without the folders.
  var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }

  private static func content(_ bytes: [UInt8]) -> Content {
    var first = 0
    while first < bytes.count, bytes[first] <= 32 {
      if bytes[first] == 0 { return .binary }
      first += 1
    }
    guard first < bytes.count else { return .empty }
    var controls = 0
    let sample = bytes[first..<min(bytes.count, first + 4096)]
    for byte in sample where byte < 32 && byte != 9 && byte != 10 && byte != 13 && byte != 27 && byte != 12 {
      controls += 1
    }
    if sample.contains(0) || controls > 2 + sample.count / 50 { return .binary }
    switch bytes[first] {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      // "[12-05-2022 16:20] Name" begins with a bracket too.
      return isJSON(bytes[first...]) ? .json : .text
    case UInt8(ascii: "<"):
      let start = String(decoding: sample.prefix(512), as: UTF8.self).lowercased()
      if start.hasPrefix("<?xml") { return start.contains("<html") ? .html : .xml }
      return start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || start.contains("<head")
        || start.contains("<body")
        || start.contains("<div") ? .html : .text
    default: return .text
    }
  }

  /// Whether a text that begins with a bracket goes on as JSON does; "[12-05-2022 16:20] Name" and "[note]" do not.
  private static func isJSON(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let open = bytes.first else { return false }
    let rest = bytes.dropFirst().drop { $0 <= 32 }
    guard let next = rest.first else { return false }
    if next == UInt8(ascii: "\"") { return true }
    if open == UInt8(ascii: "{") { return next == UInt8(ascii: "}") }
    if next == UInt8(ascii: "{") || next == UInt8(ascii: "[") || next == UInt8(ascii: "]") { return true }
    for word in ["null", "true", "false"] where rest.starts(with: word.utf8) { return true }
    guard next &- 48 < 10 || next == UInt8(ascii: "-") else { return false }
    let behind = rest.dropFirst().drop { $0 &- 48 < 10 }.drop { $0 <= 32 }.first
    return behind == UInt8(ascii: ",") || behind == UInt8(ascii: "]")
  }
}

/// A file after the first pass.
struct SurveyedFile {
  var member: Member
  var head: FileHead
  /// Of JSON files: the document with long arrays and texts cut short.
  var outline: JSONValue?
  /// SHA-256 of the file.
  var digest: String
  /// Unpacked size in bytes.
  var size: Int
  /// Whether the file holds UTF-8 read as Latin-1 all through.
  var isMojibake = false
  /// What a format noted for its second pass.
  var details: [String: String] = [:]
  /// Reads the file's outline path in messages.
  var path: String { member.path }
}

/// Who the owner of an export is on a platform.
struct Owner: Equatable, Sendable {
  var ids: Set<String> = []
  var handles: Set<String> = []
  var names: Set<String> = []
  /// The owner as the export writes her.
  var party: Party?

  init(ids: Set<String> = [], handles: Set<String> = [], names: Set<String> = []) {
    self.ids = ids
    self.handles = Set(handles.map(Owner.fold))
    self.names = Set(names.map(Owner.fold))
    let made = Party(id: ids.min(), handle: handles.min(), name: names.min())
    party = made.key == nil ? nil : made
  }

  /// Adds what a file tells of the owner.
  mutating func add(id: String? = nil, handle: String? = nil, name: String? = nil) {
    var made = party ?? Party()
    if let id, !id.isEmpty {
      ids.insert(id)
      made.id = made.id ?? id
    }
    if let handle, !handle.isEmpty {
      handles.insert(Owner.fold(handle))
      made.handle = made.handle ?? handle
    }
    if let name, !name.isEmpty {
      names.insert(Owner.fold(name))
      made.name = made.name ?? name
    }
    party = made.key == nil ? nil : made
  }

  var isEmpty: Bool { ids.isEmpty && handles.isEmpty && names.isEmpty }

  /// Whether a party is the owner; an identifier decides before a name does.
  func matches(_ party: Party) -> Bool {
    if let id = party.id, ids.contains(id) { return true }
    if let handle = party.handle, handles.contains(Owner.fold(handle)) { return true }
    if let id = party.id, !ids.isEmpty, !id.isEmpty { return false }
    if let name = party.name { return names.contains(Owner.fold(name)) || handles.contains(Owner.fold(name)) }
    return false
  }

  /// Names and handles are compared without case, an at sign and marks of direction.
  static func fold(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.lowercased().unicodeScalars {
      switch scalar.value {
      case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: continue
      case 0xA0, 0x202F: scalars.append(" ")
      default: scalars.append(scalar)
      }
    }
    var folded = Substring(String(scalars))
    while let first = folded.first, first == " " || first == "@" || first == "~" { folded = folded.dropFirst() }
    while folded.last == " " { folded = folded.dropLast() }
    return String(folded)
  }

  /// Whether two files tell of the same owner.
  func isSame(as other: Owner) -> Bool { ids == other.ids && handles == other.handles && names == other.names }

  mutating func merge(_ other: Owner) {
    ids.formUnion(other.ids)
    handles.formUnion(other.handles)
    names.formUnion(other.names)
    party = party ?? other.party
  }
}

/// What the first pass learned of one input.
struct InputFacts {
  var owners: [Message.Platform: Owner] = [:]
  /// People by platform and id: names and handles found elsewhere in the export.
  var people: [String: Party] = [:]
  /// The participants of each conversation of a platform, until only one person is common to all.
  private(set) var common: [Message.Platform: (names: [String: String], conversations: Int)] = [:]
  /// Texts for spreadsheets: the shared strings.
  var sharedStrings: [String: [String]] = [:]
  /// A name for the owner that a file's own words give, by file.
  var ownersByFile: [Int: Owner] = [:]

  mutating func sawConversation(_ platform: Message.Platform, _ participants: some Sequence<String>) {
    var names: [String: String] = [:]
    for name in participants where !Owner.fold(name).isEmpty { names[Owner.fold(name)] = name }
    guard names.count > 1 else { return }
    if let known = common[platform] {
      common[platform] = (known.names.filter { names[$0.key] != nil }, known.conversations + 1)
    } else {
      common[platform] = (names, 1)
    }
  }

  private var delivered: [String: Int] = [:]
  private var addressed: [String: Int] = [:]
  private var mails = 0

  /// Counts where mail went, to tell whose mailbox it is.
  mutating func sawMail(delivered: Set<String>, to: Set<String>, from: String?) {
    mails += 1
    for address in delivered where self.delivered.count < 20_000 || self.delivered[address] != nil {
      self.delivered[address, default: 0] += 1
    }
    for address in to where addressed.count < 20_000 || addressed[address] != nil {
      addressed[address, default: 0] += 1
    }
    if let from { self.delivered[from, default: 0] += 1 }
  }

  /// The addresses that mail was delivered to; without any, the one that most mails are addressed to.
  private func mailOwner() -> Owner? {
    if let most = delivered.values.max() {
      var owner = Owner()
      let known = delivered.filter { $0.value * 5 >= most }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      for (address, _) in known { owner.add(handle: address) }
      return owner
    }
    guard mails > 2, let best = addressed.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      best.value * 10 >= mails * 6,
      addressed.values.filter({ $0 == best.value }).count == 1
    else { return nil }
    return Owner(handles: [best.key])
  }

  /// The owner as the export tells, else the one person that takes part in every one of several conversations.
  func owner(_ platform: Message.Platform) -> Owner? {
    if let told = owners[platform], !told.isEmpty { return told }
    if platform == .email { return mailOwner() }
    if let common = common[platform], common.conversations > 1, common.names.count == 1 {
      return Owner(names: Set(common.names.values))
    }
    return nil
  }
}
