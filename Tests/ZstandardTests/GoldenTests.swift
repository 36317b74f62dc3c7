import Digests
import Foundation
import TestSupport
import Testing
import Zstandard

/// The encoder's bytes are part of the output contract. `Tests/Golden/zstandard.txt` changes only by
/// running these tests with IDENTIKIT_UPDATE_GOLDEN=1, and a change of it needs a line in the changelog.
@Suite struct GoldenTests {
    private static let file = URL(fileURLWithPath: "\(Conformance.root)/Tests/Golden/zstandard.txt")

    @Test func theEncodersBytesAreFrozen() throws {
        var lines = "version \(ZstandardEncoder.version)\n"
        for (name, bytes) in samples {
            let stream = compressed(bytes)
            // A digest is worth something only for a stream that says what it should.
            try #require(try decompressed(stream) == bytes, "\(name)")
            lines += "\(SHA256Digest(hashing: stream)) \(stream.count) \(name)\n"
        }
        let before = try String(contentsOf: Self.file, encoding: .utf8)
        try #require(
            Set(lines.split(separator: "\n")).isSuperset(of: before.split(separator: "\n"))
                || lines.prefix { $0 != "\n" } != before.prefix { $0 != "\n" },
            "the encoder writes other bytes: raise ZstandardEncoder.version, then update the golden digests")
        if ProcessInfo.processInfo.environment["IDENTIKIT_UPDATE_GOLDEN"] == "1" {
            try Data(lines.utf8).write(to: Self.file)
        }
        let golden = try String(contentsOf: Self.file, encoding: .utf8)
        for (line, expected) in zip(lines.split(separator: "\n"), golden.split(separator: "\n")) {
            #expect(line == expected)
        }
        #expect(lines == golden)
    }
}
