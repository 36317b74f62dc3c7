internal import Bytes
public import FileTree

extension FileTree.Builder {
    /// Adds a member of a tar stream at its path: the way from the entry stream to the tree.
    public mutating func add(_ entry: TarEntry, isShareable: Bool = false) throws(FileTreeError) {
        let header = entry.header
        if header.typeFlag == .hardLink {
            return try addHardLink(header.name, to: header.linkName, isShareable: isShareable)
        }
        let contents = header.typeFlag == .regular ? entry.contents : .empty
        try add(
            header.name,
            FileNode(
                kind: try header.fileKind(), metadata: try header.fileMetadata(), contents: contents,
                isShareable: isShareable))
    }
}

extension TarHeader {
    /// Where star, GNU tar, bsdtar and Go keep extended attributes.
    public static let xattrPrefix = "SCHILY.xattr."

    /// Mode, owner, time and extended attributes; file type bits in the mode are dropped.
    public func fileMetadata() throws(FileTreeError) -> FileMetadata {
        FileMetadata(
            permissions: UInt16(truncatingIfNeeded: mode & 0o7777), uid: try fit(uid, "uid"),
            gid: try fit(gid, "gid"), modified: modified, xattrs: TarAttributes.attributes(in: records))
    }

    /// The kind of a member that is not a hard link; those are kinds of their targets.
    fileprivate func fileKind() throws(FileTreeError) -> FileKind {
        switch typeFlag {
        case .regular, .hardLink: .regular
        case .directory: .directory
        case .symbolicLink: .symbolicLink(linkName)
        case .characterDevice:
            .characterDevice(
                major: try fit(deviceMajor, "device number"), minor: try fit(deviceMinor, "device number"))
        case .blockDevice:
            .blockDevice(
                major: try fit(deviceMajor, "device number"), minor: try fit(deviceMinor, "device number"))
        case .fifo: .fifo
        }
    }

    private func fit(_ value: Int64, _ field: String) throws(FileTreeError) -> UInt32 {
        guard let value = UInt32(exactly: value) else { throw .outOfRange(field: field, path: name) }
        return value
    }
}
