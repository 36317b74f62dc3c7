internal import Bytes
internal import Digests

extension ImageError: CustomStringConvertible {
    /// One or two sentences: what failed, where, and what to do.
    public var description: String {
        guard let reference, !problem.namesImage else { return problem.description }
        return "image \(reference): \(problem.description)"
    }
}

extension ImageError.Problem: CustomStringConvertible {
    var namesImage: Bool { if case .invalidReference = self { true } else { false } }

    public var description: String {
        switch self {
        case .invalidReference(let text, let reason):
            "\"\(text)\" is not an image reference: \(reason)"
        case .notALayout(let path, let reason):
            "\(path) is not an OCI image layout: \(reason)"
        case .notFound(let path, let available):
            "not in the cache \(path). "
                + Self.listed("Cached images", available, none: "The cache is empty.")
        case .noPlatform(let wanted, let available):
            "no image for \(wanted). "
                + Self.listed("Available", available.map(\.description), none: "It has no platforms.")
        case .notTheLocked(let locked, let found):
            "the lock file pins \(locked.oci), but the image found is \(found.oci)"
        case .missingBlob(let digest, let path, nil):
            "blob \(digest.oci) not found at \(path): the image is only partially cached; download the rest "
                + "with cache pull"
        case .missingBlob(let digest, let path, let platform?):
            "not cached for \(platform): blob \(digest.oci) not found at \(path); download it with cache pull "
                + "--platform \(platform)"
        case .absentLayer(let digest, let urls):
            "the layer \(digest.oci) is not in the cache: it is not for distribution, so registries do not serve it; "
                + (urls.isEmpty ? "import an archive that contains it" : "its source is \(urls[0])")
        case .incomplete(let missing):
            "nothing was pushed: neither the cache nor the registry has "
                + missing.joined(separator: ", ") + "; download the rest with cache pull first"
        case .wrongBlob(let digest, let path, let reason):
            "the blob \(digest.oci) at \(path) is damaged: \(reason); fetch it again with cache pull, or run "
                + "cache verify --repair and import the image again"
        case .malformed(let document, let field, let reason):
            "\(document): \(field.isEmpty ? "" : "\(field): ")\(reason)"
        case .layer(let problem):
            problem.description
        case .archive(let problem):
            problem.description
        case .stream(let error):
            "\(error)"
        }
    }

    /// The problem without advice.
    public var summary: String {
        if case .wrongBlob(let digest, _, let reason) = self {
            return "the blob \(digest.oci) is damaged: \(reason)"
        }
        return description
    }

    private static func listed(_ intro: String, _ names: [String], none: String) -> String {
        guard !names.isEmpty else { return none }
        let shown = names.prefix(10).joined(separator: ", ")
        return "\(intro): \(shown)\(names.count > 10 ? " and \(names.count - 10) more" : "")."
    }
}

extension LayerProblem: CustomStringConvertible {
    public var description: String {
        var place = "layer \(layer.oci)"
        if let entry { place += ", entry \"\(entry.text)\"" }
        if let offset { place += ", offset \(offset)" }
        return "\(place): \(reason)"
    }
}

extension ArchiveProblem: CustomStringConvertible {
    public var description: String {
        var place = archive
        if let entry { place += ", entry \"\(entry.text)\"" }
        if let offset { place += ", offset \(offset)" }
        return "\(place): \(reason)"
    }
}
