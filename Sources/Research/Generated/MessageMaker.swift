internal import Foundation
internal import Weerbaar

/// Makes scored messages and a roster that nobody wrote, to try the study out, to test it and to measure it. Texts are
/// made-up words; each line says in a field `generated` that it is no real message, and in `truth` what it was made as.
public struct MessageMaker: Sendable {
  /// Number of messages.
  public var messages: Int
  /// Number of persons on the roster.
  public var persons: Int
  public var senders: Int
  public var seed: UInt64
  /// How often the made-up classifier finds abuse, and leaves other messages alone.
  public var sensitivity = 0.8
  public var specificity = 0.97

  public init(messages: Int, persons: Int = 150, senders: Int? = nil, seed: UInt64 = 1) {
    self.messages = messages
    self.persons = persons
    self.senders = senders ?? max(10, messages / 8)
    self.seed = seed
  }

  private static let parties = ["A", "B", "C", "D", "E"]
  private static let functions = ["kamerlid", "raadslid", "wethouder"]

  private struct Person {
    var isWoman: Bool
    var party: Int
    var function: Int
    var followers: Int
    var share: Double
    var abuse: Double
  }

  private func people(_ random: inout RandomNumbers) -> [Person] {
    (0..<persons).map { _ in
      let isWoman = random.uniform() < 0.45
      let party = random.index(below: Self.parties.count)
      let function = random.index(below: Self.functions.count)
      let fame = random.normal()
      // Women, the famous and members of parliament get more; so do those of the first party.
      let logit =
        -2.6 + (isWoman ? 0.35 : 0) + 0.25 * fame + (function == 0 ? 0.3 : 0) + (party == 0 ? 0.3 : 0)
        + 0.3 * random.normal()
      return Person(
        isWoman: isWoman, party: party, function: function, followers: Int(exp(8 + 1.2 * fame)),
        share: exp(1.3 * fame + 0.5 * random.normal()), abuse: 1 / (1 + exp(-logit)))
    }
  }

  /// The roster, as CSV.
  public func roster() -> String {
    var random = RandomNumbers(seed: seed)
    var out = "id,handles,names,gender,function,party,level,followers,start,end\n"
    for (number, person) in people(&random).enumerated() {
      let id = "g\(number + 1)"
      out +=
        "\(id),@gen_\(number + 1),Gegenereerd Persoon \(number + 1),\(person.isWoman ? "vrouw" : "man"),"
        + "\(Self.functions[person.function]),\(Self.parties[person.party]),\(person.function == 0 ? "rijk" : "gemeente"),"
        + "\(person.followers),2020-01-01,\n"
    }
    return out
  }

  /// Writes the messages, in chunks of whole lines.
  public func lines(_ write: ([UInt8]) throws -> Void) rethrows {
    var random = RandomNumbers(seed: seed)
    let people = people(&random)
    var cumulative: [Double] = []
    var sum = 0.0
    for person in people {
      sum += person.share
      cumulative.append(sum)
    }
    let first = CalendarDay(year: 2020, month: 10, day: 1)?.number ?? 0
    let days = (0..<149).map { CalendarDay(number: first + $0).text }
    let platforms = ["x", "x", "x", "x", "instagram", "facebook", "facebook", "email"]
    let categories = Category.allCases.map(\.rawValue)
    var out: [UInt8] = []
    out.reserveCapacity(1 << 20)
    for number in 0..<messages {
      // Who it goes to, by binary search.
      let aim = random.uniform() * sum
      var low = 0
      var high = people.count - 1
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] < aim { low = middle + 1 } else { high = middle }
      }
      let person = people[low]
      let day = random.index(below: days.count)
      // A fortnight in which it is twice as bad.
      let p = min(0.9, person.abuse * (day >= 100 && day < 114 ? 2 : 1))
      let isAbuse = random.uniform() < p
      let isFlagged = random.uniform() < (isAbuse ? sensitivity : 1 - specificity)
      // Few senders send much.
      let spread = random.uniform()
      let sender = Int(spread * spread * spread * Double(senders))
      let score = isFlagged ? 0.5 + 0.5 * random.uniform() : 0.5 * random.uniform() * random.uniform()
      let severity = isFlagged ? 1 + min(3, Int(random.uniform() * random.uniform() * 4)) : 0
      let kind = random.index(below: person.isWoman ? 4 : 3)
      out += "{\"id\":\"m\(number + 1)\",\"generated\":true,\"truth\":\(isAbuse),\"time\":\"\(days[day])T".utf8
      let hour = 10 + random.index(below: 10)
      out += "\(hour):00:00+01:00\",\"platform\":\"\(platforms[random.index(below: platforms.count)])\"".utf8
      out += ",\"author\":{\"handle\":\"@s\(sender)\"},\"recipient\":{\"handle\":\"@gen_\(low + 1)\"},\"text\":\"".utf8
      for place in 0..<8 {
        if place > 0 { out.append(32) }
        let word = Int(300 * random.uniform() * random.uniform())
        out += "woord\(Self.letters(word))".utf8
      }
      if isFlagged, random.uniform() < 0.5 {
        out += " merk\(Self.letters(person.isWoman ? random.index(below: 12) : 8 + random.index(below: 12)))".utf8
      }
      out +=
        "\",\"assessment\":{\"abusive\":\(isFlagged),\"score\":\(Self.decimal(score)),\"severity\":\(severity)".utf8
      let level = ["none", "log", "report", "police", "urgent"][severity]
      out += ",\"level\":\"\(level)\",\"categories\":{".utf8
      for (index, name) in categories.enumerated() {
        let holds = isFlagged && (index == kind || random.uniform() < 0.1)
        let value = holds ? 0.5 + 0.5 * random.uniform() : 0.4 * random.uniform()
        out += "\(index > 0 ? "," : "")\"\(name)\":\(Self.decimal(value))".utf8
      }
      out += "},\"target\":\"\(isFlagged ? "recipient" : "none")\",\"language\":\"nl\",\"evidence\":[".utf8
      if isFlagged {
        out += "{\"category\":\"\(categories[kind])\",\"start\":0,\"end\":5,\"text\":\"woord\",\"weight\":3.1}".utf8
      }
      out += "],\"model\":\"generated-1+00000000\"}}\n".utf8
      if out.count > 1 << 19 {
        try write(out)
        out.removeAll(keepingCapacity: true)
      }
    }
    try write(out)
  }

  /// A number in letters, since numbers are no words.
  private static func letters(_ number: Int) -> String {
    var rest = number
    var text = ""
    repeat {
      text.unicodeScalars.append(UnicodeScalar(UInt8(97 + rest % 26)))
      rest /= 26
    } while rest > 0
    return text
  }

  /// Four decimals.
  private static func decimal(_ value: Double) -> String {
    let digits = String(Int((value * 10_000).rounded()) + 100_000).dropFirst()
    return "\(digits.first == "1" ? "1" : "0").\(digits.dropFirst())"
  }
}
