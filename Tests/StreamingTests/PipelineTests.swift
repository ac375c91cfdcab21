import Foundation
import Messages
import TestSupport
import Testing
import Weerbaar

@testable import Streaming

private let scorer = Result { try Scorer(modelAt: Places.model) }

/// Gives one line after another, each in a batch of its own, and counts how far it is ahead of the sink.
private final class LineSource: MessageSource {
  private var lines: ArraySlice<String>
  private(set) var given = 0
  var failAt: Int?

  init(_ lines: [String]) { self.lines = lines[...] }

  func fill(_ batch: Batch) throws -> Bool {
    if given == failAt { throw StreamError.cannotRead(file: "source", code: EIO) }
    guard let line = lines.popFirst() else { return false }
    batch.file = "source"
    batch.startsFile = given == 0
    given += 1
    Array((line + "\n").utf8).withUnsafeBufferPointer { batch.append($0) }
    return true
  }
}

private final class CollectingSink: AssessmentSink, @unchecked Sendable {
  private(set) var lines: [String] = []
  private(set) var isFinished = false
  private let writing = NSLock()
  var failAt: Int?
  var onWrite: () -> Void = {}

  func write(_ batch: Batch) throws {
    #expect(writing.try())
    defer { writing.unlock() }
    onWrite()
    if lines.count == failAt { throw StreamError.cannotWrite(file: "sink", code: ENOSPC) }
    lines.append(
      String(decoding: batch.output, as: UTF8.self) + batch.rejections.map { "rejected \($0.problem)" }.joined())
  }

  func finish() { isFinished = true }
}

private func options(jobs: Int) throws -> ScoringOptions {
  ScoringOptions(jobs: jobs, writer: AssessedMessageWriter(selection: try FieldSelection("id,assessment.language")))
}

@Suite struct PipelineTests {
  private let lines = (0..<300).map {
    "{\"id\":\"\($0)\",\"text\":\"\($0 % 50 == 7 ? "\\ud800" : String(repeating: "dag ", count: $0 % 40))\"}"
  }

  @Test(arguments: [1, 2, 4])
  func orderIsKeptAndABadLineCostsItselfOnly(jobs: Int) throws {
    let sink = CollectingSink()
    let counts = try ScoringPipeline(scorer: scorer.get(), options: options(jobs: jobs)).run(
      from: LineSource(lines), to: sink)
    #expect(sink.lines.count == 300)
    for (number, line) in sink.lines.enumerated() {
      #expect(number % 50 == 7 ? line.hasPrefix("rejected") : line.hasPrefix("{\"id\":\"\(number)\","))
    }
    #expect(counts.read == 300 && counts.rejected == 6 && counts.assessed == 294)
    #expect(counts.levels.reduce(0, +) == 294)
    #expect(sink.isFinished)
  }

  @Test func theResultOfEachLineIsMarked() throws {
    let lines = [#"{"text":"Dank u wel."}"#, "kapot", #"{"text":"vieze hoer"}"#, #"{"text":"vieze hoer"}"#]
    let batch = Batch(capacity: 1000)
    Array(lines.joined(separator: "\n").utf8).withUnsafeBufferPointer { batch.append($0) }
    let options = ScoringOptions(minimumLevel: .log, marksResults: true)
    try BatchScorer(scorer: scorer.get(), options: options).score(batch)
    #expect(batch.outputEnds.count == 4 && batch.outputEnds[0] == 0 && batch.outputEnds[1] == 0)
    let half = batch.output.count / 2
    #expect(half > 0 && batch.outputEnds[2] == half && batch.outputEnds[3] == batch.output.count)
    batch.reset(capacity: 1000)
    #expect(batch.outputEnds.isEmpty)
  }

  @Test func aSlowSinkHoldsTheSourceBack() throws {
    let source = LineSource(lines)
    let sink = CollectingSink()
    var furthest = 0
    sink.onWrite = { furthest = max(furthest, source.given - sink.lines.count) }
    _ = try ScoringPipeline(scorer: scorer.get(), options: options(jobs: 3)).run(from: source, to: sink)
    #expect(furthest <= 8)
  }

  @Test(arguments: [1, 3])
  func aFailingSinkEndsTheRunWithItsError(jobs: Int) throws {
    let sink = CollectingSink()
    sink.failAt = 20
    #expect(throws: StreamError.cannotWrite(file: "sink", code: ENOSPC)) {
      try ScoringPipeline(scorer: scorer.get(), options: options(jobs: jobs)).run(from: LineSource(lines), to: sink)
    }
    #expect(sink.lines.count == 20)
  }

  @Test(arguments: [1, 3])
  func aFailingSourceEndsTheRunAfterWhatItGave(jobs: Int) throws {
    let source = LineSource(lines)
    source.failAt = 33
    let sink = CollectingSink()
    #expect(throws: StreamError.cannotRead(file: "source", code: EIO)) {
      try ScoringPipeline(scorer: scorer.get(), options: options(jobs: jobs)).run(from: source, to: sink)
    }
    #expect(sink.lines.count == 33)
  }

  @Test(arguments: [1, 3])
  func strictEndsAtTheFirstRejection(jobs: Int) throws {
    var strict = try options(jobs: jobs)
    strict.stopsAtRejection = true
    let sink = CollectingSink()
    #expect(throws: StreamError.stoppedAtRejection) {
      try ScoringPipeline(scorer: scorer.get(), options: strict).run(from: LineSource(lines), to: sink)
    }
    #expect(sink.lines.count == 8)
  }
}
