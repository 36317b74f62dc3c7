internal import Bytes

/// The 512 bytes of a header (POSIX.1-2017 pax, "ustar Interchange Format").
struct TarBlock {
    static let size = 512

    var bytes = [UInt8](repeating: 0, count: TarBlock.size)

    /// Where a field is: offset and length in bytes.
    struct Field {
        let offset: Int
        let length: Int
        var range: Range<Int> { offset..<offset + length }
    }

    static let name = Field(offset: 0, length: 100)
    static let mode = Field(offset: 100, length: 8)
    static let uid = Field(offset: 108, length: 8)
    static let gid = Field(offset: 116, length: 8)
    static let dataSize = Field(offset: 124, length: 12)
    static let modified = Field(offset: 136, length: 12)
    static let checksum = Field(offset: 148, length: 8)
    static let typeFlag = 156
    static let linkName = Field(offset: 157, length: 100)
    static let magic = Field(offset: 257, length: 6)
    static let version = Field(offset: 263, length: 2)
    static let userName = Field(offset: 265, length: 32)
    static let groupName = Field(offset: 297, length: 32)
    static let deviceMajor = Field(offset: 329, length: 8)
    static let deviceMinor = Field(offset: 337, length: 8)
    static let prefix = Field(offset: 345, length: 155)
    // GNU tar puts times where ustar has its prefix.
    static let gnuAccessed = Field(offset: 345, length: 12)
    static let gnuChanged = Field(offset: 357, length: 12)
    // The old GNU form of sparse files: four pieces of the file, whether more follow in blocks of their own, the
    // file's size.
    static let sparsePieces = Field(offset: 386, length: 4 * 24)
    static let sparseIsExtended = 482
    static let sparseRealSize = Field(offset: 483, length: 12)
    // A block of further pieces: 21 of them.
    static let furtherPieces = Field(offset: 0, length: 21 * 24)
    static let furtherIsExtended = 504
    // star shortens the prefix and signs at the end.
    static let starPrefix = Field(offset: 345, length: 131)
    static let starAccessed = Field(offset: 476, length: 12)
    static let starChanged = Field(offset: 488, length: 12)
    static let starTrailer = Field(offset: 508, length: 4)

    var isZero: Bool { bytes.allSatisfy { $0 == 0 } }
}

/// The dialects that a header block can be told to be of.
enum TarDialect {
    case v7, ustar, gnu, star
}

extension TarBlock {
    /// The dialect by magic, or nil if the checksum is wrong.
    func dialect() -> TarDialect? {
        guard let stated = octal(Self.checksum) else { return nil }
        let sums = checksums()
        guard stated == sums.unsigned || stated == sums.signed else { return nil }
        let magic = bytes[Self.magic.range]
        if magic.elementsEqual("ustar\0".utf8) {
            return bytes[Self.starTrailer.range].elementsEqual("tar\0".utf8) ? .star : .ustar
        }
        let isGNU = magic.elementsEqual("ustar ".utf8) && bytes[Self.version.range].elementsEqual(" \0".utf8)
        return isGNU ? .gnu : .v7
    }

    /// The sum of all bytes with the checksum field as spaces; old writers summed signed bytes.
    private func checksums() -> (unsigned: Int64, signed: Int64) {
        var unsigned: Int64 = 0
        var negative: Int64 = 0
        for byte in bytes {
            unsigned += Int64(byte)
            negative += Int64(byte >> 7)
        }
        for byte in bytes[Self.checksum.range] {
            unsigned += 0x20 - Int64(byte)
            negative -= Int64(byte >> 7)
        }
        return (unsigned, unsigned - 256 * negative)
    }

    /// The bytes of a text field up to its first NUL.
    func text(_ field: Field) -> ByteString { ByteString(bytes[field.range].prefix { $0 != 0 }) }

    /// A number in octal or, as GNU writes what octal can't hold, in base 256; nil if it is neither.
    func number(_ field: Field) -> Int64? {
        bytes[field.offset] & 0x80 != 0 ? base256(field) : octal(field)
    }

    /// Octal digits, padded by spaces or NULs on either side; none at all is 0.
    private func octal(_ field: Field) -> Int64? {
        let isPadding: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0 }
        var digits = bytes[field.range].drop(while: isPadding)
        while let last = digits.last, isPadding(last) { digits.removeLast() }
        var value: Int64 = 0
        for (index, digit) in digits.enumerated() {
            if digit == 0, index > 0 { break }
            guard (0x30...0x37).contains(digit) else { return nil }
            value = value << 3 | Int64(digit - 0x30)
        }
        return value
    }

    /// Two's complement, big-endian; the top bit of the first byte marks the encoding only.
    private func base256(_ field: Field) -> Int64? {
        let inverted: UInt8 = bytes[field.offset] & 0x40 != 0 ? 0xFF : 0
        var value: UInt64 = 0
        for (index, byte) in bytes[field.range].enumerated() {
            let digit = (byte ^ inverted) & (index == 0 ? 0x7F : 0xFF)
            guard value >> 56 == 0 else { return nil }
            value = value << 8 | UInt64(digit)
        }
        guard let magnitude = Int64(exactly: value) else { return nil }
        return inverted == 0 ? magnitude : ~magnitude
    }
}

extension TarBlock {
    /// Writes as much of `text` as fits, NUL-terminated if there is room.
    ///
    /// A cut name must not end in a slash: old readers would take the file for a directory.
    mutating func set(_ field: Field, text: ByteString) {
        let kept = text.bytes.prefix(field.length)
        bytes.replaceSubrange(field.offset..<field.offset + kept.count, with: kept)
        guard text.count > field.length, kept.last == 0x2F else { return }
        let end = kept.dropLast().lastIndex { $0 != 0x2F }.map { $0 + 1 } ?? 0
        bytes[field.offset + end] = 0
    }

    /// True if `value` fits into `length` bytes of octal digits and a NUL.
    static func fitsOctal(_ value: Int64, length: Int) -> Bool {
        value >= 0 && value < 1 << Int64((length - 1) * 3)
    }

    /// Writes `value` with leading zeros and a NUL; 0 if it does not fit, a record then has it.
    mutating func set(_ field: Field, number: Int64) {
        let value = Self.fitsOctal(number, length: field.length) ? number : 0
        let digits = Array(String(value, radix: 8).utf8)
        let zeros = [UInt8](repeating: 0x30, count: field.length - 1 - digits.count)
        bytes.replaceSubrange(field.range, with: zeros + digits + [0])
    }

    /// Writes `number` in octal or, as GNU does with what is too large or negative for that, in base 256.
    mutating func set(_ field: Field, gnuNumber number: Int64) {
        if Self.fitsOctal(number, length: field.length) { return set(field, number: number) }
        for index in 0..<field.length {
            let shift = Int64(field.length - 1 - index) * 8
            bytes[field.offset + index] = UInt8(truncatingIfNeeded: number >> min(shift, 63))
        }
        bytes[field.offset] |= 0x80
    }

    /// Marks the block as ustar and sums it up: the last step.
    mutating func seal() { seal(magic: "ustar\0", version: "00") }

    /// The same as GNU tar marks its own.
    mutating func sealGNU() { seal(magic: "ustar ", version: " \0") }

    private mutating func seal(magic: String, version: String) {
        bytes.replaceSubrange(Self.magic.range, with: Array(magic.utf8))
        bytes.replaceSubrange(Self.version.range, with: Array(version.utf8))
        set(Field(offset: Self.checksum.offset, length: 7), number: checksums().unsigned)
        bytes[Self.checksum.offset + 7] = 0x20
    }
}
