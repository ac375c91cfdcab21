/// The head of a message in an exported WhatsApp chat: `02-05-2022 16:20 - `, `[02-05-2022 16:20:01] ` and the like.
struct WhatsAppHeader: Equatable {
  /// What all heads of one export have in common.
  struct Style: Hashable {
    var bracket: Bool
    var separator: UInt8
    var yearDigits: Int
    var yearFirst: Bool
    var comma: Bool
    var seconds: Bool
    var halfDay: Bool
  }

  var style: Style
  /// The three numbers of the date as they stand.
  var numbers: (Int, Int, Int)
  var hour: Int
  var minute: Int
  var second: Int
  /// Where the rest of the line begins, in bytes.
  var end: Int

  static func == (left: WhatsAppHeader, right: WhatsAppHeader) -> Bool {
    left.style == right.style && left.numbers == right.numbers && left.end == right.end
  }

  /// Reads the head of a line; nil where it has none.
  init?(_ line: [UInt8]) {
    var index = 0
    func byte(_ at: Int) -> UInt8 { at < line.count ? line[at] : 0 }
    /// Marks of direction and the byte order mark, which take no room.
    func skipMarks() {
      while true {
        if byte(index) == 0xE2, byte(index + 1) == 0x80,
          (0x8E...0x8F).contains(byte(index + 2)) || (0xAA...0xAE).contains(byte(index + 2))
        {
          index += 3
        } else if byte(index) == 0xEF, byte(index + 1) == 0xBB, byte(index + 2) == 0xBF {
          index += 3
        } else {
          return
        }
      }
    }
    func skipSpaces() -> Bool {
      let start = index
      while true {
        skipMarks()
        if byte(index) == 32 {
          index += 1
        } else if byte(index) == 0xC2, byte(index + 1) == 0xA0 {
          index += 2
        } else if byte(index) == 0xE2, byte(index + 1) == 0x80, byte(index + 2) == 0xAF {
          index += 3
        } else {
          return index > start
        }
      }
    }
    func number(_ most: Int) -> (value: Int, digits: Int)? {
      var value = 0
      let start = index
      while byte(index) &- 48 < 10, index - start < most {
        value = value * 10 + Int(byte(index) - 48)
        index += 1
      }
      return index > start && byte(index) &- 48 >= 10 ? (value, index - start) : nil
    }

    skipMarks()
    let bracket = byte(index) == UInt8(ascii: "[")
    if bracket { index += 1 }
    skipMarks()
    guard let first = number(4) else { return nil }
    let separator = byte(index)
    guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/") || separator == UInt8(ascii: ".") else {
      return nil
    }
    index += 1
    _ = skipSpaces()
    guard let second = number(2), byte(index) == separator else { return nil }
    index += 1
    _ = skipSpaces()
    guard let third = number(4) else { return nil }
    let yearFirst = first.digits == 4
    guard yearFirst ? third.digits <= 2 : first.digits <= 2 && (third.digits == 2 || third.digits == 4) else {
      return nil
    }
    // A full stop may close the date, as in "02.05.22."
    if byte(index) == UInt8(ascii: "."), separator == UInt8(ascii: ".") { index += 1 }
    let comma = byte(index) == UInt8(ascii: ",")
    if comma { index += 1 }
    guard skipSpaces() || comma else { return nil }
    for word in ["om", "at", "um", "à"] where line[min(index, line.count)...].starts(with: word.utf8) {
      index += word.utf8.count
      _ = skipSpaces()
      break
    }
    guard let hour = number(2) else { return nil }
    let colon = byte(index)
    guard colon == UInt8(ascii: ":") || colon == UInt8(ascii: ".") else { return nil }
    index += 1
    guard let minute = number(2), minute.digits == 2 else { return nil }
    var seconds: Int?
    if byte(index) == colon, byte(index + 1) &- 48 < 10 {
      index += 1
      guard let found = number(2) else { return nil }
      seconds = found.value
    }
    let beforeSpace = index
    _ = skipSpaces()
    var afternoon: Bool?
    let letter = byte(index) | 32
    if letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") || letter == UInt8(ascii: "v")
      || letter == UInt8(ascii: "n")
    {
      var after = index + 1
      if byte(after) == UInt8(ascii: ".") { after += 1 }
      while byte(after) == 32 || byte(after) == 0xC2 || byte(after) == 0xA0 { after += 1 }
      if byte(after) | 32 == UInt8(ascii: "m") {
        after += 1
        if byte(after) == UInt8(ascii: ".") { after += 1 }
        afternoon = letter == UInt8(ascii: "p") || letter == UInt8(ascii: "n")
        index = after
      }
    }
    if afternoon == nil { index = beforeSpace }
    if bracket {
      _ = skipSpaces()
      guard byte(index) == UInt8(ascii: "]") else { return nil }
      index += 1
      _ = skipSpaces()
    } else if skipSpaces() {
      if byte(index) == UInt8(ascii: "-") {
        index += 1
      } else if byte(index) == 0xE2, byte(index + 1) == 0x80, byte(index + 2) == 0x93 || byte(index + 2) == 0x94 {
        index += 3
      } else {
        return nil
      }
      guard skipSpaces() || index >= line.count else { return nil }
    } else {
      // The oldest form on iOS: "02-05-16 16:20:01: Name: text".
      guard byte(index) == UInt8(ascii: ":"), byte(index + 1) == 32, seconds != nil else { return nil }
      index += 2
    }
    var clock = hour.value
    if let afternoon {
      guard (1...12).contains(clock) || clock == 0 else { return nil }
      clock = clock % 12 + (afternoon ? 12 : 0)
    }
    guard clock < 24, minute.value < 60, (seconds ?? 0) < 61 else { return nil }
    self.hour = clock
    self.minute = minute.value
    self.second = seconds ?? 0
    numbers = (first.value, second.value, third.value)
    style = Style(
      bracket: bracket, separator: separator, yearDigits: yearFirst ? first.digits : third.digits, yearFirst: yearFirst,
      comma: comma, seconds: seconds != nil, halfDay: afternoon != nil)
    end = index
  }

  enum Order: String { case dayMonth, monthDay }

  /// The time, with the order of day and month that the file has.
  func clock(_ order: Order) -> ClockTime? {
    var year = style.yearFirst ? numbers.0 : numbers.2
    if year < 100 { year += 2000 }
    let month: Int
    let day: Int
    if style.yearFirst {
      month = numbers.1
      day = numbers.2
    } else if order == .dayMonth {
      day = numbers.0
      month = numbers.1
    } else {
      month = numbers.0
      day = numbers.1
    }
    let clock = ClockTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    return clock.isValid ? clock : nil
  }
}
