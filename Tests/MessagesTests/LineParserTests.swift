import Foundation
import TestSupport
import Testing
import Weerbaar

@testable import Messages

/// A line with the padding that the parser wants, and what the parser makes of it.
func parsed<Result>(_ line: [UInt8], _ body: (LineParser) throws -> Result) throws -> Result {
  let padded = line + [UInt8](repeating: UInt8(ascii: "}"), count: LineParser.padding)
  return try padded.withUnsafeBufferPointer { bytes in
    let parser = LineParser()
    try parser.parse(UnsafeBufferPointer(rebasing: bytes[0..<line.count]))
    return try body(parser)
  }
}

func text(_ line: String) throws -> String {
  try parsed(Array(line.utf8)) { parser in parser.withText { String(decoding: $0, as: UTF8.self) } }
}

func problem(_ line: [UInt8]) -> LineProblem? {
  do {
    try parsed(line) { _ in }
    return nil
  } catch {
    return error as? LineProblem
  }
}

func copied(_ line: String, only names: [String]? = nil) throws -> String {
  try parsed(Array(line.utf8)) { parser in
    var out: [UInt8] = []
    if let names {
      parser.append(only: names, to: &out) { $0.append(contentsOf: "1".utf8) }
    } else {
      parser.append(to: &out) { $0.append(contentsOf: "1".utf8) }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

@Suite struct LineParserTests {
  @Test func textIsUnescaped() throws {
    #expect(try text(#"{"text":"a\n\u00e9\ud83d\ude00\"\\\/"}"#) == "a\né😀\"\\/")
    #expect(try text(#"{"te\u0078t":"x"}"#) == "x")
    #expect(try text(#"{"text":"a\u0000b"}"#) == "a\u{0}b")
    #expect(try text(#"{"text":""}"#) == "")
    #expect(try text(#"{"nested":{"text":1},"text":"x"}"#) == "x")
  }

  @Test func whatTheFastReaderCannotHoldIsReadAllTheSame() throws {
    let deep = String(repeating: "[", count: 3000) + String(repeating: "]", count: 3000)
    for field in ["1e999", "123456789012345678901234567890123", deep] {
      let line = #"{"a":"# + field + #","text":"é\u00e9 \ud83d\ude00","b":"c"}"#
      #expect(try text(line) == "éé 😀")
      #expect(try copied(line) == line.dropLast() + #","assessment":1}"#)
      #expect(try parsed(Array(line.utf8)) { $0.string(at: ["b"]) } == "c")
    }
  }

  @Test(arguments: [
    ("", LineProblem.empty), ("   ", .empty), ("[1]", .notAnObject(.array)), ("7", .notAnObject(.number)),
    (#""text""#, .notAnObject(.string)), ("null", .notAnObject(.null)), ("true", .notAnObject(.boolean)),
    ("{}", .textMissing), (#"{"Text":"a"}"#, .textMissing), (#"{"text":7}"#, .textIs(.number)),
    (#"{"text":null}"#, .textIs(.null)), (#"{"text":["a"]}"#, .textIs(.array)), (#"{"text":{}}"#, .textIs(.object)),
    (#"{"text":false}"#, .textIs(.boolean)), (#"{"text":"a","text":"b"}"#, .textTwice),
    (#"{"text":"a"} x"#, .syntax(.afterTheEnd, byte: 14)),
    (#"{"text":"a"}{"text":"b"}"#, .syntax(.afterTheEnd, byte: 13)),
    (#"{"text":"a"#, .syntax(.endOfLineInString, byte: 11)), (#"{"text":"a\"#, .syntax(.endOfLineInString, byte: 12)),
    (#"{"text":"a","#, .syntax(.endOfLine, byte: 13)), (#"{"text":"a",}"#, .syntax(.unexpected(125), byte: 13)),
    (#"{text:"a"}"#, .syntax(.unexpected(116), byte: 2)), (#"{"text" "a"}"#, .syntax(.unexpected(34), byte: 9)),
    (#"{"text":"\ud83d"}"#, .syntax(.loneSurrogate, byte: 10)),
    (#"{"text":"x\ude00"}"#, .syntax(.loneSurrogate, byte: 11)),
    (#"{"text":"\ud83dA"}"#, .syntax(.loneSurrogate, byte: 10)),
    (#"{"a":"\ud800","text":""}"#, .syntax(.loneSurrogate, byte: 7)),
    (#"{"text":"\x"}"#, .syntax(.badEscape, byte: 10)), (#"{"text":"\u12g4"}"#, .syntax(.badEscape, byte: 10)),
    (#"{"a":01,"text":""}"#, .syntax(.badNumber, byte: 6)), (#"{"a":1.,"text":""}"#, .syntax(.badNumber, byte: 6)),
    (#"{"a":tru,"text":""}"#, .syntax(.unexpected(44), byte: 9)),
    ("{\"text\":\"a\u{0}\"}", .syntax(.controlCharacter(0), byte: 11)),
    ("{\"text\":\"a\tb\"}", .syntax(.controlCharacter(9), byte: 11)), ("\u{0}", .syntax(.unexpected(0), byte: 1)),
  ])
  func problemsAreNamedPrecisely(line: String, expected: LineProblem) {
    #expect(problem(Array(line.utf8)) == expected)
  }

  @Test func invalidUTF8IsFound() {
    for bad: [UInt8] in [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] {
      #expect(problem(Array(#"{"text":"é"#.utf8) + bad + Array("\"}".utf8)) == .notUTF8(byte: 12))
    }
  }

  @Test func descriptionsNameEachProblemInBothLanguages() {
    for problem: LineProblem in [
      .empty, .tooLong(limit: 9), .notUTF8(byte: 3), .syntax(.loneSurrogate, byte: 4), .notAnObject(.array),
      .textMissing,
      .textTwice, .textIs(.number), .cells(found: 2, expected: 3), .openQuote,
    ] {
      #expect(!problem.description(in: .en).isEmpty)
      #expect(problem.description(in: .en) != problem.description(in: .nl))
    }
    #expect(LineProblem.textIs(.number).description(in: .en) == "the field \"text\" is a number; want a string")
  }

  @Test func otherFieldsComeOutByteForByte() throws {
    let line = #"  { "z" : 1.50 ,"text":"\u00e9", "a":{"b":[1, 2]}  ,"é":"\/"  }  "#
    #expect(try copied(line) == #"{ "z" : 1.50 ,"text":"\u00e9", "a":{"b":[1, 2]}  ,"é":"\/","assessment":1}"#)
  }

  @Test func anEarlierAssessmentIsReplaced() throws {
    #expect(try copied(#"{"assessment":{"a":1},"text":"x"}"#) == #"{"text":"x","assessment":1}"#)
    #expect(try copied(#"{"text":"x", "assessment":null}"#) == #"{"text":"x","assessment":1}"#)
    #expect(
      try copied(#"{"a":1,"assessmen\u0074":2,"text":"x","assessment":3,"b":2}"#)
        == #"{"a":1,"text":"x","b":2,"assessment":1}"#)
    #expect(try copied(#"{"a":{"assessment":3},"text":"x"}"#) == #"{"a":{"assessment":3},"text":"x","assessment":1}"#)
  }

  @Test func chosenFieldsKeepTheirOrder() throws {
    let line = #"{"b": 2,"text":"x","a":[1 ,2],"c":3}"#
    #expect(try copied(line, only: ["a", "b", "none"]) == #"{"b": 2,"a":[1 ,2],"assessment":1}"#)
    #expect(try copied(line, only: []) == #"{"assessment":1}"#)
  }

  @Test func valuesAreFoundByPath() throws {
    let line = #"{"text":"x","id":"7\u00e9","author":{"handle":"@a","n/m~":"y"},"n":3}"#
    try parsed(Array(line.utf8)) { parser in
      #expect(parser.string(at: ["id"]) == "7é")
      #expect(parser.string(at: ["author", "handle"]) == "@a")
      #expect(parser.string(at: ["author", "n/m~"]) == "y")
      #expect(parser.string(at: ["n"]) == nil)
      #expect(parser.string(at: ["author", "none"]) == nil)
    }
  }

  /// The exact reader and the fast one must agree on every line, or one of them is wrong.
  @Test func bothReadersAgreeOnDamagedLines() throws {
    var generator = SeededGenerator(seed: 3)
    let seeds = [
      #"{"id":"1","text":"hallo \u00e9 \ud83d\ude00 \\ \" é😀","n":-1.5e+3,"a":[true,false,null,{"x":{}}],"e":[]}"#,
      #"{"text":"x","author":{"handle":"@y","name":"Z"},"v":0.1}"#,
    ].map { Array($0.utf8) }
    let alphabet = Array("{}[]\",:\\u0123dDfenrt.-+ \t\r".utf8) + [0, 1, 0x80, 0xC3, 0xA9, 0xED, 0xF0, 0xFF]
    var accepted = 0
    for _ in 0..<20_000 {
      var line = seeds.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 0...3, using: &generator) where !line.isEmpty {
        let place = Int.random(in: 0..<line.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: line.remove(at: place)
        case 1: line.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
        case 2: line[place] = alphabet.randomElement(using: &generator) ?? 0
        default: line.removeSubrange(place...)
        }
      }
      var fields: [JSONScanner.Field] = []
      var isObject = true
      line.withUnsafeBufferPointer { bytes in
        var scanner = JSONScanner(bytes)
        do { try scanner.fields(into: &fields) } catch { isObject = false }
      }
      let found = problem(line)
      switch found {
      case nil:
        accepted += 1
        #expect(isObject)
      case .textMissing, .textTwice, .textIs: #expect(isObject)
      default: #expect(!isObject)
      }
      if found == nil {
        let copy = try parsed(line) { parser in
          var out: [UInt8] = []
          parser.append(to: &out) { $0.append(contentsOf: "{}".utf8) }
          return out
        }
        #expect((try JSONSerialization.jsonObject(with: Data(copy)) as? [String: Any])?["assessment"] != nil)
      }
    }
    #expect(accepted > 2_000)
  }

  @Test func tenMegabytesAreRead() throws {
    let long = String(repeating: "dit is lang ", count: 900_000)
    #expect(try text("{\"text\":\"\(long)\"}").utf8.count == long.utf8.count)
    #expect(problem(Array("{\"text\":\"\(long)".utf8)) == .syntax(.endOfLineInString, byte: long.utf8.count + 10))
  }
}
