internal import JSON

/// `LinuxBlockIO`.
public struct BlockIOLimits: Hashable, Sendable {
    public var weight: UInt16?
    public var leafWeight: UInt16?
    public var weightDevice: [WeightedDevice] = []
    public var throttleReadBpsDevice: [ThrottledDevice] = []
    public var throttleWriteBpsDevice: [ThrottledDevice] = []
    public var throttleReadIOPSDevice: [ThrottledDevice] = []
    public var throttleWriteIOPSDevice: [ThrottledDevice] = []

    public init() {}
}

extension BlockIOLimits: ConfigRecord {
    static let fields: [Field<BlockIOLimits>] = [
        Field("weight", \.weight, .specification("weight"), "Weight, 10 to 1000."),
        Field(
            "leafWeight", \.leafWeight, .specification("leafweight"), aliases: ["leafweight"],
            "Weight relative to child control groups."),
        Field(
            "weightDevice", \.weightDevice, .specification("weightdevice"), aliases: ["weightdevice"],
            "Weight by device."),
        throttle("throttleReadBpsDevice", \.throttleReadBpsDevice, "Bytes read per second."),
        throttle("throttleWriteBpsDevice", \.throttleWriteBpsDevice, "Bytes written per second."),
        throttle("throttleReadIOPSDevice", \.throttleReadIOPSDevice, "Reads per second."),
        throttle("throttleWriteIOPSDevice", \.throttleWriteIOPSDevice, "Writes per second."),
    ]

    private static func throttle(
        _ key: String, _ path: any WritableKeyPath<Self, [ThrottledDevice]> & Sendable, _ summary: String
    ) -> Field<Self> {
        Field(key, path, .specification(key.lowercased()), aliases: [key.lowercased()], summary)
    }
}
