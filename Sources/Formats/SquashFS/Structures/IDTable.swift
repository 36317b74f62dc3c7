internal import Bytes

/// The user and group ids of the tree, which inodes name by their place in this table.
struct IDTable {
    /// The superblock's count has 16 bits.
    static let largestCount = Int(UInt16.max)

    /// In order of first use.
    private(set) var ids: [UInt32] = []
    private var places: [UInt32: UInt16] = [:]

    /// Adds `id` if need be; false if the table is full.
    mutating func add(_ id: UInt32) -> Bool {
        if places[id] != nil { return true }
        guard ids.count < Self.largestCount else { return false }
        places[id] = UInt16(truncatingIfNeeded: ids.count)
        ids.append(id)
        return true
    }

    /// The place of an id that was added.
    subscript(id: UInt32) -> UInt16 { places[id] ?? 0 }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * 4)
        for id in ids { bytes.append(little: id) }
        return bytes
    }
}
