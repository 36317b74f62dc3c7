/// Earlier occurrences of the bytes at a position.
///
/// A bucket holds the last four positions whose four bytes have the same hash, 16 bits each, the latest in the low
/// ones: a position is entered by a shift, and all candidates are at hand without following a chain, so that their
/// comparisons overlap. `threes` holds the last position of each three-byte hash.
///
/// Positions are kept modulo 2^16, twice the window. One that is too far away looks like a nearer one, which is then
/// compared like any other: a match depends on the input alone.
struct MatchFinder {
    let buckets: UnsafeMutablePointer<UInt64>
    let threes: UnsafeMutablePointer<UInt16>
    /// The input, and its size in bytes.
    var input: UnsafeRawPointer
    var count = 0

    private static let bucketBits: UInt64 = 14
    private static let threeBits: UInt32 = 13
    /// A match of three bytes from further away costs more than three literals.
    private static let farthestThree: UInt16 = 4096

    init() {
        buckets = .allocate(capacity: 1 << Int(Self.bucketBits))
        threes = .allocate(capacity: 1 << Int(Self.threeBits))
        input = UnsafeRawPointer(buckets)
    }

    func deallocate() {
        buckets.deallocate()
        threes.deallocate()
    }

    /// Turns to another input, of which nothing is known yet.
    mutating func start(_ bytes: UnsafeRawPointer, count newCount: Int) {
        buckets.initialize(repeating: 0, count: 1 << Int(Self.bucketBits))
        threes.initialize(repeating: 0, count: 1 << Int(Self.threeBits))
        input = bytes
        count = newCount
    }

    /// Positions from here on have no match: eight bytes are loaded at once.
    var searchEnd: Int { max(0, count &- 7) }

    /// The eight bytes at `position`, the first in the low bits.
    @inline(__always)
    private func word(_ position: Int) -> UInt64 {
        UInt64(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    @inline(__always)
    private static func bucket(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: ((word &<< 32) &* 0x9e37_79b1_85eb_ca87) &>> (64 &- bucketBits))
    }

    @inline(__always)
    private static func three(_ word: UInt64) -> Int {
        Int(
            truncatingIfNeeded: (UInt32(truncatingIfNeeded: word &<< 8) &* 0x9e37_79b1) &>> (32 &- threeBits))
    }

    /// Enters the positions from `start` up to `end`.
    @inline(__always)
    func enter(from start: Int, to end: Int) {
        let last = min(end, searchEnd)
        var position = start
        while position < last {
            let here = word(position)
            let number = UInt16(truncatingIfNeeded: position)
            let slot = Self.bucket(here)
            buckets[slot] = buckets[slot] &<< 16 | UInt64(number)
            threes[Self.three(here)] = number
            position &+= 1
        }
    }

    struct Match {
        /// 0 if there is none.
        var length = 0
        var distance = 0
    }

    /// Enters `position`, which lies before `searchEnd`, and returns the longest match there that is longer than
    /// `shortest`, the nearest of equal ones.
    @inline(__always)
    func longest(at position: Int, longerThan shortest: Int) -> Match {
        let here = word(position)
        let number = UInt16(truncatingIfNeeded: position)
        let slot = Self.bucket(here)
        let bucket = buckets[slot]
        buckets[slot] = bucket &<< 16 | UInt64(number)
        let three = Self.three(here)
        let lastThree = threes[three]
        threes[three] = number

        var search = Search(
            position: position, here: here, most: min(count &- position, DeflateAlphabet.longestMatch),
            farthest: UInt16(truncatingIfNeeded: min(position, DeflateAlphabet.windowSize)),
            match: Match(length: shortest, distance: 0))
        consider(number &- UInt16(truncatingIfNeeded: bucket), &search)
        consider(number &- UInt16(truncatingIfNeeded: bucket &>> 16), &search)
        consider(number &- UInt16(truncatingIfNeeded: bucket &>> 32), &search)
        consider(number &- UInt16(truncatingIfNeeded: bucket &>> 48), &search)
        if search.match.distance > 0 { return search.match }
        return shortest < 3 ? threeBytes(number &- lastThree, search) : Match()
    }

    private struct Search {
        let position: Int
        /// The bytes at the position.
        let here: UInt64
        /// The longest match that the input and the format have room for.
        let most: Int
        /// The largest distance.
        let farthest: UInt16
        var match: Match
    }

    /// Takes the match at `distance`, which may be anything, if it is longer.
    @inline(__always)
    private func consider(_ distance: UInt16, _ search: inout Search) {
        let candidate = max(0, search.position &- Int(distance))
        let difference = word(candidate) ^ search.here
        guard UInt32(truncatingIfNeeded: difference) == 0, distance &- 1 < search.farthest else { return }
        let length =
            difference == 0
            ? extend(candidate, search.position, search.most) : difference.trailingZeroBitCount &>> 3
        guard length > search.match.length else { return }
        search.match = Match(length: length, distance: Int(distance))
    }

    @inline(__always)
    private func threeBytes(_ distance: UInt16, _ search: Search) -> Match {
        let candidate = max(0, search.position &- Int(distance))
        let isEqual = (word(candidate) ^ search.here) & 0xff_ffff == 0
        return isEqual && distance &- 1 < min(search.farthest, Self.farthestThree)
            ? Match(length: 3, distance: Int(distance)) : Match()
    }

    /// How many bytes at the two positions are equal: at least eight, at most `most`.
    @inline(__always)
    private func extend(_ earlier: Int, _ later: Int, _ most: Int) -> Int {
        var length = 8
        while length &+ 8 <= most {
            let difference = word(earlier &+ length) ^ word(later &+ length)
            if difference != 0 { return length &+ difference.trailingZeroBitCount &>> 3 }
            length &+= 8
        }
        while length < most
            && input.load(fromByteOffset: earlier &+ length, as: UInt8.self)
                == input.load(fromByteOffset: later &+ length, as: UInt8.self)
        { length &+= 1 }
        return length
    }
}
