public import Bytes

/// A resolved tree: every name once, parents before what is in them, names of a directory sorted bytewise.
///
/// Entries (names) and nodes (files) are numbered from 0 in that order, nodes by their first name; entry 0 is
/// the root. Two trees of the same files are numbered alike, however they came about.
public struct FileTree: Sendable {
    /// One name, compact.
    struct Record {
        let parent: Int32
        var node: Int32
        /// The entry after all descendants of this one.
        var end: Int32
        let nameOffset: UInt32
        let nameLength: UInt8
    }

    var records: [Record]
    let nameBytes: [UInt8]
    public internal(set) var nodes: [FileNode]
    /// For each node, its first entry and how many entries it has.
    var links: [(first: Int32, count: Int32)] = []

    /// One name of the tree, with its file.
    public struct Entry: Sendable {
        /// The entry's number.
        public let index: Int
        /// Components separated by slashes, none at the ends: empty for the root.
        public let path: ByteString
        /// The number of the entry's node.
        public let nodeIndex: Int
        public let node: FileNode
        /// How many entries have this node; of a directory always 1.
        public let linkCount: Int
        /// True if no earlier entry has this node.
        public let isFirstName: Bool
    }

    public static let root = 0

    /// How many entries there are, the root included.
    public var count: Int { records.count }

    public func node(of entry: Int) -> FileNode { nodes[Int(records[entry].node)] }

    /// The number of the entry's node.
    public func nodeIndex(of entry: Int) -> Int { Int(records[entry].node) }

    /// How many entries have the entry's node.
    public func linkCount(of entry: Int) -> Int { Int(links[Int(records[entry].node)].count) }

    /// The last component of the entry's path.
    public func name(of entry: Int) -> ByteString { ByteString(nameSlice(entry)) }

    /// The directory that the entry is in; nil for the root.
    public func parent(of entry: Int) -> Int? { entry == Self.root ? nil : Int(records[entry].parent) }

    /// The entry's path: components separated by slashes, empty for the root.
    public func path(of entry: Int) -> ByteString {
        var chain: [Int] = []
        var current = entry
        while let parent = parent(of: current) {
            chain.append(current)
            current = parent
        }
        return ByteString(chain.reversed().map { nameSlice($0) }.joined(separator: [0x2F]))
    }

    /// The entries in a directory, in order.
    public func children(of entry: Int) -> [Int] {
        var children: [Int] = []
        var next = entry + 1
        while next < Int(records[entry].end) {
            children.append(next)
            next = Int(records[next].end)
        }
        return children
    }

    /// The entry at `path`, links not followed.
    public func entry(at path: ByteString) -> Int? {
        var current = Self.root
        for part in path.bytes.split(separator: 0x2F) {
            guard let next = children(of: current).first(where: { nameSlice($0) == part }) else { return nil }
            current = next
        }
        return current
    }

    public subscript(index: Int) -> Entry { entry(index, path: path(of: index)) }

    func nameSlice(_ entry: Int) -> ArraySlice<UInt8> {
        let record = records[entry]
        return nameBytes[Int(record.nameOffset)..<Int(record.nameOffset) + Int(record.nameLength)]
    }

    fileprivate func entry(_ index: Int, path: ByteString) -> Entry {
        let node = Int(records[index].node)
        return Entry(
            index: index, path: path, nodeIndex: node, node: nodes[node], linkCount: Int(links[node].count),
            isFirstName: Int(links[node].first) == index)
    }
}

extension FileTree: Sequence {
    /// All entries in order, the root first.
    public struct Iterator: IteratorProtocol {
        private let tree: FileTree
        private var index = 0
        /// The path so far, and for every directory on it where its own path ends and the entry after it.
        private var path: [UInt8] = []
        private var stack: [(end: Int, length: Int)] = []

        fileprivate init(_ tree: FileTree) { self.tree = tree }

        public mutating func next() -> Entry? {
            guard index < tree.count else { return nil }
            while let top = stack.last, top.end <= index { stack.removeLast() }
            if let top = stack.last {
                path.removeSubrange(top.length...)
                if top.length > 0 { path.append(0x2F) }
                path.append(contentsOf: tree.nameSlice(index))
            }
            stack.append((end: Int(tree.records[index].end), length: path.count))
            defer { index += 1 }
            return tree.entry(index, path: ByteString(path))
        }
    }

    public func makeIterator() -> Iterator { Iterator(self) }

    public var underestimatedCount: Int { count }
}
