/// A device node or, with the path `all`, a class of devices that may be used.
public struct DeviceConfig: Hashable, Sendable {
    public var path = ""
    /// The type: `b`, `c`, `u`, `p`, or `a` for all.
    public var type = ""
    public var major: Int64 = 0
    public var minor: Int64 = 0
    /// The permissions, in octal.
    public var mode: DeviceModeText = ""

    public init() {}

    /// Whether this is a class of devices, not a node.
    public var isKind: Bool { path == "all" }

    /// The permissions as a number; `nil` if `mode` is not octal.
    public var permissions: UInt32? { mode.permissions }
}

extension DeviceConfig: ConfigRecord {
    static let fields: [Field<DeviceConfig>] = [
        Field("path", \.path, .always, "Path of the node, or `all` for a class of devices."),
        Field("type", \.type, .always, "`b` for block, `c` for character; with `all` also `a`."),
        Field("major", \.major, .always, "Major number."),
        Field("minor", \.minor, .always, "Minor number."),
        Field("mode", \.mode, "Permissions, octal."),
    ]

    mutating func finish(at locations: FieldLocations, _ context: inout DecodeContext) {
        guard !isKind, permissions == nil, let location = locations["mode"] else { return }
        let found = mode.text.isEmpty ? "none" : ConfigNode.quote(mode.text)
        context.report("a device needs an octal mode such as \"0660\", found \(found)", at: location)
    }
}
