internal import Bytes

/// A System Use Entry (SUSP 1.12, 4.1): signature, length, version, data.
struct SystemUseEntry {
    /// At most 255 bytes.
    private(set) var content = UnplacedBytes()

    var length: Int { content.bytes.count }

    private init(_ signature: StaticString, length: Int) {
        signature.withUTF8Buffer { content.bytes.append(contentsOf: $0) }
        content.bytes.append(UInt8(length))
        content.bytes.append(1)
    }

    init(_ signature: StaticString, _ data: [UInt8] = []) {
        self.init(signature, length: 4 + data.count)
        content.bytes += data
    }

    /// An entry that holds a location alone.
    init(_ signature: StaticString, _ reference: Reference) {
        self.init(signature, length: 12)
        content.append(reference)
    }
}

extension SystemUseEntry {
    static let continuationLength = 28

    /// CE (SUSP 5.1): where the entries go on. `offset` and `length` are bytes in the sector.
    static func continuation(sector: Int, offset: Int, length: Int) -> SystemUseEntry {
        var entry = SystemUseEntry("CE", length: continuationLength)
        entry.content.append(.continuation(sector))
        entry.content.bytes.append(both: UInt32(offset))
        entry.content.bytes.append(both: UInt32(length))
        return entry
    }

    /// SP (SUSP 5.3): the first entry of the root's own record says that there are such entries.
    static let sharingProtocol = SystemUseEntry("SP", [0xBE, 0xEF, 0])

    /// ER (SUSP 5.5, RRIP 1.12 4.3): the extension is Rock Ridge 1.12.
    static var rockRidge: SystemUseEntry {
        let identifier = Array("IEEE_1282".utf8)
        let descriptor = Array(
            "THE IEEE 1282 PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS.".utf8)
        let source = Array(
            "PLEASE CONTACT THE IEEE STANDARDS DEPARTMENT, PISCATAWAY, NJ, USA FOR THE 1282 SPECIFICATION."
                .utf8)
        let lengths = [identifier, descriptor, source].map { UInt8($0.count) }
        return SystemUseEntry("ER", lengths + [1] + identifier + descriptor + source)
    }
}
