public import Digests
internal import Foundation
internal import Host
public import OCI

/// A key pair of openssl's making, and signatures by it in cosign's two formats, made by what is published of
/// them: cosign itself is not needed.
public struct CosignSigner: Sendable {
    /// The public key as PEM: what `cosign.pub` holds.
    public let publicKey: String
    /// The file that holds it; there as long as the signer.
    public var publicKeyPath: String { "\(directory.path)/cosign.pub" }
    private let directory: TemporaryDirectory

    /// `curve` is a name of openssl's; cosign's own keys are on P-256.
    public init(curve: String = "prime256v1") throws {
        directory = try TemporaryDirectory()
        let key = "\(directory.path)/key.pem"
        try Tool.run("openssl", ["ecparam", "-genkey", "-name", curve, "-noout", "-out", key])
        publicKey = try Tool.run("openssl", ["ec", "-in", key, "-pubout"]).outputText
        try directory.write("cosign.pub", publicKey)
    }

    /// An ASN.1 signature over the SHA-256 of `message`.
    public func sign(_ message: [UInt8]) throws -> [UInt8] {
        try Tool.run("openssl", ["dgst", "-sha256", "-sign", "\(directory.path)/key.pem"], input: message)
            .output
    }

    /// The payload of simple signing, as cosign writes it.
    public static func payload(
        for digest: SHA256Digest, reference: String, type: String = "cosign container image signature"
    ) -> [UInt8] {
        Array(
            (#"{"critical":{"identity":{"docker-reference":"\#(reference)"},"image":{"docker-manifest-digest":""#
                + #"\#(digest.oci)"},"type":"\#(type)"},"optional":null}"#).utf8)
    }

    /// An in-toto statement that `digest` is signed, as cosign writes it.
    public static func statement(
        for digest: SHA256Digest, predicateType: String = "https://sigstore.dev/cosign/sign/v1"
    ) -> [UInt8] {
        Array(
            (#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"\#(digest.hex)"}}],"#
                + #""predicateType":"\#(predicateType)","predicate":{}}"#).utf8)
    }

    /// A bundle with `statement` in a DSSE envelope.
    public func bundle(_ statement: [UInt8]) throws -> [UInt8] {
        let type = "application/vnd.in-toto+json"
        let signed = Array("DSSEv1 \(type.utf8.count) \(type) \(statement.count) ".utf8) + statement
        let envelope =
            #"{"payload":"\#(Data(statement).base64EncodedString())","payloadType":"\#(type)","#
            + #""signatures":[{"sig":"\#(Data(try sign(signed)).base64EncodedString())"}]}"#
        return Array(
            (#"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","#
                + #""verificationMaterial":{"publicKey":{"hint":"aGludA=="},"tlogEntries":[]},"#
                + #""dsseEnvelope":\#(envelope)}"#).utf8)
    }

    /// What `cosign sign` puts under the tag `sha256-….sig` for the image `digest` of `repository`.
    public func tagged(_ digest: SHA256Digest, in repository: String) throws -> CosignArtifact {
        let payload = Self.payload(for: digest, reference: repository)
        return .simpleSigning(
            [(payload, Data(try sign(payload)).base64EncodedString())], of: digest, in: repository)
    }

    /// What `cosign sign` puts beside the image `subject` of `repository` as a referrer.
    public func referring(to subject: Descriptor, in repository: String) throws -> CosignArtifact {
        .bundle(try bundle(Self.statement(for: subject.digest)), of: subject, in: repository)
    }
}

/// A manifest that holds signatures, with its blobs.
public struct CosignArtifact: Sendable {
    /// Registry and repository.
    public let repository: String
    /// The image that is signed.
    public let subject: SHA256Digest
    /// The name that finds it; nil for what is found as a referrer.
    public let tag: String?
    public let manifest: [UInt8]
    public let blobs: [(descriptor: Descriptor, bytes: [UInt8])]

    public var descriptor: Descriptor {
        Descriptor(
            mediaType: .imageManifest, digest: SHA256Digest(hashing: manifest), size: UInt64(manifest.count))
    }

    /// cosign's first layout: payloads with the text of their signatures, a layer each.
    public static func simpleSigning(
        _ signatures: [(payload: [UInt8], signature: String)], of digest: SHA256Digest, in repository: String
    ) -> Self {
        let type = MediaType(rawValue: "application/vnd.dev.cosign.simplesigning.v1+json")
        let layers = signatures.map { payload, signature in
            var layer = blob(payload, type)
            layer.descriptor.annotations = ["dev.cosignproject.cosign/signature": signature]
            return layer
        }
        let diffIDs = layers.map { "\"\($0.descriptor.digest.oci)\"" }.joined(separator: ",")
        let configuration = blob(
            Array(
                (#"{"architecture":"","created":"0001-01-01T00:00:00Z","os":"","rootfs":{"type":"layers","#
                    + #""diff_ids":[\#(diffIDs)]},"config":{}}"#).utf8), .imageConfiguration)
        let manifest = ImageManifest(
            configuration: configuration.descriptor, layers: layers.map(\.descriptor))
        return Self(
            repository: repository, subject: digest, tag: "sha256-\(digest.hex).sig",
            manifest: manifest.encoded(), blobs: [configuration] + layers)
    }

    /// cosign's second layout: a bundle in an artifact that refers to the image.
    public static func bundle(
        _ bundle: [UInt8], of subject: Descriptor, in repository: String,
        predicateType: String = "https://sigstore.dev/cosign/sign/v1"
    ) -> Self {
        let type = "application/vnd.dev.sigstore.bundle.v0.3+json"
        let empty = blob(Array("{}".utf8), MediaType(rawValue: "application/vnd.oci.empty.v1+json"))
        let layer = blob(bundle, MediaType(rawValue: type))
        let manifest =
            #"{"schemaVersion":2,"mediaType":"\#(MediaType.imageManifest)","artifactType":"\#(type)","#
            + #""config":\#(json(empty.descriptor)),"layers":[\#(json(layer.descriptor))],"#
            + #""subject":\#(json(subject)),"annotations":{"dev.sigstore.bundle.content":"dsse-envelope","#
            + #""dev.sigstore.bundle.predicateType":"\#(predicateType)"}}"#
        return Self(
            repository: repository, subject: subject.digest, tag: nil, manifest: Array(manifest.utf8),
            blobs: [empty, layer])
    }

    /// Puts it into `layout`, where a cache has it: under cosign's tag, or in the index that stands for referrers.
    public func write(into layout: ImageLayout) throws {
        for blob in blobs { try layout.addBlob(blob.bytes, mediaType: blob.descriptor.mediaType) }
        try layout.addBlob(manifest, mediaType: .imageManifest)
        if let tag {
            try layout.tag(try ImageReference("\(repository):\(tag)"), descriptor)
        } else {
            let index = try ImageReference("\(repository):sha256-\(subject.hex)")
            _ = try layout.updateIndex(of: index) { $0 + [descriptor] }
        }
    }

    private static func blob(
        _ bytes: [UInt8], _ type: MediaType
    ) -> (descriptor: Descriptor, bytes: [UInt8]) {
        (
            Descriptor(mediaType: type, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count)),
            bytes
        )
    }

    private static func json(_ descriptor: Descriptor) -> String {
        #"{"mediaType":"\#(descriptor.mediaType)","digest":"\#(descriptor.digest.oci)","#
            + #""size":\#(descriptor.size)}"#
    }
}
