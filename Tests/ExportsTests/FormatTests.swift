import Foundation
import Messages
import Testing

@testable import Exports

@Suite struct XArchiveTests {
  @Test func readsTheArchive() throws {
    let outcome = try readFixture("x-archive")
    #expect(outcome.messages.count == 5)
    let direct = try #require(outcome.messages.first { $0.id == "3" })
    #expect(direct.text == "Fijn debat gisteren & tot volgende week 👍")
    #expect(direct.direction == .incoming)
    #expect(direct.author == Party(id: "2000", handle: "b_jansen", name: "Bert Jansen"))
    #expect(direct.recipient == Party(id: "1000", handle: "fatima_raad", name: "Fatima de Groot"))
    #expect(direct.time == "2024-03-01T20:15:00.500Z")
    #expect(direct.conversation == "1000-2000")
    #expect(direct.source?.file == "x-archive/data/direct-messages.js")
    #expect(direct.source?.locator == "[0].dmConversation.messages[0]")
    let reply = try #require(outcome.messages.first { $0.id == "71" })
    #expect(reply.channel == .reply && reply.direction == .outgoing && reply.inReplyTo == "70")
    #expect(outcome.messages.first { $0.id == "5" }?.channel == .chat)
    #expect(outcome.summary.notes.isEmpty)
  }

  @Test func readsOldArchives() throws {
    let outcome = try readFixture("x-archive-old")
    #expect(Set(outcome.texts) == ["Oude vorm", "Zonder omslag"])
    #expect(outcome.messages.first { $0.id == "9" }?.direction == nil)
    #expect(outcome.notes(.remark).contains { $0.message.contains("--me") })
    let named = try readFixture("x-archive-old") { $0.me = ["1"] }
    #expect(named.messages.first { $0.id == "9" }?.direction == .incoming)
  }

  @Test func readsZipAndFolderAlike() throws {
    let folder = try TemporaryFolder()
    let zip = try folder.write("x-archive.zip", try ZipWriter.folder(fixtures.appending(path: "x-archive")))
    let fromZip = try readExports([zip])
    let fromFolder = try readFixture("x-archive")
    #expect(fromZip.messages.map(\.text) == fromFolder.messages.map(\.text))
    #expect(fromZip.messages.map(\.direction) == fromFolder.messages.map(\.direction))
    #expect(fromZip.messages.map { $0.source?.sha256 } == fromFolder.messages.map { $0.source?.sha256 })
    #expect(fromZip.messages.first?.source?.file.hasPrefix("x-archive.zip/data/") == true)
  }
}

@Suite struct MetaTests {
  @Test func readsInstagramInNumericOrder() throws {
    let outcome = try readFixture("instagram")
    let direct = outcome.messages.filter { $0.channel == .dm }
    #expect(direct.map(\.text) == ["Ça va? Het was één mooie dag 😀", "Goedemorgen", "", "Het begin"])
    #expect(direct.map(\.direction) == [.incoming, .outgoing, .incoming, .outgoing])
    #expect(direct.allSatisfy { $0.platform == .instagram && $0.conversation == "bert_17841" })
    #expect(direct.first?.author?.name == "Bert Jansén")
    #expect(outcome.messages.filter { $0.channel == .comment }.map(\.text) == ["Prachtig café", "Wat een idee!"])
    #expect(outcome.notes(.remark).contains { $0.count == 1 && $0.message.contains("calls") })
  }

  @Test func readsFacebook() throws {
    let outcome = try readFixture("facebook")
    #expect(outcome.messages.first { $0.channel == .dm }?.text == "Mag ik iets vragen over de begroting? €5 is veel")
    #expect(outcome.messages.first { $0.channel == .comment }?.direction == .outgoing)
    let wall = try #require(outcome.messages.first { $0.channel == .post })
    #expect(wall.direction == .incoming && wall.author?.name == "Klaas Bakker")
  }

