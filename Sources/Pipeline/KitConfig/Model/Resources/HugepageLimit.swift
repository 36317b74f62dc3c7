internal import JSON

/// `LinuxHugepageLimit`.
public struct HugepageLimit: Hashable, Sendable {
    public var pageSize: PageSize = ""
    /// The limit in bytes.
    public var limit: UInt64 = 0

    public init() {}
}

extension HugepageLimit: ConfigRecord {
    static let fields: [Field<HugepageLimit>] = [
        Field(
            "pageSize", \.pageSize, .specification("pagesize", omitEmpty: false), aliases: ["pagesize"],
            "Size of a page: `2MB`, or a number of bytes."),
        Field("limit", \.limit, .specification("limit", omitEmpty: false), "Limit in bytes."),
    ]
}

/// The size of a huge page as the runtime specification writes it: `64KB`, `2MB`, `1GB`.
public struct PageSize: Hashable, Sendable, ExpressibleByStringLiteral {
    public var text: String

    public init(stringLiteral value: String) { text = value }
    public init(_ text: String) { self.text = text }

    /// Formats a size in the largest unit that divides it.
    public init(bytes: UInt64) {
        let units: [(UInt64, String)] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")]
        let unit = units.first { bytes.isMultiple(of: $0.0) && bytes > 0 } ?? (1, "B")
        text = "\(bytes / unit.0)\(unit.1)"
    }
}

extension PageSize: FieldValue {
    static var shape: String { "a page size" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard let (scalar, meaning) = scalar(node, &context) else { return nil }
        switch meaning {
        case .string: return PageSize(scalar.text)
        case .integer, .unsigned: return UInt64.decode(node, &context).map(PageSize.init(bytes:))
        default:
            context.reportType(node, expected: shape)
            return nil
        }
    }

    func encoded(_ form: GoForm) -> JSONValue { .text(text) }
    var isEmptyInGo: Bool { text.isEmpty }
}
