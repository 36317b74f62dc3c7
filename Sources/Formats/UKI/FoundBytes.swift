internal import Bytes

/// The first bytes of a file that is not what was wanted, named for an error message.
struct FoundBytes: CustomStringConvertible {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var description: String {
        let magics: [(Int, [UInt8], String)] = [
            (0, [0x1f, 0x8b], "a gzip file"),
            (0, [0x28, 0xb5, 0x2f, 0xfd], "a zstd file"),
            (0, [0xfd, 0x37, 0x7a, 0x58, 0x5a], "an xz file"),
            (0, [0x04, 0x22, 0x4d, 0x18], "an lz4 file"),
            (0, [0x02, 0x21, 0x4c, 0x18], "an lz4 file"),
            (0, [0x42, 0x5a, 0x68], "a bzip2 file"),
            (0, [0x5d, 0x00, 0x00], "an lzma file"),
            (0, [0x7f, 0x45, 0x4c, 0x46], "an ELF file"),
            (0, [0x27, 0x05, 0x19, 0x56], "a U-Boot image"),
            (0x38, Array("ARM\u{64}".utf8), "an arm64 Image without an EFI stub"),
            (0x38, Array("RSC\u{05}".utf8), "a riscv Image without an EFI stub"),
            (0x202, Array("HdrS".utf8), "an x86 kernel without an EFI stub"),
        ]
        for (offset, magic, name) in magics
        where bytes.count >= offset + magic.count && bytes[offset...].starts(with: magic) {
            return name
        }
        if bytes.isEmpty { return "empty" }
        let first = bytes.prefix(8).map { Hexadecimal.encode([$0]) }
        return "something that starts with the bytes \(first.joined(separator: " "))"
    }
}
