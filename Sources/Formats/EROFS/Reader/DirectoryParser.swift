internal import Bytes

/// A name as a directory has it.
struct DirectoryName {
    let name: ByteString
    let number: UInt64
    /// `file_type`; 0 if it is not told.
    let typeCode: UInt8
}

/// Takes a directory's data apart, `DirectoryBlocks` backwards.
struct DirectoryParser {
    /// All data of the directory.
    let bytes: [UInt8]
    let blockSize: Int
    /// Where the directory's inode is, for errors.
    let offset: UInt64

    /// The names but `.` and `..`, strictly ascending.
    func names() throws(EROFSError) -> [DirectoryName] {
        var names: [DirectoryName] = []
        var last: ByteString?
        for start in stride(from: 0, to: bytes.count, by: blockSize) {
            for entry in try self.names(inBlock: start..<min(start + blockSize, bytes.count)) {
                if let last, !(last < entry.name) { throw corrupt("names out of order") }
                last = entry.name
                if entry.name != "." && entry.name != ".." { names.append(entry) }
            }
        }
        return names
    }

    private func names(inBlock block: Range<Int>) throws(EROFSError) -> [DirectoryName] {
        guard let first: UInt16 = bytes.little(at: block.lowerBound + 8), first > 0,
            Int(first) % DirectoryBlocks.entrySize == 0, Int(first) <= block.count
        else { throw corrupt("no names in a block") }
        let count = Int(first) / DirectoryBlocks.entrySize
        var names: [DirectoryName] = []
        names.reserveCapacity(count)
        for index in 0..<count {
            let entry = block.lowerBound + index * DirectoryBlocks.entrySize
            let isLast = index + 1 == count
            let next = entry + DirectoryBlocks.entrySize
            guard let number: UInt64 = bytes.little(at: entry),
                let start: UInt16 = bytes.little(at: entry + 8),
                let limit = isLast ? block.count : bytes.little(UInt16.self, at: next + 8).map(Int.init),
                start >= first, Int(start) < limit, limit <= block.count
            else {
                throw corrupt("a name beyond its block")
            }
            var name = bytes[block.lowerBound + Int(start)..<block.lowerBound + limit]
            // Only the last name may be shorter than its room.
            if isLast, let end = name.firstIndex(of: 0) { name = name[..<end] }
            guard (1...255).contains(name.count), !name.contains(0), !name.contains(0x2F) else {
                throw corrupt("a name that is empty, longer than 255 bytes or holds a slash or NUL")
            }
            names.append(DirectoryName(name: ByteString(name), number: number, typeCode: bytes[entry + 10]))
        }
        return names
    }

    private func corrupt(_ reason: String) -> EROFSError {
        .corrupt(what: "a directory", offset: offset, reason: reason)
    }
}
