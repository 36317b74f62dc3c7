package import Bytes

/// A sigstore bundle (sigstore, `sigstore_bundle.proto`, as protobuf's JSON) with a DSSE envelope: cosign's second
/// format. It is found through referrers.
package struct SigstoreBundle {
    static let mediaTypePrefix = "application/vnd.dev.sigstore.bundle"
    static let mediaTypes: Set<String> = [
        "application/vnd.dev.sigstore.bundle.v0.3+json",
        "application/vnd.dev.sigstore.bundle+json;version=0.3",
        "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "application/vnd.dev.sigstore.bundle+json;version=0.1",
    ]

    package let envelope: DSSEEnvelope

    package init(parsing bytes: [UInt8]) throws(UnusableSignature) {
        let fields = try SignedFields(parsing: bytes, document: "bundle")
        let mediaType = try fields.string("mediaType")
        guard Self.mediaTypes.contains(mediaType) else {
            throw UnusableSignature(
                "unsupported media type of the bundle: \(mediaType.prefix(100))")
        }
        let material = try fields.fields("verificationMaterial")
        if material.has("certificate") || material.has("x509CertificateChain") {
            throw UnusableSignature(
                "the bundle is signed with a certificate; keyless signatures are not supported")
        }
        _ = try material.fields("publicKey")
        if fields.has("messageSignature") {
            // Made by `cosign sign-blob`: it is a signature of a file, not of an image.
            throw UnusableSignature(
                "the bundle holds the signature of a file (messageSignature), not of an image")
        }
        envelope = try DSSEEnvelope(try fields.fields("dsseEnvelope"))
    }
}

/// A signed message (DSSE, "Envelope" and "Protocol"), with the one signature that a bundle allows.
package struct DSSEEnvelope {
    package let payloadType: ByteString
    package let payload: [UInt8]
    /// ASN.1 DER.
    package let signature: [UInt8]

    init(_ fields: SignedFields) throws(UnusableSignature) {
        payloadType = try fields.bytes("payloadType")
        payload = try fields.decoded("payload")
        let signatures = try fields.array("signatures", limit: 16)
        // sigstore_bundle.proto: a client must reject an envelope with any other number.
        guard signatures.count == 1 else {
            throw UnusableSignature("the bundle's envelope has \(signatures.count) signatures, must have 1")
        }
        signature = try signatures[0].decoded("sig")
    }

    /// What is signed: DSSE's pre-authentication encoding of type and payload.
    package var signedBytes: [UInt8] {
        Array("DSSEv1 \(payloadType.count) ".utf8) + payloadType.bytes + Array(" \(payload.count) ".utf8)
            + payload
    }
}
