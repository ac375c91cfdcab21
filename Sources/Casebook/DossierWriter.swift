internal import CLibArchive
internal import Foundation

/// Writes a dossier as a folder, as a zip, or one of its files alone.
public enum DossierWriter {
  /// Writes the files at a path: a zip where it ends in `.zip`, the page or the JSON alone where it ends in `.html` or
  /// `.json`, a folder otherwise. All of it is readable by its owner only. Nothing that is there is overwritten, unless
  /// `replacing`.
  public static func write(_ files: [Dossier.File], to path: String, replacing: Bool = false) throws(CasebookError) {
    if !replacing, FileManager.default.fileExists(atPath: path) {
      throw .failed(file: path, reason: "it is there already; name another place, or give --force")
    }
    let lower = path.lowercased()
    if lower.hasSuffix(".zip") {
      try replaceFile(path) {
        try zip(files, folder: URL(filePath: path).deletingPathExtension().lastPathComponent, to: $0)
      }
    } else if let end = [".html", ".json"].first(where: { lower.hasSuffix($0) }),
      let file = files.first(where: { $0.name.hasSuffix(end) })
    {
      try replaceFile(path) { try write(file.bytes, to: $0) }
    } else {
      do {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw .failed(file: path, reason: "the folder cannot be made: \(error.localizedDescription)")
      }
      for file in files { try replaceFile(path + "/" + file.name) { try write(file.bytes, to: $0) } }
    }
  }

  /// Writes under a temporary name, and puts it in its place when it is whole.
  private static func replaceFile(_ path: String, _ body: (String) throws -> Void) throws(CasebookError) {
    let temporary = path + ".new"
    do {
      try body(temporary)
    } catch let error as CasebookError {
      unlink(temporary)
      throw error
    } catch {
      unlink(temporary)
      throw .failed(file: path, reason: "\(error)")
    }
    guard rename(temporary, path) == 0 else {
      throw .failed(file: path, reason: String(cString: strerror(errno)))
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CasebookError.failed(file: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw CasebookError.failed(file: path, reason: String(cString: strerror(errno)))
      }
      written += count
    }
    fsync(descriptor)
  }

  private static func zip(_ files: [Dossier.File], folder: String, to path: String) throws {
    unlink(path)
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CasebookError.failed(file: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    guard let archive = archive_write_new() else { throw CasebookError.failed(file: path, reason: "no memory") }
    defer { archive_write_free(archive) }
    func check(_ result: Int32) throws {
      guard result >= ARCHIVE_WARN else {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "the zip cannot be written"
        throw CasebookError.failed(file: path, reason: reason)
      }
    }
    try check(archive_write_set_format_zip(archive))
    try check(archive_write_set_options(archive, "hdrcharset=UTF-8"))
    try check(archive_write_open_fd(archive, descriptor))
    for file in files {
      guard let entry = archive_entry_new() else { throw CasebookError.failed(file: path, reason: "no memory") }
      defer { archive_entry_free(entry) }
      archive_entry_set_pathname_utf8(entry, "\(folder)/\(file.name)")
      archive_entry_set_size(entry, Int64(file.bytes.count))
      archive_entry_set_filetype(entry, 0o100000)
      archive_entry_set_perm(entry, 0o600)
      archive_entry_set_mtime(entry, time(nil), 0)
      try check(archive_write_header(archive, entry))
      let count = file.bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
      if count < 0 { try check(Int32(count)) }
    }
    try check(archive_write_close(archive))
    fsync(descriptor)
  }
}
