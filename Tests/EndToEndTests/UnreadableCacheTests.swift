import Foundation
import Host
import TestSupport
import Testing

/// As somebody whom the system refuses things.
@Suite(
    "A cache that cannot be read or written",
    .enabled(if: HostEnvironment.isRoot && Tool.available("setpriv"), "needs root and setpriv"))
struct UnreadableCacheTests {
    private let cache: CacheDirectory
    private let program: String

    init() throws {
        cache = try CacheDirectory.sample()
        program = "\(cache.directory.path)/identikit"
        try Tool.run("cp", [Executable.path, program])
        try Tool.run("chmod", ["755", cache.directory.path])
        try Tool.run("chown", ["-R", "65534:65534", cache.directory.path])
    }

    private func run(_ arguments: [String]) throws -> Command.Result {
        try Command(
            "setpriv",
            ["--reuid", "65534", "--regid", "65534", "--clear-groups", program] + arguments
                + ["--cache", cache.path],
            environment: ["HOME": cache.directory.path, "PATH": "/usr/bin:/bin"]
        ).run()
    }

    @Test("A blob that cannot be read is no damage, and stays")
    func unreadableBlob() throws {
        let blobs = "\(cache.path)/blobs/sha256"
        let names = try FileManager.default.contentsOfDirectory(atPath: blobs).sorted()
        try Tool.run("chmod", ["000", "\(blobs)/\(names[0])"])
        for option in [[], ["--repair"]] {
            let result = try run(["cache", "verify"] + option)
            #expect(result.status != 0 && result.status != 65, "\(result.errorText)")
            #expect(result.errorText.contains("ermission"), "\(result.errorText)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: blobs).sorted() == names)
    }
}
