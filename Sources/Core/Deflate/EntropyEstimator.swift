/// Estimates of what a block will take, without making its codes.
///
/// Integers throughout: a floating-point logarithm differs from one C library to the next.
struct EntropyEstimator {
    /// Logarithms of 2048 to 4095 to the base 2, less 11, in units of 2^-12.
    private let table: UnsafeMutablePointer<UInt16>
    private static let precision: UInt64 = 12

    init() {
        table = .allocate(capacity: 2048)
        for index in 0..<2048 {
            // Squaring doubles the logarithm; each carry past 2 is its next bit.
            var value = UInt64(index + 2048) << 20
            var bits: UInt16 = 0
            for _ in 0..<12 {
                value = (value * value) >> 31
                bits <<= 1
                if value >> 32 & 1 == 1 {
                    bits |= 1
                    value >>= 1
                }
            }
            table[index] = bits
        }
    }

    func deallocate() { table.deallocate() }

    /// n · log2 n, in units of 2^-12 bits.
    @inline(__always)
    private func weighted(_ count: UInt64) -> UInt64 {
        if count == 0 { return 0 }
        let log = 63 &- UInt64(truncatingIfNeeded: count.leadingZeroBitCount)
        let mantissa = log > 11 ? count &>> (log &- 11) : count &<< (11 &- log)
        return count &* (log &<< Self.precision | UInt64(table[Int(mantissa & 2047)]))
    }

    /// Sums of n · log2 n over a histogram's counts, in units of 2^-12 bits.
    struct Sums {
        var literals: UInt64 = 0
        var distances: UInt64 = 0
    }

    /// The bits that an ideal code takes for the symbols of `left`, whose sums are known, and of `right`, coded in two
    /// blocks and in one; and the sums of `right` and of both.
    func bits(
        _ left: Histogram, _ leftSums: Sums, _ right: Histogram
    ) -> (apart: UInt64, together: UInt64, right: Sums, both: Sums) {
        let literals = cost(left, leftSums.literals, right, 0..<Histogram.distanceStart)
        let distances = cost(left, leftSums.distances, right, Histogram.distanceStart..<Histogram.size)
        return (
            (literals.apart &+ distances.apart) >> Self.precision,
            (literals.together &+ distances.together) >> Self.precision,
            Sums(literals: literals.right, distances: distances.right),
            Sums(literals: literals.both, distances: distances.both)
        )
    }

    private func cost(
        _ left: Histogram, _ leftSum: UInt64, _ right: Histogram, _ range: Range<Int>
    ) -> (apart: UInt64, together: UInt64, right: UInt64, both: UInt64) {
        var (leftTotal, rightTotal): (UInt64, UInt64) = (0, 0)
        var (rightSum, sum): (UInt64, UInt64) = (0, 0)
        for symbol in range {
            let (a, b) = (UInt64(left.counts[symbol]), UInt64(right.counts[symbol]))
            leftTotal &+= a
            rightTotal &+= b
            rightSum &+= weighted(b)
            sum &+= weighted(a &+ b)
        }
        let apart = weighted(leftTotal) &- leftSum &+ weighted(rightTotal) &- rightSum
        return (apart, weighted(leftTotal &+ rightTotal) &- sum, rightSum, sum)
    }
}
