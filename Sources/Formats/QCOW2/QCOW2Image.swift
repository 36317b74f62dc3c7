public import Bytes
internal import Decompression

/// The disk in a qcow2 image: version 2 or 3, clusters as they are or compressed with zlib or zstd.
///
/// Opening reads the header and the L1 table and refuses what the image needs beyond that (a backing file,
/// encryption, unknown incompatible features) and tables that lie outside the image or in one place twice.
/// Everything else is looked up when it is read: an L2 entry that leads outside is `StreamError.corrupt`. To read all there
/// is, go from `nextData` to `nextData`; reading takes memory for a few L2 tables and one cluster.
public struct QCOW2Image: SparseBytes {
    public let header: QCOW2Header
    private let file: any RandomAccessBytes
    /// Offsets of the L2 tables, 0 where there is none.
    private let l1: [UInt64]
    private let tables = RecentValues<[UInt8]>(capacity: 4)
    private let decoded = RecentValues<[UInt8]>(capacity: 2)

    /// Bytes of the disk.
    public var count: UInt64 { header.size }

    public init(_ file: some RandomAccessBytes) throws(QCOW2Error) {
        header = try QCOW2Header(of: file)
        self.file = file
        l1 = try Self.readL1(of: file, header)
    }

    private static func readL1(
        of file: some RandomAccessBytes, _ header: QCOW2Header
    ) throws(QCOW2Error) -> [UInt64] {
        let needed = header.size == 0 ? 0 : (header.size - 1) / header.l2Span + 1
        let length = needed * 8
        guard UInt64(header.l1Size) >= needed, length <= QCOW2Header.largestL1 else {
            throw .invalidField(field: "l1_size", offset: 36)
        }
        guard header.l1TableOffset <= file.count, length <= file.count - header.l1TableOffset,
            header.l1TableOffset % header.clusterSize == 0
        else { throw .invalidField(field: "l1_table_offset", offset: 40) }
        let bytes: [UInt8]
        do throws(StreamError) {
            bytes = try file.bytes(at: header.l1TableOffset, length: Int(length), of: "the L1 table")
        } catch { throw .stream(error) }
        let entries = stride(from: 0, to: bytes.count, by: 8).map {
            (bytes.big(UInt64.self, at: $0) ?? 0) & ClusterEntry.offsetMask
        }
        // A table used twice would let a small image stand for one that takes forever to walk.
        var used = entries.filter { $0 != 0 }
        used.sort()
        for (index, offset) in used.enumerated() {
            guard offset % header.clusterSize == 0, offset <= file.count,
                header.clusterSize <= file.count - offset, index == 0 || used[index - 1] != offset
            else { throw .invalidField(field: "L1 table", offset: header.l1TableOffset) }
        }
        return entries
    }
}

extension QCOW2Image {
    /// The L2 table that maps the bytes from `number * l2Span` on; nil if all of them are zeros.
    private func table(_ number: Int) throws(StreamError) -> [UInt8]? {
        let offset = l1[number]
        if offset == 0 { return nil }
        return try tables.value(for: offset) { () throws(StreamError) in
            try file.bytes(at: offset, length: Int(header.clusterSize), of: "an L2 table")
        }
    }

    private func entry(_ index: Int, of table: [UInt8]) -> ClusterEntry {
        ClusterEntry(table.big(UInt64.self, at: index * 8) ?? 0, header: header)
    }

