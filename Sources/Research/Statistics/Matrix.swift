internal import CLAPACK

/// A matrix in column order, for LAPACK.
public struct Matrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  public var values: [Double]

  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    values = [Double](repeating: 0, count: rows * columns)
  }

  /// A matrix from its columns, which all have the same length.
  public init(columns list: [[Double]]) {
    rows = list.first?.count ?? 0
    columns = list.count
    values = list.flatMap { $0 }
  }

  public subscript(row: Int, column: Int) -> Double {
    get { values[column * rows + row] }
    set { values[column * rows + row] = newValue }
  }

  /// Version of LAPACK, such as "3.11.0".
  public static var lapackVersion: String {
    var major: Int32 = 0
    var minor: Int32 = 0
    var patch: Int32 = 0
    LAPACKE_ilaver(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }

  /// These columns only.
  func keeping(_ kept: [Int]) -> Matrix {
    var result = Matrix(rows: rows, columns: kept.count)
    for (place, column) in kept.enumerated() {
      result.values.replaceSubrange(
        place * rows..<(place + 1) * rows, with: values[column * rows..<(column + 1) * rows])
    }
    return result
  }

  func multiply(_ vector: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: rows)
    for column in 0..<columns {
      let factor = vector[column]
      if factor == 0 { continue }
      for row in 0..<rows { result[row] += values[column * rows + row] * factor }
    }
    return result
  }

  /// A · B · Aᵀ for a symmetric B.
  func sandwich(_ meat: Matrix) -> Matrix {
    var half = Matrix(rows: rows, columns: meat.columns)
    for i in 0..<rows {
      for j in 0..<meat.columns { half[i, j] = (0..<columns).reduce(0) { $0 + self[i, $1] * meat[$1, j] } }
    }
    var result = Matrix(rows: rows, columns: rows)
    for i in 0..<rows {
      for j in 0..<rows { result[i, j] = (0..<columns).reduce(0) { $0 + half[i, $1] * self[j, $1] } }
    }
    return result
  }

  /// Columns that are, to 1e-9 of their length, linear combinations of columns before them. O(rows · columns²) each.
  func dependentColumns() -> [Int] {
    var kept = Array(0..<columns)
    var dropped: [Int] = []
    while !kept.isEmpty {
      let part = keeping(kept)
      let r = part.triangle()
      let norms = (0..<part.columns).map { column in
        (0..<rows).reduce(0) { $0 + part[$1, column] * part[$1, column] }.squareRoot()
      }
      guard
        let found = kept.indices.first(where: {
          norms[$0] == 0 || $0 >= min(rows, part.columns) || abs(r[$0, $0]) < 1e-9 * norms[$0]
        })
      else { break }
      dropped.append(kept.remove(at: found))
    }
    return dropped.sorted()
  }

  /// R of the QR decomposition.
  func triangle() -> Matrix {
    var work = values
    let small = min(rows, columns)
    var tau = [Double](repeating: 0, count: max(1, small))
    let lead = Int32(max(1, rows))
    _ = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, Int32(rows), Int32(columns), &work, lead, &tau)
    var r = Matrix(rows: columns, columns: columns)
    for column in 0..<columns {
      for row in 0...column where row < rows { r[row, column] = work[column * rows + row] }
    }
    return r
  }

  /// (XᵀX)⁻¹ by way of the QR decomposition; nil where X has not full rank.
  func inverseOfCrossProduct() -> Matrix? {
    var r = triangle()
    let size = Int32(columns)
    guard LAPACKE_dpotri(LAPACK_COL_MAJOR, 0x55, size, &r.values, size) == 0 else { return nil }
    for column in 0..<columns {
      for row in 0..<column { r[column, row] = r[row, column] }
    }
    return r.values.allSatisfy(\.isFinite) ? r : nil
  }

  /// The vector b with least |y − Xb|², X of full rank; nil where LAPACK finds none.
  func leastSquares(_ y: [Double]) -> [Double]? {
    var work = values
    var right = y
    let lead = Int32(max(1, rows))
    guard
      LAPACKE_dgels(LAPACK_COL_MAJOR, 0x4E, Int32(rows), Int32(columns), 1, &work, lead, &right, lead) == 0
    else { return nil }
    let found = Array(right[0..<columns])
    return found.allSatisfy(\.isFinite) ? found : nil
  }

  /// A⁻¹B for a square A; nil where A is singular.
  func solve(_ right: Matrix) -> Matrix? {
    var work = values
    var result = right
    var pivots = [Int32](repeating: 0, count: rows)
    let size = Int32(rows)
    guard
      LAPACKE_dgesv(LAPACK_COL_MAJOR, size, Int32(right.columns), &work, size, &pivots, &result.values, size) == 0
    else { return nil }
    return result
  }

  /// The inverse of a square matrix; nil where it is singular.
  func inverse() -> Matrix? {
    var identity = Matrix(rows: rows, columns: rows)
    for index in 0..<rows { identity[index, index] = 1 }
    return solve(identity)
  }
}
