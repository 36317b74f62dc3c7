// Readers that do what none may do, each for one input in some hundred. They are tried by name only, by the
// test of the hunt itself.

import Foundation

extension FuzzFormat {
    static let mishapTrap = mishap("trap") { specimen in
        let table = [1, 2, 3]
        _ = table[Int(specimen.bytes[0])]
    }

    /// The call keeps the loop from being optimized away.
    static let mishapLoop = mishap("loop") { specimen in
        var left = 100
        while left > 0 {
            _ = clock()
            left = specimen.bytes[1] > 200 ? max(1, left - 1) : left - 1
        }
    }

    /// Allocates what a field says.
    static let mishapHoard = mishap("hoard") { specimen in
        let count = Int(specimen.bytes[2]) << 24
        let memory = [UInt8](repeating: 1, count: count)
        if memory.last == 0 { throw BrokenPromise("nothing") }
    }

    static let mishapRecursion = mishap("recursion") { specimen in
        func descend(_ left: Int) -> [Int] { left == 0 ? [] : descend(left - 1) + [left] }
        _ = descend(Int(specimen.bytes[3]) << 16)
    }

    static let mishapPromise = mishap("promise") { specimen in
        if specimen.bytes[4] > 200 { throw BrokenPromise("byte 4 is \(specimen.bytes[4])") }
    }

    /// Refuses its own seed.
    static let mishapSeed = mishap("seed") { _ in throw HuntError("refused") }

    private static func mishap(
        _ name: String, read: @escaping @Sendable (Specimen) throws -> Void
    ) -> FuzzFormat {
        FuzzFormat(
            name: "mishap-\(name)", seeds: { [Specimen([UInt8](repeating: 0, count: 64))] },
            read: { specimen in
                guard specimen.bytes.count >= 8 else { throw HuntError("short") }
                try read(specimen)
            })
    }
}
