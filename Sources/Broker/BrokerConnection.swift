#if NATS
  internal import CNATS
  import Foundation

  /// A connection to a server, and what is asked there once. Reconnects by itself, without end.
  final class BrokerConnection: @unchecked Sendable {
    let address: BrokerAddress
    private var connection: OpaquePointer?
    private var context: OpaquePointer?

    /// Connects.
    ///
    /// - Throws: ``BrokerError/cannotConnect(to:reason:)``.
    init(_ address: BrokerAddress) throws(BrokerError) {
      self.address = address
      var options: OpaquePointer?
      defer { natsOptions_Destroy(options) }
      func check(_ status: natsStatus) throws(BrokerError) {
        guard status != NATS_OK else { return }
        if status == NATS_CONNECTION_AUTH_FAILED || status == NATS_NOT_PERMITTED {
          throw .notLetIn(at: address.description, reason: Self.reason(status))
        }
        throw .cannotConnect(to: address.description, reason: Self.reason(status))
      }
      for file in [address.authorities, address.credentials].compactMap({ $0 }) {
        guard FileManager.default.isReadableFile(atPath: file) else { throw .cannotRead(file: file) }
      }
      try check(natsOptions_Create(&options))
      try check(Self.withStrings(address.servers) { natsOptions_SetServers(options, $0, Int32($1)) })
      try check(natsOptions_SetName(options, "weerbaar"))
      try check(natsOptions_SetTimeout(options, 5_000))
      try check(natsOptions_SetMaxReconnect(options, -1))
      try check(natsOptions_SetReconnectWait(options, 1_000))
      try check(natsOptions_SetReconnectBufSize(options, 32 << 20))
      if address.isEncrypted { try check(natsOptions_SetSecure(options, true)) }
      if let file = address.authorities {
        try check(natsOptions_SetSecure(options, true))
        try check(natsOptions_LoadCATrustedCertificates(options, file))
      }
      if let user = address.user {
        try check(
          address.password.map { natsOptions_SetUserInfo(options, user, $0) } ?? natsOptions_SetToken(options, user))
      }
      if let file = address.credentials { try check(natsOptions_SetUserCredentialsFromFiles(options, file, nil)) }
      // Without one the library prints errors to standard error itself; what matters is told by the call that meets it.
      try check(natsOptions_SetErrorHandler(options, { _, _, _, _ in }, nil))
      try check(natsConnection_Connect(&connection, options))
      try check(natsConnection_JetStream(&context, connection, nil))
    }

    deinit {
      jsCtx_Destroy(context)
      natsConnection_Destroy(connection)
    }

    /// A context of its own for a publisher.
    func makeContext(_ options: inout jsOptions) throws(BrokerError) -> OpaquePointer {
      var made: OpaquePointer?
      let status = natsConnection_JetStream(&made, connection, &options)
      guard status == NATS_OK, let made else {
        throw .cannotConnect(to: address.description, reason: Self.reason(status))
      }
      return made
    }

    var isClosed: Bool { natsConnection_IsClosed(connection) }

    /// Waits until the server has all that was sent.
    func flush() { natsConnection_FlushTimeout(connection, 5_000) }

    /// What the library says of a status, with what it remembers of the last error of this thread.
    static func reason(_ status: natsStatus) -> String {
      var last = NATS_OK
      let text = String(cString: natsStatus_GetText(status))
      guard let detail = nats_GetLastError(&last), last == status else { return text }
      // Behind the place in the library's own code.
      let whole = String(cString: detail)
      let more = whole.range(of: "): ").map { String(whole[$0.upperBound...]) } ?? whole
      return more.isEmpty || more == text ? text : "\(text) (\(more))"
    }

    /// Gives texts as C wants them.
    static func withStrings<Result>(
      _ texts: [String], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>, Int) -> Result
    ) -> Result {
      let copies = texts.map { strdup($0) }
      defer { for copy in copies { free(copy) } }
      var pointers = copies.map { UnsafePointer($0) }
      return pointers.withUnsafeMutableBufferPointer { pointers in
        // An empty array has no address; the library asks for one.
        guard let base = pointers.baseAddress else {
          var none: UnsafePointer<CChar>?
          return body(&none, 0)
        }
        return body(base, pointers.count)
      }
    }

    // MARK: Streams

    /// The subjects of a stream; nil where there is no such stream.
    func subjects(of stream: String) throws(BrokerError) -> [String]? {
      var info: UnsafeMutablePointer<jsStreamInfo>?
      var code = jsErrCode(0)
      let status = js_GetStreamInfo(&info, context, stream, nil, &code)
      defer { jsStreamInfo_Destroy(info) }
      if status == NATS_NOT_FOUND || code == JSStreamNotFoundErr { return nil }
      guard status == NATS_OK, let config = info?.pointee.Config?.pointee else { throw failure(status, code) }
      return (0..<Int(config.SubjectsLen)).compactMap { config.Subjects[$0].map { String(cString: $0) } }
    }

    /// The stream that takes a subject, where there is one.
    func stream(taking subject: String) throws(BrokerError) -> String? {
      var list: UnsafeMutablePointer<jsStreamNamesList>?
      var code = jsErrCode(0)
      let status = subject.withCString { subject in
        var options = jsOptions()
        jsOptions_Init(&options)
        options.Stream.Info.SubjectsFilter = subject
        return js_StreamNames(&list, context, &options, &code)
      }
      defer { jsStreamNamesList_Destroy(list) }
      if status == NATS_NOT_FOUND { return nil }
      guard status == NATS_OK else { throw failure(status, code) }
      guard let list, list.pointee.Count > 0 else { return nil }
      return list.pointee.List[0].map { String(cString: $0) }
    }

    /// Makes a stream, kept on disk.
    ///
    /// - Parameter isWorkQueue: whether a message goes as soon as a consumer has acknowledged it.
    func makeStream(_ stream: String, subject: String, isWorkQueue: Bool) throws(BrokerError) {
      var info: UnsafeMutablePointer<jsStreamInfo>?
      var code = jsErrCode(0)
      let status = stream.withCString { name in
        Self.withStrings([subject]) { subjects, count in
          var config = jsStreamConfig()
          jsStreamConfig_Init(&config)
          config.Name = name
          config.Subjects = subjects
          config.SubjectsLen = Int32(count)
          config.Retention = isWorkQueue ? js_WorkQueuePolicy : js_LimitsPolicy
          config.Storage = js_FileStorage
          config.Replicas = Int64(address.replicas)
          return js_AddStream(&info, context, &config, nil, &code)
        }
      }
      defer { jsStreamInfo_Destroy(info) }
      guard status == NATS_OK else {
        if code == JSStreamSubjectOverlapErr {
          throw .noStream(
            stream,
            reason: Wording(
              en: "another stream takes \(subject) already; name that one in the address",
              nl: "een andere stream neemt \(subject) al aan; noem die in het adres"))
        }
        if code == JSNotEnabledErr || status == NATS_NO_RESPONDERS { throw failure(status, code) }
        throw .noStream(stream, reason: Wording(Self.reason(status)))
      }
    }

    /// What went wrong with a question to JetStream.
    private func failure(_ status: natsStatus, _ code: jsErrCode) -> BrokerError {
      if status == NATS_NO_RESPONDERS || code == JSNotEnabledErr || code == JSNotEnabledForAccountErr {
        return .noJetStream(at: address.description)
      }
      return .feedLost(address.description, reason: Wording(Self.reason(status)))
    }

    /// Sees to it that the stream of the address is there and takes a subject.
    func prepareStream(taking subject: String?, isWorkQueue: Bool) throws(BrokerError) {
      guard let subjects = try subjects(of: address.stream) else {
        guard let subject else {
          throw .noStream(
            address.stream,
            reason: Wording(
              en: "the address names no subject for it; want nats://HOST:PORT/\(address.stream)/SUBJECT",
              nl: "het adres noemt er geen onderwerp voor; schrijf nats://HOST:POORT/\(address.stream)/ONDERWERP"))
        }
        return try makeStream(address.stream, subject: subject, isWorkQueue: isWorkQueue)
      }
      guard let subject else { return }
      guard subjects.contains(where: { BrokerAddress.covers($0, subject) }) else {
        throw .subjectNotTaken(subject, stream: address.stream, subjects: subjects)
      }
    }

    // MARK: The consumer

    /// What a consumer has still to give.
    struct Backlog {
      /// Messages that were not given to anybody yet.
      var waiting: Int
      /// Messages that somebody was given and has not acknowledged.
      var unacknowledged: Int
    }

    /// What the consumer of the address has still to give; nil where it is not there.
    func backlog() throws(BrokerError) -> Backlog? {
      try withConsumer { info in
        Backlog(waiting: Int(info.NumPending), unacknowledged: Int(info.NumAckPending))
      }
    }

    private func withConsumer<Result>(_ body: (jsConsumerInfo) -> Result) throws(BrokerError) -> Result? {
      var info: UnsafeMutablePointer<jsConsumerInfo>?
      var code = jsErrCode(0)
      let status = js_GetConsumerInfo(&info, context, address.stream, address.durable, nil, &code)
      defer { jsConsumerInfo_Destroy(info) }
      if status == NATS_NOT_FOUND || code == JSConsumerNotFoundErr || code == JSStreamNotFoundErr { return nil }
      guard status == NATS_OK, let info else { throw failure(status, code) }
      return body(info.pointee)
    }

    /// Sees to it that the consumer is there and fits the address.
    ///
    /// - Returns: seconds after which it gives a message to another machine.
    func prepareConsumer() throws(BrokerError) -> Double {
      func unfit(_ reason: Wording) -> BrokerError {
        .consumer(address.durable, stream: address.stream, reason: reason)
      }
      let found = try withConsumer { info -> (problem: Wording?, ackWait: Int64) in
        guard let config = info.Config?.pointee else { return (nil, 30_000_000_000) }
        return (problem(of: config), config.AckWait)
      }
      if let found {
        if let problem = found.problem { throw unfit(problem) }
        return Double(found.ackWait) / 1e9
      }
      let seconds = address.ackWait ?? 30
      var info: UnsafeMutablePointer<jsConsumerInfo>?
      var code = jsErrCode(0)
      let status = Self.withStrings([address.durable, address.subject ?? ""]) { texts, _ in
        var config = jsConsumerConfig()
        jsConsumerConfig_Init(&config)
        config.Durable = texts[0]
        config.DeliverPolicy = js_DeliverAll
        config.AckPolicy = js_AckExplicit
        config.AckWait = Int64(seconds) * 1_000_000_000
        // Who gets a message too often brings it to the dead-letter subject; the server itself would only let it lie.
        config.MaxDeliver = -1
        config.MaxAckPending = 200_000
        if address.subject != nil { config.FilterSubject = texts[1] }
        return js_AddConsumer(&info, context, address.stream, &config, nil, &code)
      }
      defer { jsConsumerInfo_Destroy(info) }
      guard status == NATS_OK else {
        if code == JSConsumerWQMultipleUnfilteredErr || code == JSConsumerWQConsumerNotUniqueErr {
          throw unfit(
            Wording(
              en: "the stream is a work queue, and another consumer reads these messages; name that one with durable=",
              nl: "de stream is een werkrij, en een andere consumer leest deze berichten; noem die met durable="))
        }
        throw unfit(Wording(Self.reason(status)))
      }
      return Double(seconds)
    }

    /// Why a consumer that is there cannot be used.
    private func problem(of config: jsConsumerConfig) -> Wording? {
      if let subject = config.DeliverSubject, subject.pointee != 0 {
        return Wording(
          en: "it pushes its messages; remove it, or name another with durable=",
          nl: "hij stuurt zijn berichten zelf; verwijder hem, of noem een andere met durable=")
      }
      if config.AckPolicy != js_AckExplicit {
        return Wording(
          en: "it does not ask for explicit acknowledgement; remove it, or name another with durable=",
          nl: "hij vraagt niet om uitdrukkelijke bevestiging; verwijder hem, of noem een andere met durable=")
      }
      if config.MaxDeliver > 0, config.MaxDeliver <= address.maxDeliver {
        return Wording(
          en: "it gives up after \(config.MaxDeliver) deliveries, and such a message would lie in the stream unseen; "
            + "let it deliver without limit, or ask for a lower max-deliver=",
          nl:
            "hij geeft het na \(config.MaxDeliver) keer afleveren op, en zo'n bericht bleef ongezien in de stream liggen; "
            + "laat hem zonder grens afleveren, of vraag een lagere max-deliver=")
      }
      let filter = config.FilterSubject.map { String(cString: $0) } ?? ""
      if filter != address.subject ?? "" {
        return Wording(
          en: "it reads \(filter.isEmpty ? "all subjects" : filter), the address asks for "
            + "\(address.subject ?? "all subjects"); name that subject, or another consumer with durable=",
          nl: "hij leest \(filter.isEmpty ? "alle onderwerpen" : filter), het adres vraagt "
            + "\(address.subject ?? "alle onderwerpen"); noem dat onderwerp, of een andere consumer met durable=")
      }
      if let wanted = address.ackWait, Int64(wanted) * 1_000_000_000 != config.AckWait {
        let seconds = config.AckWait / 1_000_000_000
        return Wording(
          en: "its ack-wait is \(seconds) s, the address asks for \(wanted); leave ack-wait= out or change one of them",
          nl: "zijn ack-wait is \(seconds) s, het adres vraagt \(wanted); laat ack-wait= weg of wijzig een van beide")
      }
      return nil
    }

    /// A subscription to the consumer of the address.
    func subscribe() throws(BrokerError) -> OpaquePointer {
      var subscription: OpaquePointer?
      var code = jsErrCode(0)
      let status = Self.withStrings([address.stream, address.durable]) { texts, _ in
        var options = jsSubOptions()
        jsSubOptions_Init(&options)
        options.Stream = texts[0]
        options.Consumer = texts[1]
        return js_PullSubscribe(
          &subscription, context, address.subject ?? ">", address.durable, nil, &options, &code)
      }
      guard status == NATS_OK, let subscription else {
        throw .consumer(address.durable, stream: address.stream, reason: Wording(Self.reason(status)))
      }
      return subscription
    }
  }
#endif
