import Foundation
internal import Messages

/// Where messages come from: batches of whole lines, in order.
public protocol MessageSource: AnyObject {
  /// Fills an empty batch, waiting for the first line where there is none yet; false at the end. What is there is handed
  /// on at once, so that a slow feed is not kept waiting for a full batch.
  func fill(_ batch: Batch) throws -> Bool
}

/// How messages stand in files.
public enum InputFormat: Sendable, Equatable {
  case ndjson
  /// Records with a header; the name of the column that holds the text, `text` where nil.
  case csv(textColumn: String?)
}

/// Files and standard input, one after another.
public final class FileSource: MessageSource {
  /// The usual size of a batch in bytes.
  public static let batchSize = 1 << 18
  /// The longest line that is held, in bytes; a longer one is rejected.
  public static let lineLimit = 1 << 26

  private let format: InputFormat
  private let stop: StopSignal
  private var paths: ArraySlice<String>
  private var stream: (any ByteStream)?
  private let open: (String) throws -> any ByteStream
  private var header: CSVHeader?
  private var scanner: CSVRecordScanner?
  private var isAtStart = true
  private var isInLongLine = false
  /// The beginning of a line whose end was not read yet, and how much of it is known to hold no end.
  private var rest: [UInt8] = []
  private var searched = 0

  /// - Parameters:
  ///   - paths: files in the order in which they are read; `-` is standard input. Of a folder, the files in it are read
  ///     whose names end as the format's do (`.ndjson`, `.jsonl`, or `.csv`; also with `.gz` or `.zst` behind), in the order
  ///     of their names. Files that begin as gzip or Zstandard does are unpacked, whatever their names.
  ///   - follows: whether a file, one only, is waited at for more when it ends.
  /// - Throws: a ``StreamError`` where a file is missing or cannot be opened, before anything is read.
  public init(paths: [String], format: InputFormat, follows: Bool = false, stop: StopSignal) throws(StreamError) {
    self.format = format
    self.stop = stop
    var files: [String] = []
    for path in paths { files += try Self.files(at: path, format) }
    self.paths = files[...]
    if follows {
      guard files.count == 1, files[0] != "-" else {
        throw .unusable(file: files.first ?? "-", reason: "one file can be followed, no more and no standard input")
      }
      open = { try FollowingStream(path: $0, stop: stop) }
      _ = try FollowingStream(path: files[0], stop: stop)
    } else {
      open = { UnpackingStream(try DescriptorStream(path: $0, stop: stop), stop: stop) }
      for path in files where path != "-" { _ = try DescriptorStream(path: path, stop: stop) }
    }
  }

  /// The file at a path, or the files of the folder there.
  private static func files(at path: String, _ format: InputFormat) throws(StreamError) -> [String] {
    var isFolder: ObjCBool = false
    guard path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return [path]
    }
    let endings = if case .ndjson = format { [".ndjson", ".jsonl"] } else { [".csv"] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .cannotRead(file: path, code: EACCES)
    }
    let found = names.filter { name in
      let lower = name.lowercased()
      return endings.contains { ending in ["", ".gz", ".zst"].contains { lower.hasSuffix(ending + $0) } }
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    guard !found.isEmpty else {
      throw .unusable(file: path, reason: "the folder has no file that ends in \(endings.joined(separator: " or "))")
    }
    return found.map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
  }

  public func fill(_ batch: Batch) throws -> Bool {
    while !stop.isSet {
      if stream == nil {
        guard let path = paths.popFirst() else { return false }
        stream = try open(path)
        isAtStart = true
        header = nil
        scanner = nil
      }
      guard let stream else { return false }
      batch.file = stream.name
      if try fill(batch, from: stream) { return true }
    }
    return false
  }

