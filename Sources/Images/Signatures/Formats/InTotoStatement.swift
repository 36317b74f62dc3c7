internal import Bytes
package import Digests

/// What cosign signs in a bundle: an in-toto statement (in-toto attestation framework, version 1) that the
/// subjects are signed, with nothing more to say of them.
package struct InTotoStatement {
    static let payloadType: ByteString = "application/vnd.in-toto+json"
    static let type: ByteString = "https://in-toto.io/Statement/v1"
    static let predicateType = "https://sigstore.dev/cosign/sign/v1"

    /// SHA-256 of each subject that has one.
    package let subjects: [SHA256Digest]

    /// Parses a payload whose signature is known to be good.
    package init(payload: [UInt8]) throws(UnusableSignature) {
        let fields = try SignedFields(parsing: payload, document: "statement")
        let type = try fields.bytes("_type")
        guard type == Self.type else {
            throw UnusableSignature("_type of the statement is \"\(type.text)\", not \(Self.type.text)")
        }
        let predicateType = try fields.bytes("predicateType")
        guard predicateType == ByteString(Self.predicateType) else {
            throw UnusableSignature(
                "the statement's type \"\(predicateType.text)\" is not that of an image signature")
        }
        var subjects: [SHA256Digest] = []
        for subject in try fields.array("subject", limit: 1024) {
            let digests = try subject.fields("digest")
            guard digests.has("sha256") else { continue }
            guard let digest = SHA256Digest(hex: try digests.string("sha256")) else {
                throw UnusableSignature("the SHA-256 of a subject of the statement is not 64 digits")
            }
            subjects.append(digest)
        }
        self.subjects = subjects
    }
}
