import Bytes
import Digests
import Foundation
import Host
import TestSupport

/// The system that the boot tests start (`Tests/BootKit`), built by the real executable: the project's own init and
/// runc from Debian's packages, an onboot container and a service that print a line each.
///
/// Packages and images are made once and kept in the build directory, named for what they are made of.
struct BootKit: Sendable {
    enum Architecture: String, Sendable {
        case amd64, arm64
    }

    enum Kernel: String, Sendable {
        /// The one beside the project, for amd64.
        case small
        /// The same with the root on the first disk.
        case onDisk = "on-disk"
        case debian
    }

    let directory: String
    var cache: String { "\(directory)/cache" }

    static let smallKernel =
        "\((Conformance.root as NSString).deletingLastPathComponent)/shared/kernel/bzImage"

    private static let smallConfiguration =
        "\((Conformance.root as NSString).deletingLastPathComponent)/shared/kernel/config"

    static var hasSmallKernel: Bool { FileManager.default.fileExists(atPath: smallKernel) }

    /// The kit, or why there is none: the first time, a mirror of Debian is needed.
    static let shared = Result { try BootKit() }

    static var isPossible: Bool { Tool.isCI || (try? shared.get()) != nil }

    private init() throws {
        directory = "\(Conformance.root)/.build/boot-\(try Self.sourcesDigest().hex.prefix(12))"
        if try FileStatus.following("\(directory)/complete") != nil { return }
        try? Directory.remove(directory)
        try Directory.create(directory)
        _ = try Command("cp", ["-rL"] + Self.sources + [directory]).runSuccessfully()
        try Self.identikit(
            [
                "pkg", "build", "--cache", cache, "--platforms", "linux/amd64,linux/arm64",
                "--relock-when-gone",
                "app", "packages/init", "packages/runc", "packages/kernel", "packages/boot-bios",
                "packages/boot-efi",
            ], in: directory)
        if Self.hasSmallKernel { try addSmallKernel() }
        try Data().write(to: URL(fileURLWithPath: "\(directory)/complete"))
    }

    private static let sources = ["packages", "Tests/BootKit/."].map { "\(Conformance.root)/\($0)" }

    /// SHA-256 over names and contents of all that the kit is made of.
    private static func sourcesDigest() throws -> SHA256Digest {
        var hasher = SHA256Hasher()
        for directory in sources {
            for name in try FileManager.default.subpathsOfDirectory(atPath: directory).sorted() {
                let contents = FileManager.default.contents(atPath: "\(directory)/\(name)") ?? Data()
                hasher.update(Array(name.utf8) + [0] + SHA256Digest(hashing: Array(contents)).bytes)
            }
        }
        for path in [smallKernel, smallConfiguration] {
            let contents = FileManager.default.contents(atPath: path) ?? Data()
            hasher.update(SHA256Digest(hashing: Array(contents)).bytes)
        }
        return hasher.finalize()
    }

    private func addSmallKernel() throws {
        var kernel = TestMember("kernel", type: "0")
        kernel.contents = Array(try Data(contentsOf: URL(fileURLWithPath: Self.smallKernel)))
        // It shows that the kernel can decompress zstd, so disks and CDs with it have zstd initrds.
        var configuration = TestMember("config", type: "0")
        configuration.contents = Array(try Data(contentsOf: URL(fileURLWithPath: Self.smallConfiguration)))
        var modules = TestMember("kernel.tar", type: "0")
        modules.contents = TestTar.archive([])
        try LayoutBuilder(at: cache).image("boot/kernel:small", layers: [[kernel, configuration, modules]])
    }

    /// Adds an image with a file of 1.1 GiB that no encoder makes smaller.
    func addLargeImage() throws {
        let bytes = MadeBytes(count: 1100 << 20, islands: [0..<1100 << 20])
        var member = TestMember("usr/share/large", type: "0")
        member.contents = try bytes.bytes(at: 0, length: Int(bytes.count), of: "the large file")
        try LayoutBuilder(at: cache).image("boot/large:1", layers: [[member]], compression: .none)
    }

    /// Writes what `boot` starts to `target` as `kit` with the format's suffixes; `more` are further files of the kit.
    func build(_ boot: Boot, to target: String, more: [String] = []) throws {
        let (format, architecture, kernel) = (boot.format, boot.architecture, boot.kernel)
        try Self.identikit(
            [
                "build", "--quiet", "--cache", cache, "--arch", architecture.rawValue, "--format", format,
                "--name", "kit", "--dir", target,
            ] + Self.bootFiles(format) + ["\(kernel.rawValue).yml", "kit.yml"] + more, in: directory)
    }

    private static func identikit(_ arguments: [String], in directory: String) throws {
        let result = try Executable.run(arguments, in: directory)
        guard result.status == 0 else {
            throw CommandError.failed(
                program: "identikit \(arguments.joined(separator: " "))", status: result.status,
                message: result.errorText)
        }
    }
}
