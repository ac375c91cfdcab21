import Foundation
public import Messages

/// Why a run could not start or finish.
public enum StreamError: Error, Sendable, Equatable {
  /// A file or stream, and the system's error number.
  case cannotOpen(file: String, code: Int32)
  case isFolder(file: String)
  case cannotRead(file: String, code: Int32)
  case cannotWrite(file: String, code: Int32)
  /// What is wrong with a file's beginning, such as its CSV header.
  case unusable(file: String, reason: String)
  /// A compressed file is damaged or ends too early.
  case damaged(file: String, reason: String)
  /// Nobody reads the output any more.
  case outputClosed
  /// A line was rejected, and the run was asked to stop at the first.
  case stoppedAtRejection

  /// What happened and what to do about it, in one line.
  public func description(in language: MessageLanguage) -> String {
    func system(_ code: Int32) -> String { String(cString: strerror(code)) }
    return switch (self, language) {
    case (.cannotOpen(let file, let code), .en): "\(file): cannot be opened: \(system(code))"
    case (.cannotOpen(let file, let code), .nl): "\(file): kan niet geopend worden: \(system(code))"
    case (.isFolder(let file), .en): "\(file): is a folder; name the files in it"
    case (.isFolder(let file), .nl): "\(file): is een map; noem de bestanden daarin"
    case (.cannotRead(let file, let code), .en): "\(file): cannot be read: \(system(code))"
    case (.cannotRead(let file, let code), .nl): "\(file): kan niet gelezen worden: \(system(code))"
    case (.cannotWrite(let file, let code), .en):
      "\(file): cannot be written: \(system(code)); every line written so far is whole"
    case (.cannotWrite(let file, let code), .nl):
      "\(file): kan niet geschreven worden: \(system(code)); elke regel die er staat is heel"
    case (.unusable(let file, let reason), _): "\(file): \(reason)"
    case (.damaged(let file, let reason), .en): "\(file): the compressed file is damaged: \(reason)"
    case (.damaged(let file, let reason), .nl): "\(file): het gecomprimeerde bestand is beschadigd: \(reason)"
    case (.outputClosed, .en): "the output was closed"
    case (.outputClosed, .nl): "de uitvoer is gesloten"
    case (.stoppedAtRejection, .en): "stopped at the first rejected line, as --strict asks"
    case (.stoppedAtRejection, .nl): "gestopt bij de eerste afgekeurde regel, zoals --strict vraagt"
    }
  }
}

extension StreamError: CustomStringConvertible {
  public var description: String { description(in: .en) }
}