  @Test func readsTheEncryptedExportWithoutRepairing() throws {
    let outcome = try readFixture("facebook-e2ee") { $0.me = ["Fatima de Groot"] }
    #expect(outcome.messages.first?.text == "Dit is al goed: café 😀")
    #expect(outcome.messages.first?.direction == .incoming)
    #expect(outcome.messages.last?.state == .deleted)
  }
}

@Suite struct TelegramTests {
  @Test func readsAllChats() throws {
    let outcome = try readFixture("telegram/result.json")
    #expect(
      outcome.texts == ["Kijk op https://example.nl 👍", "Dank", "Fietspad of parkeerplaats?\nFietspad\nParkeerplaats"])
    #expect(outcome.messages.map(\.direction) == [.incoming, .outgoing, .incoming])
    #expect(outcome.messages.first?.time == "2024-03-01T10:01:00+01:00")
    #expect(outcome.messages[1].inReplyTo == "2")
  }

  @Test func readsACutOffFileToWhereItGoes() throws {
    let outcome = try readFixture("telegram/afgebroken.json")
    #expect(outcome.texts == ["Heel"])
    #expect(outcome.notes(.damage).count == 1)
    #expect(outcome.notes(.damage).first?.message.contains("cut off") == true)
  }
}

@Suite struct OtherPlatformTests {
  @Test func readsTikTok() throws {
    let outcome = try readFixture("tiktok")
    #expect(outcome.texts == ["Hallo daar", "Goedemorgen", "Mooi filmpje"])
    #expect(outcome.messages.map(\.direction) == [.incoming, .outgoing, .outgoing])
    #expect(outcome.messages.first?.time == "2024-03-01T08:00:00Z")
  }

  @Test func readsLinkedIn() throws {
    let outcome = try readFixture("linkedin")
    #expect(outcome.texts == ["Kennismaken\n\nZullen we bellen?\n\nGroet, \"Jan\"", "Graag,\nmorgen"])
    #expect(outcome.messages.map(\.direction) == [.incoming, .outgoing])
  }
}

@Suite struct WhatsAppTests {
  @Test func readsAndroid() throws {
    let outcome = try readFixture("whatsapp/WhatsApp-chat met Bert.txt")
    #expect(
      outcome.texts == [
        "Goedemorgen\nHoe gaat het?\n\n12-03-2024: raadsvergadering", "", "Het nieuwe plein", "Met: dubbele punt", "",
      ])
    #expect(outcome.messages.map(\.state) == [nil, .deleted, nil, .edited, nil])
    #expect(outcome.messages.map(\.direction) == [.incoming, .outgoing, .incoming, .incoming, .outgoing])
    #expect(outcome.messages[2].attachments == ["IMG-20240301-WA0001.jpg"])
    #expect(outcome.messages[4].time == "2024-03-13T10:04:00+01:00")
    #expect(outcome.messages[4].source?.zone == "Europe/Amsterdam")
    #expect(outcome.messages.allSatisfy { $0.conversation == "Bert" && $0.channel == .dm })
  }

  @Test func readsIOS() throws {
    let outcome = try readFixture("whatsapp/_chat.txt")
    #expect(
      outcome.texts == [
        "dit is een bericht", "een reactie\nover twee regels", "", "PEILING:\nFietspad?\nOPTIE: ja (2 stemmen)", "",
      ])
    #expect(outcome.messages[1].author == Party(name: "Onbekend"))
    #expect(outcome.messages[2].attachments == ["00000014-PHOTO.jpg"])
    #expect(outcome.messages[3].author == Party(handle: "+31600000000"))
    #expect(outcome.notes(.remark).contains { $0.message.contains("which number of a date is the month") })
  }

  @Test func readsAmericanDates() throws {
    let outcome = try readFixture("whatsapp/WhatsApp Chat with Bert.txt")
    #expect(outcome.messages.map(\.time) == ["2024-03-14T21:06:00+01:00", "2024-03-15T00:01:00+01:00"])
    #expect(outcome.messages.map(\.direction) == [.incoming, .outgoing])
  }

  @Test func sentencesThatSoundLikeWhatsAppStayMessages() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "chat.txt",
      """
      01-03-2024 10:00 - Bert: Hij heeft jouw bericht verwijderd
      01-03-2024 10:01 - Bert: She left
      01-03-2024 10:02 - Bert: Video-oproep is goed, bel maar
      01-03-2024 10:03 - Bert heeft de groep "Wijk: oost" gemaakt
      """)
    let outcome = try readExports([file])
    #expect(outcome.texts == ["Hij heeft jouw bericht verwijderd", "She left", "Video-oproep is goed, bel maar"])
  }

  @Test(arguments: [
    ("[17.9.2019, 16:37:47] A: b", true), ("2/11/19, 14:18 - A: b", true), ("09/17/19, 8:30:52 AM – A: b", true),
    ("2019-10-20, 10:16 - A: b", true), ("02-05-16 16:20:01: A: b", true), ("01-03-2024 9:05 p.m. - A: b", true),
    ("\u{200E}[01.03.24, 09:05:00] A: b", true), ("01-03-2024: A", false), ("01-03 10:00 - A: b", false),
    ("10:00 - A: b", false), ("01-03-2024 25:00 - A: b", false), ("", false), ("[", false), ("1/1/1", false),
  ])
  func knowsHeads(_ line: String, _ expected: Bool) {
    #expect((WhatsAppHeader(Array(line.utf8)) != nil) == expected)
  }
}

