internal import Bytes
internal import KitConfig

extension SpecificationDocument {
    /// The mounts, sorted by destination, so that parents precede mounts below them. A later mount on
    /// the same destination replaces the earlier one.
    func mounts() throws(SpecificationError) -> [Mount] {
        var byDestination: [ByteString: Mount] = [:]
        for mount in defaultMounts + (try temporary()) + (try binds()) + (try listed()) {
            byDestination[ByteString(mount.destination)] = mount
        }
        return byDestination.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The mounts of every container, with Docker's options.
    private var defaultMounts: [Mount] {
        let readOnly = settings.isReadOnly ? ["ro"] : []
        return [
            Mount(
                destination: "/proc", type: "proc", source: "proc",
                options: ["nosuid", "nodev", "noexec", "relatime"]),
            Mount(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"] + readOnly),
            Mount(
                destination: "/dev/pts", type: "devpts", source: "devpts",
                options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]),
            Mount(
                destination: "/sys", type: "sysfs", source: "sysfs",
                options: ["nosuid", "noexec", "nodev"] + readOnly),
            Mount(
                destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
                options: ["nosuid", "noexec", "nodev", "relatime", "ro"]),
        ]
    }

    private func temporary() throws(SpecificationError) -> [Mount] {
        try parse(settings.setting(\.tmpfs) ?? [], "tmpfs") { (text) throws(RuleViolation) in
            let tmpfs = try TmpfsMount(parsing: text)
            return Mount(
                destination: tmpfs.destination, type: "tmpfs", source: "tmpfs", options: tmpfs.options)
        }
    }

    /// Binds are recursive and, unless options are given, writable and shared.
    private func binds() throws(SpecificationError) -> [Mount] {
        try parse(settings.list(\.binds, adding: \.bindsAdd), "binds") { (text) throws(RuleViolation) in
            let bind = try Bind(parsing: text)
            let options = bind.options.map { $0 + ["rbind"] } ?? ["rw", "rbind", "rshared"]
            return Mount(destination: bind.destination, type: "bind", source: bind.source, options: options)
        }
    }

    private func listed() throws(SpecificationError) -> [Mount] {
        var mounts: [Mount] = []
        for mount in settings.setting(\.mounts) ?? [] {
            do throws(RuleViolation) {
                mounts.append(try mount.completed())
            } catch { throw invalid("mounts", error.description) }
        }
        return mounts
    }
}
