import ArgumentParser
import Exports
import Foundation

/// `weerbaar fuzz-exports`: for developers. Changes exports at random and reads them.
struct FuzzExportsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz-exports", abstract: "For developers: change exports at random and read them.",
    discussion: "A crash names the last input, which lies in the file given with --last.", shouldDisplay: false)

  @Argument(help: "Folder of exports to begin from, such as Tests/ExportsTests/Fixtures.")
  var folder: String

  @Option(help: "How many inputs.")
  var count = 1_000_000

  @Option(help: "Where the changes begin; the same seed gives the same inputs.")
  var seed: UInt64 = 1

  @Option(help: "Keep the input that is being read in this file.")
  var last: String?

  @Option(help: "Seconds that one input may take.")
  var patience = 10.0

  func run() throws {
    var corpus: [(path: String, bytes: [UInt8])] = []
    let root = URL(filePath: folder)
    for name in (FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []).sorted() {
      let file = root.appending(path: name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else {
        continue
      }
      if let data = try? Data(contentsOf: file), data.count < 1 << 18 { corpus.append((name, Array(data))) }
    }
    guard !corpus.isEmpty else { throw ValidationError("there are no files under \(folder)") }
    var fuzzer = ExportFuzzer(seed: seed, corpus: corpus)
    var messages = 0
    var refused = 0
    var slowest = 0.0
    let clock = ContinuousClock()
    for number in 1...max(1, count) {
      let input = fuzzer.mutated()
      if let last { try Data(input.bytes).write(to: URL(filePath: last)) }
      let began = clock.now
      do { messages += try fuzzer.read(input) } catch { refused += 1 }
      let took = (clock.now - began) / .seconds(1)
      slowest = max(slowest, took)
      if took > patience {
        print("input \(number) of seed \(seed), from \(input.path), took \(took) seconds")
        throw ExitCode(1)
      }
      if number % 10_000 == 0 {
        print("\(number) inputs, \(messages) messages, \(refused) refused, slowest \(slowest) s")
      }
    }
    print("\(count) inputs read without a crash; \(messages) messages, \(refused) refused, slowest \(slowest) s")
  }
}
