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
        Field("shares", \.shares, .specification("shares"), "Weight against other containers."),
        Field("quota", \.quota, .specification("quota"), "Time within a period."),
        Field("burst", \.burst, .specification("burst"), "Time saved up beyond the quota."),
        Field("period", \.period, .specification("period"), "Length of a period."),
        Field(
            "realtimeRuntime", \.realtimeRuntime, .specification("realtimeruntime"),
            aliases: ["realtimeruntime"],
            "Real-time share of a period."),
        Field(
            "realtimePeriod", \.realtimePeriod, .specification("realtimeperiod"), aliases: ["realtimeperiod"],
            "Length of a real-time period."),
        Field("cpus", \.cpus, .specification("cpus"), "Processors, as `0-3,5`."),
        Field("mems", \.mems, .specification("mems"), "Memory nodes, as `0-1`."),
        Field("idle", \.idle, .specification("idle"), "1: runs only when nothing else does."),
    ]
}

/// `LinuxPids`: at most so many processes.
public struct ProcessLimits: Hashable, Sendable {
    public var limit: Int64 = 0
    public init() {}
}

extension ProcessLimits: ConfigRecord {
    static let fields: [Field<ProcessLimits>] = [
        Field("limit", \.limit, .specification("limit", omitEmpty: false), "Most processes.")
    ]
}
