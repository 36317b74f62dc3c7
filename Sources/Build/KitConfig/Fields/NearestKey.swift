/// Which known key somebody meant.
package enum NearestKey {
    /// The nearest of `keys` within a third of the key's length (at least one
    /// edit), letters' case aside; the first among equals.
    package static func find(_ key: String, among keys: [String]) -> String? {
        let wanted = Array(key.lowercased().utf8.prefix(64))
        var best: (key: String, distance: Int)?
        for candidate in keys {
            let distance = distance(wanted, Array(candidate.lowercased().utf8))
            if distance < best?.distance ?? max(1, wanted.count / 3) + 1 { best = (candidate, distance) }
        }
        return best?.key
    }

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
