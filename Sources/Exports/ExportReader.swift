public import Foundation
public import Messages

/// How exports are read.
public struct ExportOptions: Sendable {
  /// The zone for times that have none.
  public var zone: TimeZone = .current
  /// Names, handles, identifiers and mail addresses of the owner, where the export does not tell.
  public var me: [String] = []
  /// The name of a format, to overrule detection.
  public var format: String?
  /// For tables: the column that holds the text. Others are found by their names.
  public var textColumn: String?

  public init() {}
}

/// What was read.
public struct ReadSummary: Sendable {
  /// Messages handed out.
  public var messages = 0
  /// Files with messages, by the title of their format.
  public var files: [String: Int] = [:]
  /// Files that are no text, such as photographs; they are not opened further.
  public var mediaFiles = 0
  /// Text files in which no reader found messages.
  public var otherFiles: [String] = []
  public var otherFileCount = 0
  /// What was assumed, left out or damaged.
  public var notes: [ReadNote] = []

  /// Whether a part of an export could not be read.
  public var isDamaged: Bool { notes.contains { $0.kind == .damage } }

  public init() {}
}

/// Reads exports of any known format, as they were downloaded.
///
/// Two passes go through each input: the first finds out what each file is, who the owner is and what a file hashes to,
/// the second hands out the messages. Nothing is unpacked; memory does not grow with the input.
///
/// ```swift
/// let reader = try ExportReader(["twitter-2024.zip"])
/// let summary = try reader.read { message in print(message.text) }
/// ```
public final class ExportReader {
  private struct Input {
    var container: any Container
    var facts = InputFacts()
    var files: [SurveyedFile] = []
    var formats: [Int: Int] = [:]
  }

  private let options: ExportOptions
  private let zone: LocalZone
  private let formats: [any ExportFormat]
  private var inputs: [Input] = []
  private var book = NoteBook()
  private var summary = ReadSummary()
  private var surveyed = false
  /// Unpacked bytes with messages in them; known after ``survey(progress:)``.
  public private(set) var totalBytes = 0

  /// Reads containers that are open already.
  init(containers: [any Container], options: ExportOptions) {
    self.options = options
    zone = LocalZone(options.zone)
    formats = (options.textColumn.map { [Table(textColumn: $0)] } ?? []) + Formats.all
    inputs = containers.map { Input(container: $0) }
  }

  /// Opens exports: files, folders and archives.
  /// - Throws: ``ExportError`` where one does not exist or cannot be opened.
  public init(_ paths: [String], options: ExportOptions = ExportOptions()) throws {
    self.options = options
    zone = LocalZone(options.zone)
    if let name = options.format {
      guard let chosen = Formats.all.first(where: { $0.name == name }) else {
        throw ExportError(
          file: name, message: "no such format; there are \(Formats.all.map(\.name).joined(separator: ", "))")
      }
      formats = [chosen]
    } else {
      // A column that the user names says that a table is meant.
      formats = (options.textColumn.map { [Table(textColumn: $0)] } ?? []) + Formats.all
    }
    var book = NoteBook()
    for path in paths {
      for container in try Inputs.containers(path, note: { book.add($0.kind, $0.file, $0.locator, $0.message) }) {
        inputs.append(Input(container: container))
      }
    }
    self.book = book
  }

  /// The names of the formats, for `--from`.
  public static var formatNames: [(name: String, title: String)] { Formats.all.map { ($0.name, $0.title) } }

  private func add(_ note: ReadNote) { book.add(note.kind, note.file, note.locator, note.message, count: note.count) }

  // MARK: First pass

  /// Goes through the inputs for the first time. ``read(progress:_:)`` does it where it was not done.
  /// - Parameter progress: called with the number of bytes read since the last call.
  public func survey(progress: (Int) -> Void = { _ in }) throws {
    guard !surveyed else { return }
    surveyed = true
    for index in inputs.indices {
      var input = inputs[index]
      try withoutActuallyEscaping(progress) { progress in
        try input.container.visit(wanted: { _ in true }, note: add) { member, stream in
          try survey(member, stream, &input, progress)
        }
      }
      input.files.sort { order($0, $1, input.formats) }
      inputs[index] = input
    }
    totalBytes = inputs.reduce(0) { $0 + $1.files.reduce(0) { $0 + $1.size } }
  }

  /// Parts of one conversation come in numeric order; for the rest the archive's own order stays.
  private func order(_ left: SurveyedFile, _ right: SurveyedFile, _ formats: [Int: Int]) -> Bool {
    let leftFolder = left.path.dropLast(left.head.fileName.count)
    let rightFolder = right.path.dropLast(right.head.fileName.count)
    if leftFolder == rightFolder { return NaturalOrder.isBefore(left.path, right.path) }
    let leftStart = folderStart[String(leftFolder)] ?? left.member.index
    let rightStart = folderStart[String(rightFolder)] ?? right.member.index
    return leftStart < rightStart
  }

  private var folderStart: [String: Int] = [:]

