/// Changes exports at random and reads what comes out. A reader may say anything of such a file, but it may not crash,
/// hang, or hand out text that is no text. The same seed gives the same changes.
public struct ExportFuzzer {
  /// A generator that is the same everywhere (SplitMix64; Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
  /// Generators", 2014).
  public struct Generator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let tokens = [
    "\"", "\\", "\\u", "\\ud83d", "{", "}", "[", "]", ",", ":", "null", "-", "1e999", "99999999999999999999", "\u{0}",
    "\r", "\n",
    "\r\n\r\n", "--", "=?utf-8?B?", "?=", "=?", "<", ">", "</", "<div class=\"", "&#x110000;", "&amp;", "From ",
    "Date: ",
    "Content-Type: multipart/mixed; boundary=x\n\n--x\n", "Content-Transfer-Encoding: base64\n", "\u{FEFF}", "\u{200E}",
    "[01-01-2024 10:00:00] A: ", "01-01-2024 10:00 - ", ": ", ";", "\t", "\u{1F600}", "é", "PK\u{3}\u{4}",
    "window.YTD.x.part0 = ",
  ].map { Array($0.utf8) }

  private var generator: Generator
  private let corpus: [(path: String, bytes: [UInt8])]

  /// - Parameter corpus: whole files to begin from, with their names.
  public init(seed: UInt64, corpus: [(path: String, bytes: [UInt8])]) {
    generator = Generator(seed: seed)
    self.corpus = corpus.filter { !$0.bytes.isEmpty }
  }

  /// A file of the corpus with one to eight changes.
  public mutating func mutated() -> (path: String, bytes: [UInt8]) {
    guard !corpus.isEmpty else { return ("empty", []) }
    let chosen = corpus[Int.random(in: 0..<corpus.count, using: &generator)]
    var bytes = chosen.bytes
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
      let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &generator)
      let length = min(bytes.count - place, Int.random(in: 1...64, using: &generator))
      switch Int.random(in: 0..<9, using: &generator) {
      case 0: if !bytes.isEmpty { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
      case 1: if !bytes.isEmpty { bytes[place] = UInt8.random(in: 0...255, using: &generator) }
      case 2: bytes.removeSubrange(place..<place + length)
      case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
      case 4: bytes.removeLast(bytes.count - place)
      case 5, 6:
        bytes.insert(
          contentsOf: ExportFuzzer.tokens[Int.random(in: 0..<ExportFuzzer.tokens.count, using: &generator)], at: place)
      case 7:
        let other = corpus[Int.random(in: 0..<corpus.count, using: &generator)].bytes
        let from = Int.random(in: 0..<other.count, using: &generator)
        bytes.insert(contentsOf: other[from..<min(other.count, from + 200)], at: place)
      default:
        // A stretch many times over.
        let stretch = Array(bytes[place..<place + length])
        for _ in 0..<Int.random(in: 1...40, using: &generator) { bytes.insert(contentsOf: stretch, at: place) }
      }
    }
    return (chosen.path, bytes)
  }

  /// Reads a file as a person's export would be read, loose or as the archive that it is.
  /// - Returns: how many messages came out.
  /// - Throws: what the reader throws; that is allowed.
  @discardableResult
  public mutating func read(_ file: (path: String, bytes: [UInt8])) throws -> Int {
    var options = ExportOptions()
    options.zone = .gmt
    let container: any Container
    if ArchiveContainer.isArchive(head: Array(file.bytes.prefix(512))) {
      container = ArchiveContainer(bytes: file.bytes, name: file.path, limits: ArchiveLimits())
    } else {
      let step = Bool.random(using: &generator) ? Int.random(in: 1...300, using: &generator) : Int.max
      container = MemoryContainer(name: "fuzz", files: [file], step: step)
    }
    let reader = ExportReader(containers: [container], options: options)
    return try reader.read { message in
      precondition(message.source?.sha256?.utf8.count == 64, "a message without the hash of its file")
    }.messages
  }
}
