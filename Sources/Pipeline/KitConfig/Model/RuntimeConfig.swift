/// Settings for what LinuxKit's runtime prepares before a container starts, outside its OCI configuration.
public struct RuntimeConfig: Hashable, Sendable {
    public var cgroups: [String]?
    public var mounts: [Mount]?
    public var mkdir: [String]?
    public var interfaces: [NetworkInterface]?
    public var bindNS = NamespaceBindings()
    public var namespace: String?

    public init() {}
}

extension RuntimeConfig: ConfigRecord {
    static let fields: [Field<RuntimeConfig>] = [
        Field("cgroups", \.cgroups, "Control groups to create."),
        Field("mounts", \.mounts, "File systems to mount outside the container first."),
        Field("mkdir", \.mkdir, "Directories to create outside the container first."),
        Field("interfaces", \.interfaces, "Network interfaces to move into the container."),
        Field(
            "bindNS", \.bindNS, Emission(yaml: .unlessEmpty, json: .always),
            "Files to bind the container's namespaces to."),
        Field("namespace", \.namespace, "The containerd namespace."),
    ]
}

/// The paths to which the container's namespaces are bound.
public struct NamespaceBindings: Hashable, Sendable {
    public var cgroup: String?
    public var ipc: String?
    public var mnt: String?
    public var net: String?
    public var pid: String?
    public var user: String?
    public var uts: String?

    public init() {}
}

extension NamespaceBindings: ConfigRecord {
    static let fields: [Field<NamespaceBindings>] = [
        Field("cgroup", \.cgroup, "Path for the cgroup namespace."),
        Field("ipc", \.ipc, "Path for the IPC namespace."),
        Field("mnt", \.mnt, "Path for the mount namespace."),
        Field("net", \.net, "Path for the network namespace."),
        Field("pid", \.pid, "Path for the process namespace."),
        Field("user", \.user, "Path for the user namespace."),
        Field("uts", \.uts, "Path for the UTS namespace."),
    ]
}

/// A network interface to move into the container.
public struct NetworkInterface: Hashable, Sendable {
    public var name = ""
    /// Type of interface to create, such as `veth`; empty moves an existing one.
    public var add = ""
    public var peer = ""
    public var createInRoot = false

    public init() {}
}

extension NetworkInterface: ConfigRecord {
    static let fields: [Field<NetworkInterface>] = [
        Field("name", \.name, "Name of the interface."),
        Field("add", \.add, "Type to create, such as `veth`; if omitted, an existing interface is moved."),
        Field("peer", \.peer, "Name of the other end of a `veth`."),
        Field(
            "createInRoot", \.createInRoot, .always, "Whether to create it in the root namespace and move it."
        ),
    ]
}
