// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Warnings are errors in our own targets when WEERBAAR_STRICT is set, as `make` does. It is no plain setting, because
// SwiftPM refuses flags like these in a package that others depend on.
let strict: [SwiftSetting] =
  ProcessInfo.processInfo.environment["WEERBAAR_STRICT"] == nil
  ? [] : [.unsafeFlags(["-warnings-as-errors"])]

let package = Package(
  name: "weerbaar",
  platforms: [.macOS(.v14)],
  products: [
    .library(name: "Weerbaar", targets: ["Weerbaar"]),
    .executable(name: "weerbaar", targets: ["CommandLineTool"]),
  ],
  traits: [
    .trait(
      name: "NATS",
      description: "Feeds at a NATS JetStream broker (weerbaar score --from nats://…); needs libnats-dev.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
    .package(url: "https://github.com/apple/swift-crypto", .upToNextMinor(from: "4.5.2")),
    .package(url: "https://github.com/LebJe/TOMLKit", .upToNextMinor(from: "0.6.0")),
    .package(url: "https://github.com/groue/GRDB.swift", .upToNextMinor(from: "7.10.0")),
    .package(url: "https://github.com/apple/swift-log", .upToNextMinor(from: "1.16.2")),
  ],
  targets: [
    .systemLibrary(
      name: "CICU", pkgConfig: "icu-i18n", providers: [.apt(["libicu-dev"])]),
    .target(name: "ICUShims", dependencies: ["CICU"]),
    .target(
      name: "DutchText", dependencies: ["ICUShims"],
      resources: [.embedInCode("Resources")], swiftSettings: strict),
    .target(name: "AbuseLexicon", dependencies: ["DutchText"], swiftSettings: strict),
    .target(name: "CWeights"),
    .target(
      name: "NaiveBayes", dependencies: ["CWeights", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(
      name: "Weerbaar", dependencies: ["DutchText", "AbuseLexicon", "NaiveBayes", "CWeights"],
      swiftSettings: strict),
    .systemLibrary(
      name: "SimdjsonLibrary", providers: [.apt(["libsimdjson-dev"])]),
    .target(
      name: "CSimdjson", dependencies: ["SimdjsonLibrary"], linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "Messages", dependencies: ["Weerbaar", "CSimdjson"], swiftSettings: strict),
    .target(
      name: "Corpus", dependencies: ["Weerbaar", "AbuseLexicon", "NaiveBayes", "Messages"],
      resources: [.embedInCode("Resources")], swiftSettings: strict),
    .systemLibrary(
      name: "CLibArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(
      name: "CLibXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .target(name: "CCharsets", dependencies: ["CICU"]),
    .target(
      name: "Exports",
      dependencies: [
        "Messages", "CLibArchive", "CLibXML", "CCharsets", .product(name: "Crypto", package: "swift-crypto"),
      ],
      resources: [.embedInCode("Resources")], swiftSettings: strict),
    .target(
      name: "Inbox",
      dependencies: ["Messages", "Weerbaar", "DutchText", .product(name: "Crypto", package: "swift-crypto")],
      resources: [.embedInCode("Resources")], swiftSettings: strict),
    .target(name: "Streaming", dependencies: ["Weerbaar", "Messages", "CLibArchive"], swiftSettings: strict),
    .systemLibrary(name: "CNATS", providers: [.apt(["libnats-dev"])]),
    .target(
      name: "Broker",
      dependencies: ["Messages", "Streaming", .target(name: "CNATS", condition: .when(traits: ["NATS"]))],
      swiftSettings: strict),
    .target(
      name: "Alerts", dependencies: [.product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),
    .target(
      name: "PolicyFile", dependencies: ["Weerbaar", .product(name: "TOMLKit", package: "TOMLKit")],
      swiftSettings: strict),
    .target(
      name: "Casebook",
      dependencies: [
        "Messages", "Weerbaar", "PolicyFile", "Inbox", "CLibArchive", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      resources: [.embedInCode("Resources")], swiftSettings: strict),
    .target(name: "CDropFolder"),
    .target(
      name: "DropFolder",
      dependencies: [
        "Alerts", "Casebook", "Exports", "Inbox", "Messages", "PolicyFile", "Weerbaar", "CDropFolder",
        .product(name: "Logging", package: "swift-log"), .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .systemLibrary(
      name: "CLAPACK", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .target(name: "CBoostMath"),
    .target(
      name: "CScoredLines", dependencies: ["SimdjsonLibrary"], linkerSettings: [.linkedLibrary("simdjson")]),
    .target(
      name: "Research",
      dependencies: [
        "Weerbaar", "DutchText", "Messages", "CLAPACK", "CBoostMath", "CScoredLines",
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "TOMLKit", package: "TOMLKit"),
      ],
      resources: [.embedInCode("Resources")], swiftSettings: strict),
    .executableTarget(
      name: "CommandLineTool",
      dependencies: [
        "Weerbaar", "Messages", "Streaming", "Broker", "Alerts", "PolicyFile", "Corpus", "Exports", "Inbox", "Casebook",
        "DropFolder", "Research",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/CommandLine", swiftSettings: strict),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "DutchTextTests", dependencies: ["DutchText", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "AbuseLexiconTests", dependencies: ["AbuseLexicon", "DutchText", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "NaiveBayesTests", dependencies: ["NaiveBayes", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "WeerbaarTests", dependencies: ["NaiveBayes", "Weerbaar", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "CorpusTests", dependencies: ["Corpus", "Weerbaar"], swiftSettings: strict),
    .testTarget(
      name: "PolicyFileTests", dependencies: ["PolicyFile", "Weerbaar"], swiftSettings: strict),
    .testTarget(
      name: "MessagesTests", dependencies: ["Messages", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "StreamingTests", dependencies: ["Streaming", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "BrokerTests",
      dependencies: [
        "Broker", "Streaming", "Weerbaar", "CommandLineTool", "TestSupport",
        .target(name: "CNATS", condition: .when(traits: ["NATS"])),
      ], swiftSettings: strict),
    .testTarget(name: "AlertsTests", dependencies: ["Alerts", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "EndToEnd", dependencies: ["CommandLineTool", "Messages", "Weerbaar", "TestSupport"],
      path: "Tests/EndToEnd",
      swiftSettings: strict),
    .testTarget(
      name: "ExportsTests", dependencies: ["Exports", "Messages"], exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "CasebookTests",
      dependencies: [
        "Casebook", "Inbox", "Messages", "PolicyFile", "Weerbaar", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: strict),
    .testTarget(
      name: "DropFolderTests",
      dependencies: [
        "DropFolder", "Casebook", "Inbox", "PolicyFile", "Weerbaar", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),
    .testTarget(
      name: "ResearchTests", dependencies: ["Research", "Messages", "TestSupport"], exclude: ["Reference"],
      swiftSettings: strict),
    .testTarget(name: "InboxTests", dependencies: ["Inbox", "Messages", "Weerbaar"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
