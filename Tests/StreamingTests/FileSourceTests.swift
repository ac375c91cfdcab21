import Foundation
import TestSupport
import Testing

@testable import Streaming

/// The batches of files with these contents.
private func batches(
  _ contents: [[UInt8]], format: InputFormat = .ndjson
) throws -> [(bytes: [UInt8], fragment: Batch.Fragment, starts: Bool, headerLines: Int)] {
  try Places.withFolder { (folder: URL) throws in
    var paths: [String] = []
    for (number, content) in contents.enumerated() {
      let url = folder.appending(path: "\(number).in")
      try Data(content).write(to: url)
      paths.append(url.path)
    }
    let source = try FileSource(paths: paths, format: format, stop: StopSignal())
    let batch = Batch(capacity: FileSource.batchSize)
    var found: [(bytes: [UInt8], fragment: Batch.Fragment, starts: Bool, headerLines: Int)] = []
    while true {
      batch.reset(capacity: FileSource.batchSize)
      guard try source.fill(batch) else { return found }
      found.append((Array(batch.bytes), batch.fragment, batch.startsFile, batch.headerLines))
    }
  }
}

@Suite struct FileSourceTests {
  @Test func batchesHoldWholeLines() throws {
    var content: [UInt8] = []
    for number in 0..<60_000 {
      content.append(contentsOf: "line \(number) \(String(repeating: "x", count: number % 50))\n".utf8)
    }
    let found = try batches([content])
    #expect(found.count > 3)
    #expect(found.flatMap(\.bytes) == content)
    #expect(found.allSatisfy { $0.bytes.last == 10 })
    #expect(found.map(\.starts) == [true] + Array(repeating: false, count: found.count - 1))
  }

  @Test func aLastLineWithoutItsEndIsKept() throws {
    let found = try batches([Array("a\nb".utf8), Array("c\n".utf8), [], Array("d".utf8)])
    #expect(found.flatMap(\.bytes) == Array("a\nbc\nd".utf8))
    #expect(found.count { $0.starts } == 4)
  }

  @Test func aByteOrderMarkIsPassedAtTheBeginningOnly() throws {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    #expect(try batches([mark + Array("a\n".utf8) + mark]).flatMap(\.bytes) == Array("a\n".utf8) + mark)
    #expect(try batches([mark]).flatMap(\.bytes).isEmpty)
    #expect(try batches([[0xEF, 0xBB]]).flatMap(\.bytes) == [0xEF, 0xBB])
  }

  @Test func aLongLineIsHeld() throws {
    let content = [UInt8](repeating: 97, count: 5_000_000) + [10, 98, 10]
    let found = try batches([content])
    #expect(found.flatMap(\.bytes) == content)
    #expect(found.allSatisfy { $0.fragment == .none })
  }

  @Test func aLineTooLongToHoldComesInPieces() throws {
    let size = FileSource.lineLimit + 3_000_000
    let content = Array("a\n".utf8) + [UInt8](repeating: 120, count: size) + Array("\nb\nc\n".utf8)
    let found = try batches([content])
    #expect(found.flatMap(\.bytes) == content)
    #expect(found.count { $0.fragment == .first } == 1)
    #expect(found.count { $0.fragment == .last } == 1)
    #expect(found.filter { $0.fragment == .none }.flatMap(\.bytes) == Array("a\nb\nc\n".utf8))
    #expect(found.allSatisfy { $0.bytes.count <= FileSource.lineLimit + FileSource.batchSize * 2 })
  }

  @Test func quotedLineBreaksDoNotEndARecord() throws {
    let cell = "\"" + String(repeating: "regel\n", count: 100_000) + "\"\n"
    let content = Array("\u{FEFF}nr;\"te\nxt\"\n1;".utf8) + Array(cell.utf8) + Array("2;b\n".utf8)
    let found = try batches([content], format: .csv(textColumn: "te\nxt"))
    #expect(found.flatMap(\.bytes) == Array("1;".utf8) + Array(cell.utf8) + Array("2;b\n".utf8))
    #expect(found.first?.headerLines == 2)
    #expect(found.allSatisfy { $0.bytes.filter { $0 == 34 }.count % 2 == 0 })
  }

  @Test func missingFilesAndEmptyFoldersAreNamedBeforeTheStart() throws {
    #expect(throws: StreamError.cannotOpen(file: "/none/such", code: ENOENT)) {
      try FileSource(paths: ["/none/such"], format: .ndjson, stop: StopSignal())
    }
    _ = try Places.withFolder { (folder: URL) throws in
      #expect(throws: StreamError.self) {
        try FileSource(paths: [folder.path], format: .ndjson, stop: StopSignal())
      }
    }
    #expect(throws: StreamError.self) {
      try FileSource(paths: [#filePath, #filePath], format: .ndjson, follows: true, stop: StopSignal())
    }
    #expect(throws: StreamError.self) { try batches([Array("a,b\n".utf8)], format: .csv(textColumn: nil)) }
  }

  @Test func aStopEndsTheSource() throws {
    let stop = StopSignal()
    stop.set()
    let source = try FileSource(paths: [#filePath], format: .ndjson, stop: stop)
    #expect(try !source.fill(Batch(capacity: 100)))
  }
}
