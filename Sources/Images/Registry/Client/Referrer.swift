internal import Bytes
internal import Digests
internal import JSON
internal import OCI

/// A manifest that refers to another by its `subject`.
struct Referrer {
    let subject: SHA256Digest
    /// As lists of referrers have it: with the artifact's type and annotations.
    let descriptor: Descriptor

    /// Nil if the manifest has no subject.
    init?(manifest: [UInt8], _ descriptor: Descriptor) {
        guard let document = try? JSONValue(parsing: manifest),
            let subject = document["subject"]?["digest"]?.string.flatMap({ SHA256Digest(oci: $0) })
        else { return nil }
        self.subject = subject
        var listed = descriptor
        // OCI distribution specification, "Listing Referrers": the configuration's type where none is named.
        listed.artifactType =
            document["artifactType"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            ?? document["config"]?["mediaType"]?.string
        for member in document["annotations"]?.object?.members ?? [] {
            if let text = member.value.string { listed.annotations[member.key.text] = text }
        }
        self.descriptor = listed
    }

    /// The tag under which registries without the referrers API keep the list of what refers to `digest`.
    static func fallbackTag(_ digest: SHA256Digest) -> String { "sha256-\(digest.hex)" }
}
