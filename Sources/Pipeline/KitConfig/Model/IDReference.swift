public import Bytes
internal import JSON

/// A user or group: a number, or the name of a container that is assigned a number when the image is built.
public enum IDReference: Hashable, Sendable {
    case number(UInt32)
    /// A container name; empty and `root` mean 0.
    case name(String)

    /// The number, looking names up in `containers`; `nil` if the name is unknown.
    public func resolved(_ containers: [ByteString: UInt32]) -> UInt32? {
        switch self {
        case .number(let number): number
        case .name(""), .name("root"): 0
        case .name(let name): containers[ByteString(name)]
        }
    }
}

extension IDReference: FieldValue {
    static var shape: String { "an id or a container's name" }
    static var plural: String { "ids or containers' names" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard let (scalar, meaning) = scalar(node, &context) else { return nil }
        switch meaning {
        case .string, .timestamp: return .name(scalar.text)
        case .integer, .unsigned, .float: return UInt32.decode(node, &context).map(Self.number)
        default:
            context.reportType(node, expected: shape)
            return nil
        }
    }

    func encoded(_ form: GoForm) -> JSONValue {
        switch self {
        case .number(let number): .integer(Int64(number))
        case .name(let name): .text(name)
        }
    }

    /// Never empty: Go omits an interface value only if it is nil.
    var isEmptyInGo: Bool { false }
}
