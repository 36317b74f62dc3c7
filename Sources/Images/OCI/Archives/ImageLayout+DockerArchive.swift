internal import Bytes
internal import Decompression
internal import Digests
internal import JSON

/// One image of a Docker archive's `manifest.json` (Docker image specification v1.2, "Combined Image JSON +
/// Filesystem Changeset Format").
struct DockerArchiveItem {
    /// The member with the configuration.
    var configuration: String
    var names: [String]
    /// The members with the layers, the lowest first.
    var layers: [String]

    static func parse(_ bytes: [UInt8], document: String) throws(ImageError) -> [Self] {
        func malformed(_ field: String, _ reason: String) -> ImageError {
            ImageError(.malformed(document: document, field: field, reason: reason))
        }
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw malformed("", error.description)
        }
        guard let array = value.array, !array.isEmpty else { throw malformed("", "must be a list of images") }
        var items: [Self] = []
        for (number, item) in array.enumerated() {
            guard let configuration = item["Config"]?.string else {
                throw malformed("[\(number)].Config", "must be the name of a member")
            }
            guard let layers = (item["Layers"].flatMap { $0.isNull ? [] : $0 } ?? []).strings else {
                throw malformed("[\(number)].Layers", "must be the names of members")
            }
            guard let names = (item["RepoTags"].flatMap { $0.isNull ? [] : $0 } ?? []).strings else {
                throw malformed("[\(number)].RepoTags", "must be names of images")
            }
            items.append(Self(configuration: configuration, names: names, layers: layers))
        }
        return items
    }
}

extension ImageLayout {
    /// Makes manifests for the images of a Docker archive and names them.
    func take(
        _ items: [DockerArchiveItem], _ contents: ArchiveContents, archive: String, name: ImageReference?
    ) throws(ImageError) -> [ImportedImage] {
        if let name, items.count > 1 {
            throw Self.severalImages(items.map { $0.names.first ?? $0.configuration }, archive, name)
        }
        var images: [ImportedImage] = []
        var importer = DockerArchiveImporter(layout: self, contents: contents, archive: archive)
        for item in items {
            var names: [ImageReference] = []
            if let name { names.append(name) }
            if name == nil { for text in item.names { names.append(try ImageReference(text)) } }
            guard !names.isEmpty else { throw ArchivedName.needsName("an image in it has no name", archive) }
            let manifest = try importer.manifest(of: item)
            for name in names { try ArchivedName.check(name, manifest, archive) }
            images += names.map { ImportedImage(name: $0, descriptor: manifest) }
        }
        return try self.name(images)
    }
}

/// Turns images of a Docker archive into OCI's, their configurations and layers stored as they are.
private struct DockerArchiveImporter {
    let layout: ImageLayout
    let contents: ArchiveContents
    let archive: String
    /// Layers that are what their diff IDs say.
    private var checked: [SHA256Digest: SHA256Digest] = [:]

    init(layout: ImageLayout, contents: ArchiveContents, archive: String) {
        self.layout = layout
        self.contents = contents
        self.archive = archive
    }

    mutating func manifest(of item: DockerArchiveItem) throws(ImageError) -> Descriptor {
        var configuration = try blob(item.configuration)
        configuration.mediaType = .imageConfiguration
        let text = ByteString(item.configuration).text
        if let promised = SHA256Digest(hex: text.hasSuffix(".json") ? text.dropLast(5) : ""),
            promised != configuration.digest
        {
            throw problem(item.configuration, "its contents have the digest \(configuration.digest.oci)")
        }
        let parsed = try ImageConfiguration(
            parsing: try layout.document(configuration), document: "\(archive): \(item.configuration)")
        guard parsed.diffIDs.count == item.layers.count else {
            throw problem(
                item.configuration,
                "it has \(parsed.diffIDs.count) diff IDs, but manifest.json has \(item.layers.count) layers")
        }
        var layers: [Descriptor] = []
        for (member, diffID) in zip(item.layers, parsed.diffIDs) {
            layers.append(try layer(member, diffID))
        }
        return try layout.addManifest(ImageManifest(configuration: configuration, layers: layers))
    }

    private mutating func layer(_ member: String, _ diffID: SHA256Digest) throws(ImageError) -> Descriptor {
        var layer = try blob(member)
        switch try layout.compression(of: layer) {
        case nil: layer.mediaType = .layer
        case .gzip: layer.mediaType = .layerGzip
        case .zstd: layer.mediaType = .layerZstd
        // Docker reads these too, but manifests have no name for them.
        case let other?: layer = try layout.addDecompressed(layer, other, limits: .default)
        }
        if checked[layer.digest] == nil {
            let contents =
                layer.mediaType == .layer
                ? layer.digest : try layout.digests(ofLayer: layer, limits: .default).diffID
            checked[layer.digest] = contents
        }
        guard checked[layer.digest] == diffID else {
            if layer.mediaType == .layer, let format = try layout.unsupportedFormat(of: layer) {
                throw problem(
                    member, "compressed with \(format), which is not supported; pack it with gzip or zstd")
            }
            let found = checked[layer.digest]?.oci ?? ""
            throw problem(
                member,
                "its uncompressed contents have the digest \(found), but the configuration says "
                    + diffID.oci)
        }
        return layer
    }

    /// The member as a blob of the layout.
    private func blob(_ member: String) throws(ImageError) -> Descriptor {
        guard let path = ArchivePath.cleaned(ByteString(member)) else {
            throw problem(member, "its name leads out of the archive")
        }
        let reason: String
        switch contents.resolve(path) {
        case .member(let name):
            if let bytes = contents.documents[name] { return try layout.addBlob(bytes, mediaType: .octets) }
            if let blob = contents.stored[name] { return blob }
            reason = "manifest.json names it, but it is not in the archive"
        case .missing: reason = "manifest.json names it, but it is not in the archive"
        case .dangling(let link, let target):
            reason = "the link \(link.text) leads to \(target.text), which is not in the archive"
        case .loop(let link, let target):
            reason = "its links form a loop, in which \(link.text) leads to \(target.text)"
        }
        throw problem(member, reason)
    }

    private func problem(_ member: String, _ reason: String) -> ImageError {
        ImageError(.archive(ArchiveProblem(archive: archive, entry: ByteString(member), reason: reason)))
    }
}