@Suite struct MailTests {
  @Test func readsAnMbox() throws {
    let outcome = try readFixture("mail/inkomend.mbox")
    #expect(outcome.messages.count == 2)
    let first = outcome.messages[0]
    #expect(
      first.text == """
        Vraag over het fietspad

        Geachte mevrouw De Groot,

        Wanneer wordt het fietspad geopend? Dat café wacht erop.
        From mij uit heeft het haast.
        """)
    #expect(first.author == Party(handle: "jan@example.nl", name: "Jan Jansén"))
    #expect(first.recipient == Party(handle: "fatima@gemeente.example", name: "Groot, Fatima de"))
    #expect(first.signature == "-- \nJan".replacing("-- ", with: "--"))
    #expect(first.direction == .incoming)
    let second = outcome.messages[1]
    #expect(second.text == "Volgende maand.")
    #expect(second.quoted?.hasPrefix("Op vr 1 mrt 2024") == true)
    #expect(second.signature == "Verstuurd vanaf mijn iPhone")
    #expect(second.direction == .outgoing && second.conversation == first.conversation)
  }

  @Test func readsAMaildirWithABrokenDate() throws {
    let outcome = try readFixture("mail/cur")
    #expect(outcome.texts == ["Dat is 5 €, beste\nGroet"])
    #expect(outcome.messages[0].quoted == "> oud")
    #expect(outcome.messages[0].time == "2024-03-01T13:00:00+01:00")
    #expect(outcome.notes(.remark).contains { $0.message.contains("time of delivery") })
  }

  @Test func encodedWordsOfOneCharacterSetAreJoined() {
    #expect(MailHeader.decodeWords("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9_bar?=") == "café bar")
    #expect(MailHeader.decodeWords("=?ISO-2022-JP?B?GyRCJF4kXyRgJGEkYhsoQg==?=") == "まみむめも")
    #expect(MailHeader.decodeWords("a =?x?= b") == "a =?x?= b")
  }

  @Test func parametersInPiecesAreJoined() {
    var header = MailHeader()
    header.add(Array("Content-Disposition: attachment; filename*0*=utf-8'nl'caf%C3%A9; filename*1=\" twee.txt\"".utf8))
    #expect(header.structured("content-disposition")?.parameters["filename"] == "café twee.txt")
  }

  @Test func addressesOfEveryShape() {
    func read(_ text: String) -> [String] {
      MailHeader.addresses(text).map { "\($0.name ?? "-")|\($0.address ?? "-")" }
    }
    #expect(read("\"Groot, F. de\" <F@Example.nl>, b@example.nl") == ["Groot, F. de|f@example.nl", "-|b@example.nl"])
    #expect(read("a@example.nl (Jan \\(x\\))") == ["Jan (x)|a@example.nl"])
    #expect(read("Fractie: a@b.nl, c@d.nl;") == ["-|a@b.nl", "-|c@d.nl"])
    #expect(read("undisclosed-recipients:;").isEmpty)
    #expect(read("=?utf-8?Q?Ren=C3=A9?= <r@b.nl>") == ["René|r@b.nl"])
  }

  @Test(arguments: [
    ("Eigen\n\nOp 3 mei 2024 om 10:00 schreef Jan <j@b.nl>:\n> oud", "Eigen", "schreef"),
    ("Eigen\n\nOn Fri, May 3, 2024 at 10:00 AM Jan <\nj@b.nl> wrote:\n> old", "Eigen", "wrote"),
    ("Eigen\n\nAm 03.05.2024 um 10:00 schrieb Jan:\n\nalt", "Eigen", "alt"),
    ("Eigen\n\nEm 3 de maio de 2024 10:00, Jan escreveu:\nvelho", "Eigen", "velho"),
    (
      "Eigen\n-----Oorspronkelijk bericht-----\nVan: Jan\nVerzonden: 3 mei\nAan: u\nOnderwerp: x\n\noud", "Eigen", "oud"
    ),
    (
      "Eigen\n\nVan: Jan <j@b.nl>\nVerzonden: vrijdag 3 mei 2024 10:00\nAan: Fatima\nOnderwerp: x\n\noud", "Eigen",
      "oud"
    ),
    ("Eigen\n\nBegin doorgestuurd bericht:\n\nVan: Jan\noud", "Eigen", "oud"),
  ])
  func setsQuotationsApart(_ text: String, _ own: String, _ quoted: String) {
    let parts = MailText(text)
    #expect(parts.own == own)
    #expect(parts.quoted?.contains(quoted) == true)
  }

  @Test(arguments: [
    "Op 3 mei 2024 schreef ik u al: dit kan niet.\nGroet", "Van: hier tot daar\nis het ver",
    "Met vriendelijke groet,\nJan",
    "Lijst:\n- een\n- twee", "We zijn -- eerlijk waar -- boos",
  ])
  func leavesTheSendersWordsAlone(_ text: String) {
    #expect(MailText(text).own == text)
    #expect(MailText(text).quoted == nil)
  }

  @Test func answersBetweenTheLinesStay() {
    let parts = MailText("> Vraag een?\nJa\n> Vraag twee?\nNee")
    #expect(parts.own == "Ja\nNee")
  }
}

