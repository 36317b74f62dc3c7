internal import Bytes

/// The 32 bits that say how a data block or a fragment block is stored: its bytes in the image, and in bit 24
/// whether they are as they were. 0 is a block of zeros that is not stored at all.
struct BlockWord: Hashable {
    var rawValue: UInt32

    static let sparse = BlockWord(rawValue: 0)
    private static let uncompressedBit: UInt32 = 1 << 24

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(size: Int, isCompressed: Bool) {
        rawValue = UInt32(truncatingIfNeeded: size) | (isCompressed ? 0 : Self.uncompressedBit)
    }

    /// Bytes in the image.
    var size: Int { Int(rawValue & (Self.uncompressedBit - 1)) }
    var isCompressed: Bool { rawValue & Self.uncompressedBit == 0 }
    /// Bits that mean nothing are not set.
    var isValid: Bool { rawValue < Self.uncompressedBit << 1 }
}

/// Where the data of a file are: whole blocks one after the other, then perhaps part of a fragment block.
struct FileData {
    /// The block's number of a file that has no part in a fragment block.
    static let noFragment = UInt32.max

    /// The image's byte where the blocks start.
    var start: UInt64 = 0
    var blocks: [BlockWord] = []
    /// The number of the fragment block with the file's end, and the byte in it, decompressed.
    var fragment: UInt32 = FileData.noFragment
    var fragmentOffset: UInt32 = 0
    /// Bytes in blocks that are not stored.
    var sparse: UInt64 = 0
}

/// An entry of the fragment table.
struct FragmentEntry {
    static let size = 16

    /// The image's byte where the fragment block starts.
    var start: UInt64 = 0
    var word = BlockWord.sparse

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: start)
        bytes.append(little: word.rawValue)
        bytes.append(little: UInt32(0))
        return bytes
    }
}
