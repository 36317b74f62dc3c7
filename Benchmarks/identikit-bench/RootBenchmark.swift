import Bytes
import Digests
import EROFS
import FileTree
import Glibc
import Host
import ISO9660

/// `root FORMAT DIRECTORY OUTPUT`: a directory as a file system image, like mkfs.erofs and genisoimage.
enum RootBenchmark {
    static func run(format: String, directory: String, output: String) throws {
        var reader = DirectoryReader(directory: directory)
        let tree = try reader.tree()
        let stamp = BuildStamp()
        let extents: ExtentMap
        switch format {
        case "erofs": extents = try EROFSImage(tree: tree, stamp: stamp).extents
        case "iso":
            extents = try ISO9660Image(tree: tree, options: ISO9660Options(volumeID: "ROOT", stamp: stamp))
                .extents
        default: throw UnknownFormat(name: format)
        }
        var sink = BufferedSink(try AtomicFile(path: output))
        try extents.write(to: &sink, from: reader.store)
        try sink.finish().commit()
    }

    private struct UnknownFormat: Error { let name: String }
}

/// Reads a local directory into a tree.
private struct DirectoryReader {
    let directory: String
    private var builder = FileTree.Builder(stamp: BuildStamp().time)
    private(set) var store = Files()
    /// The first name of each file that has several.
    private var names: [UInt: ByteString] = [:]

    /// Contents with a digest of the path: nothing here compares them.
    struct Files: BlobStore {
        var paths: [SHA256Digest: ByteString] = [:]
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
            try ReadableFile(path: paths[digest] ?? ByteString())
        }
    }

    init(directory: String) { self.directory = directory }

    mutating func tree() throws -> FileTree {
        try add(ByteString())
        return builder.freeze()
    }

    private mutating func add(_ path: ByteString) throws {
        let place = ByteString("\(directory)/") + path
        var status = stat()
        guard lstat(place.bytes.map(CChar.init(bitPattern:)) + [0], &status) == 0 else {
            throw StreamError.system(operation: "stat", path: place.text, errno: errno)
        }
        var node = FileNode(
            kind: .directory,
            metadata: FileMetadata(
                permissions: UInt16(status.st_mode & 0o7777), uid: status.st_uid, gid: status.st_gid,
                modified: Timestamp(seconds: Int64(status.st_mtim.tv_sec))))
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            try builder.add(path, node)
            for name in try Directory.names(place) {
                try add(path.bytes.isEmpty ? name : path + "/" + name)
            }
        case S_IFREG:
            if let first = names[status.st_ino] { return try builder.addHardLink(path, to: first) }
            if status.st_nlink > 1 { names[status.st_ino] = path }
            let digest = SHA256Digest(hashing: path)
            store.paths[digest] = place
            node.kind = .regular
            node.contents = .blob(
                digest: digest, offset: 0, length: UInt64(status.st_size), contentDigest: digest)
            try builder.add(path, node)
        case S_IFLNK:
            node.kind = .symbolicLink(try Directory.linkTarget(place))
            try builder.add(path, node)
        default: break
        }
    }
}
