/// Collects the pairs of one mapping.
struct MappingPairs {
    private var pairs: [ConfigNode.Pair] = []
    /// The location of the first use of each key.
    private var places: [[UInt8]: SourceLocation] = [:]
    /// The mappings merged by `<<`, in order of precedence.
    private var merged: [[ConfigNode.Pair]] = []

    /// Adds a pair, or returns the problem with it; the first of duplicate keys counts.
    mutating func add(
        _ key: ConfigNode, at place: SourceLocation, _ value: ConfigNode
    ) -> KitProblem? {
        guard case .scalar(let scalar) = key.content else {
            return KitProblem(location: place, path: "", message: "a key must be a string")
        }
        let name = Array(scalar.text.utf8)
        if let earlier = places[name] {
            return KitProblem(
                location: place, path: "",
                message: "duplicate key \(ConfigNode.quote(scalar.text)), first used at \(earlier)")
        }
        places[name] = place
        if scalar.isMergeKey { return merge(value) }
        pairs.append(.init(key: scalar.text, keyLocation: place, value: value))
        return nil
    }

    private mutating func merge(_ value: ConfigNode) -> KitProblem? {
        let sources: [ConfigNode] =
            if case .sequence(let elements) = value.content { elements } else { [value] }
        for source in sources {
            guard case .mapping(let pairs) = source.content else {
                return KitProblem(
                    location: value.location, path: "",
                    message: "\"<<\" needs a mapping or a list of mappings")
            }
            merged.append(pairs)
        }
        return nil
    }

    /// The mapping's own pairs, followed by merged ones with other keys.
    consuming func withMerged() -> [ConfigNode.Pair] {
        for pair in merged.joined() where places[Array(pair.key.utf8)] == nil {
            places[Array(pair.key.utf8)] = pair.keyLocation
            pairs.append(pair)
        }
        return pairs
    }
}

extension ConfigNode.Scalar {
    /// Whether this is a merge key: a plain `<<` without a string tag, or a key tagged `!!merge`.
    fileprivate var isMergeKey: Bool {
        text == "<<" && (tag.isEmpty ? isPlain : tag == ResolvedScalar.tagPrefix + "merge")
    }
}
