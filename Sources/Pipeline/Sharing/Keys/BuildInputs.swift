public import Digests
internal import JSON
public import OCI
public import Outputs

/// Everything that can reach the bytes of a build's outputs. What cannot (workers, directories, base names, the state
/// of the cache, how layers are compressed) is not in it.
public struct BuildInputs: Sendable {
    /// Of Identikit and of the bytes that its formats write.
    public var version: String
    public var architecture: String
    /// By name.
    public var formats: [String]
    /// Seconds since 1970 that are stamped on what is generated.
    public var epoch: Int64
    public var configuration: KitIdentity
    /// By their expanded names, which outputs hold.
    public var images: [(name: String, identity: ImageIdentity)] = []
    /// Images copied whole into volumes: manifests are part of the copy, so these are named by digest.
    public var copies: [(name: String, root: Descriptor)] = []
    public var boot: [(firmware: Firmware, source: BootIdentity)] = []
    public var options: Options

    /// Where boot files come from.
    public enum BootIdentity: Hashable, Sendable {
        case image(ImageIdentity)
        /// The files of a directory by their names.
        case directory([NamedDigest])
    }

    public struct NamedDigest: Hashable, Sendable {
        public var name: String
        public var digest: SHA256Digest

        public init(name: String, digest: SHA256Digest) {
            self.name = name
            self.digest = digest
        }
    }

    /// Those that reach bytes, or decide whether there are any.
    public struct Options: Hashable, Sendable {
        public var decompressKernel = false
        public var shareEqualFiles = true
        public var strict = false
        /// Bytes of disks; nil: as large as needed.
        public var diskSize: UInt64?
        /// Of initrds and squashfs; nil: the default of each format.
        public var compression: String?
        /// With the version of its library, where it is one's; nil: as `compression` says.
        public var squashFSCompression: String?
        /// The path of the bill of materials; nil without one.
        public var sbomPath: String?

        public init() {}
    }

    public init(
        version: String, architecture: String, formats: [String], epoch: Int64, configuration: KitIdentity,
        options: Options
    ) {
        self.version = version
        self.architecture = architecture
        self.formats = formats
        self.epoch = epoch
        self.configuration = configuration
        self.options = options
    }

    /// The document; the order in which formats were asked for does not count.
    var document: [UInt8] {
        let object: JSONObject = [
            "buildKey": 1, "identikit": .text(version), "architecture": .text(architecture),
            "formats": .texts(Set(formats).sorted { Array($0.utf8).lexicographicallyPrecedes($1.utf8) }),
            "epoch": .integer(epoch), "configuration": .object(configuration.object),
            "images": .array(
                images.map { image in
                    var object: JSONObject = ["name": .text(image.name)]
                    for member in image.identity.json.members { object[member.key] = member.value }
                    return .object(object)
                }),
            "copies": .array(
                copies.map { copy in
                    [
                        "name": .text(copy.name), "mediaType": .text(copy.root.mediaType.rawValue),
                        "digest": .text(copy.root.digest.oci), "size": .number(copy.root.size),
                    ]
                }),
            "boot": .array(boot.map { ["firmware": .text("\($0.firmware)"), "source": $0.source.json] }),
            "options": .object(options.json),
        ]
        return JSONValue.object(object).encoded(.compact)
    }
}

extension BuildInputs.BootIdentity {
    fileprivate var json: JSONValue {
        switch self {
        case .image(let identity): ["image": .object(identity.json)]
        case .directory(let files):
            ["files": .array(files.map { ["name": .text($0.name), "digest": .text($0.digest.oci)] })]
        }
    }
}

extension BuildInputs.Options {
    fileprivate var json: JSONObject {
        [
            "decompressKernel": .bool(decompressKernel), "shareEqualFiles": .bool(shareEqualFiles),
            "strict": .bool(strict), "diskSize": diskSize.map(JSONValue.number) ?? .null,
            "compression": compression.map(JSONValue.text) ?? .null,
            "squashFSCompression": squashFSCompression.map(JSONValue.text) ?? .null,
            "sbom": sbomPath.map(JSONValue.text) ?? .null,
        ]
    }
}