  /// Fills the batch from one stream; false where the stream ended without another line.
  private func fill(_ batch: Batch, from stream: any ByteStream) throws -> Bool {
    rest.withUnsafeBufferPointer { batch.append($0) }
    rest.removeAll(keepingCapacity: rest.capacity <= Self.batchSize)
    var isAtEnd = false
    if isAtStart {
      isAtEnd = try start(batch, stream)
      isAtStart = false
      batch.startsFile = true
    }
    batch.header = header
    while true {
      if let end = lineEnd(batch.bytes) {
        if isInLongLine {
          batch.fragment = .last
          isInLongLine = false
        }
        keepRest(batch, from: end)
        if isAtEnd { pending = true }
        return true
      }
      if isAtEnd || pending {
        // The last line may lack its end.
        self.stream = nil
        pending = false
        searched = 0
        if stop.isSet { batch.truncate(to: 0) }
        if isInLongLine { batch.fragment = .last }
        isInLongLine = false
        return batch.count > 0 || batch.startsFile || batch.fragment == .last
      }
      if isInLongLine || batch.count >= Self.lineLimit {
        if batch.count > 0 {
          batch.fragment = isInLongLine ? .next : .first
          isInLongLine = true
          searched = 0
          return true
        }
      }
      batch.reserve(max(Self.batchSize, batch.count + Self.batchSize / 4))
      isAtEnd = try !readMore(batch, stream)
    }
  }

  /// Whether the end of the stream was met while whole lines before it were still to be handed on.
  private var pending = false

  private func readMore(_ batch: Batch, _ stream: any ByteStream) throws -> Bool {
    let space = batch.space
    let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: space.prefix(max(Self.batchSize, 1))))
    batch.count += count
    return count > 0
  }

  /// The end of the last whole line; of the first one while a line that is too long is passed.
  private func lineEnd(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    defer { searched = bytes.count }
    guard searched < bytes.count, let base = bytes.baseAddress else { return nil }
    if var scanner {
      defer { self.scanner = scanner }
      var last: Int?
      var from = searched
      while let end = scanner.recordEnd(in: bytes, from: from) {
        last = end
        from = end
        if isInLongLine { return end }
      }
      return last
    }
    if isInLongLine {
      return memchr(base + searched, 10, bytes.count - searched).map {
        UnsafeRawPointer($0) - UnsafeRawPointer(base) + 1
      }
    }
    var end = bytes.count
    while end > searched, bytes[end - 1] != 10 { end -= 1 }
    return end > searched ? end : nil
  }

  private func keepRest(_ batch: Batch, from end: Int) {
    let bytes = batch.bytes
    let isSearched = batch.fragment != .last
    rest.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[end...]))
    searched = isSearched ? rest.count : 0
    batch.truncate(to: end)
  }

  /// Passes a byte order mark and a CSV header; true where the stream ended with it.
  private func start(_ batch: Batch, _ stream: any ByteStream) throws -> Bool {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var isAtEnd = false
    searched = 0
    while !isAtEnd, batch.count < 3, mark.starts(with: batch.bytes) {
      batch.reserve(Self.batchSize)
      isAtEnd = try !readMore(batch, stream)
    }
    if batch.bytes.starts(with: mark) { batch.remove(first: 3) }
    guard case .csv(let textColumn) = format else { return isAtEnd }
    while true {
      let dialect = CSVDialect(sniffing: batch.bytes)
      var scanner = CSVRecordScanner(dialect)
      if let end = scanner.recordEnd(in: batch.bytes, from: 0) ?? (isAtEnd ? batch.count : nil) {
        let record = UnsafeBufferPointer(rebasing: batch.bytes[0..<end])
        do {
          header = try CSVHeader(record, textColumn: textColumn)
        } catch let problem as CSVHeader.Problem {
          throw StreamError.unusable(file: stream.name, reason: problem.description)
        }
        batch.headerLines = record.count { $0 == 10 }
        batch.remove(first: end)
        self.scanner = CSVRecordScanner(dialect)
        return isAtEnd
      }
      guard batch.count < Self.lineLimit else {
        throw StreamError.unusable(file: stream.name, reason: "the header has no end; is this a CSV file?")
      }
      batch.reserve(batch.count + Self.batchSize)
      isAtEnd = try !readMore(batch, stream)
    }
  }
}
