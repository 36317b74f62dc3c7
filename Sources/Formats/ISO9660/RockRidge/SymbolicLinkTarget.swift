internal import Bytes

/// SL (RRIP 1.12, 4.1.3): a target in component records, in as many entries as they take.
///
/// Slashes that follow another or end the target stand as empty components, so that the target is kept byte by byte:
/// a reader puts one slash between each two components, and none behind the root.
struct SymbolicLinkTarget {
    static let continueFlag: UInt8 = 1
    static let currentFlag: UInt8 = 2
    static let parentFlag: UInt8 = 4
    static let rootFlag: UInt8 = 8
    /// Bytes of component records in an entry of 255 bytes.
    private static let room = 250

    private var areas: [[UInt8]] = [[]]

    static func entries(_ target: ByteString) -> [SystemUseEntry] {
        var link = SymbolicLinkTarget()
        var rest = target.bytes[...]
        if rest.first == 0x2F {
            link.append(flags: rootFlag, [])
            rest = rest.dropFirst()
            if rest.isEmpty { return link.entries }
        }
        for component in rest.split(separator: 0x2F, omittingEmptySubsequences: false) {
            link.append(component)
        }
        return link.entries
    }

    private var entries: [SystemUseEntry] {
        areas.indices.map { index in
            SystemUseEntry("SL", [index + 1 < areas.count ? RockRidge.continueFlag : 0] + areas[index])
        }
    }

    private mutating func append(_ component: ArraySlice<UInt8>) {
        if component.elementsEqual([0x2E]) { return append(flags: Self.currentFlag, []) }
        if component.elementsEqual([0x2E, 0x2E]) { return append(flags: Self.parentFlag, []) }
        var rest = component
        let longest = Self.room - 2
        while rest.count > longest {
            append(flags: Self.continueFlag, rest.prefix(longest))
            rest = rest.dropFirst(longest)
        }
        append(flags: 0, rest)
    }

    private mutating func append(flags: UInt8, _ content: ArraySlice<UInt8>) {
        if areas[areas.count - 1].count + 2 + content.count > Self.room { areas.append([]) }
        areas[areas.count - 1] += [flags, UInt8(content.count)] + content
    }
}
