/// Turns the input into sequences, looking one byte ahead for a better match before it takes a short one.
struct LazyParser {
    /// A match this long is taken without a further look.
    static let enough = 32
    /// After each 2^9 bytes without a match one byte more is skipped between two looks, up to 16: what is compressed or
    /// encrypted already holds none.
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

    /// Appends sequences at `sequences`, about `symbols` symbols of them, and returns their count.
    mutating func parse(into sequences: UnsafeMutablePointer<MatchSequence>, symbols: Int) -> Int {
        let finder = finder
        let searchEnd = finder.searchEnd
        var position = position
        var lastMatchEnd = lastMatchEnd
        var next = sequences
        var literals: UInt32 = 0
        var left = symbols
        while left > 0 && position < finder.count {
            var match =
                position < searchEnd
                ? finder.longest(at: position, longerThan: 2) : MatchFinder.Match()
            if match.length == 0 {
                let barren = position &- lastMatchEnd
                let step = min(1 &+ barren &>> Self.patience, Self.longestStep, finder.count &- position)
                countLiterals(position, step)
                position &+= step
                literals &+= UInt32(truncatingIfNeeded: step)
                left &-= step
                continue
            }
            var entered = position &+ 1
            while match.length < Self.enough && position &+ 1 < searchEnd {
                let better = finder.longest(at: position &+ 1, longerThan: match.length &- 1)
                entered &+= 1
                guard better.length > 0, Self.gain(better, over: match) > 2 else { break }
                countLiterals(position, 1)
                position &+= 1
                literals &+= 1
                left &-= 1
                match = better
            }
            count(match)
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

    @inline(__always)
    private func countLiterals(_ position: Int, _ count: Int) {
        for index in position..<position &+ count {
            histogram.counts[Int(finder.input.load(fromByteOffset: index, as: UInt8.self))] &+= 1
        }
    }

    @inline(__always)
    private func count(_ match: MatchFinder.Match) {
        histogram.counts[257 &+ Int(lengthSlots[match.length])] &+= 1
        let distance = DeflateAlphabet.distanceSlot(UInt32(truncatingIfNeeded: match.distance))
        histogram.counts[Histogram.distanceStart &+ distance] &+= 1
    }

    /// What `better`, one byte further on, saves in quarters of a byte: its length, less the bits by which its distance
    /// is the longer one.
    @inline(__always)
    private static func gain(_ better: MatchFinder.Match, over match: MatchFinder.Match) -> Int {
        4 &* (better.length &- match.length)
            &+ (better.distance.leadingZeroBitCount &- match.distance.leadingZeroBitCount)
    }
}
