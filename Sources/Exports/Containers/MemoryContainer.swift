/// Files that lie in memory.
final class MemoryContainer: Container {
  let name: String
  private let files: [(path: String, bytes: [UInt8])]
  private let step: Int

  /// - Parameter step: at most this many bytes come out of one read.
  init(name: String, files: [(path: String, bytes: [UInt8])], step: Int = .max) {
    self.name = name
    self.files = files
    self.step = step
  }

  func visit(
    wanted: (Member) -> Bool, note: (ReadNote) -> Void, _ body: (Member, any ByteStream) throws -> Void
  ) throws {
    for (index, file) in files.enumerated() {
      let member = Member(index: index, path: file.path, size: file.bytes.count)
      if wanted(member) { try body(member, MemoryStream(file.bytes, step: step)) }
    }
  }
}
