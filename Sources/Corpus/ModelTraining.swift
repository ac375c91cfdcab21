import AbuseLexicon
import Foundation
public import NaiveBayes
import Synchronization
public import Weerbaar

/// Everything that decides what a model becomes.
public struct TrainingPlan: Sendable {
  public var options: TrainingOptions
  public var families: FeatureFamilies
  /// Most features kept in the model file.
  public var featureLimit: Int
  /// Number of folds of the cross-validation that calibrates.
  public var folds: Int
  /// Name and version of the model.
  public var name: String
  /// How much everyday text counts against messages: an alarm in a newspaper costs trust.
  public var ordinaryWeight: Float = 2
  /// Copies of each message with another name, origin, religion and so on (see ``Counterfactuals``), and what each counts.
  public var counterfactuals = 2
  public var counterfactualWeight: Float = 0.5
  /// How much macro-F1 the threshold may give up for recall.
  public var thresholdLoss = 0.004
  /// Share of the batches that is trained on, for a learning curve; the test is always on every writer's messages.
  public var share = 1.0
  /// Threads used; the result does not depend on it.
  public var jobs: Int

  public init(
    options: TrainingOptions = .standard, families: FeatureFamilies = .all, featureLimit: Int = 480_000, folds: Int = 3,
    name: String = "weerbaar-nl-1", jobs: Int = 2
  ) {
    self.options = options
    self.families = families
    self.featureLimit = featureLimit
    self.folds = folds
    self.name = name
    self.jobs = jobs
  }
}

extension TrainingOptions {
  /// The options of the model that comes with the program; docs/model.md says how they were found.
  public static var standard: TrainingOptions {
    TrainingOptions()
  }
}

/// Trains models and measures them across writers.
public enum ModelTraining {
  /// What is never in training and test at once.
  public enum Split: Sendable {
    case writers, batches, blocks

    /// The strictest split that gives at least `folds` groups: by writer, by batch, or by blocks of messages that stand
    /// together, pairs kept whole.
    public static func strictest(for messages: [LabelledMessage], folds: Int) -> Split {
      if Set(messages.map(\.writer)).count >= folds { return .writers }
      return Set(messages.map(\.batch)).count >= folds ? .batches : .blocks
    }

    /// How an evaluation names it.
    public var method: EvaluationReport.Method {
      switch self {
      case .writers: .acrossWriters
      case .batches: .acrossBatches
      case .blocks: .acrossBlocks
      }
    }

    /// The group of each message.
    func groups(_ messages: [LabelledMessage]) -> [Int] {
      var numbers: [String: Int] = [:]
      func number(_ name: String) -> Int {
        if let known = numbers[name] { return known }
        defer { numbers[name] = numbers.count }
        return numbers.count
      }
      switch self {
      case .writers: return messages.map { number($0.writer) }
      case .batches: return messages.map { number($0.batch) }
      case .blocks:
        var blockOfPair: [String: Int] = [:]
        return messages.indices.map { index in
          let block = index * 10 / messages.count
          guard let pair = messages[index].pair else { return block }
          if let known = blockOfPair[pair] { return known }
          blockOfPair[pair] = block
          return block
        }
      }
    }
  }

  /// The features of messages, in order, with the group and the weight of each. O(total length), on `jobs` threads.
  static func bags(
    _ messages: [LabelledMessage], questions: Questions, lexicon: Lexicon, families: FeatureFamilies, jobs: Int,
    groups: [Int], weights: [Float]
  ) throws -> [Bag] {
    let count = max(1, jobs)
    let found = Mutex<[Int: [Bag]]>([:])
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: count) { job in
      do {
        let collector = try FeatureCollector(lexicon: lexicon, families: families)
        let share = (messages.count * job / count)..<(messages.count * (job + 1) / count)
        var bags: [Bag] = []
        bags.reserveCapacity(share.count)
        for index in share {
          let message = messages[index]
          let features = collector.features(message.text)
          bags.append(
            Bag(
              parts: features.parts, whole: features.whole, answers: questions.answers(message),
              asked: questions.asked(message),
              weight: weights[index], group: groups[index]))
        }
        found.withLock { $0[job] = bags }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return found.withLock { parts in (0..<count).flatMap { parts[$0] ?? [] } }
  }

  /// Raw scores of every text by a model trained without its group, and a model trained on all texts.
  ///
  /// Groups (see ``Split``) are dealt over the folds in order of their size, so that folds are about as large as each other.
  ///
  /// - Parameter final: whether the model trained on everything is wanted.
  /// - Returns: scores and fold of each text, and that model.
  public static func crossValidate(
    _ set: TrainingSet, folds: Int, options: TrainingOptions, jobs: Int, final: Bool
  ) -> (scores: [Lanes], folds: [Int], model: LinearModel?) {
    var sizes: [Int: Int] = [:]
    for group in set.groups { sizes[group, default: 0] += 1 }
    var foldOf: [Int: Int] = [:]
    var load = [Int](repeating: 0, count: folds)
    for (group, size) in sizes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      let fold = load.indices.min { (load[$0], $0) < (load[$1], $1) } ?? 0
      foldOf[group] = fold
      load[fold] += size
    }
    let assignment = set.groups.map { foldOf[$0] ?? 0 }
    let (scores, model) = acrossFolds(
      assignment, count: folds, final: final, scores: [Lanes](repeating: .zero, count: set.count), jobs: jobs
    ) { chosen in
      Trainer.train(set, chosen: chosen.filter(set.counts), options: options)
    } score: { model, text in
      model.score(text, of: set)
    }
    return (scores, assignment, model)
  }

