/// A stretch of the text that moved the decision.
public struct Evidence: Sendable, Equatable {
  public var category: Category
  /// Place in the text, in Unicode scalars, end exclusive.
  public var start: Int
  public var end: Int
  /// The text at that place, exactly.
  public var text: String
  /// How much it moved the category's log-odds.
  public var weight: Double

  public init(category: Category, start: Int, end: Int, text: String, weight: Double) {
    self.category = category
    self.start = start
    self.end = end
    self.text = text
    self.weight = weight
  }
}

/// The eight probabilities, one for each category.
public struct CategoryScores: Sendable, Equatable {
  private var values: SIMD8<Float>

  public init(_ values: SIMD8<Float> = .zero) { self.values = values }

  /// The calibrated probability of a category, 0 to 1.
  public subscript(category: Category) -> Double {
    get { Double(values[category.index]) }
    set { values[category.index] = Float(newValue) }
  }

  /// The category with the highest probability.
  public var highest: Category {
    var best = Category.insult
    for category in Category.allCases where self[category] > self[best] { best = category }
    return best
  }
}

/// What the classifier says of one message.
public struct Assessment: Sendable, Equatable {
  /// Whether the message is abusive: the score is at or above the threshold.
  public var abusive: Bool
  /// Calibrated probability of abuse; nil where the classifier abstained.
  public var score: Double?
  /// 0 (not abusive) to 4 (concrete or imminent).
  public var severity: Int
  public var level: Level
  public var categories: CategoryScores
  public var target: Target
  /// BCP 47; "und" where it cannot be told.
  public var language: String
  /// Strongest first, at most eight.
  public var evidence: [Evidence]
  /// Name, version and hash of the model.
  public var model: String

  /// Whether the classifier abstained because the text is not Dutch.
  public var abstained: Bool { score == nil }

  public init(
    abusive: Bool, score: Double?, severity: Int, level: Level, categories: CategoryScores, target: Target,
    language: String, evidence: [Evidence], model: String
  ) {
    self.abusive = abusive
    self.score = score
    self.severity = severity
    self.level = level
    self.categories = categories
    self.target = target
    self.language = language
    self.evidence = evidence
    self.model = model
  }
}
