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
}
