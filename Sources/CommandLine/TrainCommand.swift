import ArgumentParser
import Corpus
import Foundation
import Weerbaar

/// `weerbaar train`: corpora in, model out.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "train", abstract: "Train a model from corpora alone.")

  @Option(
    help: ArgumentHelp(
      "Folder with messages/ and lexicon/, or a folder or file of labelled NDJSON or CSV; may be given several times. "
        + "corpora where none is named.", valueName: "dir"))
  var corpus: [String] = []

  @Option(help: "Folder with the lexicon; else that of the corpus, else that of the model that comes with the program.")
  var lexicon: String?

  @Option(help: "Where to write the model.")
  var output = "models/weerbaar-nl.model"

  @Option(help: "Threads; the result does not depend on it.")
  var jobs = 2

  @Option(help: "Name and version of the model.")
  var name = "weerbaar-nl-1"

  @Flag(help: "Cross-validate only; write no model.")
  var dryRun = false

  @Option(help: "Train on this share of the batches only, for a learning curve; with --dry-run.")
  var share = 1.0

  @Option(help: "Write the cross-validated predictions here, as NDJSON.")
  var predictions: String?

  @Option(help: ArgumentHelp("Feature families to leave out, by number.", visibility: .hidden))
  var without: UInt32 = 0

  @Option(help: ArgumentHelp("Settings for experiments: name=value,…", visibility: .hidden))
  var set: String = ""

  @OptionGroup var columns: LabelledColumns
  @OptionGroup var evaluation: EvaluationOutput

  func run() async throws {
    var plan = TrainingPlan(name: name, jobs: jobs)
    plan.families = FeatureFamilies(rawValue: FeatureFamilies.all.rawValue & ~without)
    guard share > 0, share <= 1, share == 1 || dryRun else {
      throw ValidationError("--share takes a number above 0 up to 1, and goes with --dry-run")
    }
    plan.share = share
    if dryRun { plan.featureLimit = 0 }
    for setting in set.split(separator: ",") {
      let parts = setting.split(separator: "=")
      guard parts.count == 2, let value = Float(parts[1]) else { throw ValidationError("bad setting \(setting)") }
      switch parts[0] {
      case "epochs": plan.options.epochs = Int(value)
      case "later": plan.options.laterEpochs = Int(value)
      case "cost": plan.options.cost = value
      case "rounds": plan.options.rounds = Int(value)
      case "ordinary": plan.ordinaryWeight = value
      case "whole": plan.options.wholeShare = value
      case "sharpness": plan.options.sharpness = value
      case "floor": plan.options.floor = value
      case "ratio": plan.options.largestRatio = value
      case "minimum": plan.options.minimumTexts = Int(value)
      case "smoothing": plan.options.smoothing = Double(value)
      case "intercept": plan.options.intercept[0] = value
      case "folds": plan.folds = Int(value)
      case "counterfactuals": plan.counterfactuals = Int(value)
      default: throw ValidationError("no setting \(parts[0])")
      }
    }
    let began = ContinuousClock.now
    let places = (corpus.isEmpty ? ["corpora"] : corpus).map { URL(filePath: $0) }
    let material = try TrainingMaterial(
      places, lexicon: lexicon.map { URL(filePath: $0) }, columns: columns.columns)
    let built = try ModelBuilder.build(material, plan: plan) { step in
      FileHandle.standardError.write(Data("\(ContinuousClock.now - began): \(step)\n".utf8))
    }
    FileHandle.standardError.write(Data("\(ContinuousClock.now - began): done\n".utf8))
    let report = evaluation.report(
      built.predictions, model: name, source: places.map(\.relativePath).joined(separator: ", "),
      threshold: built.parameters.threshold, method: built.split.method)
    try evaluation.write(report)
    if let predictions {
      var lines = Data()
      let one = JSONEncoder()
      one.outputFormatting = [.sortedKeys]
      for p in built.predictions {
        struct Row: Encodable {
          var id: String, text: String, kind: String, pair: String?, abusive: Bool, severity: Int, score: Double
          var predicted: Bool, predictedSeverity: Int, labels: [Weerbaar.Category], categories: [Double],
            register: String
        }
        lines += try one.encode(
          Row(
            id: p.message.id, text: p.message.text, kind: p.message.kind, pair: p.message.pair,
            abusive: p.message.abusive, severity: p.message.severity, score: p.score, predicted: p.abusive,
            predictedSeverity: p.severity, labels: p.message.categories, categories: p.categories,
            register: p.message.register))
        lines.append(10)
      }
      try lines.write(to: URL(filePath: predictions))
    }
    if !dryRun {
      let url = URL(filePath: output)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(built.file).write(to: url, options: .atomic)
      FileHandle.standardError.write(Data("\(output): \(built.file.count) bytes\n".utf8))
      let scorer = try Scorer(modelAt: url)
      let tests = places.map { $0.appending(path: "functional") }
        .filter { FileManager.default.fileExists(atPath: $0.path) }
      let functional = try tests.flatMap { try Evaluator.predict(CorpusReader.read($0), with: scorer) }
      let card = ModelCard.markdown(
        built, report: report, digest: scorer.model.digest, features: scorer.model.featureCount,
        statistics: CorpusStatistics(built.predictions.map(\.message)), functional: functional)
      try card.write(to: url.deletingPathExtension().appendingPathExtension("md"), atomically: true, encoding: .utf8)
    }
  }
}
