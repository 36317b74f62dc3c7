internal import JSON

/// Permissions as written in the configuration, in octal: `0644`, `"644"`, `0o644`.
public struct FileModeText: Hashable, Sendable, ExpressibleByStringLiteral {
    public var text: String

    public init(_ text: String) { self.text = text }
    public init(stringLiteral value: String) { text = value }

    /// The number, up to 07777; `nil` if empty or not octal.
    public var permissions: UInt16? { OctalText.value(text, upTo: 0o7777).map { UInt16($0) } }
}

extension FileModeText: FieldValue {
    static var shape: String { "an octal mode" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard let (scalar, meaning) = scalar(node, &context) else { return nil }
        let mode = Self(OctalText.normalized(scalar.text) ?? scalar.text)
        // YAML reads unquoted digits as a number; use the text as written.
        if mode.permissions != nil || (mode.text.isEmpty && meaning == .string) { return mode }
        context.reportType(node, expected: "\(shape) such as \"0644\"")
        return nil
    }

    func encoded(_ form: GoForm) -> JSONValue { .text(text) }
    var isEmptyInGo: Bool { text.isEmpty }
}
