import Crypto
public import Foundation

/// What is wrong with a model file, and the cure.
public struct ModelError: Error, CustomStringConvertible, Sendable, Equatable {
  public let file: String
  public let message: String

  public init(file: String, message: String) {
    self.file = file
    self.message = message
  }

  public var description: String { "\(file): \(message)" }
}

/// Bytes of a file in memory, mapped where the system can.
public final class MappedBytes: Sendable {
  private let data: Data
  private let address: UInt
  /// Number of bytes.
  public let count: Int
  /// The file's name, for messages.
  public let file: String

  /// The first byte. Valid as long as this object lives.
  @inline(__always)
  var base: UnsafeRawPointer {
    // The address was taken from a non-empty mapping in the initialiser.
    UnsafeRawPointer(bitPattern: address).unsafelyUnwrapped
  }

  /// All bytes.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Maps a file.
  public init(contentsOf url: URL) throws(ModelError) {
    do {
      data = try Data(contentsOf: url, options: .alwaysMapped)
    } catch {
      throw ModelError(
        file: url.path,
        message:
          "the model cannot be opened (\(error.localizedDescription)); name one with --model, or make one with weerbaar train"
      )
    }
    file = url.path
    count = data.count
    let start = data.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    guard start != 0, count > 0 else {
      throw ModelError(file: url.path, message: "the model file is empty; make it again with weerbaar train")
    }
    address = start
  }

  func damaged(_ what: String) -> ModelError {
    ModelError(
      file: file, message: "the model file is damaged: \(what); fetch it again, or make it with weerbaar train")
  }
}

/// The container of a model: named sections, a version, its own length, a checksum and a SHA-256.
///
/// Layout, little-endian: 8 bytes "WEERBAAR", format version (UInt32), number of sections (UInt32), length of the file
/// (UInt64); then for each section a name of 24 bytes padded with zeros, its offset and length (UInt64 each); then the
/// sections, each at a multiple of 64; last the SHA-256 of all that stands before it (32 bytes), and a checksum of all
/// that stands before that (UInt64). `head -c -40 FILE | sha256sum` gives the SHA-256 by hand.
///
/// Opening checks the checksum, which takes about 2 ms where the SHA-256 takes 30 to 60; ``verify()`` checks that too.
public struct ModelFile: Sendable {
  public static let formatVersion: UInt32 = 4
  private static let magic = Array("WEERBAAR".utf8)
  private static let headerSize = 24
  private static let hashSize = 32
  private static let trailerSize = 40

  public let storage: MappedBytes
  private let sections: [String: Range<Int>]
  /// The SHA-256 that the file carries, in hexadecimal: of all but its last 40 bytes.
  public let digest: String

  /// Opens a model file and checks its length and its checksum. O(size).
  public init(contentsOf url: URL) throws(ModelError) {
    storage = try MappedBytes(contentsOf: url)
    let bytes = storage.bytes
    guard bytes.count >= Self.headerSize + Self.trailerSize, bytes.prefix(8).elementsEqual(Self.magic) else {
      throw ModelError(file: url.path, message: "this is no Weerbaar model; name one with --model")
    }
    let version = bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self).littleEndian
    guard version == Self.formatVersion else {
      throw ModelError(
        file: url.path,
        message:
          "the model has format \(version), this program reads format \(Self.formatVersion); use the model that came with the program"
      )
    }
    let length = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self).littleEndian
    guard length == UInt64(bytes.count) else {
      throw storage.damaged("it should be \(length) bytes long and is \(bytes.count)")
    }
    guard
      bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self).littleEndian
        == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)]))
    else { throw storage.damaged("its checksum is not that of its content") }
    let count = Int(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self).littleEndian)
    guard count <= 64, Self.headerSize + count * 40 <= bytes.count else {
      throw storage.damaged("its list of sections is too long")
    }
    var sections: [String: Range<Int>] = [:]
    for number in 0..<count {
      let entry = Self.headerSize + number * 40
      let name = String(decoding: bytes[entry..<entry + 24].prefix { $0 != 0 }, as: UTF8.self)
      let offset = bytes.loadUnaligned(fromByteOffset: entry + 24, as: UInt64.self).littleEndian
      let size = bytes.loadUnaligned(fromByteOffset: entry + 32, as: UInt64.self).littleEndian
      guard offset <= length, size <= length - offset else {
        throw storage.damaged("section \(name) lies outside the file")
      }
      sections[name] = Int(offset)..<Int(offset + size)
    }
    self.sections = sections
    digest = bytes[(bytes.count - Self.trailerSize)...].prefix(Self.hashSize).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }

  /// Checks the SHA-256 that the file carries. O(size).
  public func verify() throws(ModelError) {
    let bytes = storage.bytes
    var hash = SHA256()
    hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - Self.trailerSize)]))
    guard hash.finalize().elementsEqual(bytes[(bytes.count - Self.trailerSize)...].prefix(Self.hashSize)) else {
      throw storage.damaged("its SHA-256 is not that of its content")
    }
  }

  /// The bytes of a section.
  public func section(_ name: String) throws(ModelError) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: storage.bytes[try range(name)])
  }

  /// The weights in a section.
  public func weights(_ name: String) throws(ModelError) -> WeightTable {
    try WeightTable(storage: storage, range: range(name))
  }

  private func range(_ name: String) throws(ModelError) -> Range<Int> {
    guard let range = sections[name] else { throw storage.damaged("section \(name) is missing") }
    return range
  }

  /// The bytes of a model file with these sections.
  public static func encode(_ sections: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var table: [UInt8] = []
    var body: [UInt8] = []
    let tableEnd = headerSize + sections.count * 40
    let bodyStart = (tableEnd + 63) & ~63
    func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    for section in sections {
      while (bodyStart + body.count) % 64 != 0 { body.append(0) }
      let name = Array(section.name.utf8.prefix(23))
      table.append(contentsOf: name + [UInt8](repeating: 0, count: 24 - name.count))
      append(UInt64(bodyStart + body.count), to: &table)
      append(UInt64(section.bytes.count), to: &table)
      body.append(contentsOf: section.bytes)
    }
    table.append(contentsOf: [UInt8](repeating: 0, count: bodyStart - tableEnd))
    var file = magic
    append(formatVersion, to: &file)
    append(UInt32(sections.count), to: &file)
    append(UInt64(bodyStart + body.count + trailerSize), to: &file)
    file += table + body
    file += SHA256.hash(data: file)
    append(file.withUnsafeBytes { Checksum.of($0) }, to: &file)
    return file
  }
}

/// A fast checksum against accidents: four running products over words of eight bytes, joined at the end. A change of
/// one word always changes it.
enum Checksum {
  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let prime: UInt64 = 0x9e37_79b9_7f4a_7c15
    var lanes: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, UInt64(bytes.count))
    var position = 0
    func word(_ offset: Int) -> UInt64 {
      bytes.loadUnaligned(fromByteOffset: position + offset, as: UInt64.self).littleEndian
    }
    func step(_ lane: UInt64, _ word: UInt64) -> UInt64 {
      let product = (lane ^ word) &* prime
      return product ^ product >> 29
    }
    while position + 32 <= bytes.count {
      lanes = (
        step(lanes.0, word(0)), step(lanes.1, word(8)), step(lanes.2, word(16)), step(lanes.3, word(24))
      )
      position += 32
    }
    while position < bytes.count {
      lanes.0 = step(lanes.0, UInt64(bytes[position]))
      position += 1
    }
    return step(step(step(lanes.0, lanes.1), lanes.2), lanes.3)
  }
}
