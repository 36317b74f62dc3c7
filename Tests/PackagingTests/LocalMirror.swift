internal import Digests
internal import Host
internal import TestSupport

@testable import Packaging

/// A Debian mirror in a directory, and an apt that knows no other.
struct LocalMirror {
    let builder: DebBuilder
    private let root: String

    init() throws {
        builder = try DebBuilder()
        root = "\(builder.directory.path)/mirror"
        try builder.directory.write(
            "apt/apt.conf",
            """
            Dir::Etc::sourcelist "\(builder.directory.path)/apt/sources.list";
            Dir::Etc::sourceparts "/dev/null";
            """ + "\n")
        try builder.directory.write(
            "apt/sources.list",
            "# a comment\ndeb [trusted=yes] file:\(root) test main\ndeb [trusted=yes] file:\(root) other main\n"
        )
    }

    var aptVariables: [String: String] { ["APT_CONFIG": "\(builder.directory.path)/apt/apt.conf"] }

    /// Adds a package; the mirror shows it after `publish`.
    func add(_ name: String, version: String = "1.0", control: String = "", script: String) throws {
        let deb = try builder.build(name, version: version, control: control, script: script)
        let pool = "\(root)/pool/main/\(name)"
        try Directory.remove(pool)
        try Directory.create(pool)
        try Tool.run("cp", [deb, "\(pool)/\(name)_\(version.replacing(":", with: "%3a"))_all.deb"])
    }

    /// Writes the lists.
    func publish() throws {
        var records = ""
        for name in try builder.directory.list("mirror/pool/main") {
            for file in try builder.directory.list("mirror/pool/main/\(name)") {
                let path = "pool/main/\(name)/\(file)"
                let control = try Tool.run("dpkg-deb", ["-f", "\(root)/\(path)"]).outputText
                let size = try FileStatus.of("\(root)/\(path)")?.size ?? 0
                let digest = try SHA256Digest(hashingFile: "\(root)/\(path)")
                records += "\(control)Filename: \(path)\nSize: \(size)\nSHA256: \(digest)\n\n"
            }
        }
        let digest = SHA256Digest(hashing: records)
        for architecture in ["amd64", "arm64"] {
            try builder.directory.write("mirror/dists/test/main/binary-\(architecture)/Packages", records)
        }
        let lines = ["amd64", "arm64"].map { " \(digest) \(records.utf8.count) main/binary-\($0)/Packages\n" }
        try builder.directory.write(
            "mirror/dists/test/Release",
            "Suite: test\nCodename: test\nArchitectures: amd64 arm64\nComponents: main\nSHA256:\n"
                + lines.joined())
    }

    /// A package directory with `build.yml` and nothing else.
    func package(_ name: String, _ text: String) throws -> String {
        try builder.directory.write("packages/\(name)/build.yml", text)
        return "\(builder.directory.path)/packages/\(name)"
    }

    func packageBuilder(
        cache: String = "cache", _ change: (inout PackageBuildOptions) -> Void = { _ in }
    ) throws -> PackageBuilder {
        var options = PackageBuildOptions()
        options.architectures = ["amd64"]
        change(&options)
        return try PackageBuilder(
            cache: "\(builder.directory.path)/\(cache)", options: options, aptVariables: aptVariables)
    }
}
