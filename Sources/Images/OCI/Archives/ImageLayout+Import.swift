public import Bytes
internal import Digests
internal import Host

/// An image that an import has named.
public struct ImportedImage: Hashable, Sendable {
    public let name: ImageReference
    /// The target of the name: a manifest or an index.
    public let descriptor: Descriptor
}

extension ImageLayout {
    /// Takes images from a tar: an OCI image layout (`skopeo copy … oci-archive:`, `cache export`), or a Docker
    /// archive as `docker save`, podman and skopeo's `docker-archive:` write it, of either age. It may be
    /// compressed. Every blob is hashed on its way in; names appear all together when everything they need is
    /// there and has been checked, or not at all.
    ///
    /// Images keep the names they have in the archive, expanded; `name` replaces them where there is one image.
    /// The manifest of a Docker archive without one is made here: the same for the same image, always.
    /// - Parameters:
    ///   - archive: what errors call it, a path for example.
    ///   - report: gets a line for everything that is left out.
    public func importArchive(
        from source: some ByteSource, archive: String, name: ImageReference? = nil,
        report: (String) -> Void = { _ in }
    ) throws(ImageError) -> [ImportedImage] {
        var reader = ArchiveReader(layout: self, archive: archive)
        try reader.read(source)
        let contents = reader.contents
        try addLinkedBlobs(contents, archive)
        if contents.documents["oci-layout"] != nil, let index = try contents.document("index.json", self) {
            let entries = try ImageIndex(parsing: index, document: "\(archive): index.json").manifests
            return try take(entries, archive: archive, name: name, report: report)
        }
        if let list = try contents.document("manifest.json", self) {
            let items = try DockerArchiveItem.parse(list, document: "\(archive): manifest.json")
            return try take(items, contents, archive: archive, name: name)
        }
        let reason =
            "it has neither manifest.json nor index.json with oci-layout: not an archive of images, or an incomplete one"
        throw ImageError(.archive(ArchiveProblem(archive: archive, reason: reason)))
    }

    /// Blobs that the archive has under another name, with a link in their place.
    private func addLinkedBlobs(_ contents: ArchiveContents, _ archive: String) throws(ImageError) {
        for name in contents.links.keys.sorted() {
            guard let digest = ArchivePath.digest(name) else { continue }
            let reason: String
            switch contents.resolve(name) {
            case .member(let member):
                let found =
                    if let bytes = contents.documents[member] {
                        try addBlob(bytes, mediaType: .octets)
                    } else {
                        contents.stored[member]
                    }
                if found?.digest == digest { continue }
                reason = "it links to \(member.text), which has another digest"
            case .missing: continue
            case .dangling(let link, let target):
                reason = "the link \(link.text) leads to \(target.text), which is not in the archive"
            case .loop(let link, let target):
                reason = "its links form a loop, in which \(link.text) leads to \(target.text)"
            }
            throw ImageError(.archive(ArchiveProblem(archive: archive, entry: name, reason: reason)))
        }
    }

    /// Takes the images of another layout, each blob hashed on its way; as `importArchive` does.
    public func importLayout(
        _ other: ImageLayout, name: ImageReference? = nil, report: (String) -> Void = { _ in }
    ) throws(ImageError) -> [ImportedImage] {
        let entries = try other.readIndex().manifests
        var seen: Set<SHA256Digest> = []
        for entry in entries {
            for blob in try other.blobs(below: [entry]) where seen.insert(blob.digest).inserted {
                // Manifests missing from the other layout may be of platforms that were not pulled there.
                guard try other.exists(blob) else { continue }
                try copy(blob, from: other)
            }
        }
        return try take(entries, archive: other.path, name: name, report: report)
    }

    private func copy(_ blob: Descriptor, from other: ImageLayout) throws(ImageError) {
        let file = try other.openBlob(blob)
        var writer = try blobWriter()
        let found = try reading { () throws(StreamError) in
            var source = RangeSource(file)
            try source.copy(to: &writer)
            return writer.digest
        }
        try other.check(blob, found: found, at: file.path)
        do throws(StreamError) { _ = try writer.commit(mediaType: blob.mediaType) } catch {
            throw ImageError(.stream(error))
        }
    }

    /// Gives `images` their names, all at once.
    func name(_ images: [ImportedImage]) throws(ImageError) -> [ImportedImage] {
        try tag(images.map { ($0.name, $0.descriptor) })
        return images
    }
}

extension ArchiveContents {
    /// The bytes of a member; nil if not found.
    func document(_ name: ByteString, _ layout: ImageLayout) throws(ImageError) -> [UInt8]? {
        guard case .member(let name) = resolve(name) else { return nil }
        if let bytes = documents[name] { return bytes }
        return try stored[name].map { blob throws(ImageError) in try layout.document(blob) }
    }
}
