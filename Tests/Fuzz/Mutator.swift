import Bytes

/// Makes input `number` of a format: one of its seeds with a few changes.
struct Mutator {
    let format: FuzzFormat
    let seeds: [Specimen]
    let seed: UInt64

    init(_ format: FuzzFormat, seed: UInt64) throws {
        self.format = format
        self.seed = seed
        seeds = try format.seeds()
    }

    /// The first inputs are the seeds as they are: a reader that refuses one is broken, or its seed is.
    func isSeed(_ number: UInt64) -> Bool { number < UInt64(seeds.count) }

    func specimen(_ number: UInt64) -> Specimen {
        if isSeed(number) { return seeds[Int(number)] }
        var generator = Generator(seed: seed, name: format.name, number: number)
        var specimen = seeds[generator.next(below: seeds.count)]
        // Mostly few: an input with many changes is refused for the first of them.
        let changes = 1 + generator.next().trailingZeroBitCount
        for _ in 0..<min(changes, 12) where !specimen.bytes.isEmpty { change(&specimen, &generator) }
        if let repair = format.repair, !generator.once(in: 8) { repair(&specimen) }
        return specimen
    }

    private func change(_ specimen: inout Specimen, _ generator: inout Generator) {
        let count = specimen.bytes.count
        switch generator.next(below: 16) {
        case 0, 1: specimen.bytes[generator.next(below: count)] ^= 1 << UInt8(generator.next(below: 8))
        case 2: specimen.bytes[generator.next(below: count)] = UInt8(truncatingIfNeeded: generator.next())
        case 3...6: specimen.storeInteger(&generator)
        case 7: specimen.addToInteger(&generator)
        case 8: specimen.copyInteger(&generator)
        case 9: specimen.copyBlock(&generator)
        case 10: specimen.swapBlocks(&generator)
        case 11: specimen.fillRun(&generator)
        case 12: specimen.splice(seeds[generator.next(below: seeds.count)], &generator)
        case 13: specimen.insertOrRemove(&generator)
        case 14 where generator.once(in: 2): specimen.truncate(&generator)
        default: specimen.bytes[generator.next(below: count)] &+= generator.once(in: 2) ? 1 : 255
        }
    }
}

extension Specimen {
    /// Places an integer may stand at: a width, and mostly a multiple of it.
    private func field(_ generator: inout Generator) -> (offset: Int, width: Int)? {
        let width = 1 << generator.next(below: 4)
        guard bytes.count >= width else { return nil }
        let offset = generator.next(below: bytes.count - width + 1)
        return (generator.once(in: 4) ? offset : offset / width * width, width)
    }

    private mutating func store(_ value: UInt64, at offset: Int, width: Int, big: Bool) {
        for index in 0..<width {
            let shift = UInt64(big ? width - 1 - index : index) * 8
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> shift)
        }
    }

    private func load(_ offset: Int, _ width: Int, big: Bool) -> UInt64 {
        (0..<width).reduce(0) { $0 << 8 | UInt64(bytes[offset + (big ? $1 : width - 1 - $1)]) }
    }

    /// A number that readers stumble over: the edges of widths, powers of two, the input's own length.
    mutating func storeInteger(_ generator: inout Generator) {
        guard let (offset, width) = field(&generator) else { return }
        var value: UInt64 =
            switch generator.next(below: 8) {
            case 0: 0
            case 1: .max
            case 2: 1 << UInt64(width * 8 - 1)
            case 3: count
            case 4: UInt64(offset)
            case 5: generator.next()
            default: 1 << UInt64(generator.next(below: width * 8))
            }
        value &+= UInt64(bitPattern: Int64(generator.next(below: 3) - 1))
        let order = generator.next(below: 8)
        store(value, at: offset, width: width, big: order < 3)
        // ISO 9660 has numbers in both orders, one behind the other.
        if order == 7, offset + 2 * width <= bytes.count {
            store(value, at: offset + width, width: width, big: true)
        }
    }

    mutating func addToInteger(_ generator: inout Generator) {
        guard let (offset, width) = field(&generator) else { return }
        let big = generator.once(in: 2)
        let difference = Int64(generator.length(upTo: 4096)) * (generator.once(in: 2) ? 1 : -1)
        let value = load(offset, width, big: big) &+ UInt64(bitPattern: difference)
        store(value, at: offset, width: width, big: big)
    }

    /// Has two fields say the same: what two things point at, loops.
    mutating func copyInteger(_ generator: inout Generator) {
        guard let (offset, width) = field(&generator) else { return }
        let other = generator.next(below: bytes.count - width + 1) / width * width
        for index in 0..<width { bytes[offset + index] = bytes[other + index] }
    }

    mutating func copyBlock(_ generator: inout Generator) {
        let (from, length) = run(&generator)
        let target = aligned(generator.next(below: bytes.count - length + 1), generator.next())
        // Both may overlap.
        let block = Array(bytes[from..<from + length])
        bytes.replaceSubrange(target..<target + length, with: block)
    }

    mutating func swapBlocks(_ generator: inout Generator) {
        let (first, length) = run(&generator)
        let second = generator.next(below: bytes.count - length + 1)
        for index in 0..<length { bytes.swapAt(first + index, second + index) }
    }

    mutating func fillRun(_ generator: inout Generator) {
        let (start, length) = run(&generator)
        let value: UInt8 = generator.once(in: 3) ? 0xFF : 0
        for index in start..<start + length { bytes[index] = value }
    }

    /// Takes a part of another seed, from the same place.
    mutating func splice(_ other: Specimen, _ generator: inout Generator) {
        let shared = min(bytes.count, other.bytes.count)
        guard shared > 0 else { return }
        let start = generator.next(below: shared)
        let length = min(shared - start, generator.length(upTo: 4096))
        for index in start..<start + length { bytes[index] = other.bytes[index] }
    }

    /// Makes what is dense longer or shorter in its middle.
    mutating func insertOrRemove(_ generator: inout Generator) {
        guard isDense else { return copyBlock(&generator) }
        var (start, length) = run(&generator)
        var all = bytes
        if generator.once(in: 2) {
            all.insert(contentsOf: Array(all[start..<start + length]), at: generator.next(below: all.count))
        } else {
            // Something stays.
            if length == all.count { length -= 1 }
            start = min(start, all.count - length)
            all.removeSubrange(start..<start + length)
        }
        replaceAll(all)
    }

    mutating func truncate(_ generator: inout Generator) {
        var length = generator.next() % (count + 1)
        if generator.once(in: 2) { length = length / 512 * 512 }
        truncate(to: length)
    }

    private func run(_ generator: inout Generator) -> (start: Int, length: Int) {
        let length = generator.length(upTo: min(bytes.count, 2048))
        return (aligned(generator.next(below: bytes.count - length + 1), generator.next()), length)
    }

    /// Half of the time, `offset` moved down to a multiple of 16 or of a sector.
    private func aligned(_ offset: Int, _ draw: UInt64) -> Int {
        switch draw % 4 {
        case 0: offset / 16 * 16
        case 1: offset / 512 * 512
        default: offset
        }
    }
}
