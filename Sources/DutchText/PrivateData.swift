extension TextAnalysis {
  /// Joins tokens that together are a telephone number, a number plate or a postcode by their form.
  mutating func findPrivateData() {
    var index = 0
    while index < tokens.count {
      let first = folded[Int(tokens[index].foldedStart)]
      let isNumber = first &- 48 < 10
      if isNumber || first == UInt8(ascii: "+") || (index + 1 < tokens.count && isSymbol(index + 1, "-")) {
        if let last = phone(from: index) {
          join(index, last, as: .phone)
        } else if let last = plate(from: index) {
          join(index, last, as: .plate)
        } else if let last = postcode(from: index) {
          join(index, last, as: .postcode)
        }
      }
      index += 1
    }
  }

  private func bytes(_ index: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
    folded[Int(tokens[index].foldedStart)..<Int(tokens[index].foldedEnd)]
  }

  private func isSymbol(_ index: Int, _ allowed: String) -> Bool {
    guard tokens[index].kind == .symbol else { return false }
    let form = bytes(index)
    return form.count == 1 && form.allSatisfy { allowed.utf8.contains($0) }
  }

  /// Nine to thirteen digits from 0, +31, +32 or 0031 on, in groups with spaces, hyphens or brackets.
  private func phone(from start: Int) -> Int? {
    var index = start
    var digits = 0
    var last: Int?
    let plus = isSymbol(start, "+")
    if plus { index += 1 }
    guard index < tokens.count, tokens[index].kind == .number else { return nil }
    let first = bytes(index)
    guard first.first == UInt8(ascii: "0") || (plus && first.first == UInt8(ascii: "3")) else { return nil }
    while index < tokens.count, index - start < 14 {
      if tokens[index].kind == .number {
        let form = bytes(index)
        guard form.allSatisfy({ $0 &- 48 < 10 || $0 == UInt8(ascii: ".") }) else { return nil }
        digits += form.count { $0 != UInt8(ascii: ".") }
        last = index
      } else if !isSymbol(index, "-()/") {
        break
      }
      index += 1
    }
    guard let last, (9...13).contains(digits), digits != 9 || !plus else { return nil }
    return last
  }

  /// Dutch (three groups, six characters) and Belgian (1-ABC-123) plates with hyphens.
  private func plate(from start: Int) -> Int? {
    guard start + 4 < tokens.count, isSymbol(start + 1, "-"), isSymbol(start + 3, "-") else { return nil }
    var groups = 0
    var length = 0
    var digitGroups = 0
    for index in [start, start + 2, start + 4] {
      let form = bytes(index)
      if index > start, tokens[index].flags.contains(.spaceBefore) { return nil }
      guard (1...3).contains(form.count) else { return nil }
      if form.allSatisfy({ $0 &- 48 < 10 }) {
        digitGroups += 1
      } else if !form.allSatisfy({ $0 &- 97 < 26 }) {
        return nil
      }
      length += form.count
      groups += 1
    }
    return (6...7).contains(length) && (1...2).contains(digitGroups) ? start + 4 : nil
  }

  /// Four digits and two capitals, such as "1234 AB".
  private func postcode(from start: Int) -> Int? {
    guard tokens[start].kind == .number || tokens[start].kind == .word else { return nil }
    let first = bytes(start)
    func isDigits(_ form: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
      form.count == 4 && form.first != UInt8(ascii: "0") && form.allSatisfy { $0 &- 48 < 10 }
    }
    if first.count == 6, isDigits(first.prefix(4)), first.suffix(2).allSatisfy({ $0 &- 97 < 26 }) { return start }
    guard isDigits(first), start + 1 < tokens.count else { return nil }
    let second = bytes(start + 1)
    guard second.count == 2, second.allSatisfy({ $0 &- 97 < 26 }), tokens[start + 1].flags.contains(.allCapitals)
    else { return nil }
    return start + 1
  }
}
