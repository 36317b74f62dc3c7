/// Turns the input into sequences, looking one and two bytes ahead for a better match
/// before it takes one.
struct LazyParser {
    /// Earlier positions to try, for a match and for a better one.
    static let depth = 40
    /// A match this long is taken without a further look.
    static let enough = 80
    /// Three bytes further away than this cost more than as literals.
    static let farthestThree = 4096
    /// After each 2^9 bytes without a match one byte more is skipped between
    /// two looks, up to 16: what is compressed or encrypted already holds none.
    static let patience = 9
    static let longestStep = 16

    let finder: MatchFinder
    /// How often each symbol occurs in the chunk.
    let histogram: Histogram
    let lengthSlots: UnsafePointer<UInt8>
    private(set) var position = 0
    private var lastMatchEnd = 0

    init(finder: MatchFinder, histogram: Histogram, lengthSlots: UnsafePointer<UInt8>) {
        self.finder = finder
        self.histogram = histogram
        self.lengthSlots = lengthSlots
    }

    var isAtEnd: Bool { position == finder.count }

    /// Appends sequences at `sequences`, about `symbols` symbols of them, and returns how many they are.
    mutating func parse(into sequences: UnsafeMutablePointer<MatchSequence>, symbols: Int) -> Int {
        let finder = finder
        let counts = histogram.counts
        let input = finder.input
        let end = finder.count
        var position = position
        var lastMatchEnd = lastMatchEnd
        var next = sequences
        var literals: UInt32 = 0
        var left = symbols
        while left > 0 && position < end {
            var match = finder.longest(at: position, longerThan: 2, depth: Self.depth, enough: Self.enough)
            if match.length < 4 && (match.length < 3 || match.distance > Self.farthestThree) {
                let barren = position &- lastMatchEnd
                let step = min(1 &+ barren &>> Self.patience, Self.longestStep, end &- position)
                for _ in 0..<step {
                    counts[Int(input.load(fromByteOffset: position, as: UInt8.self))] &+= 1
                    position &+= 1
                }
                literals &+= UInt32(truncatingIfNeeded: step)
                left &-= step
                continue
            }
            var entered = position &+ 1
            while match.length < Self.enough && position &+ match.length < end {
                let better = finder.longest(
                    at: position &+ 1, longerThan: match.length &- 1, depth: Self.depth / 2,
                    enough: Self.enough)
                entered &+= 1
                guard better.length > 0, Self.gain(better, over: match) > 2 else { break }
                counts[Int(input.load(fromByteOffset: position, as: UInt8.self))] &+= 1
                position &+= 1
                literals &+= 1
                left &-= 1
                match = better
            }
            counts[257 &+ Int(lengthSlots[match.length])] &+= 1
            counts[
                Histogram.distanceStart
                    &+ DeflateAlphabet.distanceSlot(UInt32(truncatingIfNeeded: match.distance))] &+= 1
            next.initialize(
                to: MatchSequence(
                    literals: literals, length: UInt16(truncatingIfNeeded: match.length),
                    distance: UInt16(truncatingIfNeeded: match.distance)))
            next += 1
            literals = 0
            left &-= 1
            position &+= match.length
            lastMatchEnd = position
            finder.enter(from: entered, to: position)
        }
        if literals > 0 {
            next.initialize(to: MatchSequence(literals: literals, length: 0, distance: 0))
            next += 1
        }
        self.position = position
        self.lastMatchEnd = lastMatchEnd
        return next - sequences
    }

    /// What `better`, one byte further on, saves in quarters of a byte: its length,
    /// less the bits by which its distance is the longer one.
    @inline(__always)
    private static func gain(_ better: MatchFinder.Match, over match: MatchFinder.Match) -> Int {
        4 &* (better.length &- match.length)
            &+ (better.distance.leadingZeroBitCount &- match.distance.leadingZeroBitCount)
    }
}
