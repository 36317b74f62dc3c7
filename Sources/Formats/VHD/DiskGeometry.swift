/// Cylinders, heads and sectors per track ("CHS Calculation", the specification's appendix).
///
/// The product is the disk's size only where that divides: it is less otherwise, by up to a cylinder, and ends at
/// 65,535 × 16 × 255 sectors, some 127 GiB. Hence it is for BIOSes to look at; the size is the footer's current size.
public struct DiskGeometry: Hashable, Sendable {
    public var cylinders: UInt16
    public var heads: UInt8
    public var sectorsPerTrack: UInt8

    /// The geometry of a disk of `sectors` sectors.
    public init(sectors: UInt64) {
        let sectors = min(sectors, 65_535 * 16 * 255)
        var (heads, perTrack): (UInt64, UInt64)
        if sectors >= 65_535 * 16 * 63 {
            (heads, perTrack) = (16, 255)
        } else {
            perTrack = 17
            heads = max((sectors / perTrack + 1023) / 1024, 4)
            if sectors / perTrack >= heads * 1024 || heads > 16 { (heads, perTrack) = (16, 31) }
            if sectors / perTrack >= heads * 1024 { (heads, perTrack) = (16, 63) }
        }
        cylinders = UInt16(clamping: sectors / perTrack / heads)
        self.heads = UInt8(heads)
        sectorsPerTrack = UInt8(perTrack)
    }

    init(cylinders: UInt16, heads: UInt8, sectorsPerTrack: UInt8) {
        self.cylinders = cylinders
        self.heads = heads
        self.sectorsPerTrack = sectorsPerTrack
    }
}
