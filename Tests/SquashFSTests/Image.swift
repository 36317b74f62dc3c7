import Bytes
import Digests
import FileTree
import SquashFS

/// Trees and images for the tests.
enum Image {
    /// Blobs by their digest.
    struct Store: BlobStore {
        var blobs: [SHA256Digest: [UInt8]] = [:]

        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
            ByteArrayAccess(blobs[digest] ?? [])
        }

        /// Keeps `bytes` between others and returns a reference to them.
        mutating func add(_ bytes: [UInt8]) -> FileContents {
            let blob = [1, 2, 3] + bytes + [4]
            let digest = SHA256Digest(hashing: blob)
            blobs[digest] = blob
            return .blob(
                digest: digest, offset: 3, length: UInt64(bytes.count),
                contentDigest: SHA256Digest(hashing: bytes))
        }
    }

    static func metadata(
        _ permissions: UInt16 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0,
        xattrs: [(ByteString, ByteString)] = []
    ) -> FileMetadata {
        FileMetadata(
            permissions: permissions, uid: uid, gid: gid, modified: Timestamp(seconds: 1_500_000_000),
            xattrs: xattrs.map { ExtendedAttribute(name: $0.0, value: $0.1) })
    }

    static func bytes(
        _ tree: FileTree, _ store: some BlobStore = Store(),
        blockSize: Int = SquashFSOptions.defaultBlockSize,
        compressor: BlockCompressor = .zlib, jobs: Int = 1
    ) throws(SquashFSError) -> [UInt8] {
        let options = SquashFSOptions(
            stamp: BuildStamp(), blockSize: blockSize, compressor: compressor, jobs: jobs)
        return try SquashFSWriter(options).write(tree, from: store, to: ByteArraySink()).bytes
    }

    /// Bytes that compress somewhat.
    static func text(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: 0x20 + (state >> 60) * (state >> 58 & 1))
        }
    }

    /// Bytes that don't.
    static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    /// Every kind of file, and contents of every size that matters for blocks of 4 KiB.
    static func sample() throws(FileTreeError) -> (FileTree, Store) {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1000))
        var store = Store()
        func regular(_ path: ByteString, _ contents: FileContents, _ metadata: FileMetadata = metadata())
            throws(FileTreeError)
        {
            try builder.add(path, FileNode(kind: .regular, metadata: metadata, contents: contents))
        }
        for size in [0, 1, 4095, 4096, 4097, 8192, 20_000] {
            try regular(ByteString("sizes/text-\(size)"), store.add(text(size, seed: UInt64(size))))
            try regular(ByteString("sizes/noise-\(size)"), store.add(noise(size, seed: UInt64(size))))
        }
        let zeros = [UInt8](repeating: 0, count: 10_000)
        try regular("sparse/all", store.add(zeros))
        try regular("sparse/middle", store.add(text(4096, seed: 1) + zeros + text(5000, seed: 2)))
        try regular("sparse/start", store.add(zeros + text(50, seed: 3)))
        try regular("sparse/small", store.add([0, 0, 0]))
        try regular("same/one", store.add(text(9000, seed: 4)), metadata(0o600, uid: 1))
        try regular("same/two", store.add(text(9000, seed: 4)), metadata(0o4755, gid: 70_000))
        try regular("same/small", .bytes("small"), metadata(0o2711, uid: 4_294_967_294))
        try regular("same/tiny", .bytes("small"), metadata(0o1777))
        try builder.addHardLink("a-link", to: "same/small")
        try builder.addHardLink("sizes/link", to: "sizes/text-20000")
        try builder.add("empty directory", FileNode(kind: .directory, metadata: metadata(0o1700)))
        try builder.add("link", FileNode(kind: .symbolicLink("some/where"), metadata: metadata(0o777)))
        try builder.addHardLink("sizes/second name", to: "link")
        let long = ByteString([UInt8](repeating: 0x74, count: 4095))
        try builder.add("long link", FileNode(kind: .symbolicLink(long), metadata: metadata(0o777)))
        let longName = String(repeating: "ü", count: 127) + "n"
        try regular(ByteString(longName), .bytes("long name"))
        try builder.add(
            "dev/null", FileNode(kind: .characterDevice(major: 1, minor: 3), metadata: metadata(0o666)))
        try builder.add(
            "dev/far",
            FileNode(kind: .blockDevice(major: 4095, minor: 1_048_575), metadata: metadata(0o660)))
        try builder.add("fifo", FileNode(kind: .fifo, metadata: metadata(0o600)))
        try builder.add("socket", FileNode(kind: .socket, metadata: metadata(0o600)))
        try addAttributes(to: &builder)
        return (builder.freeze(), store)
    }

    /// Attributes on every kind of file.
    private static func addAttributes(to builder: inout FileTree.Builder) throws(FileTreeError) {
        let set = metadata(
            0o755,
            xattrs: [
                (
                    "security.capability",
                    ByteString([1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 8))
                ),
                ("trusted.x", ""), ("user.long", ByteString(noise(900, seed: 5))),
            ])
        try builder.add("xattrs/file", FileNode(kind: .regular, metadata: set, contents: .bytes("x")))
        try builder.add("xattrs/directory", FileNode(kind: .directory, metadata: set))
        let trusted = metadata(0o777, xattrs: [("trusted.only", "value")])
        try builder.add("xattrs/link", FileNode(kind: .symbolicLink("file"), metadata: trusted))
        try builder.add("xattrs/fifo", FileNode(kind: .fifo, metadata: trusted))
        try builder.add(
            "xattrs/device", FileNode(kind: .blockDevice(major: 7, minor: 300), metadata: trusted))
        try builder.add("xattrs/socket", FileNode(kind: .socket, metadata: trusted))
    }
}
