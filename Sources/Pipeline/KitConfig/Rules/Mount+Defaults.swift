extension Mount {
    /// File system types whose name is also the usual source, with their usual destinations.
    private static let pseudo: [String: String] = [
        "mqueue": "/dev/mqueue", "devpts": "/dev/pts", "proc": "/proc", "sysfs": "/sys",
        "cgroup": "/sys/fs/cgroup",
    ]

    /// Returns the mount with type, source and destination filled in where they can be inferred.
    public func completed() throws(RuleViolation) -> Mount {
        var mount = self
        if type.isEmpty {
            if Self.pseudo[source] != nil {
                mount.type = source
            } else if destination == "/dev" {
                mount.type = "tmpfs"
            } else {
                throw RuleViolation("the mount on \(ConfigNode.quote(destination)) needs a type")
            }
        }
        if source.isEmpty { mount.source = mount.type }
        if destination.isEmpty {
            guard let usual = Self.pseudo[mount.type] else {
                throw RuleViolation("the mount of type \(ConfigNode.quote(mount.type)) needs a destination")
            }
            mount.destination = usual
        }
        return mount
    }
}
