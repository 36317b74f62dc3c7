internal import Bytes

/// Finds the known key that a misspelled one was probably meant to be.
package enum NearestKey {
    /// Returns the nearest of `keys` within an edit distance of a third of the key's length (at least
    /// one), ignoring case; the first of several equally near ones.
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
