import Foundation
public import Messages
public import Weerbaar

/// What to do with each message.
public struct ScoringOptions: Sendable {
  /// Threads that score; the output does not depend on it.
  public var jobs: Int
  /// Messages below this level are assessed and counted, but not written.
  public var minimumLevel: Level
  /// Ends the run at the first rejected line.
  public var stopsAtRejection: Bool
  public var writer: AssessedMessageWriter
  /// From this level on, a message is handed on in ``Batch/alerts`` too; none where nil.
  public var alertLevel: Level?
  /// Notes in ``Batch/outputEnds`` where each line's result ends.
  public var marksResults: Bool

  public init(
    jobs: Int = 1, minimumLevel: Level = .none, stopsAtRejection: Bool = false,
    writer: AssessedMessageWriter = AssessedMessageWriter(), alertLevel: Level? = nil,
    marksResults: Bool = false
  ) {
    self.jobs = jobs
    self.minimumLevel = minimumLevel
    self.stopsAtRejection = stopsAtRejection
    self.writer = writer
    self.alertLevel = alertLevel
    self.marksResults = marksResults
  }
}

/// Scores the lines of batches. One for each thread.
final class BatchScorer {
  private let worker: ScoringWorker
  private let options: ScoringOptions
  private let parser = LineParser()
  private var record = CSVRecord()
  private let alertWriter = AssessedMessageWriter()

  init(scorer: Scorer, options: ScoringOptions) throws {
    worker = try scorer.makeWorker()
    self.options = options
  }

  /// Assesses every line of a batch and fills its output, rejections and counts. O(bytes).
  func score(_ batch: Batch) {
    switch batch.fragment {
    case .none: break
    case .first:
      batch.counts.read = 1
      reject(batch, 0, .tooLong(limit: FileSource.lineLimit), 0..<batch.count, 0)
      return
    case .next: return
    case .last:
      batch.lineBreaks = 1
      return
    }
    var out: [UInt8] = []
    swap(&out, &batch.output)
    defer { swap(&out, &batch.output) }
    if let header = batch.header { scoreRecords(batch, header, &out) } else { scoreLines(batch, &out) }
  }

  private func reject(_ batch: Batch, _ line: Int, _ problem: LineProblem, _ bytes: Range<Int>, _ outputEnd: Int) {
    batch.counts.rejected += 1
    batch.rejections.append(Rejection(line: line, problem: problem, bytes: bytes, outputEnd: outputEnd))
  }

  private func scoreLines(_ batch: Batch, _ out: inout [UInt8]) {
    let bytes = batch.bytes
    guard let base = bytes.baseAddress else { return }
    var start = 0
    while start < bytes.count {
      let found = memchr(base + start, 10, bytes.count - start)
      let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? bytes.count
      let next = found == nil ? end : end + 1
      var stop = end
      if stop > start, bytes[stop - 1] == 13 { stop -= 1 }
      batch.counts.read += 1
      var isRejected = false
      do {
        try parser.parse(UnsafeBufferPointer(start: base + start, count: stop - start))
        let assessment = parser.withText { worker.assess(utf8: $0) }
        if count(assessment, batch) { options.writer.append(parser, assessment, to: &out) }
        if let level = options.alertLevel, assessment.level >= level {
          alertWriter.append(parser, assessment, to: &batch.alerts)
        }
      } catch let problem {
        reject(batch, batch.lineBreaks, problem, start..<next, out.count)
        isRejected = true
      }
      if options.marksResults { batch.outputEnds.append(out.count) }
      if isRejected, options.stopsAtRejection { return }
      if found != nil { batch.lineBreaks += 1 }
      start = next
    }
  }

  private func scoreRecords(_ batch: Batch, _ header: CSVHeader, _ out: inout [UInt8]) {
    let bytes = batch.bytes
    var scanner = CSVRecordScanner(header.dialect)
    var start = 0
    while start < bytes.count {
      let end = scanner.recordEnd(in: bytes, from: start) ?? bytes.count
      let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
      batch.counts.read += 1
      do {
        try record.parse(line, header.dialect)
        guard record.count == header.columns.count else {
          throw LineProblem.cells(found: record.count, expected: header.columns.count)
        }
        let assessment = record.withCell(header.textColumn) { worker.assess(utf8: $0) }
        if count(assessment, batch) { options.writer.append(record, of: header, assessment, to: &out) }
        if let level = options.alertLevel, assessment.level >= level {
          alertWriter.append(record, of: header, assessment, to: &batch.alerts)
        }
      } catch let problem as LineProblem {
        reject(batch, batch.lineBreaks, problem, start..<end, out.count)
        if options.stopsAtRejection { return }
      } catch {}
      batch.lineBreaks += line.count { $0 == 10 }
      start = end
    }
  }

  /// Counts an assessment; says whether it is to be written.
  private func count(_ assessment: Assessment, _ batch: Batch) -> Bool {
    batch.counts.assessed += 1
    if assessment.abstained { batch.counts.abstained += 1 }
    batch.counts.levels[assessment.level.rawValue] += 1
    return assessment.level >= options.minimumLevel
  }
}
