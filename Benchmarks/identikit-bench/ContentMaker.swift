import Bytes

/// SplitMix64: small, and the same everywhere.
struct Generator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// A number below `bound`.
    mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// A kind of file contents; the shares are those of a root file system.
enum ContentKind {
    /// Lines of words, some of them repeated.
    case text
    /// Fixed-size records of few shapes with varying operands, like machine code and tables.
    case binary
    /// Already compressed data.
    case noise

    /// By bytes, some 45 % are text, 40 % binary and 15 % noise.
    init(_ number: UInt64) {
        switch number % 20 {
        case 0..<9: self = .text
        case 9..<17: self = .binary
        default: self = .noise
        }
    }
}

/// Generates contents that compress about as well as real ones.
struct ContentMaker {
    private let words: [[UInt8]]
    private let shapes: [[UInt8]]
    private var generator = Generator(seed: 0)
    private var chunk: [UInt8] = []
    private static let chunkSize = 64 << 10

    init() {
        var generator = Generator(seed: 1)
        let syllables = [
            "re", "con", "in", "te", "ver", "al", "for", "map", "ist", "o", "un", "set", "get", "er", "io",
        ]
        words = (0..<4096).map { _ in
            (0...(1 + generator.next(below: 3))).flatMap { _ in
                Array(syllables[generator.next(below: syllables.count)].utf8)
            }
        }
        shapes = (0..<512).map { _ in (0..<8).map { _ in UInt8(truncatingIfNeeded: generator.next()) } }
        chunk.reserveCapacity(Self.chunkSize + 512)
    }

    /// Generates `size` bytes chunk by chunk; `seed` selects the kind and the bytes.
    mutating func make(
        seed: UInt64, size: Int, write: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        generator = Generator(seed: seed)
        let kind = ContentKind(generator.next())
        var rest = size
        while rest > 0 {
            chunk.removeAll(keepingCapacity: true)
            let wanted = min(rest, Self.chunkSize)
            while chunk.count < wanted {
                switch kind {
                case .text: appendLine()
                case .binary: appendRecords()
                case .noise: appendNoise()
                }
            }
            try chunk.withUnsafeBytes { try write(UnsafeRawBufferPointer(rebasing: $0[..<wanted])) }
            rest -= wanted
        }
    }

    private mutating func appendLine() {
        let shape = generator.next()
        // Code repeats itself: one line in three is one of the last ones.
        if shape % 3 == 0, chunk.count > 4096 {
            let start = chunk.count - 64 - Int(shape >> 8 % 4000)
            for index in start..<start + 48 { chunk.append(chunk[index]) }
            return
        }
        for _ in 0..<(Int(shape >> 4) & 3) * 4 { chunk.append(0x20) }
        for _ in 0..<3 + (Int(shape >> 6) & 7) {
            // The product of two numbers prefers the low ones, as languages do.
            let draw = generator.next()
            chunk += words[Int((draw & 0xFFF) * (draw >> 12 & 0xFFF) >> 12)]
            chunk.append(Self.separators[Int(draw >> 24 & 15)])
        }
        chunk.append(0x0A)
    }

    private static let separators = Array("      .(),_= : \"".utf8)

    private mutating func appendRecords() {
        for _ in 0..<32 {
            let draw = generator.next()
            chunk += shapes[Int((draw & 511) * (draw >> 9 & 511) >> 9)].prefix(3 + Int(draw >> 18 & 3))
            chunk.append(UInt8(truncatingIfNeeded: draw >> 24))
            if draw >> 32 & 3 == 0 { chunk += [UInt8(truncatingIfNeeded: draw >> 40), 0, 0, 0] }
        }
    }

    private mutating func appendNoise() {
        for _ in 0..<64 { withUnsafeBytes(of: generator.next().littleEndian) { chunk += $0 } }
    }
}
