/// What an entry of an L2 table says of a cluster ("L1 and L2 tables").
enum ClusterEntry: Equatable {
    /// Set in L1 and L2 entries whose cluster has a reference count of 1.
    static let copiedFlag: UInt64 = 1 << 63
    static let compressedFlag: UInt64 = 1 << 62
    /// Bits 9 to 55.
    static let offsetMask: UInt64 = 0x00FF_FFFF_FFFF_FE00

    /// Zeros: not allocated, or marked as such.
    case zero
    /// The cluster is at this offset of the image.
    case data(offset: UInt64)
    /// A compressed cluster lies in these bytes of the image; they are whole sectors at their end.
    case compressed(offset: UInt64, length: Int)

    init(_ entry: UInt64, header: QCOW2Header) {
        if entry & Self.compressedFlag != 0 {
            let offsetBits = UInt64(62 - (header.clusterBits - 8))
            let offset = entry & ((1 << offsetBits) - 1)
            let sectors = (entry & (Self.compressedFlag - 1)) >> offsetBits + 1
            self = .compressed(offset: offset, length: Int(sectors * 512 - offset % 512))
        } else if header.version >= 3 && entry & 1 != 0 {
            self = .zero
        } else {
            let offset = entry & Self.offsetMask
            self = offset == 0 ? .zero : .data(offset: offset)
        }
    }
}
