/// `LinuxCPU`: times in microseconds.
public struct CPULimits: Hashable, Sendable {
    public var shares: UInt64?
    public var quota: Int64?
    public var burst: UInt64?
    public var period: UInt64?
    public var realtimeRuntime: Int64?
    public var realtimePeriod: UInt64?
    public var cpus = ""
    public var mems = ""
    public var idle: Int64?

    public init() {}
}

extension CPULimits: ConfigRecord {
    static let fields: [Field<CPULimits>] = [
        Field("shares", \.shares, .specification("shares"), "Weight relative to other containers."),
        Field("quota", \.quota, .specification("quota"), "CPU time allowed per period."),
        Field("burst", \.burst, .specification("burst"), "Unused time that may be added to the quota."),
        Field("period", \.period, .specification("period"), "Length of a period."),
        Field(
            "realtimeRuntime", \.realtimeRuntime, .specification("realtimeruntime"),
            aliases: ["realtimeruntime"],
            "Real-time CPU time allowed per period."),
        Field(
            "realtimePeriod", \.realtimePeriod, .specification("realtimeperiod"), aliases: ["realtimeperiod"],
            "Length of a real-time period."),
        Field("cpus", \.cpus, .specification("cpus"), "Processors, such as `0-3,5`."),
        Field("mems", \.mems, .specification("mems"), "Memory nodes, such as `0-1`."),
        Field("idle", \.idle, .specification("idle"), "1 to run only when nothing else does."),
    ]
}

/// `LinuxPids`: the maximum number of processes.
public struct ProcessLimits: Hashable, Sendable {
    public var limit: Int64 = 0
    public init() {}
}

extension ProcessLimits: ConfigRecord {
    static let fields: [Field<ProcessLimits>] = [
        Field("limit", \.limit, .specification("limit", omitEmpty: false), "Maximum number of processes.")
    ]
}
