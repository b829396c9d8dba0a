// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "QadamUI",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "QadamModels", targets: ["QadamModels"])
    ],
    dependencies: [
        .package(name: "Qadam", path: "../../bindings/swift")
    ],
    targets: [
        .target(name: "QadamModels", dependencies: [.product(name: "Qadam", package: "Qadam")]),
        .testTarget(
            name: "QadamModelsTests",
            dependencies: ["QadamModels", .product(name: "QadamTestSupport", package: "Qadam")]
        ),
    ],
    swiftLanguageModes: [.v6]
)

// Linux has no SwiftUI: there the views are checked by ios/test.
#if !os(Linux)
package.products.append(.library(name: "QadamUI", targets: ["QadamUI"]))
package.targets.append(.target(name: "QadamUI", dependencies: ["QadamModels"]))
#endif
