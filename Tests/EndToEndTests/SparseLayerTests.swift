import Bytes
import Digests
import Host
import OCI
import TestSupport
import Testing

/// Whether a layer holds the holes of its files or not is nobody's business but its own.
@Suite("Files with holes", .enabled(if: Tool.available("tar"), "tar is not installed"))
struct SparseLayerTests {
    private static let formats = "tar,kernel+initrd,kernel+squashfs,kernel+erofs,kernel+iso"

    @Test("Every form of GNU tar gives the outputs that a layer without holes gives, from a warm cache too")
    func forms() throws {
        let directory = try TemporaryDirectory()
        try SparseArchive.fill(directory)
        let expected = try outputs(try SparseArchive.archive(directory, form: nil))
        for form in SparseArchive.forms {
            let found = try outputs(try SparseArchive.archive(directory, form: form))
            #expect(found == expected, "\(form)")
        }
    }

    /// Digests by suffix, of two builds that are alike.
    private func outputs(_ tar: [UInt8]) throws -> [String: String] {
        let workshop = try Workshop()
        let layer = try workshop.builder.layer(tar)
        try workshop.builder.index("sample/sparse:1", [try workshop.builder.manifest([layer])])
        try workshop.write(
            "kit.yml",
            "kernel:\n  image: sample/thing:1\n  binary: bin/sh\n  tar: none\ninit:\n  - sample/sparse:1\n")
        var results: [[String: String]] = []
        for name in ["cold", "warm"] {
            let result = try workshop.build(["--name", name, "-f", Self.formats, "kit.yml"])
            #expect(result.status == 0, "\(result.errorText)")
            var digests: [String: String] = [:]
            for file in try workshop.names() where file.hasPrefix(name) {
                let bytes = try #require(workshop.directory).read(file)
                digests[String(file.dropFirst(name.count))] = SHA256Digest(hashing: bytes).hex
            }
            results.append(digests)
        }
        #expect(results[0] == results[1] && results[0].count == 6, "\(results[0].keys)")
        return results[0]
    }

    @Test("Holes beyond the limit are refused before they are read")
    func limit() throws {
        let workshop = try Workshop()
        let directory = try TemporaryDirectory()
        try Tool.run("truncate", ["-s", "1T", "\(directory.path)/hole"])
        let tar = try Tool.run("tar", ["--create", "--sparse", "hole"], in: directory.path).output
        let layer = try workshop.builder.layer(tar)
        try workshop.builder.index("sample/sparse:1", [try workshop.builder.manifest([layer])])
        try workshop.write("kit.yml", "init:\n  - sample/sparse:1\n")
        try workshop.expectFailure(
            ["-f", "tar", "kit.yml"], status: 65, saying: ["hole", "holes in files", "sample/sparse:1"])
    }
}
