internal import Bytes

/// The names of a tree that grows: which file a name in a directory is.
///
/// One array of 16-byte records, one of bytes and one of hash slots, so that a million names need no
/// million allocations. The hash is seeded anew in every process; nothing iterates over the slots.
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
        let length: UInt8
        /// Of the whole path, links resolved.
        let pathLength: UInt16
        /// Dead names were replaced; what is below them is dead too.
        var isDead = false
    }

    private(set) var names: [Name] = []
    private(set) var bytes: [UInt8] = []
    private var slots = [ID](repeating: -1, count: 64)

    init(rootNode: Int32) {
        names.append(Name(parent: -1, node: rootNode, offset: 0, length: 0, pathLength: 0))
    }

    func find(_ name: ArraySlice<UInt8>, in parent: ID) -> ID? {
        let id = slots[slot(of: name, in: parent)]
        return id < 0 ? nil : id
    }

    /// Adds a name that `find` does not know yet.
    mutating func insert(
        _ name: ArraySlice<UInt8>, in parent: ID, node: Int32
    ) throws(FileTreeError) -> ID {
        guard let offset = UInt32(exactly: bytes.count), let length = UInt8(exactly: name.count),
            let id = ID(exactly: names.count)
        else { throw .tooManyNames }
        let above = Int(names[Int(parent)].pathLength)
        let pathLength = above + (above > 0 ? 1 : 0) + name.count
        if pathLength > Self.pathLimit { throw .pathTooLong(path: path(parent)) }
        if names.count * 2 > slots.count { grow() }
        slots[slot(of: name, in: parent)] = id
        names.append(
            Name(parent: parent, node: node, offset: offset, length: length, pathLength: UInt16(pathLength)))
        bytes.append(contentsOf: name)
        return id
    }

    mutating func setNode(_ node: Int32, of id: ID) { names[Int(id)].node = node }

    /// Puts a fresh name in the place of `id`, so that nothing is below it.
    mutating func replace(_ id: ID, node: Int32) throws(FileTreeError) -> ID {
        guard let fresh = ID(exactly: names.count) else { throw .tooManyNames }
        let old = names[Int(id)]
        slots[slot(of: text(id), in: old.parent)] = fresh
        names[Int(id)].isDead = true
        names.append(
            Name(
                parent: old.parent, node: node, offset: old.offset, length: old.length,
                pathLength: old.pathLength))
        return fresh
    }

    func text(_ id: ID) -> ArraySlice<UInt8> {
        let name = names[Int(id)]
        return bytes[Int(name.offset)..<Int(name.offset) + Int(name.length)]
    }

    private func path(_ id: ID) -> ByteString {
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
