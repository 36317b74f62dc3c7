public import Digests

/// What an image is made of and how it wants to be run (OCI image specification, "Image Configuration").
/// An empty list is distinct from a missing one.
public struct ImageConfiguration: Hashable, Sendable {
    public var platform: Platform
    /// RFC 3339, as written.
    public var created: String?
    public var config: Config
    /// The digests of the uncompressed layers, the lowest first.
    public var diffIDs: [SHA256Digest]

    /// The execution parameters.
    public struct Config: Hashable, Sendable {
        public var user: String?
        /// `port/protocol`, sorted.
        public var exposedPorts: [String]?
        /// `NAME=value`, in order.
        public var environment: [String]?
        public var entrypoint: [String]?
        public var command: [String]?
        /// Paths, sorted.
        public var volumes: [String]?
        public var workingDirectory: String?
        public var labels: [String: String]?
        public var stopSignal: String?

        public init() {}
    }

    public init(platform: Platform, config: Config = Config(), diffIDs: [SHA256Digest]) {
        self.platform = platform
        self.config = config
        self.diffIDs = diffIDs
    }

    /// `document` names it in errors.
    public init(parsing bytes: [UInt8], document: String) throws(ImageError) {
        let fields = try DocumentFields(parsing: bytes, document: document)
        platform = Platform(
            os: try fields.string("os") ?? "", architecture: try fields.string("architecture") ?? "",
            variant: try fields.string("variant"))
        created = try fields.string("created")
        config = try fields.fields("config").map(Config.init) ?? Config()
        let rootfs = try fields.required("rootfs", try fields.fields("rootfs"))
        diffIDs = []
        // Go writes null for an empty list.
        for (index, text) in (try rootfs.strings("diff_ids") ?? []).enumerated() {
            diffIDs.append(try rootfs.digest("diff_ids[\(index)]", text))
        }
    }
}

extension ImageConfiguration.Config {
    init(_ fields: DocumentFields) throws(ImageError) {
        user = try fields.string("User")
        exposedPorts = try fields.set("ExposedPorts")
        environment = try fields.strings("Env")
        entrypoint = try fields.strings("Entrypoint")
        command = try fields.strings("Cmd")
        volumes = try fields.set("Volumes")
        workingDirectory = try fields.string("WorkingDir")
        labels = try fields.stringMap("Labels")
        stopSignal = try fields.string("StopSignal")
    }
}
