internal import Inbox
internal import Messages

/// The messages of a casebook as a table: the columns of an inbox, with the case in front.
public enum CaseColumns {
  public static func appendHeader(to out: inout [UInt8]) {
    out += [0xEF, 0xBB, 0xBF]
    out += Array((["case", "case_level", "case_state", "received"] + MessageFiles.columns).joined(separator: ",").utf8)
    out += [13, 10]
  }

  public static func appendRow(_ entry: CaseEntry, to out: inout [UInt8]) {
    out += Array("\(entry.name),\(entry.level.name),\(entry.state.rawValue),\(entry.received),".utf8)
    if let evidence = entry.evidence {
      MessageFiles.appendRow(evidence.message, evidence.assessment, to: &out)
    } else {
      out += Array(repeating: UInt8(ascii: ","), count: MessageFiles.columns.count - 1)
      out += [13, 10]
    }
  }
}
