internal import Bytes

/// Identifiers of the Joliet directories: up to 64 characters of UCS-2, most significant byte first.
///
/// What is no UTF-8, lies beyond the Basic Multilingual Plane, controls or means something to Windows
/// (`*`, `/`, `:`, `;`, `?`, `\`) becomes `_`. Long names keep a short extension. A name that is taken gets a number.
struct JolietNames {
    static let limit = 64
    static let extensionLimit = 16

    private var names = UniqueNames<UInt16>()

    /// The identifier without version, and the text it says if that is not the name itself.
    mutating func take(_ name: ByteString, isDirectory: Bool) -> (identifier: [UInt8], changed: String?) {
        let (units, isExact) = Self.units(name)
        var suffix: [UInt16] = []
        var stem = units
        if !isDirectory, let dot = units.lastIndex(of: 0x2E), dot > 0,
            units.count - dot <= Self.extensionLimit
        {
            suffix = Array(units[dot...])
            stem = Array(units[..<dot])
        }
        let taken = names.take(stem: stem, suffix: suffix, limit: Self.limit)
        let isKept = isExact && taken == units
        return (taken.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, isKept ? nil : Self.text(taken))
    }

    private static func units(_ name: ByteString) -> (units: [UInt16], isExact: Bool) {
        var units: [UInt16] = []
        units.reserveCapacity(name.count)
        var isExact = true
        var decoder = UTF8()
        var bytes = name.bytes.makeIterator()
        while true {
            switch decoder.decode(&bytes) {
            case .emptyInput: return (units, isExact)
            case .scalarValue(let scalar) where isUsable(scalar.value):
                units.append(UInt16(truncatingIfNeeded: scalar.value))
            case .scalarValue, .error:
                units.append(0x5F)
                isExact = false
            }
        }
    }

    private static func isUsable(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x20, 0x2A, 0x2F, 0x3A, 0x3B, 0x3F, 0x5C, 0x1_0000...: false
        default: true
        }
    }

    private static func text(_ units: [UInt16]) -> String { String(decoding: units, as: UTF16.self) }
}
