/// The kinds of abuse. The raw value is the name in messages and files.
public enum Category: String, CaseIterable, Sendable, Codable {
  case insult, sexism, sexual, discrimination, threat, intimidation, incitement, doxing

  /// The letter in lexicon files.
  public var letter: Character {
    switch self {
    case .insult: "i"
    case .sexism: "x"
    case .sexual: "s"
    case .discrimination: "d"
    case .threat: "t"
    case .intimidation: "m"
    case .incitement: "c"
    case .doxing: "p"
    }
  }

  /// Place in the order of ``allCases``, from 0.
  public var index: Int {
    switch self {
    case .insult: 0
    case .sexism: 1
    case .sexual: 2
    case .discrimination: 3
    case .threat: 4
    case .intimidation: 5
    case .incitement: 6
    case .doxing: 7
    }
  }

  /// The name that Dutch readers see.
  public var dutchName: String {
    switch self {
    case .insult: "belediging"
    case .sexism: "seksisme"
    case .sexual: "seksueel"
    case .discrimination: "discriminatie"
    case .threat: "bedreiging"
    case .intimidation: "intimidatie"
    case .incitement: "opruiing"
    case .doxing: "privégegevens"
    }
  }
}

/// At whom abuse is aimed.
public enum Target: String, CaseIterable, Sendable, Codable {
  case recipient, person, group, none
}

/// How far a message should go up: what an office does with it.
public enum Level: Int, CaseIterable, Sendable, Comparable, Codable {
  case none, log, report, police, urgent

  /// The name in messages and options.
  public var name: String {
    switch self {
    case .none: "none"
    case .log: "log"
    case .report: "report"
    case .police: "police"
    case .urgent: "urgent"
    }
  }

  /// The level with a name, or nil.
  public init?(name: String) {
    guard let found = Level.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The name that Dutch readers see.
  public var dutchName: String {
    switch self {
    case .none: "geen"
    case .log: "noteren"
    case .report: "melden"
    case .police: "aangifte overwegen"
    case .urgent: "spoed"
    }
  }

  public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let found = Level(name: text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "level \(text) is none of \(Level.allCases.map(\.name).joined(separator: ", "))")
    }
    self = found
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
