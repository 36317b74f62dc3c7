/// The pairs of one mapping while it is read.
struct MappingPairs {
    private var pairs: [ConfigNode.Pair] = []
    /// Where each key was first.
    private var places: [[UInt8]: SourceLocation] = [:]
    /// What `<<` brings in, the nearest first.
    private var merged: [[ConfigNode.Pair]] = []

    /// Adds a pair, or says what is wrong with it; of equal keys the first counts.
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

    /// The mapping's own pairs, then those that it does not have from what is merged.
    consuming func withMerged() -> [ConfigNode.Pair] {
        for pair in merged.joined() where places[Array(pair.key.utf8)] == nil {
            places[Array(pair.key.utf8)] = pair.keyLocation
            pairs.append(pair)
        }
        return pairs
    }
}

extension ConfigNode.Scalar {
    /// `<<` without quotes, unless a tag makes a string of it; or what is tagged `!!merge`.
    fileprivate var isMergeKey: Bool {
        text == "<<" && (tag.isEmpty ? isPlain : tag == ResolvedScalar.tagPrefix + "merge")
    }
}
