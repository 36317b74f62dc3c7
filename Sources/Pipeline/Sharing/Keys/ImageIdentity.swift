public import Digests
internal import JSON
public import OCI

/// An image by what is in it: its configuration and its uncompressed layers. Manifests do not count, so an image is
/// the same however its layers are compressed and wherever it comes from.
public struct ImageIdentity: Hashable, Sendable {
    public var configuration: SHA256Digest
    /// The lowest first.
    public var diffIDs: [SHA256Digest]
    /// The bills of materials attached to it, where they count.
    public var statements: [SHA256Digest]

    public init(_ image: Image, statements: [Descriptor] = []) {
        configuration = image.manifest.configuration.digest
        diffIDs = image.layers.map(\.diffID)
        self.statements = statements.map(\.digest)
    }

    var json: JSONObject {
        [
            "configuration": .text(configuration.oci), "diffIDs": .texts(diffIDs.map(\.oci)),
            "statements": .texts(statements.map(\.oci)),
        ]
    }
}
