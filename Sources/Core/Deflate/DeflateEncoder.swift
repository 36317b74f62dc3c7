internal import Bytes

/// Identikit's own DEFLATE encoder (RFC 1951; Docs/formats/deflate.md).
///
/// What it writes is a function of the input bytes alone, and part of the output
/// contract: it changes only with a version of Identikit. There are no levels.
///
/// One encoder holds about a megabyte of tables that are used again for each input; it
/// serves one thread at a time.
public final class DeflateEncoder {
    /// Changes whenever the bytes for any input do (Docs/formats/deflate.md).
    public static let version = 2

    /// The most bytes that one call takes.
    public static let largestInput = 1 << 30

    /// Symbols after which a new block is considered, and the most in one block.
    private static let chunkSymbols = 2048
    private static let largestBlock = 1 << 16
    /// Bits that a further block's header has to save.
    private static let blockOverhead: UInt64 = 600

    private var finder = MatchFinder()
    private let estimator = EntropyEstimator()
    private let blocks = BlockEncoder()
    private let sequences = UnsafeMutablePointer<MatchSequence>.allocate(
        capacity: largestBlock + chunkSymbols)
    private let block = Histogram()
    private let chunk = Histogram()
    private let lengthSlots = UnsafeMutablePointer<UInt8>.allocate(capacity: DeflateAlphabet.longestMatch + 1)
    private var output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)

    public init() {
        lengthSlots.initialize(from: DeflateAlphabet.lengthSlots, count: DeflateAlphabet.lengthSlots.count)
    }

    deinit {
        finder.deallocate()
        estimator.deallocate()
        blocks.deallocate()
        sequences.deallocate()
        block.deallocate()
        chunk.deallocate()
        lengthSlots.deallocate()
        output.deallocate()
    }

    /// Appends `input` to `result` as DEFLATE blocks that refer to nothing before them.
    ///
    /// If they are the `last` ones, the stream ends with them, on a whole byte.
    /// Otherwise an empty stored block follows, which ends on a whole byte too, so that
    /// the results of several calls, one after the other, are one stream.
    /// `input` has at most `largestInput` bytes.
    public func compress(_ input: UnsafeRawBufferPointer, last: Bool, into result: inout [UInt8]) {
        precondition(input.count <= Self.largestInput, "DeflateEncoder takes 1 GiB at a time")
        reserve(Self.bound(input.count))
        guard let start = output.baseAddress else { return }
        var writer = BitWriter(at: start)
        if let bytes = input.baseAddress, input.count > 0 {
            finder.start(bytes, count: input.count)
            writeBlocks(input, last: last, to: &writer)
        } else if last {
            // An empty block of the fixed code.
            writer.write(0b011, width: 10)
        }
        if !last {
            BlockEncoder.writeStored(UnsafeRawBufferPointer(start: nil, count: 0), last: false, to: &writer)
        }
        writer.align()
        result.append(contentsOf: UnsafeRawBufferPointer(start: start, count: writer.end - start))
    }

    /// No output is larger: each block is at most as large as stored.
    private static func bound(_ count: Int) -> Int { count + count / 512 + 4096 }

    private func reserve(_ count: Int) {
        if output.count >= count { return }
        output.deallocate()
        output = .allocate(byteCount: count, alignment: 8)
    }

    /// Parses chunk by chunk; a chunk starts a new block if two codes beat one.
    private func writeBlocks(_ input: UnsafeRawBufferPointer, last: Bool, to writer: inout BitWriter) {
        var parser = LazyParser(finder: finder, histogram: chunk, lengthSlots: lengthSlots)
        var blockStart = 0
        var blockCount = 0
        var sums = EntropyEstimator.Sums()
        block.clear()
        while !parser.isAtEnd {
            let chunkStart = parser.position
            chunk.clear()
            let added = parser.parse(into: sequences + blockCount, symbols: Self.chunkSymbols)
            let bits = estimator.bits(block, sums, chunk)
            if blockCount > 0
                && (blockCount + added > Self.largestBlock || bits.apart + Self.blockOverhead < bits.together)
            {
                write(blockCount, input, blockStart..<chunkStart, last: false, to: &writer)
                sequences.update(from: sequences + blockCount, count: added)
                blockStart = chunkStart
                blockCount = 0
                block.clear()
                sums = bits.right
            } else {
                sums = bits.both
            }
            block.add(chunk)
            blockCount += added
        }
        write(blockCount, input, blockStart..<input.count, last: last, to: &writer)
    }

    private func write(
        _ count: Int, _ input: UnsafeRawBufferPointer, _ range: Range<Int>, last: Bool,
        to writer: inout BitWriter
    ) {
        block.counts[DeflateAlphabet.endOfBlock] = 1
        blocks.write(
            UnsafeBufferPointer(start: sequences, count: count),
            of: UnsafeRawBufferPointer(rebasing: input[range]), histogram: block, last: last, to: &writer)
    }
}
