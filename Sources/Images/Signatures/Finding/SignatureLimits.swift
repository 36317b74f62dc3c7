/// What is read to find a signature: enough for any real one.
enum SignatureLimits {
    /// Bytes of a manifest or an index.
    static let manifest = 4 << 20
    /// Bytes of a payload or a bundle. Real ones stay below 100 KiB; statements of other kinds are larger, and are no
    /// signatures.
    static let blob = 4 << 20
    /// Referrers looked at for one digest in one source, and signatures in all of its manifests.
    static let manifests = 64
    static let signatures = 256
}
