/// A sector's address by cylinder, head and sector, three bytes of an MBR entry.
///
/// What boots reads the 32-bit sector numbers beside it; the field is filled for the sake of tools that look.
struct CHSAddress: Hashable, Sendable {
    /// Heads and sectors a track that BIOSes pretend of disks addressed by sector.
    static let heads: UInt64 = 255
    static let sectorsPerTrack: UInt64 = 63

    var bytes: [UInt8]

    /// What stands for sectors beyond cylinder 1023: cylinder 1023, head 254, sector 63.
    static let beyond = CHSAddress(bytes: [0xFE, 0xFF, 0xFF])
    /// What UEFI asks for in a protective MBR where the last sector has no address.
    static let protectiveBeyond = CHSAddress(bytes: [0xFF, 0xFF, 0xFF])

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(sector: UInt64) {
        let track = sector / Self.sectorsPerTrack
        let cylinder = track / Self.heads
        guard cylinder <= 1023 else {
            self = .beyond
            return
        }
        let head = UInt8(truncatingIfNeeded: track % Self.heads)
        let number = UInt8(truncatingIfNeeded: sector % Self.sectorsPerTrack + 1)
        // The cylinder's two high bits sit above the sector's six.
        bytes = [
            head, number | UInt8(truncatingIfNeeded: (cylinder >> 8) << 6),
            UInt8(truncatingIfNeeded: cylinder),
        ]
    }
}
