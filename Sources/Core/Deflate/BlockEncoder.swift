internal import Bytes

/// Writes one DEFLATE block in the shortest of its three forms (RFC 1951, section 3.2).
struct BlockEncoder {
    private let literalCode = HuffmanCode()
    private let distanceCode = HuffmanCode()
    private let precode = HuffmanCode()
    private let precodeCounts = UnsafeMutablePointer<UInt32>.allocate(capacity: 19)
    /// The two codes' lengths one after the other, and the same in run-length form:
    /// symbol, and extra bits << 8.
    private let lengths = UnsafeMutablePointer<UInt8>.allocate(capacity: 320)
    private let runs = UnsafeMutablePointer<UInt16>.allocate(capacity: 320)
    /// Code and extra bits, with their number << 24: by literal, by match length, by distance symbol.
    private let literalEntries = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
    private let lengthEntries = UnsafeMutablePointer<UInt32>.allocate(capacity: 259)
    private let distanceEntries = UnsafeMutablePointer<UInt32>.allocate(capacity: 32)

    func deallocate() {
        literalCode.deallocate()
        distanceCode.deallocate()
        precode.deallocate()
        precodeCounts.deallocate()
        lengths.deallocate()
        runs.deallocate()
        literalEntries.deallocate()
        lengthEntries.deallocate()
        distanceEntries.deallocate()
    }

    /// Writes `sequences`, which stand for the bytes from `input` on and whose symbols
    /// `histogram` counts, the end of block among them.
    func write(
        _ sequences: UnsafeBufferPointer<MatchSequence>, of input: UnsafeRawBufferPointer,
        histogram: Histogram,
        last: Bool, to writer: inout BitWriter
    ) {
        let limit = 15
        literalCode.build(histogram.counts, count: DeflateAlphabet.literalCount, limit: limit)
        distanceCode.build(histogram.distances, count: DeflateAlphabet.distanceCount, limit: limit)
        let header = makeHeader()
        let extra = extraBits(histogram)
        let dynamic = 3 + header.bits + extra + codedBits(histogram)
        let fixed = 3 + extra + Self.fixedBits(histogram)
        let stored = Self.storedBits(input.count, pending: writer.pending)
        if stored <= min(dynamic, fixed) {
            return Self.writeStored(input, last: last, to: &writer)
        }
        writer.write((last ? 1 : 0) | (fixed <= dynamic ? 1 : 2) << 1, width: 3)
        if fixed <= dynamic {
            Self.setFixedLengths(literalCode, distanceCode)
        } else {
            write(header, to: &writer)
        }
        makeEntries()
        write(sequences, input, &writer)
        writer.write(
            UInt64(literalCode.codes[DeflateAlphabet.endOfBlock]),
            width: UInt64(literalCode.lengths[DeflateAlphabet.endOfBlock]))
    }

    // MARK: Sizes

    private func codedBits(_ histogram: Histogram) -> Int {
        var bits = 0
        for symbol in 0..<DeflateAlphabet.literalCount {
            bits &+= Int(histogram.counts[symbol]) &* Int(literalCode.lengths[symbol])
        }
        for symbol in 0..<DeflateAlphabet.distanceCount {
            bits &+= Int(histogram.distances[symbol]) &* Int(distanceCode.lengths[symbol])
        }
        return bits
    }

    private func extraBits(_ histogram: Histogram) -> Int {
        var bits = 0
        for (slot, extra) in DeflateAlphabet.lengthExtraBits.enumerated() {
            bits &+= Int(histogram.counts[257 &+ slot]) &* Int(extra)
        }
        for slot in 0..<DeflateAlphabet.distanceCount {
            bits &+= Int(histogram.distances[slot]) &* Int(DeflateAlphabet.distanceExtraBits(slot))
        }
        return bits
    }

    private static func fixedLength(_ symbol: Int) -> Int {
        symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
    }

    private static func fixedBits(_ histogram: Histogram) -> Int {
        var bits = 0
        for symbol in 0..<DeflateAlphabet.literalCount {
            bits &+= Int(histogram.counts[symbol]) &* fixedLength(symbol)
        }
        for symbol in 0..<DeflateAlphabet.distanceCount { bits &+= Int(histogram.distances[symbol]) &* 5 }
        return bits
    }

