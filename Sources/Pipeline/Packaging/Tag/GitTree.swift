internal import Bytes
internal import Digests
internal import Host

/// The name that git would give a directory's tree object, computed without git
/// (git-scm.com, "Git Internals - Git Objects").
enum GitTree {
    /// The tree hash of `files`, paths relative to `directory`, as 40 hexadecimal digits.
    ///
    /// Files that are not there are left out, as are directories without files: git has neither.
    static func hash(directory: String, files: [ByteString]) throws(StreamError) -> String {
        var root = Node()
        for file in files {
            let path = ByteString(directory) + "/" + file
            guard let status = try FileStatus.of(path), let mode = mode(status) else { continue }
            let id =
                try status.kind == .symbolicLink ? blob(Directory.linkTarget(path).bytes) : blob(file: path)
            root.insert(file.bytes.split(separator: UInt8(ascii: "/"))[...], leaf: Leaf(mode: mode, id: id))
        }
        return Hexadecimal.encode(root.id())
    }

    /// Every file below `directory`, `.git` left out, as relative paths in bytewise order.
    static func files(below directory: String, prefix: ByteString = "") throws(StreamError) -> [ByteString] {
        var found: [ByteString] = []
        for name in try Directory.names(ByteString(directory) + "/" + prefix) where name != ".git" {
            let path = prefix.isEmpty ? name : prefix + "/" + name
            if try FileStatus.of(ByteString(directory) + "/" + path)?.kind == .directory {
                found += try files(below: directory, prefix: path)
            } else {
                found.append(path)
            }
        }
        return found
    }

    private static func mode(_ status: FileStatus) -> String? {
        switch status.kind {
        case .regular: status.permissions & 0o100 != 0 ? "100755" : "100644"
        case .symbolicLink: "120000"
        case .directory, .other: nil
        }
    }

    private static func blob(_ bytes: [UInt8]) -> [UInt8] { object("blob", bytes) }

    private static func blob(file path: ByteString) throws(StreamError) -> [UInt8] {
        let file = try ReadableFile(path: path)
        var hasher = SHA1Hasher()
        hasher.update(Array("blob \(file.count)\0".utf8))
        var source = RangeSource(file)
        try source.copy(to: &hasher)
        return hasher.finalize()
    }

    fileprivate static func object(_ kind: String, _ bytes: [UInt8]) -> [UInt8] {
        var hasher = SHA1Hasher()
        hasher.update(Array("\(kind) \(bytes.count)\0".utf8))
        hasher.update(bytes)
        return hasher.finalize()
    }
}

/// A file in a tree object.
private struct Leaf {
    var mode: String
    var id: [UInt8]
}

/// A directory on its way to a tree object.
private struct Node {
    private var leaves: [ByteString: Leaf] = [:]
    private var directories: [ByteString: Node] = [:]

    mutating func insert(_ path: ArraySlice<ArraySlice<UInt8>>, leaf: Leaf) {
        guard let first = path.first else { return }
        if path.count == 1 {
            leaves[ByteString(first)] = leaf
        } else {
            directories[ByteString(first), default: Node()].insert(path.dropFirst(), leaf: leaf)
        }
    }

    /// Entries in git's order: bytewise, a directory's name with a slash behind it.
    func id() -> [UInt8] {
        var entries = leaves.map { (key: $0.key, name: $0.key, leaf: $0.value) }
        entries += directories.map {
            (key: $0.key + "/", name: $0.key, leaf: Leaf(mode: "40000", id: $0.value.id()))
        }
        entries.sort { $0.key < $1.key }
        return GitTree.object(
            "tree", entries.flatMap { Array("\($0.leaf.mode) ".utf8) + $0.name.bytes + [0] + $0.leaf.id })
    }
}
