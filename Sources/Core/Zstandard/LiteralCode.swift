internal import Bytes
internal import Deflate

/// A Huffman code for literals, with no code longer than eleven bits (RFC 8878, section 4.2).
struct LiteralCode {
    static let longest = 11

    /// Bits of each byte's code, 0 for bytes without one.
    private(set) var widths = [UInt8](repeating: 0, count: 256)
    /// The code in the low bits, its width from bit 16 on.
    private(set) var entries = [UInt32](repeating: 0, count: 256)
    private var longestUsed = 0
    private var last = 0

    /// A code for bytes that occur so often: two or more of them do.
    init(_ counts: [UInt32], lengths: HuffmanCode) {
        counts.withUnsafeBufferPointer { counts in
            if let start = counts.baseAddress { lengths.build(start, count: 256, limit: Self.longest) }
        }
        for symbol in 0..<256 where counts[symbol] > 0 {
            widths[symbol] = lengths.lengths[symbol]
            longestUsed = max(longestUsed, Int(widths[symbol]))
            last = symbol
        }
        assign()
    }

    /// The longest codes come first, and codes of one width in the order of their bytes (section 4.2.1).
    private mutating func assign() {
        var next: UInt32 = 0
        for width in stride(from: longestUsed, to: 0, by: -1) {
            for symbol in 0...last where Int(widths[symbol]) == width {
                entries[symbol] = next | UInt32(width) << 16
                next += 1
            }
            next >>= 1
        }
    }

    /// Bits that bytes take which occur so often.
    func bits(_ counts: [UInt32]) -> Int {
        var bits = 0
        for symbol in 0..<256 { bits += Int(counts[symbol]) * Int(widths[symbol]) }
        return bits
    }

    /// True if every byte that occurs has a code.
    func covers(_ counts: [UInt32]) -> Bool {
        for symbol in 0..<256 where counts[symbol] > 0 && widths[symbol] == 0 { return false }
        return true
    }

    /// The description of the code (section 4.2.1); nil if it cannot be described.
    func description() -> [UInt8]? {
        let weights = (0..<last).map { widths[$0] == 0 ? 0 : UInt8(longestUsed + 1) - widths[$0] }
        let packed = Self.packed(weights)
        let direct = weights.count <= 128 ? 1 + (weights.count + 1) / 2 : .max
        if let packed, packed.count + 1 < direct { return [UInt8(packed.count)] + packed }
        guard weights.count <= 128 else { return nil }
        let pairs = stride(from: 0, to: weights.count, by: 2).map {
            weights[$0] << 4 | ($0 + 1 < weights.count ? weights[$0 + 1] : 0)
        }
        return [UInt8(127 + weights.count)] + pairs
    }

    /// The weights in a finite state code with two states in turn (section 4.2.1.2); nil if that does not work.
    private static func packed(_ weights: [UInt8]) -> [UInt8]? {
        guard weights.count > 1 else { return nil }
        var counts = [UInt32](repeating: 0, count: longest + 2)
        for weight in weights { counts[Int(weight)] += 1 }
        guard counts.max() != UInt32(weights.count), counts.max() ?? 0 > 1,
            let code = FiniteStateCode.fitted(counts, total: weights.count, maximumLog: 6)
        else { return nil }
        let stream = [UInt8](unsafeUninitializedCapacity: 2 * weights.count + 64) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var writer = BitWriter(at: start)
            code.withTables { encoder in
                // The decoder's first state makes the weights with even numbers.
                let tail = weights.count - 1
                var (even, odd): (FiniteStateCode.Encoder, FiniteStateCode.Encoder)
                if tail % 2 == 0 {
                    even = encoder(weights[tail])
                    odd = encoder(weights[tail - 1])
                } else {
                    odd = encoder(weights[tail])
                    even = encoder(weights[tail - 1])
                }
                for index in stride(from: tail - 2, through: 0, by: -1) {
                    if index % 2 == 0 {
                        even.add(weights[index], to: &writer)
                    } else {
                        odd.add(weights[index], to: &writer)
                    }
                    writer.flush()
                }
                odd.finish(&writer)
                even.finish(&writer)
            }
            writer.close()
            count = writer.end - UnsafeMutableRawPointer(start)
        }
        let all = code.description() + stream
        return all.count < 128 ? all : nil
    }

    /// Writes the codes of `bytes`, the last one first.
    func write(_ bytes: UnsafeBufferPointer<UInt8>, to start: UnsafeMutableRawPointer)
        -> UnsafeMutableRawPointer
    {
        var writer = BitWriter(at: start)
        entries.withUnsafeBufferPointer { entries in
            guard let entries = entries.baseAddress else { return }
            var index = bytes.count
            while index >= 4 {
                index &-= 4
                Self.add(entries[Int(bytes[index &+ 3])], &writer)
                Self.add(entries[Int(bytes[index &+ 2])], &writer)
                Self.add(entries[Int(bytes[index &+ 1])], &writer)
                Self.add(entries[Int(bytes[index])], &writer)
                writer.flush()
            }
            while index > 0 {
                index &-= 1
                Self.add(entries[Int(bytes[index])], &writer)
            }
        }
        writer.flush()
        writer.close()
        return writer.end
    }

    @inline(__always)
    private static func add(_ entry: UInt32, _ writer: inout BitWriter) {
        writer.add(UInt64(entry & 0xffff), width: UInt64(entry &>> 16))
    }
}
