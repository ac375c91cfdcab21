import Foundation
public import Weerbaar

/// Takes messages from a source, scores them on several threads, and hands the results to a sink in the order of the
/// input. What is on its way is bounded, so that a slow sink slows the source down and memory stays constant.
///
/// The results are the same bytes with any number of threads: what a message gets depends on nothing but itself.
///
/// ```swift
/// let source = try FileSource(paths: ["feed.ndjson"], format: .ndjson, stop: stop)
/// let sink = DescriptorSink(output: STDOUT_FILENO)
/// let counts = try ScoringPipeline(scorer: scorer, options: ScoringOptions(jobs: 2)).run(from: source, to: sink)
/// ```
public final class ScoringPipeline {
  private let scorer: Scorer
  private let options: ScoringOptions
  private let metrics: StreamMetrics?

  public init(scorer: Scorer, options: ScoringOptions, metrics: StreamMetrics? = nil) {
    self.scorer = scorer
    self.options = options
    self.metrics = metrics
  }

  /// Works off the source. Returns when all that was taken has been written.
  ///
  /// - Throws: what the source or the sink throws, after everything before it was written; ``StreamError/stoppedAtRejection``
  ///   where the options ask for that.
  public func run(from source: any MessageSource, to sink: any AssessmentSink) throws -> RunCounts {
    let counts = options.jobs > 1 ? try runInParallel(source, sink) : try runAlone(source, sink)
    try sink.finish()
    return counts
  }

  private func runAlone(_ source: any MessageSource, _ sink: any AssessmentSink) throws -> RunCounts {
    let scorer = try BatchScorer(scorer: scorer, options: options)
    let batch = Batch(capacity: FileSource.batchSize)
    var counts = RunCounts()
    while true {
      batch.reset(capacity: FileSource.batchSize)
      guard try source.fill(batch) else { return counts }
      batch.taken = .now
      scorer.score(batch)
      try sink.write(batch)
      counts.add(batch.counts)
      metrics?.add(batch)
      if options.stopsAtRejection, !batch.rejections.isEmpty { throw StreamError.stoppedAtRejection }
    }
  }

  private func runInParallel(_ source: any MessageSource, _ sink: any AssessmentSink) throws -> RunCounts {
    let scorers = try (0..<options.jobs).map { _ in try BatchScorer(scorer: scorer, options: options) }
    let exchange = Exchange(
      sink: sink, batches: options.jobs * 2 + 2, stopsAtRejection: options.stopsAtRejection, metrics: metrics)
    for scorer in scorers {
      let worker = Worker(scorer: scorer, exchange: exchange)
      let thread = Thread { worker.run() }
      thread.stackSize = 1 << 23
      thread.start()
    }
    var sourceError: (any Error)?
    while let batch = exchange.takeFree() {
      do {
        guard try source.fill(batch) else { break }
      } catch {
        sourceError = error
        break
      }
      batch.taken = .now
      exchange.put(batch)
    }
    let counts = try exchange.finish(workers: scorers.count)
    if let sourceError { throw sourceError }
    return counts
  }
}

extension StreamMetrics {
  /// Takes in a batch that was just written.
  fileprivate func add(_ batch: Batch) {
    let (seconds, attoseconds) = batch.taken.duration(to: .now).components
    add(batch.counts, latency: Double(seconds) + Double(attoseconds) * 1e-18)
  }
}

/// A scorer that one thread owns from its start on.
private final class Worker: @unchecked Sendable {
  private let scorer: BatchScorer
  private let exchange: Exchange

  init(scorer: BatchScorer, exchange: Exchange) {
    self.scorer = scorer
    self.exchange = exchange
  }

  func run() {
    while let batch = exchange.take() {
      scorer.score(batch)
      exchange.deliver(batch)
    }
    exchange.leave()
  }
}

/// Where batches wait: free ones for the reader, filled ones for the workers, scored ones for their turn to be written.
/// Whoever scores the batch whose turn it is writes it, and those behind it that are ready.
private final class Exchange: @unchecked Sendable {
  private let condition = NSCondition()
  private let sink: any AssessmentSink
  private let stopsAtRejection: Bool
  private let metrics: StreamMetrics?
  // All of these are touched under the condition's lock only.
  private var free: [Batch]
  private var filled: [Batch] = []
  private var scored: [Int: Batch] = [:]
  private var nextSequence = 0
  private var nextToWrite = 0
  private var isWriting = false
  private var isClosed = false
  private var left = 0
  private var failure: (any Error)?
  private var counts = RunCounts()

  init(sink: any AssessmentSink, batches: Int, stopsAtRejection: Bool, metrics: StreamMetrics?) {
    self.sink = sink
    self.metrics = metrics
    self.stopsAtRejection = stopsAtRejection
    free = (0..<batches).map { _ in Batch(capacity: FileSource.batchSize) }
  }

  /// A free batch for the reader, as soon as there is one; nil where the run has failed.
  func takeFree() -> Batch? {
    condition.lock()
    defer { condition.unlock() }
    while free.isEmpty, failure == nil { condition.wait() }
    guard failure == nil, let batch = free.popLast() else { return nil }
    batch.reset(capacity: FileSource.batchSize)
    return batch
  }

  /// Hands a filled batch to the workers.
  func put(_ batch: Batch) {
    condition.lock()
    defer { condition.unlock() }
    batch.sequence = nextSequence
    nextSequence += 1
    filled.append(batch)
    condition.broadcast()
  }

  /// The next filled batch; nil where none will come.
  func take() -> Batch? {
    condition.lock()
    defer { condition.unlock() }
    while filled.isEmpty, !isClosed, failure == nil { condition.wait() }
    guard failure == nil, !filled.isEmpty else { return nil }
    return filled.removeFirst()
  }

  /// Takes a scored batch, and writes what is now in turn.
  func deliver(_ batch: Batch) {
    condition.lock()
    defer { condition.unlock() }
    scored[batch.sequence] = batch
    guard !isWriting else { return }
    isWriting = true
    defer { isWriting = false }
    while failure == nil, let next = scored.removeValue(forKey: nextToWrite) {
      condition.unlock()
      var caught: (any Error)?
      do {
        try sink.write(next)
        if stopsAtRejection, !next.rejections.isEmpty { caught = StreamError.stoppedAtRejection }
      } catch {
        caught = error
      }
      if caught == nil { metrics?.add(next) }
      condition.lock()
      failure = caught
      counts.add(next.counts)
      metrics?.setQueued(filled.count + scored.count)
      nextToWrite += 1
      free.append(next)
      condition.broadcast()
    }
  }

  /// A worker has ended.
  func leave() {
    condition.lock()
    left += 1
    condition.broadcast()
    condition.unlock()
  }

  /// Lets the workers end, waits for them, and gives the counts of what was written.
  func finish(workers: Int) throws -> RunCounts {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    condition.broadcast()
    while left < workers { condition.wait() }
    if let failure { throw failure }
    return counts
  }
}
