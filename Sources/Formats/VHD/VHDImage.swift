public import Bytes

/// The disk in a fixed or dynamic virtual hard disk.
///
/// Its size is the footer's current size, as for Hyper-V and Azure (Virtual PC multiplied the geometry). Opening
/// reads the footer, the header and the block allocation table, and refuses blocks that lie outside the image or
/// over each other, so that no disk has more data than its image has bytes. To read all there is, go from `nextData`
/// to `nextData`; reading takes memory for a few bitmaps.
public struct VHDImage: SparseBytes {
    public let footer: HardDiskFooter
    private let file: any RandomAccessBytes
    private let blocks: Blocks?

    /// What is there of a dynamic disk.
    private struct Blocks {
        let size: UInt64
        let bitmapSize: UInt64
        /// Where the bitmap of each block starts, in sectors.
        let sectors: [UInt32]
        let bitmaps = RecentValues<[UInt8]>(capacity: 4)
    }

    /// Bytes of the block allocation table; more than 2040 GiB in blocks of 128 KiB.
    private static let largestTable: UInt64 = 64 << 20

    /// Bytes of the disk.
    public var count: UInt64 { footer.currentSize }

    public init(_ file: some RandomAccessBytes) throws(VHDError) {
        self.file = file
        let size = UInt64(HardDiskFooter.size)
        guard file.count >= size else { throw .noFooter }
        let end = file.count - size
        let last = try Self.bytes(of: file, at: end, length: HardDiskFooter.size)
        guard let footer = try HardDiskFooter(parsing: last, at: end) else { throw .noFooter }
        self.footer = footer
        switch footer.diskType {
        case .fixed:
            guard footer.currentSize <= end else {
                throw .invalidField(field: "current size", offset: end)
            }
            blocks = nil
        case .dynamic:
            blocks = try Self.blocks(of: file, footer, end: end)
        }
    }

    private static func bytes(
        of file: some RandomAccessBytes, at offset: UInt64, length: Int
    ) throws(VHDError) -> [UInt8] {
        do throws(StreamError) {
            return try file.bytes(at: offset, length: length, of: "the VHD")
        } catch { throw .stream(error) }
    }

    private static func blocks(
        of file: some RandomAccessBytes, _ footer: HardDiskFooter, end: UInt64
    ) throws(VHDError) -> Blocks {
        guard footer.dataOffset <= end, UInt64(DynamicDiskHeader.size) <= end - footer.dataOffset else {
            throw .invalidField(field: "data offset", offset: end)
        }
        let header = try DynamicDiskHeader(
            parsing: bytes(of: file, at: footer.dataOffset, length: DynamicDiskHeader.size),
            at: footer.dataOffset)
        let blockSize = UInt64(header.blockSize)
        let needed = footer.currentSize / blockSize + (footer.currentSize % blockSize == 0 ? 0 : 1)
        guard needed <= UInt64(header.maxTableEntries), needed * 4 <= largestTable else {
            throw .invalidField(field: "max table entries", offset: footer.dataOffset)
        }
        guard header.tableOffset <= end, needed * 4 <= end - header.tableOffset else {
            throw .invalidField(field: "table offset", offset: footer.dataOffset)
        }
        let table = try bytes(of: file, at: header.tableOffset, length: Int(needed * 4))
        let sectors = stride(from: 0, to: table.count, by: 4).map {
            table.big(UInt32.self, at: $0) ?? BlockAllocationTable.unused
        }
        let blocks = Blocks(size: blockSize, bitmapSize: header.bitmapSize, sectors: sectors)
        let length = blocks.size + blocks.bitmapSize
        var used = sectors.filter { $0 != BlockAllocationTable.unused }
        used.sort()
        var free: UInt64 = 0
        for sector in used {
            let start = UInt64(sector) * 512
            guard start >= free, start <= end, length <= end - start else {
                throw .invalidField(field: "block allocation table", offset: header.tableOffset)
            }
            free = start + length
        }
        return blocks
    }
}

extension VHDImage {
    public func nextData(at offset: UInt64) -> Range<UInt64>? {
        guard offset < count else { return nil }
        guard let blocks else { return offset..<count }
        var first = Int(offset / blocks.size)
        while first < blocks.sectors.count, blocks.sectors[first] == BlockAllocationTable.unused {
            first += 1
        }
        guard first < blocks.sectors.count else { return nil }
        var last = first + 1
        while last < blocks.sectors.count, blocks.sectors[last] != BlockAllocationTable.unused { last += 1 }
        return max(offset, UInt64(first) * blocks.size)..<min(UInt64(last) * blocks.size, count)
    }

    public func read(
        at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        guard offset < count else { return 0 }
        let wanted = Int(min(UInt64(buffer.count), count - offset))
        guard let blocks else {
            try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: offset)
            return wanted
        }
        var filled = 0
        while filled < wanted {
            let position = offset + UInt64(filled)
            let start = position % blocks.size
            let length = Int(min(UInt64(wanted - filled), blocks.size - start))
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + length])
            try read(blocks, blocks.sectors[Int(position / blocks.size)], at: start, into: target)
            filled += length
        }
        return wanted
    }

    /// Fills `target` from `start` on in the block whose bitmap is at `sector`.
    private func read(
        _ blocks: Blocks, _ sector: UInt32, at start: UInt64, into target: UnsafeMutableRawBufferPointer
    ) throws(StreamError) {
        if sector == BlockAllocationTable.unused { return target.clear(0..<target.count) }
        let block = UInt64(sector) * 512
        try fill(target, at: block + blocks.bitmapSize + start)
        let bitmap = try blocks.bitmaps.value(for: block) { () throws(StreamError) in
            try file.bytes(at: block, length: Int(blocks.bitmapSize), of: "a sector bitmap")
        }
        // A sector whose bit, most significant first, is not set was never written, whatever stands there.
        let end = start + UInt64(target.count)
        for sector in start / 512...(end - 1) / 512
        where bitmap[Int(sector / 8)] & 0x80 >> UInt8(sector % 8) == 0 {
            target.clear(Int(max(sector * 512, start) - start)..<Int(min(sector * 512 + 512, end) - start))
        }
    }

    private func fill(
        _ target: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(StreamError) {
        let filled = try file.read(at: offset, into: target)
        if filled < target.count {
            throw .unexpectedEnd(of: "the VHD", offset: offset + UInt64(filled))
        }
    }
}
