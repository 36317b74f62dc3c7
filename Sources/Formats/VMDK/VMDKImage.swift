public import Bytes
internal import Decompression

/// The disk in a VMDK image of one file: stream-optimized (compressed) or monolithic sparse.
///
/// Opening reads header, descriptor and grain directory, and refuses what the image needs beyond that (a parent, several
/// extents) and grain tables that lie outside the image or in one place twice. Everything else is
/// looked up when it is read: a grain that lies outside or decodes to less is `StreamError.corrupt`. To read all there is,
/// go from `nextData` to `nextData`; reading takes memory for a few grain tables and grains.
public struct VMDKImage: SparseBytes {
    public let header: SparseExtentHeader
    /// The descriptor's text; empty if there is none.
    public let descriptor: String
    private let file: any RandomAccessBytes
    /// Sectors at which grain tables start, 0 where there is none.
    private let directory: [UInt32]
    private let tables = RecentValues<[UInt8]>(capacity: 4)
    private let decoded = RecentValues<[UInt8]>(capacity: 2)

    /// Bytes of a grain directory: 2^24 tables, 512 TiB in grains of 64 KiB.
    private static let largestDirectory: UInt64 = 64 << 20

    /// Bytes of the disk.
    public var count: UInt64 { header.capacity * 512 }

    public init(_ file: some RandomAccessBytes) throws(VMDKError) {
        self.file = file
        guard file.count >= 512 else { throw .badMagic }
        let first = try SparseExtentHeader(
            parsing: Self.bytes(of: file, at: 0, length: 512), at: 0)
        descriptor = try Self.descriptor(of: file, first)
        header = try Self.footer(of: file, first)
        directory = try Self.directory(of: file, header)
    }

    private static func bytes(
        of file: some RandomAccessBytes, at offset: UInt64, length: Int
    ) throws(VMDKError) -> [UInt8] {
        do throws(StreamError) {
            return try file.bytes(at: offset, length: length, of: "the VMDK")
        } catch { throw .stream(error) }
    }

    /// True if `length` bytes from `sector` on are in the image.
    private static func holds(_ file: some RandomAccessBytes, _ sector: UInt64, _ length: UInt64) -> Bool {
        sector <= file.count / 512 && length <= file.count - sector * 512
    }

    private static func descriptor(
        of file: some RandomAccessBytes, _ header: SparseExtentHeader
    ) throws(VMDKError) -> String {
        guard header.descriptorOffset != 0 else { return "" }
        guard header.descriptorSize <= Descriptor.limit / 512,
            holds(file, header.descriptorOffset, header.descriptorSize * 512)
        else { throw .invalidField(field: "descriptorOffset", offset: 0) }
        let descriptor = Descriptor(
            parsing: try bytes(
                of: file, at: header.descriptorOffset * 512, length: Int(header.descriptorSize * 512)))
        if let parent = descriptor.value("parentCID"), parent.lowercased() != "ffffffff" {
            throw .unsupported(feature: "a parent image")
        }
        if descriptor.extents.count > 1 { throw .unsupported(feature: "further extents") }
        return descriptor.text
    }

    /// The header that says where the grain directory is: the one at the start, or the footer's.
    private static func footer(
        of file: some RandomAccessBytes, _ first: SparseExtentHeader
    ) throws(VMDKError) -> SparseExtentHeader {
        guard first.directoryOffset == SparseExtentHeader.directoryAtEnd else { return first }
        // Footer marker, footer, end of stream: the last three sectors.
        guard file.count >= 4 * 512 else {
            throw .stream(.unexpectedEnd(of: "the VMDK", offset: file.count))
        }
        let offset = file.count - 2 * 512
        let footer: SparseExtentHeader
        do throws(VMDKError) {
            footer = try SparseExtentHeader(parsing: bytes(of: file, at: offset, length: 512), at: offset)
        } catch {
            if error == .badMagic { throw .invalidField(field: "footer", offset: offset) }
            throw error
        }
        guard footer.directoryOffset != SparseExtentHeader.directoryAtEnd else {
            throw .invalidField(field: "gdOffset", offset: offset)
        }
        return footer
    }

    private static func directory(
        of file: some RandomAccessBytes, _ header: SparseExtentHeader
    ) throws(VMDKError) -> [UInt32] {
        let length = header.tables * 4
        guard length <= largestDirectory, holds(file, header.directoryOffset, length) else {
            throw .invalidField(field: "gdOffset", offset: 0)
        }
        let bytes = try bytes(of: file, at: header.directoryOffset * 512, length: Int(length))
        let sectors = stride(from: 0, to: bytes.count, by: 4).map { bytes.little(UInt32.self, at: $0) ?? 0 }
        // A table used twice would let a small image stand for one that takes forever to walk.
        var used = sectors.filter { $0 != 0 }
        used.sort()
        for (index, sector) in used.enumerated() {
            guard holds(file, UInt64(sector), UInt64(header.grainTableEntries) * 4),
                index == 0 || used[index - 1] != sector
            else { throw .invalidField(field: "grain directory", offset: header.directoryOffset * 512) }
        }
        return sectors
    }
}

