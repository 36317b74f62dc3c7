/// One problem in a configuration.
public struct KitProblem: Hashable, Sendable, CustomStringConvertible {
    public var location: SourceLocation
    /// The path of the value, such as `services[0].mounts[1].type`; empty for the whole file.
    public var path: String
    public var message: String

    public init(location: SourceLocation, path: String, message: String) {
        self.location = location
        self.path = path
        self.message = message
    }

    public var description: String { "\(location): \(path.isEmpty ? "" : "\(path): ")\(message)" }
}

/// All problems in a configuration, in the order of the text.
public struct KitProblems: Error, Hashable, Sendable, CustomStringConvertible {
    public var problems: [KitProblem]

    public init(_ problems: [KitProblem]) { self.problems = problems }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
