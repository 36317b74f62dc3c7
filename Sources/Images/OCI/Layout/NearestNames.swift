internal import Bytes
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

    private static func distance(_ left: String, _ right: String) -> Int {
        EditDistance.between(Array(left.utf8.prefix(512)), Array(right.utf8.prefix(512)))
    }
}
