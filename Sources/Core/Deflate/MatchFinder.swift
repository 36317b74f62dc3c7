/// Earlier occurrences of the bytes at a position, found through hash tables.
///
/// `heads3` holds the last position of each three-byte hash, `heads4` that of each
/// four-byte hash, and `deltas` how far back the one before lies, so that all
/// positions of one four-byte hash within the window form a chain.
///
/// Positions are numbered on from one input to the next. What an earlier input left
/// behind lies below `origin` and counts as absent: no table has to be cleared, and
/// nothing of it reaches the output.
struct MatchFinder {
    let heads3: UnsafeMutablePointer<UInt32>
    let heads4: UnsafeMutablePointer<UInt32>
    let deltas: UnsafeMutablePointer<UInt16>
    /// The input, and how many bytes it has.
    var input: UnsafeRawPointer
    var count = 0
    /// The number of the input's first position.
    private(set) var origin = 1

    private static let bits3: UInt32 = 15
    private static let bits4: UInt32 = 16
    private static let mask = DeflateAlphabet.windowSize - 1
    /// Past this, numbers would leave 32 bits: the tables are cleared and it starts over.
    private static let lastOrigin = 1 << 30

    init() {
        heads3 = .allocate(capacity: 1 << Int(Self.bits3))
        heads4 = .allocate(capacity: 1 << Int(Self.bits4))
        deltas = .allocate(capacity: DeflateAlphabet.windowSize)
        deltas.initialize(repeating: 0, count: DeflateAlphabet.windowSize)
        input = UnsafeRawPointer(deltas)
        clear()
    }

    func deallocate() {
        heads3.deallocate()
        heads4.deallocate()
        deltas.deallocate()
    }

    private func clear() {
        heads3.initialize(repeating: 0, count: 1 << Int(Self.bits3))
        heads4.initialize(repeating: 0, count: 1 << Int(Self.bits4))
    }

    /// Turns to another input, of at most 2^30 bytes.
    mutating func start(_ bytes: UnsafeRawPointer, count newCount: Int) {
        origin += count
        if origin > Self.lastOrigin {
            origin = 1
            clear()
        }
        input = bytes
        count = newCount
    }

    @inline(__always)
    private func word(_ position: Int) -> UInt32 {
        UInt32(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    }

    @inline(__always)
    private static func hash3(_ word: UInt32) -> Int {
        Int(((word &<< 8) &* 0x9e37_79b1) &>> (32 &- bits3))
    }

    @inline(__always)
    private static func hash4(_ word: UInt32) -> Int {
        Int((word &* 0x9e37_79b1) &>> (32 &- bits4))
    }

    /// Enters `position`, which has at least four bytes after it, and returns the last
    /// positions with the same hashes; negative ones don't exist.
    @inline(__always)
    private func enter(_ position: Int, _ word: UInt32) -> (three: Int, four: Int) {
        let number = UInt32(truncatingIfNeeded: origin &+ position)
        let slot3 = Self.hash3(word)
        let slot4 = Self.hash4(word)
        let three = heads3[slot3]
        let four = heads4[slot4]
        heads3[slot3] = number
        heads4[slot4] = number
        deltas[position & Self.mask] = UInt16(truncatingIfNeeded: min(number &- four, 0xffff))
        return (Int(three) &- origin, Int(four) &- origin)
    }

    /// Enters the positions from `start` up to `end`.
    @inline(__always)
    func enter(from start: Int, to end: Int) {
        let last = min(end, count &- 3)
        var position = start
        while position < last {
            _ = enter(position, word(position))
            position &+= 1
        }
    }

    struct Match {
        /// 0 if there is none.
        var length = 0
        var distance = 0
    }

    /// Enters `position` and returns the longest match there that is longer than
    /// `shortest`, trying at most `depth` earlier positions.
    @inline(__always)
    func longest(at position: Int, longerThan shortest: Int, depth: Int, enough: Int) -> Match {
        let most = min(count &- position, DeflateAlphabet.longestMatch)
        var match = Match(length: shortest, distance: 0)
        guard most > 4 else { return Match() }
        let here = word(position)
        let (three, four) = enter(position, here)
        let oldest = max(0, position &- DeflateAlphabet.windowSize)
        if shortest < 3 {
            if three >= oldest && (word(three) ^ here) & 0xff_ffff == 0 {
                match = Match(length: 3, distance: position &- three)
            } else {
                match.length = 3
            }
        }
        if most <= match.length { return match.distance > 0 ? match : Match() }
        var candidate = four
        var left = depth
        var tail = word(position &+ match.length &- 3)
        while candidate >= oldest && left > 0 {
            if word(candidate &+ match.length &- 3) == tail && word(candidate) == here {
                let length = extend(candidate, position, most)
                if length > match.length {
                    match = Match(length: length, distance: position &- candidate)
                    if length >= enough || length == most { break }
                    tail = word(position &+ length &- 3)
                }
            }
            candidate &-= Int(deltas[candidate & Self.mask])
            left &-= 1
        }
        return match.distance > 0 ? match : Match()
    }

    /// How many bytes at the two positions are equal, at least four, at most `most`.
    @inline(__always)
    private func extend(_ earlier: Int, _ later: Int, _ most: Int) -> Int {
        var length = 4
        while length &+ 8 <= most {
            let a = UInt64(
                littleEndian: input.loadUnaligned(fromByteOffset: earlier &+ length, as: UInt64.self))
            let b = UInt64(
                littleEndian: input.loadUnaligned(fromByteOffset: later &+ length, as: UInt64.self))
            if a != b { return length &+ (a ^ b).trailingZeroBitCount &>> 3 }
            length &+= 8
        }
        while length < most
            && input.load(fromByteOffset: earlier &+ length, as: UInt8.self)
                == input.load(fromByteOffset: later &+ length, as: UInt8.self)
        { length &+= 1 }
        return length
    }
}
