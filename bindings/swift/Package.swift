// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Qadam",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "Qadam", targets: ["Qadam"]),
        // Real servers and phones, for the tests of other packages.
        .library(name: "QadamTestSupport", targets: ["QadamTestSupport"]),
    ],
    targets: [
        // What bindings/build generates. Nothing but the wrapper depends on it.
        .systemLibrary(name: "QadamCoreFFI", path: "generated/QadamCoreFFI"),
        .target(
            name: "QadamCore",
            dependencies: ["QadamCoreFFI"],
            path: "generated/QadamCore",
            // uniffi's code is not written for Swift 6.
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: [.linkedLibrary("qadam")]
        ),
        .target(name: "Qadam", dependencies: ["QadamCore"]),
        .target(name: "QadamTestSupport", dependencies: ["Qadam"], path: "Tests/Support"),
        // A phone that the Kotlin tests drive.
        .executableTarget(name: "QadamPeer", dependencies: ["Qadam", "QadamTestSupport"]),
        .testTarget(name: "QadamTests", dependencies: ["Qadam", "QadamTestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
