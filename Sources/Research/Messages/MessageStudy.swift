internal import Foundation
internal import Weerbaar

/// A study of scored messages: who receives how much abuse, of what kind, from whom, when, and whether groups still differ
/// when what else differs is held equal.
///
/// ```swift
/// var options = MessageStudyOptions(inputs: ["scored.ndjson"], roster: "roster.csv", compare: ["gender"], version: "1")
/// let output = try MessageStudy(options).run { print($0) }
/// try output.write(to: "study")
/// ```
public struct MessageStudy: Sendable {
  let options: MessageStudyOptions

  public init(_ options: MessageStudyOptions) { self.options = options }

  /// What the analysis found, before it is written out.
  struct Findings {
    var sums: MessageSums
    var options: MessageStudyOptions
    var compare: [Int]
    var controls: [Int]
    /// A pseudonym or name for each person.
    var names: [String]
    var overall: LevelResult
    var persons: [(person: Int, result: LevelResult)]
    var divisions: [(division: Division, levels: [LevelResult], differences: [DifferenceResult])]
    var categories: [(division: Division, category: Category, levels: [LevelResult], differences: [DifferenceResult])]
    var severities: [(division: Division, severity: Int, levels: [LevelResult], differences: [DifferenceResult])]
    var received: Outcome<Concentration>
    var abuseReceived: Outcome<Concentration>
    var logistic: [GroupComparison.Fit]
    var counts: [GroupComparison.Fit]
    var words: [WordMarks]
    var accuracy: Outcome<Misclassification.Accuracy>?
    var labelFile: LabelFile?
    var eventFile: EventFile?
    var labelledFound: Int
  }

  /// The words that mark a level of a group against the others.
  struct WordMarks {
    var group: String
    var level: String
    var isWithheld: Bool
    var words: [(word: String, score: LogOdds.Score, here: Int, elsewhere: Int)]
    var failure: Uncomputable?
  }

  /// Reads, counts, compares and writes all up.
  ///
  /// - Parameter report: called with each line that is no scored message (the first hundred).
  public func run(report: (String) -> Void) throws -> StudyOutput {
    let roster = try Roster(path: options.roster)
    let compare = try options.compare.map { try roster.group($0) }
    guard !compare.isEmpty else { throw Research.Failure("name at least one group of the roster to compare by") }
    for (group, level) in options.references {
      let place = try roster.group(group)
      guard roster.groups[place].levels.contains(level) else {
        throw Research.Failure(
          "\(roster.file.name): the group \"\(group)\" has no level \"\(level)\"; it has "
            + roster.groups[place].levels.joined(separator: ", "))
      }
    }
    let controls = try controls(roster).filter { !compare.contains($0) }
    let events = try options.events.map { try EventFile(path: $0, roster: roster) }
    let labels = try options.labels.map { try LabelFile(path: $0) }

    var placesOfTerm = [[Int]](repeating: [], count: roster.terms.count)
    var width = 0
    for group in compare {
      for (term, item) in roster.terms.enumerated() where item.levels[group] >= 0 {
        placesOfTerm[term].append(width + item.levels[group])
      }
      width += roster.groups[group].levels.count
    }
    var sums = MessageSums(
      roster: roster,
      words: try WordCounts(
        hidden: roster.nameParts, placesOfTerm: placesOfTerm, width: width, senderFloor: options.wordSenders))
    if let labels {
      sums.labels = labels.labels
      for (place, id) in labels.ids.enumerated() { sums.labelPlaces[ByteHash.hash(id)] = place }
    }
    let reader = ScoredMessageReader()
    var files: [ReadFile] = []
    var rejected = 0
    for input in options.inputs {
      files.append(
        try reader.read(
          input,
          reject: { problem in
            rejected += 1
            if rejected <= 100 { report(problem.description) }
          }
        ) { sums.add($0) })
    }
    sums.account.rejected = rejected
    sums.account.read += rejected
    guard sums.account.counted > 0 else {
      throw Research.Failure(
        "no message could be counted: \(sums.account.read) read, \(rejected) rejected, \(sums.account.unmatched) to nobody "
          + "on the roster, \(sums.account.outsideOffice) outside a term of office, \(sums.account.abstained) not assessed; "
          + "compare recipient.id, handle and name with the roster's columns id, handles and names")
    }
    var findings = analyse(sums, compare, controls)
    findings.labelFile = labels
    findings.eventFile = events
    var output = MessageReport(findings).output()
    var inputs: [(role: String, file: ReadFile)] = files.map { ("messages", $0) }
    inputs.append(("roster", roster.file))
    if let events { inputs.append(("events", events.file)) }
    if let labels { inputs.append(("labels", labels.file)) }
    let references = options.references.keys.sorted().map { "\($0)=\(options.references[$0] ?? "")" }
    output.addManifest(
      study: "messages", version: options.version, inputs: inputs,
      models: sums.models.map { ($0.name, $0.messages) }.sorted { $0.0 < $1.0 },
      options: [
        ("compare", JSONText.list(options.compare)),
        ("controls", JSONText.list(controls.map { roster.groups[$0].name })),
        ("references", JSONText.list(references)),
        ("seed", String(options.seed)), ("draws", String(options.draws)),
        ("confidence", NumberText.plain(options.level)), ("language", JSONText.string(options.language.rawValue)),
        ("names", String(options.showsNames)), ("minimumPersons", String(options.minimumPersons)),
        ("wordMessages", String(options.wordMessages)), ("wordSenders", String(options.wordSenders)),
        ("eventDays", String(options.eventDays)), ("burstScale", NumberText.plain(options.burstScale)),
      ])
    return output
  }

