internal import Bytes
public import Digests

extension FileTree {
    /// Stands for the tree where an identity is derived from it: SHA-256 over every name with its file's kind,
    /// metadata, contents' digest and number.
    public var identity: SHA256Digest {
        var hasher = SHA256Hasher()
        for entry in self {
            var record: [UInt8] = []
            record.append(big: UInt64(entry.nodeIndex))
            record.appendCounted(entry.path)
            if entry.isFirstName { record.append(entry.node) }
            hasher.update(record)
        }
        return hasher.finalize()
    }
}

extension [UInt8] {
    fileprivate mutating func appendCounted(_ bytes: ByteString) {
        append(big: UInt64(bytes.count))
        append(contentsOf: bytes.bytes)
    }

    fileprivate mutating func append(_ node: FileNode) {
        switch node.kind {
        case .regular: append(1)
        case .directory: append(2)
        case .symbolicLink(let target):
            append(3)
            appendCounted(target)
        case .characterDevice(let major, let minor):
            append(4)
            append(big: UInt64(major) << 32 | UInt64(minor))
        case .blockDevice(let major, let minor):
            append(5)
            append(big: UInt64(major) << 32 | UInt64(minor))
        case .fifo: append(6)
        case .socket: append(7)
        }
        let metadata = node.metadata
        append(big: metadata.permissions)
        append(big: metadata.uid)
        append(big: metadata.gid)
        append(big: metadata.modified.seconds)
        append(big: metadata.modified.nanoseconds)
        append(big: UInt64(metadata.xattrs.count))
        for attribute in metadata.xattrs {
            appendCounted(attribute.name)
            appendCounted(attribute.value)
        }
        if node.kind == .regular { append(contentsOf: node.contents.contentDigest.bytes) }
    }
}
