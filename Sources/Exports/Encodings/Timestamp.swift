internal import Foundation

/// Years, months and days without a calendar object; the proleptic Gregorian calendar.
enum CivilDate {
  /// Days from 1970-01-01. After H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
  }

  /// Year, month and day of a number of days from 1970-01-01.
  static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719468
    let era = (shifted >= 0 ? shifted : shifted - 146096) / 146097
    let dayOfEra = shifted - era * 146097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  static func length(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// A wall clock's time, which may or may not name its zone.
struct ClockTime: Equatable {
  var year: Int
  var month: Int
  var day: Int
  var hour = 0
  var minute = 0
  var second = 0
  /// Milliseconds; nil where the source has no fraction.
  var millisecond: Int?
  /// Seconds east of Greenwich, where the source tells.
  var offset: Int?

  var isValid: Bool {
    (1...9999).contains(year) && (1...12).contains(month) && day >= 1 && day <= CivilDate.length(year, month)
      && (0...23).contains(hour) && (0...59).contains(minute) && (0...60).contains(second)
      && abs(offset ?? 0) < 24 * 3600
  }

  /// Seconds from 1970 on this clock.
  var seconds: Int {
    CivilDate.days(year, month, day) * 86400 + hour * 3600 + minute * 60 + min(second, 59)
  }
}

/// An instant and the zone it is told in.
struct Timestamp: Equatable, Comparable {
  /// Seconds from 1970-01-01T00:00Z.
  var seconds: Int
  var millisecond: Int?
  /// Seconds east of Greenwich.
  var offset = 0

  init(seconds: Int, millisecond: Int? = nil, offset: Int = 0) {
    self.seconds = seconds
    self.millisecond = millisecond
    self.offset = offset
  }

  /// A number as exports give it: seconds, milli-, micro- or nanoseconds from 1970, told apart by size. Nil outside the
  /// years 1990 to 2100.
  init?(epoch value: Int) {
    let earliest = 631_152_000
    let latest = 4_102_444_800
    var unit = 1
    for _ in 0..<4 {
      if value / unit >= earliest, value / unit < latest {
        self.init(seconds: value / unit, millisecond: unit == 1 ? nil : value % unit * 1000 / unit)
        return
      }
      unit *= 1000
    }
    return nil
  }

  static func < (left: Timestamp, right: Timestamp) -> Bool {
    (left.seconds, left.millisecond ?? 0) < (right.seconds, right.millisecond ?? 0)
  }

  /// RFC 3339.
  var rfc3339: String {
    let local = seconds + offset
    let days = local >= 0 ? local / 86400 : (local - 86399) / 86400
    let date = CivilDate.date(days)
    let clock = local - days * 86400
    var out: [UInt8] = []
    func append(_ value: Int, _ width: Int) {
      var digits: [UInt8] = []
      var rest = abs(value)
      repeat {
        digits.append(48 + UInt8(rest % 10))
        rest /= 10
      } while rest > 0
      while digits.count < width { digits.append(48) }
      out += digits.reversed()
    }
    append(date.year, 4)
    out.append(UInt8(ascii: "-"))
    append(date.month, 2)
    out.append(UInt8(ascii: "-"))
    append(date.day, 2)
    out.append(UInt8(ascii: "T"))
    append(clock / 3600, 2)
    out.append(UInt8(ascii: ":"))
    append(clock / 60 % 60, 2)
    out.append(UInt8(ascii: ":"))
    append(clock % 60, 2)
    if let millisecond {
      out.append(UInt8(ascii: "."))
      append(millisecond, 3)
    }
    if offset == 0 {
      out.append(UInt8(ascii: "Z"))
    } else {
      out.append(UInt8(ascii: offset < 0 ? "-" : "+"))
      append(abs(offset) / 3600, 2)
      out.append(UInt8(ascii: ":"))
      append(abs(offset) / 60 % 60, 2)
    }
    return String(decoding: out, as: UTF8.self)
  }
}

/// The zone in which times without one are read.
final class LocalZone {
  /// What happened to a time on the way to an instant.
  enum Reading { case plain, skippedHour, doubledHour }

  let name: String
  private let zone: TimeZone
  private var cachedDay = Int.min
  private var cachedOffset = 0

  init(_ zone: TimeZone) {
    self.zone = zone
    name = zone.identifier
  }

  private func offset(at seconds: Int) -> Int {
    zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
  }

  /// The instant of a clock's time. An hour that does not exist is read with the offset before it; of an hour that comes
  /// twice the first is taken; both are said.
  func instant(_ clock: ClockTime) -> (Timestamp, Reading) {
    let local = clock.seconds
    if let offset = clock.offset {
      return (Timestamp(seconds: local - offset, millisecond: clock.millisecond, offset: offset), .plain)
    }
    let day = local / 86400
    if day == cachedDay {
      return (Timestamp(seconds: local - cachedOffset, millisecond: clock.millisecond, offset: cachedOffset), .plain)
    }
    let before = offset(at: local - 86400)
    let after = offset(at: local + 86400)
    var reading = Reading.plain
    var chosen = before
    if before != after {
      let fits = [before, after].filter { offset(at: local - $0) == $0 }
      if fits.isEmpty {
        reading = .skippedHour
        let seconds = local - before
        return (Timestamp(seconds: seconds, millisecond: clock.millisecond, offset: offset(at: seconds)), reading)
      }
      chosen = fits[0]
      if fits.count == 2 { reading = .doubledHour }
    } else if offset(at: day * 86400 - before) == before, offset(at: day * 86400 + 86400 - before) == before {
      cachedDay = day
      cachedOffset = before
    }
    return (Timestamp(seconds: local - chosen, millisecond: clock.millisecond, offset: chosen), reading)
  }

  /// An instant told in this zone.
  func told(_ instant: Timestamp) -> Timestamp {
    Timestamp(seconds: instant.seconds, millisecond: instant.millisecond, offset: offset(at: instant.seconds))
  }
}
