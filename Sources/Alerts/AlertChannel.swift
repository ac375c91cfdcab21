public import Foundation

/// Why an alert was not delivered.
public struct AlertFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong, in English.
  public let reason: String
  /// Whether it may go better at another time.
  public let mayPass: Bool

  public init(reason: String, mayPass: Bool) {
    self.reason = reason
    self.mayPass = mayPass
  }

  public var description: String { reason }
}

/// A way to bring an alert to people. May be used from any thread.
public protocol AlertChannel: Sendable {
  /// What the channel is called in messages.
  var name: String { get }
  /// Brings one alert, a JSON object, and returns when it has arrived. May take as long as its own time limit.
  func deliver(_ body: Data) throws(AlertFailure)
}

extension AlertChannel where Self == CommandChannel {
  /// The channel that a user names: a web address is a webhook, anything else a command for the shell.
  ///
  /// - Parameter secret: what a webhook's requests are signed with; not signed where nil.
  public static func named(_ name: String, secret: String? = nil) -> any AlertChannel {
    let lower = name.lowercased()
    return lower.hasPrefix("https://") || lower.hasPrefix("http://")
      ? WebhookChannel(url: name, secret: secret) : CommandChannel(shell: name)
  }
}

/// Runs a program for each alert, with the alert on its standard input. It has arrived when the program ends with 0.
public struct CommandChannel: AlertChannel {
  public let name: String
  private let program: ChildProgram

  /// - Parameter command: the program's path and its arguments.
  public init(_ command: [String], limit: TimeInterval = 30) {
    name = command.first ?? "command"
    program = ChildProgram(command: command, limit: limit)
  }

  /// A command line for `/bin/sh`.
  public init(shell line: String, limit: TimeInterval = 30) {
    name = line
    program = ChildProgram(command: ["/bin/sh", "-c", line], limit: limit)
  }

  public func deliver(_ body: Data) throws(AlertFailure) {
    let (status, _) = try program.run(body)
    guard status == 0 else { throw AlertFailure(reason: "\(name): ended with \(status)", mayPass: true) }
  }
}

/// Runs a program with bytes on its standard input, within a time limit.
struct ChildProgram: Sendable {
  let command: [String]
  let limit: TimeInterval

  /// - Returns: the program's exit status and what it wrote on standard output.
  func run(_ input: Data) throws(AlertFailure) -> (status: Int32, output: Data) {
    guard let path = command.first else { throw AlertFailure(reason: "no command was given", mayPass: false) }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = Array(command.dropFirst())
    let (source, sink) = (Pipe(), Pipe())
    process.standardInput = source
    process.standardOutput = sink
    process.standardError = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    do {
      try process.run()
    } catch {
      throw AlertFailure(reason: "\(path): cannot be started: \(error.localizedDescription)", mayPass: false)
    }
    // Reading and writing have threads of their own: a program that does neither must not hold us up.
    let writing = source.fileHandleForWriting
    DispatchQueue.global().async {
      Self.write(input, to: writing.fileDescriptor)
      try? writing.close()
    }
    let output = OutputBox()
    let reading = sink.fileHandleForReading
    let read = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      output.data = (try? reading.readToEnd()) ?? Data()
      read.signal()
    }
    guard ended.wait(timeout: .now() + limit) == .success else {
      process.terminate()
      if ended.wait(timeout: .now() + 2) != .success { kill(process.processIdentifier, SIGKILL) }
      throw AlertFailure(reason: "\(path): did not end within \(Int(limit)) seconds", mayPass: true)
    }
    // A grandchild may still hold the output open; what it writes is not waited for.
    let isRead = read.wait(timeout: .now() + 1) == .success
    return (process.terminationStatus, isRead ? output.data : Data())
  }

  /// Writes all bytes, or as many as are read. A reader that has gone must not end this process by its signal.
  private static func write(_ bytes: Data, to descriptor: Int32) {
    var signals = sigset_t()
    var before = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, &before)
    bytes.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count, let base = bytes.baseAddress {
        let count = Foundation.write(descriptor, base + written, bytes.count - written)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { break }
        written += count
      }
      #if os(Linux)
        // The signal that waits now would come when it is let through again.
        var none = timespec()
        if written < bytes.count { sigtimedwait(&signals, nil, &none) }
      #endif
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  /// Written by one thread before, read by another after a semaphore's signal.
  private final class OutputBox: @unchecked Sendable {
    var data = Data()
  }
}