@Suite struct NetworkTests {
  @Test func readsXAPIs() throws {
    let outcome = try readFixture("x-api") { $0.me = ["fatima_raad"] }
    let byId = Dictionary(uniqueKeysWithValues: outcome.messages.map { ($0.id ?? "", $0) })
    #expect(byId["1"]?.text == "@fatima_raad mooi plan & goed")
    #expect(byId["1"]?.channel == .mention && byId["1"]?.direction == .incoming)
    #expect(byId["1"]?.author == Party(id: "5", handle: "bert", name: "Bert"))
    #expect(byId["2"]?.inReplyTo == "1" && byId["2"]?.author?.handle == "klaas")
    #expect(byId["3"]?.text == "Versie één")
  }

  @Test func readsMastodonAndBluesky() throws {
    let mastodon = try readFixture("mastodon")
    #expect(mastodon.texts == ["Dag @bert\ntot morgen"])
    #expect(mastodon.messages[0].channel == .dm && mastodon.messages[0].direction == .outgoing)
    let bluesky = try readFixture("bluesky")
    #expect(bluesky.texts == ["Hallo blauwe lucht"])
    #expect(bluesky.messages[0].author?.handle == "bert.example")
  }

  @Test func readsYouTube() throws {
    let outcome = try readFixture("youtube")
    #expect(outcome.texts == ["Goed uitgelegd\ndank", "Mooi & waar", "Eens"])
    #expect(outcome.messages[0].direction == .outgoing)
    #expect(outcome.messages[2].inReplyTo == "c1")
  }

