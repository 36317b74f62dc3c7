internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import Tar

/// A tar made of a tree: sorted bytewise, the first name of a file in order has its contents.
enum ArchiveFile {
    /// Writes every item of `tree`.
    static func write<Sink: ByteSink & ~Copyable>(
        _ tree: PackageTree, to sink: consuming Sink, blobs: PackageBlobs
    ) throws -> Sink {
        var writer = TarWriter(sink)
        var firstNames: [Int: ByteString] = [:]
        for path in tree.sortedPaths {
            guard let item = tree[path] else { continue }
            var entry = entry(item, at: path)
            if let group = item.linkGroup {
                if let first = firstNames[group] {
                    entry.header.typeFlag = .hardLink
                    entry.header.linkName = first
                    entry.header.size = 0
                    entry.contents = .empty
                } else {
                    firstNames[group] = path
                }
            }
            try writer.write(entry, from: blobs)
        }
        return try writer.finish()
    }

    /// Writes a tar into `scratch`, where it is kept under its digest, and gives a reference to it.
    static func write(_ tree: PackageTree, blobs: PackageBlobs, scratch: String) throws -> FileContents {
        try Directory.create(scratch)
        let sink = DigestingSink(try AtomicFile(path: "\(scratch)/archive.tar"))
        let written = try write(tree, to: sink, blobs: blobs)
        let digest = written.digest
        let count = written.count
        let path = "\(scratch)/\(digest.hex).tar"
        try written.finish().commit(as: path)
        blobs.add(digest, path: path)
        return .blob(digest: digest, offset: 0, length: count, contentDigest: digest)
    }

    private static func entry(_ item: PackageTree.Item, at path: ByteString) -> TarEntry {
        var header = TarHeader(name: path, typeFlag: .regular)
        header.mode = Int64(item.metadata.permissions)
        header.uid = Int64(item.metadata.uid)
        header.gid = Int64(item.metadata.gid)
        header.modified = item.metadata.modified
        header.records = item.metadata.xattrs.map {
            PaxRecord(key: ByteString(TarHeader.xattrPrefix) + $0.name, value: $0.value)
        }
        switch item.kind {
        case .regular: header.size = item.contents.count
        case .directory:
            header.typeFlag = .directory
            header.name = path + "/"
        case .symbolicLink(let target):
            header.typeFlag = .symbolicLink
            header.linkName = target
        case .characterDevice(let major, let minor):
            header.typeFlag = .characterDevice
            header.deviceMajor = Int64(major)
            header.deviceMinor = Int64(minor)
        case .blockDevice(let major, let minor):
            header.typeFlag = .blockDevice
            header.deviceMajor = Int64(major)
            header.deviceMinor = Int64(minor)
        case .fifo, .socket: header.typeFlag = .fifo
        }
        return TarEntry(header: header, contents: item.contents)
    }
}
