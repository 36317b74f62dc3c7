internal import Bytes

/// The names of a tree that grows: which file a name in a directory is.
///
/// One array of 20-byte records, one of bytes and one of hash slots, so that a million names need no
/// million allocations. The hash has another seed in every process; nothing iterates over the slots.
struct NameTable {
    typealias ID = Int32
    static let root: ID = 0
    static let lengthLimit = 255
    /// PATH_MAX without its NUL. Links can lead paths of any length ever deeper.
    static let pathLimit = 4095

    struct Name {
        let parent: ID
        var node: Int32
        let offset: UInt32
        /// When its file, or the metadata of its directory, was added; 0 for directories that nobody added.
        var order: UInt32
        let length: UInt8
        /// Dead names were replaced; what is below them is dead too.
        var isDead = false
        /// Of the whole path, links resolved.
        let pathLength: UInt16
    }

    private(set) var names: [Name] = []
    private(set) var bytes: [UInt8] = []
    private var slots = [ID](repeating: -1, count: 64)
    /// The newest name in each directory and the next older one beside each name; empty until somebody asks.
    private var newest: [ID] = []
    private var older: [ID] = []

    init(rootNode: Int32) {
        names.append(Name(parent: -1, node: rootNode, offset: 0, order: 0, length: 0, pathLength: 0))
    }

    func find(_ name: ArraySlice<UInt8>, in parent: ID) -> ID? {
        let id = slots[slot(of: name, in: parent)]
        return id < 0 ? nil : id
    }

    /// Adds a name that `find` does not know yet.
    mutating func insert(
        _ name: ArraySlice<UInt8>, in parent: ID, node: Int32, order: UInt32
    ) throws(FileTreeError) -> ID {
        guard let offset = UInt32(exactly: bytes.count), let length = UInt8(exactly: name.count),
            let id = ID(exactly: names.count)
        else { throw .tooManyNames }
        let above = Int(names[Int(parent)].pathLength)
        let pathLength = above + (above > 0 ? 1 : 0) + name.count
        if pathLength > Self.pathLimit { throw .pathTooLong(path: path(parent)) }
        if names.count * 2 > slots.count { grow() }
        slots[slot(of: name, in: parent)] = id
        append(
            Name(
                parent: parent, node: node, offset: offset, order: order, length: length,
                pathLength: UInt16(pathLength)))
        bytes.append(contentsOf: name)
        return id
    }

    mutating func setNode(_ node: Int32, of id: ID, order: UInt32) {
        names[Int(id)].node = node
        names[Int(id)].order = order
    }

    mutating func setOrder(_ order: UInt32, of id: ID) { names[Int(id)].order = order }

    /// Puts a fresh name in the place of `id`, so that nothing is below it.
    mutating func replace(_ id: ID, node: Int32, order: UInt32) throws(FileTreeError) -> ID {
        guard let fresh = ID(exactly: names.count) else { throw .tooManyNames }
        let old = names[Int(id)]
        slots[slot(of: text(id), in: old.parent)] = fresh
        names[Int(id)].isDead = true
        append(
            Name(
                parent: old.parent, node: node, offset: old.offset, order: order, length: old.length,
                pathLength: old.pathLength))
        return fresh
    }

    private mutating func append(_ name: Name) {
        names.append(name)
        guard !newest.isEmpty else { return }
        let parent = Int(name.parent)
        newest.append(-1)
        older.append(newest[parent])
        newest[parent] = ID(names.count - 1)
    }

    /// The living names in the directory `id`, in the order in which they came.
    mutating func children(of id: ID) -> [ID] {
        if newest.isEmpty {
            newest = [ID](repeating: -1, count: names.count)
            older = newest
            for id in names.indices.dropFirst() {
                older[id] = newest[Int(names[id].parent)]
                newest[Int(names[id].parent)] = ID(id)
            }
        }
        var children: [ID] = []
        var next = newest[Int(id)]
        while next >= 0 {
            if !names[Int(next)].isDead { children.append(next) }
            next = older[Int(next)]
        }
        return children.reversed()
    }

    /// `id` and all that is below it, directories before what is in them.
    mutating func subtree(of id: ID) -> [ID] {
        var members: [ID] = []
        var pending = [id]
        while let member = pending.popLast() {
            members.append(member)
            pending += children(of: member).reversed()
        }
        return members
    }

    func text(_ id: ID) -> ArraySlice<UInt8> {
        let name = names[Int(id)]
        return bytes[Int(name.offset)..<Int(name.offset) + Int(name.length)]
    }

    /// Components separated by slashes, links resolved.
    func path(_ id: ID) -> ByteString {
        var chain: [ID] = []
        var current = id
        while current != Self.root {
            chain.append(current)
            current = names[Int(current)].parent
        }
        return ByteString(chain.reversed().map { text($0) }.joined(separator: [0x2F]))
    }

    /// The slot that holds the name, or the free one where it belongs.
    private func slot(of name: ArraySlice<UInt8>, in parent: ID) -> Int {
        var hasher = Hasher()
        hasher.combine(parent)
        name.withUnsafeBytes { hasher.combine(bytes: $0) }
        let mask = slots.count - 1
        var slot = hasher.finalize() & mask
        while slots[slot] >= 0 {
            let id = slots[slot]
            if names[Int(id)].parent == parent, names[Int(id)].length == name.count, text(id) == name {
                break
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func grow() {
        slots = [ID](repeating: -1, count: slots.count * 4)
        for id in names.indices.dropFirst() where !names[id].isDead {
            slots[slot(of: text(ID(id)), in: names[id].parent)] = ID(id)
        }
    }
}
