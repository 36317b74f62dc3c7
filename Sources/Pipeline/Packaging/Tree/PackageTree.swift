internal import Bytes
internal import FileTree

/// The files of an image while it is made: every path once, links followed as the kernel follows them.
struct PackageTree {
    struct Item: Equatable {
        var kind: FileKind
        var metadata: FileMetadata
        /// Empty for all but regular files.
        var contents: FileContents = .empty
        /// Items with the same number are one file under several names.
        var linkGroup: Int?

        var isDirectory: Bool { kind == .directory }
    }

    /// By path from the root, without a leading slash; the root itself has no item.
    private(set) var items: [ByteString: Item] = [:]
    /// The time of what has no other, and the latest that anything may have.
    let epoch: Timestamp

    /// Links that may be followed on one path, as in Linux.
    private static let linkLimit = 40

    init(epoch: Timestamp) { self.epoch = epoch }

    var sortedPaths: [ByteString] { items.keys.sorted() }

    subscript(path: ByteString) -> Item? { items[path] }

    /// Metadata of something generated.
    func metadata(_ permissions: UInt16, uid: UInt32 = 0, gid: UInt32 = 0) -> FileMetadata {
        FileMetadata(permissions: permissions, uid: uid, gid: gid, modified: epoch)
    }

    /// Puts `item` at `path`, which must be resolved, whatever was there.
    mutating func put(_ item: Item, at path: ByteString) {
        var item = item
        item.metadata.modified = min(Timestamp(seconds: item.metadata.modified.seconds), epoch)
        items[path] = item
    }

    /// Takes one item away; what is below it stays.
    @discardableResult
    mutating func take(_ path: ByteString) -> Item? { items.removeValue(forKey: path) }

    /// The paths of what is below `directory`, sorted.
    func paths(below directory: ByteString) -> [ByteString] {
        items.keys.filter { $0 != directory && ImagePath.contains(directory, $0) }.sorted()
    }

    func hasChildren(_ directory: ByteString) -> Bool {
        items.keys.contains { $0 != directory && ImagePath.contains(directory, $0) }
    }

    /// Makes the directories above every item that are missing, with what `known` says of them or 0755 of root;
    /// returns a path below something that is not a directory, if there is one.
    mutating func addParents(known: [ByteString: FileMetadata] = [:]) -> ByteString? {
        for path in sortedPaths {
            for parent in ImagePath.parents(of: path) {
                if let item = items[parent] {
                    if !item.isDirectory { return path }
                } else {
                    put(Item(kind: .directory, metadata: known[parent] ?? metadata(0o755)), at: parent)
                }
            }
        }
        return nil
    }

    /// Where `path` really is: every link among the directories above it is followed, and the last component too
    /// if `followingLast`. Nil where links turn in a circle or make a path
    /// that is too long.
    func resolve(_ path: ByteString, followingLast: Bool = false) -> ByteString? {
        var pending = Array(path.bytes.split(separator: UInt8(ascii: "/")).map { ByteString($0) }.reversed())
        var resolved = ByteString()
        var followed = 0
        while let component = pending.popLast() {
            if component == "." { continue }
            if component == ".." {
                resolved = ImagePath.parent(of: resolved)
                continue
            }
            let here = ImagePath.join(resolved, component)
            guard here.count <= ImagePath.lengthLimit else { return nil }
            guard !pending.isEmpty || followingLast, case .symbolicLink(let target)? = items[here]?.kind
            else {
                resolved = here
                continue
            }
            followed += 1
            if followed > Self.linkLimit { return nil }
            if target.bytes.first == UInt8(ascii: "/") { resolved = ByteString() }
            pending += target.bytes.split(separator: UInt8(ascii: "/")).map { ByteString($0) }.reversed()
        }
        return resolved
    }
}
