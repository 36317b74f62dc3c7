public import Digests

/// What `verify` has found in a layout.
public struct LayoutReport: Hashable, Sendable {
    /// One thing that is not as it must be.
    public struct Damage: Hashable, Sendable {
        /// The blob it is about; nil for `index.json`.
        public var digest: SHA256Digest?
        /// One sentence without a full stop.
        public var reason: String
        /// True if the bytes are those that were published, and the image is inconsistent: fetching it again does
        /// not help.
        public var isInherent: Bool
        /// The names that lead to it, sorted; none for a blob that only its digest leads to.
        public var images: [String]
    }

    /// Blobs that were hashed, and their bytes.
    public var blobs = 0
    public var bytes: UInt64 = 0
    /// Names that were looked up.
    public var names = 0
    /// Layers whose contents were hashed, too.
    public var layers = 0
    /// Sorted by digest, each blob once for every reason.
    public var damages: [Damage] = []
    /// Partially pulled multi-platform images, which are not damaged, by name, sorted: their missing manifests.
    public var partial: [String: [String]] = [:]
    /// What else is worth knowing, a line each, and not damage: layers that are not for distribution, names that mean
    /// several images.
    public var remarks: [String] = []
    /// Files that killed processes left half written: harmless.
    public var leftovers = 0

    public var isSound: Bool { damages.isEmpty }
}
