internal import CDropFolder
internal import Foundation

/// Tells systemd how the daemon is (the sd_notify protocol).
struct ServiceNotifier {
  /// How often the watchdog wants to hear; nil where there is none.
  let watchdog: Duration?
  private var last = ContinuousClock.now

  init() {
    let environment = ProcessInfo.processInfo.environment
    let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    watchdog = isForUs ? environment["WATCHDOG_USEC"].flatMap { Int($0) }.map { .microseconds($0 / 3) } : nil
  }

  func send(_ state: String) { _ = weerbaar_notify(state) }

  /// Says that all is well, where the watchdog wants to hear it by now.
  mutating func keepAlive() {
    guard let watchdog, ContinuousClock.now - last >= watchdog else { return }
    last = .now
    send("WATCHDOG=1")
  }
}
