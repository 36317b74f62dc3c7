/// Reads LinuxKit configurations.
public struct KitLoader: Sendable {
    public var images: ImageNameRules

    public init(images: ImageNameRules = ImageNameRules()) { self.images = images }

    /// Reads the sources in order and merges them as LinuxKit does; also returns notices.
    ///
    /// Reads all sources and collects all problems before throwing.
    public func load(_ sources: [KitSource]) throws(KitProblems) -> (kit: Kit, notices: [KitProblem]) {
        var kit = Kit()
        var whole = DecodeContext(images: images)
        for (index, source) in sources.enumerated() {
            var reader = YAMLReader(source)
            let root = reader.read()
            if let root, let next = decode(root, &whole) {
                if index == 0 { kit = next } else { kit.append(next) }
            } else if root == nil, reader.problems.isEmpty {
                Self.reportEmpty(&whole, at: SourceLocation(source: source.name, line: 1, column: 1))
            }
            whole.problems += reader.problems
            whole.notices += reader.notices
        }
        kit.check(&whole)
        let problems = whole.problems.inTextOrder(of: sources)
        if !problems.isEmpty { throw KitProblems(problems) }
        return (kit, whole.notices.inTextOrder(of: sources))
    }

    /// An empty document is not a kit: LinuxKit's schema requires a mapping.
    private func decode(_ root: ConfigNode, _ context: inout DecodeContext) -> Kit? {
        if case .scalar(let scalar) = root.content, ResolvedScalar(scalar) == .null {
            Self.reportEmpty(&context, at: root.location)
            return nil
        }
        return Kit.decode(root, &context)
    }

    private static func reportEmpty(_ context: inout DecodeContext, at location: SourceLocation) {
        context.report(
            "the configuration is empty; it needs at least one of kernel, init, services or files",
            at: location)
    }
}

extension Array<KitProblem> {
    fileprivate func inTextOrder(of sources: [KitSource]) -> [KitProblem] {
        let names = sources.map(\.name)
        return map { (rank: names.firstIndex(of: $0.location.source) ?? 0, problem: $0) }
            .sorted {
                ($0.rank, $0.problem.location.line, $0.problem.location.column)
                    < ($1.rank, $1.problem.location.line, $1.problem.location.column)
            }
            .map(\.problem)
    }
}

extension ContainerConfig {
    /// Reads the `org.mobyproject.config` label of an image; `source` names it in messages.
    ///
    /// It has the fields of a container except `name` and `image`.
    public init(label: KitSource) throws(KitProblems) {
        var reader = YAMLReader(label)
        let root = reader.read()
        guard reader.problems.isEmpty else {
            var found = reader.problems
            if let root {
                do throws(KitProblems) { _ = try Self(label: root) } catch { found += error.problems }
            }
            throw KitProblems(found)
        }
        if let root { try self.init(label: root) } else { self.init() }
    }

    /// Reads the fields of such a label from `node` of another document.
    package init(label node: ConfigNode) throws(KitProblems) {
        var context = DecodeContext(images: ImageNameRules())
        self.init()
        if case .mapping(let pairs) = node.content {
            self = ContainerConfig.decodeLabel(pairs, at: node.location, &context)
        } else {
            context.reportType(node, expected: "a mapping")
        }
        if !context.problems.isEmpty { throw KitProblems(context.problems) }
    }
}
