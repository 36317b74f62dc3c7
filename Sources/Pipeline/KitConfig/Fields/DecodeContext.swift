/// The state of decoding: services for image names, the current path, and the problems found so far.
struct DecodeContext {
    var problems: [KitProblem] = []
    var notices: [KitProblem] = []
    /// Expands `@pkg:` templates and rejects invalid image names.
    var images: ImageNameRules
    /// The path of the value being decoded, such as `services[0].mounts[1]`.
    private(set) var path = ""

    init(images: ImageNameRules) { self.images = images }

    mutating func report(_ message: String, at location: SourceLocation) {
        problems.append(KitProblem(location: location, path: path, message: message))
    }

    mutating func note(_ message: String, at location: SourceLocation) {
        notices.append(KitProblem(location: location, path: path, message: message))
    }

    mutating func reportType(_ node: ConfigNode, expected: String, hint: String = "") {
        report("expected \(expected), found \(node.summary)\(hint)", at: node.location)
    }

    /// Runs the body with `component` (`.key` or `[index]`) appended to the path.
    mutating func inside<Value>(_ component: String, _ body: (inout DecodeContext) -> Value) -> Value {
        let outer = path
        path += outer.isEmpty && component.hasPrefix(".") ? String(component.dropFirst()) : component
        defer { path = outer }
        return body(&self)
    }
}

/// Resolves and checks image names while a configuration is read.
public struct ImageNameRules: Sendable {
    /// Returns the image name for the package directory `path` of an `@pkg:path` at `location`;
    /// the path is relative to the file that `location` names.
    public var resolvePackage: (@Sendable (_ path: String, _ location: SourceLocation) throws -> String)?
    /// Returns why a name is not a valid image reference, or `nil` if it is one.
    public var refusal: (@Sendable (String) -> String?)?

    public init(
        resolvePackage: (@Sendable (_ path: String, _ location: SourceLocation) throws -> String)? = nil,
        refusal: (@Sendable (String) -> String?)? = nil
    ) {
        self.resolvePackage = resolvePackage
        self.refusal = refusal
    }

    static let packagePrefix = "@pkg:"
}
