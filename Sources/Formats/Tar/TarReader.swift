public import Bytes

/// Reads the members of a tar stream one after the other: v7, ustar, star, GNU and PAX, with the meaning that
/// Go's archive/tar gives them, since that is what the tools of the OCI world share.
///
/// - Extended headers are merged into the member they describe; its `records` keep all of them,
///   those included that a field of the header holds as well.
/// - Global extended headers (`g`) are skipped: container tools do not apply them.
/// - A header with the old NUL type flag is a directory if its name ends in a slash.
/// - Links, directories, devices and fifos have no contents, whatever their size field says.
/// - Two blocks of zeros are the end, or that of the stream between two members. What follows belongs to no
///   member; `drain` reads it where a digest needs the whole stream.
/// - Sparse files are refused, unless they are asked for. Type flags of unknown meaning are refused.
public struct TarReader<Source: ByteSource> {
    /// A member as the stream has it.
    public struct Member: Sendable {
        public var header: TarHeader
        /// Where the first header block of the member is, its extended headers included.
        public let headerOffset: UInt64
        /// Where its contents are.
        public let dataOffset: UInt64
        /// Bytes of contents in the stream: the header's size for regular files, less for sparse ones, 0 for
        /// all others.
        public let dataLength: UInt64
        /// Where in a sparse file the contents belong, in order, as many bytes as there are; the rest of
        /// the header's size, which is the file's, is zeros. Nil for members that are there whole.
        public let sparseMap: [Range<UInt64>]?
    }

    private var input: BufferedSource<Source>
    /// Bytes of the current member's contents not read yet, and the padding after them.
    private var remaining: UInt64 = 0
    private var padding: UInt64 = 0
    private var current = ByteString()
    private var isAtEnd = false
    private let acceptsSparse: Bool

    /// Reads sparse files, of every form of GNU tar, if `acceptsSparse`; the caller then has to apply `sparseMap`.
    public init(_ source: Source, acceptsSparse: Bool = false) {
        input = BufferedSource(source)
        self.acceptsSparse = acceptsSparse
    }

    /// Bytes of the stream taken so far.
    public var offset: UInt64 { input.offset }

    /// The source; it has been read ahead of `offset`.
    public var source: Source { input.base }

    /// The next member, what is left of the last one's contents skipped; nil at the end of the archive.
    public mutating func next() throws(TarError) -> Member? {
        if isAtEnd { return nil }
        var pending = PendingExtensions()
        while true {
            try skipData()
            _ = try skip(padding)
            padding = 0
            let offset = input.offset
            guard let block = try readBlock() else {
                isAtEnd = true
                if pending.first != nil { throw .truncated(what: "a member's header", offset: offset) }
                return nil
            }
            let flag = block.bytes[TarBlock.typeFlag]
            var header = try TarHeader(block, at: offset)
            if Self.isExtension(flag) {
                let data = try readExtension(header, at: offset)
                try pending.take(flag, data, of: header.name, at: offset)
                continue
            }
            try pending.apply(to: &header, at: offset)
            return try member(header, block, offset: offset, first: pending.first ?? offset)
        }
    }

    /// Fills the front of `buffer` with the current member's contents; 0 at their end.
    public mutating func readData(into buffer: UnsafeMutableRawBufferPointer) throws(TarError) -> Int {
        let wanted = Int(min(UInt64(buffer.count), remaining))
        guard wanted > 0 else { return 0 }
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        let count: Int
        do throws(StreamError) { count = try input.read(into: target) } catch { throw .stream(error) }
        if count == 0 { throw truncated }
        remaining -= UInt64(count)
        return count
    }

    /// Passes over the rest of the current member's contents.
    public mutating func skipData() throws(TarError) {
        let skipped = try skip(remaining)
        if skipped < remaining { throw truncated }
        remaining = 0
    }

    /// Reads the source to its end, whatever comes after the archive, and returns the stream's length.
    @discardableResult
    public mutating func drain() throws(TarError) -> UInt64 {
        _ = try skip(.max)
        return input.offset
    }

    private var truncated: TarError { .truncated(what: "the contents of \(current)", offset: input.offset) }
}

extension TarReader {
    private static func isExtension(_ flag: UInt8) -> Bool {
        switch flag {
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"): true
        default: false
        }
    }

    /// The next block that is not zeros; nil at the end of the archive.
    private mutating func readBlock() throws(TarError) -> TarBlock? {
        let offset = input.offset
        guard let block = try readAnyBlock() else { return nil }
        if !block.isZero { return block }
        guard let second = try readAnyBlock(), !second.isZero else { return nil }
        throw .loneZeroBlock(offset: offset)
    }

    mutating func readAnyBlock() throws(TarError) -> TarBlock? {
        let bytes = try read(TarBlock.size)
        if bytes.isEmpty { return nil }
        if bytes.count < TarBlock.size { throw .truncated(what: "a header", offset: input.offset) }
        return TarBlock(bytes: bytes)
    }

    private mutating func readExtension(_ header: TarHeader, at offset: UInt64) throws(TarError) -> [UInt8] {
        guard header.size <= TarLimits.extendedHeader else {
            throw .extendedHeaderTooLong(entry: header.name, size: header.size, offset: offset)
        }
        let data = try read(Int(header.size))
        if data.count < header.size { throw .truncated(what: "an extended header", offset: input.offset) }
        padding = Self.padding(header.size)
        return data
    }

    private mutating func read(_ count: Int) throws(TarError) -> [UInt8] {
        do throws(StreamError) { return try input.read(count: count) } catch { throw .stream(error) }
    }

    private mutating func skip(_ count: UInt64) throws(TarError) -> UInt64 {
        do throws(StreamError) { return try input.skip(count) } catch { throw .stream(error) }
    }

    private mutating func member(
        _ header: TarHeader, _ block: TarBlock, offset: UInt64, first: UInt64
    ) throws(TarError) -> Member {
        var header = header
        let flag = block.bytes[TarBlock.typeFlag]
        switch flag {
        case 0: header.typeFlag = header.name.bytes.last == 0x2F ? .directory : .regular
        case UInt8(ascii: "7"), UInt8(ascii: "S"): header.typeFlag = .regular
        default:
            guard let type = TarTypeFlag(rawValue: flag) else {
                throw .unsupportedType(flag: flag, entry: header.name, offset: offset)
            }
            header.typeFlag = type
        }
        var length = header.typeFlag == .regular ? header.size : 0
        guard length <= UInt64(Int64.max) - input.offset - 512 else {
            throw .invalidField(field: "size", entry: header.name, offset: offset)
        }
        padding = Self.padding(length)
        let isSparse =
            flag == UInt8(ascii: "S") || header.records.contains { $0.key.hasPrefix(PaxKey.gnuSparse) }
        var map: SparseMap?
        if isSparse {
            guard acceptsSparse, header.typeFlag == .regular else {
                throw .sparseFile(entry: header.name, offset: offset)
            }
            map = try readSparseMap(block, of: &header, stored: &length, at: offset)
        }
        current = header.name
        remaining = length
        return Member(
            header: header, headerOffset: first, dataOffset: input.offset, dataLength: length,
            sparseMap: map?.pieces)
    }

    private static func padding(_ length: UInt64) -> UInt64 { (512 - length % 512) % 512 }
}
