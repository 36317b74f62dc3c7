internal import Bytes

/// Which known key somebody meant.
package enum NearestKey {
    /// The nearest of `keys` within a third of the key's length (at least one
    /// edit), letters' case aside; the first among equals.
    package static func find(_ key: String, among keys: [String]) -> String? {
        let wanted = Array(key.lowercased().utf8.prefix(64))
        var best: (key: String, distance: Int)?
        for candidate in keys {
            let distance = EditDistance.between(wanted, Array(candidate.lowercased().utf8))
            if distance < best?.distance ?? max(1, wanted.count / 3) + 1 { best = (candidate, distance) }
        }
        return best?.key
    }
}
