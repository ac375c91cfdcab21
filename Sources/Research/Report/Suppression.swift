/// Withholding small cells, so that nobody can be told from a table.
public enum Suppression {
  /// Places to withhold in a list whose sum is shown: all counts from 1 below the minimum, and, where one withheld count
  /// could be told from the sum and the others, the next smallest too (complementary suppression). O(n).
  public static func withheld(_ counts: [Int], minimum: Int) -> Set<Int> {
    var hidden = Set(counts.indices.filter { counts[$0] > 0 && counts[$0] < minimum })
    // What is hidden must be at least two cells, and at least the minimum together.
    while !hidden.isEmpty, hidden.count == 1 || hidden.reduce(0, { $0 + counts[$1] }) < minimum {
      guard
        let next = counts.indices.filter({ !hidden.contains($0) && counts[$0] > 0 }).min(by: {
          (counts[$0], $0) < (counts[$1], $1)
        })
      else { break }
      hidden.insert(next)
    }
    return hidden
  }
}
