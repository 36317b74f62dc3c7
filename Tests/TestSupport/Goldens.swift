internal import Digests
internal import Foundation
internal import Host

/// LinuxKit's own outputs, unpacked once and kept in the build directory.
public final class Goldens: Sendable {
    public static let shared = Goldens()

    /// The directory with `kits/NAME.tar` and `edge/NAME.out`.
    public let path: String

    private init() {
        let lists = ["golden.sha256", "edge/golden.sha256"].flatMap { (try? Self.input($0)) ?? [] }
        // Named for what is in it: other goldens are unpacked anew.
        path = "\(Conformance.root)/.build/goldens-\(SHA256Digest(hashing: lists).hex.prefix(12))"
        if Conformance.isPresent, !FileManager.default.fileExists(atPath: path) { Self.unpack(to: path) }
    }

    /// Unpacks beside `path` and renames: two test runs at once do not see halves.
    private static func unpack(to path: String) {
        let scratch = "\(path).\(ProcessInfo.processInfo.processIdentifier)"
        for (archive, name) in [("golden.tar.zst", "kits"), ("edge/golden.tar.zst", "edge")] {
            let target = "\(scratch)/\(name)"
            try? FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            _ = try? Tool.run(
                "sh",
                [
                    "-c", "zstd --decompress --long=27 --stdout \"$1\" | tar -x -C \"$2\"", "sh",
                    "\(Conformance.directory)/\(archive)", target,
                ])
        }
        try? FileManager.default.moveItem(atPath: scratch, toPath: path)
    }

    /// The bytes of `name`, such as `edge/dry-run.out`.
    public func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    /// The bytes of one member of a golden tar.
    public func member(_ member: String, of name: String) throws -> [UInt8] {
        try Tool.run("bsdtar", ["-xOf", "\(path)/\(name)", "--fast-read", member]).output
    }

    /// The members of a golden tar whose names end so, by name.
    public func members(endingWith suffixes: [String], of name: String) throws -> [String: [UInt8]] {
        let names = try Tool.run("bsdtar", ["-tf", "\(path)/\(name)"]).outputText.split(separator: "\n")
            .map(String.init).filter { name in suffixes.contains(where: name.hasSuffix) }
        // bsdtar reports an error if it is asked for nothing that is there.
        if names.isEmpty { return [:] }
        let target = try TemporaryDirectory()
        try Tool.run("bsdtar", ["-xf", "\(path)/\(name)", "-C", target.path] + names)
        return Dictionary(uniqueKeysWithValues: try names.map { ($0, try target.read($0)) })
    }

    /// A file of the conformance directory, such as `yml/linuxkit.yml`.
    public static func input(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(Conformance.directory)/\(name)")))
    }

    /// The names in a directory of the conformance directory, sorted.
    public static func inputs(_ directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(Conformance.directory)/\(directory)")) ?? [])
            .sorted()
    }
}
