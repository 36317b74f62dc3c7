internal import Bytes
internal import FileTree

/// A directory record without its system use field (ECMA-119 9.1).
struct DirectoryRecord {
    static let directoryFlag: UInt8 = 0x02
    static let multiExtentFlag: UInt8 = 0x80
    static let fixedLength = 33
    /// Records have an even count of bytes, up to 255.
    static let lengthLimit = 254

    enum Extent {
        /// A directory: location and length of its number's extent.
        case directory(Int)
        case section(node: Int, section: Int, length: UInt32)
        /// Nothing to point to: no contents, or none of this record's own.
        case empty
    }

    let extent: Extent
    let modified: Timestamp
    let flags: UInt8
    let identifier: [UInt8]

    /// Bytes without system use field, padded to an even count.
    var length: Int { Self.fixedLength + identifier.count + (identifier.count % 2 == 0 ? 1 : 0) }

    /// The record with `systemUse` bytes to follow.
    func encoded(systemUse: Int) -> UnplacedBytes {
        var record = UnplacedBytes()
        // A record without a system use field ends in its identifier's padding, 255 at most.
        let total = length + systemUse + systemUse % 2
        record.bytes.reserveCapacity(total)
        record.bytes.append(UInt8(total))
        record.bytes.append(0)
        switch extent {
        case .directory(let number): record.append(extentOfDirectory: number)
        case .section(let node, let section, let length):
            record.append(.file(node: node, section: section))
            record.bytes.append(both: length)
        case .empty: record.bytes.append(zeros: 16)
        }
        record.bytes.append(recordTime: modified)
        record.bytes.append(flags)
        record.bytes.append(zeros: 2)  // file unit size, interleave gap size
        record.bytes.append(both: UInt16(1))  // volume sequence number
        record.bytes.append(UInt8(identifier.count))
        record.bytes += identifier
        if identifier.count % 2 == 0 { record.bytes.append(0) }
        return record
    }
}
