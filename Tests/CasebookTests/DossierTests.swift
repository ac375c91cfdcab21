import Foundation
import Inbox
import TestSupport
import Testing
import Weerbaar

@testable import Casebook

@Suite struct DossierTests {
  private func make(_ body: (Casebook, Dossier) throws -> Void) throws {
    try withCasebook { casebook, _ in
      var item = evidence("<b>Trut</b> & \"heks\"", "@boos", .police)
      item.before = [message("Wat vindt u?", "@boos")]
      _ = try casebook.add(
        [item, evidence("later", "@boos", time: "2026-05-03T10:00:00Z")], policy: .standard, actor: "t")
      try casebook.note(CaseName(1), "gebeld met griffie", actor: "griffie")
      try casebook.move(CaseName(1), to: .reported, actor: "griffie")
      try body(casebook, try casebook.dossier(1, texts: try NextSteps.standard()))
    }
  }

  @Test func thePageHasItsPartsInOrderAndNeedsNothing() throws {
    try make { _, dossier in
      let page = String(
        decoding: try #require(dossier.files().first { $0.name == "dossier.html" }).bytes, as: UTF8.self)
      var from = page.startIndex
      for part in [
        "1. Wie, aan wie, wanneer, waar", "2. Wat er is geschreven", "Weergave in het gesprek",
        "Waarom dit bericht opviel",
        "3. Artikelen", "4. Eerdere zaken", "5. Stappen", "6. Vingerafdrukken en controle", "7. Zelf in te vullen",
      ] {
        let found = try #require(page.range(of: part, range: from..<page.endIndex), "\(part)")
        from = found.upperBound
      }
      #expect(page.contains("&lt;b&gt;"))
      #expect(!page.contains("<b>Trut"))
      #expect(!page.contains("src=") && !page.contains("<script") && !page.contains("<link"))
      #expect(page.contains("gebeld met griffie"))
      #expect(page.contains(dossier.head))
    }
  }

  @Test func theFilesAreWrittenWithTheirHashes() throws {
    try make { casebook, dossier in
      let folder = URL(filePath: casebook.path).deletingLastPathComponent()
      let files = dossier.files()
      for name in ["map", "dossier.zip", "een.html", "een.json"] {
        try DossierWriter.write(files, to: folder.appending(path: name).path)
        #expect(throws: CasebookError.self) { try DossierWriter.write(files, to: folder.appending(path: name).path) }
        try DossierWriter.write(files, to: folder.appending(path: name).path, replacing: true)
      }
      let check = try Program.shell("sha256sum --check --strict SHA256SUMS", directory: folder.appending(path: "map"))
      #expect(check.status == 0, "\(check.error)")
      let zip = try Data(contentsOf: folder.appending(path: "dossier.zip"))
      #expect(zip.starts(with: Data("PK".utf8)))
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "een.json"))) as? [String: Any])
      #expect(object["format"] as? String == "weerbaar-dossier-1")
      #expect((object["messages"] as? [Any])?.count == 2)
    }
  }

  @Test func aRegisterHasTheColumnsOfItsFile() throws {
    try make { casebook, _ in
      let columns = try RegisterColumns(
        "column,field\nNr,number\nOrganisatie,=Gemeente X\nTekst,text\nMeld,reported\n", file: "r.csv")
      var bytes: [UInt8] = []
      try casebook.exportRegister(columns, texts: try NextSteps.standard()) { bytes += $0 }
      #expect(
        String(decoding: bytes, as: UTF8.self)
          == "\u{FEFF}Nr;Organisatie;Tekst;Meld\r\n1;Gemeente X;\"<b>Trut</b> & \"\"heks\"\"\";02-05-2026\r\n")
      let error = #expect(throws: CasebookError.self) {
        try RegisterColumns("column,field\nNr,nummer\n", file: "r.csv")
      }
      #expect(error?.description.hasPrefix("r.csv:2: there is no field \"nummer\"") == true)
      #expect(try RegisterColumns.standard().columns.count > 15)
    }
  }
}
