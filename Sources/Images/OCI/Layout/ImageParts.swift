internal import Bytes
internal import Digests
internal import Host

/// What of one image is in a layout, and what is not.
struct ImageParts {
    /// Manifests whose required blobs are all present.
    var complete: [Descriptor] = []
    /// Manifests with missing required blobs.
    var incomplete: [(manifest: Descriptor, missing: [Descriptor])] = []
    /// Missing manifests and nested indexes.
    var absent: [Descriptor] = []
    /// Missing layers that are not required: registries do not have them.
    var omitted: [(manifest: Descriptor, layers: [Descriptor])] = []

    /// True if something of the image can be used, or nothing is missing.
    var isUsable: Bool {
        incomplete.isEmpty && absent.isEmpty || complete.contains { !$0.isAttestation }
    }

    /// What must be there if nothing can be used.
    var firstMissing: Descriptor? {
        incomplete.first { !$0.manifest.isAttestation }?.missing.first
            ?? absent.first { !$0.isAttestation } ?? incomplete.first?.missing.first ?? absent.first
    }

    /// A line for each missing part; `name` is the image.
    func remarks(_ name: String) -> [String] {
        var lines: [String] = []
        if !absent.isEmpty {
            let platforms = absent.map(\.partName)
            lines.append(
                "\(name): not included, because it is not present: \(platforms.joined(separator: ", "))")
        }
        for (manifest, missing) in incomplete {
            lines.append(
                "\(name): \(manifest.partName) is incomplete: \(Self.list(missing)) not present")
        }
        for (manifest, layers) in omitted {
            lines.append(
                "\(name): \(manifest.partName) comes without \(Self.list(layers)) not for distribution")
        }
        return lines
    }

    /// With a verb.
    private static func list(_ blobs: [Descriptor]) -> String {
        let names = blobs.prefix(3).map { blob in
            if case .layer = blob.mediaType.role { return "layer \(blob.digest.oci)" }
            return blob.digest.oci
        }
        let more = blobs.count > 3 ? " and \(blobs.count - 3) more" : ""
        return names.joined(separator: ", ") + more + (blobs.count == 1 ? ", which is" : ", which are")
    }
}

extension Descriptor {
    /// What a person calls a manifest of an index: its platform.
    public var partName: String {
        if isAttestation { return "an attestation" }
        return platform?.description ?? digest.oci
    }
}

extension ImageLayout {
    /// Determines which parts of the image with these `roots` (inclusive) exist. Damaged parts are an error.
    func parts(below roots: [Descriptor]) throws(ImageError) -> ImageParts {
        var parts = ImageParts()
        var seen: Set<SHA256Digest> = []
        var pending = Array(roots.reversed())
        while let descriptor = pending.popLast() {
            guard seen.insert(descriptor.digest).inserted else { continue }
            guard try exists(descriptor) else {
                parts.absent.append(descriptor)
                continue
            }
            switch descriptor.mediaType.role {
            case .index: pending += try index(descriptor).manifests.reversed()
            case .manifest: try add(descriptor, to: &parts)
            // Something else beside images: nothing is known of what it needs.
            default: _ = try openBlob(descriptor)
            }
        }
        return parts
    }

    private func add(_ descriptor: Descriptor, to parts: inout ImageParts) throws(ImageError) {
        let manifest = try manifest(descriptor)
        var (missing, omitted): ([Descriptor], [Descriptor]) = ([], [])
        for blob in [manifest.configuration] + manifest.layers {
            if try exists(blob) {
                _ = try openBlob(blob)
            } else if blob.mayBeAbsent {
                omitted.append(blob)
            } else {
                missing.append(blob)
            }
        }
        if !omitted.isEmpty { parts.omitted.append((descriptor, omitted)) }
        if missing.isEmpty {
            parts.complete.append(descriptor)
        } else {
            parts.incomplete.append((descriptor, missing))
        }
    }

    /// True if anything with the blob's name exists, regardless of its contents.
    func exists(_ descriptor: Descriptor) throws(ImageError) -> Bool {
        try reading { () throws(StreamError) in
            try FileStatus.following(blobPath(descriptor.digest)) != nil
        }
    }

    /// Stores the blobs below `root` that are missing and carried by their descriptors.
    func storeEmbedded(below root: Descriptor) throws(ImageError) {
        var seen: Set<SHA256Digest> = []
        var pending = [root]
        while let descriptor = pending.popLast() {
            guard seen.insert(descriptor.digest).inserted else { continue }
            if try !exists(descriptor) {
                guard let bytes = descriptor.embeddedBytes else { continue }
                _ = try addBlob(bytes, mediaType: descriptor.mediaType)
            }
            switch descriptor.mediaType.role {
            case .index: pending += try index(descriptor).manifests
            case .manifest:
                let manifest = try manifest(descriptor)
                pending += [manifest.configuration] + manifest.layers
            default: break
            }
        }
    }
}
