/// Sizes that ECMA-119 gives.
enum Sector {
    /// Bytes of a logical sector and of a logical block, which are one here (6.1.2, 6.2.2).
    static let size = 2048
    /// The sectors before the first volume descriptor (6.2.1).
    static let systemArea = 16

    /// Sectors that `bytes` take.
    static func count(_ bytes: UInt64) -> UInt64 {
        bytes / UInt64(size) + (bytes % UInt64(size) == 0 ? 0 : 1)
    }
}
