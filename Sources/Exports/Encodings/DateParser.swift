/// Reads the ways in which exports write a date.
enum DateParser {
  private enum Piece: Equatable {
    case number(Int, digits: Int)
    case word(String)
    case mark(UInt8)
  }

  private static func pieces(_ text: String) -> [Piece] {
    var out: [Piece] = []
    var word: [UInt8] = []
    var number = 0
    var digits = 0
    func flush() {
      if digits > 0 { out.append(.number(number, digits: digits)) }
      if !word.isEmpty { out.append(.word(String(decoding: word, as: UTF8.self).lowercased())) }
      word = []
      number = 0
      digits = 0
    }
    for byte in text.utf8.prefix(120) {
      switch byte {
      case 48...57:
        if !word.isEmpty { flush() }
        if digits < 18 { number = number * 10 + Int(byte) - 48 }
        digits += 1
      case 65...90, 97...122, 0x80...0xFF:
        if digits > 0 { flush() }
        word.append(byte)
      default:
        flush()
        out.append(.mark(byte))
      }
    }
    flush()
    return out
  }

  /// The names of months in Dutch, English, German, French, Spanish, Portuguese and Italian by their first letters, and
  /// the names that these do not tell apart.
  private static func month(_ word: String) -> Int? {
    switch word {
    case "mrt", "maart", "mars", "märz", "mrz", "mär", "marzo", "março", "mar", "march": return 3
    case "mei", "mai", "may", "maio", "mayo", "maggio", "mag": return 5
    case "juin", "jun", "june", "juni", "junio", "junho", "giugno", "giu": return 6
    case "juil", "juillet", "jul", "july", "juli", "julio", "julho", "luglio", "lug": return 7
    case "août", "aout", "aug", "august", "augustus", "agosto", "ago": return 8
    default: break
    }
    switch word.prefix(3) {
    case "jan", "ene", "gen": return 1
    case "feb", "fév", "fev": return 2
    case "apr", "avr", "abr": return 4
    case "sep", "set": return 9
    case "oct", "okt", "out", "ott": return 10
    case "nov": return 11
    case "dec", "dez", "dic", "déc": return 12
    default: return nil
    }
  }

  private static func zone(_ word: String) -> Int? {
    switch word {
    case "z", "utc", "gmt", "ut", "wet": 0
    case "cet", "met", "bst", "mez": 3600
    case "cest", "mest", "mesz", "eet": 7200
    case "eest": 10800
    case "est": -18000
    case "edt", "ast": -14400
    case "cst": -21600
    case "cdt": -18000
    case "mst": -25200
    case "mdt": -21600
    case "pst": -28800
    case "pdt": -25200
    default: nil
    }
  }

  private static func isAfternoon(_ word: String) -> Bool? {
    switch word {
    case "am", "vm", "a": false
    case "pm", "nm", "p": true
    default: nil
    }
  }

