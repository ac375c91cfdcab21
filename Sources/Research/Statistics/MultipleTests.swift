/// Correction of p-values for the number of tests.
public enum MultipleTests {
  /// Holm's step-down correction (Holm 1979). Missing values stay missing and do not count. O(n log n).
  public static func holm(_ values: [Double?]) -> [Double?] {
    let order = values.indices.filter { values[$0] != nil }.sorted { (values[$0] ?? 1, $0) < (values[$1] ?? 1, $1) }
    var result = [Double?](repeating: nil, count: values.count)
    var highest = 0.0
    for (rank, index) in order.enumerated() {
      highest = max(highest, min(1, (values[index] ?? 1) * Double(order.count - rank)))
      result[index] = highest
    }
    return result
  }
}