extension VMDKImage {
    private var grainSize: UInt64 { header.grainSize * 512 }

    /// The grain table that maps the bytes from `number * tableSpan` on; nil if all of them are zeros.
    private func table(_ number: Int) throws(StreamError) -> [UInt8]? {
        let sector = UInt64(directory[number])
        if sector == 0 { return nil }
        return try tables.value(for: sector) { () throws(StreamError) in
            try file.bytes(
                at: sector * 512, length: Int(header.grainTableEntries) * 4, of: "a grain table")
        }
    }

    /// The sector of the image at which a grain is; nil if it is zeros.
    private func sector(_ index: Int, of table: [UInt8]) -> UInt64? {
        let entry = table.little(UInt32.self, at: index * 4) ?? 0
        if entry == 0 || entry == 1 && header.flags.contains(.zeroedGrains) { return nil }
        return UInt64(entry)
    }

    public func nextData(at offset: UInt64) -> Range<UInt64>? {
        var position = offset
        while position < count {
            let number = Int(position / header.tableSpan)
            let end = min((UInt64(number) + 1) * header.tableSpan, count)
            do throws(StreamError) {
                if let table = try table(number), let range = data(in: table, at: position, end: end) {
                    return range
                }
            } catch {
                // Reading this will say what is wrong with it.
                return position..<end
            }
            position = end
        }
        return nil
    }

    private func data(in table: [UInt8], at position: UInt64, end: UInt64) -> Range<UInt64>? {
        let base = position / header.tableSpan * header.tableSpan
        let grains = Int((end - base + grainSize - 1) / grainSize)
        var first = Int((position - base) / grainSize)
        while first < grains, sector(first, of: table) == nil { first += 1 }
        guard first < grains else { return nil }
        var last = first + 1
        while last < grains, sector(last, of: table) != nil { last += 1 }
        return max(position, base + UInt64(first) * grainSize)..<min(base + UInt64(last) * grainSize, end)
    }

    public func read(
        at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        guard offset < count else { return 0 }
        let wanted = Int(min(UInt64(buffer.count), count - offset))
        var filled = 0
        while filled < wanted {
            let position = offset + UInt64(filled)
            let start = position % grainSize
            let length = Int(min(UInt64(wanted - filled), grainSize - start))
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + length])
            try readGrain(position / grainSize, at: start, into: target)
            filled += length
        }
        return wanted
    }

    /// Fills `target` from `start` on in the grain `number`.
    private func readGrain(
        _ number: UInt64, at start: UInt64, into target: UnsafeMutableRawBufferPointer
    ) throws(StreamError) {
        let perTable = UInt64(header.grainTableEntries)
        guard let table = try table(Int(number / perTable)),
            let sector = sector(Int(number % perTable), of: table)
        else { return target.clear(0..<target.count) }
        if header.flags.contains(.compressedGrains) {
            let grain = try decoded.value(for: number) { () throws(StreamError) in
                try decode(number, at: sector)
            }
            grain.withUnsafeBytes {
                target.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: $0[Int(start)..<Int(start) + target.count]))
            }
        } else {
            let filled = try file.read(at: sector * 512 + start, into: target)
            if filled < target.count {
                throw .unexpectedEnd(of: "the VMDK", offset: sector * 512 + start + UInt64(filled))
            }
        }
    }

    private func decode(_ number: UInt64, at sector: UInt64) throws(StreamError) -> [UInt8] {
        let offset = sector * 512
        func corrupt(_ reason: String) -> StreamError {
            .corrupt(what: "the VMDK", offset: offset, reason: reason)
        }
        var size: UInt32
        var head = 4
        if header.flags.contains(.markers) {
            let marker = try file.bytes(at: offset, length: Marker.grainHead, of: "a grain marker")
            guard marker.little(UInt64.self, at: 0) == number * header.grainSize else {
                throw corrupt("the marker is not that of grain \(number)")
            }
            size = marker.little(at: 8) ?? 0
            head = Marker.grainHead
        } else {
            size = try file.bytes(at: offset, length: head, of: "a grain").little(at: 0) ?? 0
        }
        // What does not compress grows by a few bytes; twice is what QEMU takes.
        guard size > 0, UInt64(size) <= 2 * grainSize else { throw corrupt("a grain of \(size) bytes") }
        let data = try file.bytes(at: offset + UInt64(head), length: Int(size), of: "a grain")
        let grain = try BlockDecompressor.decode(data, .zlib, count: Int(grainSize))
        // The last grain of the disk need not be whole.
        let needed = min(grainSize, count - number * grainSize)
        guard UInt64(grain.count) >= needed else { throw corrupt("a grain that decodes to too little") }
        return grain
    }
}
