/// The names of fields in the exports of Instagram and Facebook, which follow the language of the account. They are in
/// `Resources/meta-labels.tsv`.
enum MetaLabels {
  private static let table: [String: Set<String>] = {
    var made: [String: Set<String>] = [:]
    for row in TextTable.rows(PackageResources.meta_labels_tsv) where row.count >= 2 {
      made[row[0], default: []].insert(row[1])
    }
    return made
  }()

  private static func holds(_ kind: String, _ label: String) -> Bool {
    table[kind]?.contains(Owner.fold(label)) == true
  }

  static func isComment(_ label: String) -> Bool { holds("comment", label) }
  static func isOwner(_ label: String) -> Bool { holds("owner", label) }
  static func isUserName(_ label: String) -> Bool { holds("username", label) }
  static func isDisplayName(_ label: String) -> Bool { holds("name", label) }

  /// The person in front of a sentence such as "Jan Jansen wrote on your timeline."
  static func actor(_ sentence: String) -> String {
    for phrase in (table["actor"] ?? []).sorted(by: { $0.count > $1.count }) {
      if let found = sentence.range(of: " \(phrase)", options: .caseInsensitive) {
        return String(sentence[..<found.lowerBound])
      }
    }
    return sentence
  }
}
