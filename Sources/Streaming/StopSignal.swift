import Dispatch
import Foundation
import Synchronization

/// Asks a run to finish what it has taken and to end. May be set from any thread.
public final class StopSignal: Sendable {
  private let flag = Atomic<Bool>(false)
  private let pipe: (read: Int32, write: Int32)

  public init() {
    var ends: [Int32] = [-1, -1]
    // Without a pipe a waiting reader notices the signal at its next line only.
    if Foundation.pipe(&ends) != 0 { ends = [-1, -1] }
    for end in ends where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    pipe = (ends[0], ends[1])
  }

  deinit {
    if pipe.read >= 0 { close(pipe.read) }
    if pipe.write >= 0 { close(pipe.write) }
  }

  public var isSet: Bool { flag.load(ordering: .acquiring) }

  /// Asks to end.
  public func set() {
    guard !flag.exchange(true, ordering: .acquiringAndReleasing), pipe.write >= 0 else { return }
    var byte: UInt8 = 0
    _ = write(pipe.write, &byte, 1)
  }

  /// Waits until a descriptor has something to read; false where the signal was set first.
  ///
  /// - Parameter milliseconds: how long to wait at most; without limit where negative.
  func wait(for descriptor: Int32, milliseconds: Int32 = -1) -> Bool {
    while !isSet {
      var waits = [
        pollfd(fd: pipe.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&waits, descriptor >= 0 ? 2 : 1, milliseconds)
      if ready < 0 && errno == EINTR { continue }
      if ready == 0 && milliseconds >= 0 { return true }
      if waits[0].revents != 0 { return false }
      return true
    }
    return false
  }

  /// Waits for a time; false where the signal was set before it was over.
  public func pause(milliseconds: Int32) -> Bool { wait(for: -1, milliseconds: max(0, milliseconds)) }

  /// Sets the signal on SIGTERM and SIGINT; a second one ends the process as it always did. Broken pipes and file size
  /// limits become errors of the write that meets them.
  ///
  /// - Returns: what must be kept alive as long as the signals are to be heard.
  public func handleTermination() -> [any DispatchSourceSignal] {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    return [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if self.isSet {
          signal(number, SIG_DFL)
          raise(number)
        }
        self.set()
      }
      source.resume()
      return source
    }
  }
}