    public func nextData(at offset: UInt64) -> Range<UInt64>? {
        var position = offset
        while position < count {
            let number = Int(position / header.l2Span)
            let end = min((UInt64(number) + 1) * header.l2Span, count)
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
        let size = header.clusterSize
        let base = position / header.l2Span * header.l2Span
        let entries = Int((end - base + size - 1) / size)
        var first = Int((position - base) / size)
        while first < entries, entry(first, of: table) == .zero { first += 1 }
        guard first < entries else { return nil }
        var last = first
        while last + 1 < entries, entry(last + 1, of: table) != .zero { last += 1 }
        return max(position, base + UInt64(first) * size)..<min(base + UInt64(last + 1) * size, end)
    }
}

extension QCOW2Image {
    public func read(
        at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        guard offset < count else { return 0 }
        let wanted = Int(min(UInt64(buffer.count), count - offset))
        var filled = 0
        while filled < wanted {
            filled += try readPiece(
                at: offset + UInt64(filled),
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<wanted]))
        }
        return filled
    }

    /// Fills the front of `target`, which does not reach beyond the disk, from clusters that are alike; returns how much that was.
    private func readPiece(
        at offset: UInt64, into target: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        let size = header.clusterSize
        let number = Int(offset / header.l2Span)
        guard let table = try table(number) else {
            let length = Int(min(UInt64(target.count), header.l2Span - offset % header.l2Span))
            target.clear(0..<length)
            return length
        }
        let index = Int(offset % header.l2Span / size)
        let start = offset % size
        var length = min(UInt64(target.count), size - start)
        switch entry(index, of: table) {
        case .zero: target.clear(0..<Int(length))
        case .compressed(let host, let stored):
            let cluster = try decoded.value(for: host) { () throws(StreamError) in
                try decode(at: host, length: stored)
            }
            cluster.withUnsafeBytes {
                target.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: $0[Int(start)..<Int(start + length)]))
            }
        case .data(let host):
            // Clusters that follow each other are read at once.
            var next = index + 1
            while length < UInt64(target.count), next < Int(header.l2Entries),
                entry(next, of: table) == .data(offset: host + UInt64(next - index) * size)
            {
                length = min(UInt64(target.count), UInt64(next - index + 1) * size - start)
                next += 1
            }
            try readData(
                at: host, start, of: offset,
                into: UnsafeMutableRawBufferPointer(rebasing: target[..<Int(length)]))
        }
        return Int(length)
    }

    private func readData(
        at host: UInt64, _ start: UInt64, of offset: UInt64, into target: UnsafeMutableRawBufferPointer
    ) throws(StreamError) {
        guard host % header.clusterSize == 0, host < file.count else {
            throw .corrupt(
                what: "the qcow2 image", offset: host,
                reason: "the cluster for byte \(offset) of the disk is not in the image")
        }
        let filled = try file.read(at: host + start, into: target)
        if filled < target.count {
            throw .unexpectedEnd(of: "the qcow2 image", offset: host + start + UInt64(filled))
        }
    }

    private func decode(at host: UInt64, length: Int) throws(StreamError) -> [UInt8] {
        guard host < file.count else {
            throw .corrupt(
                what: "the qcow2 image", offset: host, reason: "a compressed cluster is not in the image")
        }
        // The last sector need not be whole at the end of the image.
        let stored = Int(min(UInt64(length), file.count - host))
        let size = Int(header.clusterSize)
        var bytes: [UInt8] = []
        switch header.compressionType {
        case .zlib:
            let block = try file.bytes(at: host, length: stored, of: "a compressed cluster")
            bytes = try BlockDecompressor.decode(block, .deflate, count: size)
        case .zstd:
            var source = try Decompressor.source(
                over: RangeSource(file, offset: host, length: UInt64(stored)), compression: .zstd)
            var failure: StreamError?
            bytes = [UInt8](unsafeUninitializedCapacity: size) { target, filled in
                let target = UnsafeMutableRawBufferPointer(target)
                do throws(StreamError) {
                    if try source.readExactly(into: target, of: "a compressed cluster", at: 0) {
                        filled = size
                    }
                } catch { failure = error }
            }
            if let failure { throw failure }
        }
        if bytes.count < size {
            throw .corrupt(
                what: "the qcow2 image", offset: host, reason: "a compressed cluster is too short")
        }
        return bytes
    }
}
