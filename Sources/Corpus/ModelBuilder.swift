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
  /// What was never in training and test at once.
  public var split: ModelTraining.Split
  /// What the linear models answer, and whether a network joins them.
  var questions = Questions.assessment
  var isJoined = false
}

/// What a model is trained on.
public struct TrainingMaterial: Sendable {
  /// The messages, in order of folders, files and lines.
  public var messages: [LabelledMessage]
  let lexicon: Lexicon
  let counterfactuals: Counterfactuals?
  let kinds: KindGroups?

  /// Reads one or more folders or files of labelled messages.
  ///
  /// A folder may have `messages/`, `lexicon/`, `bias/` and `kinds.tsv` in it, as `corpora/` has, or hold NDJSON and CSV
  /// files itself. The lexicon is compiled from `lexicon`, else from the first folder that has one, else taken from the model
  /// that comes with the program.
  public init(_ places: [URL], lexicon: URL? = nil, columns: LabelledTable.Columns = .init()) throws {
    messages = []
    var found = lexicon
    var identifiers: Set<String> = []
    for (number, place) in places.enumerated() {
      let inside = place.appending(path: "messages")
      var read = try CorpusReader.read(Self.isFolder(inside) ? inside : place, columns: columns)
      for index in read.indices where !identifiers.insert(read[index].id).inserted {
        read[index].id = "\(number + 1)/\(read[index].id)"
      }
      messages += read
      let beside = place.appending(path: "lexicon")
      if found == nil, Self.isFolder(beside) { found = beside }
    }
    counterfactuals = try places.compactMap { try Counterfactuals($0) }.first
    kinds = try places.compactMap { try KindGroups($0) }.first
    self.lexicon = try found.map(LexiconCompiler.compile(directory:)) ?? Model.standard().lexicon
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}

/// Makes a model from corpora and lexicon alone.
public enum ModelBuilder {
  /// Cross-validates across writers (or what comes nearest to them), calibrates, and trains on everything.
  /// The same files and plan give the same bytes on every machine.
  ///
  /// - Parameter progress: told what is being done, for a person who waits.
  public static func build(
    _ material: TrainingMaterial, plan: TrainingPlan, progress: (String) -> Void = { _ in }
  ) throws -> BuiltModel {
    let lexicon = material.lexicon
    let messages = material.messages
    for message in messages {
      if let wrong = message.contradiction {
        throw CorpusError(file: message.batch, line: 0, message: "\(message.id): \(wrong); correct the labels")
      }
    }
    progress("\(messages.count) messages, \(lexicon.formCount) word forms, \(lexicon.patternCount) patterns")
    guard messages.contains(where: \.abusive), messages.contains(where: { !$0.abusive }) else {
      throw CorpusError(
        file: messages.first?.batch ?? "corpus", line: 0,
        message: "there are no abusive messages, or no clean ones; a model needs both to learn the difference")
    }
    let split = ModelTraining.Split.strictest(for: messages, folds: plan.folds)
    let chosen = share(of: messages, plan.share)
    var everything = messages
    var groups = split.groups(messages)
    var weights = messages.map { message -> Float in
      guard chosen.contains(message.batch) else { return 0 }
      return !message.abusive && EvaluationFigures.ordinaryKinds.contains(message.kind) ? plan.ordinaryWeight : 1
    }
    if let counterfactuals = material.counterfactuals {
      for index in messages.indices where weights[index] > 0 {
        for copy in counterfactuals.copies(of: messages[index], copies: plan.counterfactuals, seed: UInt64(index)) {
          everything.append(copy)
          groups.append(groups[index])
          weights.append(weights[index] * plan.counterfactualWeight)
        }
      }
      progress("\(everything.count - messages.count) copies with another name, origin, religion or party")
    }
    let isJoined = messages.count >= ModelTraining.fewestToStack
    let questions = isJoined ? material.kinds.map(Questions.scores) ?? .assessment : .assessment
    let set = TrainingSet(
      try ModelTraining.bags(
        everything, questions: questions, lexicon: lexicon,
        families: plan.families, jobs: plan.jobs, groups: groups, weights: weights),
      minimum: plan.options.minimumTexts)
    progress("training in \(plan.folds) folds, by \(split), and on everything")
    let trained = ModelTraining.crossValidate(
      set, folds: plan.folds, options: plan.options, jobs: plan.jobs, final: plan.featureLimit > 0)
    var (logOdds, network) = (trained.scores, StackingNetwork?.none)
    if isJoined {
      progress("joining the scores")
      (logOdds, network) = ModelTraining.stack(
        everything, scores: trained.scores,
        weights: zip(everything, weights).map { $1 * (material.kinds?.weight(of: $0) ?? 1) }, folds: trained.folds,
        jobs: plan.jobs)
    }
    // Only the messages themselves are judged, not their copies.
    let scores = Array(logOdds.prefix(messages.count))
    let parameters = ModelTraining.parameters(messages, scores: scores, plan: plan)
    let predictions = ModelTraining.predictions(messages, scores: scores, parameters: parameters)
    let figures = EvaluationFigures(predictions)
    guard let model = trained.model else {
      return BuiltModel(file: [], parameters: parameters, predictions: predictions, figures: figures, split: split)
    }
    progress("packing")
    let file = try Model.encode(
      lexicon: lexicon, model: model, network: network, parameters: parameters, featureLimit: plan.featureLimit)
    return BuiltModel(
      file: file, parameters: parameters, predictions: predictions, figures: figures, split: split,
      questions: questions, isJoined: network != nil)
  }

  /// A share of the batches, drawn with a fixed seed: the smaller share is part of the larger.
  private static func share(of messages: [LabelledMessage], _ share: Double) -> Set<String> {
    var batches = Set(messages.map(\.batch)).sorted()
    guard share < 1 else { return Set(batches) }
    var random = SplitMix64(seed: 7)
    random.shuffle(&batches)
    return Set(batches.prefix(max(1, Int((Double(batches.count) * share).rounded()))))
  }
}
