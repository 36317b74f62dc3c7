internal import Bytes

/// The data of a directory: blocks of `struct erofs_dirent`, each 12 bytes, with the names they stand for behind
/// the last of them. All names, `.` and `..` too, are sorted bytewise, within a block and from block to block.
struct DirectoryBlocks {
    static let entrySize = 12

    struct Entry {
        var name: ByteString
        /// What the caller finds the file by: here it is a node of the tree.
        var node: Int
    }

    let entries: [Entry]
    /// The first entry of each block, and how many there are.
    private let starts: [Int]
    /// Bytes: whole blocks, and of the last one what is used.
    let byteCount: UInt64

    /// The entries of a directory's own names, which are sorted; `.` and `..` are put among them.
    init(_ names: [Entry], own: Int, parent: Int, blockSize: Int) {
        var entries: [Entry] = []
        entries.reserveCapacity(names.count + 2)
        var dots = [Entry(name: "..", node: parent), Entry(name: ".", node: own)]
        for entry in names {
            while let dot = dots.last, dot.name < entry.name {
                entries.append(dot)
                dots.removeLast()
            }
            entries.append(entry)
        }
        entries.append(contentsOf: dots.reversed())
        var starts = [0]
        var used = 0
        for (index, entry) in entries.enumerated() {
            let size = Self.entrySize + entry.name.count
            if used + size > blockSize {
                starts.append(index)
                used = 0
            }
            used += size
        }
        self.entries = entries
        self.starts = starts
        byteCount = UInt64(starts.count - 1) * UInt64(blockSize) + UInt64(used)
    }

    /// The `byteCount` bytes, with what `target` says a node's number and type are.
    func encoded(blockSize: Int, target: (Int) -> (nid: UInt64, type: FileType)) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(byteCount))
        for (block, start) in starts.enumerated() {
            bytes.align(to: blockSize)
            let end = block + 1 < starts.count ? starts[block + 1] : entries.count
            var nameOffset = (end - start) * Self.entrySize
            for entry in entries[start..<end] {
                let (nid, type) = target(entry.node)
                bytes.append(little: nid)
                bytes.append(little: UInt16(truncatingIfNeeded: nameOffset))
                bytes.append(type.directoryCode)
                bytes.append(0)
                nameOffset += entry.name.count
            }
            for entry in entries[start..<end] { bytes.append(contentsOf: entry.name.bytes) }
        }
        return bytes
    }
}
