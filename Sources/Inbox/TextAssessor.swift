public import Weerbaar

/// Assesses texts one after another. Each thread has one of its own.
public protocol TextAssessor {
  func assess(_ text: String) -> Assessment
}

extension ScoringWorker: TextAssessor {}
