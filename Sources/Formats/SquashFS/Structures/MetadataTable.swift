internal import Bytes

/// A table in metadata blocks: 8 KiB of it at a time, compressed if that helps, each with a header of 16 bits
/// that says how many bytes follow, bit 15 set if they are as they were.
///
/// What refers to something in the table says where its block starts, counted in bytes of the image from the
/// table's start, and how many bytes lie before it in the block, decompressed.
struct MetadataTable {
    static let blockSize = 8192
    static let uncompressedBit: UInt16 = 1 << 15

    /// For the error that it is too large.
    private let name: String
    private let compress: BlockCompressor.Compress
    /// The blocks that are complete.
    private(set) var bytes: [UInt8] = []
    private var pending: [UInt8] = []
    /// Where each block starts in `bytes`, that of `pending` too.
    private var starts: [Int] = [0]
    /// Bytes appended so far.
    private(set) var count = 0

    init(_ name: String, compress: @escaping BlockCompressor.Compress) {
        self.name = name
        self.compress = compress
        pending.reserveCapacity(Self.blockSize)
    }

    /// Where each block starts, once the table is finished.
    var blockStarts: ArraySlice<Int> { starts.dropLast() }

    mutating func append(_ record: [UInt8]) {
        count += record.count
        var rest = record[...]
        while pending.count + rest.count >= Self.blockSize {
            let part = rest.prefix(Self.blockSize - pending.count)
            pending += part
            rest = rest.dropFirst(part.count)
            closeBlock()
        }
        pending += rest
    }

    /// Completes the last block.
    mutating func finish() {
        if !pending.isEmpty { closeBlock() }
    }

    /// What refers to byte `position` of the table, which must not lie beyond what was appended.
    func reference(to position: Int) throws(SquashFSError) -> InodeReference {
        guard let block = UInt32(exactly: starts[position / Self.blockSize]) else {
            throw .tableTooLarge(table: name)
        }
        return InodeReference(block: block, offset: UInt16(position % Self.blockSize))
    }

    private mutating func closeBlock() {
        let stored = pending.withUnsafeBytes { input -> [UInt8]? in
            guard let block = compress(input), block.count < input.count else { return nil }
            return block
        }
        if let stored {
            bytes.append(little: UInt16(stored.count))
            bytes += stored
        } else {
            bytes.append(little: UInt16(pending.count) | Self.uncompressedBit)
            bytes += pending
        }
        pending.removeAll(keepingCapacity: true)
        starts.append(bytes.count)
    }
}
