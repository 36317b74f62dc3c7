public import Digests

/// What a build's outputs were made from, as a document, and the name that follows from it.
///
/// Outputs are a function of this document (the determinism contract): two builders whose documents are equal write
/// equal bytes, so that one can take what the other has made.
public struct BuildKey: Hashable, Sendable {
    /// Canonical JSON, without a space in it, its members in a fixed order.
    public let document: [UInt8]
    public let digest: SHA256Digest

    public init(_ inputs: BuildInputs) {
        document = inputs.document
        digest = SHA256Digest(hashing: document)
    }

    /// The tag of the entry. It starts with what no other convention does: `sha256-` is for referrers.
    public var tag: String { "build-\(digest.hex)" }
}
