public import Digests

/// A name that entries of `index.json` spell differently and give to different images.
public struct AmbiguousName: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    /// The target of the name.
    public let used: [SHA256Digest]
    /// What the other entries lead to.
    public let hidden: [SHA256Digest]

    public var description: String {
        func list(_ digests: [SHA256Digest]) -> String { digests.map(\.oci).joined(separator: ", ") }
        return "\(name): index.json spells this name in several ways, for different images; \(list(used)) is "
            + "used, not \(list(hidden))"
    }
}

extension ImageLayout {
    /// The names that mean more than one image, sorted.
    public func ambiguousNames() throws(ImageError) -> [AmbiguousName] {
        let index = try readIndex()
        var entries: [String: [Descriptor]] = [:]
        for descriptor in index.manifests {
            if let name = descriptor.entryName?.shown { entries[name, default: []].append(descriptor) }
        }
        var ambiguous: [AmbiguousName] = []
        for (name, all) in entries where Set(all.map(\.digest)).count > 1 {
            let used = index.entries(named: [name]).map(\.digest)
            var hidden: [SHA256Digest] = []
            for digest in all.map(\.digest) where !used.contains(digest) && !hidden.contains(digest) {
                hidden.append(digest)
            }
            if !hidden.isEmpty { ambiguous.append(AmbiguousName(name: name, used: used, hidden: hidden)) }
        }
        return ambiguous.sorted { $0.name < $1.name }
    }
}
