internal import Foundation

/// Makes survey microdata that nobody gave, with exactly the marginals that Atria and Ipsos I&O published in 2024 on the
/// Monitor Integriteit en Veiligheid 2022: 3,033 respondents, of whom 2,175 men, 857 women and 1 other; online aggression
/// in twelve months 47 % of women and 36 % of men; and of those, three or more incidents about a third against 22 %,
/// negative consequences 55 % against 49 %, considered stopping 11 % against 8 %.
///
/// That the last three are shares of those who met aggression is an assumption. Everything but these marginals is made up.
public struct SurveyMaker: Sendable {
  public var seed: UInt64

  public init(seed: UInt64) { self.seed = seed }

  /// What is published of one gender: respondents, and how many of them say yes.
  private struct Marginals {
    var code: Int
    var respondents: Int
    var online: Int
    var often: Int
    var consequences: Int
    var stopping: Int
  }

  private static let marginals = [
    Marginals(code: 1, respondents: 2175, online: 783, often: 172, consequences: 384, stopping: 63),
    Marginals(code: 2, respondents: 857, online: 403, often: 134, consequences: 222, stopping: 44),
    Marginals(code: 3, respondents: 1, online: 0, often: 0, consequences: 0, stopping: 0),
  ]

  static let kinds = ["belediging", "bedreiging", "seksisme", "discriminatie", "smaad", "stalking"]
  static let channels = ["x", "facebook", "instagram", "email", "whatsapp"]
  static let effects = ["voorzichtiger", "minder_online", "slaap", "gezin", "besluit"]
  static let steps = ["blokkeren", "gesprek", "griffie", "politie", "aangifte"]

  private struct Respondent {
    var gender: Int
    var age: Int
    var body: Int
    var office: Int
    var media: Int
    var organisation: String
    var weight = 1.0
    var online = false
    var often = false
    var consequences = false
    var stopping = false
  }

  /// The data, as CSV.
  public func csv() -> String {
    var random = RandomNumbers(seed: seed)
    var all: [Respondent] = []
    for part in Self.marginals {
      var people = (0..<part.respondents).map { _ -> Respondent in
        let draw = random.uniform()
        let body = draw < 0.9 ? 1 : draw < 0.94 ? 2 : 3
        let count = body == 1 ? 342 : body == 2 ? 12 : 21
        let number = random.index(below: count) + 1
        let name = ["G", "P", "W"][body - 1] + String(1000 + number).dropFirst()
        return Respondent(
          gender: part.code, age: min(84, max(19, Int((53 - (part.code == 2 ? 3 : 0)) + 12.5 * random.normal()))),
          body: body, office: random.uniform() < 0.22 ? 2 : 1, media: 1 + random.index(below: 3), organisation: name)
      }
      // Exactly so many say yes, those likelier whose answers elsewhere make it so (a logistic lottery).
      func choose(_ among: [Int], _ count: Int, _ score: (Respondent) -> Double) -> Set<Int> {
        let tickets = among.map { index -> (Double, Int) in
          let u = min(1 - 1e-12, max(1e-12, random.uniform()))
          return (score(people[index]) + log(u / (1 - u)), index)
        }
        return Set(tickets.sorted { ($0.0, $0.1) > ($1.0, $1.1) }.prefix(count).map(\.1))
      }
      let everyone = Array(people.indices)
      for index in choose(
        everyone, part.online,
        { -0.02 * Double($0.age) + ($0.office == 2 ? 0.5 : 0) + 0.35 * Double($0.media) - ($0.body == 3 ? 0.4 : 0) })
      { people[index].online = true }
      let touched = everyone.filter { people[$0].online }
      for index in choose(touched, part.often, { 0.5 * Double($0.media) + ($0.office == 2 ? 0.6 : 0) }) {
        people[index].often = true
      }
      for index in choose(touched, part.consequences, { ($0.often ? 1.1 : 0) - 0.01 * Double($0.age) }) {
        people[index].consequences = true
      }
      for index in choose(touched, part.stopping, { ($0.consequences ? 1.8 : 0) + ($0.often ? 0.7 : 0) }) {
        people[index].stopping = true
      }
      // Weights come in pairs around 1 among those who answer alike, so that weighted marginals are the published ones too.
      var alike: [Int: [Int]] = [:]
      for index in everyone {
        let person = people[index]
        let key =
          (person.online ? 1 : 0) + (person.often ? 2 : 0) + (person.consequences ? 4 : 0) + (person.stopping ? 8 : 0)
        alike[key, default: []].append(index)
      }
      for key in alike.keys.sorted() {
        let members = alike[key] ?? []
        for pair in stride(from: 0, to: members.count - 1, by: 2) {
          let shift = Double(Int(random.uniform() * 400)) / 1000
          people[members[pair]].weight = 1 + shift
          people[members[pair + 1]].weight = 1 - shift
        }
      }
      all += people
    }
    random.shuffle(&all)

    var header = [
      "respondent", "gegenereerd", "golf", "geslacht", "leeftijd", "orgaan", "functie", "sociale_media", "organisatie",
      "gewicht", "online_agressie", "aantal", "gevolgen", "stoppen", "gemeld", "reden_niet_gemeld",
    ]
    header += Self.kinds.map { "soort_\($0)" } + Self.channels.map { "kanaal_\($0)" }
    header += Self.effects.map { "gevolg_\($0)" } + Self.steps.map { "stap_\($0)" }
    var out = header.joined(separator: ",") + "\n"
    for (number, person) in all.enumerated() {
      func yes(_ value: Bool) -> String { value ? "1" : "0" }
      let media = random.uniform() < 0.02 ? "99" : String(person.media)
      var row = [
        String(number + 1), "1", "2022", String(person.gender), String(person.age), String(person.body),
        String(person.office), media, person.organisation, Self.decimal(person.weight), yes(person.online),
      ]
      if person.online {
        let isReported = random.uniform() < (person.gender == 2 ? 0.42 : 0.36)
        row += [
          person.often ? "3" : String(1 + random.index(below: 2)), yes(person.consequences), yes(person.stopping),
          yes(isReported), isReported ? "" : String(1 + random.index(below: 4)),
        ]
        let isWoman = person.gender == 2
        for rate in [0.78, 0.24, isWoman ? 0.31 : 0.04, isWoman ? 0.16 : 0.11, 0.29, 0.06] {
          row.append(yes(random.uniform() < rate))
        }
        for rate in [0.41, 0.52, isWoman ? 0.14 : 0.07, 0.38, 0.09] { row.append(yes(random.uniform() < rate)) }
        for rate in [0.6, 0.45, 0.2, 0.22, 0.05] {
          row.append(yes(person.consequences && random.uniform() < rate))
        }
        for rate in [0.48, 0.35, 0.22, 0.08, 0.05] { row.append(yes(random.uniform() < rate)) }
      } else {
        row += [String](repeating: "", count: header.count - row.count)
      }
      out += row.joined(separator: ",") + "\n"
    }
    return out
  }

  /// Three decimals.
  private static func decimal(_ value: Double) -> String {
    let thousands = Int((value * 1000).rounded())
    return "\(thousands / 1000).\(String(1000 + thousands % 1000).dropFirst())"
  }
}
