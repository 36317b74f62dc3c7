public import Bytes

/// Makes sources of decompressed bytes out of sources of compressed ones.
public enum Decompressor {
    /// Memory that a decoder may take for its window or dictionary, unless the
    /// caller says otherwise: 128 MiB, as zstd's own command line allows. A zstd
    /// frame of `--long=27` fits, one of `--long=28` to `--long=31` is refused.
    public static let defaultMemoryLimit: UInt64 = 128 << 20

    /// The decompressed bytes of `base`, from where it stands to its end.
    ///
    /// Members that follow each other are one stream. Bytes after the last one are
    /// an error, but for NULs after gzip and in fours after xz. An error's offset counts
    /// compressed bytes; every later read repeats it.
    /// - Parameters:
    ///   - limit: the most bytes that may come out, against decompression bombs:
    ///     one more and reading throws `limitExceeded`.
    ///   - memoryLimit: bytes of memory for the decoder's window or dictionary.
    public static func source<Base: ByteSource>(
        over base: Base, compression: Compression, limit: UInt64 = .max,
        memoryLimit: UInt64 = defaultMemoryLimit
    ) throws(StreamError) -> any ByteSource {
        try source(
            over: base, compression: compression, trailing: .refused, limit: limit, memoryLimit: memoryLimit)
    }

    /// The decompressed bytes of `base`, or its own bytes if they start with no known magic.
    public static func source<Base: ByteSource>(
        detectingIn base: Base, limit: UInt64 = .max, memoryLimit: UInt64 = defaultMemoryLimit
    ) throws(StreamError) -> (source: any ByteSource, compression: Compression?) {
        var peeked = PeekedSource(base)
        let start = try peeked.peek(Compression.magicLength)
        guard let compression = Compression(detecting: start) else { return (peeked, nil) }
        let decoded = try source(
            over: peeked, compression: compression, limit: limit, memoryLimit: memoryLimit)
        return (decoded, compression)
    }

    static func source<Base: ByteSource>(
        over base: Base, compression: Compression, trailing: TrailingBytes, limit: UInt64, memoryLimit: UInt64
    ) throws(StreamError) -> any ByteSource {
        let decoder: any MemberDecoder
        do throws(DecodingFailure) {
            switch compression {
            case .gzip: decoder = try ZlibDecoder(gzip: true)
            case .zlib: decoder = try ZlibDecoder(gzip: false)
            case .zstd: decoder = try ZstdDecoder(memoryLimit: memoryLimit)
            case .xz: decoder = try XzDecoder(memoryLimit: memoryLimit)
            case .lz4: decoder = try Lz4FrameDecoder()
            case .lz4Legacy: decoder = Lz4LegacyDecoder(sizeFollows: trailing == .ignored)
            }
        } catch { throw .limitExceeded(what: "memory to decode \(compression) data", limit: memoryLimit) }
        return DecodingSource(
            base, compression: compression, decoder: decoder, trailing: trailing, limit: limit,
            memoryLimit: memoryLimit)
    }
}

/// A source whose first bytes can be looked at before they are read.
struct PeekedSource<Base: ByteSource>: ByteSource {
    private var base: Base
    private var held: [UInt8] = []

    init(_ base: Base) { self.base = base }

    /// The next `count` bytes, fewer only before the end.
    mutating func peek(_ count: Int) throws(StreamError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        defer { buffer.deallocate() }
        while held.count < count {
            let got = try base.read(into: buffer.front(count - held.count))
            if got == 0 { break }
            held.append(contentsOf: buffer[..<got])
        }
        return held
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        guard !held.isEmpty else { return try base.read(into: buffer) }
        let count = min(held.count, buffer.count)
        buffer.copyBytes(from: held[..<count])
        held.removeFirst(count)
        return count
    }
}
