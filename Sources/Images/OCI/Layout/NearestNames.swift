internal import Digests

/// The names in a layout, those most like the one that is missing first.
struct NearestNames {
    let names: [String]

    init(to reference: ImageReference, in index: ImageIndex) {
        // The same repository with another tag is nearer than a tag of like letters elsewhere.
        let ranked = index.manifests.compactMap { descriptor -> (Int, Int, String)? in
            guard let entry = descriptor.entryName else { return nil }
            let name = entry.shown
            let repository = entry.reference?.repository ?? name
            let shown = reference.digest == nil ? name : "\(name)@\(descriptor.digest.oci)"
            return (
                Self.distance(repository, reference.repository), Self.distance(name, reference.description),
                shown
            )
        }
        var seen: Set<String> = []
        names = ranked.sorted { $0 < $1 }.map(\.2).filter { seen.insert($0).inserted }
    }

    /// Insertions, deletions and replacements that turn one into the other, over bytes.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(512))
        let right = Array(right.utf8.prefix(512))
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
