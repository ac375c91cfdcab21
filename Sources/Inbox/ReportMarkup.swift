internal import Foundation
public import Messages
public import Weerbaar

/// What the pages of the program have in common: style, marked evidence, Dutch names.
public enum ReportMarkup {
  /// The style sheet, for `<style>`.
  public static var style: String { String(decoding: PackageResources.report_css, as: UTF8.self) }

  /// A level as a coloured label.
  public static func badge(_ level: Level) -> String {
    "<span class=\"level l-\(level.name)\">\(level.dutchName)</span>"
  }

  /// The text with its evidence marked; stretches that overlap are joined.
  /// - Parameter limit: scalars shown at most.
  public static func highlighted(_ text: String, _ evidence: [Evidence], limit: Int = 20_000) -> String {
    let scalars = Array(text.unicodeScalars)
    var marks = [Bool](repeating: false, count: scalars.count)
    for found in evidence {
      for index in max(0, found.start)..<max(max(0, found.start), min(found.end, scalars.count)) { marks[index] = true }
    }
    var out = ""
    var index = 0
    while index < scalars.count, index < limit {
      var end = index
      while end < scalars.count, marks[end] == marks[index] { end += 1 }
      let piece = HTMLText.escape(String(String.UnicodeScalarView(scalars[index..<end])))
      out += marks[index] ? "<mark>\(piece)</mark>" : piece
      index = end
    }
    return index < scalars.count ? out + " …" : out
  }

  /// A person as readers know her.
  public static func name(_ party: Party?, _ language: MessageLanguage = .nl) -> String {
    if let name = party?.name, let handle = party?.handle { return "\(name) (\(handle))" }
    return party?.name ?? party?.handle ?? party?.id ?? (language == .nl ? "onbekende afzender" : "unknown sender")
  }

  public static func platform(_ platform: Message.Platform, _ language: MessageLanguage = .nl) -> String {
    switch platform {
    case .x: "X"
    case .instagram: "Instagram"
    case .facebook: "Facebook"
    case .whatsapp: "WhatsApp"
    case .telegram: "Telegram"
    case .linkedin: "LinkedIn"
    case .tiktok: "TikTok"
    case .youtube: "YouTube"
    case .email: "e-mail"
    case .other: language == .nl ? "overig" : "other"
    }
  }

  public static func channel(_ channel: Message.Channel?, _ language: MessageLanguage = .nl) -> String {
    let isDutch = language == .nl
    return switch channel {
    case .dm: isDutch ? "privébericht" : "direct message"
    case .mention: isDutch ? "vermelding" : "mention"
    case .reply: isDutch ? "antwoord" : "reply"
    case .comment: isDutch ? "reactie" : "comment"
    case .chat: isDutch ? "groepsgesprek" : "group chat"
    case .mail: "e-mail"
    case .post: isDutch ? "openbaar bericht" : "public post"
    case nil: ""
    }
  }

  /// The place of a message in its file, such as "regel 12".
  public static func place(_ locator: String, _ language: MessageLanguage = .nl) -> String {
    guard language == .nl else { return locator }
    for (english, dutch) in [("line ", "regel "), ("row ", "rij "), ("box ", "blok ")] {
      if locator.hasPrefix(english) { return dutch + locator.dropFirst(english.count) }
    }
    return locator
  }
}
