public import Bytes
public import Digests
public import FileTree

/// Microsoft's virtual hard disks (Virtual Hard Disk Image Format Specification 1.0): fixed, the disk with a footer, and
/// dynamic, which leaves out blocks of zeros.
///
/// The UUID is derived from `identity`, which stands for the disk (`ExtentMap.identity`), the time is the stamp's.
/// `disk` must be made of whole sectors, one at least; what a cloud asks for beyond that (Azure: fixed, whole
/// MiB) is the caller's to lay out.
public enum VHD {
    /// Bytes: 2040 GiB, which Hyper-V and QEMU take at most.
    public static let largestDisk: UInt64 = 2040 << 30

    /// Writes `disk` and a footer to `sink` and gives the sink back. Zeros go through `writeZeros`, so that
    /// a file gets holes for them.
    public static func writeFixed<Sink: ByteSink & ~Copyable>(
        _ disk: some SparseBytes, identity: SHA256Digest, stamp: BuildStamp, to sink: consuming Sink
    ) throws(VHDError) -> Sink {
        try check(disk.count)
        let footer = HardDiskFooter(size: disk.count, type: .fixed, identity: identity, stamp: stamp)
        do throws(StreamError) {
            let blockSize: UInt64 = 64 << 10
            var position: UInt64 = 0
            var blocks = NonZeroBlocks(of: disk, blockSize: Int(blockSize))
            while let run = try blocks.nextRun() {
                let start = run.first * blockSize
                if start > position { try sink.writeZeros(start - position) }
                // The last block of the disk is filled up in the run.
                let length = Int(min(UInt64(run.bytes.count), disk.count - start))
                try sink.write(UnsafeRawBufferPointer(rebasing: run.bytes[..<length]))
                position = start + UInt64(length)
            }
            if position < disk.count { try sink.writeZeros(disk.count - position) }
            try sink.write(footer.encoded)
        } catch { throw .stream(error) }
        return sink
    }

    /// Writes `disk` as blocks of 2 MiB to `sink`, which is at its start, and gives the sink back. Four bytes
    /// for each block of the disk are in memory, beside one block; the block allocation table is overwritten at the end.
    public static func writeDynamic<Sink: RewritableSink & ~Copyable>(
        _ disk: some SparseBytes, identity: SHA256Digest, stamp: BuildStamp, to sink: consuming Sink
    ) throws(VHDError) -> Sink {
        try check(disk.count)
        let footer = HardDiskFooter(size: disk.count, type: .dynamic, identity: identity, stamp: stamp)
            .encoded
        let blockSize = UInt64(DynamicDiskHeader.defaultBlockSize)
        let entries = Int((disk.count + blockSize - 1) / blockSize)
        let header = DynamicDiskHeader(
            tableOffset: UInt64(HardDiskFooter.size + DynamicDiskHeader.size),
            maxTableEntries: UInt32(entries))
        var table = BlockAllocationTable(entries: entries)
        do throws(StreamError) {
            try sink.write(footer)
            try sink.write(header.encoded)
            try sink.writeZeros(UInt64(table.bytes.count))
            var end = header.tableOffset + UInt64(table.bytes.count)
            let bitmap = [UInt8](repeating: 0xFF, count: Int(header.bitmapSize))
            var blocks = NonZeroBlocks(of: disk, blockSize: Int(blockSize), batch: Int(blockSize))
            while let run = try blocks.nextRun() {
                table.set(Int(run.first), offset: end)
                try sink.write(bitmap)
                try sink.write(run.bytes)
                end += UInt64(bitmap.count) + blockSize
            }
            try sink.write(footer)
            try sink.overwrite(at: header.tableOffset, table.bytes)
        } catch { throw .stream(error) }
        return sink
    }

    private static func check(_ size: UInt64) throws(VHDError) {
        guard size > 0, size % 512 == 0 else { throw .notWholeSectors(size: size) }
        guard size <= largestDisk else { throw .diskTooLarge(size: size, limit: largestDisk) }
    }
}
