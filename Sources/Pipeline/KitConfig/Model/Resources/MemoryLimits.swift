/// `LinuxMemory`: limits in bytes, -1 for unlimited.
public struct MemoryLimits: Hashable, Sendable {
    public var limit: Int64?
    public var reservation: Int64?
    public var swap: Int64?
    public var kernel: Int64?
    public var kernelTCP: Int64?
    public var swappiness: UInt64?
    public var disableOOMKiller: Bool?
    public var useHierarchy: Bool?
    public var checkBeforeUpdate: Bool?

    public init() {}
}

extension MemoryLimits: ConfigRecord {
    static let fields: [Field<MemoryLimits>] = [
        Field("limit", \.limit, .specification("limit"), "Memory limit."),
        Field("reservation", \.reservation, .specification("reservation"), "Soft limit."),
        Field("swap", \.swap, .specification("swap"), "Limit on memory and swap together."),
        Field("kernel", \.kernel, .specification("kernel"), "Kernel memory limit."),
        Field(
            "kernelTCP", \.kernelTCP, .specification("kerneltcp"), aliases: ["kerneltcp"],
            "Kernel memory limit for TCP buffers."),
        Field(
            "swappiness", \.swappiness, .specification("swappiness"),
            "How readily memory is swapped, from 0 to 100."),
        Field(
            "disableOOMKiller", \.disableOOMKiller, .specification("disableoomkiller"),
            aliases: ["disableoomkiller"], "Whether processes wait for memory instead of being killed."),
        Field(
            "useHierarchy", \.useHierarchy, .specification("usehierarchy"), aliases: ["usehierarchy"],
            "Whether child control groups count too."),
        Field(
            "checkBeforeUpdate", \.checkBeforeUpdate, .specification("checkbeforeupdate"),
            aliases: ["checkbeforeupdate"], "Whether to refuse a limit below the current usage."),
    ]
}
