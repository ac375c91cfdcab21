import Foundation

/// Runs the built program.
public struct Program {
  /// What a run gave.
  public struct Run {
    public var status: Int32
    public var output: String
    public var error: String
    public var outputBytes: Data
  }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - input: what stands on its standard input.
  ///   - directory: the working directory.
  ///   - environment: variables added to those of the tests.
  public static func run(
    _ arguments: [String], input: Data = Data(), directory: URL? = nil, environment: [String: String] = [:]
  ) throws -> Run {
    try runTool(Places.program.path, arguments, input: input, directory: directory, environment: environment)
  }

  /// Runs a line of the shell, in which `$WEERBAAR` is the program.
  public static func shell(
    _ line: String, input: Data = Data(), directory: URL? = nil, environment: [String: String] = [:]
  ) throws -> Run {
    try runTool("/bin/bash", ["-c", line], input: input, directory: directory, environment: environment)
  }

  private static func runTool(
    _ path: String, _ arguments: [String], input: Data, directory: URL?, environment: [String: String]
  ) throws -> Run {
    try Places.withFolder { (folder: URL) throws in
      func file(_ name: String, _ content: Data) throws -> FileHandle {
        let url = folder.appending(path: name)
        try content.write(to: url)
        return try FileHandle(forUpdating: url)
      }
      let process = Process()
      process.executableURL = URL(filePath: path)
      process.arguments = arguments
      process.currentDirectoryURL = directory ?? folder
      var variables = ProcessInfo.processInfo.environment
      variables["WEERBAAR"] = Places.program.path
      variables["WEERBAAR_MODEL"] = nil
      for (name, value) in environment { variables[name] = value }
      process.environment = variables
      process.standardInput = try file("input", input)
      process.standardOutput = try file("output", Data())
      process.standardError = try file("error", Data())
      try process.run()
      process.waitUntilExit()
      let output = try Data(contentsOf: folder.appending(path: "output"))
      let error = try Data(contentsOf: folder.appending(path: "error"))
      return Run(
        status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
        error: String(decoding: error, as: UTF8.self), outputBytes: output)
    }
  }
}
