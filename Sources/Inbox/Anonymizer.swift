internal import Crypto
internal import DutchText
internal import Foundation
public import Messages
public import Weerbaar

/// Replaces people by pseudonyms and masks what tells who they are, for handing messages to researchers.
///
/// Everyone but the owner of the inbox gets a pseudonym that is the same in all messages: a number in the order of
/// appearance, or, with a key, a code that is the same in later exports too and cannot be guessed without the key. In
/// texts the names of people who wrote or received, handles, mail and web addresses, telephone numbers, number plates,
/// postcodes and street addresses are masked. A name of someone who takes no part in any conversation is not known and
/// stays: read before you hand over.
public final class Anonymizer {
  private let key: SymmetricKey?
  private let owner: (Party) -> Bool
  private var numbers: [String: String] = [:]
  private var names: [String: String] = [:]
  private var handles: [String: String] = [:]
  private let analyzer: TextAnalyzer
  private let streets: [String]

  /// - Parameters:
  ///   - key: makes pseudonyms that are the same from run to run.
  ///   - owner: whether a party is the owner, who keeps her name.
  public init(key: [UInt8]? = nil, owner: @escaping (Party) -> Bool = { _ in false }) throws {
    self.key = key.map { SymmetricKey(data: $0) }
    self.owner = owner
    analyzer = try TextAnalyzer()
    streets = String(decoding: PackageResources.streets_txt, as: UTF8.self).split(separator: "\n").filter {
      !$0.hasPrefix("#")
    }.map(String.init)
  }

  /// Learns the people of a message, so that their names are known in all texts. Call it for every message first.
  public func learn(_ message: Message) {
    for party in [message.author, message.recipient] {
      guard let party, !isOwner(party, message) else { continue }
      let pseudonym = pseudonym(party, message.platform)
      if let handle = party.handle { handles[fold(handle)] = pseudonym }
      if let name = party.name {
        names[name.lowercased()] = pseudonym
        // First and last names by themselves; short particles such as "van" are no names.
        for part in name.split(whereSeparator: { $0 == " " || $0 == "-" || $0 == "," })
        where part.count >= 3 && part.first?.isUppercase == true {
          let lowered = part.lowercased()
          if names[lowered] == nil { names[lowered] = pseudonym }
        }
      }
    }
  }

  private func isOwner(_ party: Party, _ message: Message) -> Bool {
    if owner(party) { return true }
    return message.direction == .outgoing && party == message.author
      || message.direction == .incoming && party == message.recipient && message.channel != .reply
  }

  private func fold(_ handle: String) -> String { handle.lowercased().trimmingPrefix("@").description }

  /// The pseudonym of a person.
  public func pseudonym(_ party: Party, _ platform: Message.Platform?) -> String {
    let identity =
      "\(platform?.rawValue ?? "")\u{0}\(party.handle.map(fold) ?? party.id ?? party.name?.lowercased() ?? "")"
    if let known = numbers[identity] { return known }
    let made: String
    if let key {
      let code = HMAC<SHA256>.authenticationCode(for: Data(identity.utf8), using: key)
      made = "persoon-" + code.prefix(5).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    } else {
      made = "persoon-\(numbers.count + 1)"
    }
    numbers[identity] = made
    return made
  }

  /// A message, and its assessment, without what tells who the people are.
  public func anonymize(_ message: Message, _ assessment: Assessment?) -> (Message, Assessment?) {
    var message = message
    var assessment = assessment
    let original = message
    // The line as it came in names everyone.
    message.original = nil
    message.author = original.author.map { isOwner($0, original) ? $0 : Party(name: pseudonym($0, original.platform)) }
    message.recipient = original.recipient.map {
      isOwner($0, original) ? $0 : Party(name: pseudonym($0, original.platform))
    }
    if let found = assessment {
      let masked = mask(message.text)
      message.text = masked.text
      assessment?.evidence = found.evidence.map { evidence in
        var moved = evidence
        moved.start = masked.moved(evidence.start, isEnd: false)
        moved.end = masked.moved(evidence.end, isEnd: true)
        let scalars = Array(masked.text.unicodeScalars)
        moved.text = String(
          String.UnicodeScalarView(
            scalars[min(moved.start, scalars.count)..<min(max(moved.start, moved.end), scalars.count)]))
        return moved
      }
    } else {
      message.text = mask(message.text).text
    }
    message.subject = message.subject.map { mask($0).text }
    message.quoted = message.quoted.map { mask($0).text }
    message.signature = message.signature == nil ? nil : "[ondertekening]"
    message.attachments = message.attachments.map { $0.map { _ in "[bijlage]" } }
    message.url = nil
    // Identifiers lead back to the message on the platform.
    message.id = message.id.map { code("id", $0) }
    message.inReplyTo = message.inReplyTo.map { code("id", $0) }
    message.conversation = message.conversation.map { code("gesprek", $0) }
    if let source = message.source {
      message.source = Source(file: code("bestand", source.file), locator: source.locator, zone: source.zone)
    }
    return (message, assessment)
  }

