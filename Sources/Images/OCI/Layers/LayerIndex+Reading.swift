internal import Bytes
internal import Digests
internal import FileTree
internal import Tar

extension LayerIndex {
    /// Reads what `LayerIndexWriter` wrote for `diffID`; nil if it is damaged, of another version or another layer's.
    init?(bytes: [UInt8], diffID: SHA256Digest) {
        let magic = LayerIndexFormat.magic
        let end = bytes.count - LayerIndexFormat.trailerLength
        guard end >= magic.count, bytes.starts(with: magic) else { return nil }
        var hasher = SHA256Hasher()
        bytes.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<($0.count - 32)])) }
        guard hasher.finalize().bytes.elementsEqual(bytes.suffix(32)),
            SHA256Digest(bytes: bytes[end..<end + 32]) == diffID
        else { return nil }
        let tarLength = Self.number(bytes[(end + 32)..<(end + 40)])
        let count = Self.number(bytes[(end + 40)..<(end + 48)])
        let entries = bytes.withUnsafeBytes { buffer -> [LayerEntry]? in
            var reader = LayerIndexReader(
                bytes: UnsafeRawBufferPointer(rebasing: buffer[magic.count..<end]))
            return reader.entries(count: count)
        }
        guard let entries else { return nil }
        self.init(diffID: diffID, tarLength: tarLength, entries: entries)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Reads entries off bytes that need not be what they say: every read is checked, nothing traps.
private struct LayerIndexReader {
    let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// Owners' names and record keys are few; one copy serves all entries that follow each other.
    private var names: [ByteString] = []
    private let emptyDigest = SHA256Digest(hashing: [UInt8]())

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func entries(count: UInt64) -> [LayerEntry]? {
        // An entry has some twenty bytes at least; the count can't make us reserve more than there is.
        guard count <= UInt64(bytes.count) / 16 else { return nil }
        var entries: [LayerEntry] = []
        entries.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let entry = entry() else { return nil }
            entries.append(entry)
        }
        return position == bytes.count ? entries : nil
    }

    private mutating func entry() -> LayerEntry? {
        guard let header = header(), let headerOffset = unsigned(), let dataOffset = unsigned(),
            let dataLength = unsigned(), let sparseMap = sparseMap()
        else { return nil }
        var entry = LayerEntry(
            header: header, headerOffset: headerOffset, dataOffset: dataOffset, dataLength: dataLength,
            sparseMap: sparseMap, contentDigest: emptyDigest)
        if entry.contentLength > 0 {
            guard bytes.count - position >= 32,
                let read = SHA256Digest(UnsafeRawBufferPointer(rebasing: bytes[position..<position + 32]))
            else { return nil }
            entry.contentDigest = read
            position += 32
        }
        return entry
    }

    private mutating func sparseMap() -> [Range<UInt64>]?? {
        guard let count = unsigned(), count <= UInt64(bytes.count - position) else { return nil }
        if count == 0 { return .some(nil) }
        var pieces: [Range<UInt64>] = []
        for _ in 1..<count {
            guard let start = unsigned(), let length = unsigned(), length <= .max - start else { return nil }
            pieces.append(start..<start + length)
        }
        return pieces
    }

    private mutating func header() -> TarHeader? {
        guard let flag = byte().flatMap(TarTypeFlag.init), let name = text(), let linkName = text(),
            let userName = sharedText(), let groupName = sharedText(), let size = unsigned(),
            let mode = signed(), let uid = signed(), let gid = signed(), let major = signed(),
            let minor = signed(), let modified = time(), let accessed = optionalTime(),
            let changed = optionalTime(), let records = records()
        else { return nil }
        var header = TarHeader(name: name, typeFlag: flag)
        header.linkName = linkName
        header.userName = userName
        header.groupName = groupName
        header.size = size
        header.mode = mode
        header.uid = uid
        header.gid = gid
        header.deviceMajor = major
        header.deviceMinor = minor
        header.modified = modified
        header.accessed = accessed
        header.changed = changed
        header.records = records
        return header
    }

    private mutating func records() -> [PaxRecord]? {
        guard let count = unsigned(), count <= UInt64(bytes.count - position) else { return nil }
        var records: [PaxRecord] = []
        for _ in 0..<count {
            guard let key = sharedText(), let value = text() else { return nil }
            records.append(PaxRecord(key: key, value: value))
        }
        return records
    }

    private mutating func optionalTime() -> Timestamp?? {
        switch byte() {
        case 0: return .some(nil)
        case 1: return time().map { .some($0) }
        default: return nil
        }
    }

    private mutating func time() -> Timestamp? {
        guard let seconds = signed(), let nanoseconds = unsigned().flatMap(UInt32.init(exactly:)) else {
            return nil
        }
        return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    }

    private mutating func sharedText() -> ByteString? {
        guard let count = unsigned(), count <= UInt64(bytes.count - position) else { return nil }
        if count == 0 { return ByteString() }
        let text = UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(count)])
        position += Int(count)
        if let known = names.first(where: { $0.bytes.elementsEqual(text) }) { return known }
        if names.count == 8 { names.removeFirst() }
        names.append(ByteString(Array(text)))
        return names.last
    }

    private mutating func text() -> ByteString? {
        guard let count = unsigned(), count <= UInt64(bytes.count - position) else { return nil }
        let end = position + Int(count)
        defer { position = end }
        return ByteString(Array(UnsafeRawBufferPointer(rebasing: bytes[position..<end])))
    }

    private mutating func signed() -> Int64? {
        unsigned().map { Int64(bitPattern: $0 >> 1) ^ -Int64(bitPattern: $0 & 1) }
    }

    private mutating func unsigned() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = byte() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }
}
