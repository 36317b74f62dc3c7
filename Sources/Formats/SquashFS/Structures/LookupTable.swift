internal import Bytes

/// A table of records of one size that are found by their number: metadata blocks, then the image's byte where
/// each of them starts, which is where the superblock leads. The fragment, export, id and xattr id table are such.
enum LookupTable {
    static let entrySize = 8

    /// Writes a table of these records, `header` before the places of its blocks, and returns where that is.
    static func write<Sink: ByteSink & ~Copyable>(
        _ records: [UInt8], _ name: String, header: [UInt8] = [], to output: inout Output<Sink>,
        compress: @escaping BlockCompressor.Compress
    ) throws(SquashFSError) -> UInt64 {
        var table = MetadataTable(name, compress: compress)
        table.append(records)
        table.finish()
        let start = output.count
        try output.write(table.bytes)
        let indexStart = output.count
        var index = header
        for block in table.blockStarts { index.append(little: start + UInt64(block)) }
        try output.write(index)
        return indexStart
    }

    /// Record `number` of a table of `count` records of `size` bytes, whose blocks' places start at `start`.
    static func record(
        _ number: UInt32, of count: UInt32, size: Int, at start: UInt64, _ what: String, in image: ImageAccess
    ) throws(SquashFSError) -> Record {
        guard number < count else {
            throw .invalid(
                what: what, offset: start, reason: "index \(number) is out of range, \(count) entries")
        }
        let position = UInt64(number) * UInt64(size)
        let end = image.superblock.bytesUsed
        let (place, isBeyond) = start.addingReportingOverflow(
            position / UInt64(MetadataTable.blockSize) * UInt64(entrySize))
        guard !isBeyond else { throw .invalid(what: what, offset: start, reason: "it is beyond the image") }
        let block = Record(bytes: try image.read(at: place, entrySize, what, before: end)).u64(0)
        let bytes = try image.metadataBlock(at: block, of: what, before: end).bytes
        let offset = Int(position % UInt64(MetadataTable.blockSize))
        guard offset + size <= bytes.count else {
            throw .invalid(what: what, offset: block, reason: "the block ends before byte \(offset + size)")
        }
        return Record(bytes: Array(bytes[offset..<offset + size]))
    }
}
