public import Bytes
internal import Checksums

/// Writes one gzip member, its blocks compressed in parallel. Blocks of less than about 128 KiB cost noticeable size.
public typealias ParallelGzipSink<Base: ByteSink & ~Copyable> = ParallelSink<Base, GzipStream>

/// A gzip member (RFC 1952).
public struct GzipStream: BlockStream {
    public static let largestBlock = 1 << 20

    private var crc: UInt32 = 0
    private var count: UInt64 = 0

    public init() {}

    public static func makeWorker(cache: (any CompressedBlockCache)?) -> sending GzipBlockWorker {
        GzipBlockWorker(cache: cache)
    }

    public var header: [UInt8] { GzipMember.header }

    public mutating func add(_ block: GzipBlock) -> [UInt8] {
        crc = CRC32.combine(crc, block.crc, length2: UInt64(block.count))
        count += UInt64(block.count)
        return block.bytes
    }

    /// An empty last block of the fixed code, then checksum and size.
    public var trailer: [UInt8] { [0x03, 0x00] + GzipMember.trailer(crc: crc, count: count) }
}

/// A block's DEFLATE form, with the checksum and size of its data.
public struct GzipBlock: Sendable {
    let bytes: [UInt8]
    let crc: UInt32
    let count: Int
}

/// Compresses blocks, each one for itself.
public struct GzipBlockWorker: OrderedWorker {
    private let encoder = DeflateEncoder()
    private let cache: (any CompressedBlockCache)?

    init(cache: (any CompressedBlockCache)?) { self.cache = cache }

    public func process(_ input: [UInt8]) -> GzipBlock {
        input.withUnsafeBytes { bytes in
            GzipBlock(bytes: compress(bytes), crc: CRC32.checksum(bytes), count: bytes.count)
        }
    }

    private func compress(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let compress = {
            var block: [UInt8] = []
            encoder.compress(bytes, last: false, into: &block)
            return block
        }
        return cache?.block(for: bytes, compress: compress) ?? compress()
    }
}
