/// What stops a file or the whole reading.
public struct ExportError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file, as the user knows it.
  public var file: String
  /// What is wrong and what helps.
  public var message: String

  public init(file: String, message: String) {
    self.file = file
    self.message = message
  }

  public var description: String { "\(file): \(message)" }
}

/// Something in an export that was not understood, or read with a reservation.
public struct ReadNote: Sendable, Equatable {
  public enum Kind: String, Sendable {
    /// Nothing is lost: the reader says what it assumed or left out on purpose.
    case remark
    /// A part of the export could not be read.
    case damage
    /// A file that no reader knows.
    case unknown
  }

  public var kind: Kind
  public var file: String
  /// The first place in the file where it was seen.
  public var locator: String?
  public var message: String
  /// How often it was seen.
  public var count: Int

  public init(kind: Kind, file: String, locator: String? = nil, message: String, count: Int = 1) {
    self.kind = kind
    self.file = file
    self.locator = locator
    self.message = message
    self.count = count
  }
}

extension ReadNote: CustomStringConvertible {
  public var description: String {
    let place = locator.map { ":\($0)" } ?? ""
    return "\(file)\(place): \(message)" + (count > 1 ? " (\(count) times)" : "")
  }
}

/// Gathers notes: the same remark about the same file is kept once and counted.
struct NoteBook {
  private(set) var notes: [ReadNote] = []
  private var places: [String: Int] = [:]

  mutating func add(_ kind: ReadNote.Kind, _ file: String, _ locator: String?, _ message: String, count: Int = 1) {
    let key = "\(kind.rawValue)\u{0}\(file)\u{0}\(message)"
    if let place = places[key] {
      notes[place].count += count
    } else {
      places[key] = notes.count
      notes.append(ReadNote(kind: kind, file: file, locator: locator, message: message, count: count))
    }
  }
}
