import Foundation

/// One measure as Prometheus knows it: a number, or one for each value of a label.
public struct MetricFamily: Sendable {
  /// Whether it only grows.
  public enum Kind: String, Sendable {
    case counter, gauge
  }

  let name: String
  let kind: Kind
  let help: String
  let values: [(labels: String, value: Int)]

  public init(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
    (self.name, self.kind, self.help) = (name, kind, help)
    values = [("", value)]
  }

  public init(_ name: String, _ kind: Kind, _ help: String, label: String, _ values: [(name: String, value: Int)]) {
    (self.name, self.kind, self.help) = (name, kind, help)
    self.values = values.map { ("{\(label)=\"\($0.name)\"}", $0.value) }
  }

  func append(to out: inout String) {
    out += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for value in values { out += "\(name)\(value.labels) \(value.value)\n" }
  }
}

/// Counts of a run for those who watch it, as the text format of Prometheus. May be read while the run goes on.
public final class StreamMetrics: @unchecked Sendable {
  /// Upper bounds of the histogram of latencies, in seconds.
  private static let bounds = [
    0.000_25, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  private let lock = NSLock()
  // All of these are touched under the lock only.
  private var counts = RunCounts()
  private var latencies = [Int](repeating: 0, count: StreamMetrics.bounds.count + 1)
  private var latencySum = 0.0
  private var queued = 0
  private var others: [() -> [MetricFamily]] = []

  public init() {}

  /// Takes in a batch that was written.
  ///
  /// - Parameter latency: seconds from reading its lines to having written them.
  func add(_ batch: RunCounts, latency: Double) {
    lock.lock()
    defer { lock.unlock() }
    counts.add(batch)
    latencies[Self.bounds.firstIndex { latency <= $0 } ?? Self.bounds.count] += batch.read
    latencySum += latency * Double(batch.read)
  }

  /// Notes how many batches wait to be scored or written.
  func setQueued(_ number: Int) {
    lock.lock()
    queued = number
    lock.unlock()
  }

  /// Has other measures written too, as they are when the text is made.
  public func add(_ families: @escaping () -> [MetricFamily]) { lock.withLock { others.append(families) } }

  /// All counts, as Prometheus reads them.
  public var text: String {
    lock.lock()
    let (counts, latencies, sum, queued, others) = (counts, latencies, latencySum, queued, others)
    lock.unlock()
    var families = [
      MetricFamily("weerbaar_read_total", .counter, "Lines read.", counts.read),
      MetricFamily("weerbaar_assessed_total", .counter, "Messages assessed.", counts.assessed),
      MetricFamily("weerbaar_rejected_total", .counter, "Lines rejected.", counts.rejected),
      MetricFamily(
        "weerbaar_abstained_total", .counter, "Messages in another language than Dutch.", counts.abstained),
      MetricFamily(
        "weerbaar_level_total", .counter, "Messages assessed, by level.", label: "level",
        zip(["none", "log", "report", "police", "urgent"], counts.levels).map { ($0, $1) }),
      MetricFamily("weerbaar_queued_batches", .gauge, "Batches that wait.", queued),
    ]
    for other in others { families += other() }
    var out = ""
    for family in families { family.append(to: &out) }
    let name = "weerbaar_latency_seconds"
    out += "# HELP \(name) From reading a message to having written it.\n# TYPE \(name) histogram\n"
    var below = 0
    for (index, bound) in Self.bounds.enumerated() {
      below += latencies[index]
      out += "\(name)_bucket{le=\"\(bound)\"} \(below)\n"
    }
    let all = below + latencies[Self.bounds.count]
    out += "\(name)_bucket{le=\"+Inf\"} \(all)\n\(name)_sum \(sum)\n\(name)_count \(all)\n"
    return out
  }

  /// Writes the counts to a file, whole or not at all, so that a collector never reads half of it.
  public func write(to path: String) throws(StreamError) {
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw .cannotWrite(file: path, code: (error as NSError).code == 0 ? EIO : errno)
    }
  }
}