    /// RFC 1951, section 3.2.6: all 288 and 32 symbols have a code, used or not.
    private static func setFixedLengths(_ literals: HuffmanCode, _ distances: HuffmanCode) {
        for symbol in 0..<288 { literals.lengths[symbol] = UInt8(fixedLength(symbol)) }
        literals.assignCodes(count: 288, limit: 15)
        for symbol in 0..<32 { distances.lengths[symbol] = 5 }
        distances.assignCodes(count: 32, limit: 15)
    }

    // MARK: The header of a dynamic block

    private struct Header {
        var literalCount = 0
        var distanceCount = 0
        var precodeCount = 0
        var runCount = 0
        var bits = 0
    }

    /// RFC 1951, section 3.2.7: makes the run-length form of the codes and the code for it.
    private func makeHeader() -> Header {
        var header = Header(
            literalCount: DeflateAlphabet.literalCount, distanceCount: DeflateAlphabet.distanceCount)
        while header.literalCount > 257 && literalCode.lengths[header.literalCount - 1] == 0 {
            header.literalCount -= 1
        }
        while header.distanceCount > 1 && distanceCode.lengths[header.distanceCount - 1] == 0 {
            header.distanceCount -= 1
        }
        lengths.update(from: literalCode.lengths, count: header.literalCount)
        (lengths + header.literalCount).update(from: distanceCode.lengths, count: header.distanceCount)
        precodeCounts.update(repeating: 0, count: 19)
        header.runCount = makeRuns(header.literalCount + header.distanceCount)
        precode.build(precodeCounts, count: 19, limit: 7)
        header.precodeCount = 19
        while header.precodeCount > 4
            && precode.lengths[DeflateAlphabet.codeLengthOrder[header.precodeCount - 1]] == 0
        {
            header.precodeCount -= 1
        }
        header.bits = 14 + 3 * header.precodeCount
        for symbol in 0..<19 {
            let width = Int(precode.lengths[symbol]) + Self.runExtraBits(symbol)
            header.bits += Int(precodeCounts[symbol]) * width
        }
        return header
    }

    private static func runExtraBits(_ symbol: Int) -> Int {
        switch symbol {
        case 16: 2
        case 17: 3
        case 18: 7
        default: 0
        }
    }

    /// Fills `runs` and counts its symbols; returns how many there are.
    private func makeRuns(_ count: Int) -> Int {
        var made = 0
        func add(_ symbol: Int, _ extra: Int) {
            runs[made] = UInt16(symbol | extra << 8)
            precodeCounts[symbol] &+= 1
            made += 1
        }
        var index = 0
        while index < count {
            let length = lengths[index]
            var run = 1
            while index + run < count && lengths[index + run] == length { run += 1 }
            index += run
            if length == 0 {
                while run >= 11 {
                    add(18, min(run, 138) - 11)
                    run -= min(run, 138)
                }
                if run >= 3 {
                    add(17, run - 3)
                    run = 0
                }
            } else {
                add(Int(length), 0)
                run -= 1
                while run >= 3 {
                    add(16, min(run, 6) - 3)
                    run -= min(run, 6)
                }
            }
            for _ in 0..<run { add(Int(length), 0) }
        }
        return made
    }

    private func write(_ header: Header, to writer: inout BitWriter) {
        writer.write(UInt64(header.literalCount - 257), width: 5)
        writer.write(UInt64(header.distanceCount - 1), width: 5)
        writer.write(UInt64(header.precodeCount - 4), width: 4)
        for symbol in DeflateAlphabet.codeLengthOrder[..<header.precodeCount] {
            writer.write(UInt64(precode.lengths[symbol]), width: 3)
        }
        for index in 0..<header.runCount {
            let symbol = Int(runs[index] & 0xff)
            writer.add(UInt64(precode.codes[symbol]), width: UInt64(precode.lengths[symbol]))
            writer.write(UInt64(runs[index] >> 8), width: UInt64(Self.runExtraBits(symbol)))
        }
    }

