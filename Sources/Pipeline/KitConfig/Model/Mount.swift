internal import JSON

/// A mount of the OCI runtime specification.
public struct Mount: Hashable, Sendable {
    public var destination = ""
    public var type = ""
    public var source = ""
    public var options: [String] = []
    public var uidMappings: [IDMapping] = []
    public var gidMappings: [IDMapping] = []
    public var locations = FieldLocations()

    public init() {}

    public init(destination: String, type: String = "", source: String, options: [String] = []) {
        self.destination = destination
        self.type = type
        self.source = source
        self.options = options
    }
}

extension Mount: ConfigRecord {
    static let fields: [Field<Mount>] = [
        Field(
            "destination", \.destination, .specification("destination", omitEmpty: false), "Where to mount."),
        Field("type", \.type, .specification("type"), "Type of file system; `bind` for a bind mount."),
        Field(
            "source", \.source, .specification("source"), "Device, directory or, for a bind mount, volume."),
        Field("options", \.options, .specification("options"), "Mount options."),
        Field(
            "uidmappings", \.uidMappings, .specification("uidmappings", json: "uidMappings"),
            aliases: ["uidMappings"], "User ID mappings of the mount."),
        Field(
            "gidmappings", \.gidMappings, .specification("gidmappings", json: "gidMappings"),
            aliases: ["gidMappings"], "Group ID mappings of the mount."),
    ]

    mutating func finish(at locations: FieldLocations, _ context: inout DecodeContext) {
        self.locations = locations
    }
}

/// A range of IDs in the OCI runtime specification.
public struct IDMapping: Hashable, Sendable {
    public var containerID: UInt32 = 0
    public var hostID: UInt32 = 0
    public var size: UInt32 = 0

    public init() {}
}

extension IDMapping: ConfigRecord {
    static let fields: [Field<IDMapping>] = [
        Field(
            "containerID", \.containerID, .specification("containerid", omitEmpty: false),
            aliases: ["containerid"], "First ID in the container."),
        Field(
            "hostID", \.hostID, .specification("hostid", omitEmpty: false), aliases: ["hostid"],
            "First ID on the host."),
        Field("size", \.size, .specification("size", omitEmpty: false), "Number of IDs."),
    ]
}
