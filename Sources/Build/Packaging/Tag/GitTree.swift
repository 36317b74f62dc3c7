internal import Bytes
internal import Digests
internal import Host

/// The name that git would give a folder's tree object, computed without git
/// (git-scm.com, "Git Internals - Git Objects").
enum GitTree {
    /// The tree hash of `files`, paths relative to `folder`, as 40 hexadecimal digits.
    ///
    /// Files that are not there are left out, as are folders without files: git has neither.
    static func hash(folder: String, files: [ByteString]) throws(StreamError) -> String {
        var root = Node()
        for file in files {
            let path = ByteString(folder) + "/" + file
            guard let status = try FileStatus.of(path), let mode = mode(status) else { continue }
            let id = try status.kind == .symbolicLink ? blob(Folder.linkTarget(path).bytes) : blob(file: path)
            root.insert(file.bytes.split(separator: UInt8(ascii: "/"))[...], leaf: Leaf(mode: mode, id: id))
        }
        return Hexadecimal.encode(root.id())
    }

    /// Every file below `folder`, `.git` left out, as relative paths in bytewise order.
    static func files(below folder: String, prefix: ByteString = "") throws(StreamError) -> [ByteString] {
        var found: [ByteString] = []
        for name in try Folder.names(ByteString(folder) + "/" + prefix) where name != ".git" {
            let path = prefix.isEmpty ? name : prefix + "/" + name
            if try FileStatus.of(ByteString(folder) + "/" + path)?.kind == .folder {
                found += try files(below: folder, prefix: path)
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
        case .folder, .other: nil
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

/// A folder on its way to a tree object.
private struct Node {
    private var leaves: [ByteString: Leaf] = [:]
    private var folders: [ByteString: Node] = [:]

    mutating func insert(_ path: ArraySlice<ArraySlice<UInt8>>, leaf: Leaf) {
        guard let first = path.first else { return }
        if path.count == 1 {
            leaves[ByteString(first)] = leaf
        } else {
            folders[ByteString(first), default: Node()].insert(path.dropFirst(), leaf: leaf)
        }
    }

    /// Entries in git's order: bytewise, a folder's name with a slash behind it.
    func id() -> [UInt8] {
        var entries = leaves.map { (key: $0.key, name: $0.key, leaf: $0.value) }
        entries += folders.map {
            (key: $0.key + "/", name: $0.key, leaf: Leaf(mode: "40000", id: $0.value.id()))
        }
        entries.sort { $0.key < $1.key }
        return GitTree.object(
            "tree", entries.flatMap { Array("\($0.leaf.mode) ".utf8) + $0.name.bytes + [0] + $0.leaf.id })
    }
}
