public import Tar
internal import Bytes
internal import Digests
internal import FileTree
internal import JSON

extension ImageLayout {
    /// The image as a layout of its own, for a volume of `format: oci`: members in LinuxKit's order and with
    /// its bytes, time 0, names relative. Of an index only the manifests for `platforms` are kept; an empty
    /// list means all. The contents of blobs refer to this layout by their digests (`LayerStore` opens them).
    /// `root` is what `reference` names, where that is known already.
    public func exported(
        _ reference: ImageReference, root: Descriptor? = nil, platforms: [Platform] = []
    ) throws(ImageError) -> [TarEntry] {
        try attributing(reference) { () throws(ImageError) in
            let root = if let root { root } else { try descriptor(of: reference) }
            let available = platforms.isEmpty ? [] : try self.platforms(below: [root])
            for platform in platforms where !available.contains(where: platform.accepts) {
                throw ImageError(.noPlatform(wanted: platform, available: available))
            }
            var entries = [
                Self.file("oci-layout", .bytes(Self.exportedMarker)), Self.directory("blobs/"),
                Self.directory("blobs/sha256/"),
            ]
            if root.mediaType.role == .index {
                for descriptor in try index(root).manifests {
                    guard descriptor.mediaType.role == .manifest, serves(descriptor, platforms) else {
                        continue
                    }
                    entries += try exportedBlobs(of: descriptor)
                }
                _ = try document(root)
                entries.append(Self.blob(root))
            } else {
                entries += try exportedBlobs(of: root)
            }
            var named = Descriptor(mediaType: root.mediaType, digest: root.digest, size: root.size)
            named.annotations = [AnnotationKey.referenceName: reference.description]
            let index = JSONValue.object(ImageIndex(manifests: [named]).json).encoded(.goContainerRegistry)
            entries.append(Self.file("index.json", .bytes(ByteString(index))))
            return entries
        }
    }

    /// Configuration, layers and manifest, each verified.
    private func exportedBlobs(of descriptor: Descriptor) throws(ImageError) -> [TarEntry] {
        let manifest = try manifest(descriptor)
        for blob in [manifest.configuration] + manifest.layers { try verify(blob) }
        return ([manifest.configuration] + manifest.layers + [descriptor]).map(Self.blob)
    }

    private func serves(_ descriptor: Descriptor, _ platforms: [Platform]) -> Bool {
        guard !platforms.isEmpty else { return true }
        guard let platform = descriptor.platform else { return false }
        return platforms.contains { $0.accepts(platform) }
    }

    /// LinuxKit's spelling of the marker, tabs included.
    private static let exportedMarker: ByteString = "{\n\t\t\"imageLayoutVersion\": \"1.0.0\"\n\t}"

    private static func blob(_ descriptor: Descriptor) -> TarEntry {
        file(
            "blobs/sha256/\(descriptor.digest.hex)",
            .blob(
                digest: descriptor.digest, offset: 0, length: descriptor.size,
                contentDigest: descriptor.digest))
    }

    private static func file(_ name: String, _ contents: FileContents) -> TarEntry {
        var header = TarHeader(name: ByteString(name), typeFlag: .regular)
        header.mode = 0o644
        header.size = contents.count
        return TarEntry(header: header, contents: contents)
    }

    private static func directory(_ name: String) -> TarEntry {
        var header = TarHeader(name: ByteString(name), typeFlag: .directory)
        header.mode = 0o755
        return TarEntry(header: header)
    }
}