  private func code(_ kind: String, _ text: String) -> String {
    let identity = "\(kind)\u{0}\(text)"
    if let known = numbers[identity] { return known }
    let made: String
    if let key {
      let code = HMAC<SHA256>.authenticationCode(for: Data(identity.utf8), using: key)
      made = "\(kind)-" + code.prefix(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    } else {
      made = "\(kind)-\(numbers.count + 1)"
    }
    numbers[identity] = made
    return made
  }

  /// A masked text, and where its parts came from.
  public struct Masked {
    public var text: String
    fileprivate var cuts: [(start: Int, end: Int, length: Int)]

    /// Where a place of the original lies in the masked text.
    public func moved(_ place: Int, isEnd: Bool) -> Int {
      var shift = 0
      for cut in cuts {
        if place >= cut.end, !(isEnd && place == cut.start) {
          shift += cut.length - (cut.end - cut.start)
        } else if place > cut.start || place == cut.start && !isEnd {
          return cut.start + shift + (isEnd ? cut.length : 0)
        } else {
          break
        }
      }
      return place + shift
    }
  }

  /// Masks names, handles, addresses and numbers in a text.
  public func mask(_ text: String) -> Masked {
    analyzer.analyze(text)
    let scalars = Array(text.unicodeScalars)
    let tokens = analyzer.tokens
    func piece(_ first: Int, _ last: Int) -> String {
      String(String.UnicodeScalarView(scalars[Int(tokens[first].start)..<Int(tokens[last].end)]))
    }
    var cuts: [(start: Int, end: Int, replacement: String)] = []
    func cut(_ first: Int, _ last: Int, _ replacement: String) {
      cuts.append((Int(tokens[first].start), Int(tokens[last].end), replacement))
    }
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      switch token.kind {
      case .mention:
        let handle = fold(piece(index, index))
        cut(index, index, handles[handle].map { "@\($0)" } ?? "@\(code("naam", handle))")
      case .email: cut(index, index, "[e-mailadres]")
      case .url: cut(index, index, "[link]")
      case .phone: cut(index, index, "[telefoonnummer]")
      case .plate: cut(index, index, "[kenteken]")
      case .postcode: cut(index, index, "[postcode]")
      case .word:
        // Names of up to four words, the longest first.
        var matched = false
        for length in (1...4).reversed() where index + length <= tokens.count {
          let last = index + length - 1
          guard tokens[last].kind == .word else { continue }
          let found = piece(index, last)
          guard found.first?.isUppercase == true || length > 1, let pseudonym = names[found.lowercased()] else {
            continue
          }
          cut(index, last, pseudonym)
          index = last
          matched = true
          break
        }
        if matched { break }
        let word = piece(index, index)
        if word.first?.isUppercase == true, word.count > 4, index + 1 < tokens.count, tokens[index + 1].kind == .number,
          streets.contains(where: { word.lowercased().hasSuffix($0) })
        {
          cut(index, index + 1, "[adres]")
          index += 1
        } else if let pseudonym = handles[word.lowercased()], word.count >= 5 {
          cut(index, index, pseudonym)
        }
      case .number:
        // Long numbers: accounts, telephone numbers in unusual groups.
        if piece(index, index).filter(\.isNumber).count >= 8 { cut(index, index, "[nummer]") }
      default: break
      }
      index += 1
    }
    var out = String.UnicodeScalarView()
    var position = 0
    var moved: [(start: Int, end: Int, length: Int)] = []
    for cut in cuts where cut.start >= position {
      out.append(contentsOf: scalars[position..<cut.start])
      out.append(contentsOf: cut.replacement.unicodeScalars)
      moved.append((cut.start, cut.end, cut.replacement.unicodeScalars.count))
      position = cut.end
    }
    out.append(contentsOf: scalars[position...])
    return Masked(text: String(out), cuts: moved)
  }
}
