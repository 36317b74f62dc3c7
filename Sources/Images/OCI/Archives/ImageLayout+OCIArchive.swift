internal import Bytes
internal import Digests

extension ImageLayout {
    /// Names what the `index.json` of an archive or of another layout lists; the blobs are here already.
    func take(
        _ entries: [Descriptor], archive: String, name: ImageReference?
    ) throws(ImageError) -> [ImportedImage] {
        var groups: [(name: ImageReference, entries: [Descriptor])] = []
        for entry in entries {
            let found = if let name { name } else { try ArchivedName(entry).reference(archive) }
            if let known = groups.firstIndex(where: { $0.name == found }) {
                groups[known].entries.append(entry)
            } else {
                groups.append((found, [entry]))
            }
        }
        guard !groups.isEmpty else {
            throw ImageError(.archive(ArchiveProblem(archive: archive, reason: "there is no image in it")))
        }
        if let name, Set(entries.map { ArchivedName($0).text }).count > 1 {
            throw Self.severalImages(entries.map { ArchivedName($0).text ?? $0.digest.oci }, archive, name)
        }
        var images: [ImportedImage] = []
        for group in groups {
            for entry in group.entries {
                guard [.index, .manifest].contains(entry.mediaType.role) else {
                    let reason = "\(group.name) is of the kind \(entry.mediaType), which is none of an image"
                    throw ImageError(.archive(ArchiveProblem(archive: archive, reason: reason)))
                }
                try checkComplete(entry, archive)
            }
            let plain = group.entries.map { $0.unannotated }
            let root = plain.count == 1 ? plain[0] : try addIndex(ImageIndex(manifests: plain))
            images.append(ImportedImage(name: group.name, descriptor: root))
        }
        return try self.name(images)
    }

    static func severalImages(_ names: [String], _ archive: String, _ name: ImageReference) -> ImageError {
        let list = names.prefix(10).joined(separator: ", ")
        let reason =
            "it has \(names.count) images, which cannot all be called \(name): \(list); "
            + "give one a layout of its own first (skopeo copy oci:FOLDER:TAG oci:OTHER:TAG)"
        return ImageError(.archive(ArchiveProblem(archive: archive, reason: reason)))
    }

    /// Checks that what `root` needs is here. Of an index some manifests may be missing: whoever made the archive
    /// wanted other platforms.
    private func checkComplete(_ root: Descriptor, _ archive: String) throws(ImageError) {
        var seen: Set<SHA256Digest> = []
        var pending = [root]
        while let descriptor = pending.popLast() {
            guard seen.insert(descriptor.digest).inserted else { continue }
            _ = try present(descriptor, archive)
            switch descriptor.mediaType.role {
            case .index:
                var children: [Descriptor] = []
                let all = try index(descriptor).manifests
                for child in all {
                    if try reading({ () throws(StreamError) in try hasBlob(child) }) {
                        children.append(child)
                    }
                }
                if children.isEmpty, let first = all.first { _ = try present(first, archive) }
                pending += children
            case .manifest:
                let manifest = try manifest(descriptor)
                pending.append(manifest.configuration)
                pending += manifest.layers
            default: break
            }
        }
    }

    private func present(_ descriptor: Descriptor, _ archive: String) throws(ImageError) {
        do throws(ImageError) { _ = try openBlob(descriptor) } catch {
            guard case .missingBlob(let digest, _, _) = error.problem else { throw error }
            let reason = "the blob \(digest.oci) is missing: the archive is cut short or was made in part"
            throw ImageError(.archive(ArchiveProblem(archive: archive, reason: reason)))
        }
    }
}

/// The name of an image in the `index.json` of an archive.
struct ArchivedName {
    /// As it stands there; nil if nothing does.
    let text: String?

    init(_ descriptor: Descriptor) {
        // containerd and Docker write the whole name here, and only the tag under the specification's key.
        text =
            descriptor.annotations["io.containerd.image.name"]
            ?? descriptor.annotations[AnnotationKey.referenceName]
    }

    /// The name expanded. A word without slash and colon is a tag with most tools, and no name.
    func reference(_ archive: String) throws(ImageError) -> ImageReference {
        guard let text else { throw Self.needsName("an image in it has no name", archive) }
        guard text.contains(where: { $0 == "/" || $0 == ":" }), let reference = try? ImageReference(text)
        else { throw Self.needsName("\"\(text)\" is only the tag of an image in it", archive) }
        return reference
    }

    static func needsName(_ what: String, _ archive: String) -> ImageError {
        ImageError(
            .archive(ArchiveProblem(archive: archive, reason: "\(what); say what to call it (--name)")))
    }
}

extension Descriptor {
    /// Without what some tool has noted beside it.
    var unannotated: Descriptor {
        var plain = self
        plain.annotations = [:]
        return plain
    }
}
