import Alerts
import Broker
import Foundation
import Streaming

/// Keeps the counts of a run in a file, renewed every second.
final class MetricsFile {
  let metrics = StreamMetrics()
  private let path: String
  private let timer: any DispatchSourceTimer

  /// - Throws: where the file cannot be written.
  init(_ path: String, alerts: [AlertDispatcher], feed: FeedCounts? = nil) throws {
    self.path = path
    if !alerts.isEmpty { metrics.add { [Self.family(alerts)] } }
    if let feed { metrics.add { Self.families(feed.soFar) } }
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

  private static func family(_ alerts: [AlertDispatcher]) -> MetricFamily {
    var sum = AlertCounts()
    for alert in alerts {
      let counts = alert.soFar
      sum.delivered += counts.delivered
      sum.failed += counts.failed
      sum.dropped += counts.dropped
    }
    return MetricFamily(
      "weerbaar_alerts_total", .counter, "Alerts, by what became of them.", label: "state",
      [("sent", sum.delivered), ("failed", sum.failed), ("dropped", sum.dropped)])
  }

  private static func families(_ feed: FeedCounts.Numbers) -> [MetricFamily] {
    [
      MetricFamily("weerbaar_feed_waiting_messages", .gauge, "Messages that wait at the broker.", feed.waiting),
      MetricFamily("weerbaar_feed_delivered_total", .counter, "Messages that the broker gave.", feed.delivered),
      MetricFamily(
        "weerbaar_feed_redelivered_total", .counter, "Messages that were given to somebody before.", feed.redelivered),
      MetricFamily("weerbaar_feed_published_total", .counter, "Results that the broker took.", feed.published),
      MetricFamily(
        "weerbaar_feed_duplicates_total", .counter, "Results that the broker had already.", feed.duplicates),
      MetricFamily("weerbaar_feed_dead_letters_total", .counter, "Messages that cannot be assessed.", feed.dead),
    ]
  }
}
