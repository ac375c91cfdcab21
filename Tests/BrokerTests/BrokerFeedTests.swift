#if NATS
  import Foundation
  import TestSupport
  import Testing
  import Weerbaar

  @testable import Broker
  @testable import Streaming

  /// The program on a feed of a broker, to its end.
  private func score(_ broker: TestBroker, _ from: String, _ others: String...) throws -> Program.Run {
    try Program.run(
      ["score", "--jobs", "2", "--from", broker.address(from)] + (others.isEmpty ? ["--drain"] : others))
  }

  private func score(_ broker: TestBroker, _ from: String = "FEED/feed", to: String) throws -> Program.Run {
    try score(broker, from, "--drain", "--to", broker.address(to))
  }

  private func makeFeed(_ broker: TestBroker, stream: String = "FEED") throws {
    try broker.ask(
      "STREAM.CREATE.\(stream)", #"{"name":"\#(stream)","subjects":["feed"],"retention":"workqueue","storage":"file"}"#)
  }

  @Suite(.serialized) struct BrokerFeedTests {
    @Test func everyMessageGetsItsResultOrADeadLetter() throws {
      try TestBroker.with { broker in
        try makeFeed(broker)
        try broker.publish(#"{"id":"1","text":"Dank u wel."}"#, headers: ["Nats-Msg-Id": "een", "Trace": "abc"])
        try broker.publish("{\"id\":\"2\",\n \"text\":\n\"vieze hoer\"}\n")
        try broker.publish("kapot", headers: ["Trace": "def"])
        try broker.publish("")
        try broker.publish("{\"text\":\"een\ntwee\"}")
        try broker.publish(#"{"id":"6","text":"Tot morgen."}"#)
        let run = try score(broker, to: "RESULTS/results")
        #expect(run.status == 3)
        #expect(run.output.isEmpty)
        #expect(run.error.contains("read 6, assessed 3, rejected 3,"))
        #expect(
          run.error.contains("delivered 6, delivered again 0, published 3, of those duplicates 0, dead letters 3\n"))
        #expect(run.error.contains("weerbaar: FEED:3: not valid JSON"))

        let results = try broker.messages("RESULTS")
        let wanted = try Program.run(
          ["score"],
          input: Data(
            #"{"id":"1","text":"Dank u wel."}"#.utf8 + Data("\n{\"id\":\"2\",\r \"text\":\r\"vieze hoer\"}\n".utf8)
              + Data(#"{"id":"6","text":"Tot morgen."}"#.utf8)))
        #expect(results.map { $0.body + "\n" }.joined() == wanted.output)
        #expect(results.allSatisfy { $0.subject == "results" })
        #expect(results.first?.headers == ["Nats-Msg-Id": "weerbaar:een", "Trace": "abc"])
        #expect(results.last?.headers["Nats-Msg-Id"]?.hasPrefix("weerbaar:FEED:6:") == true)

        let dead = try broker.messages("FEED_DEAD")
        #expect(dead.map(\.body) == ["kapot", "", "{\"text\":\"een\ntwee\"}"])
        #expect(dead.map { $0.headers["Weerbaar-Sequence"] } == ["3", "4", "5"])
        #expect(dead.first?.headers["Trace"] == "def" && dead.first?.headers["Weerbaar-Subject"] == "feed")
        #expect(dead.first?.headers["Weerbaar-Reason"]?.hasPrefix("not valid JSON") == true)
        #expect(
          dead.last?.headers["Weerbaar-Reason"]?.contains("control character") == true, "\(dead.last?.headers ?? [:])")
        #expect(try broker.count("FEED") == 0)
      }
    }

    @Test func aResultThatWasPublishedBeforeTheEndIsKnownAgain() throws {
      try TestBroker.with { broker in
        try makeFeed(broker)
        for number in 0..<20 { try broker.publish("{\"id\":\"\(number)\",\"text\":\"Dank u wel.\"}") }
        // One that publishes and is gone before it acknowledges.
        let address = try BrokerAddress(broker.address("FEED/feed"))
        let connection = try BrokerConnection(address)
        let stop = StopSignal()
        let source = try FeedSource(connection, drains: true, counts: FeedCounts(), stop: stop)
        let sink = try ResultSink(
          BrokerConnection(BrokerAddress(broker.address("RESULTS/results"))), feed: address, ackWait: 30,
          counts: FeedCounts(), stop: stop, report: { Issue.record("\($0)") })
        let batch = Batch(capacity: 1000)
        #expect(try source.fill(batch))
        let options = ScoringOptions(marksResults: true)
        try BatchScorer(scorer: Scorer(modelAt: Places.model), options: options).score(batch)
        try sink.write(batch)
        let held = try #require(batch.attachment as? Deliveries).messages
        #expect(held.count == 20)
        for delivery in held { delivery.giveBack() }
        connection.flush()

        let run = try score(broker, to: "RESULTS/results")
        #expect(run.status == 0)
        #expect(
          run.error.contains("delivered 20, delivered again 20, published 20, of those duplicates 20, dead letters 0"))
        #expect(try broker.messages("RESULTS").count == 20)
        #expect(try broker.count("FEED") == 0)
      }
    }

    @Test func whatIsDeliveredTooOftenGoesToTheDeadLetters() throws {
      try TestBroker.with { broker in
        try makeFeed(broker)
        try broker.ask("STREAM.CREATE.LOST", #"{"name":"LOST","subjects":["lost.>"],"storage":"memory"}"#)
        try broker.publish(#"{"text":"een"}"#)
        let address = try BrokerAddress(broker.address("FEED/feed?max-deliver=2&dead=lost.feed"))
        let connection = try BrokerConnection(address)
        let source = try FeedSource(connection, drains: true, counts: FeedCounts(), stop: StopSignal())
        for _ in 0..<2 {
          let batch = Batch(capacity: 100)
          #expect(try source.fill(batch))
          for delivery in try #require(batch.attachment as? Deliveries).messages { delivery.giveBack() }
          connection.flush()
        }
        let run = try score(broker, "FEED/feed?max-deliver=2&dead=lost.feed", to: "RESULTS/results")
        #expect(run.status == 3)
        #expect(run.error.contains("read 1, assessed 0, rejected 1,"))
        let dead = try broker.messages("LOST")
        #expect(dead.map(\.body) == [#"{"text":"een"}"#])
        #expect(dead.first?.headers["Weerbaar-Reason"] == "delivered 2 times without a result; max-deliver is 2")
        #expect(try broker.count("FEED") == 0)
      }
    }

    @Test func whatIsTooLargeForTheBrokerIsNotLost() throws {
      try TestBroker.with(maximumPayload: 2_000) { broker in
        try makeFeed(broker)
        let large = "{\"text\":\"\(String(repeating: "dag ", count: 425))\"}"
        let broken = String(repeating: "x", count: 1_990)
        try broker.publish(large)
        try broker.publish(broken)
        let run = try score(broker, to: "RESULTS/results")
        #expect(run.status == 3)
        let dead = try broker.messages("FEED_DEAD")
        #expect(dead.first?.body == large)
        #expect(
          dead.first?.headers["Weerbaar-Reason"] == "the result cannot be published: larger than the broker takes")
        #expect(dead.dropFirst().map(\.body).joined() == broken)
        #expect(dead.dropFirst().map { $0.headers["Weerbaar-Part"] } == ["1/2", "2/2"])
        #expect(try broker.count("FEED") == 0 && broker.count("RESULTS") == 0)
      }
    }

    @Test func withoutASubjectForThemResultsAreWritten() throws {
      try TestBroker.with { broker in
        try makeFeed(broker)
        try broker.publish(#"{"id":"1","text":"Dank u wel."}"#)
        try broker.publish("kapot")
        try broker.publish(#"{"id":"3","text":"vieze hoer"}"#)
        try Places.withFolder { (folder: URL) throws in
          let metrics = folder.appending(path: "weerbaar.prom")
          let run = try score(
            broker, "FEED/feed", "--drain", "--min-level", "log", "--fields", "id", "--metrics", metrics.path)
          #expect(run.output.hasPrefix(#"{"id":"3","#) && run.output.split(separator: "\n").count == 1)
          #expect(run.status == 3)
          let text = try String(contentsOf: metrics, encoding: .utf8)
          for line in [
            "weerbaar_feed_waiting_messages 0", "weerbaar_feed_delivered_total 3", "weerbaar_feed_dead_letters_total 1",
            "weerbaar_read_total 3", "weerbaar_latency_seconds_count 3",
          ] { #expect(text.contains("\n\(line)\n"), "\(text)") }
        }
        #expect(try broker.count("FEED") == 0 && broker.count("FEED_DEAD") == 1)
      }
    }

    @Test func anEndAskedForLeavesNothingHalfDone() throws {
      try TestBroker.with { broker in
        let process = Process()
        process.executableURL = Places.program
        process.arguments = [
          "score", "--from", broker.address("FEED/feed"), "--to", broker.address("RESULTS/results"), "--jobs", "2",
        ]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        // The program makes its streams; what is published before that has nowhere to go.
        while (try? broker.publish(#"{"text":"Dank u wel."}"#)) == nil { usleep(20_000) }
        while (try? broker.count("RESULTS")) != 1 { usleep(20_000) }
        process.terminate()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text.contains("published 1,"))
        #expect(try broker.count("FEED") == 0)
      }
    }

    @Test func aFullStreamHoldsTheFeedBackUntilThereIsRoom() throws {
      try TestBroker.with { broker in
        try makeFeed(broker)
        try broker.ask(
          "STREAM.CREATE.RESULTS",
          #"{"name":"RESULTS","subjects":["results"],"storage":"file","max_msgs":2,"discard":"new"}"#)
        for number in 0..<5 { try broker.publish("{\"id\":\"\(number)\",\"text\":\"dag\"}") }
        let process = Process()
        process.executableURL = Places.program
        process.arguments = [
          "score", "--from", broker.address("FEED/feed"), "--to", broker.address("RESULTS/results"), "--drain",
        ]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        var text = ""
        while !text.contains("takes nothing") {
          let data = errors.fileHandleForReading.availableData
          if data.isEmpty { break }
          text += String(decoding: data, as: UTF8.self)
        }
        #expect(
          text.contains("results: the broker takes nothing: maximum messages exceeded; trying again until it does"))
        #expect(try broker.count("RESULTS") == 2 && broker.count("FEED") == 5)
        try broker.ask(
          "STREAM.UPDATE.RESULTS",
          #"{"name":"RESULTS","subjects":["results"],"storage":"file","max_msgs":9,"discard":"new"}"#)
        text += String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text.contains("published 5, of those duplicates 0, dead letters 0"), "\(text)")
        #expect(try broker.count("RESULTS") == 5 && broker.count("FEED") == 0)
      }
    }

    @Test func whatCannotWorkIsNamedWithItsCure() throws {
      try TestBroker.with(hasJetStream: false) { broker in
        let run = try score(broker, "FEED/feed")
        #expect(run.status == 1)
        #expect(
          run.error.hasSuffix("the server has no JetStream; start it as nats-server --jetstream\n"), "\(run.error)")
      }
      try TestBroker.with { broker in
        try makeFeed(broker)
        try broker.ask(
          "CONSUMER.DURABLE.CREATE.FEED.office",
          #"{"stream_name":"FEED","config":{"durable_name":"office","ack_policy":"explicit","max_deliver":3,"filter_subject":"feed"}}"#
        )
        for (from, others, wanted) in [
          ("FEED/other", [], "the stream FEED takes feed, not other; name a subject that it takes"),
          ("NONE", [], "the stream NONE is not there and cannot be made: the address names no subject for it"),
          ("FEED2/feed", [], "the stream FEED2 is not there and cannot be made: another stream takes feed already"),
          (
            "FEED/feed?durable=office", [], "the consumer office of the stream FEED cannot be used: it gives up after 3"
          ),
          ("FEED/feed?durable=mine", [], "the stream is a work queue, and another consumer reads these messages"),
          ("FEED?durable=office&max-deliver=2", [], "it reads feed, the address asks for all subjects"),
          ("FEED/feed?durable=office&max-deliver=2&ack-wait=9", [], "its ack-wait is 30 s, the address asks for 9"),
          (
            "FEED/feed?durable=office&max-deliver=2", ["--to", broker.address("FEED/feed")],
            "what goes to feed would be read from the stream FEED again"
          ),
          (
            "FEED/feed?durable=office&max-deliver=2", ["--to", broker.address("RESULTS/*")],
            "want one subject for the results"
          ),
          (
            "FEED/feed?durable=office&max-deliver=2&dead=feed", [],
            "what goes to feed would be read from the stream FEED again"
          ),
        ] {
          let run = try Program.run(["score", "--drain", "--from", broker.address(from)] + others)
          #expect(run.status == 1)
          #expect(run.error.contains(wanted), "\(run.error)")
        }
      }
      try TestBroker.with(user: "jan") { broker in
        let refused = try score(broker, "FEED/feed")
        #expect(
          refused.status == 1 && refused.error.contains("the server does not let this user in"), "\(refused.error)")
        let address = broker.address("FEED/feed").replacingOccurrences(of: "//", with: "//jan:j%61n@")
        let run = try Program.run(["score", "--drain", "--from", address])
        #expect(run.status == 0, "\(run.error)")
        let file = try Program.run(["score", "--drain", "--from", address + "?ca=/none/such"])
        #expect(file.status == 1 && file.error.hasPrefix("weerbaar: /none/such: cannot be read"), "\(file.error)")
      }
      let dutch = try Program.run(["score", "--language", "nl", "--from", "nats://127.0.0.1:1/FEED/feed"])
      #expect(dutch.error.hasPrefix("weerbaar: nats://127.0.0.1:1/FEED/feed: geen verbinding: "), "\(dutch.error)")
      let run = try Program.run(["score", "--from", "nats://127.0.0.1:1/FEED/feed"])
      #expect(run.status == 1)
      #expect(run.error.contains("nats://127.0.0.1:1/FEED/feed: cannot connect: "), "\(run.error)")
    }

    @Test func oneOfTwoIsEndedAndTheOtherFinishes() throws {
      let server = try Program.shell("\"\(Places.root.path)/scripts/nats-server\"").output
        .trimmingCharacters(in: .whitespacesAndNewlines)
      for window in ["120", "0.2"] {
        let run = try Program.shell(
          "\"\(Places.root.path)/Benchmarks/broker-kill.py\" \"$WEERBAAR\" --server \"\(server)\" --messages 4000 "
            + "--batch 50 --ack-wait 2 --window \(window)")
        #expect(run.status == 0, "\(run.output)\(run.error)")
        #expect(run.output.hasSuffix("every message has a result\n"))
      }
    }
  }
#endif
