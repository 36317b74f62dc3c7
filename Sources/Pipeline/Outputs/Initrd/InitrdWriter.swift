internal import Bytes
internal import Cpio
internal import Deflate
internal import FileTree
internal import Zstandard

/// Writes an initrd in canonical form: uncompressed microcode, if any, then the tree as a newc archive in one
/// gzip member or zstd frame, or uncompressed.
enum InitrdWriter {
    /// Writes to `sink` and returns it. The bytes depend only on `tree` and `microcode`, not on `jobs` or the
    /// contents of `cache`. Extended attributes are omitted, as cpio cannot store them.
    /// - Throws: `CpioError` for a file that cpio cannot represent, `StreamError` if reading or writing fails.
    static func write<Sink: ByteSink & ~Copyable>(
        _ tree: FileTree, microcode: FileContents? = nil, from store: some BlobStore,
        compression: OwnCompression = .gzip, to sink: consuming Sink, jobs: Int,
        cache: (any CompressedBlockCache)? = nil
    ) throws -> Sink {
        try tree.checkFitsNewc()
        let sink = try prepend(microcode, from: store, to: sink)
        do {
            switch compression {
            case .none:
                var writer = CpioWriter(sink)
                try writer.write(tree, from: store)
                return try writer.finish()
            case .gzip:
                return try write(tree, from: store, to: ParallelGzipSink(sink, jobs: jobs, cache: cache))
            case .zstd:
                return try write(
                    tree, from: store, to: ParallelZstandardSink(sink, jobs: jobs, cache: cache))
            }
        } catch CpioError.stream(let error) {
            // Report a full disk as such, regardless of which sink hit it.
            throw error
        }
    }

    private static func write<Sink: ByteSink & ~Copyable, Stream: BlockStream>(
        _ tree: FileTree, from store: some BlobStore, to sink: consuming ParallelSink<Sink, Stream>
    ) throws -> Sink {
        var boundaries = BlockBoundaries(largest: Stream.largestBlock)
        var writer = CpioWriter(sink) { (sink, entry) throws(StreamError) in
            if boundaries.endsBlock(before: entry) { try sink.cut() }
        }
        try writer.write(tree, from: store)
        return try writer.finish().finish()
    }

    /// The kernel looks for microcode in the first archive and expects the next one at a multiple of 4.
    private static func prepend<Sink: ByteSink & ~Copyable>(
        _ microcode: FileContents?, from store: some BlobStore, to sink: consuming Sink
    ) throws -> Sink {
        guard let microcode, microcode.count > 0 else { return sink }
        var sink = sink
        try store.copy(microcode, to: &sink)
        try sink.write([UInt8](repeating: 0, count: Int((4 - microcode.count % 4) % 4)))
        return sink
    }
}
