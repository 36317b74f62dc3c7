import Zstandard
import TestSupport
import Testing

/// The encoder's bytes are part of the output contract. `Tests/Golden/zstandard.txt` changes only by
/// running these tests with IDENTIKIT_UPDATE_GOLDEN=1, and a change of it needs a line in the changelog.
@Suite struct GoldenTests {
    @Test func theEncodersBytesAreFrozen() throws {
        try GoldenDigests.check(
            "zstandard", version: ZstandardEncoder.version, samples: samples, encode: { compressed($0) },
            decode: { (stream, _) in try decompressed(stream) })
    }
}
