/// `LinuxWeightDevice`.
public struct WeightedDevice: Hashable, Sendable, NumberedDevice {
    public var major: Int64 = 0
    public var minor: Int64 = 0
    public var weight: UInt16?
    public var leafWeight: UInt16?

    public init() {}
}

extension WeightedDevice: ConfigRecord {
    static let fields: [Field<WeightedDevice>] =
        numberFields + [
            Field("weight", \.weight, .specification("weight"), "Weight, 10 to 1000."),
            Field(
                "leafWeight", \.leafWeight, .specification("leafweight"), aliases: ["leafweight"],
                "Weight relative to child control groups."),
        ]
}

/// `LinuxThrottleDevice`.
public struct ThrottledDevice: Hashable, Sendable, NumberedDevice {
    public var major: Int64 = 0
    public var minor: Int64 = 0
    public var rate: UInt64 = 0

    public init() {}
}

extension ThrottledDevice: ConfigRecord {
    static let fields: [Field<ThrottledDevice>] =
        numberFields + [Field("rate", \.rate, .specification("rate", omitEmpty: false), "Limit per second.")]
}

/// A device by its numbers, which Go keeps in an embedded structure: JSON has them among the other
/// fields, YAML in a nested mapping.
protocol NumberedDevice {
    var major: Int64 { get set }
    var minor: Int64 { get set }
}

extension NumberedDevice {
    var numbers: DeviceNumbers {
        get { DeviceNumbers(major: major, minor: minor) }
        set { (major, minor) = (newValue.major, newValue.minor) }
    }

    static var numberFields: [Field<Self>] {
        let inline = Emission(yaml: .never, json: .always)
        return [
            Field(
                "linuxblockiodevice", \.numbers, Emission(yaml: .always, json: .never),
                "Both numbers, as `metadata: yaml` shows them."),
            Field("major", \.major, inline, "Major number."),
            Field("minor", \.minor, inline, "Minor number."),
        ]
    }
}

/// `LinuxBlockIODevice`.
struct DeviceNumbers: ConfigRecord {
    var major: Int64 = 0
    var minor: Int64 = 0

    static let fields: [Field<DeviceNumbers>] = [
        Field("major", \.major, .always, "Major number."),
        Field("minor", \.minor, .always, "Minor number."),
    ]
}
