internal import Digests

extension FileTree {
    /// Makes shareable regular files that are equal in contents, mode, owner, time and xattrs, and are not empty,
    /// hard links of the one that comes first.
    ///
    /// - Returns: how many nodes went, and the bytes of contents that are no longer there twice.
    @discardableResult
    public mutating func shareEqualFiles() -> (files: Int, bytes: UInt64) {
        var firsts: [SharingKey: Int32] = [:]
        var targets = (0..<Int32(nodes.count)).map { $0 }
        var saved: (files: Int, bytes: UInt64) = (0, 0)
        // Nodes are numbered by first name, so the first of equals is the first in the tree.
        for (index, node) in nodes.enumerated()
        where node.isShareable && node.kind == .regular && node.contents.count > 0 {
            let key = SharingKey(digest: node.contents.contentDigest, metadata: node.metadata)
            if let first = firsts[key] {
                targets[index] = first
                saved.files += 1
                saved.bytes += node.contents.count
            } else {
                firsts[key] = Int32(index)
            }
        }
        guard saved.files > 0 else { return saved }
        for entry in records.indices { records[entry].node = targets[Int(records[entry].node)] }
        numberNodes()
        return saved
    }
}

private struct SharingKey: Hashable {
    let digest: SHA256Digest
    let metadata: FileMetadata
}
