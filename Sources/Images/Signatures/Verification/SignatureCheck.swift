internal import Bytes
internal import Digests
internal import OCI
internal import Signing

/// Checks single signatures, as bytes: who made each, and whether it is for the image. Nothing of a payload is
/// trusted or even parsed before its signature is verified.
struct SignatureCheck {
    let keys: [TrustedKey]
    /// What a signature may be for: the index and the manifest of one image.
    let digests: [SHA256Digest]
    /// The repository that a simple-signing payload must name; nil to leave the name alone, as cosign does.
    let repository: RepositoryName?

    /// Checks a payload of cosign's first format against the text in its layer's annotation.
    func simpleSigning(
        payload: [UInt8], signature: String?, hasCertificate: Bool = false
    ) throws(UnusableSignature) -> Signer {
        guard let signature else {
            throw UnusableSignature("missing annotation \(SimpleSigning.signatureAnnotation)")
        }
        guard let bytes = Base64.decodeCanonical(signature) else {
            throw UnusableSignature("its annotation \(SimpleSigning.signatureAnnotation) is not Base64")
        }
        let key = try maker(of: bytes, over: payload, hasCertificate: hasCertificate)
        let claims = try SimpleSigning(payload: payload)
        guard digests.contains(claims.digest) else { throw Self.otherImage([claims.digest]) }
        if let repository, RepositoryName(dockerReference: claims.dockerReference) != repository {
            throw UnusableSignature(
                "it is for \"\(claims.dockerReference)\", but the rule requires \(repository)")
        }
        return Signer(key: key, digests: [claims.digest])
    }

    /// Checks a bundle: cosign's second format.
    func bundle(_ bytes: [UInt8]) throws(UnusableSignature) -> Signer {
        let envelope = try SigstoreBundle(parsing: bytes).envelope
        guard envelope.payloadType == InTotoStatement.payloadType else {
            throw UnusableSignature(
                "the envelope holds \"\(envelope.payloadType.text)\", not \(InTotoStatement.payloadType.text)"
            )
        }
        let key = try maker(of: envelope.signature, over: envelope.signedBytes)
        let statement = try InTotoStatement(payload: envelope.payload)
        let signed = digests.filter(statement.subjects.contains)
        guard !signed.isEmpty else { throw Self.otherImage(statement.subjects) }
        if let repository {
            throw UnusableSignature(
                "a bundle does not name a repository, but the rule requires \(repository)")
        }
        return Signer(key: key, digests: Set(signed))
    }

    private func maker(
        of signature: [UInt8], over message: [UInt8], hasCertificate: Bool = false
    ) throws(UnusableSignature) -> TrustedKey {
        if let key = keys.first(where: { $0.key.isValid(signature, for: message) }) { return key }
        let certificate =
            hasCertificate ? "; it came with a certificate; keyless signatures are not supported" : ""
        throw UnusableSignature("it is not by \(Self.list(keys.map(\.name)))\(certificate)")
    }

    private static func list(_ names: [String]) -> String {
        names.count == 1 ? "the key \(names[0])" : "any of the keys \(names.joined(separator: ", "))"
    }

    private static func otherImage(_ digests: [SHA256Digest]) -> UnusableSignature {
        guard let first = digests.first else { return UnusableSignature("it names no image") }
        let more = digests.count > 1 ? " and \(digests.count - 1) more" : ""
        return UnusableSignature("it is for another image: \(first.oci)\(more)")
    }
}

/// A key whose good signatures were found.
struct Signer: Equatable {
    let key: TrustedKey
    /// Those of the image's digests that it signed.
    var digests: Set<SHA256Digest>
}
