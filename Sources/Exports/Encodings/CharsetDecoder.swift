internal import CCharsets

/// Turns bytes of any character set that ICU knows into UTF-8. Owns its ICU converters.
final class CharsetDecoder {
  private let converter: OpaquePointer

  /// Opens a decoder by a name as mail and web pages give it; nil where it is not known.
  init?(_ name: String) {
    var code: Int32 = 0
    guard let opened = wb_converter_open(CharsetDecoder.standardName(name), &code) else { return nil }
    converter = opened
  }

  deinit { wb_converter_close(converter) }

  /// Names in use in mail that mean a larger set than they say, or that ICU does not know.
  private static func standardName(_ name: String) -> String {
    let lowered = name.lowercased().filter { $0 != " " && $0 != "\"" && $0 != "'" }
    switch lowered {
    case "iso-8859-1", "latin1", "latin-1", "iso8859-1", "us-ascii", "ascii", "ansi_x3.4-1968", "cp1252":
      return "windows-1252"
    case "ks_c_5601-1987", "ks_c_5601", "ksc5601", "euc-kr": return "windows-949"
    case "shift_jis", "shift-jis", "sjis", "x-sjis": return "ibm-943_P15A-2003"
    case "gb2312", "gbk": return "GB18030"
    case "iso-8859-9": return "windows-1254"
    case "utf8", "utf-8", "unicode-1-1-utf-8": return "UTF-8"
    case "utf7", "unicode-1-1-utf-7": return "UTF-7"
    default: return lowered
    }
  }

  /// Decodes a piece; state is kept between the pieces. Malformed bytes become U+FFFD.
  func decode(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool, into out: inout [UInt8]) {
    var space = [CChar](repeating: 0, count: max(256, min(bytes.count * 3, 1 << 16)))
    let capacity = space.count
    bytes.withMemoryRebound(to: CChar.self) { input in
      space.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        let empty: [CChar] = [0]
        empty.withUnsafeBufferPointer { none in
          guard let fallback = none.baseAddress else { return }
          var source: UnsafePointer<CChar>? = input.baseAddress ?? fallback
          let sourceEnd = (input.baseAddress ?? fallback) + input.count
          var again = true
          while again {
            var target: UnsafeMutablePointer<CChar>? = start
            var code: Int32 = 0
            again = wb_converter_to_utf8(converter, &source, sourceEnd, &target, start + capacity, isLast, &code)
            let count = target.map { $0 - start } ?? 0
            for index in 0..<count { out.append(UInt8(bitPattern: buffer[index])) }
            if code > 0 { return }
          }
        }
      }
    }
  }

  /// Decodes a whole text.
  func decode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    bytes.withUnsafeBufferPointer { decode($0, isLast: true, into: &out) }
    return String(decoding: out, as: UTF8.self)
  }
}

/// Turns a stream of another character set into UTF-8.
final class DecodingStream: ByteStream {
  private let stream: any ByteStream
  private let decoder: CharsetDecoder
  private var pending: [UInt8] = []
  private var position = 0
  private var ended = false
  private var input = [UInt8](repeating: 0, count: 1 << 14)

  init(_ stream: any ByteStream, _ decoder: CharsetDecoder) {
    self.stream = stream
    self.decoder = decoder
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while position == pending.count {
      guard !ended else { return 0 }
      pending.removeAll(keepingCapacity: true)
      position = 0
      let got = try input.withUnsafeMutableBytes { try stream.read(into: $0) }
      ended = got == 0
      input.withUnsafeBufferPointer {
        decoder.decode(UnsafeBufferPointer(rebasing: $0[..<got]), isLast: ended, into: &pending)
      }
    }
    let count = min(buffer.count, pending.count - position)
    pending.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
    }
    position += count
    return count
  }
}

/// Which Unicode or 8-bit encoding a text file has, told from its first bytes.
enum TextEncoding: Equatable {
  /// With the number of bytes of its mark.
  case utf8(mark: Int)
  case other(String, mark: Int)

  /// Tells the encoding: a byte order mark; zeros in every second byte; valid UTF-8; else Windows-1252.
  init(_ head: [UInt8], isComplete: Bool) {
    if head.starts(with: [0xEF, 0xBB, 0xBF]) {
      self = .utf8(mark: 3)
    } else if head.starts(with: [0xFF, 0xFE, 0, 0]) {
      self = .other("UTF-32LE", mark: 4)
    } else if head.starts(with: [0xFF, 0xFE]) {
      self = .other("UTF-16LE", mark: 2)
    } else if head.starts(with: [0xFE, 0xFF]) {
      self = .other("UTF-16BE", mark: 2)
    } else if let name = TextEncoding.zeros(head) {
      self = .other(name, mark: 0)
    } else if TextEncoding.isUTF8(head, isComplete: isComplete) {
      self = .utf8(mark: 0)
    } else {
      self = .other("windows-1252", mark: 0)
    }
  }

  private static func zeros(_ head: [UInt8]) -> String? {
    let sample = head.prefix(512)
    guard sample.count >= 4 else { return nil }
    var even = 0
    var odd = 0
    for (index, byte) in sample.enumerated() where byte == 0 { if index & 1 == 0 { even += 1 } else { odd += 1 } }
    let half = sample.count / 2
    if odd > half / 2, even <= half / 20 { return "UTF-16LE" }
    if even > half / 2, odd <= half / 20 { return "UTF-16BE" }
    return nil
  }

  /// Whether nearly all of it is UTF-8: a few damaged places do not turn a long UTF-8 file into Windows-1252.
  private static func isUTF8(_ head: [UInt8], isComplete: Bool) -> Bool {
    var good = 0
    var bad = 0
    var index = 0
    while index < head.count {
      let lead = head[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      let length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0
      if length == 0 || lead >= 0xF5 {
        bad += 1
        index += 1
      } else if index + length > head.count {
        if isComplete { bad += 1 }
        break
      } else if (1..<length).allSatisfy({ head[index + $0] & 0xC0 == 0x80 }) {
        good += 1
        index += length
      } else {
        bad += 1
        index += 1
      }
    }
    return bad == 0 || good > bad * 4
  }

  /// The text of a stream as UTF-8 without its mark.
  func open(_ stream: any ByteStream) throws -> any ByteStream {
    switch self {
    case .utf8(let mark), .other(_, let mark):
      if mark > 0 {
        var skipped = [UInt8](repeating: 0, count: mark)
        var count = 0
        try skipped.withUnsafeMutableBytes { buffer in
          while count < mark {
            let got = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if got == 0 { break }
            count += got
          }
        }
      }
    }
    if case .other(let name, _) = self, let decoder = CharsetDecoder(name) { return DecodingStream(stream, decoder) }
    return stream
  }

  /// The name to show.
  var name: String {
    switch self {
    case .utf8: "UTF-8"
    case .other(let name, _): name
    }
  }
}
