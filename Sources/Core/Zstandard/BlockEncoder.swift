internal import Deflate

/// Writes the blocks of a job (RFC 8878, section 3.1.1.2).
///
/// The first block of a job refers to nothing before it: neither to data nor to codes nor to offsets.
final class BlockEncoder {
    /// The largest block that the format allows.
    static let largestBlock = 128 << 10

    let finder = MatchFinder()
    let lengths = HuffmanCode()
    let sequences = UnsafeMutablePointer<Sequence>.allocate(capacity: largestBlock / 4 + 8)
    let literals = UnsafeMutablePointer<UInt8>.allocate(capacity: largestBlock + 32)
    let codes = UnsafeMutablePointer<UInt8>.allocate(capacity: 3 * (largestBlock / 4 + 8))
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * largestBlock, alignment: 8)
    let literalBaselines = BlockEncoder.table(SequenceCodes.literalBaselines)
    let matchBaselines = BlockEncoder.table(SequenceCodes.matchBaselines)
    let literalExtraBits = BlockEncoder.table(SequenceCodes.literalExtraBits)
    let matchExtraBits = BlockEncoder.table(SequenceCodes.matchExtraBits)
    /// The literals' code of the job's block before.
    var before: LiteralCode?

    deinit {
        sequences.deallocate()
        literals.deallocate()
        codes.deallocate()
        output.deallocate()
        lengths.deallocate()
        literalBaselines.deallocate()
        matchBaselines.deallocate()
        literalExtraBits.deallocate()
        matchExtraBits.deallocate()
    }

    private static func table<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
        let table = UnsafeMutablePointer<T>.allocate(capacity: values.count)
        table.initialize(from: values, count: values.count)
        return table
    }

    /// Appends the blocks of a job; `last` marks the last one as the frame's.
    func write(_ input: UnsafeRawBufferPointer, last: Bool, to result: inout [UInt8]) {
        before = nil
        guard let bytes = input.baseAddress, input.count > 0 else { return }
        finder.start(bytes, count: input.count)
        var start = 0
        while start < input.count {
            let end = min(input.count, start + Self.largestBlock)
            writeBlock(input, start..<end, last: last && end == input.count, to: &result)
            start = end
        }
    }

    private enum BlockType: UInt32 { case raw = 0, runLength, compressed }

    private static func header(_ type: BlockType, size: Int, last: Bool) -> [UInt8] {
        let value = (last ? 1 : 0) | type.rawValue << 1 | UInt32(size) << 3
        return (0..<3).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private func writeBlock(
        _ input: UnsafeRawBufferPointer, _ range: Range<Int>, last: Bool, to result: inout [UInt8]
    ) {
        let bytes = UnsafeRawBufferPointer(rebasing: input[range])
        if bytes.allSatisfy({ $0 == bytes[0] }) {
            result += Self.header(.runLength, size: range.count, last: last)
            result.append(bytes[0])
            return
        }
        let (codeBefore, offsetsBefore) = (before, finder.repeated)
        let (count, rest) = finder.parse(range, into: sequences)
        if let end = compress(input, range, count: count, rest: rest), let start = output.baseAddress,
            end - start < range.count
        {
            result += Self.header(.compressed, size: end - start, last: last)
            result.append(contentsOf: UnsafeRawBufferPointer(start: start, count: end - start))
        } else {
            // A decoder has seen neither the code nor the sequences.
            before = codeBefore
            finder.repeated = offsetsBefore
            result += Self.header(.raw, size: range.count, last: last)
            result.append(contentsOf: bytes)
        }
    }

    /// Writes the block's contents at the output's start, and returns their end.
    private func compress(
        _ input: UnsafeRawBufferPointer, _ range: Range<Int>, count: Int, rest: Int
    ) -> UnsafeMutableRawPointer? {
        guard let base = input.baseAddress, let start = output.baseAddress else { return nil }
        let literalCount = gatherLiterals(base, range, count: count, rest: rest)
        var next = start
        writeLiterals(UnsafeBufferPointer(start: literals, count: literalCount), to: &next)
        writeSequences(count, to: &next)
        return next
    }

    private func gatherLiterals(_ base: UnsafeRawPointer, _ range: Range<Int>, count: Int, rest: Int) -> Int {
        var from = base + range.lowerBound
        var to = UnsafeMutableRawPointer(literals)
        for index in 0..<count {
            let amount = Int(sequences[index].literals)
            to.copyMemory(from: from, byteCount: amount)
            to += amount
            from += amount + Int(sequences[index].length)
        }
        let amount = range.upperBound - rest
        to.copyMemory(from: base + rest, byteCount: amount)
        return to + amount - UnsafeMutableRawPointer(literals)
    }
}
