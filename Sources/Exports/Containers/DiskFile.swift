#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file on disk as a stream.
final class DiskFile: ByteStream {
  /// What the system said when it failed.
  struct Failure: Error {
    var text: String
  }

  enum Kind: Equatable {
    case file(size: Int)
    case folder, link, special, missing
  }

  private let descriptor: Int32

  init(_ path: String) throws(Failure) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { throw Failure(text: String(cString: strerror(errno))) }
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      #if canImport(Glibc)
        let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let got = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if got >= 0 { return got }
      if errno != EINTR { throw Failure(text: String(cString: strerror(errno))) }
    }
  }

  /// What lies at a path.
  static func kind(_ path: String, followingLinks: Bool) -> Kind {
    var status = stat()
    let result = followingLinks ? stat(path, &status) : lstat(path, &status)
    guard result == 0 else { return .missing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(size: Int(status.st_size))
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    default: return .special
    }
  }

  /// The first bytes of a file; none where it cannot be read.
  static func head(_ path: String, count: Int) -> [UInt8] {
    guard let file = try? DiskFile(path), let peeked = try? PeekedStream(file, limit: count) else { return [] }
    return peeked.head
  }

  /// The files under a folder in natural order ("message_2" before "message_10"). Links are not followed and noted.
  static func list(
    folder: String, name: String, note: (ReadNote) -> Void
  ) -> [(disk: String, shown: String, size: Int)] {
    var found: [(disk: String, shown: String, size: Int)] = []
    var links = 0
    var firstLink = ""
    func enter(_ disk: String, _ shown: String, _ depth: Int) {
      guard depth < 64 else {
        note(ReadNote(kind: .damage, file: shown, message: "folders lie more than 64 deep; what is deeper is not read"))
        return
      }
      guard let directory = opendir(disk) else {
        note(
          ReadNote(
            kind: .damage, file: shown, message: "the folder cannot be opened: \(String(cString: strerror(errno)))"))
        return
      }
      var names: [String] = []
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
          tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != "..", name != ".DS_Store", name != "__MACOSX" { names.append(name) }
      }
      closedir(directory)
      names.sort { NaturalOrder.isBefore($0, $1) }
      for name in names {
        let path = disk + "/" + name
        switch kind(path, followingLinks: false) {
        case .file(let size): found.append((path, shown + "/" + name, size))
        case .folder: enter(path, shown + "/" + name, depth + 1)
        case .link:
          if links == 0 { firstLink = shown + "/" + name }
          links += 1
        case .special, .missing: break
        }
      }
    }
    enter(folder, name, 0)
    if links > 0 {
      note(ReadNote(kind: .remark, file: firstLink, message: "links are not followed", count: links))
    }
    return found
  }
}

/// Orders names as people count: digits by their value.
enum NaturalOrder {
  static func isBefore(_ left: String, _ right: String) -> Bool {
    var leftBytes = left.utf8.makeIterator()
    var rightBytes = right.utf8.makeIterator()
    var first = leftBytes.next()
    var second = rightBytes.next()
    while let one = first, let other = second {
      if one &- 48 < 10, other &- 48 < 10 {
        var leftNumber: [UInt8] = []
        var rightNumber: [UInt8] = []
        while let digit = first, digit &- 48 < 10 {
          if digit != 48 || !leftNumber.isEmpty { leftNumber.append(digit) }
          first = leftBytes.next()
        }
        while let digit = second, digit &- 48 < 10 {
          if digit != 48 || !rightNumber.isEmpty { rightNumber.append(digit) }
          second = rightBytes.next()
        }
        if leftNumber.count != rightNumber.count { return leftNumber.count < rightNumber.count }
        if leftNumber != rightNumber { return leftNumber.lexicographicallyPrecedes(rightNumber) }
      } else {
        if one != other { return one < other }
        first = leftBytes.next()
        second = rightBytes.next()
      }
    }
    if first == nil, second == nil { return left < right }
    return first == nil
  }
}
