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
    #expect(outcome.texts == ["Kijk op https://example.nl 👍", "Dank", "Fietspad of parkeerplaats?\nFietspad\nParkeerplaats"])
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
    #expect(outcome.texts == [
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
    #expect(outcome.texts == [
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
    let file = try folder.write("chat.txt", """
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
