internal import Digests
internal import JSON
internal import OCI

/// What a daemon says of an image (Docker Engine API, "Inspect an image").
struct DaemonImage: Equatable, Sendable {
    /// The digest of its configuration, or with Docker's containerd store of its manifest or index; nil if it
    /// says neither.
    let identity: SHA256Digest?
    let platform: Platform

    /// Nil if `body` is not such a document.
    init?(parsing body: [UInt8]) {
        guard let document = try? JSONValue(parsing: body), let os = document["Os"]?.string,
            let architecture = document["Architecture"]?.string, let id = document["Id"]?.string
        else { return nil }
        let variant = document["Variant"]?.string ?? ""
        identity = SHA256Digest(oci: id) ?? SHA256Digest(hex: id)
        platform = Platform(os: os, architecture: architecture, variant: variant.isEmpty ? nil : variant)
    }
}
