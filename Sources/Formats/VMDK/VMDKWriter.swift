public import Bytes
internal import Deflate
public import Digests
public import FileTree

/// VMware's stream-optimized disk images (Virtual Disk Format 5.0).
public enum VMDK {
    /// Bytes: tables count sectors of the image with 32 bits, and grains that don't compress take 129 sectors for 128.
    public static let largestDisk: UInt64 = 2040 << 30

    /// Writes `disk` as one compressed sparse extent and gives the sink back.
    ///
    /// Grains of 64 KiB, each a zlib stream of our own encoder; those that hold only zeros are left out.
    /// `jobs` grains are compressed at a time, which never shows. The image is written in one go, nothing is overwritten;
    /// beside buffers, four bytes for each 32 MiB of the disk are in memory. The content id is derived from
    /// `identity`, which stands for the disk (`ExtentMap.identity`). `disk` must be made of whole sectors,
    /// one at least: no tool opens an empty image.
    public static func write<Sink: ByteSink & ~Copyable>(
        _ disk: some SparseBytes, identity: SHA256Digest, stamp: BuildStamp, jobs: Int,
        to sink: consuming Sink
    ) throws(VMDKError) -> Sink {
        guard disk.count > 0, disk.count % 512 == 0 else { throw .notWholeSectors(size: disk.count) }
        guard disk.count <= largestDisk else { throw .diskTooLarge(size: disk.count, limit: largestDisk) }
        let capacity = disk.count / 512
        let descriptor = Descriptor(capacity: capacity, identity: identity, stamp: stamp)
        let header = SparseExtentHeader(capacity: capacity, descriptorSize: Descriptor.sectors)
        do throws(StreamError) {
            var writer = try ImageWriter(sink, header: header, descriptor: descriptor)
            let workers = OrderedWorkers(jobs: jobs) { GrainCompressor() }
            // Sixteen grains make a piece of work: large enough for its handling not to count.
            var blocks = NonZeroBlocks(
                of: disk, blockSize: Int(SparseExtentHeader.defaultGrainSize) * 512, batch: 1 << 20)
            while let run = try blocks.nextRun() {
                while workers.inFlight >= 2 * workers.jobs, let grains = workers.next() {
                    try writer.write(grains)
                }
                workers.submit(Grains(first: run.first, bytes: Array(run.bytes)))
                while let grains = workers.nextIfReady() { try writer.write(grains) }
            }
            while let grains = workers.next() { try writer.write(grains) }
            return try writer.finish()
        } catch { throw .stream(error) }
    }
}

/// The image in the order in which it is written: header, descriptor, grains with a grain table after those that it
/// maps, grain directory, footer.
private struct ImageWriter<Sink: ByteSink & ~Copyable>: ~Copyable {
    private var header: SparseExtentHeader
    private var sink: BufferedSink<Sink>
    /// Sectors written so far.
    private var end: UInt64
    /// Sectors at which grain tables start, 0 where there is none.
    private var directory: [UInt32]
    /// The table being filled, and its number.
    private var table: [UInt8]
    private var tableNumber = 0
    private var tableIsEmpty = true

    init(
        _ sink: consuming Sink, header: SparseExtentHeader, descriptor: Descriptor
    ) throws(StreamError) {
        self.header = header
        self.sink = BufferedSink(sink)
        directory = [UInt32](repeating: 0, count: Int(header.tables))
        table = [UInt8](repeating: 0, count: Int(header.grainTableEntries) * 4)
        end = header.overhead
        try self.sink.write(header.encoded)
        try self.sink.write(descriptor.encoded)
        try self.sink.writeZeros((header.overhead - header.descriptorOffset - header.descriptorSize) * 512)
    }

    /// Writes grains. They come in order.
    mutating func write(_ grains: CompressedGrains) throws(StreamError) {
        let perTable = UInt64(header.grainTableEntries)
        var written = 0
        for (index, start) in grains.offsets.enumerated() {
            let number = grains.first + UInt64(index)
            if Int(number / perTable) != tableNumber {
                try put(grains.bytes, written..<start)
                written = start
                try finishTable()
                tableNumber = Int(number / perTable)
            }
            let sector = end + UInt64((start - written) / 512)
            table.store(little: UInt32(sector), at: Int(number % perTable) * 4)
            tableIsEmpty = false
        }
        try put(grains.bytes, written..<grains.bytes.count)
    }

    private mutating func finishTable() throws(StreamError) {
        if tableIsEmpty { return }
        try put(Marker.metadata(.grainTable, sectors: UInt64(table.count / 512)))
        directory[tableNumber] = UInt32(end)
        try put(table)
        for index in table.indices { table[index] = 0 }
        tableIsEmpty = true
    }

    consuming func finish() throws(StreamError) -> Sink {
        try finishTable()
        var bytes: [UInt8] = []
        for sector in directory { bytes.append(little: sector) }
        bytes.align(to: 512)
        try put(Marker.metadata(.grainDirectory, sectors: UInt64(bytes.count / 512)))
        header.directoryOffset = end
        try put(bytes)
        try put(Marker.metadata(.footer, sectors: 1))
        try put(header.encoded)
        try put(Marker.metadata(.endOfStream, sectors: 0))
        return try sink.finish()
    }

    private mutating func put(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) {
        if range.isEmpty { return }
        try put(range.count == bytes.count ? bytes : Array(bytes[range]))
    }

    private mutating func put(_ bytes: [UInt8]) throws(StreamError) {
        try sink.write(bytes)
        end += UInt64(bytes.count / 512)
    }
}
