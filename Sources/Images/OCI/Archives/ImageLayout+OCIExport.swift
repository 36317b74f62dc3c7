public import Bytes
internal import Digests
internal import JSON

extension ImageLayout {
    /// Writes the image as an OCI image layout in one tar: members sorted by name, time 0, each blob checked on
    /// its way out. `index.json` names the image `name`, or as it was asked for. Of an index the manifests for `platforms`
    /// come along, and what is attached to them; if the list is empty, all that are there.
    /// The bytes depend on the image, the name and the platforms alone.
    public func exportOCI<Sink: ByteSink & ~Copyable>(
        _ reference: ImageReference, platforms: [Platform] = [], name: ImageReference? = nil,
        to sink: consuming Sink
    ) throws(ImageError) -> Sink {
        let root = try descriptor(of: reference)
        let blobs: [Descriptor]
        do throws(ImageError) { blobs = try exportedBlobs(below: root, platforms) } catch {
            throw error.of(reference)
        }
        var named = root.unannotated
        named.annotations = [AnnotationKey.referenceName: (name ?? reference).description]
        var writer = ArchiveWriter(sink)
        try writer.folder("blobs/")
        try writer.folder("blobs/sha256/")
        for blob in blobs.sorted(by: { $0.digest < $1.digest }) {
            let file = try openBlob(blob)
            let found = try writer.file("blobs/sha256/\(blob.digest.hex)", file)
            try check(blob, found: found, at: blobPath(blob.digest))
        }
        let index = JSONValue.object(ImageIndex(manifests: [named]).json)
        try writer.file("index.json", index.encoded(.goContainerRegistry))
        try writer.file("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        return try writer.finish()
    }

    /// Every blob that comes along, once.
    private func exportedBlobs(
        below root: Descriptor, _ platforms: [Platform]
    ) throws(ImageError) -> [Descriptor] {
        var manifests: [Descriptor] = []
        for descriptor in try self.manifests(below: [root]) {
            if try reading({ () throws(StreamError) in try hasBlob(descriptor) }) {
                manifests.append(descriptor)
            }
        }
        var wanted: [Descriptor] = []
        for descriptor in manifests {
            if platforms.isEmpty {
                wanted.append(descriptor)
            } else if try serves(descriptor, platforms) {
                wanted.append(descriptor)
            }
        }
        guard !wanted.isEmpty else {
            if let platform = platforms.first {
                let available = manifests.filter { !$0.isAttestation }.compactMap(\.platform)
                throw ImageError(.noPlatform(wanted: platform, available: available))
            }
            throw ImageError(.missingBlob(root.digest, path: blobPath(root.digest)))
        }
        let subjects = Set(wanted.map(\.digest.oci))
        let attached = manifests.filter { descriptor in
            descriptor.isAttestation
                && descriptor.annotations[AnnotationKey.dockerReferenceDigest].map(subjects.contains) == true
        }
        var seen: Set<SHA256Digest> = []
        let below = try blobs(below: platforms.isEmpty ? manifests : wanted + attached)
        return (try indexes(below: root) + below).filter { seen.insert($0.digest).inserted }
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
    private func indexes(below root: Descriptor) throws(ImageError) -> [Descriptor] {
        var found: [Descriptor] = []
        var pending = [root]
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
