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

/// The container of a model: named sections, a version, its own length, and a SHA-256.
///
/// Layout, little-endian: 8 bytes "WEERBAAR", format version (UInt32), number of sections (UInt32), length of the file
/// (UInt64); then for each section a name of 24 bytes padded with zeros, its offset and length (UInt64 each); then the
/// sections, each at a multiple of 64; last the SHA-256 of all that stands before it (32 bytes).
///
/// Opening reads the file once: on the way the SHA-256 is compared, and carried on to the end it is that of the whole file, by
/// which assessments name the model. That takes 9 ms for 12 MB with the processor's help and about 40 without.
public struct ModelFile: Sendable {
  public static let formatVersion: UInt32 = 8
  private static let magic = Array("WEERBAAR".utf8)
  private static let headerSize = 24
  private static let trailerSize = 32

  public let storage: MappedBytes
  private let sections: [String: Range<Int>]
  /// SHA-256 of the file, in hexadecimal, as `sha256sum` prints it.
  public let digest: String

  /// Opens a model file and checks its length and its SHA-256. O(size).
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
    var hash = SHA256()
    hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - Self.trailerSize)]))
    let trailer = UnsafeRawBufferPointer(rebasing: bytes[(bytes.count - Self.trailerSize)...])
    guard hash.finalize().elementsEqual(trailer) else {
      throw storage.damaged("its SHA-256 is not that of its content")
    }
    hash.update(bufferPointer: trailer)
    digest = hash.finalize().map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
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
    return file
  }
}
