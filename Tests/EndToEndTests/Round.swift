import Bytes
import Digests
import Foundation
import Host
import Outputs
import TestSupport
import Testing

/// One build of the sample kit under its circumstances.
struct Round {
    let circumstances: Circumstances
    private let directory: TemporaryDirectory
    private let cache: String

    /// `layout` is used as it is when the cache is to be warm, else a copy of it without derived data.
    init(_ circumstances: Circumstances, layout: LayoutBuilder) throws {
        self.circumstances = circumstances
        directory =
            try circumstances.isInMemory ? TemporaryDirectory(below: "/dev/shm") : TemporaryDirectory()
        if circumstances.cache == .warm {
            cache = layout.path
        } else {
            cache = "\(directory.path)/cache"
            try Tool.run("cp", ["-r", layout.path, cache])
            try Directory.remove("\(cache)/derived")
        }
        try directory.write("kit.yml", SampleKit.yaml)
        try directory.write("\(circumstances.home)/greeting", SampleKit.greeting)
        try Directory.create("\(directory.path)/\(circumstances.workingDirectory)")
        try SampleBootFiles.write(to: directory, "boot")
    }

    /// Every file that every format writes, by format and suffix, with its digest.
    func digests() throws -> [String: String] {
        let digests = try files().mapValues { path in
            var hasher = SHA256Hasher()
            var source = RangeSource(try ReadableFile(path: path))
            try source.copy(to: &hasher)
            return hasher.finalize().hex
        }
        for format in OutputFormats.all where format.isStreamed && circumstances.apart {
            let bytes = try build([format], ["-o", "-"])
            let known = digests[Self.key(format, format.suffixes.first ?? "")]
            #expect(SHA256Digest(hashing: bytes).hex == known, "\(format.name) streamed")
        }
        return digests
    }

    /// Every file that every format writes, by format and suffix, with its path: there for as long as the round is.
    func files() throws -> [String: String] {
        try prepare()
        defer { if circumstances.cache == .readOnly { _ = try? Tool.run("chmod", ["-R", "u+w", cache]) } }
        var files: [String: String] = [:]
        for (number, formats) in runs.enumerated() {
            let output = outputDirectory(number)
            try build(formats, ["--dir", output])
            for format in formats {
                for suffix in format.suffixes { files[Self.key(format, suffix)] = "\(output)/kit\(suffix)" }
            }
        }
        return files
    }

    static func key(_ format: OutputFormat, _ suffix: String) -> String { "\(format.name): kit\(suffix)" }

    private var runs: [[OutputFormat]] { circumstances.apart ? OutputFormats.all.map { [$0] } : Self.groups }

    private func outputDirectory(_ run: Int) -> String { "\(directory.path)/out/\(run)" }

    /// A directory for each run, and access for whoever builds.
    private func prepare() throws {
        for run in runs.indices { try Directory.create(outputDirectory(run)) }
        try Tool.run("chmod", ["755", directory.path])
        if circumstances.cache == .readOnly { try Tool.run("chmod", ["-R", "a-w", cache]) }
        guard let user = circumstances.user else { return }
        for name in ["out", circumstances.home, circumstances.workingDirectory] {
            try Tool.run("chown", ["-R", "\(user)", "\(directory.path)/\(name)"])
        }
    }

    @discardableResult
    private func build(_ formats: [OutputFormat], _ arguments: [String]) throws -> [UInt8] {
        var command = [
            Executable.path, "build", "--quiet", "--cache", cache, "--arch", Self.architecture(formats),
            "--jobs",
            "\(circumstances.jobs)", "--format", formats.map(\.name).joined(separator: ","),
        ]
        for option in ["--bios-boot", "--efi-boot", "--rpi3-boot"] {
            command += [option, "\(directory.path)/boot"]
        }
        if !arguments.contains("-o") { command += ["--name", "kit"] }
        command += arguments + ["\(directory.path)/kit.yml"]
        command = circumstances.wrapping(command)
        var environment = circumstances.environment
        environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
        environment["HOME"] = "\(directory.path)/\(circumstances.home)"
        environment["TZ"] = circumstances.timeZone
        environment["LC_ALL"] = circumstances.locale
        let script = "umask \"$1\" && shift && exec \"$@\""
        return try Tool.run(
            "sh", ["-c", script, "sh", circumstances.umask] + command,
            in: "\(directory.path)/\(circumstances.workingDirectory)", environment: environment
        ).output
    }

    /// All formats in as few runs as their file names and architectures allow.
    private static let groups: [[OutputFormat]] = {
        var groups: [[OutputFormat]] = []
        for format in OutputFormats.all {
            let free = groups.firstIndex { group in
                group.allSatisfy {
                    OutputFormats.clash($0, format) == nil && architecture([$0]) == architecture([format])
                }
            }
            if let free { groups[free].append(format) } else { groups.append([format]) }
        }
        return groups
    }()

    private static func architecture(_ formats: [OutputFormat]) -> String {
        formats.allSatisfy { $0.architectures.contains("amd64") } ? "amd64" : "arm64"
    }
}
