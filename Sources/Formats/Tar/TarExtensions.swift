internal import Bytes
internal import FileTree

/// What extended headers say of the member that follows them.
struct PendingExtensions {
    private var records: [PaxRecord] = []
    private var longName = ByteString()
    private var longLink = ByteString()
    /// The offset of the first of them.
    private(set) var first: UInt64?

    /// Takes one more: a second one of the same kind replaces the first.
    mutating func take(
        _ flag: UInt8, _ data: [UInt8], of name: ByteString, at offset: UInt64
    ) throws(TarError) {
        switch flag {
        case UInt8(ascii: "L"):
            longName = ByteString(data.prefix { $0 != 0 })
        case UInt8(ascii: "K"):
            longLink = ByteString(data.prefix { $0 != 0 })
        default:
            guard let parsed = PaxRecords.parse(data) else {
                throw .invalidRecord(entry: name, offset: offset)
            }
            if flag == UInt8(ascii: "g") {
                // What came before a global header describes that header.
                self = PendingExtensions()
                return
            }
            records = parsed
        }
        if first == nil { first = offset }
    }

    /// Puts the values over those of the member's own header; an empty value leaves the field as it is.
    func apply(to header: inout TarHeader, at offset: UInt64) throws(TarError) {
        header.records = records
        for record in records where !record.value.isEmpty {
            guard header.set(record) else {
                throw .invalidField(field: record.key.text, entry: header.name, offset: offset)
            }
        }
        if !longName.isEmpty { header.name = longName }
        if !longLink.isEmpty { header.linkName = longLink }
    }
}

extension TarHeader {
    /// Sets the field that `record` speaks of, if there is one; false if its value is malformed.
    fileprivate mutating func set(_ record: PaxRecord) -> Bool {
        switch record.key {
        case PaxKey.path: name = record.value
        case PaxKey.linkpath: linkName = record.value
        case PaxKey.uname: userName = record.value
        case PaxKey.gname: groupName = record.value
        case PaxKey.uid: return Self.assign(Int64(record.value.text), to: &uid)
        case PaxKey.gid: return Self.assign(Int64(record.value.text), to: &gid)
        case PaxKey.size:
            guard let value = Int64(record.value.text), value >= 0 else { return false }
            size = UInt64(value)
        case PaxKey.mtime: return Self.assign(PaxTime.parse(record.value), to: &modified)
        case PaxKey.atime: return Self.assign(PaxTime.parse(record.value), to: &accessed)
        case PaxKey.ctime: return Self.assign(PaxTime.parse(record.value), to: &changed)
        default: break
        }
        return true
    }

    private static func assign<Value>(_ value: Value?, to field: inout Value) -> Bool {
        guard let value else { return false }
        field = value
        return true
    }

    private static func assign<Value>(_ value: Value?, to field: inout Value?) -> Bool {
        field = value
        return value != nil
    }
}

extension TarHeader {
    /// The fields of one header block at `offset`; `typeFlag` is left for the reader to tell.
    init(_ block: TarBlock, at offset: UInt64) throws(TarError) {
        guard let dialect = block.dialect() else { throw .checksumMismatch(offset: offset) }
        self.init(name: block.text(TarBlock.name), typeFlag: .regular)
        let entry = name
        func number(_ field: TarBlock.Field, _ title: String) throws(TarError) -> Int64 {
            guard let value = block.number(field) else {
                throw .invalidField(field: title, entry: entry, offset: offset)
            }
            return value
        }
        linkName = block.text(TarBlock.linkName)
        guard let size = UInt64(exactly: try number(TarBlock.dataSize, "size")) else {
            throw .invalidField(field: "size", entry: entry, offset: offset)
        }
        self.size = size
        mode = try number(TarBlock.mode, "mode")
        uid = try number(TarBlock.uid, "uid")
        gid = try number(TarBlock.gid, "gid")
        modified = Timestamp(seconds: try number(TarBlock.modified, "mtime"))
        if dialect == .v7 { return }
        userName = block.text(TarBlock.userName)
        groupName = block.text(TarBlock.groupName)
        deviceMajor = try number(TarBlock.deviceMajor, "devmajor")
        deviceMinor = try number(TarBlock.deviceMinor, "devminor")
        switch dialect {
        case .v7: break
        case .ustar: prepend(block.text(TarBlock.prefix))
        case .star:
            prepend(block.text(TarBlock.starPrefix))
            accessed = Timestamp(seconds: try number(TarBlock.starAccessed, "atime"))
            changed = Timestamp(seconds: try number(TarBlock.starChanged, "ctime"))
        case .gnu: readGNUTimes(block)
        }
    }

    private mutating func prepend(_ prefix: ByteString) {
        if !prefix.isEmpty { name = prefix + "/" + name }
    }

    /// GNU's times, or, where they are no numbers, the prefix that writers in Go before 1.8 put there.
    private mutating func readGNUTimes(_ block: TarBlock) {
        var times: [Timestamp?] = [nil, nil]
        for (index, field) in [TarBlock.gnuAccessed, TarBlock.gnuChanged].enumerated()
        where block.bytes[field.offset] != 0 {
            guard let seconds = block.number(field) else {
                let prefix = block.text(TarBlock.prefix)
                if prefix.isASCII { prepend(prefix) }
                return
            }
            times[index] = Timestamp(seconds: seconds)
        }
        accessed = times[0]
        changed = times[1]
    }
}
