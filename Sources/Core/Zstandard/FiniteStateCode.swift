internal import Bytes

/// A finite state entropy code (RFC 8878, section 4.1).
struct FiniteStateCode {
    /// The share of each symbol in 2^log states; -1 stands for less than one.
    let shares: [Int16]
    let log: Int
    private let states: [UInt16]
    private let transforms: [Transform]

    fileprivate struct Transform {
        var bits: Int32 = 0
        var state: Int32 = 0
    }

    init(_ shares: [Int16], log: Int) {
        self.shares = shares
        self.log = log
        let size = 1 << log
        let symbols = Self.spread(shares, size: size)
        var starts = [Int](repeating: 0, count: shares.count + 1)
        for (symbol, share) in shares.enumerated() { starts[symbol + 1] = starts[symbol] + Int(abs(share)) }
        var next = starts
        var states = [UInt16](repeating: 0, count: size)
        for (index, symbol) in symbols.enumerated() {
            states[next[Int(symbol)]] = UInt16(size + index)
            next[Int(symbol)] += 1
        }
        self.states = states
        transforms = shares.enumerated().map { symbol, share in
            let count = Int(abs(share))
            if count == 0 { return Transform(bits: Int32(log + 1) << 16 - Int32(size), state: 0) }
            if count == 1 {
                return Transform(bits: Int32(log << 16 - size), state: Int32(starts[symbol] - 1))
            }
            let most = log - (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
            return Transform(bits: Int32(most << 16 - count << most), state: Int32(starts[symbol] - count))
        }
    }

    /// The symbol of each state (RFC 8878, section 4.1.1).
    private static func spread(_ shares: [Int16], size: Int) -> [UInt8] {
        var symbols = [UInt8](repeating: 0, count: size)
        var high = size
        for (symbol, share) in shares.enumerated() where share < 0 {
            high -= 1
            symbols[high] = UInt8(symbol)
        }
        var position = 0
        for (symbol, share) in shares.enumerated() where share > 0 {
            for _ in 0..<share {
                symbols[position] = UInt8(symbol)
                repeat {
                    position = (position + size >> 1 + size >> 3 + 3) & (size - 1)
                } while position >= high
            }
        }
        return symbols
    }

    /// Encoding, from the last symbol to the first.
    struct Encoder {
        private let states: UnsafePointer<UInt16>
        private let transforms: UnsafePointer<Transform>
        private let log: Int
        private var state: UInt32

        fileprivate init(
            _ states: UnsafePointer<UInt16>, _ transforms: UnsafePointer<Transform>, log: Int, last: UInt8
        ) {
            self.states = states
            self.transforms = transforms
            self.log = log
            let transform = transforms[Int(last)]
            let bits = (transform.bits &+ (1 << 15)) >> 16
            let value = (bits << 16) &- transform.bits
            state = UInt32(states[Int(value >> bits) + Int(transform.state)])
        }

        @inline(__always)
        mutating func add(_ symbol: UInt8, to writer: inout BitWriter) {
            let transform = transforms[Int(symbol)]
            let bits = UInt32(bitPattern: (Int32(bitPattern: state) &+ transform.bits) &>> 16)
            writer.addLow(UInt64(state), width: UInt64(bits))
            state = UInt32(states[Int(state &>> bits) &+ Int(transform.state)])
        }

        func finish(_ writer: inout BitWriter) { writer.addLow(UInt64(state), width: UInt64(log)) }
    }

    /// Lets `body` encode; `last` is the last symbol.
    func withTables<T>(_ body: (_ start: (UInt8) -> Encoder) -> T) -> T {
        states.withUnsafeBufferPointer { states in
            transforms.withUnsafeBufferPointer { transforms in
                guard let states = states.baseAddress, let transforms = transforms.baseAddress else {
                    // Proof: a code has at least one state and one symbol.
                    preconditionFailure("a code has states")
                }
                return body { Encoder(states, transforms, log: log, last: $0) }
            }
        }
    }

    /// The description of the code before its use (RFC 8878, section 4.1.1).
    func description() -> [UInt8] {
        let result = [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var writer = BitWriter(at: start)
            describe(&writer)
            count = writer.end - UnsafeMutableRawPointer(start)
        }
        return result
    }

    private func describe(_ writer: inout BitWriter) {
        writer.add(UInt64(log - 5), width: 4)
        var remaining = 1 << log + 1
        var threshold = 1 << log
        var width = log + 1
        var symbol = 0
        var followsZero = false
        while remaining > 1 {
            if followsZero {
                let start = symbol
                while shares[symbol] == 0 { symbol += 1 }
                var run = symbol - start
                while run >= 3 {
                    writer.add(3, width: 2)
                    writer.flush()
                    run -= 3
                }
                writer.add(UInt64(run), width: 2)
            }
            var value = Int(shares[symbol])
            symbol += 1
            let most = 2 * threshold - 1 - remaining
            remaining -= abs(value)
            value += 1
            followsZero = value == 1
            if value >= threshold { value += most }
            writer.addLow(UInt64(value), width: UInt64(value < most ? width - 1 : width))
            writer.flush()
            while remaining < threshold {
                width -= 1
                threshold >>= 1
            }
        }
        writer.align()
    }

    /// A code for symbols that occur so often; nil unless two or more do.
    static func fitted(_ counts: [UInt32], total: Int, maximumLog: Int) -> FiniteStateCode? {
        let used = counts.count { $0 > 0 }
        guard used > 1, let last = counts.lastIndex(where: { $0 > 0 }) else { return nil }
        // As many states as the symbols are worth, and enough for each.
        let room = Int.bitWidth - 1 - (total - 1).leadingZeroBitCount - 2
        let need = Int.bitWidth - used.leadingZeroBitCount + 1
        let log = max(5, min(maximumLog, max(room, need)))
        let size = 1 << log
        var shares = [Int16](repeating: 0, count: last + 1)
        var left = size
        var (largest, most) = (0, UInt32(0))
        for symbol in 0...last where counts[symbol] > 0 {
            let scaled = (UInt64(counts[symbol]) << UInt64(log) * 2 / UInt64(total) + 1) / 2
            let share = max(1, Int(scaled))
            shares[symbol] = Int16(share)
            left -= share
            if counts[symbol] > most { (largest, most) = (symbol, counts[symbol]) }
        }
        if Int(shares[largest]) + left >= 1 + Int(shares[largest]) / 2 {
            shares[largest] += Int16(left)
        } else {
            // Too many rare symbols were rounded up: the frequent ones pay, the most frequent first.
            while left < 0 {
                guard let index = shares.indices.max(by: { shares[$0] < shares[$1] }), shares[index] > 1
                else {
                    return nil
                }
                let cut = max(1, min(-left, Int(shares[index]) / 4))
                shares[index] -= Int16(cut)
                left += cut
            }
        }
        return FiniteStateCode(shares, log: log)
    }

    /// A code whose one symbol takes no bits.
    static func single(_ symbol: Int) -> FiniteStateCode {
        var shares = [Int16](repeating: 0, count: symbol + 1)
        shares[symbol] = 1
        return FiniteStateCode(shares, log: 0)
    }

    /// What `counts` take in this code, in 1/256 of a bit; nil if it has no place for one of them.
    func cost(_ counts: [UInt32]) -> Int? {
        var bits = 0
        for (symbol, count) in counts.enumerated() where count > 0 {
            guard symbol < shares.count, shares[symbol] != 0 else { return nil }
            bits += Int(count) * ((log << 8) - Logarithm.of(UInt32(abs(shares[symbol]))))
        }
        return bits
    }
}

/// Logarithms to the base 2 in 1/256, from integers alone: those of C libraries differ.
enum Logarithm {
    static func of(_ value: UInt32) -> Int {
        guard value > 1 else { return 0 }
        let whole = 31 - value.leadingZeroBitCount
        var mantissa = UInt64(value) << UInt64(31 - whole)
        var fraction = 0
        for _ in 0..<8 {
            mantissa = mantissa * mantissa >> 31
            fraction <<= 1
            if mantissa >> 32 & 1 == 1 {
                fraction |= 1
                mantissa >>= 1
            }
        }
        return whole << 8 | fraction
    }
}

extension BitWriter {
    /// Adds the low `width` bits of `value`, whatever its others are.
    @inline(__always)
    mutating func addLow(_ value: UInt64, width: UInt64) { add(value & (1 &<< width &- 1), width: width) }

    /// Ends the stream with a bit by which a decoder, which reads it from its end, finds that (RFC 8878, section 4.1).
    mutating func close() {
        add(1, width: 1)
        align()
    }
}
