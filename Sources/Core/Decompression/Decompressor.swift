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
    ///   - ignoresGarbage: bytes after the last member of a gzip file that do not start another one are
    ///     ignored, as gzip(1) does. For data whose digest is known or that has an end of its own.
    ///   - limit: the most bytes that may come out, against decompression bombs:
    ///     one more and reading throws `limitExceeded`.
    ///   - memoryLimit: bytes of memory for the decoder's window or dictionary.
    public static func source<Base: ByteSource>(
        over base: Base, compression: Compression, ignoresGarbage: Bool = false, limit: UInt64 = .max,
        memoryLimit: UInt64 = defaultMemoryLimit
    ) throws(StreamError) -> any ByteSource {
        try source(
            over: base, compression: compression, trailing: ignoresGarbage ? .garbageIgnored : .refused,
            limit: limit, memoryLimit: memoryLimit)
    }

    /// The decompressed bytes of `base`, or its own bytes if they start with no known magic.
    public static func source<Base: ByteSource>(
        detectingIn base: Base, ignoresGarbage: Bool = false, limit: UInt64 = .max,
        memoryLimit: UInt64 = defaultMemoryLimit
    ) throws(StreamError) -> (source: any ByteSource, compression: Compression?) {
        var peeked = PeekedSource(base)
        let skipped = try peeked.skipFrames()
        let found = Compression(detecting: try peeked.peek(Compression.magicLength))
        guard let compression = found else {
            if skipped == 0 { return (peeked, nil) }
            // Nothing but such frames is a zstd file of nothing.
            if try peeked.peek(1).isEmpty { return (peeked, .zstd) }
            throw .corrupt(what: "zstd data", offset: skipped, reason: "no frame after skippable frames")
        }
        if skipped > 0, compression != .zstd, compression != .lz4 {
            throw .corrupt(
                what: "zstd data", offset: skipped, reason: "\(compression) data after skippable frames")
        }
        let decoded = try source(
            over: peeked, compression: compression, trailing: ignoresGarbage ? .garbageIgnored : .refused,
            limit: limit, memoryLimit: memoryLimit, offset: skipped)
        return (decoded, compression)
    }

    static func source<Base: ByteSource>(
        over base: Base, compression: Compression, trailing: TrailingBytes, limit: UInt64,
        memoryLimit: UInt64, offset: UInt64 = 0
    ) throws(StreamError) -> any ByteSource {
        let decoder: any MemberDecoder
        do throws(DecodingFailure) {
            switch compression {
            case .gzip:
                if let fast = FastGzipDecoder() {
                    decoder = fast
                } else {
                    decoder = try ZlibDecoder(gzip: true)
                }
            case .zlib: decoder = try ZlibDecoder(gzip: false)
            case .zstd: decoder = try ZstdDecoder(memoryLimit: memoryLimit)
            case .xz: decoder = try XzDecoder(memoryLimit: memoryLimit)
            case .lz4: decoder = try Lz4FrameDecoder()
            case .lz4Legacy: decoder = Lz4LegacyDecoder(sizeFollows: trailing == .ignored)
            }
        } catch { throw .limitExceeded(what: "memory to decode \(compression) data", limit: memoryLimit) }
        return DecodingSource(
            base, compression: compression, decoder: decoder, trailing: trailing, limit: limit,
            memoryLimit: memoryLimit, offset: offset)
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

    /// Reads over the skippable frames that come next; returns their bytes.
    mutating func skipFrames() throws(StreamError) -> UInt64 {
        var skipped: UInt64 = 0
        while let length = Compression.skippableFrameLength(try peek(Compression.skippableHeaderLength)) {
            try skip(length, from: skipped)
            skipped += length
        }
        return skipped
    }

    private mutating func skip(_ count: UInt64, from offset: UInt64) throws(StreamError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var left = count
        while left > 0 {
            let got = try read(into: buffer.front(Int(min(left, UInt64(buffer.count)))))
            if got == 0 { throw .unexpectedEnd(of: "zstd data", offset: offset + count - left) }
            left -= UInt64(got)
        }
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        guard !held.isEmpty else { return try base.read(into: buffer) }
        let count = min(held.count, buffer.count)
        buffer.copyBytes(from: held[..<count])
        held.removeFirst(count)
        return count
    }
}
