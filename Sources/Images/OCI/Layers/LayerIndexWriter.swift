internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import Tar

/// Writes the index of a layer as its entries become known, so that memory does not grow with it.
///
/// The file: magic and version, the entries one after the other, a trailer of diff ID (32 bytes), length of the
/// tar and number of entries (8 bytes each, little-endian), and the SHA-256 of all before it. Numbers in entries
/// are LEB128, signed ones zigzag; byte strings are length and bytes.
struct LayerIndexWriter: ~Copyable {
    private var file: AtomicFile
    private var hasher = SHA256Hasher()
    private var buffer: [UInt8] = []
    private var count: UInt64 = 0

    init(path: String) throws(StreamError) {
        file = try AtomicFile(path: path)
        buffer = LayerIndexFormat.magic
    }

    mutating func append(_ entry: LayerEntry) throws(StreamError) {
        count += 1
        put(entry.header)
        put(entry.headerOffset)
        put(entry.dataOffset)
        put(entry.dataLength)
        put(entry.sparseMap.map { UInt64($0.count) + 1 } ?? 0)
        for piece in entry.sparseMap ?? [] {
            put(piece.lowerBound)
            put(piece.upperBound - piece.lowerBound)
        }
        if entry.contentLength > 0 { buffer += entry.contentDigest.bytes }
        if buffer.count >= 64 << 10 { try flush() }
    }

    consuming func commit(diffID: SHA256Digest, tarLength: UInt64) throws(StreamError) {
        buffer += diffID.bytes
        for number in [tarLength, count] {
            buffer += (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
        }
        try flush()
        try file.write(hasher.finalize().bytes)
        try file.commit()
    }

    private mutating func flush() throws(StreamError) {
        guard file.count + UInt64(buffer.count) <= UInt64(LayerIndexFormat.limit) else {
            throw .limitExceeded(
                what: "names and records of the layer", limit: UInt64(LayerIndexFormat.limit))
        }
        hasher.update(buffer)
        try file.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func put(_ header: TarHeader) {
        buffer.append(header.typeFlag.rawValue)
        for text in [header.name, header.linkName, header.userName, header.groupName] { put(text) }
        put(header.size)
        for number in [header.mode, header.uid, header.gid, header.deviceMajor, header.deviceMinor] {
            put(number)
        }
        put(header.modified)
        for time in [header.accessed, header.changed] {
            buffer.append(time == nil ? 0 : 1)
            if let time { put(time) }
        }
        put(UInt64(header.records.count))
        for record in header.records {
            put(record.key)
            put(record.value)
        }
    }

    private mutating func put(_ time: Timestamp) {
        put(time.seconds)
        put(UInt64(time.nanoseconds))
    }

    private mutating func put(_ text: ByteString) {
        put(UInt64(text.count))
        buffer += text.bytes
    }

    private mutating func put(_ number: Int64) {
        put(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    private mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.append(UInt8(rest))
    }
}

enum LayerIndexFormat {
    /// Changes with the format; an index of another version is rebuilt.
    static let magic = Array("identikit layer index 2\n".utf8)
    /// Bytes of an index: it is read whole.
    static let limit = 1 << 30
    /// Diff ID, length of the tar, number of entries, digest.
    static let trailerLength = 32 + 8 + 8 + 32
}
