internal import Crypto
internal import Foundation
internal import Messages

/// One step in a casebook's history. Records are only added, and each carries the hash of the one before.
public struct HistoryRecord: Sendable, Equatable {
  /// What a step did.
  public enum Action: String, Sendable, CaseIterable {
    /// The casebook was made.
    case begin
    /// A case was opened.
    case open
    /// A message came in.
    case add
    /// An older message of the same sender came in after it, and the rules raised its level.
    case raise
    /// A message joined a campaign or a burst besides its own case.
    case join
    /// A state changed.
    case state
    /// Somebody wrote a note.
    case note
    /// The sender of a case was warned.
    case warn
    /// A dossier was made.
    case dossier
    /// Content was erased.
    case erase
    /// A file was worked off.
    case file
  }

  /// 1, 2, 3, …
  public var number: Int
  /// When, in RFC 3339, by the clock of the machine.
  public var time: String
  public var actor: String
  public var action: String
  /// The case or message, such as "3" or "3.2".
  public var subject: String
  /// What else there is to know, as JSON. Personal content stands in the content table, under its hash.
  public var body: String
  /// The hash of the record before; 64 zeros for the first.
  public var previous: String
  public var hash: String

  /// SHA-256 in hexadecimal of the record as a JSON array:
  /// `[number,"time","actor","action","subject","body","previous"]`, without spaces.
  public var expectedHash: String {
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    JSONWriter.append(number, to: &bytes)
    for text in [time, actor, action, subject, body, previous] {
      bytes.append(UInt8(ascii: ","))
      JSONWriter.append(text, to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
    return SHA256.hash(data: bytes).hexadecimal
  }

  /// The hash before the first record.
  public static let origin = String(repeating: "0", count: 64)
}

/// A fault that verification found, and where.
public struct CasebookFault: Sendable, Equatable, CustomStringConvertible {
  /// Such as "history record 17" or "message 3.2".
  public var place: String
  public var problem: String

  public init(place: String, problem: String) {
    self.place = place
    self.problem = problem
  }

  public var description: String { "\(place): \(problem)" }
}

/// The chain of a history.
public enum HistoryChain {
  /// Finds every change, removal and re-ordering in records as they stand in the casebook. O(records).
  public static func faults(in records: [HistoryRecord]) -> [CasebookFault] {
    faults(in: records, from: 1, previous: HistoryRecord.origin)
  }

  static func faults(in records: [HistoryRecord], from number: Int, previous hash: String) -> [CasebookFault] {
    var faults: [CasebookFault] = []
    var expectedNumber = number
    var previous = hash
    for record in records {
      let place = "history record \(record.number)"
      if record.number > expectedNumber {
        let gap =
          record.number - expectedNumber == 1
          ? "record \(expectedNumber) is missing" : "records \(expectedNumber) to \(record.number - 1) are missing"
        faults.append(CasebookFault(place: place, problem: "\(gap) before it"))
      } else if record.number < expectedNumber {
        faults.append(CasebookFault(place: place, problem: "it stands twice or out of order"))
      } else if record.previous != previous {
        faults.append(
          CasebookFault(place: place, problem: "it does not follow the record before: one of them was put in its place")
        )
      }
      if record.hash != record.expectedHash {
        faults.append(CasebookFault(place: place, problem: "it was changed: its hash does not fit its content"))
      }
      expectedNumber = record.number + 1
      previous = record.hash
    }
    return faults
  }
}

extension Sequence where Element == UInt8 {
  /// Two hexadecimal digits a byte.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    for byte in self {
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }
}
