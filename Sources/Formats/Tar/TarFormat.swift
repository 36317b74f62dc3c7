internal import Bytes
internal import FileTree

/// Which header a member gets.
public enum TarFormat: Sendable {
    /// PAX: fractions of a second, access and change times and all records are kept. A member that needs no
    /// record gets a plain ustar header, which PAX contains.
    case pax
    /// The oldest format that holds the member: times are rounded to seconds, access and change times
    /// left out; ustar if that will do, else PAX.
    case automatic
}

/// What a header needs to be written: the choice that Go's archive/tar makes.
struct TarEncoding {
    /// True if a ustar header holds everything.
    private(set) var fitsUstar = true
    /// The records to write if it does not: a handful, so that looking through them beats hashing.
    private(set) var records: [PaxRecord] = []

    private let header: TarHeader

    init(_ header: TarHeader) throws(TarError) {
        self.header = header
        try checkName()
        check(header.name, TarBlock.name, key: PaxKey.path)
        check(header.linkName, TarBlock.linkName, key: PaxKey.linkpath)
        check(header.userName, TarBlock.userName, key: PaxKey.uname)
        check(header.groupName, TarBlock.groupName, key: PaxKey.gname)
        try checkOctal(header.mode, TarBlock.mode, "mode")
        try checkOctal(header.deviceMajor, TarBlock.deviceMajor, "devmajor")
        try checkOctal(header.deviceMinor, TarBlock.deviceMinor, "devminor")
        guard let size = Int64(exactly: header.size) else {
            throw .unrepresentable(field: "size", entry: header.name)
        }
        check(header.uid, TarBlock.uid, key: PaxKey.uid)
        check(header.gid, TarBlock.gid, key: PaxKey.gid)
        check(size, TarBlock.dataSize, key: PaxKey.size)
        check(header.modified, key: PaxKey.mtime)
        check(header.accessed, key: PaxKey.atime)
        check(header.changed, key: PaxKey.ctime)
        try takeGivenRecords()
    }

    private func checkName() throws(TarError) {
        switch header.typeFlag {
        case .regular, .characterDevice, .blockDevice, .fifo:
            // Readers would take the member for a directory.
            if header.name.bytes.last == 0x2F { throw .unrepresentable(field: "name", entry: header.name) }
        case .hardLink, .symbolicLink, .directory: break
        }
    }

    private mutating func check(_ text: ByteString, _ field: TarBlock.Field, key: ByteString) {
        let isTooLong = text.count > field.length
        if isTooLong || !text.isPlainASCII {
            let canSplit = key == PaxKey.path && UstarName(splitting: text) != nil
            if !canSplit { fitsUstar = false }
            need(key, text)
        }
        keepNeedless(key, text)
    }

    private func checkOctal(_ value: Int64, _ field: TarBlock.Field, _ title: String) throws(TarError) {
        // No record stands in for these.
        guard TarBlock.fitsOctal(value, length: field.length) else {
            throw .unrepresentable(field: title, entry: header.name)
        }
    }

    private mutating func check(_ value: Int64, _ field: TarBlock.Field, key: ByteString) {
        let text = ByteString(String(value))
        if !TarBlock.fitsOctal(value, length: field.length) {
            fitsUstar = false
            need(key, text)
        }
        keepNeedless(key, text)
    }

    private mutating func check(_ time: Timestamp?, key: ByteString) {
        guard let time else { return }
        let text = PaxTime.format(time)
        let fits =
            key == PaxKey.mtime
            && TarBlock.fitsOctal(time.seconds, length: TarBlock.modified.length) && time.nanoseconds == 0
        if !fits {
            fitsUstar = false
            need(key, text)
        }
        keepNeedless(key, text)
    }

    /// A record that was given stays where it says what the field says.
    private mutating func keepNeedless(_ key: ByteString, _ value: ByteString) {
        guard !header.records.isEmpty, let given = header.records.last(where: { $0.key == key }) else {
            return
        }
        if given.value == value { need(key, value) }
    }

    private mutating func need(_ key: ByteString, _ value: ByteString) {
        if !records.contains(where: { $0.key == key }) { records.append(PaxRecord(key: key, value: value)) }
    }

    private mutating func takeGivenRecords() throws(TarError) {
        if !header.records.isEmpty { fitsUstar = false }
        // Of two records of one key, the last counts.
        for record in header.records.reversed() {
            let isOfField = PaxKey.basic.contains(record.key) || record.key.hasPrefix(PaxKey.gnuSparse)
            if !isOfField { need(record.key, record.value) }
        }
        for record in records where !record.isValid {
            throw .unrepresentable(field: record.key.text, entry: header.name)
        }
    }

    /// The records as the data of an extended header, sorted by key.
    var encodedRecords: [UInt8] {
        records.sorted { $0.key < $1.key }.flatMap(\.encoded)
    }
}

extension TarHeader {
    /// The header as `format` keeps it.
    func normalized(for format: TarFormat) -> TarHeader {
        guard format == .automatic else { return self }
        var header = self
        if modified.nanoseconds >= 500_000_000, modified.seconds < .max { header.modified.seconds += 1 }
        header.modified.nanoseconds = 0
        header.accessed = nil
        header.changed = nil
        return header
    }
}

/// A name over the `prefix` and `name` fields of ustar.
struct UstarName {
    let prefix: ByteString
    let name: ByteString

    /// Splits at the last slash that leaves both parts short enough; nil if `path` is short, not ASCII or unsplittable.
    init?(splitting path: ByteString) {
        let bytes = path.bytes
        guard bytes.count > TarBlock.name.length, path.isPlainASCII else { return nil }
        var length = bytes.count
        if length > TarBlock.prefix.length + 1 {
            length = TarBlock.prefix.length + 1
        } else if bytes.last == 0x2F {
            length -= 1
        }
        guard let slash = bytes[..<length].lastIndex(of: 0x2F), slash > 0, slash <= TarBlock.prefix.length,
            (1...TarBlock.name.length).contains(bytes.count - slash - 1)
        else { return nil }
        prefix = ByteString(bytes[..<slash])
        name = ByteString(bytes[(slash + 1)...])
    }
}

extension ByteString {
    /// True if ASCII without NUL: what a header's text field can hold.
    var isPlainASCII: Bool { bytes.allSatisfy { $0 < 0x80 && $0 != 0 } }

    /// What is left when everything else is dropped.
    var plainASCII: ByteString { ByteString(bytes.filter { $0 < 0x80 && $0 != 0 }) }
}
