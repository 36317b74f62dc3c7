public import Bytes
public import FileTree

extension FATVolume {
    /// A volume of a tree of regular files and directories. Any other kind of file is an error; `FATLoss.losses(of:)`
    /// tells what else FAT does not keep. A file with several names is written once for each.
    public init(tree: FileTree, options: FATOptions) throws(FATError) {
        var files: [FATFile] = []
        var directories: [FATDirectory] = []
        for entry in tree {
            let metadata = entry.node.metadata
            // Nobody may write: the one permission that FAT has.
            let isReadOnly = metadata.permissions & 0o222 == 0
            switch entry.node.kind {
            case .directory:
                directories.append(
                    FATDirectory(
                        path: entry.path, modified: metadata.modified,
                        attributes: isReadOnly ? .readOnly : []))
            case .regular:
                files.append(
                    FATFile(
                        path: entry.path, contents: ExtentMap(entry.node.contents),
                        modified: metadata.modified,
                        attributes: isReadOnly ? [.archive, .readOnly] : .archive))
            case .symbolicLink: throw .unsupportedKind(path: entry.path, kind: "symbolic link")
            case .characterDevice, .blockDevice: throw .unsupportedKind(path: entry.path, kind: "device")
            case .fifo: throw .unsupportedKind(path: entry.path, kind: "FIFO")
            case .socket: throw .unsupportedKind(path: entry.path, kind: "socket")
            }
        }
        try self.init(files: files, directories: directories, options: options)
    }
}

/// What of a file FAT does not keep.
public struct FATLoss: Hashable, Sendable {
    public enum What: Hashable, Sendable {
        /// Permissions other than 0755, 0644, 0555 or 0444 of a file, 0755 or 0555 of a directory.
        case permissions(UInt16)
        /// An owner or a group other than root.
        case owner(uid: UInt32, gid: UInt32)
        /// Extended attributes, their names sorted.
        case attributes([ByteString])
        /// A time before 1980 or after 2107, which is clamped.
        case time(Timestamp)
        /// The file is one more name of the one at this path, and becomes a copy of it.
        case hardLink(to: ByteString)
    }

    public var path: ByteString
    public var what: What

    public init(path: ByteString, what: What) {
        self.path = path
        self.what = what
    }

    /// What would be lost of `tree`, in its order; files that are an error are left out.
    public static func losses(of tree: FileTree) -> [FATLoss] {
        var losses: [FATLoss] = []
        var firstPaths: [Int: ByteString] = [:]
        for entry in tree {
            let isDirectory = entry.node.kind == .directory
            guard isDirectory || entry.node.kind == .regular else { continue }
            if entry.linkCount > 1 {
                if let first = firstPaths[entry.nodeIndex] {
                    losses.append(FATLoss(path: entry.path, what: .hardLink(to: first)))
                    continue
                }
                firstPaths[entry.nodeIndex] = entry.path
            }
            losses += Self.losses(of: entry.node.metadata, isDirectory: isDirectory)
                .map { FATLoss(path: entry.path, what: $0) }
        }
        return losses
    }

    private static func losses(of metadata: FileMetadata, isDirectory: Bool) -> [What] {
        var losses: [What] = []
        let kept: [UInt16] = isDirectory ? [0o755, 0o555] : [0o755, 0o644, 0o555, 0o444]
        if !kept.contains(metadata.permissions) { losses.append(.permissions(metadata.permissions)) }
        if metadata.uid != 0 || metadata.gid != 0 {
            losses.append(.owner(uid: metadata.uid, gid: metadata.gid))
        }
        if !metadata.xattrs.isEmpty { losses.append(.attributes(metadata.xattrs.map(\.name))) }
        let range = FATTime.first...FATTime.last
        if !range.contains(metadata.modified.seconds) { losses.append(.time(metadata.modified)) }
        return losses
    }
}
