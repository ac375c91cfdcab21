/// A day of the Gregorian calendar, as a number: 0 is 1 January 1970.
struct CalendarDay: Comparable, Hashable, Sendable {
  var number: Int

  init(number: Int) { self.number = number }

  /// The day of a date (Howard Hinnant's days_from_civil).
  init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), (1...31).contains(day), (1...9999).contains(year) else { return nil }
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    number = era * 146_097 + dayOfEra - 719_468
    let back = date
    if back.month != month || back.day != day { return nil }
  }

  /// The date at the start of an RFC 3339 time, as the clock there showed it; nil where it is none.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    guard text.count >= 10, text[4] == 45, text[7] == 45 else { return nil }
    func digits(_ range: Range<Int>) -> Int? {
      var value = 0
      for index in range {
        let digit = text[index] &- 48
        guard digit < 10 else { return nil }
        value = value * 10 + Int(digit)
      }
      return value
    }
    guard let year = digits(0..<4), let month = digits(5..<7), let day = digits(8..<10) else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// The day of a text such as 2021-02-26.
  init?(_ text: String) {
    var copy = text
    guard let day = copy.withUTF8({ CalendarDay($0) }) else { return nil }
    self = day
  }

  /// Year, month and day (Howard Hinnant's civil_from_days).
  var date: (year: Int, month: Int, day: Int) {
    let z = number + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted + (shifted < 10 ? 3 : -9)
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  /// Months since the year 0.
  var month: Int { date.year * 12 + date.month - 1 }

  /// As 2021-02-26.
  var text: String {
    let (year, month, day) = date
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  /// A month as 2021-02.
  static func monthText(_ month: Int) -> String {
    let number = month % 12 + 1
    return "\(month / 12)-\(number < 10 ? "0" : "")\(number)"
  }

  static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.number < right.number }
}
