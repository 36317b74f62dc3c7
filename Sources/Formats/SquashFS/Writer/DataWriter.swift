internal import Bytes
internal import Deflate
internal import Digests
internal import FileTree

/// Writes the data of files: blocks of each, and of the small ones fragments, many to a block.
///
/// Blocks are compressed in parallel and written in the order in which they were read. Equal files, told by
/// the digest of their contents, are written once.
struct DataWriter {
    /// The data of each different file, by order of appearance.
    private(set) var files: [FileData] = []
    private(set) var fragments: [FragmentEntry] = []

    private let blockSize: Int
    private let workers: OrderedWorkers<BlockWorker>
    private let largestInFlight: Int
    /// What the blocks belong to that are being compressed, the oldest first.
    private var waiting: [Owner] = []
    private var known: [SHA256Digest: Int] = [:]
    /// The fragment block that is being filled.
    private var fragment: [UInt8] = []

    private enum Owner {
        case file(Int)
        case fragment(Int)
    }

    init(_ options: SquashFSOptions) {
        blockSize = options.blockSize
        // As many again as are at work wait, so that no thread does while one reads or writes.
        largestInFlight = 4 * max(1, options.jobs)
        workers = OrderedWorkers(jobs: options.jobs) {
            BlockWorker(compress: options.compressor.makeCompress(), cache: options.cache)
        }
    }

    /// Takes in the contents of a file and returns the number of its data in `files`; nil if it is empty.
    mutating func add<Sink: ByteSink & ~Copyable>(
        _ contents: FileContents, from store: some BlobStore, to output: inout Output<Sink>
    ) throws(SquashFSError) -> Int? {
        if contents.count == 0 { return nil }
        let digest = contents.contentDigest
        if let file = known[digest] { return file }
        let file = files.count
        files.append(FileData())
        known[digest] = file
        let reader = try ContentsReader(contents, store)
        if contents.count < UInt64(blockSize) {
            try addFragment(file, reader, &output)
        } else {
            try addBlocks(file, reader, &output)
        }
        return file
    }

    /// Writes what is left.
    mutating func finish<Sink: ByteSink & ~Copyable>(_ output: inout Output<Sink>) throws(SquashFSError) {
        try closeFragment(&output)
        while let block = workers.next() { try commit(block, &output) }
    }

    private mutating func addBlocks<Sink: ByteSink & ~Copyable>(
        _ file: Int, _ reader: ContentsReader, _ output: inout Output<Sink>
    ) throws(SquashFSError) {
        var offset: UInt64 = 0
        while offset < reader.count {
            let length = Int(min(UInt64(blockSize), reader.count - offset))
            let bytes = try reader.bytes(at: offset, length: length)
            try submit(BlockWorker.Input(bytes: bytes, mayBeSparse: true), .file(file), &output)
            offset += UInt64(length)
        }
    }

    private mutating func addFragment<Sink: ByteSink & ~Copyable>(
        _ file: Int, _ reader: ContentsReader, _ output: inout Output<Sink>
    ) throws(SquashFSError) {
        let length = Int(reader.count)
        if fragment.count + length > blockSize { try closeFragment(&output) }
        if fragment.capacity == 0 { fragment.reserveCapacity(blockSize) }
        files[file].fragment = UInt32(truncatingIfNeeded: fragments.count)
        files[file].fragmentOffset = UInt32(fragment.count)
        fragment += try reader.bytes(at: 0, length: length)
    }

    private mutating func closeFragment<Sink: ByteSink & ~Copyable>(_ output: inout Output<Sink>)
        throws(SquashFSError)
    {
        if fragment.isEmpty { return }
        let bytes = fragment
        fragment = []
        fragments.append(FragmentEntry())
        try submit(
            BlockWorker.Input(bytes: bytes, mayBeSparse: false), .fragment(fragments.count - 1), &output)
    }

    private mutating func submit<Sink: ByteSink & ~Copyable>(
        _ input: BlockWorker.Input, _ owner: Owner, _ output: inout Output<Sink>
    ) throws(SquashFSError) {
        while workers.inFlight >= largestInFlight, let block = workers.next() { try commit(block, &output) }
        waiting.append(owner)
        workers.submit(input)
        while let block = workers.nextIfReady() { try commit(block, &output) }
    }

    /// Writes a block, which is that of the oldest owner.
    private mutating func commit<Sink: ByteSink & ~Copyable>(
        _ block: BlockWorker.Output, _ output: inout Output<Sink>
    ) throws(SquashFSError) {
        switch waiting.removeFirst() {
        case .file(let file):
            if files[file].blocks.isEmpty { files[file].start = output.count }
            files[file].blocks.append(block.word)
            if block.word == .sparse { files[file].sparse += UInt64(block.inputCount) }
        case .fragment(let number):
            fragments[number] = FragmentEntry(start: output.count, word: block.word)
        }
        try output.write(block.bytes)
    }
}

/// Compresses blocks, each one for itself.
struct BlockWorker: OrderedWorker {
    struct Input: Sendable {
        var bytes: [UInt8]
        /// True if zeros need not be stored.
        var mayBeSparse: Bool
    }

    struct Output: Sendable {
        /// What to store.
        var bytes: [UInt8]
        var word: BlockWord
        var inputCount: Int
    }

    private let compress: BlockCompressor.Compress
    private let cache: (any CompressedBlockCache)?

    init(compress: @escaping BlockCompressor.Compress, cache: (any CompressedBlockCache)?) {
        self.compress = compress
        self.cache = cache
    }

    func process(_ input: Input) -> Output {
        let count = input.bytes.count
        if input.mayBeSparse, input.bytes.isAllZeros {
            return Output(bytes: [], word: .sparse, inputCount: count)
        }
        let compressed = input.bytes.withUnsafeBytes(compressed)
        if compressed.isEmpty || compressed.count >= count {
            return Output(
                bytes: input.bytes, word: BlockWord(size: count, isCompressed: false), inputCount: count)
        }
        return Output(
            bytes: compressed, word: BlockWord(size: compressed.count, isCompressed: true), inputCount: count)
    }

    /// The block compressed; nothing if it can't be.
    private func compressed(_ input: UnsafeRawBufferPointer) -> [UInt8] {
        let compress = { self.compress(input) ?? [] }
        return cache?.block(for: input, compress: compress) ?? compress()
    }
}

extension [UInt8] {
    /// Stops at the first byte that is not zero.
    fileprivate var isAllZeros: Bool {
        withUnsafeBytes { bytes in
            var index = 0
            while index &+ 8 <= bytes.count {
                if bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) != 0 { return false }
                index &+= 8
            }
            return bytes[index...].allSatisfy { $0 == 0 }
        }
    }
}
