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
            "Weight against children."),
        Field(
            "weightDevice", \.weightDevice, .specification("weightdevice"), aliases: ["weightdevice"],
            "Weight by device."),
        throttle("throttleReadBpsDevice", \.throttleReadBpsDevice, "Bytes read a second."),
        throttle("throttleWriteBpsDevice", \.throttleWriteBpsDevice, "Bytes written a second."),
        throttle("throttleReadIOPSDevice", \.throttleReadIOPSDevice, "Reads a second."),
        throttle("throttleWriteIOPSDevice", \.throttleWriteIOPSDevice, "Writes a second."),
    ]

    private static func throttle(
        _ key: String, _ path: any WritableKeyPath<Self, [ThrottledDevice]> & Sendable, _ summary: String
    ) -> Field<Self> {
        Field(key, path, .specification(key.lowercased()), aliases: [key.lowercased()], summary)
    }
}

/// `LinuxWeightDevice`.
public struct WeightedDevice: Hashable, Sendable {
    public var major: Int64 = 0
    public var minor: Int64 = 0
    public var weight: UInt16?
    public var leafWeight: UInt16?

    public init() {}
}

extension WeightedDevice: ConfigRecord {
    static let fields: [Field<WeightedDevice>] = [
        Field("major", \.major, .specification("major", omitEmpty: false), "Major number."),
        Field("minor", \.minor, .specification("minor", omitEmpty: false), "Minor number."),
        Field("weight", \.weight, .specification("weight"), "Weight, 10 to 1000."),
        Field(
            "leafWeight", \.leafWeight, .specification("leafweight"), aliases: ["leafweight"],
            "Weight against children."),
    ]

    func encoded(_ form: GoForm) -> JSONValue { DeviceNumbers.encoded(self, form) }
}

/// `LinuxThrottleDevice`.
public struct ThrottledDevice: Hashable, Sendable {
    public var major: Int64 = 0
    public var minor: Int64 = 0
    public var rate: UInt64 = 0

    public init() {}
}

extension ThrottledDevice: ConfigRecord {
    static let fields: [Field<ThrottledDevice>] = [
        Field("major", \.major, .specification("major", omitEmpty: false), "Major number."),
        Field("minor", \.minor, .specification("minor", omitEmpty: false), "Minor number."),
        Field("rate", \.rate, .specification("rate", omitEmpty: false), "Limit a second."),
    ]

    func encoded(_ form: GoForm) -> JSONValue { DeviceNumbers.encoded(self, form) }
}

/// Go embeds a structure with the two numbers: JSON shows its fields among the others, YAML as one of its own.
private enum DeviceNumbers {
    static func encoded<Record: ConfigRecord>(_ record: Record, _ form: GoForm) -> JSONValue {
        var object = JSONObject()
        var numbers = JSONObject()
        for field in Record.fields {
            guard let (key, value) = field.encode(record, form) else { continue }
            if case .yaml = form, key == "major" || key == "minor" {
                numbers[key] = value
                object["linuxblockiodevice"] = .object(numbers)
            } else {
                object[key] = value
            }
        }
        return .object(object)
    }
}
