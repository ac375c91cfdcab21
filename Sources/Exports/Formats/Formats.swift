/// All formats, in the order in which a file is offered to them: the particular ones before the general ones.
enum Formats {
  static let all: [any ExportFormat] = [
    XArchive(),
    MetaMessages(),
    MetaComments(),
    MetaProfile(),
    TelegramJSON(),
    TikTok(),
    LinkedInMessages(),
    WhatsApp(),
  ]
}
