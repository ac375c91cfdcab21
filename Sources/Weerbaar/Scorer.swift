public import DutchText
public import Foundation
import Synchronization

/// Text in, assessment out. No input or output, no state that shows; may be used from several threads at once.
///
/// ```swift
/// import Weerbaar
/// let scorer = try Scorer()
/// print(try scorer.assess("Beste wethouder, dank voor uw snelle antwoord.").abusive)
/// ```
public final class Scorer: Sendable {
  /// The model in use.
  public let model: Model
  public let policy: EscalationPolicy
  /// The threshold in use.
  public let threshold: Double
  private let shared = Mutex<ScoringWorker?>(nil)

  /// Opens the model that comes with the program.
  public convenience init() throws { self.init(model: try Model.standard()) }

  /// Opens a model file.
  public convenience init(modelAt url: URL) throws { self.init(model: try Model(contentsOf: url)) }

  /// - Parameters:
  ///   - threshold: the probability from which on a message is abusive; the model's own where nil.
  public init(model: Model, policy: EscalationPolicy = .standard, threshold: Double? = nil) {
    self.model = model
    self.policy = policy
    self.threshold = threshold ?? model.parameters.threshold
  }

  /// Assesses one text. O(length). Calls from several threads wait for each other; give each thread a worker of its own
  /// with ``makeWorker()`` where that matters.
  public func assess(_ text: String) throws -> Assessment {
    try shared.withLock { worker in
      if let worker { return worker.assess(text) }
      let made = try ScoringWorker(model: model, policy: policy, threshold: threshold)
      worker = made
      return made.assess(text)
    }
  }

  /// A worker with buffers of its own, for a loop over many texts on one thread.
  public func makeWorker() throws(ICUError) -> ScoringWorker {
    try ScoringWorker(model: model, policy: policy, threshold: threshold)
  }
}
