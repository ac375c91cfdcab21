import Weerbaar

/// Everything that an evaluation tells: figures with intervals, confusion, calibration, groups and the worst errors.
public struct EvaluationReport: Sendable, Codable, Equatable {
  /// How one category did.
  public struct CategoryRow: Sendable, Codable, Equatable {
    public var category: String
    public var counts: Metrics.Counts
    public var precision: Double
    public var recall: Double
    public var f1: Interval
  }

  /// Messages with scores in one bin of a tenth.
  public struct CalibrationBin: Sendable, Codable, Equatable {
    public var from: Double
    public var to: Double
    public var messages: Int
    /// Mean score and share that is abusive; 0 where there are none.
    public var meanScore: Double
    public var share: Double
  }

  /// What another threshold would give.
  public struct ThresholdRow: Sendable, Codable, Equatable {
    public var threshold: Double
    public var precision: Double
    public var recall: Double
    public var f1: Double
    public var falseAlarmRate: Double
  }

  /// How one group of messages did.
  public struct GroupRow: Sendable, Codable, Equatable {
    public var name: String
    public var counts: Metrics.Counts
    /// Share judged right, with the interval of Wilson.
    public var right: Interval
  }

  /// A message that was judged wrong.
  public struct ErrorRow: Sendable, Codable, Equatable {
    public var id: String
    public var kind: String
    public var abusive: Bool
    public var severity: Int
    public var score: Double
    public var text: String
  }

  /// Model, file and what was asked.
  public var model: String
  public var source: String
  public var threshold: Double
  public var draws: Int
  /// How the messages were judged: by a model at hand, or in cross-validation.
  public var method: Method
  public var figures: EvaluationFigures
  public var abstained: Int
  public var intervals: [String: Interval]
  public var confusion: Metrics.Counts
  /// Labelled severity by predicted severity, 0 to 4 each; empty where severity is not labelled.
  public var severityConfusion: [[Int]]
  public var categories: [CategoryRow]
  public var calibration: [CalibrationBin]
  public var thresholds: [ThresholdRow]
  public var groupedBy: String?
  public var groups: [GroupRow]
  /// Clean messages flagged, and abusive ones missed, the surest errors first.
  public var falseAlarms: [ErrorRow]
  public var misses: [ErrorRow]

  /// How the messages were judged.
  public enum Method: String, Sendable, Codable {
    case model, acrossWriters, acrossBatches, acrossBlocks
  }

  /// By what messages can be grouped.
  public enum Grouping: String, Sendable, CaseIterable {
    case kind, functionality, channel, register, topic, batch, writer, target, severity, category, length

    /// The groups that a message belongs to.
    public func names(_ message: LabelledMessage) -> [String] {
      switch self {
      case .kind: [message.functionality ?? message.kind]
      case .functionality: [message.functionality ?? ""]
      case .channel: [message.channel]
      case .register: [message.register]
      case .topic: [message.topic ?? ""]
      case .batch: [message.batch]
      case .writer: [message.writer]
      case .target: [message.unknown.contains(.target) ? "unknown" : message.target.rawValue]
      case .severity: [message.unknown.contains(.severity) ? "unknown" : "\(message.severity)"]
      case .category: message.categories.isEmpty ? ["none"] : message.categories.map(\.rawValue)
      case .length: [LengthClass(message.text).title]
      }
    }
  }

