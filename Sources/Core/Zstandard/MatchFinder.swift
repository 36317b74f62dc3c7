/// Finds matches in one job's input, and turns blocks of it into sequences.
///
/// Two tables hold the last position of each eight-byte and of each five-byte hash. Few positions are entered: those
/// that are searched, and some at each match's ends.
final class MatchFinder {
    private static let longBits: UInt64 = 16
    private static let shortBits: UInt64 = 15

    private let long = UnsafeMutablePointer<UInt32>.allocate(capacity: 1 << Int(longBits))
    private let short = UnsafeMutablePointer<UInt32>.allocate(capacity: 1 << Int(shortBits))
    private var input: UnsafeRawPointer
    private var count = 0
    /// The offsets that a decoder repeats, the latest first; 0 where it is not known.
    var repeated: (UInt32, UInt32, UInt32) = (0, 0, 0)

    init() { input = UnsafeRawPointer(long) }

    deinit {
        long.deallocate()
        short.deallocate()
    }

    /// Turns to another input, of which nothing is known.
    func start(_ bytes: UnsafeRawPointer, count newCount: Int) {
        long.initialize(repeating: 0, count: 1 << Int(Self.longBits))
        short.initialize(repeating: 0, count: 1 << Int(Self.shortBits))
        input = bytes
        count = newCount
        repeated = (0, 0, 0)
    }

    @inline(__always)
    private func word(_ position: Int) -> UInt64 {
        UInt64(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    @inline(__always)
    private static func longHash(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &* 0xcf1b_bcdc_b7a5_6463) &>> (64 &- longBits))
    }

    @inline(__always)
    private static func shortHash(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: ((word &<< 24) &* 0x9fb2_1c65_1e98_df25) &>> (64 &- shortBits))
    }

    /// Positions are entered one higher: 0 stands for none.
    @inline(__always)
    private func enter(_ position: Int) {
        let word = word(position)
        let number = UInt32(truncatingIfNeeded: position &+ 1)
        long[Self.longHash(word)] = number
        short[Self.shortHash(word)] = number
    }

    /// Fills `sequences` with those of a block and returns their count, and where the literals after the last begin.
    func parse(
        _ range: Range<Int>, into sequences: UnsafeMutablePointer<Sequence>
    ) -> (count: Int, literals: Int) {
        var next = sequences
        var anchor = range.lowerBound
        var position = anchor
        let searchEnd = min(range.upperBound, count &- 8)
        while position < searchEnd {
            let here = word(position)
            let longSlot = Self.longHash(here)
            let shortSlot = Self.shortHash(here)
            let longCandidate = Int(long[longSlot]) &- 1
            let shortCandidate = Int(short[shortSlot]) &- 1
            let number = UInt32(truncatingIfNeeded: position &+ 1)
            long[longSlot] = number
            short[shortSlot] = number
            var start = position
            var offset = 0
            var length = 0
            let last = Int(repeated.0)
            if last > 0, position &+ 1 < searchEnd, last <= position &+ 1,
                UInt32(truncatingIfNeeded: word(position &+ 1) ^ word(position &+ 1 &- last)) == 0
            {
                start = position &+ 1
                offset = last
                length = extend(start &- last, start, range.upperBound)
            } else if longCandidate >= 0, word(longCandidate) == here {
                offset = position &- longCandidate
                length = extend(longCandidate, position, range.upperBound)
            } else if shortCandidate >= 0,
                UInt32(truncatingIfNeeded: word(shortCandidate) ^ here) == 0
            {
                offset = position &- shortCandidate
                length = extend(shortCandidate, position, range.upperBound)
                // A long match one byte further on is better.
                if position &+ 1 < searchEnd {
                    let ahead = word(position &+ 1)
                    let slot = Self.longHash(ahead)
                    let candidate = Int(long[slot]) &- 1
                    long[slot] = number &+ 1
                    if candidate >= 0, word(candidate) == ahead {
                        let better = extend(candidate, position &+ 1, range.upperBound)
                        if better > length {
                            start = position &+ 1
                            offset = position &+ 1 &- candidate
                            length = better
                        }
                    }
                }
            }
            guard length >= 4 else {
                position &+= 1 &+ (position &- anchor) &>> 8
                continue
            }
            while start > anchor, start &- offset > 0,
                input.load(fromByteOffset: start &- 1, as: UInt8.self)
                    == input.load(fromByteOffset: start &- offset &- 1, as: UInt8.self)
            {
                start &-= 1
                length &+= 1
            }
            next.initialize(to: sequence(start &- anchor, length, offset))
            next += 1
            let end = start &+ length
            anchor = end
            position = end
            if end < searchEnd {
                let middle = start &+ 2
                if middle < end { enter(middle) }
                enter(end &- 2)
                // What comes next often repeats the offset before the last.
                while position < searchEnd, repeated.1 > 0, Int(repeated.1) <= position,
                    UInt32(truncatingIfNeeded: word(position) ^ word(position &- Int(repeated.1))) == 0
                {
                    let again = Int(repeated.1)
                    let length = extend(position &- again, position, range.upperBound)
                    guard length >= 4 else { break }
                    enter(position)
                    next.initialize(to: sequence(0, length, again))
                    next += 1
                    position &+= length
                    anchor = position
                }
            }
        }
        return (next - sequences, anchor)
    }

    /// The sequence, its offset as a repeated one if it is.
    @inline(__always)
    private func sequence(_ literals: Int, _ length: Int, _ offset: Int) -> Sequence {
        Sequence(
            literals: UInt32(truncatingIfNeeded: literals), length: UInt32(truncatingIfNeeded: length),
            offset: value(UInt32(truncatingIfNeeded: offset), afterLiterals: literals > 0))
    }

    /// RFC 8878, section 3.1.1.5.
    @inline(__always)
    private func value(_ offset: UInt32, afterLiterals: Bool) -> UInt32 {
        let (first, second, third) = repeated
        if afterLiterals {
            if offset == first { return 1 }
            if offset == second {
                repeated = (second, first, third)
                return 2
            }
            if offset == third {
                repeated = (third, first, second)
                return 3
            }
        } else {
            if offset == second {
                repeated = (second, first, third)
                return 1
            }
            if offset == third {
                repeated = (third, first, second)
                return 2
            }
            if first > 1, offset == first &- 1 {
                repeated = (offset, first, second)
                return 3
            }
        }
        repeated = (offset, first, second)
        return offset &+ 3
    }

    /// How many bytes at the two positions are equal, before `end`.
    @inline(__always)
    private func extend(_ earlier: Int, _ later: Int, _ end: Int) -> Int {
        var length = 0
        let room = end &- later
        while length &+ 8 <= room {
            let difference = word(earlier &+ length) ^ word(later &+ length)
            if difference != 0 { return length &+ difference.trailingZeroBitCount &>> 3 }
            length &+= 8
        }
        while length < room
            && input.load(fromByteOffset: earlier &+ length, as: UInt8.self)
                == input.load(fromByteOffset: later &+ length, as: UInt8.self)
        { length &+= 1 }
        return length
    }
}
