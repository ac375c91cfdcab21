public import Messages

/// A line that could not be assessed.
public struct Rejection: Sendable {
  /// The line's number in its batch, from 0.
  public var line: Int
  public var problem: LineProblem
  /// The line's bytes in the batch, with its end.
  public var bytes: Range<Int>
  /// How much output there was before it.
  public var outputEnd: Int
}

/// What was done, in numbers.
public struct RunCounts: Sendable, Equatable {
  public var read = 0
  public var assessed = 0
  public var rejected = 0
  /// Of the assessed, those on which the classifier abstained.
  public var abstained = 0
  /// The assessed by level, from `none` to `urgent`.
  public var levels = [0, 0, 0, 0, 0]

  public init() {}

  /// Adds other counts to these.
  public mutating func add(_ other: RunCounts) {
    read += other.read
    assessed += other.assessed
    rejected += other.rejected
    abstained += other.abstained
    for level in levels.indices { levels[level] += other.levels[level] }
  }
}

/// Whole lines on their way from a source to a sink, and what became of them.
///
/// A batch is owned by one stage at a time, source, worker or sink; that is what makes it safe to hand from thread to
/// thread. Batches are used again, with their buffers.
public final class Batch: @unchecked Sendable {
  /// Place in the order of the input, from 0.
  public internal(set) var sequence = 0
  /// The name of the source, for messages.
  public var file = ""
  /// Whether this is the first batch of its file.
  public var startsFile = false
  /// The header of the file where it is CSV.
  public var header: CSVHeader?
  /// Whether the bytes are a piece of a line too long to hold. The line is rejected once, with its first piece.
  public var fragment = Fragment.none
  /// Line breaks of the file's header, before the first line of the first batch.
  public var headerLines = 0

  public enum Fragment: Sendable {
    case none, first, next, last
  }

  /// Space for lines, with ``LineParser/padding`` more behind it.
  private(set) var buffer: UnsafeMutableBufferPointer<UInt8>
  /// Number of bytes of lines in the buffer.
  public internal(set) var count = 0

  public internal(set) var output: [UInt8] = []
  /// The messages at or above the level of alerts, as NDJSON lines.
  public internal(set) var alerts: [UInt8] = []
  public internal(set) var rejections: [Rejection] = []
  /// Where in ``output`` what was written for each line ends, where ``ScoringOptions/marksResults`` asks for that; empty
  /// stretches for lines that were rejected or are below the level asked for.
  public internal(set) var outputEnds: [Int] = []
  /// What the source hands the sink with the lines; the stages between do not look at it.
  public var attachment: AnyObject?
  public internal(set) var counts = RunCounts()
  /// Number of line breaks.
  public internal(set) var lineBreaks = 0
  /// When the batch was taken, for latencies.
  public internal(set) var taken = ContinuousClock.now

  init(capacity: Int) { buffer = Self.allocate(capacity) }

  deinit { buffer.deallocate() }

  private static func allocate(_ capacity: Int) -> UnsafeMutableBufferPointer<UInt8> {
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity + LineParser.padding)
    // The padding is read by the JSON reader, which makes nothing of its value.
    for index in capacity..<buffer.count { buffer.initializeElement(at: index, to: 0) }
    return UnsafeMutableBufferPointer(rebasing: buffer[0..<capacity])
  }

  /// The lines.
  public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: buffer[0..<count]) }

  /// Space after the lines.
  var space: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[count...]))
  }

  /// Makes room for more lines.
  func reserve(_ capacity: Int) {
    guard capacity > buffer.count else { return }
    let larger = Self.allocate(max(capacity, buffer.count * 2))
    _ = larger.update(fromContentsOf: buffer[0..<count])
    buffer.deallocate()
    buffer = larger
  }

  /// Appends lines.
  public func append(_ lines: UnsafeBufferPointer<UInt8>) {
    reserve(count + lines.count)
    _ = UnsafeMutableBufferPointer(rebasing: buffer[count...]).update(fromContentsOf: lines)
    count += lines.count
  }

  /// Counts messages that the source turned away before they became lines.
  public func countTurnedAway(_ number: Int) {
    counts.read += number
    counts.rejected += number
  }

  /// Removes bytes from the end, from `end` on.
  func truncate(to end: Int) { count = end }

  /// Removes bytes from the beginning.
  func remove(first number: Int) {
    for index in number..<count { buffer[index - number] = buffer[index] }
    count -= number
  }

  /// Makes the batch empty. Buffers that one huge line made grow are given back.
  func reset(capacity: Int) {
    if buffer.count > capacity * 4 {
      buffer.deallocate()
      buffer = Self.allocate(capacity)
    }
    count = 0
    output.removeAll(keepingCapacity: output.capacity <= capacity * 16)
    alerts.removeAll(keepingCapacity: alerts.capacity <= capacity)
    rejections.removeAll(keepingCapacity: true)
    outputEnds.removeAll(keepingCapacity: true)
    attachment = nil
    counts = RunCounts()
    lineBreaks = 0
    startsFile = false
    header = nil
    headerLines = 0
    fragment = .none
  }
}
