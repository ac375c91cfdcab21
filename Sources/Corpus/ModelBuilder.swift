import AbuseLexicon
public import Foundation
import NaiveBayes
public import Weerbaar

/// What training gave: the model file and how it did on writers that it had not seen.
public struct BuiltModel: Sendable {
  /// The bytes of the model file.
  public var file: [UInt8]
  public var parameters: ModelParameters
  /// Predictions by models that were trained without the message's writer.
  public var predictions: [Prediction]
  /// Figures over those predictions.
  public var figures: EvaluationFigures
}

/// Makes a model from corpora and lexicon alone.
public enum ModelBuilder {
  /// Reads `messages/` and `lexicon/` of a folder, cross-validates across writers, calibrates, and trains on everything.
  /// The same files and plan give the same bytes on every machine.
  ///
  /// - Parameter progress: told what is being done, for a person who waits.
  public static func build(
    corpora: URL, plan: TrainingPlan, progress: (String) -> Void = { _ in }
  ) throws -> BuiltModel {
    let lexicon = try LexiconCompiler.compile(directory: corpora.appending(path: "lexicon"))
    let messages = try CorpusReader.read(corpora.appending(path: "messages"))
    for message in messages {
      if let wrong = message.contradiction {
        throw CorpusError(file: message.batch, line: 0, message: "\(message.id): \(wrong); correct the labels")
      }
    }
    progress("\(messages.count) messages, \(lexicon.formCount) word forms, \(lexicon.patternCount) patterns")
    let chosen = share(of: messages, plan.share)
    let bags = try ModelTraining.bags(messages, lexicon: lexicon, families: plan.families, jobs: plan.jobs) {
      !chosen.contains($0.batch)
        ? 0 : !$0.abusive && EvaluationFigures.ordinaryKinds.contains($0.kind) ? plan.ordinaryWeight : 1
    }
    progress("cross-validating in \(plan.folds) folds")
    let scores = ModelTraining.crossValidate(bags, folds: plan.folds, options: plan.options, jobs: plan.jobs)
    let parameters = ModelTraining.parameters(messages, scores: scores, plan: plan)
    let predictions = ModelTraining.predictions(messages, scores: scores, parameters: parameters)
    let figures = EvaluationFigures(predictions)
    guard plan.featureLimit > 0 else {
      return BuiltModel(file: [], parameters: parameters, predictions: predictions, figures: figures)
    }
    progress("training on everything")
    let model = Trainer.train(
      bags, chosen: bags.indices.filter { bags[$0].weight > 0 }, options: plan.options)
    progress("packing")
    let file = try Model.encode(
      lexicon: lexicon, model: model, parameters: parameters, featureLimit: plan.featureLimit)
    return BuiltModel(file: file, parameters: parameters, predictions: predictions, figures: figures)
  }

  /// A share of the batches, drawn with a fixed seed: the smaller share is part of the larger.
  private static func share(of messages: [LabelledMessage], _ share: Double) -> Set<String> {
    var batches = Set(messages.map(\.batch)).sorted()
    guard share < 1 else { return Set(batches) }
    var random = SplitMix64(seed: 7)
    random.shuffle(&batches)
    return Set(batches.prefix(max(1, Int((Double(batches.count) * share).rounded()))))
  }

  /// Writes the features of every message as 64-bit words: number of rows, then for each row its length and hashes.
  public static func dump(corpora: URL, families: FeatureFamilies, to url: URL) throws {
    let lexicon = try LexiconCompiler.compile(directory: corpora.appending(path: "lexicon"))
    let messages = try CorpusReader.read(corpora.appending(path: "messages"))
    let bags = try ModelTraining.bags(messages, lexicon: lexicon, families: families, jobs: 2)
    var words: [UInt64] = []
    for bag in bags {
      words.append(UInt64(bag.parts.count + 1))
      for row in bag.parts + [bag.whole] {
        words.append(UInt64(row.count))
        words += row
      }
    }
    try words.withUnsafeBytes { Data($0) }.write(to: url)
  }
}