  @Test func readsHTMLExports() throws {
    let facebook = try readFixture("facebook-html") { $0.me = ["Fatima de Groot"] }
    #expect(facebook.texts == ["Goedemorgen & tot zo", "Dag Bert"])
    #expect(facebook.messages.map(\.direction) == [.incoming, .outgoing])
    #expect(facebook.messages[0].time == "2024-03-01T15:05:00+01:00")
    let instagram = try readFixture("instagram-html")
    #expect(instagram.texts == ["Wat een mooi plein"])
    #expect(instagram.messages[0].time == "2024-03-01T15:05:00+01:00")
    let telegram = try readFixture("telegram-html")
    #expect(telegram.texts == ["Kijk op example.nl\nen snel", "Nog iets"])
    #expect(telegram.messages[1].author?.name == "Bert" && telegram.messages[1].inReplyTo == "2")
    #expect(telegram.messages[0].time == "2024-03-01T10:01:00+01:00")
  }
}

@Suite struct TableTests {
  @Test func findsDelimiterAndEncoding() throws {
    let latin = try readFixture("table/puntkomma-1252.csv")
    #expect(latin.texts == ["Het café kost € 5", "Dat is \"veel\""])
    #expect(latin.messages[0].author?.name == "Bert")
    #expect(latin.messages[0].time == "2024-03-01T10:00:00+01:00")
    let wide = try readFixture("table/utf16.csv") { $0.textColumn = "mijn tekst" }
    #expect(wide.texts == ["Zestien bits één"])
  }

  @Test func tellsWhichColumnsThereAre() throws {
    #expect {
      try readFixture("table/utf16.csv") {
        $0.textColumn = "geen"; $0.format = "table"
      }
    } throws: {
      ($0 as? ExportError)?.message.contains("mijn tekst") == true
    }
  }

  @Test func readsWorkbooks() throws {
    let outcome = try readFixture("xlsx/berichten.xlsx")
    #expect(outcome.texts == ["Een & ander"])
    #expect(outcome.messages[0].author?.name == "Bert")
    #expect(outcome.messages[0].source?.locator == "row 2")
    #expect(outcome.summary.otherFileCount == 0)
  }

  @Test func readsWhat4CATCollects() throws {
    let outcome = try readFixture("4cat")
    #expect(outcome.texts == ["Eerste, bericht", "Tweede", "Filmpje over de raad"])
    #expect(outcome.messages[0].time == "2024-03-01T10:00:00Z")
    #expect(outcome.messages[2].platform == .tiktok)
  }

  @Test func readsTheContract() throws {
    let outcome = try readFixture("ndjson")
    #expect(outcome.texts == ["Al in de vorm"])
    #expect(outcome.notes(.damage).map(\.locator) == ["line 2", "line 3"])
  }

  @Test func rowsAtEverySeam() throws {
    let text = "a,b\r\n\"x \"\"y\"\"\r\nz\",2\n3\n,\n"
    for step in 1...12 {
      let reader = TableReader(
        ByteCursor(MemoryStream(Array(text.utf8), step: step), capacity: 4), delimiter: UInt8(ascii: ","))
      var rows: [[String]] = []
      while let row = try reader.next() { rows.append(row) }
      #expect(rows == [["a", "b"], ["x \"y\"\r\nz", "2"], ["3"], ["", ""]])
    }
  }
}
