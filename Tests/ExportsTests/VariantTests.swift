import Foundation
import Messages
import Testing

@testable import Exports

/// Shapes of exports that the fixtures do not have.
@Suite struct VariantTests {
  private func read(_ name: String, _ text: String) throws -> Outcome {
    let folder = try TemporaryFolder()
    return try readExports([folder.write(name, Array(text.utf8))])
  }

  /// Mastodon, Bluesky and YouTube write a whole document on one line.
  @Test(arguments: ["mastodon", "bluesky", "youtube"])
  func aDocumentOnOneLineIsReadLikeOneOnMany(_ fixture: String) throws {
    let folder = try TemporaryFolder()
    let from = fixtures.appending(path: fixture)
    for case let file as URL in try #require(FileManager.default.enumerator(at: from, includingPropertiesForKeys: nil))
    {
      guard !file.hasDirectoryPath else { continue }
      var data = try Data(contentsOf: file)
      if file.pathExtension == "json" {
        data = try JSONSerialization.data(
          withJSONObject: JSONSerialization.jsonObject(with: data), options: [.sortedKeys])
      }
      let name = file.path.dropFirst(from.path.count + 1)
      try folder.write("\(fixture)/\(name)", Array(data))
    }
    let compact = try readExports([folder.url.appending(path: fixture).path])
    let own = try readFixture(fixture)
    #expect(!own.texts.isEmpty)
    #expect(compact.texts.sorted() == own.texts.sorted())
  }

  @Test func anEmptyEditHistoryIsNoEdit() throws {
    func archive(_ edits: String) -> String {
      """
      window.YTD.direct_messages.part0 = [{"dmConversation":{"conversationId":"1-2","messages":[{"messageCreate":{
      "recipientId":"1","senderId":"2","id":"9","text":"Dag","createdAt":"2024-05-01T10:00:00.000Z","mediaUrls":[],
      "editHistory":\(edits)}}]}}]
      """
    }
    #expect(try read("direct-messages.js", archive("[]")).messages.map(\.state) == [nil])
    #expect(try read("direct-messages.js", archive("[{\"initialText\":\"Hoi\"}]")).messages.map(\.state) == [.edited])
  }

  /// Instagram and Facebook write who reacted, left or sent a file among the messages, in the language of the account.
  @Test func linesOfThePlatformAreNoMessages() throws {
    func file(_ lines: [(sender: String, text: String)]) throws -> String {
      let messages = lines.enumerated().map { number, line in
        ["sender_name": line.sender, "timestamp_ms": 1_767_258_000_000 + number * 1000, "content": line.text]
      }
      let document: [String: Any] = [
        "participants": [["name": "Jan Vos"], ["name": "Wil Bos"]], "messages": messages, "thread_path": "inbox/jan_1",
      ]
      return String(decoding: try JSONSerialization.data(withJSONObject: document), as: UTF8.self)
    }
    let own = [
      ("Jan Vos", "Reacted ❤️ to your message "), ("Jan Vos", "Jan reageerde met 😂 op je bericht"),
      ("Jan Vos", "Liked a message"), ("Jan Vos", "Jan left the group."), ("Wil Bos", "Je hebt de groep verlaten."),
      ("Jan Vos", "Jan Vos heeft de groep Buurt genoemd."),
    ]
    let people = [
      ("Jan Vos", "Piet left the group in tears"), ("Jan Vos", "Heeft de groep verlaten, die trut"),
      ("Jan Vos", "Reacted like a fool to your message"), ("Jan Vos", "heeft Kees de groep verlaten?"),
    ]
    let outcome = try read("message_1.json", file(own + people))
    #expect(outcome.texts == people.map(\.1))
    let sent = try read("message_1.json", file([("Jan Vos", "Jan sent an attachment."), ("Wil Bos", "Dag")]))
    #expect(sent.texts == ["", "Dag"])
    #expect(sent.messages.map(\.attachments) == [["Jan sent an attachment."], nil])
  }

  @Test func aFileThatTelegramLeftOutIsNamedByItsKind() throws {
    let outcome = try read(
      "result.json",
      """
      {"name":"Jan","type":"personal_chat","id":7,"messages":[{"id":1,"type":"message","date":"2024-05-01T10:00:00",
      "from":"Jan","from_id":"user7","text":"","photo":"(File not included. Change data exporting settings to download.)"},
      {"id":2,"type":"message","date":"2024-05-01T10:01:00","from":"Jan","from_id":"user7","text":"Ga weg",
      "forwarded_from":"Klaas"}]}
      """)
    #expect(outcome.messages.map(\.attachments) == [["photo"], nil])
    #expect(outcome.summary.notes.contains { $0.message.hasPrefix("messages that somebody passed on") })
  }

