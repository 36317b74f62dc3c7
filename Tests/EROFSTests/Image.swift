import Bytes
import Digests
import EROFS
import FileTree
import TestSupport

/// Images made for tests, and read back.
enum Image {
    static let stamp = BuildStamp()

    static func metadata(
        _ permissions: UInt16 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0,
        time: Timestamp = Timestamp(seconds: BuildStamp.defaultEpoch), xattrs: [ExtendedAttribute] = []
    ) -> FileMetadata {
        FileMetadata(permissions: permissions, uid: uid, gid: gid, modified: time, xattrs: xattrs)
    }

    static func file(_ contents: FileContents, _ metadata: FileMetadata = metadata()) -> FileNode {
        FileNode(kind: .regular, metadata: metadata, contents: contents)
    }

    static func tree(_ fill: (inout FileTree.Builder) throws -> Void) rethrows -> FileTree {
        var builder = FileTree.Builder(stamp: stamp.time)
        try fill(&builder)
        return builder.freeze()
    }

    static func bytes(_ tree: FileTree, _ store: CorpusStore = CorpusStore()) throws -> [UInt8] {
        var sink = ByteArraySink()
        try EROFSImage(tree: tree, stamp: stamp).extents.write(to: &sink, from: store)
        return sink.bytes
    }

    struct Listed {
        var file: FoundFile
        var contents: [UInt8]
    }

    /// All that a reader finds, contents up to `limit` bytes each.
    static func list(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [Listed] {
        let reader = try EROFSReader(ByteArrayAccess(bytes))
        var listed: [Listed] = []
        try reader.walk { (file, handle) throws(EROFSError) in
            var source = try reader.contents(of: handle)
            do throws(StreamError) {
                listed.append(Listed(file: file, contents: try source.readAll(limit: limit, of: "a file")))
            } catch { throw .stream(error) }
        }
        return listed
    }

    /// Sets the checksum anew, so that a reader sees what was changed.
    static func seal(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 4096 else { return bytes }
        var bytes = bytes
        var register: UInt32 = .max
        for index in 1024..<4096 {
            let byte = (1028..<1032).contains(index) ? 0 : bytes[index]
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0x82f6_3b78 : register >> 1 }
        }
        bytes.store(little: register, at: 1028)
        return bytes
    }

    /// Something of everything, which images frozen by their digests are made of.
    static func everything() throws -> FileTree {
        let shared = ExtendedAttribute(name: "user.shared", value: "value")
        let own = ExtendedAttribute(name: "trusted.own", value: "own value")
        let large = ExtendedAttribute(
            name: "security.large", value: ByteString(Noise.bytes(seed: 4, count: 5000)))
        let other = metadata(
            0o640, uid: 70000, time: Timestamp(seconds: -1, nanoseconds: 5), xattrs: [own, shared])
        return try tree {
            let contents = FileContents.bytes(ByteString(Noise.text(seed: 5, count: 9000)))
            for (index, name) in ["a", "b/c", "z"].enumerated() {
                try $0.add(ByteString(name), file(contents, metadata(uid: UInt32(index))))
            }
            try $0.add("b/attributes", file(contents, other))
            try $0.add("b/large", file(.empty, metadata(xattrs: [large, shared])))
            // More than a block of them behind one inode.
            let many = (100..<400).map {
                ExtendedAttribute(name: ByteString("user.\($0)"), value: "of many values")
            }
            try $0.add("b/many attributes", file(contents, metadata(xattrs: many)))
            try $0.addHardLink("hard", to: "b/attributes")
            for (name, length) in [("short", 20), ("long", 4095)] {
                let target = ByteString([UInt8](repeating: 0x74, count: length))
                try $0.add(ByteString(name), FileNode(kind: .symbolicLink(target), metadata: metadata(0o777)))
            }
            try $0.add(
                "null", FileNode(kind: .characterDevice(major: 1, minor: 300), metadata: metadata(0o666)))
            try $0.add("block", FileNode(kind: .blockDevice(major: 259, minor: 1), metadata: metadata(0o660)))
            try $0.add("fifo", FileNode(kind: .fifo, metadata: metadata(0o600)))
            try $0.add("socket", FileNode(kind: .socket, metadata: metadata(0o600)))
            for index in 0..<400 {
                let text = Noise.text(seed: UInt64(index), count: index * 37 % 5000)
                try $0.add(ByteString("many/!name \(index)"), file(.bytes(ByteString(text))))
            }
        }
    }
}
