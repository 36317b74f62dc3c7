public import Bytes

/// A disk of islands in zeros, so that a terabyte of it is at hand.
public struct IslandDisk: SparseBytes {
    public let count: UInt64
    /// Bytes by offset, in order, apart from each other; some may be zeros.
    public var islands: [(offset: UInt64, bytes: [UInt8])]

    public init(count: UInt64, islands: [(offset: UInt64, bytes: [UInt8])] = []) {
        self.count = count
        self.islands = islands
    }

    public func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int
    {
        guard offset < count else { return 0 }
        let end = offset + min(UInt64(buffer.count), count - offset)
        buffer.clear(0..<Int(end - offset))
        for island in islands {
            let lower = max(offset, island.offset)
            let upper = min(end, island.offset + UInt64(island.bytes.count))
            guard lower < upper else { continue }
            let part = island.bytes[Int(lower - island.offset)..<Int(upper - island.offset)]
            UnsafeMutableRawBufferPointer(rebasing: buffer[Int(lower - offset)...]).copyBytes(from: part)
        }
        return Int(end - offset)
    }

    public func nextData(at offset: UInt64) -> Range<UInt64>? {
        for island in islands where island.offset + UInt64(island.bytes.count) > offset && offset < count {
            return max(offset, island.offset)..<island.offset + UInt64(island.bytes.count)
        }
        return nil
    }
}

/// Disks for the tests of what carries disks.
public enum Disks {
    /// Bytes that no compression and no luck makes equal, none of them zero.
    public static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56) | 1
        }
    }

    public static func bytes(_ disk: some SparseBytes) throws(StreamError) -> [UInt8] {
        try disk.bytes(at: 0, length: Int(disk.count), of: "the disk")
    }

    /// Data at the start, around cluster boundaries, zeros among data, and data up to the end.
    public static func mixed(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        for (start, length) in [(0, 700), (65_530, 12), (200_000, 70_000), (400_000, 1), (count - 9, 9)] {
            guard start >= 0, start + length <= count else { continue }
            bytes.replaceSubrange(start..<start + length, with: noise(length, seed: UInt64(start)))
        }
        return bytes
    }
}
