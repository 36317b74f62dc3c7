internal import Bytes

/// What FAT32 keeps of its free clusters (FAT specification, section 5).
struct FSInfo: Hashable, Sendable {
    /// FSI_Free_Count.
    var freeCount: UInt32
    /// FSI_Nxt_Free: where to look for a free cluster.
    var nextFree: UInt32

    init(freeCount: UInt32, nextFree: UInt32) {
        self.freeCount = freeCount
        self.nextFree = nextFree
    }

    private static let leadSignature: UInt32 = 0x4161_5252
    private static let structureSignature: UInt32 = 0x6141_7272
    private static let trailSignature: UInt32 = 0xAA55_0000

    /// One sector.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: Self.leadSignature)
        bytes.append(zeros: 480)
        bytes.append(little: Self.structureSignature)
        bytes.append(little: freeCount)
        bytes.append(little: nextFree)
        bytes.append(zeros: 12)
        bytes.append(little: Self.trailSignature)
        return bytes
    }

    /// nil where a signature is missing.
    init?(_ bytes: [UInt8]) {
        guard bytes.little(at: 0) == Self.leadSignature, bytes.little(at: 484) == Self.structureSignature,
            bytes.little(at: 508) == Self.trailSignature, let freeCount: UInt32 = bytes.little(at: 488),
            let nextFree: UInt32 = bytes.little(at: 492)
        else { return nil }
        self.init(freeCount: freeCount, nextFree: nextFree)
    }
}
