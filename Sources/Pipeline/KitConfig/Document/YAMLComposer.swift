/// Builds nodes from events: resolves aliases and merge keys, and finds duplicate keys.
///
/// Limits the expansion of aliases before building nodes: each node counts with the values, bytes and levels it
/// has once its aliases are expanded.
struct YAMLComposer {
    /// Limits far beyond any real configuration.
    static let valueLimit = 200_000
    static let byteLimit = 64 << 20
    static let depthLimit = 64

    /// A node and its size with aliases expanded: its values, their bytes, and the levels below it.
    fileprivate struct Measured {
        var node: ConfigNode
        var values = 1
        var bytes = 0
        var height = 0
    }

    /// The nodes of anchors defined so far; `nil` while the node is still open.
    private struct Anchor {
        var serial: Int
        var node: Measured?
    }

    private let events: YAMLEvents
    private let source: String
    private(set) var problems: [KitProblem] = []
    private var anchors: [String: Anchor] = [:]
    private var anchorCount = 0
    private var valueCount = 0
    private var byteCount = 0

    init(_ text: YAMLText, source: String) {
        events = YAMLEvents(text)
        self.source = source
    }

    /// The root of the first document; `nil` if there is no document.
    mutating func firstDocument() throws(YAMLFault) -> ConfigNode? {
        _ = try events.next()
        guard case .documentStart = try events.next().kind else { return nil }
        let root = try node(events.next(), depth: 0)
        _ = try events.next()
        return root.node
    }

    /// The start of the next document, valid or not; `nil` if there is none. Fails if text that belongs to no document
    /// follows.
    func furtherDocument() throws(YAMLFault) -> YAMLMark? {
        let start = try events.next()
        guard case .documentStart = start.kind else { return nil }
        return (try? events.next())?.mark ?? start.mark
    }

    private mutating func node(
        _ event: YAMLEvent, depth: Int, isKey: Bool = false
    ) throws(YAMLFault) -> Measured {
        if case .alias(let name) = event.kind {
            let measured = try follow(name, at: event.mark)
            try count(
                measured.values, bytes: measured.bytes, deepest: depth + measured.height, at: event.mark)
            return measured
        }
        // A key and its value count as one.
        try count(isKey ? 0 : 1, bytes: event.byteCount, deepest: depth, at: event.mark)
        let serial = open(event.anchor)
        let measured: Measured
        switch event.kind {
        case .scalar(let scalar):
            measured = Measured(
                node: ConfigNode(location: location(event.mark), content: .scalar(scalar)),
                bytes: event.byteCount)
        case .sequenceStart: measured = try sequence(at: event.mark, depth: depth)
        case .mappingStart: measured = try mapping(at: event.mark, depth: depth)
        default: throw YAMLFault(mark: event.mark, message: "not YAML: expected a value")
        }
        close(event.anchor, serial, measured)
        return measured
    }

    private mutating func sequence(at mark: YAMLMark, depth: Int) throws(YAMLFault) -> Measured {
        var elements: [ConfigNode] = []
        var whole = Measured(node: ConfigNode(location: location(mark), content: .sequence([])))
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { break }
            let element = try node(event, depth: depth + 1)
            whole.include(element)
            elements.append(element.node)
        }
        whole.node.content = .sequence(elements)
        return whole
    }

    private mutating func mapping(at mark: YAMLMark, depth: Int) throws(YAMLFault) -> Measured {
        var pairs = MappingPairs()
        var whole = Measured(node: ConfigNode(location: location(mark), content: .mapping([])))
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let key = try node(event, depth: depth + 1, isKey: true)
            let value = try node(events.next(), depth: depth + 1)
            whole.bytes += key.bytes
            whole.include(value)
            if let problem = pairs.add(key.node, at: location(event.mark), value.node) {
                problems.append(problem)
            }
        }
        whole.node.content = .mapping(pairs.withMerged())
        return whole
    }

    private mutating func count(
        _ values: Int, bytes: Int, deepest: Int, at mark: YAMLMark
    ) throws(YAMLFault) {
        if deepest > Self.depthLimit {
            throw YAMLFault(mark: mark, message: "nested deeper than \(Self.depthLimit) levels")
        }
        valueCount += values
        if valueCount > Self.valueLimit {
            throw YAMLFault(
                mark: mark, message: "more than \(Self.valueLimit) values, with aliases expanded")
        }
        byteCount += bytes
        if byteCount > Self.byteLimit {
            throw YAMLFault(
                mark: mark, message: "larger than \(Self.byteLimit >> 20) MiB with aliases expanded")
        }
    }

    private func location(_ mark: YAMLMark) -> SourceLocation {
        SourceLocation(source: source, line: mark.line, column: mark.column)
    }
}

extension YAMLComposer.Measured {
    fileprivate mutating func include(_ child: Self) {
        values += child.values
        bytes += child.bytes
        height = max(height, child.height + 1)
    }
}

// Anchors and aliases: an alias refers to the most recent node with that anchor (YAML 1.2.2, section 7.1).
extension YAMLComposer {
    private mutating func open(_ name: String?) -> Int {
        guard let name else { return 0 }
        anchorCount += 1
        anchors[name] = Anchor(serial: anchorCount, node: nil)
        return anchorCount
    }

    private mutating func close(_ name: String?, _ serial: Int, _ node: Measured) {
        // A nested node may have redefined the anchor.
        guard let name, anchors[name]?.serial == serial else { return }
        anchors[name]?.node = node
    }

    private func follow(_ name: String, at mark: YAMLMark) throws(YAMLFault) -> Measured {
        guard let anchor = anchors[name] else {
            throw YAMLFault(
                mark: mark, message: "not YAML: undefined alias \"*\(name)\": define \"&\(name)\" before it")
        }
        guard let node = anchor.node else {
            throw YAMLFault(mark: mark, message: "not YAML: the alias \"*\(name)\" is part of its own value")
        }
        return node
    }
}
