internal import Bytes
internal import FileTree

/// The keys that header fields hold (POSIX.1-2017 pax, "pax Extended Header").
enum PaxKey {
    static let path: ByteString = "path"
    static let linkpath: ByteString = "linkpath"
    static let size: ByteString = "size"
    static let uid: ByteString = "uid"
    static let gid: ByteString = "gid"
    static let uname: ByteString = "uname"
    static let gname: ByteString = "gname"
    static let mtime: ByteString = "mtime"
    static let atime: ByteString = "atime"
    static let ctime: ByteString = "ctime"
    static let basic: Set<ByteString> = [
        path, linkpath, size, uid, gid, uname, gname, mtime, atime, ctime,
    ]
    /// Keys of GNU tar's sparse files, versions 0.0, 0.1 and 1.0.
    static let gnuSparse: ByteString = "GNU.sparse."
    static let sparseMap: ByteString = "GNU.sparse.map"
    static let sparseOffset: ByteString = "GNU.sparse.offset"
    static let sparseLength: ByteString = "GNU.sparse.numbytes"
}

extension PaxRecord {
    /// A key is not empty and has no `=`; a NUL would cut the name that a field holds.
    var isValid: Bool {
        if key.isEmpty || key.bytes.contains(0x3D) { return false }
        switch key {
        case PaxKey.path, PaxKey.linkpath, PaxKey.uname, PaxKey.gname: return !value.bytes.contains(0)
        default: return !key.bytes.contains(0)
        }
    }

    /// `LENGTH KEY=VALUE\n`, where LENGTH counts its own digits too.
    var encoded: [UInt8] {
        let rest = key.count + value.count + 3
        var length = rest + String(rest).utf8.count
        length = rest + String(length).utf8.count
        return Array("\(length) ".utf8) + key.bytes + [0x3D] + value.bytes + [0x0A]
    }
}

enum PaxRecords {
    /// The records of an extended header, one a key (the last counts), sorted by key; nil if malformed. The records
    /// that GNU tar's version 0.0 of sparse files repeats become the one that its version 0.1 has.
    static func parse(_ data: [UInt8]) -> [PaxRecord]? {
        var values: [ByteString: ByteString] = [:]
        var map: [ByteString] = []
        var rest = data[...]
        while !rest.isEmpty {
            guard let record = parseFirst(&rest) else { return nil }
            switch record.key {
            case PaxKey.sparseOffset, PaxKey.sparseLength:
                let isOffset = map.count % 2 == 0
                guard isOffset == (record.key == PaxKey.sparseOffset) else { return nil }
                map.append(record.value)
            default: values[record.key] = record.value
            }
        }
        if !map.isEmpty { values[PaxKey.sparseMap] = ByteString(map.map(\.bytes).joined(separator: [0x2C])) }
        return values.map { PaxRecord(key: $0.key, value: $0.value) }.sorted { $0.key < $1.key }
    }

    private static func parseFirst(_ rest: inout ArraySlice<UInt8>) -> PaxRecord? {
        guard let space = rest.prefix(20).firstIndex(of: 0x20),
            let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
            length <= rest.count, rest.startIndex + length > space + 1
        else { return nil }
        let end = rest.startIndex + length
        let body = rest[(space + 1)..<end]
        guard body.last == 0x0A, let equals = body.firstIndex(of: 0x3D) else { return nil }
        rest = rest[end...]
        let record = PaxRecord(
            key: ByteString(body[..<equals]), value: ByteString(body[(equals + 1)...].dropLast()))
        return record.isValid ? record : nil
    }
}

enum PaxTime {
    /// Decimal seconds with any count of decimals, those past the ninth cut; nil if malformed.
    static func parse(_ value: ByteString) -> Timestamp? {
        let parts = value.bytes.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
        guard let seconds = Int64(String(decoding: parts[0], as: UTF8.self)) else { return nil }
        guard parts.count == 2, !parts[1].isEmpty else { return Timestamp(seconds: seconds) }
        guard parts[1].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        var nanoseconds: UInt32 = 0
        for digit in (parts[1] + [UInt8](repeating: 0x30, count: 9)).prefix(9) {
            nanoseconds = nanoseconds * 10 + UInt32(digit - 0x30)
        }
        guard parts[0].first == 0x2D, nanoseconds > 0 else {
            return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
        }
        // -1.25 is a quarter before -1: a timestamp's nanoseconds count forward.
        let (earlier, overflow) = seconds.subtractingReportingOverflow(1)
        return overflow ? nil : Timestamp(seconds: earlier, nanoseconds: 1_000_000_000 - nanoseconds)
    }

    /// The shortest decimal form: no fraction if there is none, no trailing zeros.
    static func format(_ time: Timestamp) -> ByteString {
        guard time.nanoseconds != 0 else { return ByteString(String(time.seconds)) }
        let isNegative = time.seconds < 0
        let seconds = isNegative ? -(time.seconds + 1) : time.seconds
        let fraction = isNegative ? 1_000_000_000 - time.nanoseconds : time.nanoseconds
        let digits = Array(String(fraction).utf8)
        var text = Array("\(isNegative ? "-" : "")\(seconds).".utf8)
        text += [UInt8](repeating: 0x30, count: 9 - digits.count) + digits
        while text.last == 0x30 { text.removeLast() }
        return ByteString(text)
    }
}
