internal import Bytes
internal import Decompression

/// The bytes of an image, its blocks decoded, with those at hand that were decoded last.
final class ImageAccess {
    let image: any RandomAccessBytes
    let superblock: Superblock
    private let decoder: BlockDecoder
    /// Metadata blocks by the image's byte where they start; once there are many, `recent` becomes `older`.
    private var recent: [UInt64: MetadataBlock] = [:]
    private var older: [UInt64: MetadataBlock] = [:]
    private static let cachedBlocks = 128
    private var fragment: (start: UInt64, bytes: [UInt8])?

    init(_ image: any RandomAccessBytes) throws(SquashFSError) {
        self.image = image
        superblock = try Superblock(
            Record(bytes: try Self.read(image, at: 0, Superblock.size, "superblock")), imageSize: image.count)
        guard let compression = SquashFSCompression(rawValue: superblock.compression) else {
            throw .unsupported(what: "compression number \(superblock.compression)")
        }
        let format: BlockDecoder.Format
        switch compression {
        case .zlib: format = .zlib
        case .xz: format = .xz
        case .zstd: format = .zstd
        case .lz4: format = .lz4
        case .lzma, .lzo: throw .unsupported(what: "\(compression) compression")
        }
        do throws(StreamError) { decoder = try BlockDecoder(format) } catch { throw .stream(error) }
    }

    /// A metadata block, decoded.
    struct MetadataBlock {
        let bytes: [UInt8]
        /// The image's byte after it.
        let end: UInt64
    }

    /// `count` bytes of the image, all of which must be before `end`.
    func read(
        at offset: UInt64, _ count: Int, _ what: String, before end: UInt64
    ) throws(SquashFSError) -> [UInt8] {
        let (last, isBeyond) = offset.addingReportingOverflow(UInt64(count))
        guard !isBeyond, last <= end else {
            throw .invalid(what: what, offset: offset, reason: "\(count) bytes reach beyond byte \(end)")
        }
        return try Self.read(image, at: offset, count, what)
    }

    private static func read(
        _ image: any RandomAccessBytes, at offset: UInt64, _ count: Int, _ what: String
    ) throws(SquashFSError) -> [UInt8] {
        do throws(StreamError) {
            return try image.bytes(at: offset, length: count, of: "squashfs, in the \(what)")
        } catch { throw .stream(error) }
    }

    /// The metadata block at a byte of the image, which must end before `end`.
    func metadataBlock(
        at offset: UInt64, of what: String, before end: UInt64
    ) throws(SquashFSError) -> MetadataBlock {
        if let block = recent[offset], block.end <= end { return block }
        let block: MetadataBlock
        if let known = older[offset], known.end <= end {
            block = known
        } else {
            block = try decodeMetadata(at: offset, what, end)
        }
        if recent.count >= Self.cachedBlocks {
            older = recent
            recent = [:]
        }
        recent[offset] = block
        return block
    }

    private func decodeMetadata(
        at offset: UInt64, _ what: String, _ end: UInt64
    ) throws(SquashFSError) -> MetadataBlock {
        let header = Record(bytes: try read(at: offset, 2, what, before: end)).u16(0)
        let size = Int(header & ~MetadataTable.uncompressedBit)
        guard size > 0, size <= MetadataTable.blockSize else {
            throw .invalid(what: what, offset: offset, reason: "a metadata block of \(size) bytes")
        }
        let stored = try read(at: offset + 2, size, what, before: end)
        let isCompressed = header & MetadataTable.uncompressedBit == 0
        let bytes = isCompressed ? try decode(stored, MetadataTable.blockSize, what, at: offset + 2) : stored
        return MetadataBlock(bytes: bytes, end: offset + 2 + UInt64(size))
    }

    /// A data or fragment block of at most `limit` bytes, decoded.
    func dataBlock(
        at offset: UInt64, _ word: BlockWord, limit: Int, _ what: String
    ) throws(SquashFSError) -> [UInt8] {
        guard word.isValid, word.size > 0, word.size <= Int(superblock.blockSize) else {
            throw .invalid(what: what, offset: offset, reason: "a block of \(word.size) bytes")
        }
        let stored = try read(at: offset, word.size, what, before: superblock.bytesUsed)
        if word.isCompressed { return try decode(stored, limit, what, at: offset) }
        guard stored.count <= limit else {
            throw .invalid(what: what, offset: offset, reason: "a block of more than \(limit) bytes")
        }
        return stored
    }

    /// The fragment block of an entry; the last one stays at hand, since small files come many to a block.
    func fragmentBlock(_ entry: FragmentEntry) throws(SquashFSError) -> [UInt8] {
        if let fragment, fragment.start == entry.start { return fragment.bytes }
        let bytes = try dataBlock(
            at: entry.start, entry.word, limit: Int(superblock.blockSize), "fragment block")
        fragment = (entry.start, bytes)
        return bytes
    }

    private func decode(
        _ stored: [UInt8], _ limit: Int, _ what: String, at offset: UInt64
    ) throws(SquashFSError) -> [UInt8] {
        do throws(StreamError) { return try decoder.decode(stored, limit: limit) } catch {
            throw .invalid(what: what, offset: offset, reason: "it does not decode: \(error)")
        }
    }
}
