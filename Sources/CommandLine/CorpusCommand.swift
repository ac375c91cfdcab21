import ArgumentParser
import Corpus
import Foundation

/// `weerbaar corpus`: what stands in a corpus, and whether it is sound.
struct CorpusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpus", abstract: "Check a corpus, or count what is in it.",
    subcommands: [Check.self, Stats.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Check labels, pairs, near-duplicates, leakage and balance; exit 1 where something is wrong.")

    @Argument(help: "Labelled messages: a file or folder of NDJSON or CSV.")
    var folder = "corpora/messages"

    @Option(help: "Folder with a lexicon to check too; corpora/lexicon where the messages are those of corpora.")
    var lexicon: String?

    func run() async throws {
      let messages = try CorpusReader.read(URL(filePath: folder))
      let report = CorpusReport(messages)
      CorpusTables.coverage(report.statistics)
      var faults = report.faults
      if let place = lexicon ?? (folder == "corpora/messages" ? "corpora/lexicon" : nil) {
        let found = try LexiconReport(URL(filePath: place), messages: messages)
        CorpusTables.lexicon(found)
        faults += found.faults
      }
      print("")
      for fault in faults { print(fault) }
      print("\(report.statistics.messages) messages checked, \(faults.count) faults")
      if !faults.isEmpty { throw ExitCode(1) }
    }
  }

  struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stats", abstract: "Count messages by label, kind, channel, register and category.")

    @Argument(help: "NDJSON file or folder.")
    var folder = "corpora/messages"

    func run() async throws {
      let found = CorpusStatistics(try CorpusReader.read(URL(filePath: folder)))
      print("messages        \(found.messages)")
      print("batches         \(found.batches) by \(found.writers) writers")
      print("abusive         \(found.abusive.messages)")
      print("clean           \(found.clean.messages)")
      print("hard negatives  \(found.hardNegatives)")
      print("everyday texts  \(found.ordinary)")
      print("contrast pairs  \(found.pairs)")
      print("severity 0-4    \(found.severities.map(String.init).joined(separator: " "))")
      for (name, side) in [("abusive", found.abusive), ("clean", found.clean)] {
        print(
          "\(name): words \(side.words.map(String.init).joined(separator: "/")) (10/50/90 %), capital "
            + "\(percent(side.startsWithCapital)), punctuation \(percent(side.endsWithPunctuation)), digit "
            + percent(side.holdsDigit))
      }
      table("category", found.categories.mapValues { [$0] })
      table("target", found.targets.mapValues { [$0] })
      table("kind (abusive, clean)", found.kinds)
      table("channel (abusive, clean)", found.channels)
      table("register (abusive, clean)", found.registers)
      CorpusTables.coverage(found)
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    private func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    private func table(_ title: String, _ rows: [String: [Int]]) {
      print("\n\(title)")
      let sorted = rows.sorted { ($1.value.reduce(0, +), $0.key) < ($0.value.reduce(0, +), $1.key) }
      for (name, counts) in sorted { print("  \(pad(name, 20))\(counts.map { pad("\($0)", 8) }.joined())") }
    }
  }
}
