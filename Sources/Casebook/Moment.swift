internal import Foundation

/// Times as the casebook counts them.
enum Moment {
  /// Seconds since 1970 of a time in RFC 3339, or of the beginning of a day; nil where it is none.
  static func seconds(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    func number(_ from: Int, _ count: Int) -> Int? {
      guard bytes.count >= from + count else { return nil }
      var value = 0
      for byte in bytes[from..<from + count] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 48)
      }
      return value
    }
    guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), (1...12).contains(month),
      (1...31).contains(day)
    else { return nil }
    // Days from civil, with the year beginning in March.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    guard bytes.count > 10 else { return days * 86400 }
    guard let hour = number(11, 2), let minute = number(14, 2) else { return nil }
    var value = days * 86400 + hour * 3600 + minute * 60
    var index = 16
    if bytes.count > index, bytes[index] == UInt8(ascii: ":"), let second = number(17, 2) {
      value += second
      index = 19
    }
    if bytes.count > index, bytes[index] == UInt8(ascii: ".") {
      index += 1
      while index < bytes.count, (48...57).contains(bytes[index]) { index += 1 }
    }
    if bytes.count > index, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"),
      let hours = number(index + 1, 2), let minutes = number(index + 4, 2)
    {
      let offset = hours * 3600 + minutes * 60
      value -= bytes[index] == UInt8(ascii: "+") ? offset : -offset
    }
    return value
  }

  /// A time in RFC 3339, in UTC.
  static func text(_ date: Date) -> String { date.formatted(.iso8601) }

  static func text(seconds: Int) -> String { text(Date(timeIntervalSince1970: Double(seconds))) }
}

extension Casebook {
  /// Seconds since 1970 of a day (2026-05-01) or a time in RFC 3339; nil where the text is neither.
  public static func seconds(_ text: String) -> Int? { Moment.seconds(text) }
}
