internal import Bytes
internal import FileTree

/// Reads sets of attributes by their number, each once.
struct XattrReader {
    private let image: ImageAccess
    /// Where names and values start, and how many sets there are; none without attributes.
    private let tableStart: UInt64
    private let count: UInt32
    private var known: [UInt32: [ExtendedAttribute]] = [:]
    /// Bytes of names and values that may still be read.
    private var allowance = Int(XattrReader.largestTotal)

    /// The most bytes of attributes in an image: sets may share values, so that its size says little.
    static let largestTotal: UInt64 = 256 << 20
    /// What Linux lists of a file's names (`XATTR_LIST_MAX`), the shortest of which takes six bytes.
    private static let mostAttributes = 65_536 / 6
    private static let headerSize = 16
    private static let recordSize = 16

    init(_ image: ImageAccess) throws(SquashFSError) {
        self.image = image
        let start = image.superblock.xattrIDTableStart
        if start == Superblock.absent {
            tableStart = 0
            count = 0
        } else {
            let header = Record(
                bytes: try image.read(
                    at: start, Self.headerSize, "xattr id table", before: image.superblock.bytesUsed))
            tableStart = header.u64(0)
            count = header.u32(8)
        }
    }

    /// The set with a number; nothing for that of none. Sorted by name.
    mutating func attributes(_ number: UInt32) throws(SquashFSError) -> [ExtendedAttribute] {
        if number == Inode.noXattr { return [] }
        if let set = known[number] { return set }
        let record = try LookupTable.record(
            number, of: count, size: Self.recordSize,
            at: image.superblock.xattrIDTableStart &+ UInt64(Self.headerSize), "xattr id table", in: image)
        var cursor = try cursor(record.u64(0))
        guard record.u32(8) <= Self.mostAttributes else {
            throw cursor.invalid("\(record.u32(8)) attributes of one file")
        }
        var set: [ExtendedAttribute] = []
        for _ in 0..<record.u32(8) { set.append(try attribute(&cursor)) }
        set.sort { $0.name < $1.name }
        known[number] = set
        return set
    }

    private mutating func attribute(_ cursor: inout MetadataCursor) throws(SquashFSError) -> ExtendedAttribute
    {
        let head = try cursor.record(4)
        let type = head.u16(0)
        guard let namespace = XattrNamespace(rawValue: type & ~XattrNamespace.outOfLine) else {
            throw cursor.invalid("an attribute of the type \(type)")
        }
        let name = namespace.prefix + ByteString(try read(Int(head.u16(2)), &cursor))
        let size = try cursor.record(4).u32(0)
        if type & XattrNamespace.outOfLine == 0 {
            return ExtendedAttribute(name: name, value: try value(size, &cursor))
        }
        guard size == 8 else { throw cursor.invalid("a reference of \(size) bytes") }
        var other = try self.cursor(try cursor.record(8).u64(0))
        return ExtendedAttribute(name: name, value: try value(try other.record(4).u32(0), &other))
    }

    private mutating func value(
        _ size: UInt32, _ cursor: inout MetadataCursor
    ) throws(SquashFSError) -> ByteString {
        guard size <= UInt32(XattrTable.largestValue) else {
            throw cursor.invalid("an attribute of \(size) bytes")
        }
        return ByteString(try read(Int(size), &cursor))
    }

    private mutating func read(_ count: Int, _ cursor: inout MetadataCursor) throws(SquashFSError) -> [UInt8]
    {
        allowance -= count
        guard allowance >= 0 else {
            throw .limitExceeded(what: "bytes of attributes", limit: Self.largestTotal)
        }
        return try cursor.read(count)
    }

    private func cursor(_ packed: UInt64) throws(SquashFSError) -> MetadataCursor {
        let end = image.superblock.xattrIDTableStart
        guard let reference = InodeReference(packed: packed), tableStart < end else {
            throw .invalid(what: "xattr table", offset: tableStart, reason: "a reference beyond it")
        }
        return try MetadataCursor(image, reference, tableStart: tableStart, tableEnd: end, "xattr table")
    }
}
