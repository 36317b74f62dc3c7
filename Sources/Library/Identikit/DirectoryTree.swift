internal import Host

/// A directory of this machine as a tree, for a format's writer, and the store of its files' contents.
///
/// Owners, modes, times, links, devices and extended attributes are those of the directory. Contents stay where they
/// are: files must not change until the tree has been written.
public struct DirectoryTree: Sendable {
    public let tree: FileTree
    /// The contents of the files, which the tree names by SHA-256.
    public let store: DirectoryFiles

    /// Reads the directory at `path`, and every file below it once, for its SHA-256.
    public init(reading path: String, stamp: BuildStamp = BuildStamp()) throws {
        var reader = Reader(root: ByteString(path), builder: FileTree.Builder(stamp: stamp.time))
        try reader.add(ByteString())
        tree = reader.builder.freeze()
        store = DirectoryFiles(paths: reader.paths)
    }

    private struct Reader {
        let root: ByteString
        var builder: FileTree.Builder
        var paths: [SHA256Digest: ByteString] = [:]
        /// The first path of each file that has several names.
        var names: [FileDetails.Identity: ByteString] = [:]

        /// Adds what is at `path`, which is empty for the root.
        mutating func add(_ path: ByteString) throws {
            let place = root + "/" + path
            let details = try FileDetails(place)
            if case .regular = details.kind, details.nameCount > 1 {
                if let first = names[details.identity] { return try builder.addHardLink(path, to: first) }
                names[details.identity] = path
            }
            try builder.add(path, try node(details, at: place))
            guard case .directory = details.kind else { return }
            for name in try Directory.names(place) { try add(path.bytes.isEmpty ? name : path + "/" + name) }
        }

        private mutating func node(_ details: FileDetails, at place: ByteString) throws -> FileNode {
            let metadata = FileMetadata(
                permissions: details.permissions, uid: details.uid, gid: details.gid,
                modified: Timestamp(
                    seconds: details.modified.seconds, nanoseconds: details.modified.nanoseconds),
                xattrs: try FileDetails.attributes(place).map {
                    ExtendedAttribute(name: $0.name, value: ByteString($0.value))
                })
            switch details.kind {
            case .regular:
                return FileNode(kind: .regular, metadata: metadata, contents: try contents(of: place))
            case .directory: return FileNode(kind: .directory, metadata: metadata)
            case .symbolicLink(let target):
                return FileNode(kind: .symbolicLink(target), metadata: metadata)
            case .characterDevice(let major, let minor):
                return FileNode(kind: .characterDevice(major: major, minor: minor), metadata: metadata)
            case .blockDevice(let major, let minor):
                return FileNode(kind: .blockDevice(major: major, minor: minor), metadata: metadata)
            case .fifo: return FileNode(kind: .fifo, metadata: metadata)
            case .socket: return FileNode(kind: .socket, metadata: metadata)
            }
        }

        private mutating func contents(of place: ByteString) throws -> FileContents {
            let file = try ReadableFile(path: place)
            var hasher = SHA256Hasher()
            var source = RangeSource(file)
            try source.copy(to: &hasher)
            let digest = hasher.finalize()
            paths[digest] = place
            return .blob(digest: digest, offset: 0, length: file.count, contentDigest: digest)
        }
    }
}

/// Files of this machine by the SHA-256 of their contents.
public struct DirectoryFiles: BlobStore {
    let paths: [SHA256Digest: ByteString]

    public func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        guard let path = paths[digest] else {
            throw .corrupt(what: "tree", offset: 0, reason: "no file with SHA-256 \(digest.hex) was read")
        }
        return try ReadableFile(path: path)
    }
}
