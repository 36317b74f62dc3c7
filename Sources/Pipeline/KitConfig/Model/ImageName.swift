internal import JSON

/// An image name as written in the configuration, not yet expanded, and its location.
public struct ImageName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public var text: String
    public var location: SourceLocation?

    public init(_ text: String, location: SourceLocation? = nil) {
        self.text = text
        self.location = location
    }

    public init(stringLiteral value: String) { self.init(value) }

    /// Whether the name is empty, as for a missing kernel or a blank volume.
    public var isEmpty: Bool { text.isEmpty }
    public var description: String { text }

    /// Names are equal regardless of location.
    public static func == (left: Self, right: Self) -> Bool { left.text == right.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension ImageName: FieldValue {
    static var shape: String { "an image name" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard var text = String.decode(node, &context) else { return nil }
        if text.hasPrefix(ImageNameRules.packagePrefix), let resolve = context.images.resolvePackage {
            do {
                text = try resolve(String(text.dropFirst(ImageNameRules.packagePrefix.count)), node.location)
            } catch {
                context.report("\(text): \(error)", at: node.location)
                return nil
            }
        }
        if !text.isEmpty, let reason = context.images.refusal?(text) {
            context.report("\(ConfigNode.quote(text)) is not an image name: \(reason)", at: node.location)
        }
        return ImageName(text, location: node.location)
    }

    func encoded(_ form: GoForm) -> JSONValue { .text(text) }
    var isEmptyInGo: Bool { text.isEmpty }
}
