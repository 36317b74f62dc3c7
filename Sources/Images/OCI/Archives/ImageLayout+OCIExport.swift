public import Bytes
internal import Digests
internal import JSON

extension ImageLayout {
    /// Writes the image as an OCI image layout in one tar: members sorted by name, time 0, each blob checked on
    /// its way out. `index.json` names the image `name`, or as requested. Of an index the manifests for `platforms`
    /// are included, and what is attached to them; if the list is empty, all that exist. `report` gets a line for
    /// everything that is left out.
    /// The bytes depend only on the image, the name, the platforms and which parts of the image are present.
    public func exportOCI<Sink: ByteSink & ~Copyable>(
        _ reference: ImageReference, platforms: [Platform] = [], name: ImageReference? = nil,
        report: (String) -> Void = { _ in }, to sink: consuming Sink
    ) throws(ImageError) -> Sink {
        let roots = try roots(of: reference)
        let blobs: [Descriptor]
        do throws(ImageError) {
            blobs = try exportedBlobs(below: roots, platforms, reference, report: report)
        } catch { throw error.of(reference) }
        // Several manifests may have one name.
        let exported = Set(blobs.map(\.digest))
        let named = roots.filter { exported.contains($0.digest) }.map { root in
            var named = root.unannotated
            named.annotations = [AnnotationKey.referenceName: (name ?? reference).description]
            return named
        }
        var writer = ArchiveWriter(sink)
        try writer.directory("blobs/")
        try writer.directory("blobs/sha256/")
        for blob in blobs.sorted(by: { $0.digest < $1.digest }) {
            let file = try openBlob(blob)
            let found = try writer.file("blobs/sha256/\(blob.digest.hex)", file)
            try check(blob, found: found, at: blobPath(blob.digest))
        }
        let index = JSONValue.object(ImageIndex(manifests: named).json)
        try writer.file("index.json", index.encoded(.goContainerRegistry))
        try writer.file("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        return try writer.finish()
    }

    /// Every included blob, once.
    private func exportedBlobs(
        below roots: [Descriptor], _ platforms: [Platform], _ reference: ImageReference,
        report: (String) -> Void
    ) throws(ImageError) -> [Descriptor] {
        var parts = try parts(below: roots)
        if platforms.isEmpty {
            guard parts.isUsable else {
                let missing = parts.firstMissing ?? roots[0]
                throw ImageError(.missingBlob(missing.digest, path: blobPath(missing.digest)))
            }
        } else {
            parts = try restricted(parts, to: platforms)
        }
        for line in parts.remarks(reference.description) { report(line) }
        var seen: Set<SHA256Digest> = []
        var exported: [Descriptor] = []
        for blob in try indexes(below: roots) + blobs(below: parts.complete)
        where seen.insert(blob.digest).inserted {
            if try exists(blob) { exported.append(blob) }
        }
        return exported
    }

    /// The manifests present for `platforms`, and those attached to them.
    private func restricted(_ parts: ImageParts, to platforms: [Platform]) throws(ImageError) -> ImageParts {
        for (manifest, missing) in parts.incomplete where try serves(manifest, platforms) {
            throw ImageError(
                .missingBlob(
                    missing[0].digest, path: blobPath(missing[0].digest), platform: manifest.platform))
        }
        var wanted: [Descriptor] = []
        for manifest in parts.complete where try serves(manifest, platforms) { wanted.append(manifest) }
        guard !wanted.isEmpty else {
            let available = parts.complete.filter { !$0.isAttestation }.compactMap(\.platform)
            throw ImageError(.noPlatform(wanted: platforms[0], available: available))
        }
        var restricted = ImageParts()
        restricted.complete = wanted + parts.complete.filter { $0.attests(wanted.map(\.digest)) }
        restricted.omitted = parts.omitted.filter { part in
            wanted.contains { $0.digest == part.manifest.digest }
        }
        return restricted
    }

    private func serves(_ descriptor: Descriptor, _ platforms: [Platform]) throws(ImageError) -> Bool {
        if descriptor.isAttestation { return false }
        let platform: Platform
        if let known = descriptor.platform {
            platform = known
        } else {
            platform = try configuration(try manifest(descriptor)).platform
        }
        return platforms.contains { $0.accepts(platform) }
    }

    /// The indexes on the way to the manifests.
    private func indexes(below roots: [Descriptor]) throws(ImageError) -> [Descriptor] {
        var found: [Descriptor] = []
        var pending = roots
        while let descriptor = pending.popLast() {
            guard descriptor.mediaType.role == .index, !found.contains(descriptor),
                try reading({ () throws(StreamError) in try hasBlob(descriptor) })
            else { continue }
            found.append(descriptor)
            pending += try index(descriptor).manifests
        }
        return found
    }
}
