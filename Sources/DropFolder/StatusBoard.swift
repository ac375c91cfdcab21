internal import Foundation
internal import Synchronization

/// How the daemon is, as `status.json` tells it.
public struct DaemonStatus: Sendable, Codable, Equatable {
  public struct File: Sendable, Codable, Equatable {
    public var name: String
    public var messages: Int
    public var since: String
  }

  public var process: Int32 = 0
  public var folder = ""
  public var casebook: String?
  /// running, no-room or stopped.
  public var state = "running"
  public var started = ""
  public var updated = ""
  /// Files that wait in the folder.
  public var waiting = 0
  public var working: [File] = []
  /// Since the start.
  public var done = 0
  public var quarantined = 0
  public var messages = 0
  public var flagged = 0
  public var added = 0
  public var alertsWaiting = 0
  public var problem: String?

  public init() {}
}

/// Keeps the status, from several threads.
final class StatusBoard: Sendable {
  private let status: Mutex<(status: DaemonStatus, changed: Bool, jobs: [String: DaemonStatus.File])>

  init(_ status: DaemonStatus) { self.status = Mutex((status, true, [:])) }

  func change(_ body: (inout DaemonStatus) -> Void) {
    status.withLock {
      let before = $0.status
      body(&$0.status)
      if $0.status != before { $0.changed = true }
    }
  }

  func begin(_ job: String, _ name: String, messages: Int) {
    let since = Date().formatted(.iso8601)
    status.withLock {
      $0.jobs[job] = DaemonStatus.File(name: name, messages: messages, since: since)
      $0.changed = true
    }
  }

  func advance(_ job: String, messages: Int) {
    status.withLock {
      $0.status.messages += max(0, messages - ($0.jobs[job]?.messages ?? messages))
      $0.jobs[job]?.messages = messages
      $0.changed = true
    }
  }

  func end(_ job: String) {
    status.withLock {
      $0.jobs[job] = nil
      $0.changed = true
    }
  }

  var now: DaemonStatus {
    status.withLock {
      var copy = $0.status
      copy.working = $0.jobs.sorted { $0.key < $1.key }.map(\.value)
      return copy
    }
  }

  /// Writes the status and the metrics, where something changed.
  func save(_ layout: FolderLayout, always: Bool = false) {
    let isDue = status.withLock { state in
      defer { state.changed = false }
      return state.changed || always
    }
    guard isDue else { return }
    var copy = now
    copy.updated = Date().formatted(.iso8601)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // A status that cannot be written, as on a full disk, must not stop the work.
    if let data = try? encoder.encode(copy) {
      try? ResultFile.write(
        String(decoding: data, as: UTF8.self) + "\n", to: Array(layout.status.utf8CString),
        temporary: layout.status + ".new")
    }
    try? ResultFile.write(
      StatusBoard.metrics(copy), to: Array(layout.metrics.utf8CString), temporary: layout.metrics + ".new")
  }

  /// In the text format that node_exporter collects.
  private static func metrics(_ status: DaemonStatus) -> String {
    var out = ""
    for (name, kind, help, value) in [
      ("files_done_total", "counter", "Files worked off since the start.", status.done),
      ("files_quarantined_total", "counter", "Files put in quarantine since the start.", status.quarantined),
      ("files_waiting", "gauge", "Files that wait in the folder.", status.waiting),
      ("files_working", "gauge", "Files that are being worked off.", status.working.count),
      ("messages_total", "counter", "Messages assessed since the start.", status.messages),
      ("messages_flagged_total", "counter", "Messages flagged since the start.", status.flagged),
      ("casebook_entries_added_total", "counter", "Messages new in the casebook since the start.", status.added),
      ("alerts_waiting", "gauge", "Alerts that wait.", status.alertsWaiting),
      ("up", "gauge", "Whether the daemon works.", status.state == "running" ? 1 : 0),
    ] {
      out +=
        "# HELP weerbaar_watch_\(name) \(help)\n# TYPE weerbaar_watch_\(name) \(kind)\nweerbaar_watch_\(name) \(value)\n"
    }
    return out
  }
}
