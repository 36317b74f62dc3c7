internal import Bytes

/// A FAT to be written (FAT specification, section 4), up to the last cluster in use: the rest is zero, free.
struct FileAllocationTable {
    private(set) var bytes: [UInt8]
    private let type: FATType

    /// `runs` are first clusters and counts.
    init(_ type: FATType, media: UInt8, clusters: UInt64, runs: [(first: UInt32, count: UInt32)]) {
        self.type = type
        bytes = [UInt8](repeating: 0, count: Int(type.tableSize(clusters: clusters)))
        // The media byte in ones; then an end of chain, whose high bits say that the volume is clean.
        store(type.endOfChain & ~0xFF | UInt32(media), at: 0)
        store(type.endOfChain, at: 1)
        for run in runs where run.count > 0 { store(run.first, run.count) }
    }

    /// A chain through one cluster after the other.
    private mutating func store(_ first: UInt32, _ count: UInt32) {
        let last = first + count - 1
        switch type {
        case .fat12: for cluster in first..<last { store(cluster + 1, at: Int(cluster)) }
        case .fat16:
            fill(UInt16.self, first, last) { UInt16(truncatingIfNeeded: $0).littleEndian }
        case .fat32: fill(UInt32.self, first, last) { $0.littleEndian }
        }
        store(type.endOfChain, at: Int(last))
    }

    @inline(__always)
    private mutating func fill<Entry>(
        _: Entry.Type, _ first: UInt32, _ last: UInt32, _ entry: (UInt32) -> Entry
    ) {
        bytes.withUnsafeMutableBytes { bytes in
            let entries = bytes.bindMemory(to: Entry.self)
            for cluster in first..<last { entries[Int(cluster)] = entry(cluster + 1) }
        }
    }

    private mutating func store(_ value: UInt32, at index: Int) {
        switch type {
        case .fat12:
            // Two entries in three bytes: the even one has the low four bits of the middle one.
            let offset = index + index / 2
            let low = UInt8(truncatingIfNeeded: value)
            let high = UInt8(truncatingIfNeeded: value >> 8)
            if index % 2 == 0 {
                bytes[offset] = low
                bytes[offset + 1] = bytes[offset + 1] & 0xF0 | high & 0x0F
            } else {
                bytes[offset] = bytes[offset] & 0x0F | low << 4
                bytes[offset + 1] = high << 4 | low >> 4
            }
        case .fat16: bytes.store(little: UInt16(truncatingIfNeeded: value), at: index * 2)
        case .fat32: bytes.store(little: value, at: index * 4)
        }
    }
}
