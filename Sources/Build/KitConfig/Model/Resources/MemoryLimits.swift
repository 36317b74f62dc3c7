/// `LinuxMemory`: bytes, -1 for no limit.
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
        Field("limit", \.limit, .specification("limit"), "Most memory."),
        Field("reservation", \.reservation, .specification("reservation"), "Soft limit."),
        Field("swap", \.swap, .specification("swap"), "Most memory and swap together."),
        Field("kernel", \.kernel, .specification("kernel"), "Most kernel memory."),
        Field(
            "kernelTCP", \.kernelTCP, .specification("kerneltcp"), aliases: ["kerneltcp"],
            "Most kernel memory for TCP buffers."),
        Field(
            "swappiness", \.swappiness, .specification("swappiness"),
            "0 to 100: how readily memory is swapped."),
        Field(
            "disableOOMKiller", \.disableOOMKiller, .specification("disableoomkiller"),
            aliases: ["disableoomkiller"], "Whether processes wait for memory in place of being killed."),
        Field(
            "useHierarchy", \.useHierarchy, .specification("usehierarchy"), aliases: ["usehierarchy"],
            "Whether children count too."),
        Field(
            "checkBeforeUpdate", \.checkBeforeUpdate, .specification("checkbeforeupdate"),
            aliases: ["checkbeforeupdate"], "Whether a limit below the present use is refused."),
    ]
}
