import Digests
import Foundation
import Host
import Outputs
import TestSupport
import Testing

/// One build of the sample kit under its circumstances.
struct Round {
    let circumstances: Circumstances
    private let folder: TemporaryFolder
    private let cache: String

    /// `layout` is used as it is when the cache is to be warm, else a copy of it without derived data.
    init(_ circumstances: Circumstances, layout: LayoutBuilder) throws {
        self.circumstances = circumstances
        folder = try TemporaryFolder()
        if circumstances.cache == .warm {
            cache = layout.path
        } else {
            cache = "\(folder.path)/cache"
            try Tool.run("cp", ["-r", layout.path, cache])
            try Folder.remove("\(cache)/derived")
        }
        try folder.write("kit.yml", SampleKit.yaml)
        try folder.write("\(circumstances.home)/greeting", SampleKit.greeting)
        try Folder.create("\(folder.path)/\(circumstances.workingFolder)")
        try Folder.create("\(folder.path)/out")
    }

    /// Every file that every format writes, by name, with its digest.
    func digests() throws -> [String: String] {
        try prepare()
        defer { if circumstances.cache == .readOnly { _ = try? Tool.run("chmod", ["-R", "u+w", cache]) } }
        for formats in circumstances.apart ? OutputFormats.all.map({ [$0] }) : Self.groups {
            try build(["-f", formats.map(\.name).joined(separator: ","), "--dir", "\(folder.path)/out"])
        }
        var digests: [String: String] = [:]
        for name in try folder.list("out") {
            digests[name] = SHA256Digest(hashing: try folder.read("out/\(name)")).hex
        }
        for format in OutputFormats.all where format.isStreamed && circumstances.apart {
            let bytes = try build(["-f", format.name, "-o", "-"])
            let suffix = format.suffixes.first ?? ""
            #expect(SHA256Digest(hashing: bytes).hex == digests["kit\(suffix)"], "\(format.name) streamed")
        }
        return digests
    }

    /// Access for whoever builds.
    private func prepare() throws {
        try Tool.run("chmod", ["755", folder.path])
        if circumstances.cache == .readOnly { try Tool.run("chmod", ["-R", "a-w", cache]) }
        guard let user = circumstances.user else { return }
        for name in ["out", circumstances.home, circumstances.workingFolder] {
            try Tool.run("chown", ["-R", "\(user)", "\(folder.path)/\(name)"])
        }
    }

    @discardableResult
    private func build(_ arguments: [String]) throws -> [UInt8] {
        var command = [
            Executable.path, "build", "--quiet", "--cache", cache, "--arch", "amd64", "--jobs",
            "\(circumstances.jobs)",
        ]
        if !arguments.contains("-o") { command += ["--name", "kit"] }
        command += arguments + ["\(folder.path)/kit.yml"]
        if let user = circumstances.user {
            command = ["setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups"] + command
        }
        var environment = circumstances.environment
        environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
        environment["HOME"] = "\(folder.path)/\(circumstances.home)"
        environment["TZ"] = circumstances.timeZone
        environment["LC_ALL"] = circumstances.locale
        let script = "umask \"$1\" && shift && exec \"$@\""
        return try Tool.run(
            "sh", ["-c", script, "sh", circumstances.umask] + command,
            in: "\(folder.path)/\(circumstances.workingFolder)", environment: environment
        ).output
    }

    /// All formats in as few runs as their file names allow.
    private static let groups: [[OutputFormat]] = {
        var groups: [[OutputFormat]] = []
        for format in OutputFormats.all {
            let free = groups.firstIndex { group in
                !group.contains { !Set($0.suffixes).isDisjoint(with: format.suffixes) }
            }
            if let free { groups[free].append(format) } else { groups.append([format]) }
        }
        return groups
    }()
}
