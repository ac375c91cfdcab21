public import Foundation
public import Messages

/// Where results go. Batches come one at a time, in the order of the input.
public protocol AssessmentSink: AnyObject {
  /// Writes a batch's output, and says what was rejected in it.
  func write(_ batch: Batch) throws
  /// Writes what is still held, after the last batch.
  func finish() throws
}

/// Writes bytes to a descriptor so that a line is there whole or not at all.
final class LineOutput {
  private let descriptor: Int32
  private let name: String

  init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// Writes whole lines. Where the system takes only a part of them (a full disk), a file is cut back to the end of its
  /// last whole line.
  func write(_ lines: UnsafeRawBufferPointer) throws(StreamError) {
    guard let base = lines.baseAddress else { return }
    var written = 0
    while written < lines.count {
      let count = Foundation.write(descriptor, base + written, lines.count - written)
      if count >= 0 {
        written += count
        continue
      }
      let code = errno
      if code == EINTR { continue }
      if code == EAGAIN {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
        continue
      }
      if code == EPIPE { throw .outputClosed }
      cutBack(UnsafeRawBufferPointer(rebasing: lines[0..<written]))
      throw .cannotWrite(file: name, code: code)
    }
  }

  private func cutBack(_ written: UnsafeRawBufferPointer) {
    let half = written.count - ((written.lastIndex(of: 10) ?? -1) + 1)
    var status = stat()
    guard half > 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    // Only the end of the file may be cut, so nothing else must have been written behind it.
    let position = lseek(descriptor, 0, SEEK_CUR)
    guard position == status.st_size else { return }
    if ftruncate(descriptor, status.st_size - off_t(half)) == 0 { lseek(descriptor, 0, SEEK_END) }
  }
}

/// Writes results to one descriptor, diagnostics to another, and keeps rejected lines in a file where that is asked for.
public final class DescriptorSink: AssessmentSink {
  private let output: LineOutput
  private let diagnostics: LineOutput?
  private let rejects: LineOutput?
  private let rejectsDescriptor: Int32?
  private let writer: AssessedMessageWriter
  private let language: MessageLanguage
  private var header: [UInt8]?
  private var line = 0
  private var text: [UInt8] = []

  /// - Parameters:
  ///   - output: where results go.
  ///   - name: what the output is called in messages.
  ///   - diagnostics: where a line is written for each rejected line.
  ///   - rejects: a file that is made anew for the rejected lines.
  public init(
    output: Int32, name: String = "stdout", diagnostics: Int32? = nil, rejects path: String? = nil,
    writer: AssessedMessageWriter = AssessedMessageWriter(), language: MessageLanguage = .en
  ) throws(StreamError) {
    self.output = LineOutput(descriptor: output, name: name)
    self.diagnostics = diagnostics.map { LineOutput(descriptor: $0, name: "stderr") }
    self.writer = writer
    self.language = language
    if let path {
      let opened = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      guard opened >= 0 else { throw .cannotOpen(file: path, code: errno) }
      rejectsDescriptor = opened
      rejects = LineOutput(descriptor: opened, name: path)
    } else {
      rejectsDescriptor = nil
      rejects = nil
    }
  }

  deinit { if let rejectsDescriptor { close(rejectsDescriptor) } }

  public func write(_ batch: Batch) throws {
    if batch.startsFile {
      line = batch.headerLines
      try writeHeader(batch)
    }
    if !batch.output.isEmpty { try batch.output.withUnsafeBytes { try output.write($0) } }
    if !batch.rejections.isEmpty { try reject(batch) }
    if batch.fragment == .next || batch.fragment == .last {
      try rejects?.write(UnsafeRawBufferPointer(batch.bytes))
    }
    line += batch.lineBreaks
  }

  private func writeHeader(_ batch: Batch) throws {
    let found = writer.header(for: batch.header)
    if let header {
      guard header == found else {
        throw StreamError.unusable(
          file: batch.file, reason: "its columns differ from those of the first file; score it by itself")
      }
    } else {
      header = found
      try found.withUnsafeBytes { try output.write($0) }
    }
  }

  private func reject(_ batch: Batch) throws {
    text.removeAll(keepingCapacity: true)
    for rejection in batch.rejections {
      let place = "\(batch.file):\(line + rejection.line + 1): "
      text.append(contentsOf: (place + rejection.problem.description(in: language) + "\n").utf8)
    }
    // Nobody to hear of it is no reason to end the run.
    try? text.withUnsafeBytes { try diagnostics?.write($0) }
    guard let rejects else { return }
    text.removeAll(keepingCapacity: true)
    for rejection in batch.rejections {
      text.append(contentsOf: batch.bytes[rejection.bytes])
      if batch.fragment == .none, text.last != 10 { text.append(10) }
    }
    try text.withUnsafeBytes { try rejects.write($0) }
  }

  public func finish() throws {}
}

/// Hands messages on as alerts, after another sink has written them.
public final class AlertingSink: AssessmentSink {
  private let sink: any AssessmentSink
  private let submit: (Data) -> Void

  /// - Parameter submit: takes one message with its assessment, a JSON object. It must not wait.
  public init(_ sink: any AssessmentSink, submit: @escaping (Data) -> Void) {
    self.sink = sink
    self.submit = submit
  }

  public func write(_ batch: Batch) throws {
    try sink.write(batch)
    for line in batch.alerts.split(separator: 10) { submit(Data(line)) }
  }

  public func finish() throws { try sink.finish() }
}
