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

    @Argument(help: "NDJSON file or folder.")
    var folder = "corpora/messages"

    func run() async throws {
      let report = CorpusReport(try CorpusReader.read(URL(filePath: folder)))
      for fault in report.faults { print(fault) }
      print("\(report.statistics.messages) messages checked, \(report.faults.count) faults")
      if !report.faults.isEmpty { throw ExitCode(1) }
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
      let channels = found.channels.keys.sorted()
      print("\ncategory by channel\n\(pad("", 16))\(channels.map { pad($0, 9) }.joined())")
      for (category, cells) in found.coverage.sorted(by: { $0.key < $1.key }) {
        print(pad(category, 16) + channels.map { pad("\(cells[$0] ?? 0)", 9) }.joined())
      }
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
