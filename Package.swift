// swift-tools-version: 6.2
import PackageDescription

// One list of modules, layer by layer (Docs/ARCHITECTURE.md). A module lives in
// Sources/<layer>/<name>, its tests in Tests/<name>Tests. ArchitectureTests
// reads the imports back and fails when one crosses a layer.

struct Module {
    let layer: String
    let name: String
    var dependencies: [Target.Dependency] = []
    var tested = true
    var testDependencies: [Target.Dependency] = []
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let modules: [Module] = [
    // Core: bytes and trees; knows no format, no host.
    Module(layer: "Core", name: "Bytes"),
    Module(layer: "Core", name: "Digests", dependencies: ["Bytes", crypto]),
    Module(layer: "Core", name: "Checksums"),
    Module(layer: "Core", name: "Signing", dependencies: ["Bytes", crypto], testDependencies: ["Host"]),
    Module(
        layer: "Core", name: "Deflate", dependencies: ["Bytes", "Checksums"],
        testDependencies: ["Decompression", "Host"]),
    Module(
        layer: "Core", name: "Zstandard", dependencies: ["Bytes", "Deflate"],
        testDependencies: ["Decompression", "Host"]),
    Module(
        layer: "Core", name: "Decompression",
        dependencies: ["Bytes", "CIsal", "CZlib", "CZstd", "CLzma", "CLz4"],
        testDependencies: ["Checksums", "Host"]),
    Module(
        layer: "Core", name: "LibraryCompression", dependencies: ["CZstd", "CLzma"],
        testDependencies: ["Bytes", "Decompression"]),
    Module(layer: "Core", name: "JSON", dependencies: ["Bytes"]),
    Module(layer: "Core", name: "FileTree", dependencies: ["Bytes", "Digests"], testDependencies: ["Host"]),
    // Formats: one on-disk format each.
    Module(
        layer: "Formats", name: "Tar", dependencies: ["Bytes", "FileTree"],
        testDependencies: ["Digests", "Host"]),
    Module(
        layer: "Formats", name: "Cpio", dependencies: ["Bytes", "Digests", "FileTree"],
        testDependencies: ["Host"]),
    Module(
        layer: "Formats", name: "ISO9660", dependencies: ["Bytes", "Digests", "FileTree"],
        testDependencies: ["Host"]),
    Module(
        layer: "Formats", name: "FAT", dependencies: ["Bytes", "Digests", "FileTree"],
        testDependencies: ["Host"]),
    Module(
        layer: "Formats", name: "PartitionTable",
        dependencies: ["Bytes", "Checksums", "Digests", "FileTree"], testDependencies: ["FAT", "Host"]),
    Module(
        layer: "Formats", name: "SquashFS",
        dependencies: ["Bytes", "Decompression", "Deflate", "Digests", "FileTree"],
        testDependencies: ["Host", "LibraryCompression"]),
    Module(
        layer: "Formats", name: "EROFS", dependencies: ["Bytes", "Checksums", "Digests", "FileTree"],
        testDependencies: ["Host"]),
    Module(
        layer: "Formats", name: "UKI", dependencies: ["Bytes", "FileTree"],
        testDependencies: ["Digests", "Host"]),
    Module(
        layer: "Formats", name: "QCOW2", dependencies: ["Bytes", "Decompression"],
        testDependencies: ["Host"]),
    Module(
        layer: "Formats", name: "VHD", dependencies: ["Bytes", "Digests", "FileTree"],
        testDependencies: ["Host"]),
    Module(
        layer: "Formats", name: "VMDK",
        dependencies: ["Bytes", "Decompression", "Deflate", "Digests", "FileTree"],
        testDependencies: ["Host"]),
    Module(
        layer: "Formats", name: "UImage", dependencies: ["Bytes", "Checksums", "FileTree"],
        testDependencies: ["Digests", "Host"]),
    // Host: files, clock, environment, processes, terminal, network.
    Module(layer: "Host", name: "Host", dependencies: ["Bytes", "CProcess"]),
    Module(
        layer: "Host", name: "HTTP", dependencies: ["Bytes", "Host", "CCurl"],
        testDependencies: ["Deflate", "NetworkSupport"]),
    // Images: OCI images in a layout used as a cache.
    Module(
        layer: "Images", name: "OCI",
        dependencies: ["Bytes", "JSON", "Digests", "Decompression", "FileTree", "Tar", "Host"]),
    Module(
        layer: "Images", name: "Registry",
        dependencies: [
            "Bytes", "JSON", "Digests", "OCI", "Host", "HTTP",
        ],
        testDependencies: ["Deflate", "NetworkSupport"]),
    Module(
        layer: "Images", name: "Signatures",
        dependencies: ["Bytes", "JSON", "Digests", "Signing", "OCI", "Registry"],
        testDependencies: ["Host", "NetworkSupport"]),
    // Build: from a YAML file to written outputs.
    Module(layer: "Pipeline", name: "KitConfig", dependencies: ["Bytes", "JSON", "CYaml"]),
    Module(
        layer: "Pipeline", name: "Assembly",
        dependencies: [
            "Bytes", "JSON", "Digests", "FileTree", "Tar", "OCI", "Host", "KitConfig", "Decompression",
        ]),
    Module(
        layer: "Pipeline", name: "Outputs",
        dependencies: [
            "Bytes", "Digests", "Deflate", "Zstandard", "Decompression", "FileTree", "Tar", "Cpio", "ISO9660",
            "FAT", "PartitionTable", "SquashFS", "EROFS", "UKI", "QCOW2", "VHD", "VMDK", "UImage", "OCI",
            "Host",
            "KitConfig", "Assembly", "LibraryCompression",
        ]),
    Module(
        layer: "Pipeline", name: "Packaging",
        dependencies: [
            "Bytes", "JSON", "Digests", "Deflate", "Decompression", "FileTree", "Tar", "OCI", "Host",
            "KitConfig",
        ]),
    Module(
        layer: "Pipeline", name: "Running",
        dependencies: [
            "Bytes", "Digests", "Decompression", "FileTree", "FAT", "ISO9660", "PartitionTable", "QCOW2",
            "VHD",
            "VMDK",
        ],
        testDependencies: ["Host"]),
    Module(
        layer: "Pipeline", name: "Sharing",
        dependencies: [
            "Bytes", "JSON", "Digests", "FileTree", "Tar", "OCI", "Registry", "Host",
            "KitConfig", "Assembly", "Outputs", "Cpio", "SquashFS", "EROFS", "ISO9660", "FAT",
            "PartitionTable",
            "UKI", "UImage", "QCOW2", "VHD", "VMDK", "Decompression",
        ]),
    Module(layer: "Pipeline", name: "SBOM", dependencies: ["Bytes", "JSON", "Digests", "FileTree"]),
    Module(
        layer: "Pipeline", name: "Building",
        dependencies: [
            "Bytes", "Digests", "FileTree", "Tar", "OCI", "Registry", "Signatures", "Host", "KitConfig",
            "Packaging", "Assembly", "Outputs", "Sharing", "SBOM",
        ], tested: false),
    // Proof: what an image is made of, and whether it is that.
    Module(
        layer: "Proof", name: "Locking",
        dependencies: ["Assembly", "Building", "Bytes", "Digests", "FileTree", "JSON", "OCI", "Tar"]),
    Module(layer: "Proof", name: "Comparison", dependencies: ["Bytes", "Digests", "Host"]),
    // Library: the one import for other programs.
    Module(
        layer: "Library", name: "Identikit",
        dependencies: [
            "Building", "Bytes", "Digests", "FileTree", "Host", "KitConfig", "OCI", "Outputs", "Packaging",
            "Registry", "Signatures",
        ]),
]

/// C libraries. They decode and parse; their encoders, whose bytes change from version to version, are for LibraryCompression.
let systemLibraries: [(name: String, apt: String, pkgConfig: String)] = [
    ("CZlib", "zlib1g-dev", "zlib"),
    ("CZstd", "libzstd-dev", "libzstd"),
    ("CLzma", "liblzma-dev", "liblzma"),
    ("CLz4", "liblz4-dev", "liblz4"),
    ("CYaml", "libyaml-dev", "yaml-0.1"),
]

let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// Tests are compiled without optimisation, which would take longer than running them; what they test is optimised.
let testSettings = strict + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

var targets: [Target] = systemLibraries.map { library in
    .systemLibrary(
        name: library.name, path: "Sources/System/\(library.name)", pkgConfig: library.pkgConfig,
        providers: [.apt([library.apt])])
}

targets.append(.target(name: "CProcess", path: "Sources/System/CProcess"))
targets.append(.target(name: "CIsal", path: "Sources/System/CIsal"))
targets.append(.target(name: "CCurl", path: "Sources/System/CCurl"))

for module in modules {
    targets.append(
        .target(
            name: module.name, dependencies: module.dependencies,
            path: "Sources/\(module.layer)/\(module.name)", swiftSettings: strict))
    if module.tested {
        targets.append(
            .testTarget(
                name: "\(module.name)Tests",
                dependencies: [.byName(name: module.name), "TestSupport"] + module.dependencies
                    + module.testDependencies,
                path: "Tests/\(module.name)Tests", swiftSettings: testSettings))
    }
}

let moduleNames = modules.map { Target.Dependency.byName(name: $0.name) }
targets += [
    .executableTarget(
        name: "IdentikitCommand", dependencies: moduleNames + [arguments], path: "Sources/CLI/identikit",
        swiftSettings: strict),
    .executableTarget(
        name: "identikit-bench",
        dependencies: [
            "Bytes", "Deflate", "Decompression", "Digests", "FileTree", "Host", "OCI", "Tar", "FAT", "QCOW2",
            "VHD", "VMDK", "EROFS", "ISO9660", "Identikit",
        ],
        path: "Benchmarks/identikit-bench", swiftSettings: strict),
    // The example in README.md, run by EndToEndTests.
    .executableTarget(
        name: "identikit-example", dependencies: ["Identikit"], path: "Tests/LibraryExample",
        swiftSettings: strict),
    .executableTarget(
        name: "identikit-fuzz", dependencies: moduleNames, path: "Tests/Fuzz", swiftSettings: strict),
    .target(
        name: "TestSupport", dependencies: ["Bytes", "JSON", "Digests", "FileTree", "Host", "OCI", "Tar"],
        path: "Tests/TestSupport",
        swiftSettings: strict),
    .target(name: "CSockets", path: "Tests/CSockets"),
    // Servers for the tests: registries whole and broken, on loopback.
    .target(
        name: "NetworkSupport",
        dependencies: [
            "CSockets", "TestSupport", "Bytes", "JSON", "Digests", "Host", "OCI", "Registry",
        ],
        path: "Tests/NetworkSupport", swiftSettings: strict),
    .testTarget(
        name: "NetworkSupportTests",
        dependencies: ["NetworkSupport", "TestSupport", "Bytes", "JSON", "Digests", "Host", "OCI"],
        path: "Tests/NetworkSupportTests", swiftSettings: testSettings),
    .testTarget(name: "ArchitectureTests", path: "Tests/ArchitectureTests", swiftSettings: testSettings),
    .testTarget(
        name: "OracleTests", dependencies: moduleNames + ["TestSupport"], path: "Tests/OracleTests",
        swiftSettings: testSettings),
    .testTarget(
        name: "EndToEndTests",
        dependencies: [
            "TestSupport", "NetworkSupport", "Bytes", "JSON", "Digests", "Host", "OCI", "Registry", "Outputs",
            "Sharing",
        ],
        path: "Tests/EndToEndTests", swiftSettings: testSettings),
    .testTarget(
        name: "BootTests", dependencies: ["TestSupport", "Bytes", "Digests", "Host", "Outputs"],
        path: "Tests/BootTests", swiftSettings: testSettings),
]

let package = Package(
    name: "identikit",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "identikit", targets: ["IdentikitCommand"]),
        .library(name: "Identikit", targets: ["Identikit"]),
        .library(
            name: "IdentikitFormats",
            targets: ["Bytes", "Digests", "FileTree", "Deflate", "Decompression"]
                + modules.filter { $0.layer == "Formats" }.map(\.name)),
        .library(name: "IdentikitOCI", targets: ["OCI", "Registry", "Signatures"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    ],
    targets: targets
)
