import Bytes
import Digests
import OCI
import Signing
import TestSupport
import Testing

@testable import Signatures

/// cosign's first format, as bytes; signatures of openssl's making.
@Suite(.enabled(if: Tool.available("openssl"))) struct SimpleSigningTests {
    let signer: CosignSigner
    let check: SignatureCheck

    init() throws {
        signer = try Samples.one.get()
        check = SignatureCheck(
            keys: [try signer.key("ours")], digests: [Samples.digest], repository: nil)
    }

    private func payload(_ reference: String = Samples.repository) -> [UInt8] {
        CosignSigner.payload(for: Samples.digest, reference: reference)
    }

    /// Why `payload`, well signed, is refused.
    private func refused(_ payload: [UInt8], _ check: SignatureCheck? = nil) throws -> String? {
        let signature = Base64.encode(try signer.sign(payload))
        return refusal { () throws(UnusableSignature) in
            try (check ?? self.check).simpleSigning(payload: payload, signature: signature)
        }
    }

    @Test func acceptsASignature() throws {
        let payload = payload()
        let signature = Base64.encode(try signer.sign(payload))
        let found = try check.simpleSigning(payload: payload, signature: signature)
        #expect(found.key.name == "ours")
        #expect(found.digests == [Samples.digest])
    }

    @Test func everyFlippedBitRefuses() throws {
        let payload = payload()
        let signature = try signer.sign(payload)
        let text = Array(Base64.encode(signature).utf8)
        for (bytes, isPayload) in [(payload, true), (signature, false), (text, false)] {
            let isText = bytes == text
            for bit in 0..<bytes.count * 8 {
                var changed = bytes
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                let sent =
                    isText
                    ? String(decoding: changed, as: UTF8.self)
                    : Base64.encode(isPayload ? signature : changed)
                let reason = refusal { () throws(UnusableSignature) in
                    try check.simpleSigning(payload: isPayload ? changed : payload, signature: sent)
                }
                #expect(reason != nil, "bit \(bit) of the \(isPayload ? "payload" : "signature")")
            }
        }
    }

    @Test func everyFlippedBitOfTheDigestRefuses() throws {
        let payload = payload()
        let signature = Base64.encode(try signer.sign(payload))
        for bit in 0..<256 {
            var bytes = Samples.digest.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let check = SignatureCheck(
                keys: check.keys, digests: [try #require(SHA256Digest(bytes: bytes))], repository: nil)
            let reason = refusal { () throws(UnusableSignature) in
                try check.simpleSigning(payload: payload, signature: signature)
            }
            #expect(reason == "it is for another image: \(Samples.digest.oci)")
        }
    }

    @Test func refusesOtherKeysAndImages() throws {
        let stranger = try Samples.two.get()
        let payload = payload()
        let signature = Base64.encode(try stranger.sign(payload))
        #expect(
            refusal { () throws(UnusableSignature) in
                try check.simpleSigning(payload: payload, signature: signature)
            } == "it is not by the key ours")
        #expect(
            refusal { () throws(UnusableSignature) in
                try check.simpleSigning(payload: payload, signature: signature, hasCertificate: true)
            }?.contains("keyless") == true)
        #expect(
            try refused(CosignSigner.payload(for: Samples.other, reference: Samples.repository))?
                .contains("another image") == true)
    }

    @Test func refusesWhatIsNoSignatureAtAll() throws {
        let payload = payload()
        for text in ["", "AA==", "not base64", "MEUCIQ", String(repeating: "A", count: 1 << 20)] {
            #expect(
                refusal { () throws(UnusableSignature) in
                    try check.simpleSigning(payload: payload, signature: text)
                } != nil)
        }
        #expect(
            refusal { () throws(UnusableSignature) in
                try check.simpleSigning(payload: payload, signature: nil)
            } == "missing annotation dev.cosignproject.cosign/signature")
    }

    @Test func refusesSignaturesWithSomethingBehind() throws {
        let payload = payload()
        let signature = try signer.sign(payload)
        for changed in [signature + [0], Array(signature.dropLast()), [0] + signature] {
            #expect(
                refusal { () throws(UnusableSignature) in
                    try check.simpleSigning(payload: payload, signature: Base64.encode(changed))
                } == "it is not by the key ours")
        }
    }

    /// Signed, by the right key, and yet no statement about the image.
    @Test(arguments: [
        ("", "JSON"), ("[]", "must be an object"), ("{}", "critical of the payload is missing"),
        (#"{"critical":7}"#, "critical of the payload is an integer"),
        (#"{"critical":{"type":"x","image":{},"identity":{}}}"#, "critical.type of the payload is \"x\""),
        (
            #"{"critical":{"image":{"docker-manifest-digest":"DIGEST"}}}"#,
            "critical.type of the payload is missing"
        ),
        (#"{"critical":{"type":"TYPE","image":{}}}"#, "docker-manifest-digest of the payload is missing"),
        (#"{"critical":{"type":"TYPE","image":{"docker-manifest-digest":7}}}"#, "is an integer"),
        (
            #"{"critical":{"type":"TYPE","image":{"docker-manifest-digest":"sha512:00"},"identity":{}}}"#,
            "64 digits"
        ),
        (
            #"{"critical":{"type":"TYPE","image":{"docker-manifest-digest":"DIGEST"},"identity":{}}}"#,
            "critical.identity.docker-reference of the payload is missing"
        ),
        (
            #"{"critical":{"type":"TYPE","image":{"docker-manifest-digest":"OTHER","docker-manifest-digest":"DIGEST"},"#
                + #""identity":{"docker-reference":""}}}"#, "stands twice"
        ),
        (
            #"{"critical":{},"critical":{"type":"TYPE","image":{"docker-manifest-digest":"DIGEST"},"#
                + #""identity":{"docker-reference":""}}}"#, "stands twice"
        ),
        (
            #"{"critical":{"type":"TYPE","image":{"docker-manifest-digest":"DIGEST"},"#
                + #""identity":{"docker-reference":""}}} {}"#, "something follows"
        ),
        (String(repeating: #"{"critical":"#, count: 5000), "deeper than"),
    ])
    func refusesOtherPayloads(_ text: String, _ expected: String) throws {
        let payload =
            text.replacing("DIGEST", with: Samples.digest.oci).replacing("OTHER", with: Samples.other.oci)
            .replacing("TYPE", with: "cosign container image signature")
        let reason = try #require(try refused(Array(payload.utf8)))
        #expect(reason.contains(expected), "\(reason)")
    }

    /// A rule may ask for the repository; cosign does not.
    @Test func checksTheRepositoryWhereARuleAsks() throws {
        var rule = check
        rule = SignatureCheck(
            keys: check.keys, digests: check.digests,
            repository: RepositoryName(repository: Samples.repository))
        for good in ["", ":1", ":1@\(Samples.digest.oci)", "@\(Samples.other.oci)"] {
            #expect(try refused(payload(Samples.repository + good), rule) == nil)
        }
        for bad in ["", "registry.example/team/app2", "team/app", "REGISTRY.EXAMPLE/TEAM/APP", "a b"] {
            #expect(
                try refused(payload(bad), rule)?.contains("the rule requires \(Samples.repository)") == true)
            #expect(try refused(payload(bad)) == nil)
        }
    }
}