    // MARK: Symbols

    private func makeEntries() {
        for literal in 0..<256 {
            literalEntries[literal] =
                UInt32(literalCode.codes[literal]) | UInt32(literalCode.lengths[literal]) << 24
        }
        for (slot, base) in DeflateAlphabet.lengthBase.enumerated() {
            let code = UInt32(literalCode.codes[257 + slot])
            let width = UInt32(literalCode.lengths[257 + slot])
            let extra = UInt32(DeflateAlphabet.lengthExtraBits[slot])
            for offset in 0..<(1 << Int(extra)) where Int(base) + offset <= DeflateAlphabet.longestMatch {
                lengthEntries[Int(base) + offset] = code | UInt32(offset) << width | (width + extra) << 24
            }
        }
        for slot in 0..<DeflateAlphabet.distanceCount {
            distanceEntries[slot] =
                UInt32(distanceCode.codes[slot]) | UInt32(distanceCode.lengths[slot]) << 24
        }
    }

    private func write(
        _ sequences: UnsafeBufferPointer<MatchSequence>, _ input: UnsafeRawBufferPointer,
        _ writer: inout BitWriter
    ) {
        guard var next = input.baseAddress else { return }
        var out = writer
        for sequence in sequences {
            var literals = sequence.literals
            while literals >= 3 {
                add(next.load(as: UInt8.self), &out)
                add(next.load(fromByteOffset: 1, as: UInt8.self), &out)
                add(next.load(fromByteOffset: 2, as: UInt8.self), &out)
                out.flush()
                next += 3
                literals &-= 3
            }
            while literals > 0 {
                add(next.load(as: UInt8.self), &out)
                next += 1
                literals &-= 1
            }
            // Two literals at most are waiting: 7 + 30 bits, then 20 of the length.
            if sequence.length > 0 {
                let entry = lengthEntries[Int(sequence.length)]
                out.add(UInt64(entry & 0xff_ffff), width: UInt64(entry &>> 24))
                out.flush()
                addDistance(sequence.distance, &out)
                next += Int(sequence.length)
            }
            out.flush()
        }
        writer = out
    }

    @inline(__always)
    private func add(_ literal: UInt8, _ out: inout BitWriter) {
        let entry = literalEntries[Int(literal)]
        out.add(UInt64(entry & 0xff_ffff), width: UInt64(entry &>> 24))
    }

    @inline(__always)
    private func addDistance(_ distance: UInt16, _ out: inout BitWriter) {
        let slot = DeflateAlphabet.distanceSlot(UInt32(distance))
        let entry = distanceEntries[slot]
        out.add(UInt64(entry & 0xff_ffff), width: UInt64(entry &>> 24))
        let extra = DeflateAlphabet.distanceExtraBits(slot)
        out.add(UInt64(distance &- 1) & (1 &<< extra &- 1), width: extra)
    }

    // MARK: Stored blocks

    /// Bits of `count` bytes as stored blocks, the first one starting `pending` bits into a byte.
    static func storedBits(_ count: Int, pending: Int) -> Int {
        let blocks = max(1, (count + 0xfffe) / 0xffff)
        let padding = (8 - (pending + 3) % 8) % 8
        // Each block after the first starts on a byte: 3 bits, 5 of padding, 32 of lengths.
        return 3 + padding + 32 + (blocks - 1) * 40 + count * 8
    }

    /// RFC 1951, section 3.2.4: blocks of at most 65,535 bytes; one empty one for no bytes.
    static func writeStored(_ input: UnsafeRawBufferPointer, last: Bool, to writer: inout BitWriter) {
        var start = 0
        repeat {
            let count = min(input.count - start, 0xffff)
            let isLast = last && start + count == input.count
            writer.write(isLast ? 1 : 0, width: 3)
            writer.align()
            writer.write(UInt64(count) | UInt64(~UInt16(count)) << 16, width: 32)
            writer.copy(UnsafeRawBufferPointer(rebasing: input[start..<start + count]))
            start += count
        } while start < input.count
    }
}
