public import Digests

extension SHA256Digest {
    /// Parses `sha256:` and 64 lower-case digits (OCI image specification, "Digests").
    public init?(oci text: some StringProtocol) {
        guard text.hasPrefix("sha256:") else { return nil }
        self.init(hex: text.dropFirst("sha256:".count))
    }

    /// The digest as OCI documents write it: `sha256:…`.
    public var oci: String { "sha256:\(hex)" }
}
