/// A file in an input: on disk or in an archive.
struct Member: Sendable, Equatable {
  /// Its number in the container, from 0; the same each time the container is gone through.
  var index: Int
  /// Its path in the input, with the input's own name first.
  var path: String
  /// Its unpacked size, where the container tells.
  var size: Int?
}

/// An input: a folder, an archive or a single file. Gone through as often as needed, never unpacked.
protocol Container: AnyObject {
  /// The input as the user named it, without the folders above it.
  var name: String { get }

  /// Hands out the members that are wanted, in the container's own order. The stream is good until `body` returns.
  /// A member that cannot be opened is noted and passed over.
  func visit(
    wanted: (Member) -> Bool, note: (ReadNote) -> Void, _ body: (Member, any ByteStream) throws -> Void
  ) throws
}

/// Bounds against archives that are made to exhaust a machine.
struct ArchiveLimits: Sendable {
  /// Archives in archives, counted from 1.
  var depth = 3
  /// Most members of one input.
  var members = 2_000_000
  /// An archive may unpack to this many times its size …
  var ratio = 400
  /// … or to this many bytes, whichever is more.
  var floor = 1 << 28
}

/// Finds containers in what the user names.
enum Inputs {
  /// The containers of a file or folder: archives in a folder count as inputs of their own.
  static func containers(
    _ path: String, limits: ArchiveLimits = ArchiveLimits(), note: (ReadNote) -> Void
  ) throws -> [any Container] {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let name = trimmed.split(separator: "/").last.map(String.init) ?? trimmed
    switch DiskFile.kind(trimmed, followingLinks: true) {
    case .folder:
      let listing = DiskFile.list(folder: trimmed, name: name, note: note)
      var loose: [(disk: String, shown: String, size: Int)] = []
      var archives: [any Container] = []
      for file in listing {
        if ArchiveContainer.isArchive(head: DiskFile.head(file.disk, count: 512)) {
          archives.append(ArchiveContainer(path: file.disk, name: file.shown, limits: limits))
        } else {
          loose.append(file)
        }
      }
      return (loose.isEmpty ? [] : [FolderContainer(name: name, files: loose)]) + archives
    case .file(let size):
      if ArchiveContainer.isArchive(head: DiskFile.head(trimmed, count: 512)) {
        return [ArchiveContainer(path: trimmed, name: name, limits: limits)]
      }
      return [FolderContainer(name: name, files: [(trimmed, name, size)])]
    case .missing:
      throw ExportError(file: path, message: "there is no such file or folder; check the name")
    case .link, .special:
      throw ExportError(file: path, message: "this is no file or folder; give the export itself")
    }
  }
}

/// Loose files on disk.
final class FolderContainer: Container {
  let name: String
  private let files: [(disk: String, shown: String, size: Int)]

  init(name: String, files: [(disk: String, shown: String, size: Int)]) {
    self.name = name
    self.files = files
  }

  func visit(
    wanted: (Member) -> Bool, note: (ReadNote) -> Void, _ body: (Member, any ByteStream) throws -> Void
  ) throws {
    for (index, file) in files.enumerated() {
      let member = Member(index: index, path: file.shown, size: file.size)
      guard wanted(member) else { continue }
      do {
        let stream = try DiskFile(file.disk)
        try body(member, stream)
      } catch let error as DiskFile.Failure {
        note(ReadNote(kind: .damage, file: file.shown, message: "the file cannot be read: \(error.text)"))
      }
    }
  }
}
