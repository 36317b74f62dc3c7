internal import Bytes
internal import FileTree

/// Which extended attributes of a tree are shared, and what every inode's body has.
///
/// Shared are the attributes (name and value) of two files or more, and large ones, so that inodes stay small.
/// They are numbered in the order in which they first appear.
struct XattrTable {
    /// The attributes of one inode.
    struct Body {
        /// Indices of `shared`.
        var shared: [Int] = []
        var inline: [XattrEntry] = []

        var byteCount: Int {
            if shared.isEmpty && inline.isEmpty { return 0 }
            return inline.reduce(XattrBody.headerSize + shared.count * 4) { $0 + $1.byteCount }
        }
    }

    /// An entry of more bytes than this is shared even if it is its file's alone.
    private static let inlineLimit = 1024

    private(set) var shared: [XattrEntry] = []
    /// The bodies of the nodes that have attributes, by node.
    private(set) var bodies: [Int: Body] = [:]

    /// Counts all attributes, then gives each node its body. `path` names a node in an error.
    init(_ tree: FileTree, path: (Int) -> ByteString) throws(EROFSError) {
        let owners = tree.nodes.indices.filter { !tree.nodes[$0].metadata.xattrs.isEmpty }
        var uses: [XattrEntry: Int] = [:]
        for node in owners {
            for attribute in tree.nodes[node].metadata.xattrs {
                uses[try XattrEntry(attribute) { path(node) }, default: 0] += 1
            }
        }
        var numbers: [XattrEntry: Int] = [:]
        for node in owners {
            var body = Body()
            for attribute in tree.nodes[node].metadata.xattrs {
                let entry = try XattrEntry(attribute) { path(node) }
                let isShared = uses[entry, default: 0] > 1 || entry.byteCount > Self.inlineLimit
                if isShared, body.shared.count < XattrBody.sharedLimit {
                    body.shared.append(number(of: entry, in: &numbers))
                } else {
                    body.inline.append(entry)
                }
            }
            if body.byteCount > XattrBody.sizeLimit { throw .tooManyXattrs(path: path(node)) }
            bodies[node] = body
        }
    }

    /// Those of a file's attributes that its inode can have, in their order as long as one fits, however few of them other
    /// files share.
    static func storable(_ attributes: [ExtendedAttribute]) -> [ExtendedAttribute] {
        var body = Body()
        return attributes.filter { attribute in
            guard XattrEntry.canStore(attribute), let entry = try? XattrEntry(attribute, of: { "" }) else {
                return false
            }
            var next = body
            if entry.byteCount > inlineLimit, body.shared.count < XattrBody.sharedLimit {
                next.shared.append(next.shared.count)
            } else {
                next.inline.append(entry)
            }
            guard next.byteCount <= XattrBody.sizeLimit else { return false }
            body = next
            return true
        }
    }

    private mutating func number(of entry: XattrEntry, in numbers: inout [XattrEntry: Int]) -> Int {
        if let number = numbers[entry] { return number }
        numbers[entry] = shared.count
        shared.append(entry)
        return shared.count - 1
    }

    /// The shared entries one after the other, and the number each has (in steps of 4 bytes) if the first
    /// stands `start` bytes behind the start of the area.
    func sharedArea(from start: Int) -> (bytes: [UInt8], numbers: [UInt32]) {
        var bytes: [UInt8] = []
        var numbers: [UInt32] = []
        for entry in shared {
            numbers.append(UInt32(truncatingIfNeeded: (start + bytes.count) / XattrEntry.alignment))
            entry.append(to: &bytes)
        }
        return (bytes, numbers)
    }
}

extension XattrTable.Body {
    /// The body with the shared entries' numbers.
    func append(to bytes: inout [UInt8], numbers: [UInt32]) {
        guard byteCount > 0 else { return }
        bytes.append(little: UInt32(0))
        bytes.append(UInt8(truncatingIfNeeded: shared.count))
        bytes.append(zeros: 7)
        for index in shared { bytes.append(little: numbers[index]) }
        for entry in inline { entry.append(to: &bytes) }
    }
}
