/// `LinuxResources` of the OCI runtime specification 1.2: limits of a container's control group.
public struct Resources: Hashable, Sendable {
    public var devices: [DeviceRule] = []
    public var memory: MemoryLimits?
    public var cpu: CPULimits?
    public var pids: ProcessLimits?
    public var blockIO: BlockIOLimits?
    public var hugepageLimits: [HugepageLimit] = []
    public var network: NetworkLimits?
    public var rdma = NamedRecords<RDMALimits>()
    public var unified: StringMap = [:]

    public init() {}
}

extension Resources: ConfigRecord {
    static let fields: [Field<Resources>] = [
        Field("devices", \.devices, .specification("devices"), "Devices that may be used."),
        Field("memory", \.memory, .specification("memory"), "Memory, in bytes."),
        Field("cpu", \.cpu, .specification("cpu"), "Processor time."),
        Field("pids", \.pids, .specification("pids"), "Number of processes."),
        Field(
            "blockio", \.blockIO, .specification("blockio", json: "blockIO"), aliases: ["blockIO"],
            "Block devices."),
        Field(
            "hugepageLimits", \.hugepageLimits, .specification("hugepagelimits"), aliases: ["hugepagelimits"],
            "Huge pages."),
        Field("network", \.network, .specification("network"), "Network classes and priorities."),
        Field("rdma", \.rdma, .specification("rdma"), "Remote memory access, by device."),
        Field(
            "unified", \.unified, .specification("unified"), "Files of the unified control group hierarchy."),
    ]
}

/// `LinuxDeviceCgroup`: a class of devices and the access to it.
public struct DeviceRule: Hashable, Sendable {
    public var allow = false
    public var type = ""
    public var major: Int64?
    public var minor: Int64?
    public var access = ""

    public init() {}
}

extension DeviceRule: ConfigRecord {
    static let fields: [Field<DeviceRule>] = [
        Field(
            "allow", \.allow, .specification("allow", omitEmpty: false), "Whether to allow or deny access."),
        Field("type", \.type, .specification("type"), "`a` for all, `b` for block, `c` for character."),
        Field("major", \.major, .specification("major"), "Major number; any if omitted."),
        Field("minor", \.minor, .specification("minor"), "Minor number; any if omitted."),
        Field(
            "access", \.access, .specification("access"),
            "Any of `r` (read), `w` (write), `m` (create a node)."),
    ]
}
