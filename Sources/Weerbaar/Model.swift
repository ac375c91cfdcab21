package import AbuseLexicon
public import Foundation
package import NaiveBayes

/// The fourteen questions that the model answers, by lane.
public enum Lane {
  public static let abusive = 0
  /// Categories follow in their order.
  public static let firstCategory = 1
  /// Severity at least 2, 3, 4.
  public static let firstSeverity = 9
  /// Target another person, a group; the recipient where neither.
  public static let firstTarget = 12
  /// Number of lanes in use.
  public static let count = 14
}

/// What a model knows besides its weights.
public struct ModelParameters: Sendable, Codable, Equatable {
  /// Name and version.
  public var name: String
  /// Slope and offset of the calibration of each lane's log-odds.
  public var slopes: [Double]
  public var offsets: [Double]
  /// From this probability on, a message is abusive.
  public var threshold: Double
  /// What is taken off the log-odds of each category, so that the threshold with the best F1 lies at 0.5.
  public var categoryShifts: [Double]
  /// From these probabilities on, an abusive message has severity 2, 3, 4.
  public var severityThresholds: [Double]
  /// Feature families in use.
  public var families: UInt32
  /// What the model was trained on, for the record.
  public var corpus: [String: String]

  public init(
    name: String, slopes: [Double], offsets: [Double], threshold: Double, categoryShifts: [Double],
    severityThresholds: [Double],
    families: UInt32, corpus: [String: String]
  ) {
    self.name = name
    self.slopes = slopes
    self.offsets = offsets
    self.threshold = threshold
    self.categoryShifts = categoryShifts
    self.severityThresholds = severityThresholds
    self.families = families
    self.corpus = corpus
  }
}

/// A trained model: lexicon, weights, calibration. Opened from one file.
public struct Model: Sendable {
  package let lexicon: Lexicon
  let weights: WeightTable
  /// Nil where the model was trained on too few messages to fit one.
  let network: StackingNetwork?
  public let parameters: ModelParameters
  /// Name, version and the first eight digits of ``digest``.
  public let identifier: String
  /// SHA-256 of the file.
  public let digest: String
  /// Size of the file in bytes.
  public let size: Int

  /// Opens a model file and checks it.
  public init(contentsOf url: URL) throws {
    let file = try ModelFile(contentsOf: url)
    do {
      lexicon = try Lexicon(decoding: file.section("lexicon"), owner: file.storage)
    } catch is ByteReader.Truncated {
      throw ModelError(
        file: url.path, message: "the lexicon in the model is cut short; make the model again with weerbaar train")
    }
    weights = try file.weights("weights")
    let layers = try file.section("network")
    network = StackingNetwork(decoding: layers)
    if network == nil, !layers.isEmpty {
      throw ModelError(
        file: url.path, message: "the network in the model cannot be read; make the model again with weerbaar train")
    }
    do {
      parameters = try JSONDecoder().decode(ModelParameters.self, from: Data(file.section("parameters")))
    } catch let error as ModelError {
      throw error
    } catch {
      throw ModelError(
        file: url.path,
        message: "the parameters in the model cannot be read (\(error)); make the model again with weerbaar train")
    }
    guard parameters.slopes.count == 16, parameters.offsets.count == 16, parameters.severityThresholds.count == 3,
      parameters.categoryShifts.count == 8
    else {
      throw ModelError(
        file: url.path, message: "the parameters in the model are incomplete; make the model again with weerbaar train")
    }
    digest = file.digest
    size = file.storage.count
    identifier = parameters.name + "+" + file.digest.prefix(8)
  }

  /// Number of features with weights.
  public var featureCount: Int { weights.count }
  /// Number of word forms and of multiword patterns in the lexicon.
  public var lexiconForms: Int { lexicon.formCount }
  public var lexiconPatterns: Int { lexicon.patternCount }

  /// Packs a model file.
  package static func encode(
    lexicon: Lexicon, model: LinearModel, network: StackingNetwork?, parameters: ModelParameters, featureLimit: Int
  ) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return ModelFile.encode([
      ("lexicon", lexicon.encode()),
      ("network", network?.encode() ?? []),
      ("parameters", Array(try encoder.encode(parameters))),
      ("weights", WeightTable.encode(model, limit: featureLimit)),
    ])
  }

  /// The places where a model is looked for, in order: `$WEERBAAR_MODEL`, beside the program as installed, in the
  /// checkout that the program was built in, and in the working directory.
  public static func searchPaths() -> [URL] {
    var paths: [URL] = []
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["WEERBAAR_MODEL"], !named.isEmpty { return [URL(filePath: named)] }
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments.first ?? ""
    var folder = URL(filePath: program).deletingLastPathComponent()
    paths.append(folder.deletingLastPathComponent().appending(path: "share/weerbaar/weerbaar-nl.model"))
    for _ in 0..<6 {
      paths.append(folder.appending(path: "models/weerbaar-nl.model"))
      folder = folder.deletingLastPathComponent()
    }
    paths.append(URL(filePath: FileManager.default.currentDirectoryPath).appending(path: "models/weerbaar-nl.model"))
    return paths
  }

  /// Opens the model that comes with the program.
  public static func standard() throws -> Model {
    let paths = searchPaths()
    guard let found = paths.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw ModelError(
        file: paths.first?.path ?? "models/weerbaar-nl.model",
        message: "no model found; name one with --model or WEERBAAR_MODEL, or make one with weerbaar train")
    }
    return try Model(contentsOf: found)
  }
}
