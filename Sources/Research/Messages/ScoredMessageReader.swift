internal import CScoredLines
internal import Crypto
internal import Foundation
internal import Messages
internal import Weerbaar

/// A file that was read: what a manifest says of it.
public struct ReadFile: Sendable, Equatable {
  /// The file's name, without its folder.
  public var name: String
  public var sha256: String
  public var bytes: Int
}

/// A line with an assessment, in place in the reader's buffers. Valid until the next line.
struct ScoredLine {
  fileprivate let line: UnsafePointer<weerbaar_scored_line>
  /// Number of the line in its file, from 1.
  let number: Int

  /// A string field: UTF-8 in place, or nil where the line has none.
  enum Field { case text, id, time, platform, direction, model, recipientID, recipientHandle, recipientName }

  subscript(field: Field) -> UnsafeBufferPointer<UInt8>? {
    switch field {
    case .text: Self.bytes(line.pointee.text)
    case .id: Self.bytes(line.pointee.id)
    case .time: Self.bytes(line.pointee.time)
    case .platform: Self.bytes(line.pointee.platform)
    case .direction: Self.bytes(line.pointee.direction)
    case .model: Self.bytes(line.pointee.model)
    case .recipientID: Self.bytes(line.pointee.recipient_id)
    case .recipientHandle: Self.bytes(line.pointee.recipient_handle)
    case .recipientName: Self.bytes(line.pointee.recipient_name)
    }
  }

  /// What tells the sender from others: the handle, else the id, else the name.
  var author: UnsafeBufferPointer<UInt8>? {
    Self.bytes(line.pointee.author_handle) ?? Self.bytes(line.pointee.author_id)
      ?? Self.bytes(line.pointee.author_name)
  }

  private static func bytes(_ span: weerbaar_span) -> UnsafeBufferPointer<UInt8>? {
    guard span.bytes != nil, span.count > 0 else { return nil }
    return UnsafeBufferPointer(start: span.bytes, count: span.count)
  }

  var isAbusive: Bool { line.pointee.abusive != 0 }
  var hasAbstained: Bool { line.pointee.abstained != 0 }
  var severity: Int { Int(line.pointee.severity) }
  var score: Double { line.pointee.score }

  /// Whether each category holds, one bit a category.
  var categories: UInt8 {
    guard isAbusive else { return 0 }
    let values = line.pointee.categories
    var bits: UInt8 = 0
    if values.0 >= 0.5 { bits |= 1 }
    if values.1 >= 0.5 { bits |= 2 }
    if values.2 >= 0.5 { bits |= 4 }
    if values.3 >= 0.5 { bits |= 8 }
    if values.4 >= 0.5 { bits |= 16 }
    if values.5 >= 0.5 { bits |= 32 }
    if values.6 >= 0.5 { bits |= 64 }
    if values.7 >= 0.5 { bits |= 128 }
    return bits
  }
}

/// Reads scored messages, line by line, from files or standard input, in constant memory.
final class ScoredMessageReader {
  /// What was wrong with a line.
  struct Problem: CustomStringConvertible {
    var file: String
    var line: Int
    var reason: String
    var description: String { "\(file):\(line): \(reason)" }
  }

  private static let longestLine = 1 << 26

  private let reader: OpaquePointer
  private let names: [UnsafeMutablePointer<CChar>]

  init() {
    names = Category.allCases.map { strdup($0.rawValue) }
    let pointers = names.map { UnsafePointer<CChar>($0) }
    guard let opened = pointers.withUnsafeBufferPointer({ $0.baseAddress.flatMap { weerbaar_scored_open($0) } }) else {
      fatalError("out of memory for a JSON reader")
    }
    reader = opened
  }

  deinit {
    weerbaar_scored_close(reader)
    for name in names { free(name) }
  }

