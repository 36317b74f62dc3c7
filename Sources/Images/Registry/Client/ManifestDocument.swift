internal import JSON
internal import OCI

/// A document received as a manifest, classified.
enum ManifestDocument {
    /// Bytes that registries must take at least (OCI distribution specification, "Pushing Manifests"), and the most
    /// that is read.
    static let limit = 4 << 20

    static let dockerManifest = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    static let dockerIndex = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json")

    /// The accepted media types: indexes first, OCI's types first.
    static let accepted: [MediaType] = [.imageIndex, .imageManifest, dockerIndex, dockerManifest]

    /// The type of the document `bytes`. `contentType`, which the digest does not cover, counts only where the
    /// document does not say what it is, and never against its members.
    static func mediaType(_ bytes: [UInt8], contentType: String?) throws(AttemptError) -> MediaType {
        guard let document = try? JSONValue(parsing: bytes), let object = document.object else {
            throw .damaged(notAManifest(bytes, contentType))
        }
        guard object["schemaVersion"]?.int != 1 else {
            throw .violation(
                "unsupported manifest: Docker's schema 1, obsolete since 2017; "
                    + "push the image again with a current tool")
        }
        let isIndex = object["manifests"] != nil
        let isManifest = object["config"] != nil || object["layers"] != nil
        // Two readings of one document are how one image is passed off as another.
        guard !(isIndex && isManifest) else {
            throw .violation("the document is both a manifest and an index")
        }
        let own = object["mediaType"]?.string.map { MediaType(rawValue: $0) }
        let declared = MediaType(contentType: contentType)
        let type =
            own ?? declared.flatMap { $0.role == nil ? nil : $0 } ?? (isIndex ? .imageIndex : .imageManifest)
        switch type.role {
        case .index where !isManifest, .manifest where !isIndex, nil: return type
        default:
            guard own == nil else { throw .violation("the manifest has the wrong media type \(type)") }
            return isIndex ? .imageIndex : .imageManifest
        }
    }
}

extension ManifestDocument {
    /// A page for people, for instance, from a server that is not a registry or wants a login in a browser.
    private static func notAManifest(_ bytes: [UInt8], _ contentType: String?) -> String {
        let type = contentType.map { " (\(ServerMessage.line($0)))" } ?? ""
        let start = ServerMessage.read(bytes)
        return "the answer\(type) is not a manifest" + (start.isEmpty ? "" : "; it starts with: \(start)")
    }
}

extension MediaType {
    /// The type of a header field `Content-Type`, without its parameters; nil for types that say nothing.
    init?(contentType: String?) {
        guard let contentType, let first = contentType.split(separator: ";").first else { return nil }
        self.init(rawValue: first.trimmingWhitespace().lowercased())
    }
}
