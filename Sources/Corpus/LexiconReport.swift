import AbuseLexicon
public import Foundation
import Weerbaar

/// What a lexicon holds, how much of a corpus it knows, and what in it is not sound.
public struct LexiconReport: Sendable {
  /// What is wrong, with file and line; empty where the lexicon is sound.
  public var faults: [String] = []
  public var entries = 0
  public var patterns = 0
  /// Number of entries of each class, in order of rank.
  public var classes: [(name: String, entries: Int, occurrences: Int)] = []
  public var counterExamples = 0
  /// Words of abusive and of clean messages, and how many of them have a class.
  public var abusiveWords = (all: 0, known: 0)
  public var cleanWords = (all: 0, known: 0)
  /// How the lexicon alone does as a classifier, for comparison.
  public var alone = Metrics.Counts()

  /// Reads the lexicon and holds it against messages.
  ///
  /// A fault is a lemma that stands twice in one class, or in several that `several.tsv` does not name, and a
  /// counter-example that the lexicon alone flags. O(total length).
  public init(_ directory: URL, messages: [LabelledMessage]) throws {
    let classList = try LexiconFile.classes(in: directory)
    let list = try LexiconFile.entries(in: directory, classes: classList)
    let probe = try LexiconProbe(lexicon: LexiconCompiler.compile(entries: list, classes: classList))
    entries = list.count
    patterns = list.count { $0.inflection == .pattern }
    let several = try LexiconFile.several(in: directory)
    var places: [String: [LexiconEntry]] = [:]
    for entry in list { places[entry.lemma, default: []].append(entry) }
    for (lemma, found) in places.sorted(by: { $0.key < $1.key }) {
      let names = Set(found.map(\.className))
      if names.count < found.count {
        faults.append("\(found[1].file):\(found[1].line): \(lemma) stands twice in one class; remove one")
      } else if names.count > 1, several[lemma] != names {
        faults.append(
          "\(found[1].file):\(found[1].line): \(lemma) stands in \(names.sorted().joined(separator: ", ")); remove all but "
            + "one, or name them in several.tsv")
      }
    }
    for lemma in several.keys.sorted() where places[lemma] == nil {
      faults.append("several.tsv: \(lemma) is not in the lexicon; remove its line")
    }
    for entry in list where !entry.counterExample.isEmpty {
      counterExamples += 1
      if probe.read(entry.counterExample).isFlagged {
        faults.append(
          "\(entry.file):\(entry.line): the lexicon alone flags the counter-example of \(entry.lemma): "
            + "\(entry.counterExample); lower its strength, or add the idiom that takes it back")
      }
    }
    var occurrences: [UInt8: Int] = [:]
    for message in messages {
      let found = probe.read(message.text)
      if message.abusive {
        abusiveWords = (abusiveWords.all + found.words, abusiveWords.known + found.known)
      } else {
        cleanWords = (cleanWords.all + found.words, cleanWords.known + found.known)
      }
      for (number, count) in found.classes { occurrences[number, default: 0] += count }
      alone.add(predicted: found.isFlagged, actual: message.abusive)
    }
    var ofClass: [String: Int] = [:]
    for entry in list { ofClass[entry.className, default: 0] += 1 }
    classes = classList.map { ($0.name, ofClass[$0.name] ?? 0, occurrences[UInt8($0.rank + 1)] ?? 0) }
  }
}
