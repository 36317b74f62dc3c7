import Digests
import Host
import Outputs
import TestSupport
import Testing

/// A changed byte of an output is a decision that somebody takes: `Tests/Golden/outputs.txt` has the digest of every
/// file of every format for the sample kit, and changes only by `make golden`. A format gets its lines once
/// other people's tools agree with what it writes.
@Suite struct GoldenOutputTests {
    @Test(
        "Every file of every format is, byte for byte, what it was",
        .enabled(if: Tool.available("zstd"), "zstd is not installed"))
    func outputs() throws {
        let digests = try UsualOutputs.shared.get().digests
        var lines: [String] = []
        for format in OutputFormats.all {
            for suffix in format.suffixes {
                let key = Round.key(format, suffix)
                lines.append("\(try #require(digests[key], "\(key) was not written")) \(key)")
            }
        }
        try GoldenDigests.check("outputs", lines: lines)
    }

    @Test("Other bytes have another identity, so that builders of two versions share nothing")
    func identity() throws {
        let identity = try GoldenDigests.identity()
        #expect(
            OutputFormats.identity == identity, "set it in OutputFormats.swift when the golden digests change"
        )
    }
}
