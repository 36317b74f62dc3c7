import Digests
import OCI
import Signatures
import Testing

@Suite struct SignatureErrorTests {
    @Test func saysWhatWhereAndWhichRule() {
        let error = SignatureError(
            image: "docker.io/a/b:1", digest: SHA256Digest(hashing: []), rule: "production", policy: "p.json",
            .unsigned(places: ["the cache /c"]))
        let text = "\(error)"
        for part in [
            "docker.io/a/b:1", error.digest.oci, "production", "p.json", "not signed", "the cache /c",
        ] {
            #expect(text.contains(part), "\(part) is not in: \(text)")
        }
    }
}
