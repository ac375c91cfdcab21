internal import Foundation
public import Logging
internal import Messages

/// Writes logs as one JSON object a line, or as plain lines for people.
public struct LineLogHandler: LogHandler {
  public enum Style: String, Sendable, CaseIterable { case json, text }

  public var logLevel = Logger.Level.info
  public var metadata = Logger.Metadata()
  private let label: String
  private let style: Style

  public init(label: String, style: Style) {
    self.label = label
    self.style = style
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var fields = metadata
    if let own = event.metadata { fields.merge(own) { $1 } }
    let time = Date().formatted(.iso8601)
    var out: [UInt8] = []
    switch style {
    case .json:
      out += Array("{\"time\":\"\(time)\",\"level\":\"\(event.level.rawValue)\",\"message\":".utf8)
      JSONWriter.append("\(event.message)", to: &out)
      for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
        out.append(UInt8(ascii: ","))
        JSONWriter.append(key, to: &out)
        out.append(UInt8(ascii: ":"))
        JSONWriter.append("\(value)", to: &out)
      }
      out.append(UInt8(ascii: "}"))
    case .text:
      out += Array("\(time) \(event.level.rawValue) \(event.message)".utf8)
      for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
        out += Array(" \(key)=".utf8)
        let text = "\(value)"
        if text.contains(where: { $0 == " " || $0 == "\"" || $0.isNewline }) || text.isEmpty {
          JSONWriter.append(text, to: &out)
        } else {
          out += Array(text.utf8)
        }
      }
    }
    out.append(10)
    // One write a line, so that lines of several threads do not mix.
    out.withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
