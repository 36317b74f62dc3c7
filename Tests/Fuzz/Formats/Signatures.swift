import Bytes
import Digests
import Signatures

extension FuzzFormat {
    /// What is read of a signature: payloads, statements, bundles.
    static let signatures = FuzzFormat(
        name: "signatures", seeds: { SignatureSeeds.all.map { Specimen(Array($0.utf8)) } },
        read: { specimen in
            let bytes = specimen.allBytes
            do { _ = try SimpleSigning(payload: bytes) } catch {
                do { _ = try InTotoStatement(payload: bytes) } catch {
                    let envelope = try SigstoreBundle(parsing: bytes).envelope
                    guard envelope.signedBytes.count > envelope.payload.count + envelope.payloadType.count
                    else { throw BrokenPromise("what is signed lacks the payload") }
                    _ = try? InTotoStatement(payload: envelope.payload)
                }
            }
        })

    /// A policy of images.
    static let imagePolicy = FuzzFormat(
        name: "image-policy", seeds: { SignatureSeeds.policies.map { Specimen(Array($0.utf8)) } },
        read: { specimen in
            let policy = try ImagePolicy(parsing: specimen.allBytes, file: "policy.json") {
                path throws(PolicyReason) in
                guard path == "a.pub" else { throw PolicyReason("is not there") }
                return SignatureSeeds.key
            }
            if policy.rules.isEmpty { throw BrokenPromise("a policy without rules") }
            for rule in policy.rules {
                guard case .signed(let requirement) = rule.requirement else { continue }
                guard (1...max(1, requirement.keys.count)).contains(requirement.threshold),
                    !requirement.keys.isEmpty
                else { throw BrokenPromise("a rule that nothing, or everything, satisfies") }
            }
        })
}

private enum SignatureSeeds {
    static let hex = String(repeating: "0123456789abcdef", count: 4)

    static let payload: String =
        #"{"critical":{"identity":{"docker-reference":"example.com/a/b:1"},"image":{"docker-manifest-digest":"#
        + #""sha256:\#(hex)"},"type":"cosign container image signature"},"optional":{"k":"v"}}"#

    static let statement: String =
        #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":"\#(hex)"}}],"#
        + #""predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}}"#

    static let bundle: String = [
        #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":"#,
        #"{"hint":"aGludA=="},"tlogEntries":[]},"dsseEnvelope":{"payload":""#,
        Base64.encode(Array(statement.utf8)),
        #"","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"MEUCIQ==","keyid":""}]}}"#,
    ].joined()

    static let all = [payload, statement, bundle]

    static let key =
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErj9pXi5YH8rL8XSgL48cQrGiOyKw\ndAXKHSIyh8tbmfGDmauK444loIsOBdvtkolgZje+JeoNNGDEI2oQdx6iVg==\n-----END PUBLIC KEY-----\n"

    static let policies: [String] = [
        #"{"version": 1, "packages": "accept", "keys": {"a": "a.pub"}, "rules": [{"name": "r", "images": "#
            + #"["docker.io/linuxkit/*", "localhost:5000/a/b"], "action": "signed", "keys": ["a"], "threshold": 1, "#
            + #""identity": "repository"}, {"name": "s", "images": ["*"], "action": "reject"}]}"#,
        #"{"version": 1, "rules": [{"name": "r", "images": ["[::1]:5000/*"], "action": "accept"}]}"#,
    ]
}
