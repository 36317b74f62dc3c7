/// Reads configurations.
public struct KitLoader: Sendable {
    public var images: ImageNameRules

    public init(images: ImageNameRules = ImageNameRules()) { self.images = images }

    /// The configurations one after the other as one, as LinuxKit appends them, and what is worth saying.
    ///
    /// Every problem of every source is found before anything is thrown.
    public func load(_ sources: [KitSource]) throws(KitProblems) -> (kit: Kit, notices: [KitProblem]) {
        var kit = Kit()
        var problems: [KitProblem] = []
        var notices: [KitProblem] = []
        for (index, source) in sources.enumerated() {
            var reader = YAMLReader(source)
            var context = DecodeContext(images: images)
            if let root = reader.read(), let next = decode(root, &context) {
                if index == 0 { kit = next } else { kit.append(next) }
            }
            problems += (reader.problems + context.problems).inTextOrder
            notices += (reader.notices + context.notices).inTextOrder
        }
        var context = DecodeContext(images: images)
        kit.check(&context)
        problems += context.problems
        notices += context.notices
        if !problems.isEmpty { throw KitProblems(problems) }
        return (kit, notices)
    }

    /// An empty document is an empty kit.
    private func decode(_ root: ConfigNode, _ context: inout DecodeContext) -> Kit? {
        if case .scalar(let scalar) = root.content, ResolvedScalar(scalar) == .null { return Kit() }
        return Kit.decode(root, &context)
    }
}

extension Array<KitProblem> {
    fileprivate var inTextOrder: [KitProblem] {
        sorted { ($0.location.line, $0.location.column) < ($1.location.line, $1.location.column) }
    }
}

extension ContainerConfig {
    /// Reads the `org.mobyproject.config` label of an image; `source` names it in messages.
    ///
    /// It has the fields of a container but `name` and `image`.
    public init(label: KitSource) throws(KitProblems) {
        var reader = YAMLReader(label)
        var context = DecodeContext(images: ImageNameRules())
        self.init()
        if let root = reader.read() {
            if case .mapping(let pairs) = root.content {
                self = ContainerConfig.decodeLabel(pairs, at: root.location, &context)
            } else {
                context.reportType(root, expected: "a mapping")
            }
        }
        let problems = reader.problems + context.problems
        if !problems.isEmpty { throw KitProblems(problems) }
    }
}
