import Alerts
import Foundation
import Streaming

/// Keeps the counts of a run in a file, renewed every second.
final class MetricsFile {
  let metrics = StreamMetrics()
  private let path: String
  private let timer: any DispatchSourceTimer

  /// - Throws: where the file cannot be written.
  init(_ path: String, alerts: [AlertDispatcher]) throws {
    self.path = path
    if !alerts.isEmpty {
      metrics.setAlerts {
        var sum = AlertCounts()
        for alert in alerts {
          let counts = alert.soFar
          sum.delivered += counts.delivered
          sum.failed += counts.failed
          sum.dropped += counts.dropped
        }
        return [("sent", sum.delivered), ("failed", sum.failed), ("dropped", sum.dropped)]
      }
    }
    try metrics.write(to: path)
    timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + 1, repeating: 1)
    timer.setEventHandler { [metrics] in try? metrics.write(to: path) }
    timer.resume()
  }

  /// Writes the counts for the last time.
  func finish() {
    timer.cancel()
    do { try metrics.write(to: path) } catch { printError("weerbaar: \(error)") }
  }
}
