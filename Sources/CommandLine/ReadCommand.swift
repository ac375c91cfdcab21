import ArgumentParser
import Exports
import Foundation
import Messages

/// What `read` and `inbox` have in common.
struct ExportArguments: ParsableArguments {
  @Argument(help: "Exports as you downloaded them: files, folders, zip or tar archives.", completion: .file())
  var exports: [String]

  @Option(
    name: .customLong("from"),
    help:
      "Read everything as this format instead of finding out: \(ExportReader.formatNames.map(\.name).joined(separator: ", "))."
  )
  var format: String?

  @Option(
    name: .customLong("me"),
    help: "Your own name, handle or mail address, where the export does not tell; may be repeated.")
  var me: [String] = []

  @Option(help: "Time zone for times that have none, such as Europe/Amsterdam; that of this machine unless given.")
  var zone: String?

  @Option(help: "For tables: the column with the text.")
  var textColumn: String?

  func options() throws -> ExportOptions {
    var options = ExportOptions()
    options.format = format
    options.me = me
    options.textColumn = textColumn
    if let zone {
      guard let found = TimeZone(identifier: zone) ?? TimeZone(abbreviation: zone) else {
        throw ValidationError("\(zone) is no time zone; write one as Europe/Amsterdam or UTC")
      }
      options.zone = found
    }
    return options
  }

  func validate() throws {
    if exports.isEmpty { throw ValidationError("name at least one export") }
    if let format, !ExportReader.formatNames.contains(where: { $0.name == format }) {
      throw ValidationError(
        "there is no format \(format); choose from \(ExportReader.formatNames.map(\.name).joined(separator: ", "))")
    }
    _ = try options()
  }
}

/// `weerbaar read`: an export in, messages out.
struct ReadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "Read an export and write its messages as NDJSON, without scoring.",
    discussion: """
      The format is found by content. Archives are read as they are. What was assumed or not understood is told on \
      standard error. Exit code 3: a part could not be read; 1: nothing could.
      """)

  @OptionGroup var arguments: ExportArguments

  @Flag(help: "No account of what was read on standard error.")
  var quiet = false

  func run() throws {
    let reader: ExportReader
    let output = OutputBuffer(FileHandle.standardOutput)
    let summary: ReadSummary
    do {
      reader = try ExportReader(arguments.exports, options: arguments.options())
      var line: [UInt8] = []
      summary = try reader.read { message in
        line.removeAll(keepingCapacity: true)
        JSONWriter.append(message, to: &line)
        line.append(10)
        try output.write(line)
      }
      try output.flush()
    } catch let error as ExportError {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      throw ExitCode(1)
    } catch is OutputBuffer.Closed {
      return
    }
    if !quiet { FileHandle.standardError.write(Data(ReadAccount.text(summary).utf8)) }
    if summary.messages == 0 { throw ExitCode(1) }
    if summary.isDamaged { throw ExitCode(3) }
  }
}

/// What was read, in words.
enum ReadAccount {
  static func text(_ summary: ReadSummary) -> String {
    var out = ""
    for note in summary.notes { out += "\(note)\n" }
    if summary.otherFileCount > 0 {
      let names = summary.otherFiles.prefix(5).joined(separator: ", ")
      let more = summary.otherFileCount > 5 ? ", …" : ""
      out += "\(summary.otherFileCount) other text files hold no messages that are known: \(names)\(more)\n"
    }
    if summary.mediaFiles > 0 { out += "\(summary.mediaFiles) files are no text, such as photographs\n" }
    if summary.messages == 0 {
      out += "no messages found; docs/exports.md says which exports can be read and how to get them\n"
    } else {
      let files = summary.files.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      out += "\(summary.messages) messages read; files: \(files)\n"
    }
    return out
  }
}

/// Gathers small writes.
final class OutputBuffer {
  /// The reader of a pipe went away.
  struct Closed: Error {}

  private let handle: FileHandle
  private var buffer: [UInt8] = []

  init(_ handle: FileHandle) {
    self.handle = handle
    signal(SIGPIPE, SIG_IGN)
  }

  func write(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count >= 1 << 16 { try flush() }
  }

  func flush() throws {
    guard !buffer.isEmpty else { return }
    do { try handle.write(contentsOf: Data(buffer)) } catch { throw Closed() }
    buffer.removeAll(keepingCapacity: true)
  }
}
