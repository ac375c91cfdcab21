internal import CLibArchive

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A zip, tar or other archive that libarchive knows, and single compressed files. Members are streamed; archives in the
/// archive are gone into.
final class ArchiveContainer: Container {
  private enum Origin {
    case disk(String)
    case memory([UInt8])
  }

  let name: String
  private let origin: Origin
  private let limits: ArchiveLimits
  private let packedSize: Int

  convenience init(path: String, name: String, limits: ArchiveLimits) {
    var size = 0
    if case .file(let found) = DiskFile.kind(path, followingLinks: true) { size = found }
    self.init(.disk(path), size: size, name: name, limits: limits)
  }

  convenience init(bytes: [UInt8], name: String, limits: ArchiveLimits) {
    self.init(.memory(bytes), size: bytes.count, name: name, limits: limits)
  }

  private init(_ origin: Origin, size: Int, name: String, limits: ArchiveLimits) {
    self.origin = origin
    self.name = name
    self.limits = limits
    packedSize = size
    // Names in archives are UTF-8; libarchive converts them by the C locale, which is ASCII unless it is set.
    setlocale(LC_CTYPE, "C.UTF-8")
  }

  /// Whether a file begins as an archive does.
  static func isArchive(head: [UInt8]) -> Bool {
    let signatures: [[UInt8]] = [
      [0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06], [0x50, 0x4B, 0x30, 0x30, 0x50, 0x4B],
      [0x1F, 0x8B], [0x42, 0x5A, 0x68], [0xFD, 0x37, 0x7A, 0x58, 0x5A], [0x28, 0xB5, 0x2F, 0xFD],
      [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07],
    ]
    if signatures.contains(where: { head.starts(with: $0) }) { return true }
    guard head.count >= 512, head[257..<262].elementsEqual("ustar".utf8) || head[0] != 0 else { return false }
    return tarChecksumHolds(head)
  }

  /// A tar header holds the sum of its own bytes.
  private static func tarChecksumHolds(_ head: [UInt8]) -> Bool {
    var told = 0
    var digits = 0
    for byte in head[148..<156] where byte &- 48 < 8 {
      told = told << 3 | Int(byte - 48)
      digits += 1
    }
    guard digits >= 4 else { return false }
    var sum = 0
    for index in 0..<512 { sum += (148..<156).contains(index) ? 32 : Int(head[index]) }
    return sum == told
  }

  func visit(
    wanted: (Member) -> Bool, note: (ReadNote) -> Void, _ body: (Member, any ByteStream) throws -> Void
  ) throws {
    let walk = Walk(
      limits: limits, allowed: max(limits.floor, packedSize.multipliedReportingOverflow(by: limits.ratio).partialValue))
    var resumeAt = 0
    while true {
      walk.next = 0
      let handle: OpenArchive
      switch origin {
      case .disk(let path): handle = try OpenArchive(path: path, name: name)
      case .memory(let bytes):
        do {
          handle = try OpenArchive(stream: MemoryStream(bytes), name: name)
        } catch let error as OpenArchive.Failure {
          note(ReadNote(kind: .damage, file: name, message: error.text))
          return
        }
      }
      guard let broken = try walk.go(handle, name, 1, resumeAt, wanted, note, body) else { return }
      // A damaged member ends libarchive's pass; the members behind it are reached by a new one.
      guard broken >= resumeAt else { return }
      resumeAt = broken + 1
    }
  }

  /// One pass through an archive and the archives in it.
  private final class Walk {
    var next = 0
    var unpacked = 0
    let limits: ArchiveLimits
    let allowed: Int
    private var noted = Set<String>()

    init(limits: ArchiveLimits, allowed: Int) {
      self.limits = limits
      self.allowed = allowed
    }

    private func once(_ note: (ReadNote) -> Void, _ kind: ReadNote.Kind, _ file: String, _ message: String) {
      if noted.insert(file + "\u{0}" + message).inserted { note(ReadNote(kind: kind, file: file, message: message)) }
    }