  /// A table says by its addresses what platform it came from, and `--from 4cat` reads 4CAT's tables too.
  @Test func aTableOf4CATKnowsItsPlatform() throws {
    let folder = try TemporaryFolder()
    let table = """
      id,thread_id,timestamp,body,author,link
      1,1,2026-01-02 10:00:00,Goed plan,jan,https://x.com/jan/status/1
      2,1,2026-01-02 10:00:00,Slecht plan,wil,https://www.instagram.com/p/2
      3,1,2026-01-02 10:00:00,Geen plan,els,https://relax.com/3
      """
    let path = try folder.write("four.csv", Array(table.utf8))
    for format in [nil, "4cat"] as [String?] {
      let outcome = try readExports([path]) { $0.format = format }
      #expect(outcome.texts == ["Goed plan", "Slecht plan", "Geen plan"])
      #expect(outcome.messages.map(\.platform) == [.x, .instagram, .other])
    }
  }

  @Test func aMissedCallAndAPhotographToSeeOnceAreNoWords() throws {
    let outcome = try read(
      "WhatsApp-chat met Jan.txt",
      """
      13-02-2026 10:00 - Jan: hallo
      13-02-2026 10:01 - Jan: Je hebt een spraakoproep gemist
      13-02-2026 10:02 - Jan: null
      """)
    #expect(outcome.texts == ["hallo", ""])
    #expect(outcome.messages.map(\.attachments) == [nil, ["media"]])
  }

  @Test func telegramChatsOfOneNameStayApart() throws {
    func chat(_ id: Int, _ text: String) -> String {
      """
      {"name":"Jan","type":"personal_chat","id":\(id),"messages":[{"id":1,"type":"message","date":"2024-05-01T10:00:00",
      "date_unixtime":"1714550400","from":"Jan","from_id":"user\(id)","text":"\(text)"}]}
      """
    }
    let outcome = try read(
      "result.json", "{\"about\":\"x\",\"chats\":{\"about\":\"x\",\"list\":[\(chat(1, "een")),\(chat(2, "twee"))]}}")
    #expect(outcome.texts == ["een", "twee"])
    #expect(outcome.messages.map(\.conversation) == ["Jan", "Jan (2)"])
  }

  @Test func aForwardedTelegramMessageIsOfWhoSentIt() throws {
    let outcome = try read(
      "messages.html",
      """
      <html><head><title>Exported Data</title></head><body><div class="page_wrap"><div class="page_header"><div class="content">
      <div class="text bold">Kees &amp; Co</div></div></div><div class="page_body chat_page"><div class="history">
      <div class="message default clearfix" id="message3"><div class="body">
      <div class="pull_right date details" title="02.06.2024 00:02:00 UTC+02:00">00:02</div><div class="from_name">Kees</div>
      <div class="forwarded body"><div class="from_name">Piet <span class="date details" title="01.06.2024 10:00:00 UTC+02:00">
      01.06.2024 10:00:00</span></div><div class="text">Lees dit eens</div></div></div></div>
      </div></div></div></body></html>
      """)
    let message = try #require(outcome.messages.first)
    #expect(outcome.messages.count == 1)
    #expect(message.author?.name == "Kees")
    #expect(message.time == "2024-06-02T00:02:00+02:00")
    #expect(message.text == "Lees dit eens")
    #expect(message.conversation == "Kees & Co")
  }

  @Test func dayAndClockMayStandInColumnsOfTheirOwn() throws {
    let dutch = try read("lijst.csv", "Datum;Tijd;Afzender;Bericht\n24-5-2024;09:05;Kees;Dag mevrouw\n")
    #expect(dutch.messages.map(\.time) == ["2024-05-24T09:05:00+02:00"])
    let english = try read("list.csv", "date,time,author,text\n2024-05-24,09:05,Kees,Dag mevrouw\n")
    #expect(english.messages.map(\.time) == ["2024-05-24T09:05:00+02:00"])
  }

  @Test func aTableWithNameAndHandleKeepsBoth() throws {
    let outcome = try read(
      "items.csv", "id,thread_id,timestamp,body,author,author_fullname\n1,1,2024-05-24 09:05:00,Dag,jan123,Jan de Wit\n"
    )
    #expect(outcome.messages.map(\.author) == [Party(handle: "jan123", name: "Jan de Wit")])
  }
}
