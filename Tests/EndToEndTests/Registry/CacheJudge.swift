import Digests
import Host
import OCI
import TestSupport
import Testing

/// Says whether a cache is whole, without believing the program under test alone.
enum CacheJudge {
    /// Every blob has its digest, every image is complete, nothing half done is left, `cache verify` agrees.
    static func expectWhole(
        _ cache: String, names: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let layout = try ImageLayout(reading: cache)
        for name in names {
            let isComplete = try layout.isComplete(try ImageReference(name), platforms: [])
            #expect(isComplete, "\(name) is not complete", sourceLocation: sourceLocation)
        }
        let directory = "\(cache)/blobs/sha256"
        let sums = try Command("find", [directory, "-type", "f", "-exec", "sha256sum", "{}", "+"]).run()
        for line in sums.outputText.split(separator: "\n") {
            let parts = line.split(separator: " ")
            #expect(line.hasSuffix("/\(parts[0])"), "\(line)", sourceLocation: sourceLocation)
        }
        let hidden = try Command("find", [directory, "\(cache)/derived/downloads", "-name", ".*"]).run()
        #expect(hidden.outputText.isEmpty, "left: \(hidden.outputText)", sourceLocation: sourceLocation)
        let verdict = try Executable.run(
            ["cache", "verify", "--cache", cache], in: cache, home: "\(cache)/../home")
        #expect(
            verdict.status == 0, "\(verdict.outputText)\(verdict.errorText)", sourceLocation: sourceLocation)
    }
}
