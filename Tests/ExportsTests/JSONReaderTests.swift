import Testing

@testable import Exports

@Suite struct JSONReaderTests {
  private func value(_ text: String, step: Int = .max) throws -> JSONValue {
    try JSONReader(ByteCursor(MemoryStream(Array(text.utf8), step: step), capacity: 16)).value()
  }

  @Test func readsValuesAtEverySeam() throws {
    let text = #"{"a":[1,-2.5e3,true,false,null],"b":{"c":"é\u00e9\n\ud83d\ude00😀"},"d":""}"#
    let expected = JSONValue.object([
      .init(key: "a", value: .array([.number("1"), .number("-2.5e3"), .bool(true), .bool(false), .null])),
      .init(key: "b", value: .object([.init(key: "c", value: .string("éé\n😀😀"))])),
      .init(key: "d", value: .string("")),
    ])
    for step in 1...20 { #expect(try value(text, step: step) == expected) }
  }

  @Test func loneSurrogatesBecomeReplacementCharacters() throws {
    #expect(try value(#""a\ud800b""#) == .string("a\u{FFFD}b"))
    #expect(try value(#""\udc00""#) == .string("\u{FFFD}"))
    #expect(try value(#""\ud800\n""#) == .string("\u{FFFD}\n"))
    #expect(try value(#""\ud800""#) == .string("\u{FFFD}"))
  }

  @Test func forgivesWhatExportsContain() throws {
    let reader = JSONReader(ByteCursor("{\"a\": foto (2).webm, \"b\": \"x\\x41\\'\", \"c\": [1,,2,], }"))
    let read = try reader.value()
    #expect(read["a"] == .string("foto (2).webm"))
    #expect(read["b"] == .string("xA'"))
    #expect(read["c"] == .array([.number("1"), .number("2")]))
    #expect(reader.repairs == 3)
  }

  @Test func keepsDigitsOfLongNumbers() throws {
    #expect(try value("12345678901234567890123").scalar == "12345678901234567890123")
  }

  @Test(arguments: ["{", "[", "{\"a\"", "{\"a\":", "[1", "[\"", "[\"\\", "[\"\\u12", "{\"a\":{\"b\":["])
  func tellsThatAFileIsCutOff(_ text: String) {
    #expect { try value(text) } throws: { ($0 as? JSONError)?.reason == .cutOff }
  }

  @Test func refusesBottomlessNesting() {
    let text = String(repeating: "[", count: 5000)
    #expect { try value(text) } throws: { ($0 as? JSONError)?.reason == .tooDeep }
    // Passing over needs no stack.
    #expect { try JSONReader(ByteCursor(text)).skipValue() } throws: { ($0 as? JSONError)?.reason == .cutOff }
  }

  @Test func outlineKeepsTheStartOfWhatIsCutOff() throws {
    let reader = JSONReader(ByteCursor(#"{"name":"x","messages":[{"id":1,"text":"a"},{"id":2,"te"#))
    let outline = try reader.outline()
    #expect(outline["messages"]?[0]?["text"] == .string("a"))
    #expect(outline["messages"]?[1]?["id"] == .number("2"))
    #expect(reader.failure?.reason == .cutOff)
  }

  @Test func walkTakesAndSkips() throws {
    let reader = JSONReader(ByteCursor(#"[{"skip":{"a":[1,{"b":"]}"}]},"list":[10,20]},{"list":[30]}]"#))
    var taken: [String] = []
    try reader.walk({ path in
      if path.lastKey == "skip" { return .skip }
      return path.keys == ["list"] && path.lastIndex != nil ? .take : .enter
    }) { path, value in taken.append("\(path)=\(value.scalar ?? "?")") }
    #expect(taken == ["[0].list[0]=10", "[0].list[1]=20", "[1].list[0]=30"])
  }
}

@Suite struct MojibakeTests {
  private func broken(_ text: String) -> String {
    String(String.UnicodeScalarView(text.utf8.map { UnicodeScalar($0) }))
  }

  @Test(arguments: ["café", "één", "“aanhaling”", "😀", "Müller & søn", "naïef – heel erg…"])
  func repairs(_ text: String) { #expect(Mojibake.repair(broken(text)) == text) }

  @Test(arguments: ["café", "CAFÉ®", "Spaß«", "gewoon", "😀 é", "Â", "10 °C", "½ + ¼"])
  func leavesGenuineTextAlone(_ text: String) { #expect(Mojibake.repair(text) == text) }

  @Test func affectedFilesNeedNoFurtherEvidence() {
    #expect(Mojibake.repair(broken("ż"), fileIsAffected: true) == "ż")
    #expect(Mojibake.repair("é", fileIsAffected: true) == "é")
  }
}
