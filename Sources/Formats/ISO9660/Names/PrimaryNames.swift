internal import Bytes

/// Identifiers of the primary directories: d-characters (ECMA-119 7.4.1), derived from names that are bytes.
///
/// Small letters become capitals, all else but digits and `_` becomes `_`. A file's identifier has one dot, before
/// what was behind the last one; its version, `;1`, is appended where the record is written. At most 30 characters
/// with the dot, so that eight levels stay within the 255 bytes of a path (6.8.2.1). A name that is taken gets a number.
struct PrimaryNames {
    static let limit = 30
    static let extensionLimit = 12

    private var names = UniqueNames<UInt8>()

    mutating func take(_ name: ByteString, isDirectory: Bool) -> [UInt8] {
        let bytes = name.bytes
        if isDirectory {
            return names.take(stem: bytes.map(Self.dCharacter), suffix: [], limit: Self.limit)
        }
        // A dot in front begins a hidden file's name, no extension.
        let dot = bytes.lastIndex(of: 0x2E).flatMap { $0 > 0 ? $0 : nil } ?? bytes.endIndex
        let suffix = bytes[dot...].dropFirst().prefix(Self.extensionLimit).map(Self.dCharacter)
        return names.take(
            stem: bytes[..<dot].map(Self.dCharacter), suffix: [0x2E] + suffix, limit: Self.limit)
    }

    private static func dCharacter(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A: byte
        case 0x61...0x7A: byte - 0x20
        default: 0x5F
        }
    }
}
