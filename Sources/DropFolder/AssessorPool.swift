internal import Foundation
public import Inbox
internal import Synchronization
internal import Weerbaar

/// Scorers that the workers share: as many as the machine has room for, however many files are open.
public final class AssessorPool: @unchecked Sendable {
  private let free: DispatchSemaphore
  private let lock = NSLock()
  private var assessors: [any TextAssessor]
  private let size: Int

  /// - Parameter make: gives one assessor for each thread.
  public init(size: Int, make: () throws -> any TextAssessor) rethrows {
    self.size = max(1, size)
    var made: [any TextAssessor] = []
    for _ in 0..<self.size { made.append(try make()) }
    assessors = made
    free = DispatchSemaphore(value: self.size)
  }

  /// Assesses texts, side by side where scorers are free; nil stays nil.
  func assess(_ texts: [String?]) -> [Assessment?] {
    var results = [Assessment?](repeating: nil, count: texts.count)
    let parts = min(size, max(1, texts.count / 64))
    let length = (texts.count + parts - 1) / parts
    let collected = Mutex<[(Int, [Assessment?])]>([])
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let range = min(texts.count, part * length)..<min(texts.count, (part + 1) * length)
      free.wait()
      let assessor = lock.withLock { assessors.removeLast() }
      let some = texts[range].map { text in text.map { assessor.assess($0) } }
      lock.withLock { assessors.append(assessor) }
      free.signal()
      collected.withLock { $0.append((range.lowerBound, some)) }
    }
    for (start, some) in collected.withLock({ $0 }) { results.replaceSubrange(start..<start + some.count, with: some) }
    return results
  }
}
