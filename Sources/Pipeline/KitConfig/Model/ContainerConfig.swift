/// One entry of `onboot`, `onshutdown` or `services`. Without name and image, also the content of an
/// image's `org.mobyproject.config` label.
///
/// An empty list replaces that of the label; `nil` keeps it.
public struct ContainerConfig: Hashable, Sendable {
    public var name = ""
    public var image: ImageName = ""
    public var capabilities: [String]?
    public var capabilitiesAdd: [String]?
    public var ambient: [String]?
    public var mounts: [Mount]?
    public var binds: [String]?
    public var bindsAdd: [String]?
    public var devices: [DeviceConfig]?
    public var tmpfs: [String]?
    public var command: [String]?
    public var env: [String]?
    public var cwd = ""
    public var net = ""
    public var pid = ""
    public var ipc = ""
    public var uts = ""
    public var userns = ""
    public var hostname = ""
    public var readonly: Bool?
    public var maskedPaths: [String]?
    public var readonlyPaths: [String]?
    public var uid: IDReference?
    public var gid: IDReference?
    public var additionalGids: [IDReference]?
    public var noNewPrivileges: Bool?
    public var oomScoreAdj: Int64?
    public var rootfsPropagation: String?
    public var cgroupsPath: String?
    public var resources: Resources?
    public var sysctl: StringMap?
    public var rlimits: [String]?
    public var uidMappings: [IDMapping]?
    public var gidMappings: [IDMapping]?
    public var annotations: StringMap?
    public var runtime: RuntimeConfig?
    public var locations = FieldLocations()

    public init() {}
}

extension ContainerConfig: ConfigRecord {
    static let fields = identity + filesystem + process + isolation

    private static let identity: [Field<ContainerConfig>] = [
        Field("name", \.name, .always, required: true, "Name of the container.", check: Rules.containerName),
        Field("image", \.image, .always, required: true, "Image to run.", check: Rules.imageName),
        .list(
            "capabilities", \.capabilities, "Capabilities, such as `CAP_CHOWN`, or a single `all` or `none`.",
            each: Rules.capability),
        .list(
            "capabilities.add", \.capabilitiesAdd, "Capabilities in addition to those of the image's label.",
            each: Rules.capability),
        .list(
            "ambient", \.ambient, "Ambient capabilities, or a single `all` or `none`.", each: Rules.capability
        ),
    ]

    private static let filesystem: [Field<ContainerConfig>] = [
        Field("mounts", \.mounts, "File systems to mount."),
        .list("binds", \.binds, "Bind mounts, `source:destination[:options]`.", each: Rules.bind),
        .list(
            "binds.add", \.bindsAdd, "Bind mounts in addition to those of the image's label.",
            each: Rules.bind),
        Field("devices", \.devices, "Device nodes to create and devices to allow."),
        .list("tmpfs", \.tmpfs, "Temporary file systems, `destination[:options]`.", each: Rules.tmpfs),
    ]

    private static let process: [Field<ContainerConfig>] = [
        Field("command", \.command, "Command line, instead of the image's entry point and command."),
        Field("env", \.env, "Environment variables, `NAME=value`, instead of the image's."),
        Field("cwd", \.cwd, "Working directory."),
        Field("net", \.net, "Network namespace: `host`, `none`, `new` or a path."),
        Field("pid", \.pid, "Process namespace: `host`, `new` or a path; new by default."),
        Field("ipc", \.ipc, "IPC namespace: `host`, `new` or a path."),
        Field("uts", \.uts, "Host name namespace: `host`, `new` or a path."),
        Field("userns", \.userns, "User namespace: `host`, `new` or a path."),
        Field("hostname", \.hostname, "Host name, in a UTS namespace of its own."),
        Field("readonly", \.readonly, "Whether the root file system is read-only."),
        Field("maskedPaths", \.maskedPaths, "Paths that the container can't read."),
        Field("readonlyPaths", \.readonlyPaths, "Paths that the container can't write."),
        Field("uid", \.uid, "User: a number or the name of a container."),
        Field("gid", \.gid, "Group: a number or the name of a container."),
        Field("additionalGids", \.additionalGids, "Supplementary groups."),
        Field(
            "noNewPrivileges", \.noNewPrivileges, "Whether to keep set-uid programs from gaining privileges."),
        Field("oomScoreAdj", \.oomScoreAdj, "How likely the kernel is to kill it when memory runs out."),
    ]

    private static let isolation: [Field<ContainerConfig>] = [
        Field(
            "rootfsPropagation", \.rootfsPropagation, "Propagation of mounts: `shared`, `slave`, `private`."),
        Field("cgroupsPath", \.cgroupsPath, "Control group."),
        Field("resources", \.resources, "Limits, as in the OCI runtime specification."),
        Field("sysctl", \.sysctl, "Kernel parameters."),
        .list(
            "rlimits", \.rlimits, "Limits, `name,soft,hard`, each a number or `unlimited`.",
            each: Rules.rlimit),
        Field("uidMappings", \.uidMappings, "User ID mappings of the user namespace."),
        Field("gidMappings", \.gidMappings, "Group ID mappings of the user namespace."),
        Field("annotations", \.annotations, "Annotations of the OCI bundle."),
        Field("runtime", \.runtime, "What the runtime prepares before the container starts."),
    ]

    /// Decodes a label's mapping, which must not set name and image.
    static func decodeLabel(
        _ pairs: [ConfigNode.Pair], at location: SourceLocation, _ context: inout DecodeContext
    ) -> ContainerConfig {
        let named: Set = ["name", "image"]
        for pair in pairs where named.contains(pair.key) {
            context.report("a label can't set \"\(pair.key)\"", at: pair.keyLocation)
        }
        return decode(
            pairs.filter { !named.contains($0.key) }, at: location, requiring: false, &context)
    }

    mutating func finish(at locations: FieldLocations, _ context: inout DecodeContext) {
        self.locations = locations
        for (key, list) in [("capabilities", capabilities), ("ambient", ambient)] {
            guard let list, list.count > 1 else { continue }
            for (index, word) in list.enumerated() where ["all", "none"].contains(word.lowercased()) {
                guard let location = locations["\(key)[\(index)]"] else { continue }
                context.inside(".\(key)[\(index)]") {
                    $0.report("\"\(word)\" cannot be combined with others", at: location)
                }
            }
        }
        for (index, mount) in (mounts ?? []).enumerated() {
            do throws(RuleViolation) {
                _ = try mount.completed()
            } catch {
                guard let location = mount.locations.record else { continue }
                context.inside(".mounts[\(index)]") { $0.report(error.description, at: location) }
            }
        }
    }
}
