/// Sentence boundaries by the rules of Unicode Standard Annex 29 (SB1-SB998), as ICU applies them to Dutch, worked on an
/// array of Sentence_Break property values, so that text of any script takes the same path.
struct SentenceSegmenter {
  // ICU's USentenceBreak values.
  private static let aTerm: UInt8 = 1
  private static let close: UInt8 = 2
  private static let format: UInt8 = 3
  private static let lower: UInt8 = 4
  private static let numeric: UInt8 = 5
  private static let oLetter: UInt8 = 6
  private static let sep: UInt8 = 7
  private static let sp: UInt8 = 8
  private static let sTerm: UInt8 = 9
  private static let upper: UInt8 = 10
  private static let cr: UInt8 = 11
  private static let extend: UInt8 = 12
  private static let lf: UInt8 = 13
  private static let sContinue: UInt8 = 14

  /// The property values of ASCII.
  static var ascii: UnsafePointer<UInt8> { asciiTable.base }

  private static let asciiTable = AsciiTable()

  /// A table that lives as long as the program.
  private struct AsciiTable: @unchecked Sendable {
    let base: UnsafePointer<UInt8>

    init() {
      let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 128)
      for scalar in 0..<128 { table[scalar] = UInt8(clamping: ICU.sentenceBreak(UInt32(scalar))) }
      base = UnsafePointer(table)
    }
  }

  /// Appends the ends of sentences (indexes into `values`, the end included) to `ends`. O(n).
  static func boundaries(of values: UnsafeBufferPointer<UInt8>, into ends: inout PlainBuffer<UInt32>) {
    let count = values.count
    func skip(_ index: Int) -> Int {
      var next = index
      while next < count, values[next] == extend || values[next] == format { next += 1 }
      return next
    }
    var index = 0
    var previous: UInt8 = 0
    while index < count {
      let value = values[index]
      switch value {
      case sep, lf:
        ends.append(UInt32(index + 1))
        previous = 0
        index += 1
      case cr:
        index += index + 1 < count && values[index + 1] == lf ? 2 : 1
        ends.append(UInt32(index))
        previous = 0
      case aTerm, sTerm:
        let after = skip(index + 1)
        if value == aTerm, after < count,
          values[after] == numeric || (values[after] == upper && (previous == upper || previous == lower))
        {
          previous = value
          index += 1
          continue
        }
        var next = after
        while next < count, values[next] == close { next = skip(next + 1) }
        while next < count, values[next] == sp { next = skip(next + 1) }
        if value == aTerm, continuesInLowerCase(values, from: next) {
          previous = value
          index += 1
          continue
        }
        if next < count {
          let follower = values[next]
          if follower == sContinue || follower == sTerm || follower == aTerm {
            previous = value
            index = max(index + 1, next)
            continue
          }
          if follower == sep || follower == lf {
            next += 1
          } else if follower == cr {
            next += next + 1 < count && values[next + 1] == lf ? 2 : 1
          }
        }
        ends.append(UInt32(next))
        previous = 0
        index = next
      case extend, format:
        index += 1
      default:
        previous = value
        index += 1
      }
    }
    if ends.last.map({ Int($0) != count }) ?? (count > 0) { ends.append(UInt32(count)) }
  }

  /// SB8: whether the first letter, terminator or paragraph separator from `start` on is a lower-case letter.
  private static func continuesInLowerCase(_ values: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
    var next = start
    while next < values.count {
      switch values[next] {
      case lower: return true
      case oLetter, upper, sep, cr, lf, sTerm, aTerm: return false
      default: next += 1
      }
    }
    return false
  }
}
