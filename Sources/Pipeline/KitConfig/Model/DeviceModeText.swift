internal import JSON

/// The permissions of a device node, in octal. Any text is accepted, as LinuxKit ignores it for the path `all`.
public struct DeviceModeText: Hashable, Sendable, ExpressibleByStringLiteral {
    public var text: String

    public init(_ text: String) { self.text = text }
    public init(stringLiteral value: String) { text = value }

    /// The number; `nil` if the text is not octal.
    public var permissions: UInt32? { OctalText.value(text, upTo: UInt32(Int32.max)) }
}

extension DeviceModeText: FieldValue {
    static var shape: String { "an octal mode" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard let (scalar, meaning) = scalar(node, &context) else { return nil }
        // The device reports invalid text, as only it knows whether it is a node.
        return meaning == .null ? Self("") : Self(OctalText.normalized(scalar.text) ?? scalar.text)
    }

    func encoded(_ form: GoForm) -> JSONValue { .text(text) }
    var isEmptyInGo: Bool { text.isEmpty }
}
