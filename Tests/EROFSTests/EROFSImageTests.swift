import Bytes
import Digests
import EROFS
import FileTree
import TestSupport
import Testing

/// How images are laid out, and what they can't hold.
@Suite struct EROFSImageTests {
    @Test("A tree has one image, in whatever order and from wherever its files came")
    func determinism() throws {
        var store = CorpusStore()
        let text = Noise.text(seed: 1, count: 5000)
        let blob = store.add(text)
        let few = store.add(Array("few".utf8))
        let first = try Image.tree {
            try $0.add("b", Image.file(.bytes("few")))
            try $0.add("a", Image.file(.bytes(ByteString(text))))
        }
        let second = try Image.tree {
            try $0.add("a", Image.file(blob))
            try $0.add("b", Image.file(few))
        }
        #expect(try Image.bytes(first, store) == Image.bytes(second, store))
    }

    @Test("Inodes are compact where everything fits, and extended where one thing does not")
    func compact() throws {
        let late = Timestamp(seconds: BuildStamp.defaultEpoch, nanoseconds: 1)
        let cases: [(ByteString, FileMetadata, extended: Bool)] = [
            ("compact", Image.metadata(0o7777, uid: 65535, gid: 65535), false),
            ("gid", Image.metadata(gid: 65536), true), ("time", Image.metadata(time: late), true),
            ("uid", Image.metadata(uid: 65536), true),
        ]
        let tree = try Image.tree {
            for (name, metadata, _) in cases { try $0.add(name, FileNode(kind: .fifo, metadata: metadata)) }
        }
        let bytes = try Image.bytes(tree)
        let found = try Image.list(bytes).dropFirst()
        #expect(found.map(\.file.path) == cases.map(\.0))
        for (file, (name, metadata, extended)) in zip(found, cases) {
            #expect(bytes[Int(file.file.fileNumber) * 32] & 1 == (extended ? 1 : 0), "\(name)")
            #expect(file.file.metadata == metadata, "\(name)")
        }
    }

    @Test("Equal contents have the same blocks, whatever else differs; short ones stand behind their inodes")
    func sharedContents() throws {
        let large = ByteString(Noise.bytes(seed: 2, count: 100_000))
        let half = ByteString(Noise.bytes(seed: 3, count: 3000))
        func size(_ fill: (inout FileTree.Builder) throws -> Void) throws -> Int {
            try Image.bytes(Image.tree(fill)).count / 4096
        }
        // 24 whole blocks and a tail.
        #expect(try size { try $0.add("a", Image.file(.bytes(large))) } == 26)
        let many = try size {
            for index in 0..<10 {
                try $0.add(
                    ByteString("\(index)"), Image.file(.bytes(large), Image.metadata(uid: UInt32(index))))
            }
        }
        #expect(many == 26)
        #expect(try size { try $0.add("a", Image.file(.bytes(half))) } == 2)
        let halves = try size {
            for index in 0..<10 {
                try $0.add(
                    ByteString("\(index)"), Image.file(.bytes(half), Image.metadata(uid: UInt32(index))))
            }
        }
        #expect(halves == 2)
    }

    @Test("More than 65,535 directories in one, and names of one file, are counted and found")
    func many() throws {
        let corpus = try HostileCorpus([.manyDirectories, .manyHardLinks])
        let access = try EROFSImage(tree: corpus.tree, stamp: Image.stamp).extents.access(from: corpus.store)
        var directories = 0
        var names = 0
        var numbers: [ByteString: UInt64] = [:]
        try EROFSReader(access).walk { (file, _) throws(EROFSError) in
            if file.path == "many" || file.path.hasPrefix("hard-many/") {
                numbers[file.path] = file.fileNumber
            }
            if file.kind == .directory { directories += 1 } else { names += 1 }
        }
        // The root and those that the 70,000 are in; the 70,000 names and the one file in a directory.
        #expect((directories, names) == (70_003, 70_001))
        let linked = try #require(numbers["hard-many/first"])
        let many = try #require(numbers["many"])
        numbers["many"] = nil
        #expect(numbers.count == 70_000 && numbers.values.allSatisfy { $0 == linked })
        // `i_nlink` of extended inodes.
        for (number, links) in [(linked, 70_000), (many, 70_002)] {
            let inode = try access.bytes(at: number * 32, length: 64, of: "an inode")
            #expect(inode[0] & 1 == 1)
            #expect(inode.little(UInt32.self, at: 44) == UInt32(links))
        }
    }

