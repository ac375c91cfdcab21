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
