import Foundation
import Messages

@testable import Exports

/// Where the project's own fixtures lie.
let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

/// Fixtures of other tools beside the checkout, where they exist.
let sharedFixtures: URL? = {
  let found = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/fixtures")
  let exists = FileManager.default.fileExists(atPath: found.path)
  print(exists ? "shared fixtures: read from ../shared/fixtures" : "shared fixtures: not there, their tests do not run")
  return exists ? found : nil
}()

/// Everything that comes out of some exports.
struct Outcome {
  var messages: [Message] = []
  var summary = ReadSummary()

  var texts: [String] { messages.map(\.text) }
  func notes(_ kind: ReadNote.Kind) -> [ReadNote] { summary.notes.filter { $0.kind == kind } }
}

func readExports(_ paths: [String], _ change: (inout ExportOptions) -> Void = { _ in }) throws -> Outcome {
  var options = ExportOptions()
  options.zone = TimeZone(identifier: "Europe/Amsterdam") ?? .gmt
  change(&options)
  let box = MessageBox()
  let summary = try ExportReader(paths, options: options).read { box.messages.append($0) }
  return Outcome(messages: box.messages, summary: summary)
}

func readFixture(_ name: String, _ change: (inout ExportOptions) -> Void = { _ in }) throws -> Outcome {
  try readExports([fixtures.appending(path: name).path], change)
}

final class MessageBox {
  var messages: [Message] = []
}

/// A folder for one test, removed with it.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "weerbaar-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

/// Writes zip archives without compression, and with the faults that tests ask for.
struct ZipWriter {
  private var out: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  mutating func add(
    _ name: String, _ data: [UInt8], flags: Int = 0x0800, breakChecksum: Bool = false, attributes: Int = 0
  ) {
    let offset = out.count
    let checksum = ZipWriter.crc32(data) ^ (breakChecksum ? 1 : 0)
    func number(_ value: Int, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let common =
      number(20, 2) + number(flags, 2) + number(0, 2) + number(0, 2) + number(0x5821, 2) + number(Int(checksum), 4)
      + number(data.count, 4) + number(data.count, 4) + number(name.utf8.count, 2) + number(0, 2)
    out += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + data
    directory += [0x50, 0x4B, 1, 2] + number(0x031E, 2) + common + number(0, 2) + number(0, 2) + number(0, 2)
    directory += number(attributes, 4) + number(offset, 4) + Array(name.utf8)
    count += 1
  }

  mutating func add(_ name: String, _ text: String) { add(name, Array(text.utf8)) }

  func finish() -> [UInt8] {
    func number(_ value: Int, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    return out + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + number(count, 2) + number(count, 2)
      + number(directory.count, 4) + number(out.count, 4) + [0, 0]
  }

  static func crc32(_ data: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in data {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }

  /// The files of a folder, each under its path in it.
  static func folder(_ url: URL) throws -> [UInt8] {
    var zip = ZipWriter()
    for file in DiskFile.list(folder: url.path, name: url.lastPathComponent, note: { _ in }) {
      let name = file.shown.dropFirst(url.lastPathComponent.count + 1)
      zip.add(String(name), Array(try Data(contentsOf: URL(filePath: file.disk))))
    }
    return zip.finish()
  }
}
