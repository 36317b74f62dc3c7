public import Bytes
public import Deflate

/// Writes one zstd frame, its jobs compressed in parallel.
public typealias ParallelZstandardSink<Base: ByteSink & ~Copyable> = ParallelSink<Base, ZstandardStream>

/// A zstd frame of independent jobs.
public struct ZstandardStream: BlockStream {
    public static let largestBlock = ZstandardEncoder.largestJob

    public init() {}

    public static func makeWorker(cache: (any CompressedBlockCache)?) -> sending ZstandardWorker {
        ZstandardWorker(cache: cache)
    }

    public var header: [UInt8] { ZstandardEncoder.frameHeader }

    public mutating func add(_ blocks: [UInt8]) -> [UInt8] { blocks }

    public var trailer: [UInt8] { ZstandardEncoder.frameEnd }
}

/// Compresses jobs, each one for itself.
public struct ZstandardWorker: OrderedWorker {
    private let encoder = ZstandardEncoder()
    private let cache: (any CompressedBlockCache)?

    init(cache: (any CompressedBlockCache)?) { self.cache = cache }

    public func process(_ input: [UInt8]) -> [UInt8] {
        input.withUnsafeBytes { bytes in
            let compress = {
                var blocks: [UInt8] = []
                encoder.compress(bytes, into: &blocks)
                return blocks
            }
            return cache?.block(for: bytes, compress: compress) ?? compress()
        }
    }
}
