import Foundation

/// A class of words, such as threat verbs or buildings.
public struct LexiconClass: Sendable, Equatable {
  public var name: String
  /// Where a form has several classes, the one with the lowest rank speaks first.
  public var rank: Int
  /// The coarser class that it belongs to, such as "kill" for verbs, nouns and wishes of death; nil for words without a
  /// meaning of their own.
  public var superclass: String?
  public var description: String
}

/// Reads the lexicon's files. The format is described in corpora/lexicon/README.md.
public enum LexiconFile {
  /// Reads `classes.tsv`: name, superclass and description, in order of rank.
  public static func classes(in directory: URL) throws -> [LexiconClass] {
    let url = directory.appending(path: "classes.tsv")
    var found: [LexiconClass] = []
    for (number, line) in try lines(url) {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard columns.count == 3, !columns[0].isEmpty, !columns[1].isEmpty else {
        throw LexiconError(
          file: url.lastPathComponent, line: number, message: "want three columns: class, superclass or -, description")
      }
      if found.contains(where: { $0.name == columns[0] }) {
        throw LexiconError(
          file: url.lastPathComponent, line: number, message: "class \(columns[0]) stands twice; remove one")
      }
      found.append(
        LexiconClass(
          name: columns[0], rank: found.count, superclass: columns[1] == "-" ? nil : columns[1], description: columns[2]
        ))
    }
    guard found.count < 255 else {
      throw LexiconError(file: url.lastPathComponent, line: 255, message: "more than 254 classes; join some")
    }
    guard Set(found.compactMap(\.superclass)).count < 120 else {
      throw LexiconError(file: url.lastPathComponent, line: 0, message: "more than 119 superclasses; join some")
    }
    return found
  }

  /// Reads `several.tsv`, which names the lemmas that stand in several classes on purpose: lemma, classes with commas
  /// between them. Empty where there is no such file.
  public static func several(in directory: URL) throws -> [String: Set<String>] {
    let url = directory.appending(path: "several.tsv")
    guard FileManager.default.fileExists(atPath: url.path) else { return [:] }
    var found: [String: Set<String>] = [:]
    for (number, line) in try lines(url) {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard columns.count == 2, columns[1].contains(",") else {
        throw LexiconError(
          file: url.lastPathComponent, line: number, message: "want two columns: a lemma, and two or more classes")
      }
      found[columns[0]] = Set(columns[1].split(separator: ",").map(String.init))
    }
    return found
  }

  /// Reads every `.tsv` file of a directory but `classes.tsv` and `several.tsv`, in order of their names.
  public static func entries(in directory: URL, classes: [LexiconClass]) throws -> [LexiconEntry] {
    let names = Set(classes.map(\.name))
    let files: [URL]
    do {
      files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
    } catch {
      throw LexiconError(
        file: directory.path, line: 0, message: "cannot be read as a lexicon folder: \(error.localizedDescription)")
    }
    var found: [LexiconEntry] = []
    for url in files.sorted(by: { $0.lastPathComponent < $1.lastPathComponent })
    where url.pathExtension == "tsv" && !["classes.tsv", "several.tsv"].contains(url.lastPathComponent) {
      for (number, line) in try lines(url) {
        found.append(try entry(line, file: url.lastPathComponent, number: number, classes: names))
      }
    }
    if found.isEmpty {
      throw LexiconError(file: directory.path, line: 0, message: "holds no lexicon entries; want .tsv files")
    }
    return found
  }

  /// Parses one line: lemma, class, categories, strength, inflection, counter-example.
  static func entry(_ line: String, file: String, number: Int, classes: Set<String>) throws(LexiconError)
    -> LexiconEntry
  {
    func fail(_ message: String) -> LexiconError { LexiconError(file: file, line: number, message: message) }
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard columns.count == 5 || columns.count == 6 else {
      throw fail(
        "want 5 or 6 columns (lemma, class, categories, strength, inflection, counter-example), found \(columns.count)")
    }
    guard !columns[0].isEmpty else { throw fail("the lemma is empty") }
    guard classes.contains(columns[1]) else {
      throw fail("class \(columns[1]) is not in classes.tsv; add it there or correct it")
    }
    guard columns[2] == "-" || columns[2].allSatisfy({ "ixsdtmcp".contains($0) }) else {
      throw fail("categories \(columns[2]) are not letters of ixsdtmcp, or -")
    }
    guard let strength = Int(columns[3]), (0...3).contains(strength) else {
      throw fail("strength \(columns[3]) is not 0, 1, 2 or 3")
    }
    var parts = columns[4].split(separator: ";", omittingEmptySubsequences: false).map(String.init)
    let inflection: LexiconEntry.Inflection
    switch parts.removeFirst() {
    case "-": inflection = .invariable
    case "n": inflection = .noun(plural: nil)
    case "n:en": inflection = .noun(plural: "en")
    case "n:s": inflection = .noun(plural: "s")
    case "n:eren": inflection = .noun(plural: "eren")
    case "v": inflection = .verb
    case "a": inflection = .adjective
    case "m": inflection = .pattern
    default: throw fail("inflection \(columns[4]) is none of -, n, n:en, n:s, n:eren, v, a, m")
    }
    if inflection != .pattern, columns[0].contains(" ") { throw fail("several words need inflection m: \(columns[0])") }
    return LexiconEntry(
      lemma: columns[0], className: columns[1], categories: columns[2] == "-" ? "" : columns[2], strength: strength,
      inflection: inflection,
      extraForms: parts.joined(separator: ",").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
      counterExample: columns.count == 6 ? columns[5] : "", file: file, line: number)
  }

  private static func lines(_ url: URL) throws -> [(Int, String)] {
    let text: String
    do {
      text = try String(contentsOf: url, encoding: .utf8)
    } catch {
      throw LexiconError(
        file: url.path, line: 0, message: "cannot be read as UTF-8 text: \(error.localizedDescription)")
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { ($0.offset + 1, String($0.element)) }
      .filter { !$0.1.isEmpty && !$0.1.hasPrefix("#") }
  }
}