  /// Reads a date: RFC 3339 and its looser forms, RFC 5322 and its broken forms, X's own form, "14 mei 2024 10:00",
  /// "May 14, 2024 at 10:00 AM", "14-05-2024 10:00". Of two small numbers the first is the day unless `monthFirst`.
  /// - Returns: the time, with its offset where the text tells one; nil where it is no date.
  static func parse(_ text: String, monthFirst: Bool = false) -> ClockTime? {
    let all = pieces(text)
    guard !all.isEmpty else { return nil }
    var year: Int?
    var month: Int?
    var day: Int?
    var hour: Int?
    var minute = 0
    var second = 0
    var fraction: Int?
    var offset: Int?
    var afternoon: Bool?
    var loose: [(value: Int, digits: Int)] = []
    var index = 0
    func number(_ at: Int) -> (Int, Int)? {
      guard all.indices.contains(at), case .number(let value, let digits) = all[at] else { return nil }
      return (value, digits)
    }
    func mark(_ at: Int) -> UInt8? {
      guard all.indices.contains(at), case .mark(let byte) = all[at] else { return nil }
      return byte
    }
    while index < all.count {
      switch all[index] {
      case .number(let value, let digits):
        let following = mark(index + 1)
        if hour == nil, following == UInt8(ascii: ":"), let (next, nextDigits) = number(index + 2), digits <= 2,
          nextDigits <= 2
        {
          hour = value
          minute = next
          index += 2
          if mark(index + 1) == UInt8(ascii: ":"), let (next, _) = number(index + 2) {
            second = next
            index += 2
            if let dot = mark(index + 1), dot == UInt8(ascii: ".") || dot == UInt8(ascii: ","),
              let (next, digits) = number(index + 2), digits <= 9
            {
              var scaled = next
              if digits < 3 { for _ in digits..<3 { scaled *= 10 } }
              if digits > 3 { for _ in 3..<digits { scaled /= 10 } }
              fraction = scaled
              index += 2
            }
          }
        } else if hour != nil, offset == nil || offset == 0, index > 0,
          let sign = mark(index - 1), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), digits <= 4,
          year != nil || loose.count >= 2 || digits == 4
        {
          let hours: Int
          let minutes: Int
          if digits <= 2 {
            hours = value
            if following == UInt8(ascii: ":"), let (next, _) = number(index + 2) {
              minutes = next
              index += 2
            } else {
              minutes = 0
            }
          } else {
            hours = value / 100
            minutes = value % 100
          }
          if hours <= 14, minutes < 60 { offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1) }
        } else if digits == 8, year == nil, loose.isEmpty {
          year = value / 10000
          month = value / 100 % 100
          day = value % 100
        } else if digits == 6, hour == nil, year != nil {
          hour = value / 10000
          minute = value / 100 % 100
          second = value % 100
        } else if digits == 4 || (digits > 2 && value > 31) {
          if year == nil {
            year = value
            // Year first: the other two follow in order.
            if loose.isEmpty, month == nil, let separator = following, separator != 32,
              let (second, secondDigits) = number(index + 2), secondDigits <= 2, mark(index + 3) == separator,
              let (third, thirdDigits) = number(index + 4), thirdDigits <= 2
            {
              month = second
              day = third
              index += 4
            }
          } else if hour == nil, mark(index - 1) == 32 {
            hour = value / 100
            minute = value % 100
          }
        } else {
          loose.append((value, digits))
        }
      case .word(let word):
        if let found = Self.month(word), month == nil, word.utf8.count >= 3 {
          month = found
        } else if let found = zone(word), hour != nil {
          offset = found
        } else if hour != nil, afternoon == nil, let found = isAfternoon(word) {
          afternoon = found
        }
      case .mark: break
      }
      index += 1
    }
    if month == nil, loose.count >= 2 {
      var dayAndMonth = Array(loose.prefix(2))
      if year == nil, loose.count >= 3, loose[2].digits == 2 {
        year = loose[2].value
        if loose[0].value > 31 {
          year = loose[0].value
          dayAndMonth = [loose[2], loose[1]]
        }
      }
      let first = dayAndMonth[0].value
      let second = dayAndMonth[1].value
      let isMonthFirst = monthFirst ? first <= 12 : second > 12
      month = isMonthFirst ? first : second
      day = isMonthFirst ? second : first
    } else if day == nil, let first = loose.first {
      day = first.value
      if year == nil, loose.count >= 2, loose[1].digits == 2 { year = loose[1].value }
    }
    guard var year, let month, let day else { return nil }
    if year < 100 { year += year < 70 ? 2000 : 1900 }
    if let afternoon, let given = hour, given <= 12 { hour = given % 12 + (afternoon ? 12 : 0) }
    let clock = ClockTime(
      year: year, month: month, day: day, hour: hour ?? 0, minute: minute, second: second, millisecond: fraction,
      offset: offset)
    return clock.isValid ? clock : nil
  }
}