    @Test("A file over 4 GiB is laid out and found, and nothing of it is in memory")
    func largeFile() throws {
        let corpus = try HostileCorpus([.largeFile])
        let image = try EROFSImage(tree: corpus.tree, stamp: Image.stamp)
        let reader = try EROFSReader(image.extents.access(from: corpus.store))
        var sizes: [UInt64] = []
        try reader.walk { (file, _) throws(EROFSError) in if file.kind == .regular { sizes.append(file.size) }
        }
        #expect(sizes == [4 << 30 + 5])
    }

    @Test("What the format can't hold is refused by path")
    func refused() throws {
        func error(_ node: FileNode) throws -> EROFSError? {
            let tree = try Image.tree { try $0.add("dir/file", node) }
            do throws(EROFSError) { _ = try EROFSImage(tree: tree, stamp: Image.stamp) } catch {
                return error
            }
            return nil
        }
        func error(_ name: ByteString, _ size: Int) throws -> EROFSError? {
            let value = ByteString([UInt8](repeating: 1, count: size))
            return try error(
                FileNode(
                    kind: .fifo,
                    metadata: Image.metadata(xattrs: [ExtendedAttribute(name: name, value: value)]))
            )
        }
        let path: ByteString = "dir/file"
        let major = FileNode(kind: .blockDevice(major: 4096, minor: 0), metadata: Image.metadata())
        let minor = FileNode(kind: .characterDevice(major: 0, minor: 1 << 20), metadata: Image.metadata())
        #expect(try error(major) == .deviceOutOfRange(path: path))
        #expect(try error(minor) == .deviceOutOfRange(path: path))
        for name: ByteString in ["system.nfs4_acl", "user.", "user", "", "system.posix_acl_accessory"] {
            #expect(try error(name, 1) == .unknownXattrNamespace(path: path, name: name))
        }
        #expect(try error("user.a", 65535) == nil)
        #expect(try error("user.a", 65536) == .xattrTooLarge(path: path, name: "user.a"))
        let long = ByteString("user." + String(repeating: "n", count: 256))
        #expect(try error(long, 1) == .xattrTooLarge(path: path, name: long))
        let many = (0..<600).map { index in
            ExtendedAttribute(
                name: ByteString("user.\(index)"), value: ByteString([UInt8](repeating: 1, count: 900)))
        }
        #expect(
            try error(FileNode(kind: .fifo, metadata: Image.metadata(xattrs: many)))
                == .tooManyXattrs(path: path))
        let small = ExtendedAttribute(name: "user.small", value: "")
        let kept = EROFSImage.storable(
            many + [ExtendedAttribute(name: "system.nfs4_acl", value: "x"), small])
        // Bodies of 262,148 bytes have room for 288 entries of 908, and for a small one behind them.
        #expect(kept == many.prefix(288) + [small])
        #expect(try error(FileNode(kind: .fifo, metadata: Image.metadata(xattrs: kept))) == nil)
        let digest = SHA256Digest(hashing: "")
        let huge = FileContents.blob(digest: digest, offset: 0, length: .max, contentDigest: digest)
        #expect(try error(Image.file(huge)) == .imageTooLarge(path: path))
        let tree = Image.tree { _ in }
        #expect(throws: EROFSError.volumeNameTooLong(name: "seventeen letters")) {
            try EROFSImage(tree: tree, stamp: Image.stamp, volumeName: "seventeen letters")
        }
    }
}