    /// - Returns: the number of the member at which the pass ended early and behind which another may find more.
    func go(
      _ archive: OpenArchive, _ prefix: String, _ depth: Int, _ resumeAt: Int, _ wanted: (Member) -> Bool,
      _ note: (ReadNote) -> Void, _ body: (Member, any ByteStream) throws -> Void
    ) throws -> Int? {
      while true {
        let entry: OpenArchive.Entry
        do {
          guard let found = try archive.nextEntry() else { return nil }
          entry = found
        } catch let error as OpenArchive.Failure {
          once(note, .damage, prefix, "the archive is damaged or cut off after \(next) files: \(error.text)")
          return nil
        }
        guard entry.kind != .folder else { continue }
        let path = prefix + "/" + Self.safe(entry.path)
        guard next < limits.members else {
          once(note, .damage, prefix, "the archive holds more than \(limits.members) files; the rest is not read")
          return nil
        }
        if entry.kind == .link {
          once(note, .remark, path, "links in archives are not followed")
          continue
        }
        if entry.kind == .special || entry.path.hasPrefix("__MACOSX/") || entry.path.hasSuffix("/.DS_Store") {
          continue
        }
        let member = Member(index: next, path: path, size: entry.size)
        let peeked: PeekedStream
        let source = EntryStream(archive, path, self)
        // Skipped files that are no archives need not be opened at all.
        let mayNest = depth < limits.depth && Self.looksNested(entry.path)
        let isWanted = wanted(member)
        if !mayNest, !isWanted || next < resumeAt {
          next += 1
          continue
        }
        if entry.isEncrypted {
          once(note, .damage, path, "the file is encrypted; unpack it with its password and give the result")
          next += 1
          continue
        }
        do {
          peeked = try PeekedStream(source, limit: 1 << 16)
          if mayNest, ArchiveContainer.isArchive(head: peeked.head) {
            let inner = try OpenArchive(stream: peeked, name: path)
            _ = try go(inner, path, depth + 1, resumeAt, wanted, note, body)
            continue
          }
          if isWanted, next >= resumeAt { try body(member, peeked) }
          next += 1
        } catch let error as OpenArchive.Failure {
          let index = next
          next += 1
          once(note, .damage, path, error.text)
          if error.isFatal { return depth == 1 ? index : nil }
        }
      }
    }

    /// A path that stays inside: without a drive, a root and steps upward.
    static func safe(_ path: String) -> String {
      var parts: [Substring] = []
      for part in path.replacing("\\", with: "/").split(separator: "/") where part != "." && part != ".." {
        parts.append(part)
      }
      let joined = parts.joined(separator: "/")
      return String(joined.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 })
    }

    static func looksNested(_ path: String) -> Bool {
      let lowered = path.lowercased()
      return [".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".xlsx"].contains { lowered.hasSuffix($0) }
    }
  }

  /// The data of the entry that the archive stands at.
  private final class EntryStream: ByteStream {
    private let archive: OpenArchive
    private let path: String
    private unowned let walk: Walk

    init(_ archive: OpenArchive, _ path: String, _ walk: Walk) {
      self.archive = archive
      self.path = path
      self.walk = walk
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      let got = try archive.readData(into: buffer)
      walk.unpacked += got
      if walk.unpacked > walk.allowed {
        throw OpenArchive.Failure(
          text:
            "the archive unpacks to more than \(walk.limits.ratio) times its size, as a zip bomb does; the rest is not read",
          isFatal: false)
      }
      return got
    }
  }
}

/// One pass of libarchive over an archive. Owns the handle.
final class OpenArchive {
  struct Failure: Error {
    var text: String
    /// Whether libarchive cannot go on with the next entry.
    var isFatal: Bool
  }

  enum EntryKind { case file, folder, link, special }

  struct Entry {
    var path: String
    var kind: EntryKind
    var size: Int?
    var isEncrypted: Bool
  }

  // The file types of POSIX, which libarchive uses on all systems.
  private static let fileType: mode_t = 0o100000
  private static let folderType: mode_t = 0o040000
  private static let linkType: mode_t = 0o120000

