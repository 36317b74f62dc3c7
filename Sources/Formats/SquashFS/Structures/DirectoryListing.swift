internal import Bytes

/// A name in a directory, with what it leads to.
struct DirectoryEntry {
    var name: ByteString
    var type: InodeType
    var reference: InodeReference
    /// The inode's number.
    var number: UInt32
}

/// An entry of the index of a large directory: where to go on reading for names from this one on.
struct DirectoryIndexEntry {
    /// Bytes of the listing before the header that begins here.
    var offset: UInt32
    /// Where the directory table's metadata block with that header starts.
    var block: UInt32
    /// The first name after that header.
    var name: ByteString

    /// 12 bytes and the name. A name's length is stored less 1.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: offset)
        bytes.append(little: block)
        bytes.append(little: UInt32(truncatingIfNeeded: name.count - 1))
        return bytes + name.bytes
    }
}

/// The names of a directory as the directory table has them (`struct squashfs_dir_header`, `squashfs_dir_entry`).
///
/// A header stands before each run of up to 256 names whose inodes begin in one metadata block and have numbers
/// within 16 bits of the first one's. After each 8 KiB at the most a run ends, so that the index can lead there.
struct DirectoryListing {
    static let headerSize = 12
    static let entrySize = 8
    static let longestRun = 256
    static let longestName = 256
    private static let indexSpacing = MetadataTable.blockSize
    /// The index's count has 16 bits.
    private static let largestIndex = Int(UInt16.max)

    private(set) var bytes: [UInt8] = []
    /// Where the index may lead: the byte of a header, and the first name after it.
    private var marks: [(offset: Int, name: ByteString)] = []
    private var lastMark = 0
    /// The run that is being added to.
    private var header = 0
    private var runLength = 0
    private var first = DirectoryEntry(
        name: ByteString(), type: .fifo, reference: InodeReference(block: 0, offset: 0), number: 0)

    /// Names come sorted bytewise, each of 1 to 256 bytes.
    mutating func append(_ entry: DirectoryEntry) {
        let distance = Int64(entry.number) - Int64(first.number)
        let size = Self.entrySize + entry.name.count
        let isFull = bytes.count + size - lastMark > Self.indexSpacing
        if runLength == 0 || runLength == Self.longestRun || isFull
            || entry.reference.block != first.reference.block || Int16(exactly: distance) == nil
        {
            if runLength > 0, isFull { mark(entry.name) }
            startRun(entry)
        }
        bytes.append(little: entry.reference.offset)
        bytes.append(little: Int16(truncatingIfNeeded: Int64(entry.number) - Int64(first.number)))
        bytes.append(little: entry.type.rawValue)
        bytes.append(little: UInt16(truncatingIfNeeded: entry.name.count - 1))
        bytes += entry.name.bytes
        // The header's count is stored less 1.
        bytes.store(little: UInt32(truncatingIfNeeded: runLength), at: header)
        runLength += 1
    }

    private mutating func mark(_ name: ByteString) {
        lastMark = bytes.count
        marks.append((offset: bytes.count, name: name))
    }

    private mutating func startRun(_ entry: DirectoryEntry) {
        header = bytes.count
        first = entry
        runLength = 0
        bytes.append(little: UInt32(0))
        bytes.append(little: entry.reference.block)
        bytes.append(little: entry.number)
    }

    /// Adds the listing to the table, and says where it is.
    func write(to table: inout MetadataTable, path: @autoclosure () -> ByteString) throws(SquashFSError)
        -> DirectoryBody
    {
        guard let size = UInt32(exactly: bytes.count + Int(DirectoryBody.emptySize)) else {
            throw .directoryTooLarge(path: path())
        }
        let start = table.count
        var body = DirectoryBody(start: try table.reference(to: start), size: size)
        table.append(bytes)
        // Where there are more marks than the index holds, every second, third, … will do.
        let step = (marks.count + Self.largestIndex - 1) / Self.largestIndex
        for (number, mark) in marks.enumerated() where number % step == 0 {
            let block = try table.reference(to: start + mark.offset).block
            body.index.append(
                DirectoryIndexEntry(
                    offset: UInt32(truncatingIfNeeded: mark.offset), block: block, name: mark.name))
        }
        return body
    }
}
