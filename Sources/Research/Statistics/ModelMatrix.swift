/// A variable of a regression.
public struct ModelVariable: Sendable {
  /// What a variable holds, one entry an observation.
  public enum Values: Sendable {
    /// Places in `levels`, from 0; the first level is the reference.
    case factor(levels: [String], codes: [Int])
    case number([Double])
  }

  public var name: String
  public var values: Values

  public init(name: String, levels: [String], codes: [Int]) {
    self.name = name
    values = .factor(levels: levels, codes: codes)
  }

  public init(name: String, numbers: [Double]) {
    self.name = name
    values = .number(numbers)
  }

  var count: Int {
    switch values {
    case .factor(_, let codes): codes.count
    case .number(let numbers): numbers.count
    }
  }
}

/// The columns of a regression, made of variables and their interactions, so that they can be made anew for what would be
/// if a variable had another value.
public struct ModelMatrix: Sendable {
  /// One part of a column: a variable, and of a factor the level.
  struct Part: Sendable, Equatable {
    var variable: Int
    var level: Int?
  }

  public let variables: [ModelVariable]
  /// Names of all columns; the first is the constant.
  public let names: [String]
  let columns: [[Part]]
  public let rows: Int

  /// The name of the constant.
  public static let constant = "(constant)"

  /// - Parameters:
  ///   - variables: the variables, all of the same length.
  ///   - interactions: lists of places in `variables` whose products are added to the variables themselves.
  public init(_ variables: [ModelVariable], interactions: [[Int]] = []) {
    self.variables = variables
    rows = variables.first?.count ?? 0
    var names = [ModelMatrix.constant]
    var columns: [[Part]] = [[]]
    func parts(_ index: Int) -> [(Part, String)] {
      let variable = variables[index]
      switch variable.values {
      case .number: return [(Part(variable: index, level: nil), variable.name)]
      case .factor(let levels, _):
        return levels.indices.dropFirst().map {
          (Part(variable: index, level: $0), "\(variable.name)=\(levels[$0])")
        }
      }
    }
    for term in variables.indices.map({ [$0] }) + interactions {
      var made: [([Part], String)] = [([], "")]
      for index in term {
        made = made.flatMap { head in
          parts(index).map { (head.0 + [$0.0], head.1.isEmpty ? $0.1 : "\(head.1) × \($0.1)") }
        }
      }
      columns += made.map(\.0)
      names += made.map(\.1)
    }
    self.names = names
    self.columns = columns
  }

  /// The matrix; where `setting` is given, as if this factor had this level everywhere. O(rows · columns).
  func matrix(setting: Part? = nil) -> Matrix {
    var matrix = Matrix(rows: rows, columns: columns.count)
    for (index, column) in columns.enumerated() {
      for row in 0..<rows { matrix[row, index] = product(column, row, setting) }
    }
    return matrix
  }

  /// For each column its derivative to a numeric variable.
  func derivative(of variable: Int) -> Matrix {
    var matrix = Matrix(rows: rows, columns: columns.count)
    for (index, column) in columns.enumerated() where column.contains(where: { $0.variable == variable }) {
      let rest = column.filter { $0.variable != variable }
      for row in 0..<rows { matrix[row, index] = product(rest, row, nil) }
    }
    return matrix
  }

  private func product(_ parts: [Part], _ row: Int, _ setting: Part?) -> Double {
    var value = 1.0
    for part in parts {
      switch variables[part.variable].values {
      case .number(let numbers): value *= numbers[row]
      case .factor(_, let codes):
        let code = setting?.variable == part.variable ? setting?.level ?? 0 : codes[row]
        if code != part.level { return 0 }
      }
    }
    return value
  }
}
