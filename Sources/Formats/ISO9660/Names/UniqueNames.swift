/// Makes names unique in one directory by numbers at the end of their stems, in the order in which they come.
struct UniqueNames<Unit: Hashable & FixedWidthInteger> {
    private var taken: Set<[Unit]> = []
    /// The next number for all stems that begin alike, so that many of them don't try the same ones.
    private var numbers: [[Unit]: Int] = [:]

    /// `stem` and `suffix`, the stem cut so that both have at most `limit` units; numbered if that is taken.
    mutating func take(stem: [Unit], suffix: [Unit], limit: Int) -> [Unit] {
        let room = limit - suffix.count
        let plain = Array(stem.prefix(room)) + suffix
        if taken.insert(plain).inserted { return plain }
        let key = Array(stem.prefix(max(room - 7, 0))) + suffix
        var number = numbers[key, default: 0]
        while true {
            let digits = String(number).utf8.map { Unit($0) }
            number += 1
            let name = Array(stem.prefix(max(room - digits.count, 0))) + digits + suffix
            if taken.insert(name).inserted {
                numbers[key] = number
                return name
            }
        }
    }
}
