/// `LinuxNetwork`.
public struct NetworkLimits: Hashable, Sendable {
    public var classID: UInt32?
    public var priorities: [InterfacePriority] = []

    public init() {}
}

extension NetworkLimits: ConfigRecord {
    static let fields: [Field<NetworkLimits>] = [
        Field(
            "classID", \.classID, .specification("classid"), aliases: ["classid"],
            "Class of the container's packets."),
        Field("priorities", \.priorities, .specification("priorities"), "Priorities by interface."),
    ]
}

/// `LinuxInterfacePriority`.
public struct InterfacePriority: Hashable, Sendable {
    public var name = ""
    public var priority: UInt32 = 0

    public init() {}
}

extension InterfacePriority: ConfigRecord {
    static let fields: [Field<InterfacePriority>] = [
        Field("name", \.name, .specification("name", omitEmpty: false), "The interface."),
        Field("priority", \.priority, .specification("priority", omitEmpty: false), "Its priority."),
    ]
}

/// `LinuxRdma`: limits of one remote memory access device.
public struct RDMALimits: Hashable, Sendable {
    public var hcaHandles: UInt32?
    public var hcaObjects: UInt32?

    public init() {}
}

extension RDMALimits: ConfigRecord {
    static let fields: [Field<RDMALimits>] = [
        Field(
            "hcaHandles", \.hcaHandles, .specification("hcahandles"), aliases: ["hcahandles"],
            "Maximum number of handles."
        ),
        Field(
            "hcaObjects", \.hcaObjects, .specification("hcaobjects"), aliases: ["hcaobjects"],
            "Maximum number of objects."
        ),
    ]
}
