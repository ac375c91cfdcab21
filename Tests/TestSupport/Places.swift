import Foundation

/// Where things stand in the checkout that the tests belong to.
public enum Places {
  /// The package's root.
  public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The model that comes with the program.
  public static let model = root.appending(path: "models/weerbaar-nl.model")

  /// The corpora that the model is made from.
  public static let corpora = root.appending(path: "corpora")

  /// The program, built beside the tests.
  public static var program: URL {
    let tests =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    var folder = URL(filePath: tests).deletingLastPathComponent()
    // The tests run in a helper of the toolchain, or in a bundle of their own, beside the program.
    if !FileManager.default.isExecutableFile(atPath: folder.appending(path: "weerbaar").path) {
      for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
        folder = URL(filePath: argument).deletingLastPathComponent()
      }
    }
    return folder.appending(path: "weerbaar")
  }

  /// Gives a new empty folder, and removes it afterwards.
  public static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weerbaar-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
