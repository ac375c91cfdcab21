/// A small JSON value in memory. Numbers keep their digits, so that identifiers of 64 bits stay exact.
enum JSONValue: Equatable {
  case object([Member])
  case array([JSONValue])
  case string(String)
  case number(String)
  case bool(Bool)
  case null

  struct Member: Equatable {
    var key: String
    var value: JSONValue
  }

  /// The value of a key of an object; nil where there is none.
  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The value at a path of keys.
  subscript(path first: String, rest: String...) -> JSONValue? {
    var value = self[first]
    for key in rest { value = value?[key] }
    return value
  }

  /// An item of an array; nil where there is none.
  subscript(index: Int) -> JSONValue? {
    guard case .array(let items) = self, items.indices.contains(index) else { return nil }
    return items[index]
  }

  /// The items of an array; none for another kind.
  var items: [JSONValue] {
    if case .array(let items) = self { return items }
    return []
  }

  /// The members of an object; none for another kind.
  var members: [Member] {
    if case .object(let members) = self { return members }
    return []
  }

  /// The text of a string.
  var text: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// A string or a number as text: for identifiers.
  var scalar: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// A whole number, also where it is written as a string or with decimals.
  var integer: Int? {
    guard let scalar else { return nil }
    if let whole = Int(scalar) { return whole }
    guard let value = Double(scalar), value.magnitude < 9e15 else { return nil }
    return Int(value)
  }

  var isTrue: Bool { self == .bool(true) }

  var isObject: Bool {
    if case .object = self { return true }
    return false
  }

  var isArray: Bool {
    if case .array = self { return true }
    return false
  }
}

/// A place in a JSON document.
struct JSONPath: Equatable {
  enum Step: Equatable {
    case key(String)
    case index(Int)
  }

  var steps: [Step] = []

  /// The key at a depth from the root; nil for an index.
  func key(_ depth: Int) -> String? {
    guard steps.indices.contains(depth), case .key(let name) = steps[depth] else { return nil }
    return name
  }

  /// The index at a depth from the root; nil for a key.
  func index(_ depth: Int) -> Int? {
    guard steps.indices.contains(depth), case .index(let index) = steps[depth] else { return nil }
    return index
  }

  var count: Int { steps.count }
  var lastKey: String? { key(steps.count - 1) }
  var lastIndex: Int? { index(steps.count - 1) }

  /// The keys on the way, without the indices.
  var keys: [String] {
    steps.compactMap {
      if case .key(let name) = $0 { return name }
      return nil
    }
  }
}

extension JSONPath: CustomStringConvertible {
  /// Such as `chats.list[3].messages[12]`.
  var description: String {
    var out = ""
    for step in steps {
      switch step {
      case .key(let name): out += out.isEmpty ? name : ".\(name)"
      case .index(let index): out += "[\(index)]"
      }
    }
    return out.isEmpty ? "$" : out
  }
}
