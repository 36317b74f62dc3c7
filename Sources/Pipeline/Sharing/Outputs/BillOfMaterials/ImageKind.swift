internal import Bytes
internal import Decompression

/// What a file is, by what stands in it.
enum ImageKind: Hashable {
    case tar, cpio, squashFS, erofs, iso9660, uImage, portableExecutable, qcow2, vmdk, vhd
    case compressed

    /// Marks and where they stand, in bytes.
    private static let marks: [(kind: ImageKind, offset: UInt64, bytes: [UInt8])] = [
        (.qcow2, 0, [0x51, 0x46, 0x49, 0xFB]),
        (.vmdk, 0, Array("KDMV".utf8)),
        (.cpio, 0, Array("07070".utf8)),
        (.squashFS, 0, Array("hsqs".utf8)),
        (.uImage, 0, [0x27, 0x05, 0x19, 0x56]),
        (.tar, 257, Array("ustar".utf8)),
        (.erofs, 1024, [0xE2, 0xE1, 0xF5, 0xE0]),
        (.iso9660, 32769, Array("CD001".utf8)),
        (.portableExecutable, 0, Array("MZ".utf8)),
    ]

    /// Nil for what has no mark: a disk with partitions, and everything that is not an output.
    static func of(_ image: some RandomAccessBytes) throws(StreamError) -> ImageKind? {
        func has(_ mark: [UInt8], at offset: UInt64) throws(StreamError) -> Bool {
            guard image.count >= offset, image.count - offset >= UInt64(mark.count) else { return false }
            return try image.bytes(at: offset, length: mark.count, of: "the image") == mark
        }
        // The footer of a fixed disk comes after what may have a mark of its own.
        if image.count >= 512, try has(Array("conectix".utf8), at: image.count - 512) { return .vhd }
        for mark in marks where try has(mark.bytes, at: mark.offset) { return mark.kind }
        let length = Int(min(image.count, UInt64(Compression.magicLength)))
        let start = try image.bytes(at: 0, length: length, of: "the image")
        return Compression(detecting: start) == nil ? nil : .compressed
    }
}
