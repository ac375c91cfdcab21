/// Word boundaries by the rules of Unicode Standard Annex 29, as ICU applies them to Dutch.
///
/// ASCII, which is nearly all of folded Dutch, takes a table-driven path that gives exactly ICU's boundaries; all else goes
/// to ICU's own iterator. Tests hold the two against each other on random text.
struct WordSegmenter {
  private enum Class: UInt8 { case other, letter, numeric, extend, midLetter, midNumLet, quote, midNum }

  private static let classes: [Class] = {
    var table = [Class](repeating: .other, count: 128)
    for byte in UInt8(ascii: "a")...UInt8(ascii: "z") { table[Int(byte)] = .letter }
    for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { table[Int(byte)] = .letter }
    for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { table[Int(byte)] = .numeric }
    table[Int(UInt8(ascii: "_"))] = .extend
    table[Int(UInt8(ascii: "."))] = .midNumLet
    table[Int(UInt8(ascii: "'"))] = .quote
    table[Int(UInt8(ascii: ","))] = .midNum
    table[Int(UInt8(ascii: ";"))] = .midNum
    return table
  }()

  private let classes = WordSegmenter.classes
  private let icu: ICU.BreakIterator

  init() throws(ICUError) { icu = try ICU.BreakIterator(.word) }

  /// The end of the segment that starts at `start`, for ASCII text without white space. O(length of the segment).
  func asciiBoundary(in text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
    var previous = classes[Int(text[start] & 127)]
    var next = start + 1
    guard previous == .letter || previous == .numeric || previous == .extend else { return next }
    while next < end {
      let current = classes[Int(text[next] & 127)]
      switch current {
      case .letter, .numeric, .extend:
        previous = current
        next += 1
      case .midLetter, .midNumLet, .quote, .midNum:
        guard next + 1 < end else { return next }
        let after = classes[Int(text[next + 1] & 127)]
        let joinsLetters = previous == .letter && after == .letter && current != .midNum
        let joinsNumbers = previous == .numeric && after == .numeric && current != .midLetter
        guard joinsLetters || joinsNumbers else { return next }
        previous = after
        next += 2
      case .other:
        return next
      }
    }
    return next
  }

  /// Boundaries (UTF-8 offsets into `text`, the end included) by ICU's own iterator. O(n).
  ///
  /// An at sign stands alone on every path: releases of ICU differ in whether it is part of a word.
  func icuBoundaries(in text: UnsafeBufferPointer<UInt8>) -> [Int] {
    var found: [Int] = []
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != UInt8(ascii: "@") { end += 1 }
      if end > start {
        let piece = UnsafeBufferPointer(rebasing: text[start..<end])
        found += pieceBoundaries(in: piece).lazy.filter { $0 > 0 }.map { $0 + start }
      }
      if end < text.count { found.append(end + 1) }
      start = end + 1
    }
    return found
  }

  private func pieceBoundaries(in text: UnsafeBufferPointer<UInt8>) -> [Int] {
    var units: [UInt16] = []
    var byteAt: [Int] = []
    units.reserveCapacity(text.count)
    byteAt.reserveCapacity(text.count + 1)
    var offset = 0
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      for unit in UTF16.encode(scalar) ?? .init() {
        units.append(unit)
        byteAt.append(offset)
      }
      offset += UTF8.width(scalar)
    }
    byteAt.append(offset)
    do {
      return try icu.boundaries(in: units).map { byteAt[$0] }
    } catch {
      return [text.count]
    }
  }
}
