/// What decoding needs besides the nodes, and what it finds.
struct DecodeContext {
    var problems: [KitProblem] = []
    var notices: [KitProblem] = []
    /// Expands the image names of `@pkg:` templates and refuses what is no image name.
    var images: ImageNameRules
    /// Where decoding is, as `services[0].mounts[1]`.
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

    /// Decodes below `component`: `.key` or `[index]`.
    mutating func inside<Value>(_ component: String, _ body: (inout DecodeContext) -> Value) -> Value {
        let outer = path
        path += outer.isEmpty && component.hasPrefix(".") ? String(component.dropFirst()) : component
        defer { path = outer }
        return body(&self)
    }
}

/// What is asked about an image name while a configuration is read.
public struct ImageNameRules: Sendable {
    /// The image name that stands for the package folder `path` of an `@pkg:path` at `location`;
    /// the path is relative to the file that `location` names.
    public var resolvePackage: (@Sendable (_ path: String, _ location: SourceLocation) throws -> String)?
    /// Why a name is not an image reference; `nil` if it is one.
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
