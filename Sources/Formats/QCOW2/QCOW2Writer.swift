public import Bytes

/// QEMU's disk images that grow (docs/interop/qcow2.txt).
public enum QCOW2 {
    /// Bytes of a disk that one image holds at most: what an L1 table of 32 MiB maps, QEMU's limit.
    public static var largestDisk: UInt64 { (QCOW2Header.largestL1 / 8) * QCOW2Header(size: 0).l2Span }

    /// Writes `disk` as a version 3 image and gives the sink back.
    ///
    /// Clusters of 64 KiB, uncompressed; those that hold only zeros are left unallocated. The disk is read
    /// once, in order, holes not at all. Beside a buffer, eight bytes for each 512 MiB of the disk and
    /// one L2 table are in memory. `disk` must be made of whole sectors.
    ///
    /// The sink must be at its start: only the first cluster, the header's, is overwritten at the end.
    public static func write<Sink: RewritableSink & ~Copyable>(
        _ disk: some SparseBytes, to sink: consuming Sink
    ) throws(QCOW2Error) -> Sink {
        guard disk.count % 512 == 0 else { throw .notWholeSectors(size: disk.count) }
        guard disk.count <= largestDisk else { throw .diskTooLarge(size: disk.count, limit: largestDisk) }
        do throws(StreamError) {
            var writer = try ImageWriter(sink, size: disk.count)
            var blocks = NonZeroBlocks(of: disk, blockSize: Int(writer.header.clusterSize))
            while let run = try blocks.nextRun() { try writer.write(run.bytes, at: run.first) }
            return try writer.finish()
        } catch { throw .stream(error) }
    }
}

/// The image in the order in which it is written: header, data clusters with an L2 table after those that it maps,
/// L1 table, refcount table, refcount blocks.
private struct ImageWriter<Sink: RewritableSink & ~Copyable>: ~Copyable {
    private(set) var header: QCOW2Header
    private var sink: Sink
    /// Bytes written so far, whole clusters.
    private var end: UInt64
    /// Offsets of the L2 tables, 0 where there is none.
    private var l1: [UInt64]
    /// The table being filled, and its number.
    private var l2: [UInt8]
    private var l2Number = 0
    private var l2IsEmpty = true

    init(_ sink: consuming Sink, size: UInt64) throws(StreamError) {
        header = QCOW2Header(size: size)
        self.sink = sink
        end = header.clusterSize
        l1 = [UInt64](repeating: 0, count: Int((size + header.l2Span - 1) / header.l2Span))
        l2 = [UInt8](repeating: 0, count: Int(header.clusterSize))
        try self.sink.writeZeros(header.clusterSize)
    }

    /// Writes the clusters from `number` on. They come in order.
    mutating func write(_ bytes: UnsafeRawBufferPointer, at number: UInt64) throws(StreamError) {
        let clusterSize = Int(header.clusterSize)
        var (rest, number) = (bytes, number)
        while !rest.isEmpty {
            let table = Int(number / header.l2Entries)
            if table != l2Number { try finishL2() }
            l2Number = table
            let first = Int(number % header.l2Entries)
            let count = min(rest.count / clusterSize, Int(header.l2Entries) - first)
            for index in 0..<count {
                let entry = end + UInt64(index * clusterSize) | ClusterEntry.copiedFlag
                l2.store(big: entry, at: (first + index) * 8)
            }
            l2IsEmpty = false
            try put(UnsafeRawBufferPointer(rebasing: rest[..<(count * clusterSize)]))
            rest = UnsafeRawBufferPointer(rebasing: rest[(count * clusterSize)...])
            number += UInt64(count)
        }
    }

    private mutating func finishL2() throws(StreamError) {
        if l2IsEmpty { return }
        l1[l2Number] = end | ClusterEntry.copiedFlag
        try put(l2)
        for index in l2.indices { l2[index] = 0 }
        l2IsEmpty = true
    }

    consuming func finish() throws(StreamError) -> Sink {
        try finishL2()
        header.l1Size = UInt32(l1.count)
        if !l1.isEmpty {
            header.l1TableOffset = end
            var table: [UInt8] = []
            for entry in l1 { table.append(big: entry) }
            table.align(to: Int(header.clusterSize))
            try put(table)
        }
        let refcounts = Refcounts(clustersBefore: end / header.clusterSize, header: header)
        header.refcountTableOffset = end
        header.refcountTableClusters = UInt32(refcounts.tableClusters)
        try put(refcounts.table(at: end))
        for block in 0..<refcounts.blocks { try put(refcounts.block(block)) }
        try sink.overwrite(at: 0, header.encoded)
        return sink
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        try sink.write(bytes)
        end += UInt64(bytes.count)
    }

    private mutating func put(_ bytes: [UInt8]) throws(StreamError) {
        try sink.write(bytes)
        end += UInt64(bytes.count)
    }
}
