import Foundation
import Messages
import Testing

@testable import Exports

/// Exports that other tools test with. They are no part of the project: without them these tests do not run.
@Suite(.enabled(if: sharedFixtures != nil)) struct SharedFixtureTests {
  private func read(_ path: String, _ change: (inout ExportOptions) -> Void = { _ in }) throws -> Outcome {
    try readExports([try #require(sharedFixtures).appending(path: path).path], change)
  }

  @Test func handmade() throws {
    let x = try read("handmade/x_archive")
    #expect(x.messages.count == 5)
    #expect(x.messages.filter { $0.direction == .incoming }.count == 2)
    #expect(try read("handmade/telegram_result_invalid_json.json").texts == ["hallo @raadslid b\u{8}😮"])
    #expect(try read("handmade/whatsapp_nl_android.txt").messages.count == 9)
    #expect(try read("handmade/whatsapp_nl_ios_chat.txt").messages.count == 7)
    #expect(try read("handmade/instagram_post_comments_1_nl.json").texts == ["Prachtig café"])
    #expect(try read("handmade/linkedin_messages.csv").texts == ["Regel een\nregel twee, met \"aanhaling\""])
    #expect(try read("handmade/tiktok_user_data_tiktok.json").texts == ["hallo", "eigen reactie"])
  }

  @Test func chatistics() throws {
    let folder = "MasterScrat+Chatistics/tests/test_data/whatsapp/"
    let two = try read(folder + "_chat 2.txt")
    #expect(two.messages.count == 4)
    #expect(two.texts.first?.contains("second line of the first message") == true)
    #expect(two.messages.first?.time == "2019-09-17T16:37:47+02:00")
    let three = try read(folder + "_chat 3.txt")
    #expect(three.messages.count == 9)
    #expect(three.texts.last?.hasSuffix("12/12/19: Departure") == true)
    let four = try read(folder + "_chat 4.txt")
    #expect(
      four.messages.map(\.time) == [
        "2019-09-17T08:30:52+02:00", "2019-09-17T16:30:10+02:00", "2019-09-18T16:50:32+02:00",
      ])
  }

  @Test func whatstk() throws {
    let pokemon = try read("lucasrodes+whatstk/chats/whatsapp/pokemon.txt")
    #expect(pokemon.messages.count == 18)
    #expect(pokemon.messages.first?.time == "2016-08-06T13:23:00+02:00")
    #expect(try read("lucasrodes+whatstk/chats/whatsapp/lorem-merge-part1.txt").messages.count > 200)
  }

  @Test func anonymizedInstagram() throws {
    let outcome = try read("UtrechtUniversity+anonymize-ddp/test_validation_data.zip")
    #expect(outcome.messages.filter { $0.channel != .comment }.count == 557)
    #expect(outcome.notes(.damage).isEmpty)
    #expect(outcome.messages.filter { $0.channel == .comment }.count == 16)
  }
}

/// Mails and posts that other tools test with.
@Suite(.enabled(if: sharedFixtures != nil)) struct SharedMailAndPostTests {
  private func read(_ path: String) throws -> Outcome {
    try readExports([try #require(sharedFixtures).appending(path: path).path])
  }

  @Test func everyMailGivesAMessage() throws {
    let outcome = try read("mikel+mail/spec/fixtures/emails")
    #expect(outcome.messages.count == 69)
    #expect(outcome.summary.otherFileCount == 0)
    func text(_ file: String) -> String? {
      outcome.messages.first { $0.source?.file.hasSuffix("/" + file) == true }?.text
    }
    #expect(text("ks_c_5601-1987.eml") == "test\n\n스티해")
    #expect(text("japanese_iso_2022.eml") == "まみむめも\n\nすみません。")
    #expect(text("japanese_shift_jis.eml")?.contains("あいうえお") == true)
    #expect(text("raw_email_reply.eml") == "Message body")
  }

  @Test(arguments: [
    ("email_german", "schrieb"), ("email_german_outlook", "Nachricht"), ("email_portuguese", "escreveu"),
    ("email_outlook_split_line_from", "Sent:"), ("email_original_message", "original message"),
    ("email_fr_multiline", "écrit"),
    ("email_finnish", "kirjoitti"), ("email_russian", "doe@example.com"), ("email_gmail_split_line_from", "wrote"),
    ("email_zoho", "Java"),
  ])
  func quotationsAreSetApart(_ name: String, _ mark: String) throws {
    let folder = try #require(sharedFixtures).appending(path: "crisp-oss+email-reply-parser/test/fixtures")
    let parts = MailText(try String(contentsOf: folder.appending(path: "\(name).txt"), encoding: .utf8))
    #expect(parts.quoted?.contains(mark) == true)
    #expect(!parts.own.contains(mark))
    #expect(!parts.own.isEmpty)
  }

  @Test func everyPostIsRead() throws {
    let outcome = try read("DocNow+twarc-csv/test-data")
    #expect(outcome.messages.count > 100)
    // One file ends in the middle of a line, and that is all that is damaged.
    #expect(outcome.notes(.damage).map(\.locator) == ["line 8"])
    let old = try read("simonw+twitter-to-sqlite/tests/tweets.json")
    #expect(old.messages.allSatisfy { $0.author?.handle != nil && $0.time != nil })
  }
}