  /// Makes the report.
  ///
  /// - Parameters:
  ///   - errors: how many of the worst errors of each sort to show.
  ///   - draws: how many times the bootstrap draws.
  /// - Complexity: O(draws × n).
  public init(
    _ predictions: [Prediction], model: String, source: String, threshold: Double, method: Method = .model,
    grouping: Grouping? = nil, errors: Int = 10, draws: Int = 1000
  ) {
    self.model = model
    self.source = source
    self.threshold = threshold
    self.method = method
    self.draws = draws
    figures = EvaluationFigures(predictions)
    abstained = predictions.count(where: \.abstained)
    let (intervals, categoryIntervals) = Bootstrap.intervals(predictions, draws: draws)
    self.intervals = intervals
    confusion = Self.counts(predictions)
    let rated = predictions.filter { !$0.message.unknown.contains(.severity) }
    if rated.contains(where: \.message.abusive) {
      severityConfusion = [[Int]](repeating: [0, 0, 0, 0, 0], count: 5)
      for one in rated { severityConfusion[one.message.severity][one.severity] += 1 }
    } else {
      severityConfusion = []
    }
    let labelled = predictions.filter { !$0.message.unknown.contains(.categories) }
    categories = Category.allCases.compactMap { category in
      guard let f1 = categoryIntervals[category.rawValue] else { return nil }
      var counts = Metrics.Counts()
      for one in labelled {
        counts.add(
          predicted: one.categories[category.index] >= 0.5, actual: one.message.categories.contains(category))
      }
      return CategoryRow(
        category: category.rawValue, counts: counts, precision: counts.precision, recall: counts.recall, f1: f1)
    }
    calibration = Self.calibration(predictions)
    thresholds = stride(from: 5, through: 95, by: 5).map { hundredths in
      let threshold = Double(hundredths) / 100
      var counts = Metrics.Counts()
      for one in predictions { counts.add(predicted: one.score >= threshold, actual: one.message.abusive) }
      let clean = counts.falsePositive + counts.trueNegative
      return ThresholdRow(
        threshold: threshold, precision: counts.precision, recall: counts.recall, f1: counts.f1,
        falseAlarmRate: clean == 0 ? 0 : Double(counts.falsePositive) / Double(clean))
    }
    groupedBy = grouping?.rawValue
    var grouped: [String: [Prediction]] = [:]
    if let grouping {
      for one in predictions {
        for name in grouping.names(one.message) where !name.isEmpty { grouped[name, default: []].append(one) }
      }
    }
    groups = grouped.sorted { $0.key < $1.key }.map { name, members in
      let counts = Self.counts(members)
      return GroupRow(
        name: name, counts: counts,
        right: Bootstrap.wilson(counts.truePositive + counts.trueNegative, of: counts.total))
    }
    let wrong = predictions.filter { $0.abusive != $0.message.abusive }
    falseAlarms = wrong.filter(\.abusive).sorted { ($1.score, $0.message.id) < ($0.score, $1.message.id) }
      .prefix(errors).map(Self.errorRow)
    misses = wrong.filter { !$0.abusive }.sorted { ($0.score, $0.message.id) < ($1.score, $1.message.id) }
      .prefix(errors).map(Self.errorRow)
  }

  private static func counts(_ predictions: [Prediction]) -> Metrics.Counts {
    var counts = Metrics.Counts()
    for one in predictions { counts.add(predicted: one.abusive, actual: one.message.abusive) }
    return counts
  }

  private static func errorRow(_ one: Prediction) -> ErrorRow {
    ErrorRow(
      id: one.message.id, kind: one.message.functionality ?? one.message.kind, abusive: one.message.abusive,
      severity: one.message.severity, score: one.score, text: one.message.text)
  }

  private static func calibration(_ predictions: [Prediction]) -> [CalibrationBin] {
    var sums = [(score: Double, abusive: Double, count: Int)](repeating: (0, 0, 0), count: 10)
    for one in predictions {
      let bin = min(9, max(0, Int(one.score * 10)))
      sums[bin].score += one.score
      sums[bin].abusive += one.message.abusive ? 1 : 0
      sums[bin].count += 1
    }
    return sums.enumerated().map { index, sum in
      CalibrationBin(
        from: Double(index) / 10, to: Double(index + 1) / 10, messages: sum.count,
        meanScore: sum.count == 0 ? 0 : sum.score / Double(sum.count),
        share: sum.count == 0 ? 0 : sum.abusive / Double(sum.count))
    }
  }
}
