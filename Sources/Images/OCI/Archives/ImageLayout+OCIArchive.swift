internal import Bytes
internal import Digests

extension ImageLayout {
    /// Names what the `index.json` of an archive or of another layout lists; the blobs are here already. `report` gets
    /// a line for everything that is left out.
    func take(
        _ entries: [Descriptor], archive: String, name: ImageReference?, report: (String) -> Void
    ) throws(ImageError) -> [ImportedImage] {
        let groups = try ArchivedImages(entries, archive: archive, name: name, report: report).groups
        var images: [ImportedImage] = []
        for group in groups {
            for entry in group.entries { try checkUsable(entry, archive, group.name, report: report) }
            let plain = group.entries.map { $0.unannotated }
            let root = plain.count == 1 ? plain[0] : try addIndex(ImageIndex(manifests: plain))
            try ArchivedName.check(group.name, root, archive)
            images.append(ImportedImage(name: group.name, descriptor: root))
        }
        return try self.name(images)
    }

    /// Checks that a part of `root` is complete: the archive may have been made for some
    /// platforms only, and some layers are not for distribution.
    private func checkUsable(
        _ root: Descriptor, _ archive: String, _ name: ImageReference, report: (String) -> Void
    ) throws(ImageError) {
        let parts: ImageParts
        do throws(ImageError) {
            try storeEmbedded(below: root)
            parts = try self.parts(below: [root])
        } catch {
            switch error.problem {
            case .malformed, .wrongBlob:
                throw ImageError(
                    .archive(ArchiveProblem(archive: archive, reason: "\(name): \(error.problem.summary)")))
            default: throw error
            }
        }
        guard parts.isUsable else {
            let missing = (parts.firstMissing ?? root).digest.oci
            let reason = "the blob \(missing) is missing: the archive is cut short or was made in part"
            throw ImageError(.archive(ArchiveProblem(archive: archive, reason: reason)))
        }
        for line in parts.remarks(name.description) { report(line) }
    }
}

/// The images in an `index.json`, by name.
private struct ArchivedImages {
    private(set) var groups: [(name: ImageReference, entries: [Descriptor])] = []

    init(
        _ entries: [Descriptor], archive: String, name: ImageReference?, report: (String) -> Void
    ) throws(ImageError) {
        guard !entries.isEmpty else {
            throw ImageError(.archive(ArchiveProblem(archive: archive, reason: "it contains no image")))
        }
        let images = entries.filter { entry in
            [.index, .manifest].contains(entry.mediaType.role)
                && (entry.artifactType == nil || entry.entryName != nil)
        }
        if images.isEmpty {
            let names = entries.map { "\($0.entryName?.text ?? $0.digest.oci) (\($0.mediaType))" }
            let reason = "it contains no image, only \(names.joined(separator: ", "))"
            throw ImageError(.archive(ArchiveProblem(archive: archive, reason: reason)))
        }
        for entry in entries where !images.contains(entry) {
            report(
                "\(archive): left out \(entry.entryName?.text ?? entry.digest.oci), "
                    + "which is not an image but \(entry.artifactType ?? entry.mediaType.rawValue)")
        }
        if let name {
            try refuseSeveral(images, archive, name)
            groups = [(name, images)]
            return
        }
        // What has no name stays out where others have one: signatures, for example.
        let named = images.filter { $0.entryName != nil }
        for entry in named.isEmpty ? images : named {
            let found = try ArchivedName(entry).reference(archive)
            if let known = groups.firstIndex(where: { $0.name == found }) {
                groups[known].entries.append(entry)
            } else {
                groups.append((found, [entry]))
            }
        }
        for entry in images where entry.entryName == nil {
            report("\(archive): left out \(entry.digest.oci), which has no name")
        }
        let index = ImageIndex(manifests: images)
        for (number, group) in groups.enumerated() {
            let used = index.entries(named: [group.name.description])
            groups[number].entries = used
            for entry in group.entries where !used.contains(where: { $0.digest == entry.digest }) {
                report(
                    "\(archive): left out \(entry.digest.oci): \(group.name) occurs twice, and is "
                        + used.map(\.digest.oci).joined(separator: ", "))
            }
        }
    }

    private func refuseSeveral(
        _ images: [Descriptor], _ archive: String, _ name: ImageReference
    ) throws(ImageError) {
        guard Set(images.map { $0.entryName?.shown }).count > 1 else { return }
        throw ImageLayout.severalImages(
            images.map { $0.entryName?.text ?? $0.digest.oci }, archive, name)
    }
}

extension ImageLayout {
    static func severalImages(_ names: [String], _ archive: String, _ name: ImageReference) -> ImageError {
        let list = names.prefix(10).joined(separator: ", ")
        let reason =
            "it has \(names.count) images, which cannot all be called \(name): \(list); "
            + "give one a layout of its own first (skopeo copy oci:DIRECTORY:TAG oci:OTHER:TAG)"
        return ImageError(.archive(ArchiveProblem(archive: archive, reason: reason)))
    }
}

/// The name of an image in the `index.json` of an archive.
struct ArchivedName {
    private let entry: EntryName?

    init(_ descriptor: Descriptor) { entry = descriptor.entryName }

    /// As the archive has it; nil where it has none.
    var text: String? { entry?.text }

    /// The name expanded. A word without slash and colon is a tag with most tools, not a name.
    func reference(_ archive: String) throws(ImageError) -> ImageReference {
        guard let entry else { throw Self.needsName("an image in it has no name", archive) }
        if entry.isWord {
            throw Self.needsName("\"\(entry.text)\" is only the tag of an image in it", archive)
        }
        guard let reference = entry.reference else {
            throw Self.needsName("\"\(entry.text)\" is not an image name", archive)
        }
        return reference
    }

    /// A digest in a name must be that of the image.
    static func check(_ name: ImageReference, _ root: Descriptor, _ archive: String) throws(ImageError) {
        guard let digest = name.digest, digest != root.digest else { return }
        throw ImageError(
            .archive(
                ArchiveProblem(
                    archive: archive,
                    reason: "\(name) is not the digest of the image, which is \(root.digest.oci); "
                        + "give the image another name with --name")))
    }

    static func needsName(_ what: String, _ archive: String) -> ImageError {
        ImageError(
            .archive(ArchiveProblem(archive: archive, reason: "\(what); pass a name with --name")))
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
