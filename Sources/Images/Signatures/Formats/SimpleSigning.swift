internal import Bytes
package import Digests
internal import OCI

/// cosign's first format (cosign, "Signature Specifications", "Simple Signing"): a payload that names the image,
/// as a layer, and the signature over its bytes in the layer's annotations.
package struct SimpleSigning {
    static let mediaType = "application/vnd.dev.cosign.simplesigning.v1+json"
    static let signatureAnnotation = "dev.cosignproject.cosign/signature"
    static let certificateAnnotation = "dev.sigstore.cosign/certificate"
    static let type = "cosign container image signature"

    /// The image that the signer speaks of.
    package let digest: SHA256Digest
    /// The name that the image had for the signer, mostly registry and repository, often with a tag. cosign does
    /// not check it; a rule may.
    let dockerReference: String

    /// Parses a payload whose signature is known to be good.
    package init(payload: [UInt8]) throws(UnusableSignature) {
        let critical = try SignedFields(parsing: payload, document: "payload").fields("critical")
        let type = try critical.bytes("type")
        guard type == ByteString(Self.type) else {
            throw UnusableSignature("critical.type of the payload is \"\(type.text)\", not \"\(Self.type)\"")
        }
        let text = try critical.fields("image").string("docker-manifest-digest")
        guard let digest = SHA256Digest(oci: text) else {
            throw UnusableSignature(
                "critical.image.docker-manifest-digest of the payload is not sha256: and 64 digits")
        }
        self.digest = digest
        dockerReference = try critical.fields("identity").string("docker-reference")
    }
}
