import Foundation
import TestSupport
import Testing

/// What known implementations compute; Reference/make_reference.py makes the file.
struct Reference {
  let value: Any

  static var all: Reference {
    let url = Places.root.appending(path: "Tests/ResearchTests/Reference/reference.json")
    guard let data = try? Data(contentsOf: url), let object = try? JSONSerialization.jsonObject(with: data) else {
      fatalError("\(url.path) cannot be read")
    }
    return Reference(value: object)
  }

  subscript(key: String) -> Reference { Reference(value: (value as? [String: Any])?[key] ?? NSNull()) }
  subscript(index: Int) -> Reference { list[index] }
  var list: [Reference] { (value as? [Any] ?? []).map { Reference(value: $0) } }
  var number: Double { (value as? NSNumber)?.doubleValue ?? .nan }
  var numbers: [Double] { list.map(\.number) }
  var integer: Int { (value as? NSNumber)?.intValue ?? .min }
  var integers: [Int] { list.map(\.integer) }
  var isNull: Bool { value is NSNull }
}

/// Whether two numbers are alike to 1e-6, relative to the larger where that is above 1.
func isClose(_ found: Double?, _ expected: Double, _ tolerance: Double = 1e-6) -> Bool {
  guard let found else { return false }
  return abs(found - expected) <= tolerance * max(1, abs(expected))
}

func areClose(_ found: [Double], _ expected: [Double], _ tolerance: Double = 1e-6) -> Bool {
  found.count == expected.count && zip(found, expected).allSatisfy { isClose($0, $1, tolerance) }
}