  /// Reads a file to its end.
  ///
  /// - Parameters:
  ///   - path: a path, or `-` for standard input.
  ///   - reject: called for each line that is no scored message.
  ///   - body: called for each line that is one.
  func read(
    _ path: String, reject: (Problem) -> Void, _ body: (ScoredLine) throws -> Void
  ) throws -> ReadFile {
    let isStandardInput = path == "-"
    let descriptor = isStandardInput ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Research.Failure("\(path): the file cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { if !isStandardInput { close(descriptor) } }
    var capacity = 1 << 22
    let padding = weerbaar_scored_padding
    var buffer = UnsafeMutableRawPointer.allocate(byteCount: capacity + padding, alignment: 64)
    buffer.initializeMemory(as: UInt8.self, repeating: 0, count: capacity + padding)
    defer { buffer.deallocate() }
    var digest = SHA256()
    var total = 0
    var filled = 0
    var number = 0
    var line = weerbaar_scored_line()
    let shown = isStandardInput ? "stdin" : path
    func take(_ start: Int, _ end: Int) throws {
      number += 1
      var end = end
      let bytes = UnsafePointer(buffer.assumingMemoryBound(to: UInt8.self)) + start
      if end > start, bytes[end - start - 1] == 13 { end -= 1 }
      guard end > start else {
        reject(Problem(file: shown, line: number, reason: LineProblem.empty.description(in: .en)))
        return
      }
      weerbaar_scored_read(reader, bytes, end - start, &line)
      if line.status == weerbaar_scored_ok {
        try withUnsafePointer(to: &line) { try body(ScoredLine(line: $0, number: number)) }
      } else {
        let copy = UnsafeBufferPointer(start: bytes, count: end - start)
        reject(Problem(file: shown, line: number, reason: Self.reason(line.status, copy)))
      }
    }
    while true {
      if filled == capacity {
        guard capacity < Self.longestLine else {
          throw Research.Failure("\(shown):\(number + 1): the line is longer than \(Self.longestLine) bytes")
        }
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2 + padding, alignment: 64)
        larger.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * 2 + padding)
        larger.copyMemory(from: buffer, byteCount: filled)
        buffer.deallocate()
        buffer = larger
        capacity *= 2
      }
      let count = Foundation.read(descriptor, buffer + filled, capacity - filled)
      if count < 0 {
        if errno == EINTR { continue }
        throw Research.Failure("\(shown): reading failed: \(String(cString: strerror(errno)))")
      }
      if count == 0 { break }
      digest.update(bufferPointer: UnsafeRawBufferPointer(start: buffer + filled, count: count))
      total += count
      let end = filled + count
      var start = 0
      var searched = filled
      while let found = memchr(buffer + searched, 10, end - searched) {
        let place = UnsafeRawPointer(found) - UnsafeRawPointer(buffer)
        try take(start, place)
        start = place + 1
        searched = start
      }
      filled = end - start
      if start > 0, filled > 0 { memmove(buffer, buffer + start, filled) }
    }
    if filled > 0 { try take(0, filled) }
    let name = isStandardInput ? "stdin" : URL(filePath: path).lastPathComponent
    return ReadFile(name: name, sha256: digest.finalize().hex, bytes: total)
  }

  /// Why a line is no scored message.
  private static func reason(_ status: weerbaar_scored_status, _ bytes: UnsafeBufferPointer<UInt8>) -> String {
    switch status {
    case weerbaar_scored_no_assessment:
      return "the message has no assessment; score it first: weerbaar score FILE > SCORED.ndjson"
    case weerbaar_scored_bad_assessment:
      return "the assessment lacks \"abusive\" or \"score\", or holds something else than the contract says"
    default:
      var padded = Array(bytes)
      padded.append(contentsOf: [UInt8](repeating: 0, count: LineParser.padding))
      return padded.withUnsafeBufferPointer { copy in
        do throws(LineProblem) {
          try LineParser().parse(UnsafeBufferPointer(rebasing: copy[0..<bytes.count]))
          return "the line holds a number that cannot be read"
        } catch {
          return error.description(in: .en)
        }
      }
    }
  }
}

extension SHA256.Digest {
  /// The digest in hexadecimal.
  var hex: String {
    var text = ""
    for byte in self { text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }
    return text
  }
}