  /// Scores every text by a model trained without its fold, and trains a model on all folds where it is wanted. All trainings
  /// stand in one queue, the longest first, so that no thread waits.
  /// - Parameters:
  ///   - scores: what stands where `train` gives no model.
  ///   - train: a model from texts by their numbers.
  private static func acrossFolds<Trained: Sendable>(
    _ folds: [Int], count: Int, final: Bool, scores: [Lanes], jobs: Int,
    train: @Sendable ([Int]) -> Trained?, score: @Sendable (Trained, Int) -> Lanes
  ) -> (scores: [Lanes], model: Trained?) {
    let found = Mutex((scores: scores, model: Trained?.none))
    // Job -1 is the training on everything.
    let next = Mutex(final ? -1 : 0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, count + 1))) { _ in
      while true {
        let fold = next.withLock { value in
          defer { value += 1 }
          return value
        }
        guard fold < count else { return }
        guard let model = train(folds.indices.filter { folds[$0] != fold }) else { continue }
        if fold < 0 {
          found.withLock { $0.model = model }
          continue
        }
        let results = folds.indices.filter { folds[$0] == fold }.map { ($0, score(model, $0)) }
        found.withLock { found in for (index, score) in results { found.scores[index] = score } }
      }
    }
    return found.withLock { $0 }
  }

  /// With fewer messages than this, scores stand as they are: a network would learn them by heart.
  static let fewestToStack = 4000

  /// Log-odds of every message by a network fitted without its fold, and a network fitted on all messages.
  public static func stack(
    _ messages: [LabelledMessage], scores: [Lanes], weights: [Float], folds: [Int], jobs: Int
  ) -> (logOdds: [Lanes], network: StackingNetwork?) {
    let answers = messages.map(Questions.assessment.answers)
    let asked = messages.map(Questions.assessment.asked)
    let (logOdds, network) = acrossFolds(folds, count: (folds.max() ?? 0) + 1, final: true, scores: scores, jobs: jobs)
    { chosen in
      chosen.isEmpty
        ? nil
        : StackingNetwork.fit(scores: scores, answers: answers, asked: asked, weights: weights, chosen: chosen)
    } score: { network, index in
      network.logOdds(scores[index])
    }
    return (logOdds, network)
  }

  /// Calibrations and thresholds from scores that the models were not trained on.
  public static func parameters(
    _ messages: [LabelledMessage], scores: [Lanes], plan: TrainingPlan
  ) -> ModelParameters {
    var slopes = [Double](repeating: 1, count: 16)
    var offsets = [Double](repeating: 0, count: 16)
    for lane in 0..<Lane.count {
      let asked = messages.indices.filter { Questions.assessment.asked(messages[$0]) >> UInt16(lane) & 1 == 1 }
      let fit = PlattCalibration.fit(
        scores: asked.map { Double(scores[$0][lane]) },
        answers: asked.map { Questions.assessment.answers(messages[$0]) >> UInt16(lane) & 1 == 1 })
      slopes[lane] = fit.slope
      offsets[lane] = fit.offset
    }
    func probability(_ index: Int, _ lane: Int) -> Double {
      Double(DeterministicMath.sigmoid(Float(Double(scores[index][lane]) * slopes[lane] + offsets[lane])))
    }
    let abuse = messages.indices.map { probability($0, Lane.abusive) }
    let threshold = Metrics.watchfulThreshold(abuse, messages.map(\.abusive), loss: plan.thresholdLoss)
    let flagged = messages.indices.filter { abuse[$0] >= threshold }
    // The best threshold of a category is sought among flagged messages: on others it does not count.
    let categoryShifts = Category.allCases.map { category in
      let best = Metrics.bestThreshold(
        flagged.map { probability($0, Lane.firstCategory + category.index) },
        flagged.map { messages[$0].categories.contains(category) }
      ) { $0.f1 }
      let bounded = min(max(best, 0.05), 0.8)
      return DeterministicMath.log(bounded / (1 - bounded))
    }
    var severityThresholds: [Double] = []
    for step in 0..<3 {
      severityThresholds.append(
        Metrics.bestThreshold(
          flagged.map { probability($0, Lane.firstSeverity + step) }, flagged.map { messages[$0].severity >= step + 2 }
        ) { Metrics.Counts.macroF1($0) })
    }
    return ModelParameters(
      name: plan.name, slopes: slopes, offsets: offsets, threshold: threshold, categoryShifts: categoryShifts,
      severityThresholds: severityThresholds, families: plan.families.rawValue,
      corpus: ["messages": "\(messages.count)", "abusive": "\(messages.count { $0.abusive })"])
  }

  /// What a model with these parameters says of messages with these raw scores.
  public static func predictions(
    _ messages: [LabelledMessage], scores: [Lanes], parameters: ModelParameters
  ) -> [Prediction] {
    messages.indices.map { index in
      let decision = parameters.decide(scores[index], threshold: parameters.threshold)
      return Prediction(
        message: messages[index], score: decision.score, abusive: decision.abusive, severity: decision.severity,
        categories: Category.allCases.map { decision.categories[$0] }, target: decision.target, abstained: false)
    }
  }
}
