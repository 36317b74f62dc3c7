import Digests
import Signatures
import Testing

@Suite struct SignatureErrorTests {
    @Test func namesTheRule() {
        let error = SignatureError(
            image: "docker.io/a/b:1", digest: SHA256Digest(hashing: []), rule: "production", policy: "p.json",
            .unsigned(places: ["the cache /c"]))
        #expect(error.rule == "production")
    }
}
