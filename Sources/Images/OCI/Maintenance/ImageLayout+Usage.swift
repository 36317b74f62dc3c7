internal import Bytes
public import Digests
internal import Host

/// What a layout takes of the disk, in bytes of its files.
public struct LayoutUsage: Hashable, Sendable {
    public struct Image: Hashable, Sendable {
        public var name: String
        public var digest: SHA256Digest
        /// Of blobs that no other name leads to: what removing the image frees.
        public var own: UInt64
        /// Of blobs that other names lead to as well.
        public var shared: UInt64
    }

    /// Sorted by name.
    public var images: [Image] = []
    /// Of all blobs that a name leads to, each counted once.
    public var namedBlobs: UInt64 = 0
    /// Of blobs that no name leads to.
    public var otherBlobs: UInt64 = 0
    /// Of decompressed layers and their indexes.
    public var derivedLayers: UInt64 = 0
    /// Of compressed blocks.
    public var derivedBlocks: UInt64 = 0
    /// Of everything else that was derived or fetched to build packages.
    public var derivedOther: UInt64 = 0
    /// Of blobs that are being fetched, or were when that was interrupted.
    public var partialDownloads: UInt64 = 0
    /// Of files that killed processes left half written.
    public var leftovers: UInt64 = 0

    public var total: UInt64 {
        namedBlobs + otherBlobs + derivedLayers + derivedBlocks + derivedOther + partialDownloads + leftovers
    }
}

extension ImageLayout {
    /// Adds up existing files. Nothing is hashed; what damaged documents refer to counts as unused.
    public func usage() throws(ImageError) -> LayoutUsage {
        let files = Dictionary(
            try blobFiles().map { ($0.digest, $0.size) }, uniquingKeysWith: { first, _ in first })
        var usage = LayoutUsage()
        let named = try blobsByName()
        var users: [SHA256Digest: Int] = [:]
        for entry in named { for digest in entry.blobs { users[digest, default: 0] += 1 } }
        for entry in named {
            var image = LayoutUsage.Image(name: entry.name, digest: entry.root, own: 0, shared: 0)
            for digest in entry.blobs {
                let size = files[digest] ?? 0
                if users[digest] == 1 { image.own += size } else { image.shared += size }
            }
            usage.images.append(image)
        }
        for (digest, size) in files {
            if users[digest] == nil { usage.otherBlobs += size } else { usage.namedBlobs += size }
        }
        try reading { () throws(StreamError) in try addDerived(to: &usage) }
        return usage
    }

    /// The names, sorted, each with what it leads to: the index or manifest itself first. What damaged documents refer
    /// to is left out.
    public func blobsByName() throws(ImageError) -> [(
        name: String, root: SHA256Digest, blobs: [SHA256Digest]
    )] {
        var roots: [String: [Descriptor]] = [:]
        for image in try images() { roots[image.name, default: []].append(image.descriptor) }
        var result: [(name: String, root: SHA256Digest, blobs: [SHA256Digest])] = []
        for name in roots.keys.sorted(by: { ByteString($0) < ByteString($1) }) {
            guard let descriptors = roots[name], let first = descriptors.first else { continue }
            let blobs = try blobs(below: descriptors, unreadable: { _, _ throws(ImageError) in })
            result.append((name, first.digest, blobs.map(\.digest)))
        }
        return result
    }

    private func addDerived(to usage: inout LayoutUsage) throws(StreamError) {
        let derived = DerivedData(directory: derivedDirectory)
        for name in try derived.names() {
            let size = try derived.size(of: name)
            switch name {
            case "layers", "blobs": usage.derivedLayers += size
            case "blocks": usage.derivedBlocks += size
            case "downloads": usage.partialDownloads += size
            default: usage.derivedOther += size
            }
        }
        for directory in [path, blobDirectory] {
            for file in try DirectoryFiles(path: directory).files where TemporaryName.matches(file.name) {
                usage.leftovers += file.size
            }
        }
    }
}
