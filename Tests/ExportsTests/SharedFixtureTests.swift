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
    #expect(four.messages.map(\.time) == ["2019-09-17T08:30:52+02:00", "2019-09-17T16:30:10+02:00", "2019-09-18T16:50:32+02:00"])
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
