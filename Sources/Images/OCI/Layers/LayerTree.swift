internal import Bytes
internal import Tar

/// The file system that layers make, applied one over the other (OCI image specification, "Applying Changesets").
///
/// It knows no contents and no metadata: each file names the entry of a layer that says what it is.
struct LayerTree {
    /// An entry of a layer: the layer's number from the lowest on, the entry's in it.
    struct EntryID: Hashable {
        var layer: Int32
        var entry: Int32
    }

    enum Kind: Equatable {
        case directory
        case symbolicLink(ByteString)
        case other
    }

    struct Node {
        let name: ByteString
        let parent: Int32
        var kind: Kind
        /// What says so; nil for a directory that is only a part of others' names.
        var source: EntryID?
        /// Where in its layer the file comes: not at `source` if an equal path came before it.
        var position: Int32 = 0
        /// The entry with the contents: shared by hard links.
        var inode: EntryID?
        var typeFlag: TarTypeFlag = .directory
        var children: [ByteString: Int32] = [:]
        /// Bytes of the whole path.
        var pathLength = 0
        var isAlive = true
    }

    private(set) var nodes: [Node] = [Node(name: ByteString(), parent: 0, kind: .directory)]
    static let root: Int32 = 0
    /// The number of links that Linux follows in one path.
    private static let linkLimit = 40
    /// Limits far above real images: files and directories, bytes of all their paths, steps between them.
    /// Links make short names long, so that a small layer could ask for more than any memory has.
    private static let nodeLimit = 5_000_000
    private static let pathBytesLimit = 1 << 30
    private static let stepLimit = 200_000_000
    private var pathBytes = 0
    private var steps = 0

    /// The directory of the previous entry, which is usually that of the next one too.
    private var lastDirectory: (parts: [ByteString], node: Int32)?

    /// Why an entry can't be applied.
    struct Refusal: Error {
        let reason: String
    }

    subscript(node: Int32) -> Node { nodes[Int(node)] }

    /// The path of `node`, `.` for the root.
    func path(_ node: Int32) -> ByteString {
        if node == Self.root { return "." }
        // Every name counts one byte for the slash before it, which the first one does not have.
        let length = nodes[Int(node)].pathLength - 1
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var end = length
            var node = node
            while node != Self.root {
                let name = nodes[Int(node)].name.bytes
                if end < length {
                    end -= 1
                    buffer[end] = EntryPath.slash
                }
                end -= name.count
                _ = UnsafeMutableBufferPointer(rebasing: buffer[end..<end + name.count]).update(from: name)
                node = nodes[Int(node)].parent
            }
            count = length
        }
        return ByteString(bytes)
    }

    /// True if `node` is `directory` or below it.
    func isInside(_ node: Int32, _ directory: Int32) -> Bool {
        var node = node
        while node != directory {
            if node == Self.root { return false }
            node = self[node].parent
        }
        return true
    }

    /// The node at exactly these parts, no link followed.
    func node(_ parts: [ByteString]) -> Int32? {
        var node = Self.root
        for part in parts {
            guard let child = nodes[Int(node)].children[part] else { return nil }
            node = child
        }
        return node
    }

    /// The directory at `parts`, following links within the root; nil if not found.
    mutating func directory(_ parts: [ByteString]) throws(Refusal) -> Int32? {
        if let lastDirectory, lastDirectory.parts == parts { return lastDirectory.node }
        var walk = Walk(parts)
        while let part = walk.pending.popLast() {
            try count(steps: 1)
            if part == ".." {
                walk.node = nodes[Int(walk.node)].parent
            } else if let child = nodes[Int(walk.node)].children[part], (try? step(&walk, to: child)) != nil {
                continue
            } else {
                return nil
            }
        }
        lastDirectory = (parts, walk.node)
        return walk.node
    }

    /// The directory at `parts`, links followed within the root; what is missing, or a file, is made one.
    mutating func makeDirectory(_ parts: [ByteString]) throws(Refusal) -> Int32 {
        if let lastDirectory, lastDirectory.parts == parts { return lastDirectory.node }
        var walk = Walk(parts)
        while let part = walk.pending.popLast() {
            try count(steps: 1)
            if part == ".." {
                walk.node = nodes[Int(walk.node)].parent
            } else if let child = nodes[Int(walk.node)].children[part], self[child].kind != .other {
                try step(&walk, to: child)
            } else {
                // A file in the way makes room for the directory, as with overlayfs.
                if let file = nodes[Int(walk.node)].children[part] { remove(file) }
                walk.node = try insert(Node(name: part, parent: walk.node, kind: .directory))
            }
        }
        lastDirectory = (parts, walk.node)
        return walk.node
    }

    /// A path being followed: where it has come to, and the parts still to go, the next one last.
    private struct Walk {
        var node = LayerTree.root
        var pending: [ByteString]
        var links = 0

        init(_ parts: [ByteString]) { pending = parts.reversed() }
    }

    private mutating func count(steps count: Int) throws(Refusal) {
        steps += count
        if steps > Self.stepLimit {
            throw Refusal(reason: "the names up to here lead through more than \(Self.stepLimit) directories")
        }
    }

    private func step(_ walk: inout Walk, to child: Int32) throws(Refusal) {
        switch self[child].kind {
        case .directory: walk.node = child
        case .symbolicLink(let target):
            walk.links += 1
            if walk.links > Self.linkLimit {
                throw Refusal(reason: "the symbolic links in its path form a loop or are too many")
            }
            if target.bytes.first == EntryPath.slash { walk.node = Self.root }
            walk.pending += EntryPath.reversedTarget(target)
        case .other:
            throw Refusal(reason: "it is below \(path(child).text), which is not a directory")
        }
    }
}

