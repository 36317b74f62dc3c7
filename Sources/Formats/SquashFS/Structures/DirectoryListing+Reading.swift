internal import Bytes

/// Reads the names of a directory one after the other.
struct DirectoryEntries {
    private var cursor: MetadataCursor
    /// Bytes of the listing that are left.
    private var remaining: Int
    /// The run that is being read, and how many names of it are left.
    private var block: UInt32 = 0
    private var firstNumber: UInt32 = 0
    private var runLeft = 0
    private var last = ByteString()

    /// `size` bytes from the cursor on.
    init(_ cursor: MetadataCursor, size: Int) {
        self.cursor = cursor
        remaining = size
    }

    /// The next name; nil at the end. Names that are not in order, or none that a directory can have, are errors.
    mutating func next() throws(SquashFSError) -> DirectoryEntry? {
        if remaining == 0 {
            guard runLeft == 0 else { throw cursor.invalid("the directory ends inside a run of names") }
            return nil
        }
        if runLeft == 0 { try startRun() }
        try take(DirectoryListing.entrySize)
        let record = try cursor.record(DirectoryListing.entrySize)
        let length = Int(record.u16(6)) + 1
        guard length <= DirectoryListing.longestName else {
            throw cursor.invalid("a name of \(length) bytes")
        }
        try take(length)
        let name = ByteString(try cursor.read(length))
        try check(name)
        let distance = Int16(bitPattern: record.u16(2))
        guard let type = InodeType(rawValue: record.u16(4)),
            let number = UInt32(exactly: Int64(firstNumber) + Int64(distance))
        else { throw cursor.invalid("\(name) has no valid type or inode number") }
        runLeft -= 1
        last = name
        return DirectoryEntry(
            name: name, type: type, reference: InodeReference(block: block, offset: record.u16(0)),
            number: number)
    }

    private mutating func startRun() throws(SquashFSError) {
        try take(DirectoryListing.headerSize)
        let record = try cursor.record(DirectoryListing.headerSize)
        let count = record.u32(0)
        guard count < UInt32(DirectoryListing.longestRun) else {
            throw cursor.invalid("a run of more than 256 names")
        }
        runLeft = Int(count) + 1
        block = record.u32(4)
        firstNumber = record.u32(8)
    }

    private mutating func take(_ count: Int) throws(SquashFSError) {
        guard count <= remaining else { throw cursor.invalid("the directory ends inside a name") }
        remaining -= count
    }

    private func check(_ name: ByteString) throws(SquashFSError) {
        if name == "." || name == ".." || name.bytes.contains(0) || name.bytes.contains(0x2F) {
            throw cursor.invalid("the name \(name.text.debugDescription)")
        }
        guard last < name else { throw cursor.invalid("\(name) comes after \(last)") }
    }
}
