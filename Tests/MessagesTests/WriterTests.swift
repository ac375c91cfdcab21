import Foundation
import Testing
import Weerbaar

@testable import Messages

private let assessment = Assessment(
  abusive: true, score: 0.97004, severity: 3, level: .police,
  categories: CategoryScores([1, 0.5, 0, 0, 0.25, 0, 0, 0.125]),
  target: .recipient, language: "nl",
  evidence: [Evidence(category: .threat, start: 1, end: 4, text: "a\"\n\u{1}é", weight: 3.1)], model: "m+1")

private func written(_ line: String, _ writer: AssessedMessageWriter, _ assessment: Assessment = assessment) throws
  -> String
{
  try parsed(Array(line.utf8)) { parser in
    var out: [UInt8] = []
    writer.append(parser, assessment, to: &out)
    return String(decoding: out, as: UTF8.self)
  }
}

@Suite struct WriterTests {
  @Test func anAssessmentIsWrittenAsTheContractSays() throws {
    #expect(
      try written(#"{"text":"x"}"#, AssessedMessageWriter()) == #"""
        {"text":"x","assessment":{"abusive":true,"score":0.97,"severity":3,"level":"police","categories":{"insult":1,"sexism":0.5,"sexual":0,"discrimination":0,"threat":0.25,"intimidation":0,"incitement":0,"doxing":0.125},"target":"recipient","language":"nl","evidence":[{"category":"threat","start":1,"end":4,"text":"a\"\n\u0001é","weight":3.1}],"model":"m+1"}}

        """#)
  }

  @Test func anAbstentionIsWritten() throws {
    var abstained = assessment
    abstained.score = nil
    abstained.language = "de"
    let selection = try FieldSelection("assessment.language,assessment.score")
    #expect(
      try written(#"{"text":"x"}"#, AssessedMessageWriter(selection: selection), abstained)
        == "{\"assessment\":{\"score\":null,\"language\":\"de\",\"abstained\":\"language\"}}\n")
  }

  @Test func fieldsAreChosen() throws {
    #expect(
      try written(#"{"id":"1","text":"x"}"#, AssessedMessageWriter(selection: FieldSelection("id, assessment.level")))
        == "{\"id\":\"1\",\"assessment\":{\"level\":\"police\"}}\n")
    #expect(throws: FieldSelection.UnknownName(name: "lvl")) { try FieldSelection("assessment.lvl") }
  }

  @Test func csvFromLines() throws {
    let writer = AssessedMessageWriter(
      format: .csv,
      selection: try FieldSelection(
        "id,author.handle,n,text,assessment.score,assessment.categories,assessment.evidence"))
    #expect(
      String(decoding: writer.header(for: nil), as: UTF8.self)
        == "id,author.handle,n,text,score,insult,sexism,sexual,discrimination,threat,intimidation,incitement,doxing,evidence\n"
    )
    #expect(
      try written(#"{"id":"1","text":"x, \"y\"","author":{"handle":"@a"},"n":[1,2]}"#, writer)
        == "1,@a,\"[1,2]\",\"x, \"\"y\"\"\",0.97,1,0.5,0,0,0.25,0,0,0.125,\"a\"\"\n\u{1}é\"\n")
  }

  @Test func ndjsonFromRecords() throws {
    let header = try Array("nr,bericht\n".utf8).withUnsafeBufferPointer { try CSVHeader($0, textColumn: "bericht") }
    var record = CSVRecord()
    try Array("7,\"a \"\"b\"\"\"\n".utf8).withUnsafeBufferPointer { try record.parse($0, header.dialect) }
    var out: [UInt8] = []
    AssessedMessageWriter(selection: try FieldSelection("nr,text,assessment.severity"))
      .append(record, of: header, assessment, to: &out)
    #expect(
      String(decoding: out, as: UTF8.self)
        == "{\"nr\":\"7\",\"text\":\"a \\\"b\\\"\",\"assessment\":{\"severity\":3}}\n")
    out.removeAll()
    AssessedMessageWriter(format: .csv, selection: try FieldSelection("bericht,assessment.level"))
      .append(record, of: header, assessment, to: &out)
    #expect(String(decoding: out, as: UTF8.self) == "\"a \"\"b\"\"\",police\n")
  }

  @Test(arguments: [
    (0, "0"), (1, "1"), (0.5, "0.5"), (0.97004, "0.97"), (0.00004, "0"), (0.00005, "0.0001"), (-1.25, "-1.25"),
    (12.3456, "12.3456"),
  ])
  func numbersAreShort(value: Double, expected: String) {
    var out: [UInt8] = []
    JSONWriter.append(value, digits: 4, to: &out)
    #expect(String(decoding: out, as: UTF8.self) == expected)
  }

  @Test(arguments: [0, 7, -7, 10, 1_234_567_890_123_456_789, Int.max, Int.min])
  func wholeNumbersAreExact(value: Int) {
    var out: [UInt8] = []
    JSONWriter.append(value, to: &out)
    #expect(String(decoding: out, as: UTF8.self) == "\(value)")
  }
}