  private let handle: OpaquePointer
  private let feed: Feed?
  private let name: String

  /// What a nested archive is read from.
  private final class Feed {
    let stream: any ByteStream
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    var failure: (any Error)?

    init(_ stream: any ByteStream) { self.stream = stream }
    deinit { buffer.deallocate() }
  }

  private static func create(_ name: String) throws -> OpaquePointer {
    guard let made = archive_read_new() else {
      throw ExportError(file: name, message: "there is not enough memory to open the archive")
    }
    archive_read_support_filter_all(made)
    archive_read_support_format_all(made)
    archive_read_support_format_raw(made)
    return made
  }

  init(path: String, name: String) throws {
    handle = try Self.create(name)
    feed = nil
    self.name = name
    if archive_read_open_filename(handle, path, 1 << 16) != ARCHIVE_OK {
      let text = Self.errorText(handle)
      archive_read_free(handle)
      throw ExportError(file: name, message: "the archive cannot be opened: \(text)")
    }
  }

  /// Opens an archive that lies in another stream.
  init(stream: any ByteStream, name: String) throws {
    handle = try Self.create(name)
    let feed = Feed(stream)
    self.feed = feed
    self.name = name
    let result = archive_read_open(
      handle, Unmanaged.passUnretained(feed).toOpaque(), nil,
      { _, context, block in
        guard let context, let block else { return -1 }
        let feed = Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue()
        do {
          let got = try feed.stream.read(into: feed.buffer)
          block.pointee = UnsafeRawPointer(feed.buffer.baseAddress)
          return got
        } catch {
          feed.failure = error
          return -1
        }
      }, nil)
    if result != ARCHIVE_OK {
      let text = Self.errorText(handle)
      throw feed.failure ?? Failure(text: "the archive cannot be opened: \(text)", isFatal: false)
    }
  }

  deinit { archive_read_free(handle) }

  private static func errorText(_ handle: OpaquePointer) -> String {
    archive_error_string(handle).map { String(cString: $0) } ?? "no reason given"
  }

  func nextEntry() throws -> Entry? {
    var entry: OpaquePointer?
    var tries = 0
    while true {
      let result = archive_read_next_header(handle, &entry)
      if result == ARCHIVE_EOF { return nil }
      if result == ARCHIVE_RETRY, tries < 8 {
        tries += 1
        continue
      }
      if result < ARCHIVE_WARN || entry == nil {
        throw feed?.failure ?? Failure(text: Self.errorText(handle), isFatal: true)
      }
      break
    }
    guard let entry else { return nil }
    var path = ""
    if let utf8 = archive_entry_pathname_utf8(entry) {
      path = String(cString: utf8)
    } else if let bytes = archive_entry_pathname(entry) {
      path = String(cString: bytes)
    }
    // The raw format, for a single compressed file, names its one entry "data".
    if path == "data", archive_format(handle) == ARCHIVE_FORMAT_RAW {
      let own = name.split(separator: "/").last.map(String.init) ?? name
      path = own.lastIndex(of: ".").map { String(own[..<$0]) } ?? own
    }
    let type = archive_entry_filetype(entry)
    let kind: EntryKind
    if archive_entry_hardlink(entry) != nil || type == OpenArchive.linkType {
      kind = .link
    } else if type == OpenArchive.folderType {
      kind = .folder
    } else if type == OpenArchive.fileType || type == 0 {
      kind = .file
    } else {
      kind = .special
    }
    return Entry(
      path: path, kind: kind, size: archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil,
      isEncrypted: archive_entry_is_data_encrypted(entry) != 0)
  }

  func readData(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let got = archive_read_data(handle, buffer.baseAddress, buffer.count)
      if got >= 0 { return got }
      if got == Int(ARCHIVE_RETRY) { continue }
      throw feed?.failure
        ?? Failure(
          text: "the file in the archive is damaged: \(Self.errorText(handle))", isFatal: got == Int(ARCHIVE_FATAL))
    }
  }
}
