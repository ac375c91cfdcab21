internal import Foundation
public import Messages

/// What a sample for labelling is asked to be.
public struct LabellingSampleOptions: Sendable {
  public var inputs: [String]
  public var roster: String
  /// Group columns of the roster that strata are made of, next to the score.
  public var strata: [String]
  /// Where the bands of the score are cut.
  public var bands = [0.05, 0.2, 0.5, 0.8]
  /// Number of messages.
  public var size = 1000
  public var coders = 2
  /// The share of messages that every coder gets; the rest is dealt out.
  public var doubleCoded = 1.0
  public var seed: UInt64 = 1
  public var language = MessageLanguage.nl
  public var version: String

  public init(inputs: [String], roster: String, strata: [String], version: String) {
    self.inputs = inputs
    self.roster = roster
    self.strata = strata
    self.version = version
  }
}

/// Draws messages for people to label: at random within strata of group and score, in an order that says nothing, without
/// the score, for several coders. The key, which says what each message is and with what chance it was drawn, goes to a
/// file of its own that coders must not see.
public struct LabellingSample: Sendable {
  private let options: LabellingSampleOptions

  public init(_ options: LabellingSampleOptions) { self.options = options }

  private struct Drawn {
    var id: String
    var text: String
    var score: Double
    var isAbusive: Bool
  }

  private struct Stratum {
    var name: String
    var population = 0
    var reservoir: [Drawn] = []
  }

  /// Reads the messages in one pass (reservoir sampling, Vitter's algorithm R) and draws.
  public func draw(report: (String) -> Void) throws -> StudyOutput {
    let roster = try Roster(path: options.roster)
    let groups = try options.strata.map { try roster.group($0) }
    var random = RandomNumbers(seed: options.seed)
    var strata: [Stratum] = []
    var places: [Int: Int] = [:]
    var withoutID = 0
    var rejected = 0
    var files: [ReadFile] = []
    let reader = ScoredMessageReader()
    for input in options.inputs {
      files.append(
        try reader.read(
          input,
          reject: { problem in
            rejected += 1
            if rejected <= 100 { report(problem.description) }
          }
        ) { line in
          if let direction = line[.direction], direction.count == 8, direction[0] == UInt8(ascii: "o") { return }
          guard !line.hasAbstained, let person = roster.person(line),
            let term = roster.term(of: person, on: line[.time].flatMap { CalendarDay($0) })
          else { return }
          guard let id = line[.id] else {
            withoutID += 1
            return
          }
          let band = options.bands.count { line.score >= $0 }
          var key = band
          for group in groups {
            key = key * (roster.groups[group].levels.count + 1) + roster.terms[term].levels[group] + 1
          }
          let place: Int
          if let found = places[key] {
            place = found
          } else {
            place = strata.count
            places[key] = place
            let levels = groups.map { group in
              let level = roster.terms[term].levels[group]
              return level >= 0 ? roster.groups[group].levels[level] : "?"
            }
            strata.append(Stratum(name: (levels + ["score \(band)"]).joined(separator: " / ")))
          }
          strata[place].population += 1
          let slot: Int
          if strata[place].reservoir.count < options.size {
            slot = strata[place].reservoir.count
          } else {
            slot = random.index(below: strata[place].population)
            if slot >= options.size { return }
          }
          let drawn = Drawn(
            id: String(decoding: id, as: UTF8.self),
            text: line[.text].map { String(decoding: $0, as: UTF8.self) } ?? "", score: line.score,
            isAbusive: line.isAbusive)
          if slot == strata[place].reservoir.count {
            strata[place].reservoir.append(drawn)
          } else {
            strata[place].reservoir[slot] = drawn
          }
        })
    }
    guard !strata.isEmpty else {
      throw Research.Failure(
        withoutID > 0
          ? "none of the messages has an id, by which a label could be found back; give each message an id"
          : "no message went to somebody on the roster")
    }
    if withoutID > 0 { report("\(withoutID) messages without an id cannot be drawn") }
    strata.sort { $0.name < $1.name }
    let counts = Self.allocate(options.size, strata.map(\.population))
    var key: [(id: String, stratum: String, probability: Double, drawn: Drawn)] = []
    for (stratum, count) in zip(strata, counts) {
      var reservoir = stratum.reservoir
      random.shuffle(&reservoir)
      let probability = Double(count) / Double(stratum.population)
      for drawn in reservoir.prefix(count) { key.append((drawn.id, stratum.name, probability, drawn)) }
    }
    random.shuffle(&key)
    return output(key, files, roster, &random, strata.map { ($0.name, $0.population) }, counts)
  }

