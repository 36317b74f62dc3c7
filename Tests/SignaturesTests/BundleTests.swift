import Bytes
import Digests
import OCI
import Signing
import TestSupport
import Testing

@testable import Signatures

/// cosign's second format, as bytes; signatures of openssl's making.
@Suite(.enabled(if: Tool.available("openssl"))) struct BundleTests {
    let signer: CosignSigner
    let check: SignatureCheck

    init() throws {
        signer = try Samples.one.get()
        check = SignatureCheck(
            keys: [try signer.key("ours")], digests: [Samples.digest], repository: nil)
    }

    private func refused(_ bundle: [UInt8]) -> String? {
        refusal { () throws(UnusableSignature) in try check.bundle(bundle) }
    }

    private func bundle() throws -> String {
        String(decoding: try signer.bundle(CosignSigner.statement(for: Samples.digest)), as: UTF8.self)
    }

    @Test func acceptsABundle() throws {
        let found = try check.bundle(Array(try bundle().utf8))
        #expect(found.key.name == "ours")
        #expect(found.digests == [Samples.digest])
    }

    @Test func agreesWithThePublishedEncoding() throws {
        // DSSE, protocol.md, "Test Vectors".
        let fields = try SignedFields(
            parsing: Array(
                (#"{"payload": "aGVsbG8gd29ybGQ=", "payloadType": "http://example.com/HelloWorld", "#
                    + #""signatures": [{"sig": "AA=="}]}"#).utf8), document: "envelope")
        #expect(
            String(decoding: try DSSEEnvelope(fields).signedBytes, as: UTF8.self)
                == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    }

    /// Everything that decides is under the signature; what is not (the hint, the log) decides nothing.
    @Test func noFlippedBitMakesAnotherStatementOfIt() throws {
        let good = Array(try bundle().utf8)
        let text = String(decoding: good, as: UTF8.self)
        let hint = try #require(text.firstRange(of: #"{"publicKey":{"hint":"aGludA=="},"tlogEntries":[]}"#))
        let free =
            text.utf8.distance(
                from: text.startIndex, to: hint.lowerBound)..<text.utf8.distance(
                from: text.startIndex, to: hint.upperBound)
        var count = 0
        for bit in 0..<good.count * 8 {
            var changed = good
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            if refused(changed) != nil {
                count += 1
            } else {
                #expect(free.contains(bit / 8), "bit \(bit)")
            }
        }
        #expect(count >= (good.count - free.count) * 8)
    }

    @Test func refusesAnotherImage() throws {
        let bundle = try signer.bundle(CosignSigner.statement(for: Samples.other))
        #expect(refused(bundle) == "it is for another image: \(Samples.other.oci)")
    }

    @Test func refusesStatementsOfOtherKinds() throws {
        let bundle = try signer.bundle(
            CosignSigner.statement(for: Samples.digest, predicateType: "https://slsa.dev/provenance/v1"))
        #expect(refused(bundle)?.contains("not that of an image signature") == true)
    }

    @Test(arguments: [
        ("", "JSON"), ("[]", "an object"), (#"{"_type":"https://in-toto.io/Statement/v0.1"}"#, "_type"),
        (#"{"_type":"TYPE","predicateType":"SIGN"}"#, "subject of the statement is missing"),
        (#"{"_type":"TYPE","predicateType":"SIGN","subject":[]}"#, "no image"),
        (
            #"{"_type":"TYPE","predicateType":"SIGN","subject":[7]}"#,
            "subject[0] of the statement is an integer"
        ),
        (#"{"_type":"TYPE","predicateType":"SIGN","subject":[{"digest":{"sha512":"x"}}]}"#, "no image"),
        (#"{"_type":"TYPE","predicateType":"SIGN","subject":[{"digest":{"sha256":"00"}}]}"#, "64 digits"),
        (
            #"{"_type":"TYPE","predicateType":"SIGN","subject":[{"digest":{"sha256":"HEX"}}],"subject":[]}"#,
            "stands twice"
        ),
        (
            #"{"_type":"TYPE","predicateType":"SIGN","subject":[{"digest":{"sha256":"sha256:HEX"}}]}"#,
            "64 digits"
        ),
    ])
    func refusesOtherStatements(_ text: String, _ expected: String) throws {
        let statement =
            text.replacing("TYPE", with: "https://in-toto.io/Statement/v1")
            .replacing("SIGN", with: "https://sigstore.dev/cosign/sign/v1")
            .replacing("HEX", with: Samples.digest.hex)
        let reason = try #require(refused(try signer.bundle(Array(statement.utf8))))
        #expect(reason.contains(expected), "\(reason)")
    }

    @Test func refusesBundlesOfOtherKinds() throws {
        let good = try bundle()
        let changes: [(String, String, String)] = [
            (#"bundle.v0.3+json"#, #"bundle.v9.9+json"#, "media type"),
            (#""publicKey":{"hint":"aGludA=="}"#, #""certificate":{"rawBytes":"AA=="}"#, "keyless"),
            (#""publicKey":{"hint":"aGludA=="}"#, #""x509CertificateChain":{}"#, "keyless"),
            (#""publicKey":{"hint":"aGludA=="},"#, "", "publicKey of the bundle is missing"),
            (#""dsseEnvelope""#, #""messageSignature""#, "not of an image"),
            (#""dsseEnvelope""#, #""envelope""#, "dsseEnvelope of the bundle is missing"),
            (#"application/vnd.in-toto+json"#, #"application/json"#, "the envelope holds"),
            (#""payload":""#, #""payload":" "#, "not Base64"),
            (#"{"sig":"#, #"{"sign":"#, "sig of the bundle is missing"),
            (#"{"sig":"#, #"{"sig":"AA=="},{"sig":"#, "must have 1"),
            (#""signatures":[{"#, #""signatures":[],"more":[{"#, "must have 1"),
            (#""mediaType":"#, #""dsseEnvelope":{},"mediaType":"#, "stands twice"),
            (#""verificationMaterial":{"#, #""verificationMaterial":[],"other":{"#, "is an array"),
        ]
        for (old, new, expected) in changes {
            let changed = good.replacing(old, with: new, maxReplacements: 1)
            #expect(changed != good)
            let reason = try #require(refused(Array(changed.utf8)))
            #expect(reason.contains(expected), "\(old): \(reason)")
        }
    }

    /// A payload of one format must not pass for one of the other, though one key signs both.
    @Test func formatsDoNotPassForEachOther() throws {
        let payload = CosignSigner.payload(for: Samples.digest, reference: Samples.repository)
        #expect(refused(try signer.bundle(payload)) != nil)
        let statement = CosignSigner.statement(for: Samples.digest)
        let signature = Base64.encode(try signer.sign(statement))
        #expect(
            refusal { () throws(UnusableSignature) in
                try check.simpleSigning(payload: statement, signature: signature)
            } != nil)
    }

    /// DSSE: verifiers must accept both alphabets.
    @Test func acceptsURLSafeBase64() throws {
        let good = try bundle()
        let start = try #require(good.firstRange(of: #""dsseEnvelope""#)).lowerBound
        let envelope = good[start...].replacing(
            #"application/vnd.in-toto+json"#, with: "TYPE"
        ).replacing("+", with: "-").replacing("/", with: "_").replacing(
            "TYPE", with: "application/vnd.in-toto+json")
        #expect(refused(Array((good[..<start] + envelope).utf8)) == nil)
    }
}