extension LayerTree {
    mutating func insert(_ node: Node) throws(Refusal) -> Int32 {
        guard nodes.count < Self.nodeLimit else {
            throw Refusal(reason: "the image has more than \(Self.nodeLimit) files and directories")
        }
        let number = Int32(nodes.count)
        var node = node
        node.pathLength = nodes[Int(node.parent)].pathLength + node.name.count + 1
        if node.source != nil { pathBytes += node.pathLength }
        guard node.pathLength <= EntryPath.limit, pathBytes <= Self.pathBytesLimit else {
            throw Refusal(
                reason: "links make its path, or those of the image, longer than any system can open")
        }
        nodes.append(node)
        nodes[Int(node.parent)].children[node.name] = number
        return number
    }

    mutating func update(_ node: Int32, _ change: (inout Node) -> Void) { change(&nodes[Int(node)]) }

    /// Removes `node` and all below it.
    mutating func remove(_ node: Int32) {
        lastDirectory = nil
        nodes[Int(self[node].parent)].children[self[node].name] = nil
        for member in subtree(node) { nodes[Int(member)].isAlive = false }
    }

    /// Removes `node` and what is below it as far as it comes from layers below `layer`.
    mutating func hide(_ node: Int32, from layer: Int32) throws(Refusal) {
        lastDirectory = nil
        let members = subtree(node)
        try count(steps: members.count)
        for member in members.reversed() where self[member].source?.layer != layer {
            if self[member].children.isEmpty, member != Self.root {
                nodes[Int(self[member].parent)].children[self[member].name] = nil
                nodes[Int(member)].isAlive = false
            } else {
                // What this layer put below it still needs a directory to be in.
                nodes[Int(member)].source = nil
            }
        }
    }

    /// `node` and all below it, each before what is in it.
    private func subtree(_ node: Int32) -> [Int32] {
        var members = [node]
        var next = 0
        while next < members.count {
            members.append(contentsOf: nodes[Int(members[next])].children.values)
            next += 1
        }
        return members
    }
}