  /// As many of each stratum, as far as they go; what small ones do not use goes to the others. A stratum of more than one
  /// gives two at least, so that its spread can be told.
  static func allocate(_ size: Int, _ populations: [Int]) -> [Int] {
    var counts = populations.map { min($0, 2) }
    var rest = size - counts.reduce(0, +)
    while rest > 0 {
      let open = populations.indices.filter { counts[$0] < populations[$0] }
      guard let least = open.min(by: { (counts[$0], $0) < (counts[$1], $1) }) else { break }
      counts[least] += 1
      rest -= 1
    }
    return counts
  }

  private func output(
    _ key: [(id: String, stratum: String, probability: Double, drawn: Drawn)], _ files: [ReadFile], _ roster: Roster,
    _ random: inout RandomNumbers, _ strata: [(name: String, population: Int)], _ counts: [Int]
  ) -> StudyOutput {
    var output = StudyOutput()
    let shared = Int((Double(key.count) * options.doubleCoded).rounded())
    for coder in 0..<options.coders {
      var items = key.indices.filter { $0 < shared || $0 % options.coders == coder }
      random.shuffle(&items)
      var table = "item,text,abusive,severity,note\n"
      var lines = ""
      for item in items {
        table += "\(item + 1),\(Self.cell(key[item].drawn.text)),,,\n"
        lines +=
          "{\"item\":\(item + 1),\"text\":\(JSONText.string(key[item].drawn.text)),\"abusive\":null,\"severity\":null}\n"
      }
      output.add("coder-\(coder + 1).csv", table)
      output.add("coder-\(coder + 1).ndjson", lines)
    }
    var table = "item,id,stratum,probability,score,abusive_model\n"
    for (item, entry) in key.enumerated() {
      table +=
        "\(item + 1),\(Self.cell(entry.id, guarding: false)),\(Self.cell(entry.stratum, guarding: false)),"
        + "\(NumberText.plain(entry.probability)),\(NumberText.plain(entry.drawn.score)),\(entry.drawn.isAbusive ? 1 : 0)\n"
    }
    output.add("key.csv", table)
    output.add("LEESMIJ.md", String(decoding: PackageResources.labelling_md, as: UTF8.self))
    output.addManifest(
      study: "sample", version: options.version,
      inputs: files.map { ("messages", $0) } + [("roster", roster.file)], models: [],
      options: [
        ("strata", JSONText.list(options.strata)),
        ("bands", "[" + options.bands.map { NumberText.plain($0) }.joined(separator: ", ") + "]"),
        ("size", String(options.size)), ("coders", String(options.coders)),
        ("doubleCoded", NumberText.plain(options.doubleCoded)), ("seed", String(options.seed)),
      ])
    output.summary = zip(strata, counts).map { "\($0.name): \($1) of \($0.population)" }
    return output
  }

  /// A CSV cell. A spreadsheet would take a text that begins like a formula for one: an apostrophe in front prevents it.
  private static func cell(_ text: String, guarding: Bool = true) -> String {
    var out: [UInt8] = []
    let isFormula = guarding && (text.first.map { "=+-@\t".contains($0) } ?? false)
    CSVWriter.append(isFormula ? "'" + text : text, CSVDialect(), to: &out)
    return String(decoding: out, as: UTF8.self)
  }
}
