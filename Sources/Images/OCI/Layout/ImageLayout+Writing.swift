internal import Bytes
internal import Host
internal import JSON

extension ImageLayout {
    /// Starts a blob whose digest is known when it is complete.
    public func blobWriter() throws(ImageError) -> BlobWriter {
        try reading { () throws(StreamError) in try newBlob() }
    }

    func newBlob() throws(StreamError) -> BlobWriter { try BlobWriter(directory: "\(path)/blobs/sha256") }

    /// Adds `bytes` as a blob.
    @discardableResult
    public func addBlob(_ bytes: [UInt8], mediaType: MediaType) throws(ImageError) -> Descriptor {
        try reading { () throws(StreamError) in
            var writer = try BlobWriter(directory: "\(path)/blobs/sha256")
            try writer.write(bytes)
            return try writer.commit(mediaType: mediaType)
        }
    }

    /// Adds a manifest; its blobs must be there already.
    public func addManifest(_ manifest: ImageManifest) throws(ImageError) -> Descriptor {
        try addBlob(manifest.encoded(), mediaType: .imageManifest)
    }

    /// Adds an index; its manifests must be there already.
    public func addIndex(_ index: ImageIndex) throws(ImageError) -> Descriptor {
        try addBlob(index.encoded(), mediaType: .imageIndex)
    }

    /// Makes `reference` name `descriptor`, and nothing else.
    public func tag(_ reference: ImageReference, _ descriptor: Descriptor) throws(ImageError) {
        try tag([(reference, descriptor)])
    }

    /// Makes each reference name its descriptor, and nothing else; all of them at once.
    func tag(_ names: [(reference: ImageReference, descriptor: Descriptor)]) throws(ImageError) {
        try editIndex { manifests in
            for (reference, descriptor) in names {
                var descriptor = descriptor
                descriptor.annotations[AnnotationKey.containerdName] = nil
                descriptor.annotations[AnnotationKey.referenceName] = reference.description
                manifests.removeAll { EntryName($0)?.shown == reference.description }
                manifests.append(.object(descriptor.json))
            }
        }
    }

    /// Makes `reference` name an index of what `edit` makes of the manifests in the index that it names now
    /// (none if it names no index). All of it happens under the lock, so that no manifests are lost.
    public func updateIndex(
        of reference: ImageReference, _ edit: ([Descriptor]) -> [Descriptor]
    ) throws(ImageError) -> Descriptor {
        var index: Descriptor?
        try editIndex { (manifests: inout [JSONValue]) throws(ImageError) in
            let named = try images().filter { $0.name == reference.description }
            // An index that is damaged or gone is as good as none.
            let known = named.first.flatMap {
                $0.descriptor.mediaType.role == .index ? try? self.index($0.descriptor) : nil
            }
            var descriptor = try addIndex(ImageIndex(manifests: edit(known?.manifests ?? [])))
            index = descriptor
            descriptor.annotations[AnnotationKey.referenceName] = reference.description
            manifests.removeAll { EntryName($0)?.shown == reference.description }
            manifests.append(.object(descriptor.json))
        }
        guard let index else { throw ImageError(.notFound(path: path, available: [])) }
        return index
    }

    /// Forgets the name `reference`; its blobs stay. False if there was none.
    @discardableResult
    public func untag(_ reference: ImageReference) throws(ImageError) -> Bool {
        var removed = false
        try editIndex { manifests in
            let before = manifests.count
            manifests.removeAll { EntryName($0)?.shown == reference.description }
            removed = manifests.count != before
        }
        return removed
    }

    /// Replaces `index.json` under LinuxKit's lock. What others put there and we do not know stays.
    func editIndex(
        _ edit: (inout [JSONValue]) throws(ImageError) -> Void
    ) throws(ImageError) {
        let lock = try reading { () throws(StreamError) in try FileLock(path: "\(path)/.lock") }
        try editIndexLocked(edit)
        _ = consume lock
    }

    /// The same for callers that hold the lock.
    func editIndexLocked(
        _ edit: (inout [JSONValue]) throws(ImageError) -> Void
    ) throws(ImageError) {
        let fields = try DocumentFields(parsing: try indexBytes(), document: "\(path)/index.json")
        var object = fields.object
        var manifests = object["manifests"]?.array ?? []
        try edit(&manifests)
        object["manifests"] = .array(manifests)
        let bytes = JSONValue.object(object).encoded(.goContainerRegistry)
        try reading { () throws(StreamError) in
            var file = try AtomicFile(path: "\(path)/index.json")
            try file.write(bytes)
            try file.commit()
        }
    }
}

extension JSONLayout {
    /// How `go-containerregistry` indents `index.json`, and so LinuxKit.
    static let goContainerRegistry = JSONLayout.indented(spaces: 3)
}

extension ImageManifest {
    /// The document, without a space in it.
    public func encoded() -> [UInt8] {
        let object: JSONObject = [
            "schemaVersion": 2, "mediaType": .text(MediaType.imageManifest.rawValue),
            "config": .object(configuration.json), "layers": .array(layers.map { .object($0.json) }),
        ]
        return JSONValue.object(object).encoded(.compact)
    }
}

extension ImageIndex {
    /// The document, without a space in it.
    public func encoded() -> [UInt8] { JSONValue.object(json).encoded(.compact) }

    var json: JSONObject {
        [
            "schemaVersion": 2, "mediaType": .text(MediaType.imageIndex.rawValue),
            "manifests": .array(manifests.map { .object($0.json) }),
        ]
    }
}
