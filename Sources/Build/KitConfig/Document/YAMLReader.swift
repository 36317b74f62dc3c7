internal import Yams

/// Reads the first YAML document of a source into nodes, collecting what is wrong.
package struct YAMLReader {
    /// Far beyond any real kit; aliases can make a small text denote more.
    static let nodeLimit = 200_000
    static let depthLimit = 64
    static let byteLimit = 16 << 20

    let source: KitSource
    package private(set) var problems: [KitProblem] = []
    package private(set) var notices: [KitProblem] = []
    private var nodeCount = 0
    private var duplicates = DuplicateKeys()

    package init(_ source: KitSource) { self.source = source }

    /// The root, or `nil` if the document is empty or could not be read.
    package mutating func read() -> ConfigNode? {
        guard source.text.count <= Self.byteLimit else {
            return fail(at: nil, "larger than \(Self.byteLimit >> 20) MiB, which no configuration is")
        }
        guard let text = String(validating: source.text, as: UTF8.self) else {
            return fail(at: invalidUTF8Location(), "not UTF-8 text")
        }
        if let reason = AliasGuard.refusal(of: text) { return fail(at: nil, reason) }
        return read(text)
    }

    private mutating func read(_ text: String) -> ConfigNode? {
        do {
            let parser = try Parser(yaml: text, resolver: .basic, constructor: .default, encoding: .utf8)
            guard let root = try parser.nextRoot() else { return nil }
            let node = convert(root, depth: 0)
            // LinuxKit never reads on, so what follows may be anything.
            if let next = try? parser.nextRoot() {
                note(at: next.mark, "only the first YAML document of a file counts; this one is ignored")
            }
            // Cut short, it would seem to lack things.
            return nodeCount > Self.nodeLimit ? nil : node
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            let key = keys.first ?? ""
            if let masked = duplicates.mask(
                key, line: context.mark.line, column: context.mark.column, in: text)
            {
                return read(masked)
            }
            return fail(at: context.mark, "the key \(ConfigNode.quote(key)) stands twice in one mapping")
        } catch {
            return fail(error, in: text)
        }
    }

    /// False, with a problem once, if there are too many nodes or they are too deep.
    private mutating func enter(_ node: Node, depth: Int) -> Bool {
        nodeCount += 1
        if nodeCount == Self.nodeLimit + 1 {
            report(at: node.mark, "more than \(Self.nodeLimit) values, with aliases written out")
        }
        if nodeCount > Self.nodeLimit { return false }
        if depth > Self.depthLimit { report(at: node.mark, "nested deeper than \(Self.depthLimit) levels") }
        return depth <= Self.depthLimit
    }

    private mutating func convert(_ node: Node, depth: Int) -> ConfigNode? {
        guard enter(node, depth: depth) else { return nil }
        let location = location(node.mark)
        switch node {
        case .scalar(let scalar):
            let plain = scalar.style == .plain || scalar.style == .any
            let tag = scalar.tag.rawValue == "!" ? "tag:yaml.org,2002:str" : scalar.tag.rawValue
            let content = ConfigNode.Scalar(text: scalar.string, isPlain: plain, tag: tag)
            return ConfigNode(location: location, content: .scalar(content))
        case .sequence(let sequence):
            let elements = sequence.compactMap { convert($0, depth: depth + 1) }
            return ConfigNode(location: location, content: .sequence(elements))
        case .mapping(let mapping):
            return ConfigNode(location: location, content: .mapping(convert(mapping, depth: depth)))
        case .alias:
            return fail(at: node.mark, "an alias without its anchor")
        }
    }

    /// Own keys first, then those that `<<` brings in and the mapping does not have.
    private mutating func convert(_ mapping: Node.Mapping, depth: Int) -> [ConfigNode.Pair] {
        var pairs: [ConfigNode.Pair] = []
        var places: [[UInt8]: SourceLocation] = [:]
        var merged: [Node] = []
        for (key, value) in mapping {
            guard let scalar = key.scalar else {
                report(at: key.mark, "a key must be a string")
                continue
            }
            let name = duplicates.original(of: scalar.string) ?? scalar.string
            let place = location(key.mark)
            if let earlier = places[Array(name.utf8)] {
                report(at: key.mark, "the key \(ConfigNode.quote(name)) is at \(earlier) already")
            } else if name == "<<", scalar.style == .plain {
                merged.append(value)
            } else if let value = convert(value, depth: depth + 1) {
                pairs.append(.init(key: name, keyLocation: place, value: value))
            }
            places[Array(name.utf8)] = places[Array(name.utf8)] ?? place
        }
        for node in merged {
            for pair in mergedPairs(node, depth: depth + 1) where places[Array(pair.key.utf8)] == nil {
                places[Array(pair.key.utf8)] = pair.keyLocation
                pairs.append(pair)
            }
        }
        return pairs
    }

    private mutating func mergedPairs(_ node: Node, depth: Int) -> [ConfigNode.Pair] {
        guard enter(node, depth: depth) else { return [] }
        switch node {
        case .mapping(let mapping): return convert(mapping, depth: depth)
        case .sequence(let sequence) where sequence.allSatisfy({ $0.mapping != nil }):
            return sequence.flatMap { mergedPairs($0, depth: depth + 1) }
        default:
            report(at: node.mark, "\"<<\" merges a mapping or a list of mappings")
            return []
        }
    }
}

extension YAMLReader {
    private func location(_ mark: Mark?) -> SourceLocation {
        SourceLocation(source: source.name, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private mutating func report(at mark: Mark?, _ message: String) {
        problems.append(KitProblem(location: location(mark), path: "", message: message))
    }

    private mutating func fail(at mark: Mark?, _ message: String) -> ConfigNode? {
        fail(at: location(mark), message)
    }

    private mutating func fail(at location: SourceLocation, _ message: String) -> ConfigNode? {
        problems.append(KitProblem(location: location, path: "", message: message))
        return nil
    }

    private mutating func note(at mark: Mark?, _ message: String) {
        notices.append(KitProblem(location: location(mark), path: "", message: message))
    }

    private mutating func fail(_ error: any Error, in text: String) -> ConfigNode? {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            if problem.hasPrefix("Maximum nesting level") { return fail(at: mark, "nested far too deep") }
            let what = context.map { "\(problem) \($0.text) at line \($0.mark.line)" } ?? problem
            return fail(at: mark, "not YAML: \(what)")
        case YamlError.reader(let problem, let offset, _, _):
            return fail(at: position(in: text, characters: offset ?? 0), "not YAML: \(problem)")
        default:
            return fail(at: nil, "not YAML: \(error)")
        }
    }

    private func position(in text: String, characters offset: Int) -> SourceLocation {
        let before = text.prefix(offset)
        let line = before.reduce(1) { $0 + ($1.isNewline ? 1 : 0) }
        let column = before.reversed().prefix { !$0.isNewline }.count + 1
        return SourceLocation(source: source.name, line: line, column: column)
    }

    private func invalidUTF8Location() -> SourceLocation {
        var line = 1
        var column = 1
        var decoder = UTF8()
        var bytes = source.text.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&bytes) {
            column += 1
            if scalar == "\n" { (line, column) = (line + 1, 1) }
        }
        return SourceLocation(source: source.name, line: line, column: column)
    }
}
