import Digests
import Foundation
import Host
import Outputs
import TestSupport
import Testing

/// What the executable makes of the sample kit, each format in a directory of its own, built when first asked for.
final class SampleOutputs: @unchecked Sendable {
    static let shared = Result { try SampleOutputs() }

    private let directory: TemporaryDirectory
    private let layout: LayoutBuilder
    private let lock = NSLock()
    private var built: Set<String> = []

    private init() throws {
        directory = try TemporaryDirectory()
        layout = try SampleKit.layout()
        try directory.write("kit.yml", SampleKit.yaml)
        try directory.write("home/greeting", SampleKit.greeting)
        try SampleBootFiles.write(to: directory, "boot")
    }

    /// The path of the file that `format` wrote with `suffix`, its only one if none is given.
    static func path(_ format: String, _ suffix: String? = nil) throws -> String {
        try shared.get().path(format, suffix)
    }

    private func path(_ name: String, _ suffix: String?) throws -> String {
        let format = try #require(OutputFormats.named(name), "no format \(name)")
        lock.lock()
        defer { lock.unlock() }
        let key = Self.directory(name)
        if built.insert(key).inserted { try build(format, in: key) }
        return "\(directory.path)/\(key)/kit\(suffix ?? format.suffixes[0])"
    }

    private func build(_ format: OutputFormat, in key: String) throws {
        let architecture = format.architectures.contains("amd64") ? "amd64" : "arm64"
        let boot = "\(directory.path)/boot"
        try Directory.create("\(directory.path)/\(key)")
        try Tool.run(
            Executable.path,
            [
                "build", "--quiet", "--cache", layout.path, "--arch", architecture, "--format", format.name,
                "--dir", "\(directory.path)/\(key)", "--name", "kit", "--bios-boot", boot, "--efi-boot", boot,
                "--rpi3-boot", boot, "\(directory.path)/kit.yml",
            ],
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "\(directory.path)/home",
            ])
    }

    private static func directory(_ format: String) -> String {
        String(format.map { $0 == "+" ? "-" : $0 })
    }
}
