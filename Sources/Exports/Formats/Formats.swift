/// All formats, in the order in which a file is offered to them: the particular ones before the general ones.
enum Formats {
  static let all: [any ExportFormat] = [
    XArchive(),
    MetaMessages(),
    MetaComments(),
    MetaProfile(),
    MetaHTML(),
    TelegramJSON(),
    TelegramHTML(),
    TikTok(),
    LinkedInMessages(),
    YouTube(),
    WhatsApp(),
    Mail(),
    ActivityPub(),
    Bluesky(),
    XAPI(),
    FourCAT(),
    ContractMessages(),
    Spreadsheet(),
    Table(),
  ]
}
