internal import ICUShims

/// An error that the ICU library reported.
public struct ICUError: Error, CustomStringConvertible, Sendable {
  /// ICU's own number for the error (`UErrorCode`).
  public let code: Int32
  /// The call that failed.
  public let call: String

  public var description: String {
    "ICU could not carry out \(call) (error \(code)); check that the ICU library and its data are installed completely"
  }
}

/// The part of ICU that the tokenizer and normalizer stand on.
enum ICU {
  /// Throws where `code` is one of ICU's failures; warnings are below zero.
  static func check(_ code: Int32, _ call: String) throws(ICUError) {
    if code > 0 { throw ICUError(code: code, call: call) }
  }

  /// The version of the library in use, such as "72.1".
  static var version: String {
    var buffer = [CChar](repeating: 0, count: 32)
    wb_icu_version(&buffer, Int32(buffer.count))
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Calls an ICU function that fills a buffer and tells the length it needs: asks, grows, asks again.
  private static func filled(
    _ call: String, guess: Int, _ body: (UnsafeMutablePointer<UInt16>, Int32, inout Int32) -> Int32
  ) throws(ICUError) -> [UInt16] {
    var out = [UInt16](repeating: 0, count: max(guess, 8))
    var code: Int32 = 0
    var needed = body(&out, Int32(out.count), &code)
    try check(code, call)
    if Int(needed) > out.count {
      out = [UInt16](repeating: 0, count: Int(needed))
      needed = body(&out, Int32(out.count), &code)
      try check(code, call)
    }
    out.removeLast(out.count - Int(needed))
    return out
  }

  /// NFKC case folding of UTF-16 text; default-ignorable characters disappear.
  static func nfkcCaseFold(_ text: [UInt16]) throws(ICUError) -> [UInt16] {
    try filled("NFKC_Casefold", guess: text.count * 3) { out, capacity, code in
      wb_nfkc_casefold(text, Int32(text.count), out, capacity, &code)
    }
  }

  /// Canonical decomposition (NFD) of UTF-16 text.
  static func decompose(_ text: [UInt16]) throws(ICUError) -> [UInt16] {
    try filled("NFD", guess: text.count * 3) { out, capacity, code in
      wb_nfd(text, Int32(text.count), out, capacity, &code)
    }
  }

  /// Properties of one Unicode scalar.
  static func generalCategory(_ scalar: UInt32) -> Int8 { wb_general_category(Int32(scalar)) }
  static func sentenceBreak(_ scalar: UInt32) -> Int32 { wb_sentence_break(Int32(scalar)) }
  static func script(_ scalar: UInt32) -> Int32 { wb_script(Int32(scalar)) }
  static func isExtendedPictographic(_ scalar: UInt32) -> Bool { wb_is_extended_pictographic(Int32(scalar)) }
  static func isDefaultIgnorable(_ scalar: UInt32) -> Bool { wb_is_default_ignorable(Int32(scalar)) }
  static func isWhiteSpace(_ scalar: UInt32) -> Bool { wb_is_white_space(Int32(scalar)) }
  static func isAlphabetic(_ scalar: UInt32) -> Bool { wb_is_alphabetic(Int32(scalar)) }
  static func isUppercase(_ scalar: UInt32) -> Bool { wb_is_uppercase(Int32(scalar)) }

  /// One of ICU's rule-based break iterators with the rules for Dutch. It owns its ICU object.
  final class BreakIterator {
    enum Kind { case word, sentence }
    private let handle: OpaquePointer

    init(_ kind: Kind) throws(ICUError) {
      var code: Int32 = 0
      let opened = wb_break_open(kind == .word ? WBBreakWord : WBBreakSentence, "nl", &code)
      try ICU.check(code, "ubrk_open")
      guard let opened else { throw ICUError(code: code, call: "ubrk_open") }
      handle = opened
    }

    deinit { wb_break_close(handle) }

    /// The boundaries after the start of `text`, in UTF-16 units, the end included.
    func boundaries(in text: [UInt16]) throws(ICUError) -> [Int] {
      var found: [Int] = []
      var code: Int32 = 0
      text.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        wb_break_set_text(handle, base, Int32(buffer.count), &code)
        guard code <= 0 else { return }
        while true {
          let next = wb_break_next(handle)
          if next < 0 { break }
          found.append(Int(next))
        }
      }
      try ICU.check(code, "ubrk_setText")
      return found
    }
  }
}
