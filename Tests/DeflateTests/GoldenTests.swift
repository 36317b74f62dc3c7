import Deflate
import TestSupport
import Testing

/// The encoder's bytes are part of the output contract. `Tests/Golden/deflate.txt` changes only by
/// running these tests with IDENTIKIT_UPDATE_GOLDEN=1, and a change of it needs a line in the changelog.
@Suite struct GoldenTests {
    @Test func theEncodersBytesAreFrozen() throws {
        try GoldenDigests.check(
            "deflate", version: DeflateEncoder.version, samples: samples, encode: { deflate($0) },
            decode: { try inflate($0, expecting: $1) })
    }
}