  private func survey(
    _ member: Member, _ stream: any ByteStream, _ input: inout Input, _ progress: @escaping (Int) -> Void
  ) throws {
    let hashing = HashingStream(stream, progress: progress)
    let peeked = try PeekedStream(hashing, limit: 1 << 16)
    let head = FileHead(path: member.path, bytes: peeked.head, isComplete: peeked.isComplete)
    if head.content == .empty { return }
    var file = SurveyedFile(member: member, head: head, digest: "", size: 0)
    var chosen = options.format == nil ? formats.firstIndex { $0.recognises(head: head) } : 0
    if chosen == nil, head.content == .binary {
      summary.mediaFiles += 1
      return
    }
    let asBytes = chosen.map { formats[$0].readsBytes } ?? false
    let cursor = ByteCursor(asBytes ? peeked : try head.encoding.open(peeked))
    let isScript = head.bytes.starts(with: "window.YTD.".utf8) || head.bytes.starts(with: "YTD.".utf8)
    var facts = input.facts
    if head.content == .json || isScript {
      if isScript { try cursor.skip { $0 != UInt8(ascii: "=") } }
      if isScript, try cursor.peek() != nil { cursor.advance() }
      let json = JSONReader(cursor)
      if try !json.isAtEnd() { file.outline = try json.outline() }
      file.isMojibake = json.sawControls && !json.sawWide
      if chosen == nil, let outline = file.outline {
        chosen = formats.firstIndex { $0.recognises(outline: outline, head: head) }
      }
      if let chosen { try formats[chosen].survey(&file, nil, &facts) }
    } else if let chosen {
      try formats[chosen].survey(&file, cursor, &facts)
    }
    input.facts = facts
    guard let chosen, formats[chosen].holdsMessages(file) else {
      if chosen == nil {
        summary.otherFileCount += 1
        if summary.otherFiles.count < 20 { summary.otherFiles.append(member.path) }
      }
      return
    }
    try hashing.drain()
    file.digest = hashing.digest
    file.size = hashing.count
    input.files.append(file)
    input.formats[member.index] = chosen
    let folder = String(member.path.dropLast(head.fileName.count))
    if folderStart[folder] == nil { folderStart[folder] = member.index }
  }

  // MARK: Second pass

  /// The owner of an input on a platform: as its own files tell, else as the only other input that tells.
  private func owner(_ index: Int, _ platform: Message.Platform) -> Owner? {
    if let own = inputs[index].facts.owner(platform) { return own }
    let others = inputs.compactMap { $0.facts.owner(platform) }
    guard let first = others.first, others.allSatisfy({ $0.isSame(as: first) }) else { return nil }
    return first
  }

  /// Hands out all messages in turn.
  /// - Parameter progress: called with the number of bytes read since the last call; all of them are ``totalBytes``.
  /// - Throws: what `body` throws, and ``ExportError`` where an input cannot be opened any more. Damage in a part of an
  ///   input is a note in the summary.
  public func read(progress: @escaping (Int) -> Void = { _ in }, _ body: @escaping (Message) throws -> Void) throws
    -> ReadSummary
  {
    try survey()
    for index in inputs.indices {
      var queue = inputs[index].files[...]
      while !queue.isEmpty {
        // One visit serves files as long as they come in the container's order.
        var run: [Int: SurveyedFile] = [:]
        var last = -1
        while let next = queue.first, next.member.index > last {
          last = next.member.index
          run[last] = next
          queue.removeFirst()
        }
        try inputs[index].container.visit(wanted: { run[$0.index] != nil }, note: add) { member, stream in
          guard let file = run[member.index] else { return }
          try read(file, CountingStream(stream, progress: progress), index, body)
        }
      }
    }
    summary.notes = book.notes
    return summary
  }

  private struct SinkFailure: Error {
    var underlying: any Error
  }

  private func read(
    _ file: SurveyedFile, _ stream: any ByteStream, _ index: Int, _ body: @escaping (Message) throws -> Void
  ) throws {
    let input = inputs[index]
    guard let chosen = input.formats[file.member.index] else { return }
    let format = formats[chosen]
    var made: [Message.Platform: Owner?] = [:]
    let context = ReadContext(
      file: file, facts: input.facts, zone: zone, options: options,
      owners: { platform in
        if let known = made[platform] { return known }
        let found = self.owner(index, platform)
        made[platform] = found
        return found
      },
      sink: { message in
        do { try body(message) } catch { throw SinkFailure(underlying: error) }
      }, note: add)
    defer {
      summary.messages += context.count
      summary.files[format.title, default: 0] += 1
    }
    do {
      try format.read(file, ByteCursor(format.readsBytes ? stream : try file.head.encoding.open(stream)), context)
    } catch let failure as SinkFailure {
      throw failure.underlying
    } catch let error as JSONError {
      context.damage(nil, "\(error); \(context.count) messages before that place were read")
    } catch let error as OpenArchive.Failure {
      context.damage(nil, "\(error.text); \(context.count) messages before that place were read")
      if error.isFatal { throw error }
    } catch let error as DiskFile.Failure {
      context.damage(nil, "\(error.text); \(context.count) messages before that place were read")
    }
  }
}
