import Digests
import Foundation
import Host
import Outputs
import TestSupport
import Testing

/// What the executable makes of the sample kit, each format in a folder of its own, built when first asked for.
final class SampleOutputs: @unchecked Sendable {
    static let shared = Result { try SampleOutputs() }

    private let folder: TemporaryFolder
    private let layout: LayoutBuilder
    private let lock = NSLock()
    private var built: Set<String> = []

    private init() throws {
        folder = try TemporaryFolder()
        layout = try SampleKit.layout()
        try folder.write("kit.yml", SampleKit.yaml)
        try folder.write("home/greeting", SampleKit.greeting)
        try SampleBootFiles.write(to: folder, "boot")
    }

    /// The path of the file that `format` wrote with `suffix`, its only one if none is given.
    static func path(_ format: String, _ suffix: String? = nil) throws -> String {
        try shared.get().path(format, suffix)
    }

    private func path(_ name: String, _ suffix: String?) throws -> String {
        let format = try #require(OutputFormats.named(name), "no format \(name)")
        lock.lock()
        defer { lock.unlock() }
        let key = Self.folder(name)
        if built.insert(key).inserted { try build(format, in: key) }
        return "\(folder.path)/\(key)/kit\(suffix ?? format.suffixes[0])"
    }

    private func build(_ format: OutputFormat, in key: String) throws {
        let architecture = format.architectures.contains("amd64") ? "amd64" : "arm64"
        let boot = "\(folder.path)/boot"
        try Folder.create("\(folder.path)/\(key)")
        try Tool.run(
            Executable.path,
            [
                "build", "--quiet", "--cache", layout.path, "--arch", architecture, "--format", format.name,
                "--dir", "\(folder.path)/\(key)", "--name", "kit", "--bios-boot", boot, "--efi-boot", boot,
                "--rpi3-boot", boot, "\(folder.path)/kit.yml",
            ],
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "\(folder.path)/home",
            ])
    }

    private static func folder(_ format: String) -> String {
        String(format.map { $0 == "+" ? "-" : $0 })
    }
}