  private func controls(_ roster: Roster) throws -> [Int] {
    if let named = options.controls { return try named.map { try roster.group($0) } }
    return roster.groups.indices.filter { ["function", "party"].contains(roster.groups[$0].name) }
  }

  /// Computes everything from the sums; the messages are not needed any more.
  func analyse(_ sums: MessageSums, _ compare: [Int], _ controls: [Int]) -> Findings {
    let roster = sums.roster
    let analysis = PrevalenceAnalysis(sums, options)
    let groups = roster.groups.indices.map { analysis.division(group: $0) }
    let compared = compare.map { groups[$0] }
    let persons = analysis.persons()
    var messages = [Double](repeating: 0, count: roster.persons.count)
    var abusive = messages
    for cell in sums.cells {
      messages[roster.terms[cell.term].person] += Double(cell.sums.messages)
      abusive[roster.terms[cell.term].person] += Double(cell.sums.abusive)
    }
    let comparison = GroupComparison(sums: sums, options: options, compare: compare, controls: controls)
    return Findings(
      sums: sums, options: options, compare: compare, controls: controls, names: names(roster),
      overall: analysis.prevalence(analysis.everything()).levels[0], persons: persons,
      divisions: (groups + [analysis.platforms(), analysis.months()]).map { division in
        let found = analysis.prevalence(division)
        return (division, found.levels, found.differences)
      },
      categories: ([analysis.everything()] + compared).flatMap { division in
        Category.allCases.map { category in
          let found = analysis.prevalence(division, corrects: false) { Int($0.categories[category.index]) }
          return (division, category, found.levels, found.differences)
        }
      },
      severities: ([analysis.everything()] + compared).flatMap { division in
        (1...4).map { severity in
          let found = analysis.prevalence(division, corrects: false) { sums in
            (severity...4).reduce(0) { $0 + Int(sums.severities[$1]) }
          }
          return (division, severity, found.levels, found.differences)
        }
      },
      received: Outcome { () throws(Uncomputable) in try Concentration(messages) },
      abuseReceived: Outcome { () throws(Uncomputable) in try Concentration(abusive) },
      logistic: comparison.logistic(), counts: comparison.counts(), words: words(sums, compare),
      accuracy: analysis.items.isEmpty
        ? nil
        : Outcome { () throws(Uncomputable) in try Misclassification.accuracy(analysis.items, level: options.level) },
      labelFile: nil, eventFile: nil, labelledFound: analysis.items.count)
  }

  /// Names to show: those of the roster, or pseudonyms whose order says nothing.
  private func names(_ roster: Roster) -> [String] {
    if options.showsNames { return roster.shownNames }
    let order = roster.persons.indices.sorted {
      (ByteHash.hash(roster.persons[$0], seed: options.seed), $0)
        < (ByteHash.hash(roster.persons[$1], seed: options.seed), $1)
    }
    let digits = max(3, String(roster.persons.count).count)
    var names = [String](repeating: "", count: roster.persons.count)
    for (number, person) in order.enumerated() {
      let text = String(number + 1)
      names[person] = "P" + String(repeating: "0", count: digits - text.count) + text
    }
    return names
  }

  private func words(_ sums: MessageSums, _ compare: [Int]) -> [WordMarks] {
    let counts = sums.words
    var offset = 0
    var marks: [WordMarks] = []
    for group in compare {
      let levels = sums.roster.groups[group].levels
      let places = levels.indices.map { offset + $0 }
      offset += levels.count
      var persons = [Set<Int>](repeating: [], count: levels.count)
      for cell in sums.cells where cell.sums.messages > 0 {
        let term = sums.roster.terms[cell.term]
        if term.levels[group] >= 0 { persons[term.levels[group]].insert(term.person) }
      }
      let withheld =
        options.showsNames ? [] : Suppression.withheld(persons.map(\.count), minimum: options.minimumPersons)
      let used = counts.words.indices.filter { word in places.contains { counts.counts[word * counts.width + $0] > 0 } }
      let totals = used.map { word in
        places.reduce(0.0) { $0 + Double(counts.counts[word * counts.width + $1]) }
      }
      for level in levels.indices where !persons[level].isEmpty {
        var mark = WordMarks(
          group: sums.roster.groups[group].name, level: levels[level], isWithheld: withheld.contains(level), words: [],
          failure: nil)
        let here = used.map { Double(counts.counts[$0 * counts.width + places[level]]) }
        let elsewhere = zip(totals, here).map { $0 - $1 }
        do {
          let scores = try LogOdds.compare(here, elsewhere, prior: totals)
          let shown = used.indices.filter {
            counts.isCommon(used[$0], messages: options.wordMessages) && scores[$0].z > 1.96
          }.sorted {
            (-scores[$0].z, counts.words[used[$0]]) < (-scores[$1].z, counts.words[used[$1]])
          }.prefix(40)
          if !mark.isWithheld {
            mark.words = shown.map {
              (counts.words[used[$0]], scores[$0], Int(here[$0]), Int(elsewhere[$0]))
            }
          }
        } catch {
          mark.failure = error
        }
        marks.append(mark)
      }
    }
    return marks
  }
}
