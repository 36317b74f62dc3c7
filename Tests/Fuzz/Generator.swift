/// SplitMix64: small, and the same everywhere.
struct Generator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The numbers for input `number` of the format called `name`: no input depends on the one before.
    init(seed: UInt64, name: String, number: UInt64) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var start = Generator(seed: seed ^ hash)
        self.init(seed: start.next() ^ number &* 0xD6E8_FEB8_6659_FD93)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// A number below `bound`, which is above 0.
    mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True once in `bound` times.
    mutating func once(in bound: Int) -> Bool { next(below: bound) == 0 }

    /// A length up to `most`, short ones as likely as long ones.
    mutating func length(upTo most: Int) -> Int {
        let octave = next(below: Int.bitWidth - most.leadingZeroBitCount)
        return min(most, (1 << octave) + next(below: 1 << octave))
    }
}
